#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# The command lines of public run scripts that concern the connection tools, as they stand, under execlineb.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need execlineb
mkdir -p data
allow_all data/rules
# line TEXT: runs it as an execline script
line() { printf '%s\n' "$1" > line.el ; run execlineb line.el ; }
start_line() { printf '%s\n' "$2" > "$1.el" ; start "$1" execlineb "$1.el" ; }

start_line plain 's6-ipcserver-socketbinder -- s s6-ipcserverd -1 -- s6-ipcserver-access -v0 -E -l0 -i data/rules -- cat'
ready plain
line 'pipeline { echo foobar } s6-ipcclient s s6-ioconnect -67'
is 'a server with rules, and a client' "$status $(cat out)" '0 foobar'
start_line limits 's6-ipcserver -1 -a 0700 -c 1000 -C 1000 -- SOCK cat'
ready limits
is 's6-ipcserver -1 -a 0700' "$(stat -c %a SOCK)" 700
line 'pipeline { echo foobar } s6-ipcclient SOCK s6-ioconnect -67'
is 'answers' "$(cat out)" foobar
printf '#!/bin/sh\necho test\n' > test-server
chmod 755 test-server
start_line test 's6-ipcserver -P test-socket ./test-server'
retry 10 test -S test-socket
line 's6-ipcclient test-socket s6-ioconnect'
is 's6-ipcserver -P' "$(cat out)" test

start_line agent 's6-ipcserver-socketbinder -a 0600 S.agent
fdmove 3 0
s6-ipcserver-socketbinder -a 0600 S.agent.ssh
fdmove 4 0
export LISTEN_FDS 2
export LISTEN_FDNAMES std:ssh
getpid LISTEN_PID
sh -c "readlink /proc/$$/fd/3 /proc/$$/fd/4 ; echo $LISTEN_FDS $LISTEN_FDNAMES ; test $LISTEN_PID = $$ && echo mine ; exec sleep 60"'
ok 'two sockets for one program' retry 10 grep -q mine agent.out
is 'both are there' "$(grep -c socket: agent.out) $(stat -c %a S.agent S.agent.ssh | tr '\n' ' ')" '2 600 600 '

# A holder by its wrapper, as in s6-rc's own service and as a store of its own
mkdir store
(
  cd store || exit 111
  mkdir data
  allow_all data/rules
)
start_line rc 's6-fdholder-daemon -1 -n 256 -i data/rules -- s6rc'
ready rc
ok 's6-fdholder-daemon' s6-fdholder-list s6rc
if test "$(id -u)" -eq 0
then
  start_line envuid 'fdmove 3 1 cd store s6-envuidgid -D 0:0:0 fdstore fdmove -c 1 3 s6-fdholder-daemon -1 -U -i data/rules s'
  ready envuid
  ok 's6-envuidgid -D 0:0:0 fdstore ... -U' s6-fdholder-list store/s
fi
line 's6-tcpserver-socketbinder 127.0.0.1 0 s6-fdholder-store s6rc socket:lighttpd:tcp:443'
is 'a bound port goes to the holder' "$status $(s6-fdholder-list s6rc)" '0 socket:lighttpd:tcp:443'
start_line retrieved 's6-fdholder-retrieve s6rc socket:lighttpd:tcp:443 s6-tcpserverd -1 echo held'
ready retrieved
is 'and a server takes it from there' "$(s6-tcpclient -Hl0 127.0.0.1 "$(cat retrieved.out)" sh -c 'cat <&6')" held
line 's6-ipcserver-socketbinder w1 s6-fdholder-store s6rc socket:web:tcp:80'
line 's6-ipcserver-socketbinder w2 s6-fdholder-store s6rc socket:web:tcp:443'
if test "$(id -u)" -eq 0
then
  line 'fdmove 3 0 s6-fdholder-retrieve s6rc socket:web:tcp:80
fdmove 4 0 s6-fdholder-retrieve s6rc socket:web:tcp:443
fdswap 3 0 export LISTEN_FDS 2 getpid LISTEN_PID s6-setuidgid games sh -c "id -u ; readlink /proc/$$/fd/3 /proc/$$/fd/4 | grep -c socket:"'
  is 'two sockets, as another user' "$(cat out)" "$(id -u games)
2"
fi

# Real programs, installed or unpacked by tools/fetch-peer
PATH=$PATH:$TESTS/peer/busybox/bin:$TESTS/peer/dropbear-bin/usr/bin:$TESTS/peer/dropbear-bin/usr/sbin:$TESTS/peer/ucspi-tcp/usr/bin
for directory in "$TESTS"/peer/libtom*/usr/lib/*-*-*
do
  if test -d "$directory" ; then LD_LIBRARY_PATH=$directory${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} ; fi
done
if test -n "${LD_LIBRARY_PATH-}" ; then export LD_LIBRARY_PATH ; fi
if command -v busybox >/dev/null && busybox --list | grep -qx httpd
then
  mkdir www
  echo 'hello from httpd' > www/index.html
  start_line httpd 's6-tcpserver -v -1 -- 127.0.0.1 0 s6-tcpserver-access -v 2 -Hl0 -t 5000 -i tcprules -- busybox httpd -i -h www'
  ready httpd
  mkdir -p tcprules/ip4/127.0.0.1_32
  : > tcprules/ip4/127.0.0.1_32/allow
  run s6-tcpclient -Hl0 127.0.0.1 "$(cat httpd.out)" sh -c 'printf "GET /index.html HTTP/1.0\r\n\r\n" >&7 ; cat <&6'
  like 'busybox httpd -i behind rules' "$(cat out)" '^hello from httpd$'
else
  skip 'busybox httpd -i' 'no busybox'
fi
if dropbearkey -t ed25519 -f hostkey > /dev/null 2>&1 && unshare -m true 2>/dev/null
then
  # root's home, and so the key that may log in, is here for that server alone
  mkdir -p home/.ssh
  chmod 700 home home/.ssh
  dropbearkey -t ed25519 -f userkey 2>/dev/null | grep '^ssh-' > home/.ssh/authorized_keys
  sed "s|^root:.*|root:x:0:0:root:$WORK/home:/bin/sh|" /etc/passwd > passwd
  printf '%s\n' 's6-tcpserver -v -1 -- 127.0.0.1 0 s6-tcpserver-access -v 2 -Hl0 -t 5000 -i tcprules -- dropbear -i -r hostkey -K 60' > ssh.el
  start ssh unshare -m sh -c 'mount --bind passwd /etc/passwd && exec execlineb ssh.el'
  ready ssh
  echo 'through ssh' > message
  run sh -c 'exec timeout 60 dbclient -T -y -y -i userkey -p "$1" root@127.0.0.1 "cat ; id -u" < message' dbclient "$(cat ssh.out)"
  is 'dropbear -i behind rules: a login, and a message there and back' "$(cat out)" 'through ssh
0'
else
  skip 'dropbear -i' 'no dropbear, or not root'
fi
if command -v tcpserver >/dev/null && command -v tcpclient >/dev/null
then
  start ours s6-tcpserver -1 127.0.0.1 0 sh -c 'echo "$PROTO $TCPREMOTEIP" ; cat'
  ready ours
  run sh -c 'echo message | tcpclient -RHl0 127.0.0.1 "$1" sh -c "cat >&7 ; exec 7>&- ; head -n 2 <&6"' client "$(cat ours.out)"
  is 'a client of ucspi-tcp, our server' "$(cat out)" 'TCP 127.0.0.1
message'
  port=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
  start theirs tcpserver -RHl0 127.0.0.1 "$port" sh -c 'echo "$PROTO $TCPREMOTEIP" ; cat'
  answered() { test "$(s6-tcpclient -Hl0 127.0.0.1 "$port" sh -c 'head -n 1 <&6')" = 'TCP 127.0.0.1' ; }
  ok 'our client, the server of ucspi-tcp' retry 10 answered
  # their server under our access control: the same variables
  port=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
  start under tcpserver -RHl0 127.0.0.1 "$port" s6-tcpserver-access -v0 -Hl0 -i tcprules echo allowed
  allowed() { test "$(s6-tcpclient -Hl0 127.0.0.1 "$port" sh -c 'cat <&6')" = allowed ; }
  ok 'our access control under the server of ucspi-tcp' retry 10 allowed
else
  skip 'ucspi-tcp' 'no ucspi-tcp'
fi
done_testing
