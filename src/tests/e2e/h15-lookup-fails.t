#!/bin/sh
# ISC license.
# H15: a lookup that fails is not a client without a name: with -w it ends the connection.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'
mkdir -p rules/reversedns/@
: > rules/reversedns/@/allow

# access FILES: with these, each after a -P, impossible to open
access()
{
  # shellcheck disable=SC2086 # words
  env PROTO=TCP TCPREMOTEIP=198.51.100.1 TCPREMOTEPORT=5 s6-tcpserver-socketbinder 127.0.0.1 0 \
    strace -f -o trace $1 -e trace=openat -e inject=openat:error=ENFILE \
    s6-tcpserver-access -w -l0 -t 2000 -i rules echo let in
}

run access '-P /etc/host.conf -P /etc/resolv.conf -P /etc/hosts -P /etc/nsswitch.conf'
is 'a client whose name cannot be looked up is an error, and not let in' "$status $(cat out)" '111 '
like 'which is said' "$(cat err)" "unable to look up the client's name"
ok 'by a lookup that was hindered' grep -q ENFILE trace
done_testing
