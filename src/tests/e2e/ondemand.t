#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-ondemand: when it starts prog, and what prog has then; what waiting costs; how often a
# service that dies is started; no connection is lost from one start to the next.
# ROUNDS=N: so many of these (25)
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
ROUNDS=${ROUNDS:-25}

allow_all rules "uid/$(id -u)"
start_holder holder h -i rules
s6-ipcserver-socketbinder web s6-fdholder-store h unix:web

# begin NAME OPTIONS...: on the socket, in front of a server for one client
begin()
{
  name=$1
  shift
  start "$name" s6-fdholder-retrieve h unix:web s6-ondemand "$@" load-server -n 1
}

mkfifo notif
start reader sh -c 'cat notif ; echo over'
start first s6-fdholder-retrieve h unix:web s6-ondemand -d 5 load-server -n 1 5> notif
ok 'it tells that it is up, and closes what it told it with' retry 10 grep -qx over reader.out
is 'with a newline' "$(cat reader.out)" '
over'
ok 'and waits' remains 0.3 heeds first s6-ondemand
ok 'a client comes: it is served' load-client web 0 1
like 'once' "$(cat out)" '^sent 1 answered 1 '
stop first
is 'prog ends as it does: it was the same process' "$status" 0

begin round
load-client web 0 1 > /dev/null
ok 'another round' retry 10 ended round
begin kept
retry 10 heeds kept s6-ondemand
kill -s STOP "$(pid_of kept)"
kill -s CONT "$(pid_of kept)"
ok 'STOP and CONT: it waits on' remains 0.3 heeds kept s6-ondemand
stop kept
is 'TERM while it waits' "$status" 0
begin refuses -t 100000
retry 10 heeds refuses s6-ondemand
# shellcheck disable=SC2209 # a command
start deaf env --block-signal=TERM --ignore-signal=TERM s6-fdholder-retrieve h unix:web s6-ondemand load-server -n 1
retry 10 heeds deaf s6-ondemand
stop deaf
is 'also where TERM was ignored, and blocked' "$status" 0
stop refuses
is 'and with -t' "$status" 0
exits '-t: its time is over' 99 s6-fdholder-retrieve h unix:web s6-ondemand -t 1 true
like 'it says so' "$(cat err)" 's6-ondemand: fatal: nothing came'

# what prog has
show='grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status'
for change in --default-signal --block-signal=TERM --ignore-signal=TERM --block-signal=HUP,PIPE --ignore-signal=PIPE
do
  is "H41: signals are as they were: $change" "$(echo | env $change s6-ondemand -d 5 $show 5> /dev/null)" "$(echo | env $change $show)"
done
open() { "$@" sh -c 'echo /proc/$$/fd/*' | sed 's|/proc/[0-9]*/fd/||g' ; }
is 'no descriptor too many' "$(echo | open s6-ondemand -b 0 -s stamp -d 7 -f 0,4 4< /dev/null 7> /dev/null)" "$(echo | open env 4< /dev/null)"
closed=$(s6-ondemand -b 0 -s stamp -f 4 sh -c 'for f in 0 2 ; do test -e /proc/$$/fd/$f && echo $f ; done' 4< /dev/null <&- 2>&-)
is 'closed ones stay closed' "$closed" ''
not_ok 'nothing is read, or accepted' sh -c 'echo text | s6-ondemand cat | grep -vx text'
mkfifo quiet ready
exec 3<> quiet 4<> ready
echo text >&4
is 'one of several' "$(s6-ondemand -f 3,4,3 sh -c 'read -r line <&4 ; echo "$line"')" text
start hung s6-ondemand -f 6 echo started 6< quiet 3>&- 4>&-
exec 3>&-
ok 'nobody is left to write: that is to be read, too' retry 10 grep -qx started hung.out
true | run s6-ondemand -d 5 echo started 5> /dev/full
is 'what cannot be told' "$(cat out)" started
like 'is a warning' "$(cat err)" 's6-ondemand: warning: unable to tell that it is ready: No space'
mkfifo gone
exec 5<> gone
exec 6> gone 5>&-
echo | run s6-ondemand -d 6 echo started
exec 6>&-
is 'so it is when nobody reads it' "$(cat out)" started
like 'with a warning, and no SIGPIPE' "$(cat err)" 'unable to tell that it is ready: Broken pipe'
if env --block-signal=PIPE true 2> /dev/null
then
  mkfifo broken
  echo | run sh -c 'exec 5<> broken 4> broken 5<&- ; exec env --block-signal=PIPE s6-ondemand -d 4 grep -E "^(Sig|Shd)Pnd" /proc/self/status'
  is 'nor one that waits for the program, where it is blocked' "$(grep -c 'Pnd:.0*$' out) $(grep -c 'Broken pipe' err)" '2 1'
else
  skip 'nor one that waits for the program, where it is blocked' 'env cannot block signals'
fi

# what is wrong
while IFS='|' read -r name arguments
do
  exits "$name" 100 s6-ondemand $arguments true 4< /dev/null 5> /dev/null
  isnt "$name: it says why" "$(cat err)" ''
done << 'ENDS'
a descriptor that is closed|-f 77
one of several|-f 0,77
no number|-f x
an empty list|-f ,
a comma at the end|-f 0,
one that is too great|-f 4294967296
one that is none|-f 3000000000
-d that is closed|-d 77
-d that is none|-d x
-d of 1|-d 1
-d that is not to be written|-d 4
-d that is waited for|-d 5 -f 0,5
-b alone|-b 100
-s alone|-s stamp
-b that is none|-b x -s stamp
-t that is none|-t -1
a stamp that is a directory|-b 1 -s .
another option|-x
ENDS
mkfifo pipe
exits 'a stamp that is a FIFO' 100 s6-ondemand -b 1 -s pipe true
like 'it says so' "$(cat err)" 'pipe is not a regular file'
exits 'also where somebody reads it' 100 sh -c 'exec 9<> pipe ; exec s6-ondemand -b 1 -s pipe true'
exits 'a stamp that cannot be made' 111 s6-ondemand -b 1 -s nowhere/stamp true
exits 'no program' 100 s6-ondemand
exits 'an empty one' 100 s6-ondemand ''
exits 'one that is not there' 127 sh -c 'echo | s6-ondemand ./nothing'
exits 'standard input closed' 100 sh -c 's6-ondemand true <&-'
exits '-d is a socket that listens' 100 s6-fdholder-retrieve h unix:web fdmove 5 0 s6-ondemand -d 5 -f 2 true
like 'it says so' "$(cat err)" 'nobody is connected'

# how often: each prints when it was started, as the stamp has it, in milliseconds
began() { echo | s6-ondemand -b "$1" -s often stat -c %.3Y often | tr -d . ; }
now() { date +%s%3N ; }
born=$(now)
most 'the first start is not put off' "$(($(began 60000) - born))" 50000
rm often
begun=$(began 1000)
least 'the second one is, until the time is over' "$(($(began 1000) - begun))" 990
touch -d '+1 hour' often
begun=$(now)
again=$(began 1000)
least 'a stamp in the future is one of now' "$((again - begun))" 990
most 'and no more' "$((again - begun))" 60000
if touch -d @9223372036854775807 /dev/shm/"ondemand.$$" 2>/dev/null && test "$(stat -c %Y /dev/shm/"ondemand.$$")" = 9223372036854775807
then
  start far s6-ondemand -b 1000000 -s /dev/shm/"ondemand.$$" true < /dev/null
  ok 'the last moment that there is is in the future' remains 0.3 running far
  stop far
else
  skip 'the last moment that there is' 'no file system takes it'
fi
rm -f /dev/shm/"ondemand.$$"
touch -d '-1 hour' often
begun=$(now)
most 'one of an hour ago puts nothing off' "$(($(began 3000000) - begun))" 100000
touch often
echo > line
start off s6-ondemand -b 100000 -s often echo started < line
retry 10 heeds off s6-ondemand
ok 'it is put off' remains 0.3 heeds off s6-ondemand
stop off
is 'TERM while it is' "$status" 0
is 'prog was not started' "$(cat off.out)" ''
touch -d '-1 hour' often
for round in 1 2 3 ; do echo "$round $(began 300)" ; done > dates
least 'a service that dies with its queue full is started once in that time' "$(sed 's/^. //' dates | awk 'NR == 1 { first = $1 } END { print $1 - first }')" 590

# what fails
broken() { strace -qq -o /dev/null -e trace=poll,utimensat,fstat,newfstatat -e "inject=$1" s6-ondemand -b 1 -s fails echo started < line ; }
if test -z "$SANITIZED" && command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  run broken utimensat:error=EROFS
  is 'a stamp that cannot be set' "$(cat out)" started
  is 'is two warnings' "$(grep -c 's6-ondemand: warning: unable to set the time of fails: Read-only' err)" 2
  exits 'a wait that fails' 111 broken poll:error=ENOMEM
  like 'it says so' "$(cat err)" 's6-ondemand: fatal: unable to poll: Cannot allocate'
  is 'one that is interrupted goes on' "$(broken poll:error=EINTR:when=1)" started
else
  skip 'what fails' 'not for sanitizers, and needs strace'
fi

# what waiting costs
if test -z "$SANITIZED" && test -z "$DAEMON_WRAPPER" && command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  start traced strace -o calls s6-fdholder-retrieve h unix:web s6-ondemand load-server -n 1
  retry 10 grep -q '^poll(\[{fd=0,' calls
  before=$(wc -c < calls)
  same() { test "$(wc -c < calls)" -eq "$before" ; }
  ok 'waiting is one call, and it does not return' remains 1 same
  load-client web 0 1 > /dev/null
  retry 10 ended traced
  is 'which was the only one' "$(grep -c '^poll(\[{fd=0, events=POLLIN}\], 1, -1) *= 1' calls)" 1
else
  skip 'waiting is one call, and it does not return' 'not for sanitizers and valgrind, and needs strace'
fi
if readelf -d "$BUILD/s6-ondemand" > needed 2>/dev/null
then unlike 'it links nothing of the holder' "$(cat needed)" 'NEEDED.*s6activation'
else skip 'it links nothing of the holder' 'no readelf'
fi

# each server serves one client, and ends; clients do not wait for the next one to be there
start supervisor sh -c 'while : ; do s6-fdholder-retrieve h unix:web s6-ondemand load-server -n 1 || exit ; done'
start other load-client web 0 "$ROUNDS"
ok "$ROUNDS rounds, and as many: no connection is lost" load-client web 0 "$ROUNDS"
like 'all are answered' "$(cat out)" "^sent $ROUNDS answered $ROUNDS refused 0 cut 0 late 0 "
retry 60 ended other
like 'the other ones too' "$(cat other.out)" "^sent $ROUNDS answered $ROUNDS refused 0 cut 0 late 0 "
done_testing
