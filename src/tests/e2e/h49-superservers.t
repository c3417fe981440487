#!/bin/sh
# ISC license.
# shellcheck disable=SC2016 # for inner shells
# H49: what clients can make a super-server say is said once a minute for each of them; the
# rest is counted, and told.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# flood NAME WORD CLIENT...: one client holds its only place, forty more are turned away
flood()
{
  name=$1
  word=$2
  shift 2
  start "$name.first" "$@" sh -c 'echo ; read -r _ <&6'
  retry 5 test -s "$name.first.out"
  i=0
  while test "$i" -lt 40
  do
    "$@" sh -c 'read -r _ <&6' 2>/dev/null
    i=$((i + 1))
  done
  is "$name: forty are turned away: one line" "$(grep -c "info: $word .* count 1/1" "$name.err")" 1
  stop "$name"
  like 'and the number of the others' "$(cat "$name.err")" 'turned away by -C: [0-9]* more within a minute'
  stop "$name.first"
}

start unix s6-ipcserver -1 -c 2 -C 1 sock sh -c 'read -r _'
ready unix
flood unix deny s6-ipcclient sock
start tcp s6-tcpserver -1 -c 2 -C 1 127.0.0.1 0 sh -c 'read -r _'
ready tcp
flood tcp reject s6-tcpclient -Hl0 127.0.0.1 "$(cat tcp.out)"
done_testing
