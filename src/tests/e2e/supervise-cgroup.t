#!/bin/sh
# ISC license.
# s6-supervise and the file cgroup: run begins there, and what it leaves there is killed when it is
# down; at once, or when what was short is there again.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

need_root
place=$(awk '$3 == "cgroup2" { print $2 ; exit }' /proc/mounts)
cgroup=$place/s6-activation-test.$$
if test -z "$place" || ! mkdir "$cgroup" 2>/dev/null ; then skip_all 'needs cgroups of version 2' ; fi
cleanup() { retry 5 rmdir "$cgroup" ; }
if ! test -e "$cgroup/cgroup.kill"
then
  cleanup
  skip_all 'needs cgroup.kill'
fi
cleanup

members() { tr '\n' ' ' < "$cgroup/cgroup.procs" ; }
is_empty() { test -z "$(members)" ; }
leaves() { test "$(wc -w < "$cgroup/cgroup.procs")" -eq "$1" ; }
all_left() { test "$(wc -l < starts)" -eq "$1" ; }

# run leaves one in a session of its own
: > starts
service a 'setsid sleep 100 > /dev/null 2>&1 &' 'echo $$ >> ../starts' 'exec sleep 100'
echo "$cgroup" > a/cgroup
supervise a
ok 'it is made, and run is in it, with all that it starts' retry 10 leaves 2
retry 10 has a 4
like 'run itself, too' " $(members)" " $(run_of a) "
letters a d
ok 'it is down' retry 10 has a 8
ok 'and what it has left is killed' retry 10 is_empty
letters a u
ok 'again' retry 10 leaves 2
first=$(members)
letters a r
ok 'a restart' retry 10 all_left 3
ok 'has the same room' retry 10 leaves 2
unlike 'with none of before' "$(members | tr ' ' '\n' | grep .)" "^($(echo "$first" | sed 's/ $//;s/ /|/g'))\$"
letters a dx
ok 'who leaves it kills them, too' retry 10 ended a
ok 'so it is' retry 10 is_empty

# one that is none
service b
: > b/down
mkdir none
echo "$WORK/none" > b/cgroup
supervise b
letters b u
ok 'no cgroup: run is not started' retry 10 grep -q 'unable to enter the cgroup: No such file' b.err
is 'nor is it in any other' "$(run_of b)" 0
letters b x
retry 10 ended b

# one that is frozen: it is not waited for
if test -e "$cgroup/cgroup.freeze"
then
  echo 1 > "$cgroup/cgroup.freeze"
  is_frozen() { grep -q 'frozen 1' "$cgroup/cgroup.events" ; }
  retry 10 is_frozen
  : > starts
  supervise a
  ok 'it is frozen: which is said' retry 10 grep -q 'unable to enter the cgroup: it is frozen' a.err
  letters a O
  ok 'letters are obeyed' retry 10 has a 8
  is 'nothing is started' "$(wc -l < starts)" 0
  echo 0 > "$cgroup/cgroup.freeze"
  letters a u
  ok 'it is thawed: run is in it' retry 10 leaves 2
  letters a dx
  retry 10 ended a
  retry 10 is_empty
else
  skip 'a frozen cgroup' 'needs cgroup.freeze'
fi

if ! command -v strace > /dev/null || test -n "$SANITIZED"
then
  skip 'a shortage' 'no strace, or no place for it'
else
  supervise a strace -D -qq -o calls -e trace=openat -P "$cgroup/cgroup.kill" -e inject=openat:error=EMFILE:when=1 s6-supervise
  retry 10 leaves 2
  letters a d
  ok 'a shortage: it is said' retry 10 grep -q 'unable to kill what is left in the cgroup: Too many open files' a.err
  ok 'and made good for' retry 10 is_empty
  letters a x
  retry 10 ended a
fi
cleanup
done_testing
