#!/bin/sh
# ISC license.
# H50: variables of the protocol that an outer server or client has set do not reach what runs for another connection.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# The environment of a child of an outer server and of an outer client, each variable with a value that is wrong here
outer=
for name in PROTO IPCREMOTEEUID IPCREMOTEEGID IPCREMOTEPATH IPCLOCALPATH IPCCONNNUM \
  TCPREMOTEIP TCPREMOTEPORT TCPREMOTEHOST TCPREMOTEINFO TCPLOCALIP TCPLOCALPORT TCPLOCALHOST TCPCONNNUM
do
  outer="$outer $name=outer"
done
# what only looks like one of them, or is a wish and no fact, stays
outer="$outer IPCLOCALPATHS=kept TCPREMOTEHOST_=kept IPCCONNMAX=kept TCPCONNMAX=kept"
names() { sed -n "s/^\($1[A-Z_]*\)=.*/\1/p" "$2" | sort | tr '\n' ' ' ; }
# outer_of PROTOCOL FILE: which of its variables still have the outer value
outer_of() { grep -E "^(PROTO|$1)" "$2" | grep -c '=outer$' ; }

# shellcheck disable=SC2086 # words
for how in '' -P
do
  start unix$how env $outer s6-ipcserver $how -1 unix$how env
  ready unix$how
  run s6-ipcclient unix$how sh -c 'cat <&6'
  is "s6-ipcserverd $how: nothing of an outer server" "$(outer_of IPC out)" 0
  case $how in
    -P) is 'what it sets, and what it leaves' "$(names IPC out)" 'IPCCONNMAX IPCCONNNUM IPCLOCALPATHS IPCREMOTEPATH ' ;;
    *) is 'what it sets, and what it leaves' "$(names IPC out)" 'IPCCONNMAX IPCCONNNUM IPCLOCALPATHS IPCREMOTEEGID IPCREMOTEEUID IPCREMOTEPATH ' ;;
  esac
  like 'PROTO' "$(cat out)" '^PROTO=IPC$'
  run s6-ipcclient unix$how sh -c 'cat <&6'
  is 'nor for the second connection' "$(outer_of IPC out)" 0
done

# shellcheck disable=SC2086 # words
start tcp env $outer s6-tcpserver -1 127.0.0.1 0 env
ready tcp
port=$(cat tcp.out)
for n in 1 2
do
  run s6-tcpclient -Hl0 127.0.0.1 "$port" sh -c 'cat <&6'
  is "s6-tcpserverd: nothing of an outer server, connection $n" "$(outer_of TCP out)" 0
  is 'what it sets, and what it leaves' "$(names TCP out)" 'TCPCONNMAX TCPCONNNUM TCPLOCALIP TCPLOCALPORT TCPREMOTEHOST_ TCPREMOTEIP TCPREMOTEPORT '
done
like 'PROTO' "$(cat out)" '^PROTO=TCP$'

# The clients stand in such environments too: what connects onward runs for a connection.
# shellcheck disable=SC2086 # words
run env $outer s6-ipcclient unix env
is 's6-ipcclient: nothing of an outer server' "$(outer_of IPC out)" 0
is 'what it sets, and what it leaves' "$(names IPC out)" 'IPCCONNMAX IPCLOCALPATH IPCLOCALPATHS '
# shellcheck disable=SC2086 # words
run env $outer s6-tcpclient -H -l me 127.0.0.1 "$port" env
is 's6-tcpclient: nothing of an outer server' "$(outer_of TCP out)" 0
is 'what it sets, and what it leaves' "$(names TCP out)" 'TCPCONNMAX TCPLOCALHOST TCPLOCALIP TCPLOCALPORT TCPREMOTEHOST_ TCPREMOTEIP TCPREMOTEPORT '

# One server within another, as in a chain that passes connections on
start around s6-tcpserver -1 127.0.0.1 0 env TCPREMOTEHOST=liar TCPREMOTEINFO=liar s6-tcpserver -1 127.0.0.1 0 env
ready around
start first s6-tcpclient -Hl0 127.0.0.1 "$(cat around.out)" sh -c 'cat <&6'
ready first
run s6-tcpclient -Hl0 127.0.0.1 "$(head -n 1 first.out)" sh -c 'cat <&6'
unlike 'a server within a server tells nothing of the outer client' "$(cat out)" liar
done_testing
