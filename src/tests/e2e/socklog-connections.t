#!/bin/sh
# ISC license.
# s6-socklog: connections, which wait for places, and share them; whose lines have an end, or none.
# timeout: 60
# shellcheck disable=SC2016 # variables are for others
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

has() { grep -qx "$2" "$1.out" ; }
s79=$(printf %079d 0)

start a sh -c 'exec s6-ipcserver-socketbinder ./stream s6-socklog -0 -c -l 80 -C 2'
retry 10 heeds a s6-socklog
datagrams-send -s ./stream '<13>a\nb' 'c\0\n' "${s79}1\n${s79}12\n" '<14>the end' &
sender=$!
retry 10 has a '.*the end'
wait "$sender"
me="pid=$sender uid=$(id -u):"
is 'lines of a connection' "$(cat a.out)" "$me user.notice: a
$me bc
$me 
$me ${s79}1
$me ${s79}1
$me 2
$me user.info: the end"
: > a.out
mkfifo hold
# shellcheck disable=SC2094 # it is what they wait for
for n in 1 2 3
do
  start "c$n" s6-ipcclient ./stream sh -c 'printf "%s\nrest" "$1" >&7 ; read -r _ < hold' sh "$n"
  if test "$n" -lt 3 ; then retry 10 has a ".*: $n" ; fi
done
not_has() { ! has a '.*: 3' ; }
ok 'one that is too many waits' remains 0.3 not_has
kill -s KILL "$(pid_of c1)"
ok 'until another one ends' retry 10 has a '.*: 3'
is 'whose last line is one' "$(grep -c ': rest$' a.out)" 1
stop a
is 'TERM: what has no end is a line too' "$status $(grep -c ': rest$' a.out)" '0 3'

# who waits comes before who comes later, even where he finds the place first
start q sh -c 'exec s6-ipcserver-socketbinder ./queue s6-socklog -0 -C 1'
retry 10 heeds q s6-socklog
queued() { start "q$1" s6-ipcclient ./queue sh -c 'echo "$1" >&7 ; echo > "queued.$1" ; read -r _ < hold' sh "$1" ; retry 10 test -e "queued.$1" ; }
connections() { test "$(find "/proc/$(pid_of q)/fd" -lname 'socket:*' | wc -l)" -eq $((before + $1)) ; }
before=$(find "/proc/$(pid_of q)/fd" -lname 'socket:*' | wc -l)
queued 1
retry 10 has q 1
queued 2
retry 10 connections 2
kill -s STOP "$(pid_of q)"
stop q1 KILL
queued 3
kill -s CONT "$(pid_of q)"
ok 'a place goes to who waits' retry 5 has q 2
not_ok 'and not to who has come just now' has q 3
stop q2 KILL
ok 'who is the next one' retry 10 has q 3
stop q

# places are shared: a user who has none gets one, though another one has taken all
if is_root
then
  start s sh -c 'umask 0 ; exec s6-ipcserver-socketbinder -a 0777 ./shared s6-socklog -0 -c -C 3'
  retry 10 heeds s s6-socklog
  told() { grep -q "^pid=.*: $1\$" s.out ; }
  # joins N [UID]: says it, and the beginning of a line, and waits for the end of the connection
  joins()
  {
    start "s$1" ${2:+as_uid "$2"} s6-ipcclient ./shared sh -c 'trap "" PIPE ; printf "%s\nrest%s" "$1" "$1" >&7 ; echo > "up.$1" ; read -r _ <&6 ; echo > "ended.$1"' sh "$1"
    retry 10 test -e "up.$1"
  }
  for n in 1 2 3 ; do joins "$n" ; retry 10 told "$n" ; done
  for n in 4 5 6 7 8 ; do joins "$n" ; done
  ok 'H42: all places are taken, and four wait: one more is closed' retry 10 test -e ended.8
  like 'which is told' "$(cat s.err)" 'as many connections as -C says, and others wait: one is closed'
  joins 9 65534
  ok 'another user is served' retry 10 told 9
  ok 'instead of who has been silent longest' retry 10 test -e ended.1
  ok 'what that had sent is written' told rest1
  is 'nobody else is closed' "$(echo ended.*)" 'ended.1 ended.8'
  not_ok 'who waits waits' told 4
  kill -s KILL "$(pid_of s9)"
  ok 'until there is room' retry 10 told 4
  stop s
  is 'TERM: of those that wait, too, all is written' "$status $(grep -c ': rest[2-7]$' s.out)" '0 6'
else
  skip 'H42: places are shared' 'needs root, and other users to be'
fi

# a connection goes on when the system could not read it just now
if test -z "$SANITIZED$DAEMON_WRAPPER" && command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  start r sh -c 'exec s6-ipcserver-socketbinder ./short strace -o calls -e trace=recvfrom,epoll_ctl -e inject=recvfrom:error=ENOMEM:when=1..3 -e inject=epoll_ctl:error=ENOMEM:when=5 s6-socklog -0'
  retry 20 test -S short
  start sender s6-ipcclient ./short sh -c 'echo one >&7 ; read -r _ < hold'
  ok 'without memory, for a moment' retry 20 grep -qx one r.out
  like 'which is told' "$(cat r.err)" 'unable to receive: .*; trying again'
  is 'it is tried again, and not at once' "$(grep -c 'recv.*ENOMEM' calls)" 3
  if grep -q epoll calls ; then is 'nor can it be watched, once' "$(grep -c 'epoll_ctl(.*CTL_ADD.*ENOMEM' calls)" 1 ; fi
  stop sender KILL
  stop r KILL
else
  skip 'a connection that cannot be read for a moment' 'no strace, or one that cannot be'
fi
done_testing
