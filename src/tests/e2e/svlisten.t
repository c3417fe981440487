#!/bin/sh
# ISC license.
# s6-svlisten and s6-svlisten1: their words and blocks, the program that they start, when, and
# how it ends; rounds of commands for daemons of each version, of which none is missed.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

versions > known
for dir in a b
do
  made "$dir" 0 0 8
  held "$dir"
done
made c 77 0 4
up() { made "$1" 77 0 4 ; }
down() { made "$1" 0 0 8 ; }
script goesup 'for dir ; do status-make "$dir" 77 0 4 ; s6-ftrig-notify "$dir/event" u ; done'
script sees 'ls -A a/event | sed s/:.*// > seen' './goesup a'

# the program
exits 'a program that brings it up' 0 s6-svlisten1 -u -t 60000 a ./goesup a
down a
exits 'is started when we listen' 0 s6-svlisten1 -u -t 60000 a ./sees
is 'in the fifodir' "$(cat seen)" ftrig1
is 'which is empty then' "$(ls -A a/event)" ''
exits 'who is as he is wanted: at once' 0 s6-svlisten1 -u -t 60000 a sh -c 'echo "$0 $1" > ran' one two
ok 'the program is started all the same' retry 5 grep -q 'one two' ran
down a
exits 'the time is over: 99' 99 s6-svlisten1 -u -t 50 a true
like 'which is said' "$(cat err)" '^s6-svlisten1: fatal: timed out: a is not up$'
exits 'a program that fails: that is its affair' 99 s6-svlisten1 -u -t 50 a false
start patient s6-svlisten1 -u -t 20000 a sh -c 'exit 102'
ok 'but one that finds nobody ends it' retry 5 ended patient
stop patient
is 'with its code' "$status" 102
like 'which is said' "$(cat patient.err)" '^s6-svlisten1: fatal: a service is not supervised$'
exits 'later, too' 102 s6-svlisten1 -u -t 20000 a sh -c 's6-ftrig-notify a/event z ; sleep 0.1 ; exit 102'
exits 'where SIGCHLD is ignored, too' 102 sh -c "trap '' CHLD ; exec s6-svlisten1 -u -t 20000 a sh -c 'exit 102'"
exits 'no such program: 111' 111 s6-svlisten1 -u -t 60000 a ./nothing
exits 'a failure for good: 1' 1 s6-svlisten1 -u -t 60000 a s6-ftrig-notify a/event OD
exits 'its supervisor goes: 1' 1 s6-svlisten1 -u -t 60000 a s6-ftrig-notify a/event x
exits 'not supervised: 102' 102 s6-svlisten1 -u c touch started
exits 'never supervised: 111' 111 s6-svlisten1 -u nothing touch started
not_ok 'the program is not started then' test -e started
is 'nothing is left of all that' "$(ls -A a/event)" ''
is 'the limit of open files is its own' "$(s6-softlimit -o 77 s6-svlisten ' a' ' b' '' sh -c 'ulimit -n > limit ; ./goesup a b' && cat limit)" 77
down a
down b
is 'no signal is blocked for it' "$(s6-svlisten1 -t 60000 a sh -c 'grep SigBlk /proc/self/status > mask ; ./goesup a' ; sed 's/.*[[:space:]]//' mask)" 0000000000000000
down a

# a block
exits 'a block of two' 0 s6-svlisten -u -t 60000 ' a' ' b' '' ./goesup a b
down a
exits 'all of them' 99 s6-svlisten -u -t 50 ' a' ' b' '' true
exits '-o: one of them' 0 s6-svlisten -o -u -t 60000 ' a' ' b' '' true
exits '-a takes it back' 99 s6-svlisten -o -a -u -t 50 ' a' ' b' '' true
down b
exits 'in execline' 0 execlineb -Pc 's6-svlisten -u -t 60000 { a b } ./goesup a b'
exits '-r is for all' 99 s6-svlisten -o -r -t 50 ' a' ' b' '' ./goesup a
like 'which is said' "$(cat err)" 'warning: -r and -R are for all services'
down a
down b
exits 'two that fail: 2' 2 s6-svlisten -u -t 60000 ' a' ' b' '' sh -c 's6-ftrig-notify a/event OD ; s6-ftrig-notify b/event OD'
exits 'without one it becomes the program' 7 s6-svlisten -u '' sh -c 'exit 7'
exits 'words that are not quoted' 0 s6-svlisten -d -t 60000 a b '' true
exits 'EXECLINE_STRICT=1' 0 env EXECLINE_STRICT=1 s6-svlisten -d -t 60000 a ' b' '' true
like 'warns' "$(cat err)" 'warning: .*not quoted: a'
exits 'EXECLINE_STRICT=2: 100' 100 env EXECLINE_STRICT=2 s6-svlisten -d -t 60000 a ' b' '' true
name=' led by a space'
made "$name" 0 0 8
held "$name"
exits 'a name that begins with a space' 0 s6-svlisten -u -t 60000 " $name" '' ./goesup "$name"
for arguments in '' 'a' '-x a true' '-t x a true' '-o a true' '-s a true' ; do
  # shellcheck disable=SC2086 # words
  exits "s6-svlisten1 $arguments: 100" 100 s6-svlisten1 $arguments
done
exits 'an empty program: 100' 100 s6-svlisten1 a ''
exits 'a block without an end: 100' 100 s6-svlisten -u ' a'
exits 'no program: 100' 100 s6-svlisten -u ' a' ''
exits 'an empty one: 100' 100 s6-svlisten -u ' a' '' ''
exits 'no words: 100' 100 s6-svlisten

# commands, many times, for daemons of each version: what is waited for is so
commands() # DIR
{
  s6-svlisten1 -D -t 10000 "$1" s6-svc -d "$1" && test "$(s6-svstat -o up,wantedup "$1")" = 'false false' \
    && s6-svlisten1 -U -t 10000 "$1" s6-svc -u "$1" && test "$(s6-svstat -o up,ready "$1")" = 'true true'
}
dies_and_restarts() # DIR: which takes a second
{
  old=$(run_of "$1")
  s6-svlisten1 -R -t 10000 "$1" s6-svc -k "$1" && test "$(run_of "$1")" != "$old"
}
while read -r version
do
  dir=of$version
  service "$dir" 'echo >&3' 'exec sleep 100'
  script "$dir/finish" 'exit 0'
  echo 3 > "$dir/notification-fd"
  supervise "$dir" version "$version" s6-supervise
  s6-svwait -U -t 10000 "$dir"
  i=0
  while test "$i" -lt 20 && commands "$dir" ; do i=$((i + 1)) ; done
  is "$version: each of 20 rounds" "$i" 20
  ok "$version: a restart" dies_and_restarts "$dir"
  service "once$version" 'exit 0'
  : > "once$version/down"
  supervise "once$version" version "$version" s6-supervise
  i=0
  while test "$i" -lt 20 && s6-svlisten1 -u -t 10000 "once$version" s6-svc -o "once$version" && s6-svwait -D -t 10000 "once$version"
  do
    i=$((i + 1))
  done
  is "$version: one that is up for a moment, 20 times" "$i" 20
  dies "$dir"
  exits "$version: killed: 102" 102 s6-svlisten1 -d -t 10000 "$dir" s6-svc -d "$dir"
  kill -s KILL "-$(run_of "$dir")"
done < known
done_testing
