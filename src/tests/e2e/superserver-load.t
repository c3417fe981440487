#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# The full test, by hand: LOAD=20000 LOAD_ATONCE=500 sh src/tests/e2e/superserver-load.t
# Load: many connections at once over each server, none lost and none answered twice; children killed at random.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

descriptors() { find "/proc/$(pid_of "$1")/fd" -type l | wc -l ; }
# The numbers of the children of a process, from the kernel
children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null ; }

# kill_some_until_it_ends SERVER: every fifth child; whether the load is over
kill_some_until_it_ends()
{
  ended "load$1" && return 0
  nth=0
  for pid in $(children_of "$(pid_of "$1")")
  do
    nth=$((nth + 1))
    test $((nth % 5)) -ne 0 || kill -s KILL "$pid" 2>/dev/null
  done
  return 1
}

start ipc s6-ipcserver -1 -c 500 -C 500 ipc cat
ready ipc
start tcp s6-tcpserver -1 -c 500 -C 500 127.0.0.1 0 cat
ready tcp
total=${LOAD:-1000}
atonce=${LOAD_ATONCE:-200}
for server in ipc tcp
do
  case $server in
    ipc) address=ipc ;;
    tcp) address=$(cat tcp.out) ;;
  esac
  before=$(descriptors $server)
  run conn-load "$address" "$total" "$atonce"
  like "$server: every one is answered, once" "$(cat out)" "^answered $total empty 0 wrong 0 failed 0 "
  diag "$(cat out)"
  is 'the descriptors are what they were' "$(descriptors $server)" "$before"

  # children killed at random: their clients get an answer, or none, never a wrong one
  start load$server conn-load "$address" "$total" "$atonce"
  retry 100 kill_some_until_it_ends $server || diag "load$server has not ended"
  like "$server: with children killed at random, nothing wrong and nobody left waiting" "$(cat load$server.out)" '^answered [0-9]+ empty [0-9]+ wrong 0 failed 0 '
  diag "$(cat load$server.out)"
  is 'all are accounted for' "$(awk '{ print $2 + $4 }' load$server.out)" "$total"
  is 'the descriptors are what they were' "$(descriptors $server)" "$before"
  stop $server
  is 'the server was alive' "$status" 0
done
done_testing
