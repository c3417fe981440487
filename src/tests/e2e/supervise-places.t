#!/bin/sh
# ISC license.
# s6-supervise: paths of all kinds, a service directory that goes, standard descriptors that are
# closed, few descriptors, no processes.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC3045 # the shells of Linux have ulimit -n and -u
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

told() { grep -q "$2" "$1.err" ; }
no_child_of() { ! cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^.*) //' | awk -v parent="$1" '$2 == parent && $1 != "Z" { found = 1 } END { exit !found }' ; }

# paths: run is told what we are told
for path in a a/ ./a "$WORK/a" a//log/. "a 'b\"
c"
do
  service "$path" 'printf %s "$1" > told' 'exec sleep 100'
  start path env --default-signal=INT,QUIT s6-supervise "$path"
  ok "as $path: up" retry 5 test -s "$path/told"
  is "and run is told so: $path" "$(cat "$path/told")" "$path"
  stop path
  is "it ends: $path" "$status" 0
  rm -f "$path/told"
done
service dot 'printf %s "$1" > told' 'exec sleep 100'
cd dot || exit 1
start dot s6-supervise .
cd ..
ok 'as .: up' retry 5 test -s dot/told
is 'and run is told so' "$(cat dot/told)" .
stop dot
part=$(printf '%0200d' 0)
long=$part
while test "${#long}" -lt 3900 ; do long=$long/$part ; done
make_long()
{
  while test "${#PWD}" -lt $((${#WORK} + ${#long}))
  do
    mkdir -p "$part"
    cd "$part" || return 1
  done
  service . 'printf %s "$1" > told' 'exec sleep 100'
  cd "$WORK" || return 1
}
make_long
start long s6-supervise "$long"
ok "a path of ${#long} bytes: up" retry 5 test -s "$long/told"
is 'and run is told so' "$(cat "$long/told")" "$long"
stop long
is 'it ends' "$status" 0
exits 'one of 5,000 is too long: 111' 111 s6-supervise "$(printf '%05000d' 0)"
like 'which is said' "$(tail -c 40 err)" 'File name too long'
exits 'a path through a file: 111' 111 s6-supervise a/run/x
exits 'a file: 111' 111 s6-supervise a/run

# names that are options, or longer than a line
for name in --help -h
do
  service "./$name"
  start option s6-supervise "$name"
  ok "as $name: up" retry 5 has "./$name" 4
  stop option
  rm -r "./$name"
done
exits '--help is no such service' 0 s6-supervise --help
mkdir "new
line"
start line s6-supervise "new
line"
ok 'a name of two lines, in a message' retry 5 told line '^s6-supervise "new\\x0aline": warning: unable to start run'
is 'in each line' "$(grep -vc '^s6-supervise "new\\x0aline": ' line.err)" 0
stop line
exits 'one that is not there' 111 s6-supervise "no
line"
is 'is told in one line, too' "$(cat err)" 's6-supervise "no\x0aline": fatal: unable to change directory to "no\x0aline": No such file or directory'

# two arguments: the first counts
service two
start two s6-supervise two nothing
retry 5 has two 4
is 'what comes after the directory is not looked at' "$(cat two.err)" ''
stop two

# the service directory goes while it is up
service gone 'trap "exit 1" TERM' 'echo ready > "$OLDPWD/gone.ready"' 'while : ; do sleep 0.02 ; done'
OLDPWD=$WORK supervise gone env "OLDPWD=$WORK" s6-supervise
retry 5 test -s gone.ready || retry 5 has gone 4
retry 5 has gone 4
pid=$(run_of gone)
rm -rf gone
ok 'the directory is removed: the service lives' remains 0.3 test -d "/proc/$pid"
ok 'so does its supervisor' running gone
kill -s TERM "$(pid_of gone)"
ok 'TERM ends both' retry 5 ended gone
ok 'run, too' tap_gone "$pid"
stop gone
is 'with 0' "$status" 0
like 'it was said' "$(cat gone.err)" 'warning: unable to write supervise/status: No such file'
is 'once' "$(grep -c 'write supervise/status' gone.err)" 1

# what was moved is where it was
service moved
supervise moved
retry 5 has moved 4
mv moved there
letters there d
ok 'the directory is moved: it is supervised there' retry 5 has there 8
letters there x
ok 'and ends' retry 5 ended moved

# 0, 1, 2 closed: they are /dev/null for run, and for nothing else
for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&- 2>&-'
do
  service fd "$(printf 'echo "$(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/1) $(readlink /proc/$$/fd/2)" > fds')" 'exec sleep 100'
  rm -f fd/fds
  echo 5 > fd/notification-fd
  supervise fd env OPEN=1 sh -c "exec s6-supervise \"\$1\" $closed" sh
  retry 5 has fd 4
  ok "$closed: up" retry 5 test -s fd/fds
  unlike "run has all three: $closed" "$(cat fd/fds)" '^ | $|  '
  unlike "none is the supervisor's own: $closed" "$(cat fd/fds)" 'supervise|anon_inode|fd/event'
  letters fd d
  ok "down: $closed" retry 5 has fd 8 15
  letters fd x
  retry 5 ended fd
done

# few descriptors
service few 'echo >&3' 'exec sleep 100'
echo 3 > few/notification-fd
echo 4 > few/lock-fd
script few/finish 'exit 0'
listen few
supervise few sh -c 'ulimit -n 16 && exec s6-supervise "$1"' sh
ok '16 descriptors: ready' retry 5 hears few suU
letters few r
ok 'again' retry 5 hears few suUdDuU
letters few dx
ok 'and it ends' retry 5 ended few
# fewer than it needs to start: it says so; fewer than run needs: it lives, and tries
for limit in 4 5 6 7 8 9 10
do
  start few sh -c 'ulimit -n "$2" && exec s6-supervise "$1"' sh few "$limit"
  few_settled() { ended few || letters few x ; }
  retry 5 few_settled || { fail "$limit descriptors: it neither runs nor says why" ; cat few.err ; }
  letters few d
  retry 5 ended few || fail "$limit descriptors: does not end"
  stop few
  case $status in
    0) ;;
    111) like "$limit descriptors: said" "$(cat few.err)" 'fatal: .*(Too many open files|No file descriptors available)' ;;
    *) fail "$limit descriptors: exit code $status" ; diag "$(cat few.err)" ;;
  esac
done
pass 'with fewer it starts, or says what it lacks'

# no more processes
if is_root
then
  mkdir none
  service none/s 'exec sleep 100'
  chown -R 65533:65533 none
  # root is not limited; what a user has already counts against it
  start bystander as_uid 65533 sleep 100
  supervise none/s prlimit --nproc=1 as_uid 65533 s6-supervise
  ok 'RLIMIT_NPROC 1: said' retry 5 told nones 'unable to start run: there are too many processes'
  is 'it is down, and wanted up' "$(status_of none/s)" '0 0 13'
  letters none/s x
  ok 'control answers' retry 5 ended nones
  stop nones
  is 'it ends with 0' "$status" 0
  supervise none/s prlimit --nproc=1:1000 as_uid 65533 s6-supervise
  retry 5 told nones 'too many processes'
  as_uid 65533 prlimit --nproc=1000:1000 --pid "$(pid_of nones)"
  ok 'when there are some again: started' retry 15 has none/s 4
  letters none/s dx
  ok 'and ended' retry 5 ended nones
else
  for name in 'RLIMIT_NPROC 1: said' 'it is down, and wanted up' 'control answers' 'it ends with 0' 'when there are some again: started' 'and ended'
  do
    skip "$name" 'needs root, and other users to be'
  done
fi
done_testing
