#!/bin/sh
# ISC license.
# H15, H51: a lookup that fails gives no name, and so no rule by name, reversedns/@ included; with -w it ends the connection.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'
mkdir -p rules/reversedns/@
: > rules/reversedns/@/allow

# access OPTIONS: where nothing that a lookup needs can be opened
access()
{
  env PROTO=TCP TCPREMOTEIP=198.51.100.1 TCPREMOTEPORT=5 s6-tcpserver-socketbinder 127.0.0.1 0 \
    strace -f -o trace -P /etc/host.conf -P /etc/resolv.conf -P /etc/hosts -P /etc/nsswitch.conf -e trace=openat -e inject=openat:error=ENFILE \
    s6-tcpserver-access -l0 -t 2000 -i rules "$@" echo let in
}

for options in -w '-w -p'
do
  # shellcheck disable=SC2086 # words
  run access $options
  is "$options: a client whose name cannot be looked up is an error, and not let in" "$status $(cat out)" '111 '
  like 'which is said' "$(cat err)" "unable to look up the client's name"
  ok 'by a lookup that was hindered' grep -q ENFILE trace
done
for options in -v2 '-v2 -W' '-v2 -p'
do
  # shellcheck disable=SC2086 # words
  run access $options
  is "$options: it meets no rule by name, reversedns/@ included" "$status $(cat out)" '1 '
  like 'which is said' "$(cat err)" "warning: unable to look up the client's name"
  like 'and it is denied' "$(cat err)" 'info: deny pid [0-9]+ ip 198.51.100.1: no rule$'
done
mkdir -p rules/ip4/198.51.100.0_24
: > rules/ip4/198.51.100.0_24/allow
run access
is 'an address that is allowed needs no name' "$status $(cat out)" '0 let in'
run access -w
is 'but for -w' "$status $(cat out)" '111 '
done_testing
