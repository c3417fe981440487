#!/bin/sh
# ISC license.
# H33: -t in every client: what the daemon does not do in time fails with 1, a backlog that stays
# full with 111, and one that empties is waited for.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
start_holder good t -i rules
s6-fdholder-store s id
kill -s STOP "$(pid_of holder)"

# late NAME CODE CMD...: not before 200 ms, and exits with CODE
late()
{
  late_name=$1
  late_code=$2
  shift 2
  late_start=$(date +%s%N)
  exits "$late_name: $late_code" "$late_code" "$@"
  late_time=$((($(date +%s%N) - late_start) / 1000000))
  like "$late_name: a word on it" "$(cat err)" 'timed out'
  late_word=$(cat err)
  least "$late_name: not before the deadline" "$late_time" 195
  most "$late_name: in time" "$late_time" 4999
}

late store 1 s6-fdholder-store -t 200 s x
late retrieve 1 s6-fdholder-retrieve -t 200 s id touch executed
late 'retrieve -D' 1 s6-fdholder-retrieve -D -t 200 s id touch executed
not_ok 'nothing was executed' test -e executed
late delete 1 s6-fdholder-delete -t 200 s id
late list 1 s6-fdholder-list -t 200 s
late getdump 1 s6-fdholder-getdump -t 200 s true
late setdump 1 env 'S6_FD#=0' s6-fdholder-setdump -t 200 s
late listenfds 1 s6-fdholder-listenfds -t 200 -i id s touch executed
late 'listenfds, listing' 1 s6-fdholder-listenfds -t 200 -i 'i*' s touch executed
late listenfds-store 1 s6-listenfds 6 s6-listenfds-store -t 200 s touch executed 6< err
not_ok 'and nothing was executed' test -e executed
late 'transferdump, the source' 1 s6-fdholder-transferdump -t 200:0 s t
late 'transferdump, the destination' 2 s6-fdholder-transferdump -t 0:200 t s

start waiting s6-fdholder-list s
kill -s CONT "$(pid_of holder)"
ok 'without -t it waits' retry 5 ended waiting
is 'and is served' "$(cat waiting.out)" id
kill -s STOP "$(pid_of holder)"
start patient s6-fdholder-list -t 0 s
late 'meanwhile' 1 s6-fdholder-list -t 300 s
kill -s CONT "$(pid_of holder)"
ok 'with -t 0 it waits' retry 5 ended patient
is 'and is served too' "$(cat patient.out)" id

# a backlog of 1 has room for two
start tiny s6-ipcserver-socketbinder -b 1 -- b sleep 60
ok 'bound' retry 5 test -S b
start first s6-fdholder-list -t 0 b
late 'in the backlog' 1 s6-fdholder-list -t 300 b
start second s6-fdholder-list -t 0 b
start third s6-fdholder-list -t 0 b
full() { s6-fdholder-list -t 200 b ; test $? -eq 111 ; }
ok 'the backlog fills' retry 5 full
late 'a backlog that stays full' 111 s6-fdholder-list -t 400 b
like 'a word on the backlog' "$late_word" 'backlog is full'
stop tiny

if command -v strace > /dev/null && test -z "$SANITIZED"
then
  strace -o trace s6-fdholder-list t
  like 'the default is 30 seconds' "$(grep poll trace)" 'tv_sec=(29|30),'
else
  skip 'the default is 30 seconds' 'no strace'
fi
done_testing
