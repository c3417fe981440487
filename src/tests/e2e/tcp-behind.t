#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# H50: the access programs stand behind recorders, tunnels and proxies. What the environment tells of the connection is
# believed; stdin, which may be a pipe or somebody else's connection, is asked for what is missing only.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

mkdir -p rules/ip4/203.0.113.0_24 rules/ip6/2001:db8::_32 rules/ip4/127.0.0.0_8
: > rules/ip4/203.0.113.0_24/allow
: > rules/ip6/2001:db8::_32/allow
: > rules/ip4/127.0.0.0_8/allow
ask() { s6-tcpclient -Hl0 127.0.0.1 "$1" sh -c 'cat <&6' ; }
show='echo "$TCPREMOTEIP $TCPREMOTEPORT ${TCPLOCALIP-none} ${TCPLOCALPORT-none}"'
# what the super-server, or a reader of a proxy's header, has set
told='env PROTO=TCP TCPREMOTEIP=203.0.113.7 TCPREMOTEPORT=5555 TCPLOCALIP=192.0.2.1 TCPLOCALPORT=80'

# a recorder between the super-server and us
start piped s6-tcpserver -1 127.0.0.1 0 sh -c 'true | exec s6-tcpserver-access -D -Hl0 -i rules sh -c "$0"' "$show"
ready piped
port=$(cat piped.out)
like 'stdin is a pipe: the local end is the one that the super-server told' "$(ask "$port")" "^127.0.0.1 [0-9]+ 127.0.0.1 $port\$"
is 'and nothing is amiss' "$(sed 's/pid [0-9]*/pid/' piped.err)" 's6-tcpserver-access: info: allow pid ip 127.0.0.1'

# each kind of stdin, and each set of variables
on() # KIND CMD...
{
  kind=$1
  shift
  case $kind in
    pipe) : | "$@" ;;
    file) "$@" < rules/ip4/203.0.113.0_24/allow ;;
    null) "$@" < /dev/null ;;
    closed) "$@" <&- ;;
    unix) s6-ipcserver-socketbinder s "$@" ;;
    udp6) s6-tcpserver-socketbinder -m ::1 0 "$@" ;;
    tcp) s6-tcpserver-socketbinder 127.0.0.2 0 "$@" ;;
    tcp6) s6-tcpserver-socketbinder ::1 0 "$@" ;;
  esac
}
for kind in pipe file null closed unix tcp tcp6 udp6
do
  run on $kind $told s6-tcpserver-access -v2 -D -Hl0 -i rules sh -c "$show"
  is "$kind: what is told stays" "$status $(cat out)" '0 203.0.113.7 5555 192.0.2.1 80'
  unlike 'without a warning' "$(cat err)" warning
done
for kind in pipe null closed unix
do
  run on $kind $told env -u TCPLOCALIP -u TCPLOCALPORT s6-tcpserver-access -v2 -Hl0 -i rules sh -c "$show"
  is "$kind: nothing is told, and nobody can be asked" "$status $(cat out)" '0 203.0.113.7 5555 none none'
  like 'which is said' "$(cat err)" 'warning: TCPLOCALIP is not set, and stdin, no TCP socket, cannot tell it'
done
run on tcp $told env -u TCPLOCALIP -u TCPLOCALPORT s6-tcpserver-access -Hl0 -i rules sh -c "$show"
like 'tcp: stdin is asked' "$(cat out)" '^203.0.113.7 5555 127.0.0.2 [1-9][0-9]*$'
run on tcp $told env -u TCPLOCALIP s6-tcpserver-access -Hl0 -i rules sh -c "$show"
is 'for the address alone' "$(cat out)" '203.0.113.7 5555 127.0.0.2 80'
run on tcp $told env -u TCPLOCALPORT s6-tcpserver-access -Hl0 -i rules sh -c "$show"
like 'for the port alone' "$(cat out)" '^203.0.113.7 5555 192.0.2.1 [1-9][0-9]*$'
run on null env PROTO=TCP TCPREMOTEIP=2001:db8::7 TCPREMOTEPORT=5555 TCPLOCALIP=2001:db8::1 TCPLOCALPORT=443 s6-tcpserver-access -Hl0 -i rules sh -c "$show"
is 'IPv6' "$status $(cat out)" '0 2001:db8::7 5555 2001:db8::1 443'
run on null env PROTO=SSL SSLREMOTEIP=203.0.113.7 SSLREMOTEPORT=5555 SSLLOCALIP=192.0.2.1 SSLLOCALPORT=80 TCPLOCALIP=x s6-tcpserver-access -v2 -Hl0 -i rules sh -c 'echo "$SSLLOCALIP $SSLLOCALPORT $TCPLOCALIP"'
is 'another protocol' "$status $(cat out)" '0 192.0.2.1 80 x'
unlike 'without a warning' "$(cat err)" warning

# the local name belongs to the address that was told, whatever it is
run on pipe $told env TCPLOCALIP=127.0.0.1 s6-tcpserver-access -v2 -p -i rules true
is 'a local address that is told is looked up' "$status" 0
run on pipe $told env TCPLOCALIP= s6-tcpserver-access -v2 -i rules sh -c 'echo "<$TCPLOCALIP> ${TCPLOCALHOST-none}"'
is 'an empty one, as of a header that knows none, has no name' "$status $(cat out)" '0 <> none'

# a proxy that hands connections over on a Unix socket
start proxied s6-ipcserver sock $told \
  s6-tcpserver-access -v1 -D -B 'hello ' -Hl0 -i rules sh -c "$show"
retry 10 test -S sock
is 'a Unix socket of a proxy' "$(s6-ipcclient sock sh -c 'cat <&6')" 'hello 203.0.113.7 5555 192.0.2.1 80'
is 'and nothing is amiss' "$(sed 's/pid [0-9]*/pid/' proxied.err)" 's6-tcpserver-access: info: allow pid ip 203.0.113.7'

# s6-ipcserver-access
ipc="env PROTO=IPC IPCREMOTEEUID=$(id -u) IPCREMOTEEGID=$(id -g)"
showipc='echo "${IPCLOCALPATH-none}"'
for kind in pipe file null closed tcp udp6
do
  run on $kind $ipc s6-ipcserver-access -v2 sh -c "$showipc"
  is "s6-ipcserver-access, $kind: nobody can be asked" "$status $(cat out)" '0 none'
  like 'which is said' "$(cat err)" 'warning: IPCLOCALPATH is not set, and stdin, no Unix socket, cannot tell it'
  run on $kind $ipc IPCLOCALPATH=/told s6-ipcserver-access -v2 sh -c "$showipc"
  is 'what is told stays' "$status $(cat out)" '0 /told'
  unlike 'without a warning' "$(cat err)" 'warning: IPC'
done
run on unix $ipc s6-ipcserver-access sh -c "$showipc"
is 'a Unix socket is asked' "$status $(cat out)" '0 s'
run on unix $ipc IPCLOCALPATH=/told s6-ipcserver-access sh -c "$showipc"
is 'for what is missing only' "$status $(cat out)" '0 /told'
run on unix $ipc IPCLOCALPATH=/told s6-ipcserver-access -l /ours sh -c "$showipc"
is '-l counts more' "$status $(cat out)" '0 /ours'
run on pipe $ipc IPCLOCALPATH=/told s6-ipcserver-access -E sh -c "$showipc"
is '-E takes it away' "$status $(cat out)" '0 none'
start recorded s6-ipcserver -1 recorded.s sh -c 'true | exec s6-ipcserver-access echo in'
ready recorded
is 'behind a recorder' "$(s6-ipcclient recorded.s sh -c 'cat <&6')" in
done_testing
