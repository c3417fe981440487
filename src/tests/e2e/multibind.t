#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-multibind: each spec and option, as a holder sees what was bound; all or none, wherever it
# fails; what is replaced, and what is left alone.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
held() { s6-fdholder-list -o id,kind,address,state,backlog s | LC_ALL=C sort | tr '\t' ' ' ; }
forget() { for id in $(s6-fdholder-list s) ; do s6-fdholder-delete s "$id" ; done ; }
files() { find new -mindepth 1 | sort | tr '\n' ' ' ; }
mkdir new

# all kinds, stored in one exchange
vsock=
case $(s6-multibind -b vsock:any:any true 2>&1) in
  '') vsock='-b vsock:any:any' ;;
  *) diag 'no vsock here' ;;
esac
ip6=
if s6-multibind -b 'tcp:[::1]:0' true 2>/dev/null ; then ip6='-b tcp:[::1]:0 -n six' ; else diag 'no IPv6 here' ; fi
exits 'all kinds' 0 s6-multibind -b "unix:$WORK/new/stream" -l 3 -b unix-seqpacket:new/seqpacket -b unix-dgram:new/dgram -b "unix:@s6-multibind.$$" -n abstract \
  -b tcp:127.0.0.1:0 -n web -b udp:127.0.0.1:0 -b fifo:new/fifo $vsock $ip6 -l 0 -b tcp:127.0.0.1:0 -n unheard s6-fdholder-setdump s
is 'the files' "$(stat -c '%A %n' new/*)" 'srwxrwxrwx new/dgram
prw-rw-rw- new/fifo
srwxrwxrwx new/seqpacket
srwxrwxrwx new/stream'
held > list
like 'abstract' "$(cat list)" "^abstract unix-stream @s6-multibind.$$ listening 3\$"
like 'unix:' "$(cat list)" "^unix:$WORK/new/stream unix-stream $WORK/new/stream listening [1-9][0-9]{2,}\$"
like 'unix-seqpacket:' "$(cat list)" '^unix-seqpacket:new/seqpacket unix-seqpacket new/seqpacket listening 3$'
like 'unix-dgram:' "$(cat list)" '^unix-dgram:new/dgram unix-dgram new/dgram bound $'
like 'tcp:' "$(cat list)" '^web tcp 127.0.0.1:[1-9][0-9]* listening 3$'
like 'udp:' "$(cat list)" '^udp:127.0.0.1:0 udp 127.0.0.1:[1-9][0-9]* bound $'
like 'fifo:' "$(cat list)" "^fifo:new/fifo fifo $WORK/new/fifo both \$"
like '-l 0 does not listen' "$(cat list)" '^unheard tcp 127.0.0.1:[1-9][0-9]* bound '
if test -n "$vsock" ; then like 'vsock:' "$(cat list)" '^vsock:any:any vsock any:[1-9][0-9]* listening ' ; else skip 'vsock:' 'no vsock' ; fi
if test -n "$ip6" ; then like 'tcp:[]' "$(cat list)" '^six tcp \[::1\]:[1-9][0-9]* listening 3$' ; else skip 'tcp:[]' 'no IPv6' ; fi
start server s6-fdholder-retrieve s web s6-tcpserverd -1 cat
ready server
port=$(sed -n 's/^web .*:\([0-9]*\) .*/\1/p' list)
is 'a client is served' "$(echo hello | s6-tcpclient -Hl0 127.0.0.1 "$port" s6-ioconnect)" hello
stop server
is 'a FIFO has no end, and its reader waits' "$(s6-fdholder-retrieve s fifo:new/fifo sh -c 'echo line > new/fifo ; read -r line ; echo "$line" ; echo $((0$(sed -n "s/^flags:[^0-9]*0*//p" /proc/self/fdinfo/0) & 04003))')" 'line
2'
is '-B: those behind it block' "$(s6-multibind -b unix:new/n -B -b unix:new/b -b tcp:127.0.0.1:0 sh -c 'for fd in 3 4 5 ; do echo $((0$(sed -n "s/^flags:[^0-9]*0*//p" "/proc/self/fdinfo/$fd") & 04000)) ; done' | tr '\n' ' ')" '2048 0 0 '
rm new/n new/b
if command -v strace > /dev/null && test -z "$SANITIZED"
then
  strace -qq -o calls -e trace=socket,setsockopt,mknod,mknodat,umask s6-multibind -F -b tcp:127.0.0.1:0 -r -b udp:127.0.0.1:0 -b fifo:new/f -b unix:new/u true
  is 'none blocks, all but UDP sockets have a port back at once' "$(sed -n -e 's/.*SOCK_\(STREAM\|DGRAM\)|SOCK_NONBLOCK.*/\1/p' -e 's/.*, \(SO_[A-Z]*\|IP_[A-Z]*\), .*/\1/p' calls | tr '\n' ' ')" 'STREAM SO_REUSEADDR IP_FREEBIND DGRAM SO_REUSEPORT IP_FREEBIND STREAM '
  like 'nobody else opens a FIFO meanwhile' "$(cat calls)" 'mknod.*S_IFIFO\|0600'
  rm new/u new/f
else
  skip 'its calls' 'no strace, or no place for it'
  skip 'nobody else opens a FIFO meanwhile' 'likewise'
fi
forget

# descriptors and variables
cat > show <<'END'
#!/bin/sh
ls -l /proc/$$/fd 2> /dev/null | sed -n 's/.* \([0-9]*\) -> \([a-z]*\):.*/\1 \2/p' | grep socket | tr '\n' ' '
END
chmod 755 show
rm new/*
exits 'descriptors' 0 env S6_FD_7=9 S6_FDID_7=old S6_FDLIMIT_0=@400000003b9ac9ff S6_FD#=8 s6-multibind -b unix:new/a -b udp:127.0.0.1:0 -n 'any id' env
is 'are told of, and nothing is left of another dump' "$(grep '^S6_FD' out | sort | tr '\n' ' ')" 'S6_FD#=2 S6_FDID_0=unix:new/a S6_FDID_1=any id S6_FD_0=3 S6_FD_1=4 '
is 'as 3, 4, ...' "$(s6-multibind -b unix:new/a -b udp:127.0.0.1:0 ./show)" '3 socket 4 socket '
exits 'numbers that are in use' 0 sh -c 'exec 3< show 4<&- 5< show ; exec s6-multibind -b unix:new/a -b udp:127.0.0.1:0 -b unix:new/b sh -c "./show ; readlink /proc/\$\$/fd/3 /proc/\$\$/fd/5"'
like 'are taken over, as the page says' "$(cat out)" '^3 socket 4 socket 5 socket'
is 'with a warning' "$(cat err)" 's6-multibind: warning: descriptor 3 is in use: what it was is closed
s6-multibind: warning: descriptor 5 is in use: what it was is closed'
state='grep -E "^Sig(Blk|Ign)" /proc/self/status'
for trap in '' 'trap "" PIPE ;'
do
  is "signals are as they were${trap:+, SIGPIPE ignored}" "$(sh -c "$trap exec s6-multibind -b unix:new/a $state")" "$(sh -c "$trap exec $state")"
done
# ls has 1, its output, and opens the directory
exits 'without 0, 1 and 2' 0 sh -c 's6-multibind -b unix:new/a -b unix:new/b sh -c "ls /proc/self/fd >&7" 7>&1 <&- >&- 2>&-'
is 'they stay closed' "$(grep '^[0-7]$' out | tr '\n' ' ')" '0 1 3 4 7 '
seq -f '-b unix:new/%g' 1000 > arguments
exits 'a thousand' 0 sh -c 'ulimit -n 1100 ; exec s6-multibind $(cat arguments) sh -c "env | grep -c ^S6_FD_ ; ls /proc/self/fd | wc -l ; readlink /proc/self/fd/1002 ; echo \$S6_FDID_999"'
is 'and not one too many' "$(sed 's/\[.*//' out | tr '\n' ' ')" '1000 1004 socket: unix:new/1000 '
is 'all are files' "$(find new -type s | wc -l)" 1002
find new -type s -delete

# permissions and owners, for what comes after them
(umask 077 ; s6-multibind -b unix:new/a -a 0640 -b unix:new/b -b fifo:new/c -a 0 -b fifo:new/d true)
is '-a, whatever the umask' "$(stat -c %a new/* | tr '\n' ' ')" '777 640 640 0 '
rm -f new/*
if is_root
then
  mkdir mask
  chown 12 mask
  # shellcheck disable=SC2016
  exits 'a umask that shuts us out' 0 as_uid 12 sh -c 'umask 0777 ; exec s6-multibind -b unix:mask/a -b fifo:mask/b true'
  is 'is not heeded either' "$(stat -c '%a' mask/* | tr '\n' ' ')" '777 666 '
  exits '-o' 0 s6-multibind -b unix:new/a -o 12:34 -b unix:new/b -b fifo:new/c -a 0620 -b fifo:new/d -b tcp:127.0.0.1:0 true
  is 'gives files away' "$(stat -c %u:%g:%a new/* | tr '\n' ' ')" '0:0:777 12:34:777 12:34:666 12:34:620 '
  rm -f new/*
  mkdir theirs
  chown 12 theirs
  exits 'what cannot be given away' 111 as_uid 12 s6-multibind -b unix:theirs/a -o 13:13 -b fifo:theirs/b true
  like 'is said' "$(cat err)" 's6-multibind: fatal: unable to set the owner of fifo:theirs/b: Operation not permitted'
  is 'and nothing is left' "$(ls theirs)" ''
  if test -z "$SANITIZED" && strace -D -o /dev/null true 2>/dev/null
  then
    echo precious > ours
    chmod 600 ours
    start raced strace -D -qq -o calls -e trace=bind -e inject=bind:signal=STOP s6-multibind -o 12:12 -b unix:theirs/a true
    bound() { test -S theirs/a && grep -q '^State:.[Tt]' "/proc/$(pid_of raced)/status" ; }
    ok 'it has bound, and not given away' retry 20 bound
    rm theirs/a
    ln ours theirs/a
    kill -s CONT "$(pid_of raced)"
    ok 'and goes on' retry 20 ended raced
    is 'what they put there meanwhile is not given to them' "$(stat -c %u:%a ours ; cat raced.err)" '0:600
s6-multibind: fatal: unable to set the owner of unix:theirs/a: File exists'
    rm theirs/a
    mkfifo -m 600 pipe
    start piped strace -D -qq -o calls -e trace=mknod,mknodat -e inject=mknod,mknodat:signal=STOP s6-multibind -o 12:12 -b fifo:theirs/a true
    made() { test -p theirs/a && grep -q '^State:.[Tt]' "/proc/$(pid_of piped)/status" ; }
    ok 'it has made a FIFO, and not opened it' retry 20 made
    rm theirs/a
    ln pipe theirs/a
    kill -s CONT "$(pid_of piped)"
    ok 'and goes on' retry 20 ended piped
    is 'nor is another FIFO' "$(stat -c %u:%a pipe ; cat piped.err)" '0:600
s6-multibind: fatal: unable to open fifo:theirs/a: File exists'
    rm -f theirs/a pipe
  else
    skip 'what they put there meanwhile is not given to them' 'needs strace, and no sanitizers'
  fi
else
  skip '-o' 'needs root'
  skip 'a umask that shuts us out' 'needs root'
fi

# all or none: one that cannot be, at each place
set -- unix:new/a fifo:new/b unix-dgram:new/c unix:new/d
for place in 1 2 3 4 5
do
  arguments=
  count=0
  for spec in "$@" last
  do
    count=$((count + 1))
    if test "$count" -eq "$place" ; then arguments="$arguments -b fifo:none/x" ; fi
    if test "$spec" != last ; then arguments="$arguments -b $spec" ; fi
  done
  exits "the one at place $place fails" 111 s6-multibind $arguments echo executed
  is 'it is named, and nothing is left' "$(cat out err ; files)" 's6-multibind: fatal: unable to make fifo:none/x: No such file or directory'
done
limit=4
while test "$limit" -lt 40
do
  run sh -c "ulimit -n $limit ; exec s6-multibind -b unix:new/a -b fifo:new/b -e -b unix-dgram:new/c -b tcp:127.0.0.1:0 true"
  test "$status" -ne 0 || break
  left=$(files)
  if test "$status" -ne 111 || test -n "$left" ; then break ; fi
  limit=$((limit + 1))
done
is 'a limit of descriptors that is just not enough leaves nothing, either' "$status $left" '0 '
least 'such limits were tried' "$limit" 6
rm -f new/*
exits 'a program that is not there' 127 s6-multibind -b unix:new/a -b fifo:new/b ./nonexistent
is 'leaves nothing' "$(files)" ''
exits 'one that cannot be executed' 126 s6-multibind -b unix:new/a -b fifo:new/b /
is 'leaves nothing' "$(files)" ''

# what is there already
s6-multibind -b tcp:127.0.0.1:0 -n web -b unix:new/a -b fifo:new/b s6-fdholder-setdump s
port=$(held | sed -n 's/^web .*:\([0-9]*\) .*/\1/p')
before=$(stat -c '%i %Z' new/*)
exits 'run again by mistake' 111 s6-multibind -b unix:new/a -b fifo:new/b -b "tcp:127.0.0.1:$port" true
like 'it fails for the port' "$(cat err)" "s6-multibind: fatal: unable to bind to tcp:127.0.0.1:$port \\(another socket has this address.*: Address already in use"
is 'before it replaces a file' "$(stat -c '%i %Z' new/*)" "$before"
exits '-e: a socket that is held' 111 s6-multibind -e -b unix:new/a true
like 'is not replaced' "$(cat err)" 'unable to bind to unix:new/a \(a process still holds'
exits 'nor a FIFO' 111 s6-multibind -e -b fifo:new/b true
like 'which is said' "$(cat err)" 'unable to make fifo:new/b \(something is there; without -e a FIFO is replaced\): File exists'
is 'both are as they were' "$(stat -c '%i %Z' new/*)" "$before"
exits 'without -e' 0 s6-multibind -b unix:new/a -b fifo:new/b true
isnt 'they are replaced' "$(stat -c '%i %Z' new/*)" "$before"
exits '-e: a dead socket is replaced' 0 s6-multibind -e -b unix:new/a true
echo precious > new/file
ln -s b new/link
mkdir new/dir
for name in file link dir
do
  exits "no FIFO: $name" 111 s6-multibind -b fifo:new/$name true
  like 'is left alone' "$(cat err)" "unable to make fifo:new/$name \\(what is there is not a FIFO"
done
is 'as it was' "$(cat new/file ; readlink new/link ; ls new/dir)" 'precious
b'
exits '-r: shared by both' 111 s6-multibind -r -b "tcp:127.0.0.1:$port" true
forget
s6-multibind -r -b tcp:127.0.0.1:0 -n web -b udp:127.0.0.1:0 -n voice s6-fdholder-setdump s
port=$(held | sed -n 's/^web .*:\([0-9]*\) .*/\1/p')
voice=$(held | sed -n 's/^voice .*:\([0-9]*\) .*/\1/p')
exits '-r on both' 0 s6-multibind -r -b "tcp:127.0.0.1:$port" -b "udp:127.0.0.1:$voice" true
exits 'but only from there on' 111 s6-multibind -b "udp:127.0.0.1:$voice" -r true
forget
exits 'an address that no interface has' 111 s6-multibind -b tcp:192.0.2.1:0 true
like 'the remedy is named' "$(cat err)" 'unable to bind to tcp:192.0.2.1:0 \(no interface has this address yet: -F'
exits '-F' 0 s6-multibind -F -b tcp:192.0.2.1:0 true
s6-multibind -b udp:127.0.0.1:0 -n voice s6-fdholder-setdump s
voice=$(held | sed -n 's/^voice .*:\([0-9]*\) .*/\1/p')
exits 'a UDP port is not shared' 111 s6-multibind -b "udp:127.0.0.1:$voice" true

# what is wrong is said before anything is made
find new -mindepth 1 -delete
long=$(printf '%0252d' 0)
wrong() # WHAT SAYS ARGUMENT...
{
  what=$1
  says=$2
  shift 2
  exits "wrong: $what" 100 s6-multibind -b unix:new/first "$@" echo executed
  like 'which is said' "$(cat err)" "$says"
  is 'nothing is made' "$(cat out ; files)" ''
}
wrong 'port 65536' 'unable to read tcp:127.0.0.1:65536: that is no port' -b tcp:127.0.0.1:65536
wrong 'a negative port' 'that is no port' -b udp:127.0.0.1:-1
wrong 'no port' 'that is no port' -b tcp:127.0.0.1:
wrong 'no port at all' 'a port is missing' -b tcp:127.0.0.1
wrong 'an id for a spec' 'a port is missing' -b tcp:80
wrong 'a name' 'tcp:host:80: that is no IP address' -b tcp:host:80
wrong 'IPv6 without brackets' 'IPv6 is written in brackets' -b tcp:::1:80
wrong 'IPv4 in them' 'IPv4 is not' -b 'tcp:[127.0.0.1]:80'
wrong 'an interface that is not there' 'or its interface is not there' -b 'tcp:[fe80::1%none]:80'
wrong 'one bracket' 'a port is missing' -b 'tcp:[::1:80'
wrong 'nothing after it' 'a port is missing' -b 'udp:[::1]80'
wrong 'an address that is too long' 'that is no IP address' -b "tcp:$long:80"
wrong 'an empty path' 'unix:: the path is empty' -b unix:
wrong 'an empty path of a FIFO' 'fifo:: the path is empty' -b fifo:
wrong '108 bytes' 'more than 107 bytes' -b "unix:$(printf '%0108d' 0)" -n x
wrong 'a name of 108 bytes' 'more than 107 bytes' -b "unix:@$(printf '%0107d' 0)" -n x
wrong 'no such kind' 'it begins with none of' -b sctp:127.0.0.1:80
wrong 'a path alone' 'it begins with none of' -b new/x
wrong 'vsock without a port' 'a port is missing' -b vsock:any
wrong 'vsock with a name' 'no context id' -b vsock:host:1
wrong 'vsock with a port that is too large' 'no port, nor any' -b vsock:any:99999999999
wrong 'vsock with nothing' 'no context id' -b vsock::1
wrong 'an id twice' 'two have the id x' -n x -b unix:new/b -n x
wrong 'a spec twice' 'two have the id unix:new/first' -b unix:new/first
wrong 'one that is the spec of another one' 'two have the id unix:new/b' -n unix:new/b -b unix:new/b
wrong 'a path twice' 'two are the same file: unix:new/first and unix:new/first' -n x -b unix:new/first -n y
wrong 'for another kind' 'two are the same file: .*:new/first and .*:new/first' -b fifo:new/b -b unix-dgram:new/first
wrong 'a path twice, spelt in two ways' 'two are the same file: unix:new/.*first and unix:new/.*first' -b unix:new/../new/first
start there s6-ipcserver-socketbinder live sleep 1000
retry 10 test -S live
live=$(stat -c %i live)
exits 'a path twice, and a socket is there' 100 s6-multibind -b unix:live -b unix:./live true
is 'it stays' "$(stat -c %i live)" "$live"
stop there
rm live
wrong 'two ids for one' 'two ids for unix:new/first' -n x -n y
wrong 'an empty id' 'an id has 1 to 255 bytes' -n ''
wrong '256 bytes' 'an id has 1 to 255 bytes' -n "$(printf '%0256d' 0)"
wrong 'a path that is no id' 'an id has 1 to 255 bytes' -b "fifo:$long"
wrong '-a for an abstract one' 'put unix:@x before -a and -o' -a 0600 -b unix:@x
wrong '-o for an abstract one' 'put unix:@x before -a and -o' -o 0:0 -b unix:@x
for option in '-a 0888' '-a 10000' '-o 1' '-o 4294967295:1' '-l -1' '-z' '-b'
do
  exits "usage: $option" 100 s6-multibind -b unix:new/first $option
  like 'the usage line' "$(cat err)" '^s6-multibind: usage: s6-multibind \['
done
exits '-n before -b' 100 s6-multibind -n x -b unix:new/first true
like 'which is said' "$(cat err)" '-n before -b'
exits 'nothing to bind' 100 s6-multibind -e true
exits 'no program' 100 s6-multibind -b unix:new/first
exits 'an empty one' 100 s6-multibind -b unix:new/first ''
is 'nothing is made' "$(files)" ''
exits 'a path of 107 bytes, an id of 255' 0 s6-multibind -b "unix:@$(printf '%0106d' "$$")" -n "$(printf '%0255d' 0)" true
exits 'the service of a port' 0 s6-multibind -F -b udp:192.0.2.1:sip true
done_testing
