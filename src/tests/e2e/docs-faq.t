#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # for inner shells; words
# faq(7): each of its commands is run as it is printed, with what it asks for at hand: a held
# socket whose service is down, one that was shut down, a port, another user.
# timeout: 120
if test -z "${DOCS_NETWORK-}" && test "$(id -u)" -eq 0 && unshare -n ip link set lo up 2>/dev/null
then
  DOCS_NETWORK=yes exec unshare -n sh "$0"
fi
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -z "$DAEMON_WRAPPER" || skip_all 'starts daemons in its own way'
need_root
need ss python3
test -n "${DOCS_NETWORK-}" || skip_all 'needs a network of its own'
ip link set lo up
page=$SRC/doc/faq.7

# asked WORDS N: runs the N-th block of the section whose title has WORDS
asked()
{
  awk -v words="$1" -v n="$2" '/^\.Sh/ { here = index($0, words) } /^\.Ed/ { inside = 0 } here && inside { print } /^\.Bd -literal/ && here { inside = ++count == n }' "$page" |
    sed -e 's/^\$ //' -e 's|\\e|\\|g' -e "s|/service/|$WORK/service/|g" -e "s|/run/|$WORK/run/|g" > "block$2"
  case="$1: block $2"
  tried=$((${tried-0} + 1))
  test -s "block$2" || fail "$case is there"
  run timeout 30 sh -eu "block$2"
  is "$case: its exit code" "$status" "${3-0}"
  test "$status" -eq "${3-0}" || tap_show
}

# another user must reach them
mkdir programs service run service/fdholder service/web
find "$BUILD" -maxdepth 1 -name 's6-*' -type f -exec cp {} programs/ \;
cp "$BUILD"/libs6activation.so* programs/ 2>/dev/null
printf '#!/bin/sh\nid -un\nexec readlink /proc/self/fd/0\n' > programs/webserver
printf '#!/bin/sh\nexec s6-fdholder-retrieve ../fdholder/s unix:web s6-ipcserverd echo hello\n' > service/web/run
chmod 755 programs/webserver service/web/run
: > service/web/down
PATH=$WORK/programs:$PATH
LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

H=$WORK/service/fdholder/s
allow_all service/fdholder/data/rules uid/0
start fdholder sh -c 'cd service/fdholder && exec s6-fdholder-daemon -1 -k -i data/rules s'
ready fdholder
s6-ipcserver-socketbinder run/web s6-fdholder-store "$H" unix:web
s6-tcpserver-socketbinder 127.0.0.1 80 s6-fdholder-store "$H" tcp:80
start web s6-supervise service/web
retry 10 s6-svok service/web

waits() # how many
{
  test "$(s6-fdholder-list -o id,queue "$H" | sed -n 's/^unix:web	//p')" = "$1"
}
start client s6-ipcclient run/web sh -c 'cat <&6'
ok 'a client waits' retry 10 waits 1
asked 'MY CLIENT HANG' 1
like 'the service is down' "$(cat out)" '^down '
like 'the client is in the queue' "$(cat out)" '^unix:web	1	[1-9][0-9]*$'
s6-svc -u service/web
ok 'it is answered when the service is up' retry 10 grep -qx hello client.out

asked 'THE HOLDER DIES' 1
is 'it has a keeper' "$(cat out)" "keeper	$(pid_of fdholder)"

asked 'WHO HAS A PORT' 1
like 'the holder has it' "$(cat out)" '127[.]0[.]0[.]1:80 .*s6-fdholderd'
like 'root has stored it' "$(cat out)" '^tcp:80	127[.]0[.]0[.]1:80	0	[1-9][0-9]*$'
asked 'WHO HAS A PORT' 2
unbound() { test -z "$(ss -Htln 'sport = :80')" ; }
ok 'nobody has it, as soon as the helper has closed it' retry 10 unbound
is 'the service is down' "$(s6-svstat -o up service/web)" false

s6-svc -u service/web
ok 'a client connects' s6-ipcclient run/web true
ok 'somebody shuts it down' s6-fdholder-retrieve "$H" unix:web python3 -c 'import socket ; socket.socket(fileno = 0).shutdown(socket.SHUT_RDWR)'
asked 'LOSE ITS SOCKET' 1 111
like 'clients are refused' "$(cat err)" 'Connection refused'
is 'the kernel says that it listens' "$(s6-fdholder-list -o id,state "$H")" 'unix:web	listening'
asked 'LOSE ITS SOCKET' 2
served() { test "$(timeout 10 s6-ipcclient run/web sh -c 'cat <&6')" = hello ; }
ok 'it is repaired' retry 20 served
inode() { s6-fdholder-retrieve "$H" unix:web readlink /proc/self/fd/0 ; }

asked 'IPV6' 1
for address in 127.0.0.1 ::1
do
  for port in 443 25
  do
    ok "$address, port $port: connects" s6-tcpclient -Hl0 "$address" "$port" true
  done
done

asked 'PRIVILEGES' 1
is 'root has become another' "$(cat out)" "www-data
$(inode)"
not_ok 'that one may get nothing' s6-setuidgid www-data s6-fdholder-retrieve "$H" unix:web true
asked 'PRIVILEGES' 2
is 'it may get this' "$(cat out)" "www-data
$(inode)"
not_ok 'and nothing else' s6-setuidgid www-data s6-fdholder-retrieve "$H" tcp:443 true

like 'a client is told of who has bound it' "$(python3 -c '
import socket, struct
client = socket.socket(socket.AF_UNIX)
client.connect("run/web")
print(struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1:])')" '^\(0, 0\)$'

is 'each block of the page has been run' "$tried" "$(grep -c '^\.Bd -literal' "$page")"
s6-svc -dx service/web
ok 'the supervisor ends' retry 15 ended web
stop fdholder
done_testing
