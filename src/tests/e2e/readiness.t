#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# -1 tells on stdout that a server is ready, and needs one; with -1 or without, stdout is given up at the start.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
unix='s6-ipcserver-socketbinder bound/s'
tcp='s6-tcpserver-socketbinder 127.0.0.1 0'

# Nobody could hear it
mkdir bound
while read -r line
do
  exits "no stdout: $line" 100 sh -c 'exec "$@" >&-' sh timeout 5 $line
  like 'and that is said' "$(cat err)" 'fatal: -1 needs a standard output to tell readiness on: Bad file descriptor$'
  is 'nothing is left' "$(ls bound)" ''
  rm -f bound/*
done <<END
s6-ipcserver -1 bound/s true
s6-ipcserver -q1 -- bound/s true
s6-tcpserver -1 127.0.0.1 0 true
s6-fdholder-daemon -1 -i rules bound/s
$tcp s6-tcpserverd -1 true
$tcp s6-tcpserverd -v0 -1 true
s6-tcpserver-socketbinder -1 127.0.0.1 0 true
END
for server in 's6-ipcserverd -1 true' 's6-fdholderd -1 -i rules'
do
  exits "no stdout: $server" 100 sh -c 'exec "$@" >&-' sh timeout 5 $unix $server
  like 'and that is said' "$(cat err)" 'fatal: -1 needs a standard output to tell readiness on: Bad file descriptor$'
done
rm -f bound/*

# x=$(server &) must not wait for the server
n=0
while read -r line
do
  n=$((n + 1))
  mkfifo pipe$n
  start server$n sh -c 'pipe=$1 ; shift ; exec "$@" > "$pipe"' sh pipe$n $line
  run timeout 10 cat pipe$n
  mv out told
  is "who reads the stdout of $line sees its end" "$status" 0
  not_ok 'while it runs' ended server$n
  is '/dev/null is there' "$(readlink "/proc/$(pid_of server$n)/fd/1")" /dev/null
  case $line in
    *-1*) like 'one line was told' "$(wc -l < told) $(cat told)" '^1 [0-9]*$' ;;
    *) is 'nothing was told' "$(wc -c < told)" 0 ;;
  esac
done <<END
s6-ipcserver bound/1 true
s6-ipcserver -1 bound/2 true
s6-tcpserver 127.0.0.1 0 true
s6-tcpserver -1 127.0.0.1 0 true
s6-fdholder-daemon -i rules bound/3
s6-fdholder-daemon -1 -i rules bound/4
END

# no stdout, and no -1: served all the same; a reader that has gone is no trouble
start closed sh -c 'exec "$@" >&-' sh s6-ipcserver bound/closed cat
ok 'no stdout, and no -1' retry 10 s6-ipcclient bound/closed true
start holder sh -c 'exec "$@" >&-' sh s6-fdholder-daemon -i rules bound/holder
ok 'nor for the holder' retry 10 s6-fdholder-list bound/holder
for line in 's6-ipcserver -1 bound/gone cat' 's6-fdholder-daemon -1 -i rules bound/heldgone'
do
  n=$((n + 1))
  mkfifo gone$n.pipe
  start gone$n sh -c 'pipe=$1 ; shift ; exec 8<> "$pipe" > "$pipe" 8<&- ; exec "$@"' sh gone$n.pipe $line
  case $line in
    *ipcserver*) ok "nobody reads it: $line" retry 10 s6-ipcclient bound/gone true ;;
    *) ok "nobody reads it: $line" retry 10 s6-fdholder-list bound/heldgone ;;
  esac
  is 'which is no news' "$(cat gone$n.err)" ''
done
done_testing
