#!/bin/sh
# ISC license.
# s6-svscan when things go wrong: killed, out of descriptors, of processes, of memory, without its
# program, without its directory; and what it does not do: wake up, forget, hold others up.
# timeout: 240
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
with_fakes
said() { grep -q "$1" s.err ; }
said_so_often() { test "$(grep -c "$1" s.err)" -eq "$2" ; }
starts() { test "$(told "start $1")" -ge "$2" ; }

# restarts: a second after the last start, whatever else happens in it

mkdir -p d/a d/b
scan s d
retry 5 tells 'start a' && retry 5 tells 'start b'
kill -s KILL "$(supervisor s a)"
for letters in a h ah an a h ah an ; do order "$letters" d ; remains 0.1 true ; done
ok 'no scan within the second makes it forget' retry 2 starts a 2
retry 5 count s 2
kill -s KILL "$(supervisor s a)"
retry 5 starts a 3
soonest() { awk 'NR > 1 && (least == "" || $1 - before < least) { least = $1 - before } { before = $1 } END { print int(least * 100) }' "$1" ; }
least 'no sooner than a second after the last start (hundredths, and what the script needs)' "$(soonest times.a)" 90
ok 'the other one was left alone' tells 'start b'

# one that is there already: the old s6-svscan was killed

echo 100 > code.c
mkdir d/c
order a d
ok 'a supervisor that exits 100' retry 5 said '"c" has another supervisor: waiting for its end'
ok 'is tried again' retry 3 starts c 2
ok 'and again' retry 4 starts c 3
ok 'not each second' remains 2.5 tells 'start c' 3
ok 'and there is one warning' said_so_often 'has another supervisor' 1
rm code.c
ok 'it is taken over' retry 8 sh -c 'test "$(grep -c "start c" told)" -eq 4'
stop s
ok 'its end' test "$status" -eq 0

# no wake-ups

scan s d
retry 5 count s 3
retry 5 sh -c 'test "$(grep -c start told)" -ge 3'
switches() { awk '/^voluntary/ { print $2 }' "/proc/$(pid_of s)/status" ; }
asleep() { switches_before=$(switches) ; remains 0.3 test "$(switches)" = "$switches_before" ; }
retry 5 asleep
before=$(switches)
remains 3 running s
is 'it sleeps while nothing happens' "$(switches)" "$before"
stop s

# the directory

scan s d
retry 5 count s 3
if is_root
then
  skip 'a directory that cannot be searched' 'root can'
  skip 'that is said' 'root can'
else
  chmod 000 d
  kill -s HUP "$(pid_of s)"
  ok 'a directory that cannot be searched' retry 5 said 'passing over "a": Permission denied'
  ok 'ends nobody' remains 0.3 count s 3
  chmod 755 d
fi
mkdir d2
mv d moved
mkdir d
kill -s HUP "$(pid_of s)"
ok 'another directory in its place: nobody ends' remains 0.3 count s 3
rm -rf moved
kill -s HUP "$(pid_of s)"
ok 'none at all: that is said' retry 5 said 'unable to read the scan directory: No such file or directory: what runs goes on'
ok 'and nobody ends' remains 1.3 count s 3
ok 'once' said_so_often 'unable to read' 1
kill -s TERM "$(pid_of s)"
ok 'but for its end' retry 5 ended s

# its program

rm -rf d
mkdir -p d/a
: > told
mv fakes/s6-supervise away
# neither the one that was built is to be found, nor one of the system's: what the script needs
mkdir needed
for program in cat sleep tr ; do ln -s "$(command -v "$program")" needed/ ; done
start s env PATH="$WORK/fakes:$WORK/needed" "$BUILD/s6-svscan" d
ok 'no s6-supervise: that is said' retry 5 said 'unable to find s6-supervise for "a": No such file'
mv away fakes/s6-supervise
ok 'and tried again' retry 10 tells 'start a'
kill -s KILL "$(supervisor s a)"
mkdir others
mv fakes/s6-supervise others/
printf '#!/nowhere/interpreter\n' > fakes/s6-supervise
chmod 755 fakes/s6-supervise
ok 'one that cannot be executed: the same' retry 5 said 'unable to execute s6-supervise for "a": No such file'
mv others/s6-supervise fakes/
ok 'until it can' retry 10 starts a 2
stop s

# no descriptors

rm -rf d
mkdir d
for n in 1 2 3 4 5 6 7 8 ; do mkdir -p "d/pair$n/log" "d/plain$n" ; done
: > told
# shellcheck disable=SC3045 # the shells of Linux have ulimit -S
start s sh -c 'ulimit -Sn 16 && exec s6-svscan d'
ok 'no descriptors for pipes: that is said' retry 5 said 'unable to make a pipe (the limit on open files, ulimit -n, is too low) for "pair[1-8]\(/log\)*": Too many open files: trying again'
ok 'but all that need none are started' retry 10 sh -c 'test "$(grep -c "start plain" told)" -eq 8'
least 'and some that do' "$(grep -c 'start pair' told)" 4
rm -rf d/pair[1-8]
order an d
ok 'it hears: n' retry 10 count s 8
order t d
ok 'and t' retry 10 ended s

# no processes

if is_root
then
  rm -rf d
  mkdir -p d/a d/b
  : > told
  chmod 777 . told d
  # a uid that nobody else has
  start s as_uid 54321 sh -c 'PATH=$WORK/fakes:$PATH ; exec prlimit --nproc=1: s6-svscan d'
  ok 'no processes: that is said' retry 10 said 'unable to make a process for "[ab]": Resource temporarily unavailable: trying again'
  ok 'once' remains 1.3 said_so_often 'unable to make a process' 1
  as_uid 54321 prlimit --pid "$(pid_of s)" --nproc=100:
  ok 'and tried again' retry 15 sh -c 'test "$(grep -c start told)" -eq 2'
  order t d
  ok 'its end' retry 10 ended s
else
  skip 'no processes' 'needs root'
fi

# killed

PATH=${PATH#"$WORK/fakes:"}
rm -rf d
mkdir d
for name in a b
do
  service "d/$name" 'echo $$ >> pids' 'exec sleep 1000'
  service "d/$name/log" 'exec cat > lines'
done
scan s d
up() { has d/a 4 && has d/b 4 && has d/a/log 4 && has d/b/log 4 ; }
retry 10 up
pids=$(run_of d/a)
children=$(supervisors s)
stop s KILL
scan s d
ok 'kill -9: another one waits for what runs' retry 5 sh -c 'test "$(grep -c "has another supervisor" s.err)" -eq 4'
ok 'which goes on' up
is 'as it was' "$(run_of d/a) $(cat d/a/pids)" "$pids $pids"
for pid in $children ; do kill -s TERM "$pid" ; done
ok 'when it ends, it is taken over' retry 10 count s 4
ok 'and up again' retry 10 up
is 'once' "$(wc -l < d/a/pids)" 2
stop s
ok 'its end' test "$status" -eq 0
for pid in $children ; do tap_gone "$pid" || kill -s KILL "$pid" ; done
done_testing
