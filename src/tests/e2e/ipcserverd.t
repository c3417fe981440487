#!/bin/sh
# ISC license.
# s6-ipcserverd and s6-ipcserver: options, limits, environment, log, and the chain.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# ask SOCKET: what the server says, for an empty message
ask() { s6-ipcclient "$1" s6-ioconnect < /dev/null ; }
logged() { grep -Eq -e "$2" "$1.err" ; }

for wrong in '' '-z true' '-c x true' '-C x true' '-v x true' '-c' '-1'
do
  # shellcheck disable=SC2086 # words
  exits "s6-ipcserverd $wrong" 100 s6-ipcserverd $wrong
done
exits 'stdin is not a socket' 100 s6-ipcserverd true
like 'and that is said' "$(cat err)" 'fatal: stdin is not a socket'
exits 'stdin does not listen' 100 s6-ipcserver-socketbinder -b0 s s6-ipcserverd true
like 'and that is said' "$(cat err)" 'does not listen \(was it bound with -b 0, or with -m\?\)'
exits 'stdin is a datagram socket' 100 s6-ipcserver-socketbinder -m s s6-ipcserverd true
exits 'stdin is a TCP socket' 100 s6-tcpserver-socketbinder 127.0.0.1 0 s6-ipcserverd true
like 'and that is said' "$(cat err)" 'not a Unix socket'

# Environment, descriptors, readiness
start env env IPCREMOTEEUID=old IPCCONNNUM=old PROTO=old KEPT=yes s6-ipcserver-socketbinder env s6-ipcserverd -1 -v2 env
ready env
is '-1 writes a newline' "$(od -An -c env.out | tr -d ' ')" '\n'
run ask env
is 'the environment' "$(grep -E '^(PROTO|IPC|KEPT)' out | sort)" "IPCCONNNUM=1
IPCREMOTEEGID=$(id -g)
IPCREMOTEEUID=$(id -u)
IPCREMOTEPATH=
KEPT=yes
PROTO=IPC"
run s6-ipcclient -p ./bound env s6-ioconnect
like 'IPCREMOTEPATH' "$(cat out)" '^IPCREMOTEPATH=./bound$'
ok 'the end is logged' retry 5 logged env 'end pid [0-9]+ uid [0-9]+ exitcode 0'
like 'the log at -v 2' "$(cat env.err)" "^s6-ipcserverd: info: allow $(id -u):$(id -g) pid [0-9]+ count 1/40\$"
like 'with its status' "$(cat env.err)" '^s6-ipcserverd: info: status: 1/40$'
stop env
is 'SIGTERM: exit 0' "$status" 0

start nolookup s6-ipcserver-socketbinder nolookup s6-ipcserverd -P -1 -v2 env
ready nolookup
run ask nolookup
is '-P' "$(grep -E '^(PROTO|IPC)' out | sort)" 'IPCCONNNUM=
IPCREMOTEPATH=
PROTO=IPC'
like '-P in the log' "$(cat nolookup.err)" 'allow \?:\? pid [0-9]+ count \?/40'
start lookup s6-ipcserver-socketbinder lookup s6-ipcserverd -P -p -1 env
ready lookup
run ask lookup
like '-p after -P' "$(cat out)" '^IPCREMOTEEUID='

# shellcheck disable=SC2016 # for the inner shell
start fds s6-ipcserver -1 fds sh -c 'ls -l /proc/$$/fd | grep -c socket:'
ready fds
run ask fds
is 'stdin and stdout, and no other socket of ours' "$(cat out)" 2
start seqpacket s6-ipcserver-socketbinder -S seqpacket s6-ipcserverd -1 true
ready seqpacket
ok 'sequenced packets are served' test -n "$(pid_of seqpacket)"

# Limits. hold NAME SOCKET: a connection that stays; released by closing the fifo
mkfifo hold
exec 9<>hold
hold() { start "$1" s6-ipcclient "$2" sh -c 'echo held ; head -n 1 <&6 ; read -r _' <&9 ; retry 5 grep -q held "$1.out" ; }
start local s6-ipcserver-socketbinder local s6-ipcserverd -1 -v2 -c 5 -C 2 sh -c 'echo answer ; cat'
ready local
hold l1 local
hold l2 local
retry 5 grep -q answer l2.out
run sh -c 's6-ipcclient local sh -c "cat <&6"'
is '-C 2: the third of a user is closed' "$status $(cat out)" '0 '
ok 'and that is logged' retry 5 logged local "deny $(id -u):$(id -g) count 2/2"
for v in 0 1
do
  start told$v s6-ipcserver-socketbinder told$v s6-ipcserverd -1 -v $v -C 1 sh -c 'echo answer ; cat'
  ready told$v
  hold told$v-1 told$v
  run s6-ipcclient told$v sh -c 'cat <&6'
  is "-v $v: the second of a user is closed" "$status $(cat out)" '0 '
done
ok 'which is logged at -v 1' retry 5 logged told1 "^s6-ipcserverd: info: deny $(id -u):$(id -g) count 1/1\$"
is 'and nothing else' "$(wc -l < told1.err)" 1
is 'nor anything at -v 0' "$(cat told0.err)" ''
if is_root
then
  run as_uid 12 s6-ipcclient local sh -c 'head -n 1 <&6'
  is 'another user is served' "$(cat out)" answer
fi
stop l1
ok 'a place is free when one has ended' retry 5 sh -c 's6-ipcclient local sh -c "head -n 1 <&6" | grep answer'

start all s6-ipcserver-socketbinder all s6-ipcserverd -1 -v2 -c 2 -C 100 sh -c 'echo answer ; cat'
ready all
hold a1 all
hold a2 all
retry 5 grep -q answer a2.out
start a3 s6-ipcclient all sh -c 'head -n 1 <&6'
ok '-c 2: -C is never more' logged all 'count 2/2'
unanswered() { ! grep -q answer "$1.out" ; }
ok 'the third one waits' remains 0.3 unanswered a3
stop a1
ok 'and is served when one has ended' retry 5 grep -q answer a3.out
unlike 'nobody was denied' "$(cat all.err)" 'deny'
start zero s6-ipcserver-socketbinder zero s6-ipcserverd -1 -c 0 echo answer
ready zero
is '-c 0 is 1' "$(ask zero)" answer
start none s6-ipcserver-socketbinder none s6-ipcserverd -1 -C 0 echo answer
ready none
is '-C 0 of the server is nobody' "$(ask none)" ''
start one s6-ipcserver -1 -C 0 one echo answer
ready one
is '-C 0 of the wrapper is 1' "$(ask one)" answer
start queue s6-ipcserver -1 -b 0 queue echo answer
ready queue
is '-b 0 of the wrapper is 1' "$(ask queue)" answer
start big s6-ipcserver-socketbinder big s6-ipcserverd -1 -v2 -c 4000000000 -C 4000000000 true
ready big
like '-c has no cap' "$(cat big.err)" 'status: 0/4000000000'
exec 9>&-

# Programs that cannot run
start missing s6-ipcserver-socketbinder missing s6-ipcserverd -1 ./nowhere
ready missing
run ask missing
is 'the connection is closed' "$status $(cat out)" '0 '
run ask missing
is 'one warning a minute' "$(grep -c 'warning: unable to spawn ./nowhere: No such file or directory; the connection is closed' missing.err)" 1
printf '#!/bin/sh\necho late\n' > nowhere
chmod 755 nowhere
is 'a program that comes later is found' "$(ask missing)" late
mkdir dir1 dir2
printf '#!/bin/sh\necho one\n' > dir1/moving
chmod 755 dir1/moving
start moving env PATH="$WORK/dir1:$WORK/dir2:$PATH" s6-ipcserver-socketbinder moving s6-ipcserverd -1 moving
ready moving
is 'a program of the PATH' "$(ask moving)" one
mv dir1/moving dir2
is 'that has moved within it' "$(ask moving)" one

# The wrapper
rm -f s
for wrong in '' 's' '-z s true' '-c x s true' '-C x s true' '-b x s true' '-a 999 s true' '-u x s true' '-g x s true' '-G 1,x s true' '-G , s true'
do
  # shellcheck disable=SC2086 # words
  exits "s6-ipcserver $wrong" 100 s6-ipcserver $wrong
  case $wrong in
    ''|s|-z*) like 'the usage line' "$(cat err)" '^s6-ipcserver: usage: s6-ipcserver \[' ;;
    *) like 'it is said which' "$(cat err)" "^s6-ipcserver: fatal: ${wrong% s true}: not (a number|permissions in octal|a numeric id \\(-U takes .*)" ;;
  esac
done
is 'nothing was bound' "$(ls -d s 2>/dev/null)" ''
mkdir chain
for name in s6-ipcserver-socketbinder s6-applyuidgid s6-ipcserverd
do
  # shellcheck disable=SC2016 # for the stub
  printf '#!/bin/sh\nfor word ; do printf "[%%s]" "$word" ; done\n' > chain/$name
  chmod 755 chain/$name
done
# shellcheck disable=SC2086 # words
built()
{
  is "the chain of: $1" "$(PATH=$WORK/chain:$PATH s6-ipcserver $1)" "$2"
}
built 's prog -x' '[--][s][s6-ipcserverd][--][prog][-x]'
built '-v -1 -d -P -a 0700 -c 5 -C 3 -b 9 -- s prog' '[-d][-a][0700][-b][9][--][s][s6-ipcserverd][-v2][-1][-P][-c][5][-C][3][--][prog]'
built '-b 0 -c 0 -C 0 s prog' '[-b][1][--][s][s6-ipcserverd][-c][1][-C][1][--][prog]'
built '-C 00 -C 10 s prog' '[--][s][s6-ipcserverd][-C][1][-C][10][--][prog]'
built '-qDpe -o 1:2 s prog' '[-D][-e][-o][1:2][--][s][s6-ipcserverd][-v0][-p][--][prog]'
built '-Q -G 1,2 -g 3 -u 4 s prog' '[--][s][s6-applyuidgid][-G][1,2][-g][3][-u][4][--][s6-ipcserverd][-v1][--][prog]'
built '-U s prog' '[--][s][s6-applyuidgid][-Uz][--][s6-ipcserverd][--][prog]'

# the last of -q, -Q and -v counts
for words in '-v -q' '-v -Q' '-q -v' '-Q -v' '-qv'
do
  # shellcheck disable=SC2086 # words
  start loud s6-ipcserver $words -1 loud true
  ready loud
  case $words in
    *v) is "$words: the last one counts" "$(head -n 1 loud.err)" 's6-ipcserverd: info: starting' ;;
    *) is "$words: the last one counts" "$(cat loud.err)" '' ;;
  esac
  stop loud
done

# stdout is given up, with -1 or without
mkfifo reader
start quiet sh -c 'exec s6-ipcserver quiet cat > reader'
exits 'a reader of stdout sees its end while the server runs' 0 timeout 10 cat reader
ok 'it runs' retry 5 s6-ipcclient quiet true

# a program that is not on the PATH is not looked for elsewhere
printf '#!/bin/sh\necho wrong\n' > lost
chmod 755 lost
start lost s6-ipcserver -1 lostsocket lost
ready lost
is 'a program of the current directory is not on the PATH' "$(ask lostsocket)" ''
ok 'which is said' retry 5 logged lost 'warning: unable to spawn lost: No such file'

if is_root
then
  # privileges are gone before the first accept; the programs are where others can reach them
  as_uid 12 true
  PATH=$WORK/.reach/bin:$PATH
  start dropped env UID=11 GID=12 GIDLIST=13 s6-ipcserver -1 -U dropped sh -c 'sed -n "s/^\([UG]id\|Groups\):[[:space:]]*//p" /proc/self/status | tr "\t" " " ; printenv UID GID GIDLIST'
  ready dropped
  is '-U: the server itself' "$(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$(pid_of dropped)/status")" 11
  chmod 777 dropped
  is '-U: its children, without the variables' "$(ask dropped | sed 's/ *$//')" '11 11 11 11
12 12 12 12
12 13'
  start dropped2 s6-ipcserver -1 -u 21 -g 22 -G 23,24 dropped2 sh -c 'sed -n "s/^\([UG]id\|Groups\):[[:space:]]*//p" /proc/self/status | tr "\t" " "'
  ready dropped2
  is '-u -g -G' "$(ask dropped2 | sed 's/ *$//')" '21 21 21 21
22 22 22 22
22 23 24'
  is 'the socket was bound before' "$(stat -c %u dropped2)" 0
fi
done_testing
