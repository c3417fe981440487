#!/bin/sh
# ISC license.
# s6-ipcclient and s6-ioconnect: each option, each exit code.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

start server s6-ipcserver -1 server sh -c 'printenv IPCREMOTEPATH ; cat'
ready server

run s6-ipcclient server sh -c 'echo to >&7 ; head -n 2 <&6 ; printenv PROTO ; printenv IPCLOCALPATH'
is '6 reads, 7 writes; PROTO and an empty IPCLOCALPATH' "$(cat out)" '
to
IPC'
run s6-ipcclient -l name server printenv IPCLOCALPATH
is '-l' "$(cat out)" name
run s6-ipcclient -p ./mine server sh -c 'printenv IPCLOCALPATH ; head -n 1 <&6'
is '-p binds our end' "$(cat out)" './mine
./mine'
run s6-ipcclient -p ./mine server true
is '-p again: the old socket makes room' "$status" 0
run s6-ipcclient -p @abstract$$ -l name server sh -c 'printenv IPCLOCALPATH ; head -n 1 <&6'
is '-p in the abstract namespace, and -l' "$(cat out)" "name
@abstract$$"
echo keep > file
exits '-p over a file' 111 s6-ipcclient -p file server true
is 'which is kept' "$(cat file)" keep
exits '-p over a socket in use' 111 s6-ipcclient -p server server true
like 'which is said' "$(cat err)" 'unable to bind to server \(it is taken: choose another path\): Address already in use'
exits 'and the socket is kept' 0 s6-ipcclient server true
exits 'nobody there, with -p' 111 s6-ipcclient -p ./left nowhere true
not_ok 'leaves no path' test -e left
exits 'no program, with -p' 127 s6-ipcclient -p ./left server ./nowhere
not_ok 'leaves no path either' test -e left
run s6-ipcclient -v server true
like '-v tells' "$(cat err)" '^s6-ipcclient: info: connected to server$'
for quiet in -q -Q '-v -q'
do
  # shellcheck disable=SC2086 # words
  run s6-ipcclient $quiet server true
  is "$quiet does not" "$(cat err)" ''
done
exits 'nobody is there' 111 s6-ipcclient nowhere true
like 'and that is said' "$(cat err)" 'fatal: unable to connect to nowhere: No such file or directory \(is a daemon running there\?\)'
exits 'no program' 127 s6-ipcclient server ./nowhere
for wrong in '' 'server' '-z server true' '-p'
do
  # shellcheck disable=SC2086 # words
  exits "usage: $wrong" 100 s6-ipcclient $wrong
done
start abstract s6-ipcserver -1 @there$$ cat
ready abstract
exits 'a server in the abstract namespace' 0 s6-ipcclient @there$$ true

printf 'line\n' > stdin
run sh -c 's6-ipcclient server s6-ioconnect < stdin'
is 's6-ioconnect: both ways, until both end' "$status $(tail -n 1 out)" '0 line'
run sh -c 's6-ipcclient server s6-ioconnect -0167 < stdin'
is 'the options of old' "$status $(tail -n 1 out)" '0 line'
head -c 3000000 /dev/urandom > big
start bigserver s6-ipcserver -1 bigserver cat
ready bigserver
run sh -c 's6-ipcclient bigserver s6-ioconnect < big | cmp - big'
is 'three million bytes, from a file to a pipe' "$status" 0
run sh -c 'cat big | s6-ipcclient bigserver s6-ioconnect > copy ; cmp copy big'
is 'from a pipe to a file' "$status" 0
run sh -c 's6-ipcclient bigserver fdmove 8 6 fdmove 9 7 s6-ioconnect -r 8 -w 9 < big | cmp - big'
is '-r and -w' "$status" 0
run sh -c 's6-ipcclient bigserver s6-ioconnect -r 7 -w 7 < stdin'
is 'the same descriptor for both' "$status $(cat out)" '0 line'
cat > talker <<'EOF'
trap '' PIPE
while echo hello 2> /dev/null ; do : ; done
: > deaf
cat > heard
EOF
start talkserver s6-ipcserver -1 talkserver sh talker
ready talkserver
{ retry 5 test -e deaf ; echo later ; } | s6-ipcclient talkserver s6-ioconnect | true
ok 'nobody reads its output: the other way goes on' retry 5 grep -q later heard
run sh -c 's6-ipcclient server s6-ioconnect -t 4000000000 < stdin'
is 'a time beyond all bounds' "$status $(tail -n 1 out)" '0 line'
mkfifo never
exits 'the time of -t is over' 1 sh -c 'exec 8<>never ; exec s6-ipcclient bigserver s6-ioconnect -t 200 < never'
start slow s6-ipcclient bigserver s6-ioconnect -t 3000 < stdin
retry 5 ended slow
is '-t is not over while there is an end' "$(cat slow.out)" line
exits 'a reader that goes away does not end the other way' 0 sh -c 's6-ipcclient bigserver s6-ioconnect < big | head -c 10 > /dev/null'

# The side that is written to is watched too. idle: open for ever, and nothing comes
mkfifo idle
exec 8<>idle
start brief s6-ipcserver -1 brief echo hello
ready brief
exits 'the other end has closed, stdin is idle' 0 timeout 10 s6-ipcclient brief s6-ioconnect < idle
is 'and the answer has come' "$(cat out)" hello
start unread s6-tcpserver -1 127.0.0.1 0 sh -c 'dd bs=1 count=1 of=/dev/null 2>/dev/null'
ready unread
exits 'the other end has closed without reading all (TCP), stdin is idle' 0 timeout 10 \
  s6-tcpclient -Hl0 127.0.0.1 "$(cat unread.out)" sh -c 'echo more than it reads >&7 ; exec s6-ioconnect' < idle
start silent s6-ipcserver -1 silent sh -c 'cat > heard.silent ; exec sleep 60'
ready silent
exits 'nobody reads its output, and nothing comes' 0 timeout 10 sh -c '{ s6-ipcclient silent s6-ioconnect < stdin ; echo $? > code ; } | :'
retry 5 test -s heard.silent
is 'the other way has ended as usual' "$(cat code) $(cat heard.silent)" '0 line'
start reader timeout 20 sh -c 's6-ipcclient silent s6-ioconnect < idle | :'
ok 'but it does not end before its own input' remains 2 running reader
stop reader

# SIGTERM: our input ends, what was read is written, the other end may answer
start answer s6-ipcserver -1 answer sh -c 'cat ; echo bye'
ready answer
start asking s6-ipcclient answer s6-ioconnect < idle
echo first >&8
retry 5 grep -q first asking.out
stop asking
is 'SIGTERM: exit 0' "$status" 0
is 'and the last answer has come' "$(cat asking.out)" 'first
bye'
start tcpanswer s6-tcpserver -1 127.0.0.1 0 sh -c 'echo first ; cat ; sleep 0.5 ; head -c 200000 /dev/zero | tr "\0" x ; echo bye'
ready tcpanswer
start asking s6-tcpclient -Hl0 127.0.0.1 "$(cat tcpanswer.out)" s6-ioconnect < idle
retry 5 grep -q first asking.out
stop asking
is 'over TCP too, also a long one' "$status $(tail -c 4 asking.out) $(wc -c < asking.out)" '0 bye 200010'
start mute s6-ipcclient silent s6-ioconnect < idle
retry 5 heeds mute s6-ioconnect
stop mute
is 'an end that says nothing is not waited for' "$status" 0
start later s6-ipcserver -1 later sh -c 'until test -e go ; do sleep 0.05 ; done ; wc -c > counted'
ready later
head -c 3000000 /dev/zero > zeros
position() { sed -n 's/^pos:[^0-9]*//p' "/proc/$(pid_of full)/fdinfo/0" ; }
is_at() { test "$(position)" = "$1" ; }
is_stuck()
{
  before=$(position)
  test "$before" -gt 65536 && remains 0.2 is_at "$before"
}
has_no_input() { ! test -e "/proc/$(pid_of full)/fd/0" ; }
start full s6-ipcclient later s6-ioconnect < zeros
ok 'the connection takes no more' retry 5 is_stuck
taken=$(position)
kill -s TERM "$(pid_of full)"
ok 'SIGTERM waits for what was read to be written' remains 1 running full
: > go
retry 10 ended full
retry 10 test -s counted
is 'and all of that is' "$(cat counted)" "$taken"
rm -f go
start full s6-ipcclient later s6-ioconnect < zeros
retry 5 is_stuck
kill -s TERM "$(pid_of full)"
ok 'after one SIGTERM its input is closed' retry 5 has_no_input
stop full
is 'a second SIGTERM ends it: 1, when something is lost' "$status" 1
: > go
exec 8<&-

for wrong in '-z' '-t x'  '-t' '-r x' '-w -1' '-r 0' '-w 1'
do
  # shellcheck disable=SC2086 # words
  exits "s6-ioconnect $wrong" 100 s6-ioconnect $wrong
done
exits 'nothing is open' 111 fdclose 6 fdclose 7 s6-ioconnect
like 'and that is said' "$(cat err)" 'fatal: unable to use descriptor [67]: Bad file descriptor \(s6-tcpclient and s6-ipcclient open 6 and 7'
done_testing
