#!/bin/sh
# ISC license.
# shellcheck disable=SC2016 # for inner shells
# A resolver that never answers: lookups end when -t says so, and leave no process behind.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need_root
need unshare
echo 'nameserver 127.0.0.77' > resolv.conf
unshare -m mount --bind resolv.conf /etc/resolv.conf 2>/dev/null || skip_all 'no mount namespace can be made'
start resolver s6-tcpserver-socketbinder -1 -m 127.0.0.77 53 sleep 600
ready resolver || skip_all 'port 53 of 127.0.0.77 cannot be bound'

# with_it CODE NAME CMD...: CMD exits with CODE, within ten seconds
with_it()
{
  code=$1
  name=$2
  shift 2
  exits "$name" "$code" env PROTO=TCP TCPREMOTEIP=198.51.100.1 TCPREMOTEPORT=5 timeout 10 \
    unshare -m sh -c 'mount --bind resolv.conf /etc/resolv.conf && exec "$@"' sh "$@"
}
access='s6-tcpserver-socketbinder 127.0.0.1 0 s6-tcpserver-access -v2'
with_it 111 's6-tcpclient -t' s6-tcpclient -t 1 some.example 80 true
like 'says what took too long' "$(cat err)" 'unable to resolve some.example: Connection timed out'
# shellcheck disable=SC2086 # words
{
  with_it 0 's6-tcpserver-access -t: no name' $access -l0 -t 300 sh -c 'children= ; read -r children < /proc/$$/task/$$/children ; echo "<$TCPREMOTEHOST> <$children>"'
  is 'is set, and there is no child' "$(cat out)" '<> <>'
  like 'says what took too long' "$(cat err)" "unable to look up the client's name: Connection timed out"
  with_it 111 '-w: an error' $access -l0 -w -t 300 true
  with_it 0 'the local name' $access -H -t 300 sh -c 'echo "<$TCPLOCALHOST>"'
}
done_testing
