#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-proxyheader: both headers, byte by byte, for each kind of connection; haproxy, which nobody
# here wrote, understands them; a descriptor that is full, closed, or that nobody reads.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

bytes() { od -An -v -tx1 | tr -d ' \n' ; }
signature=0d0a0d0a000d0a515549540a
one6=00000000000000000000000000000001

# client FROM TO PORT: prints what it gets; file ends: both addresses, then both ports
client()
{
  s6-tcpclient -Hl0 -i "$1" "$2" "$3" sh -c 'echo "$TCPLOCALIP $TCPREMOTEIP $TCPLOCALPORT $TCPREMOTEPORT" > ends ; cat <&6'
}

# the server's option and address; from where it is asked, and where; and what it must tell:
# the family, as a word and as a byte, and the length and addresses of a binary header
count=0
for row in '-4 0.0.0.0 127.0.0.5 127.0.0.1 TCP4 11 000c7f0000057f000001' \
  '-A :: 127.0.0.5 127.0.0.1 TCP4 11 000c7f0000057f000001' \
  "-6 :: ::1 ::1 TCP6 21 0024$one6$one6"
do
  set -- $row
  count=$((count + 1))
  start "line$count" s6-tcpserver -1 $1 -- $2 0 sh -c 'exec s6-proxyheader cat header 7> header'
  ready "line$count"
  client "$3" "$4" "$(cat "line$count.out")" > got
  is "$1 $2: a line, before the program" "$(bytes < got)" "$(echo "PROXY $5 $(cat ends)" | sed 's/$/\r/' | bytes)"
  start "binary$count" s6-tcpserver -1 $1 -- $2 0 sh -c 'exec s6-proxyheader -2 -f 9 cat header 9> header'
  ready "binary$count"
  client "$3" "$4" "$(cat "binary$count.out")" > got
  read -r _ _ clientport port < ends
  is "$1 $2: -2, and -f" "$(bytes < got)" "${signature}21$6$7$(printf '%04x%04x' "$clientport" "$port")"
  stop "line$count"
  stop "binary$count"
done

# what is no TCP connection
on() # KIND CMD...
{
  kind=$1
  shift
  case $kind in
    pipe) : | "$@" ;;
    null) "$@" < /dev/null ;;
    closed) "$@" <&- ;;
    unix) s6-ipcserver-socketbinder s "$@" ;;
    udp) s6-tcpserver-socketbinder -m ::1 0 "$@" ;;
    listening) s6-tcpserver-socketbinder 127.0.0.1 0 "$@" ;;
  esac
}
for kind in pipe null unix udp
do
  exits "$kind: the program runs" 0 on $kind sh -c 's6-proxyheader cat line 7> line && s6-proxyheader -2 true 7> binary'
  is 'nothing is known' "$(bytes < out)" "$(printf 'PROXY UNKNOWN\r\n' | bytes)"
  is 'nor with -2' "$(bytes < binary)" "${signature}20000000"
done
start unixserver s6-ipcserver -1 unixsocket sh -c 'exec s6-proxyheader true 7>&1'
ready unixserver
is 'a Unix connection' "$(s6-ipcclient unixsocket sh -c 'cat <&6' | bytes)" "$(printf 'PROXY UNKNOWN\r\n' | bytes)"
for kind in closed listening
do
  : > header
  exits "stdin is $kind" 111 on $kind s6-proxyheader echo executed 7> header
  like 'which is said' "$(cat err)" 's6-proxyheader: fatal: unable to get the (local address of stdin: Bad file|address of the client \(.*: Transport endpoint is not)'
  is 'nothing is written, and nothing is run' "$(cat out header)" ''
done

# Who cuts the connection has no address any more, but what he sent can be read: he must not be taken for us.
start cut s6-tcpserver -1 127.0.0.1 0 sh -c '
  echo unread
  until test -e closed ; do sleep 0.02 ; done
  head -n 1 > got
  s6-proxyheader echo executed > executed 7> header 2> message
  echo $? > code.new
  mv code.new code'
ready cut
s6-tcpclient -Hl0 127.0.0.1 "$(cat cut.out)" sh -c 'echo trust me >&7 ; until timeout 10 dd bs=1 count=1 of=first <&6 2>/dev/null && test -s first ; do : ; done'
: > closed
ok 'a client that has cut the connection' retry 20 test -e code
is 'is fatal' "$(cat code) $(cat got executed header)" '111 trust me'
like 'and said' "$(cat message)" 'fatal: unable to get the address of the client \(it has cut the connection'

# where it is written to
exits 'a descriptor that is closed' 111 s6-proxyheader -f 77 echo executed
is 'is said, and nothing is run' "$(cat out err)" 's6-proxyheader: fatal: unable to write the header to descriptor 77: Bad file descriptor (s6-tcpclient opens 7; -f names another one)'
mkfifo unread
exits 'one that nobody reads' 111 sh -c '{ exec 7<> unread 8> unread 7<&- ; } && exec s6-proxyheader -f 8 echo executed'
is 'is an error with a message, not a signal' "$(cat out err)" 's6-proxyheader: fatal: unable to write the header to descriptor 8: Broken pipe'
exits 'one that is full, of a device' 111 sh -c 'exec s6-proxyheader echo executed 7> /dev/full'
for mode in blocking nonblocking
do
  mkfifo $mode
  option=
  test $mode = blocking || option=oflag=nonblock
  start full$mode sh -c 'exec 7<> "$0" ; dd if=/dev/zero bs=65536 count=1 $1 >&7 2>/dev/null ; echo full ; exec s6-proxyheader echo executed' $mode $option
  ready full$mode
  ok "a pipe that is full, $mode: it waits" remains 0.3 running full$mode
  most 'without a turn' "$(ticks full$mode)" 10
  is 'until there is room' "$(timeout 20 head -c $((65536 + 15)) $mode | tail -c 15 | bytes)" "$(printf 'PROXY UNKNOWN\r\n' | bytes)"
  ok 'and goes on' retry 10 grep -qx executed full$mode.out
done
if ! command -v strace > /dev/null || test -n "$SANITIZED"
then
  skip 'a write that takes a part' 'no strace, or no place for it'
else
  # what is not written is what the kernel said it took
  strace -qq -o /dev/null -e inject=write:retval=5:when=1 s6-proxyheader true 7> header
  is 'a write that takes a part' "$(bytes < header)" "$(printf ' UNKNOWN\r\n' | bytes)"
fi

# usage
for wrong in '' '-f 7' '-f x true' '-f -1 true' '-f 2147483648 true' '-f 4294967296 true' '-1 true'
do
  exits "s6-proxyheader $wrong: usage" 100 s6-proxyheader $wrong 7> header
  is 'nothing is written' "$(bytes < header)" ''
done
exits 'an empty program' 100 s6-proxyheader '' 7> header
exits 'one that is not there' 127 s6-proxyheader nonexistent 7> header
exits 'one that cannot be executed' 126 s6-proxyheader / 7> header

# H41
state() { echo 'grep -E "^Sig(Blk|Ign)" /proc/self/status ; ls /proc/self/fd' ; }
for trap in '' 'trap "" PIPE ;'
do
  plain=$(sh -c "$trap exec sh -c '$(state)'" 7> header | tr '\n' ' ')
  is "signals${trap:+, SIGPIPE ignored} and descriptors are as they were" "$(sh -c "$trap exec s6-proxyheader sh -c '$(state)'" 7> header | tr '\n' ' ')" "$plain"
done
closed() { "$@" sh -c 'ls /proc/self/fd >&7' 7>&1 >&- 2>&- < /dev/null | tr '\n' ' ' ; }
is 'closed ones stay closed' "$(closed s6-proxyheader | sed '1s/^.*\r //')" "$(closed env)"

# haproxy as the daemon that is behind it: it tells what it takes the connection for
if ! command -v haproxy > /dev/null
then
  skip 'haproxy understands it' 'no haproxy'
  done_testing
fi
cat > haproxy.cfg <<'END'
defaults
  mode http
  timeout connect 30s
  timeout client 30s
  timeout server 30s
frontend behind
  bind fd@3 accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src] %[dst] %[src_port] %[dst_port]\n"
END
start haproxy s6-tcpserver-socketbinder -1 127.0.0.1 0 fdmove -c 3 0 haproxy -f haproxy.cfg
ready haproxy
behind=$(cat haproxy.out)
asks() # CMD...: prints the last line of the answer; ends is what the client knows
{
  timeout 20 "$@" sh -c 'echo "$TCPLOCALIP $TCPREMOTEIP $TCPLOCALPORT $TCPREMOTEPORT" > ends
    printf "GET / HTTP/1.0\r\n\r\n" >&7 ; exec cat <&6' | tail -n 1
}
for option in '' -2
do
  # as in the page
  start "front$option" s6-tcpserver-socketbinder -1 -A :: 0 s6-tcpserverd s6-tcpclient 127.0.0.1 "$behind" s6-proxyheader $option s6-ioconnect
  ready "front$option"
  for address in 127.0.0.1 ::1
  do
    got=$(asks s6-tcpclient -Hl0 "$address" "$(cat "front$option.out")")
    is "haproxy understands it: $option $address" "$got" "$(cat ends)"
  done
  start "unixfront$option" s6-ipcserver -1 "front$option" s6-tcpclient -Hl0 127.0.0.1 "$behind" s6-proxyheader $option s6-ioconnect
  ready "unixfront$option"
  like "haproxy takes a Unix connection for ours: $option" "$(asks s6-ipcclient "front$option")" "^127.0.0.1 127.0.0.1 [1-9][0-9]* $behind\$"
done
done_testing
