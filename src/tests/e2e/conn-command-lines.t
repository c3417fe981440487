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
if is_root
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
if is_root
then
  line 'fdmove 3 0 s6-fdholder-retrieve s6rc socket:web:tcp:80
fdmove 4 0 s6-fdholder-retrieve s6rc socket:web:tcp:443
fdswap 3 0 export LISTEN_FDS 2 getpid LISTEN_PID s6-setuidgid games sh -c "id -u ; readlink /proc/$$/fd/3 /proc/$$/fd/4 | grep -c socket:"'
  is 'two sockets, as another user' "$(cat out)" "$(id -u games)
2"
fi

done_testing
