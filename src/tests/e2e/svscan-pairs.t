#!/bin/sh
# ISC license.
# Services and their loggers under s6-svscan: nothing that was written between them is lost, whoever
# dies, is told to end, or comes back.
# timeout: 240
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"

reaches() { test "$(tail -n 1 "$1" 2>/dev/null || echo 0)" -ge "$2" ; }
last() { tail -n 1 "$1" 2>/dev/null || echo 0 ; }
goes_on() { retry 10 reaches logged "$(($(last logged) + 20))" ; }
from() { supervisor s "$1" ; }
ends() { for n in "/proc/$1/fd"/* ; do readlink "$n" ; done | grep -c -x -F "$pipe" ; }  # how many descriptors of the pipe
isback() { test "$(from "$1")" != "$2" && test -n "$(from "$1")" ; }
 # consecutive FILE: prints the first number that does not follow the one before it
consecutive() { awk 'NR == 1 { n = $1 ; next } $1 != n + 1 { print "line " NR ": " $1 " after " n ; exit } { n = $1 }' "$1" ; }

 # numbers, from a file that says how far it has come; a line is written before the number is kept
producer()
{
  service "$1" 'n=$(cat '"'$WORK/number'"' 2>/dev/null || echo 0)' 'trap "stop=1" TERM' \
    'while test -z "$stop" ; do n=$((n + 1)) ; echo "$n" ; echo "$n" > '"'$WORK/number'"' ; done'
}
logger()
{
  service "$1" 'exec cat >> '"'$WORK/logged'"
}

mkdir d stage
producer stage/a
logger stage/a/log
ln -s ../stage/a d/a
scan s d
ok 'what the one writes the other reads' retry 10 reaches logged 100
pipe=$(readlink "/proc/$(from a)/fd/1")
is 'by a pipe' "$pipe" "$(readlink "/proc/$(from a/log)/fd/0")"
is 'both ends are held' "$(ends "$(pid_of s)")" 2
is 'the supervisor of the service has one' "$(ends "$(from a)")" 1
is 'so has the one of the logger' "$(ends "$(from a/log)")" 1
ok 'it may wait: the pipe is not made non-blocking' sh -c 'test $((0$(sed -n "s/^flags:[^0-7]*//p" "/proc/$1/fdinfo/1") & 04000)) -eq 0' sh "$(from a)"

for round in 1 2 3
do
  before=$(from a/log)
  kill -s KILL "$before"
  ok "kill -9 of the logger's supervisor, $round: another one" retry 5 isback a/log "$before"
  is 'with the same pipe' "$(readlink "/proc/$(from a/log)/fd/0")" "$pipe"
  before=$(from a)
  kill -s KILL "$before"
  ok "kill -9 of the service's supervisor, $round: another one" retry 5 isback a "$before"
  is 'with the same pipe' "$(readlink "/proc/$(from a)/fd/1")" "$pipe"
  kill -s KILL "$(run_of stage/a/log)"
  ok 'kill -9 of the logger: it goes on' goes_on
done
children=$(for pid in $(supervisors s) ; do echo "$pid" ; done | tr '\n' ' ')
order anh d
ok 'scans change nothing' remains 0.3 sh -c "test \"\$(echo \$(cat /proc/$(pid_of s)/task/*/children))\" = \"$(echo "$children" | sed 's/ $//')\""

 # removed, by an: all is written, and read
lines_lost() { consecutive logged ; }
finish_round()
{
  # a line may have been written whose number was not kept, never the reverse
  ok "$1: what was written last is read" retry 5 reaches logged "$(cat number)"
}
rm -f d/a
order an d
ok 'an: both end' retry 10 count s 0
finish_round an
is 'and the pipe is closed' "$(ends "$(pid_of s)")" 0
mv logged logged.before
echo 0 > number
ln -s ../stage/a d/a
order a d
ok 'it comes back' retry 10 reaches logged 100
pipe=$(readlink "/proc/$(from a)/fd/1")
for round in 1 2 3
do
  rm -f d/a
  order an d
  ln -s ../stage/a d/a
  order a d
  ok "removed and back at once, $round: it goes on" goes_on
  is 'nothing is lost, nothing is twice' "$(lines_lost)" ''
done
stop s
is 'its end' "$status" 0
finish_round t
is 'nothing was lost between' "$(lines_lost)" ''

 # a logger that comes later, and goes
rm -rf d number logged
mkdir d
service d/b 'while : ; do echo line ; sleep 0.02 ; done'
scan s d
retry 5 count s 1
logger d/b/log
order a d
ok 'a logger that comes later' retry 5 count s 2
before=$(from b)
kill -s KILL "$before"
retry 5 isback b "$before"
kill -s KILL "$(run_of d/b)"
ok 'reads as soon as the service has another supervisor' retry 10 grep -q line logged
mv d/b/log d/b/nolog
order an d
ok 'one that is gone is told' retry 5 grep -q 'the log of "b" is gone' s.err
cp logged before
ok 'and reads on' retry 5 sh -c '! cmp -s logged before'
before=$(from b/log)
kill -s KILL "$before"
ok 'but is not started again' stays 1.3 count s 1
mv d/b/nolog d/b/log
order a d
ok 'until it is back' retry 5 count s 2
stop s
done_testing
