#!/bin/sh
# ISC license.
# s6-log: what an action cannot take (o), what it is not to have (i), and that both are counted
# and told; a directory that is replaced; a script that is explained (-n).
# timeout: 100
# shellcheck disable=SC2094 # the pipe is read and written
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }
has_line() { cat "$1"/@* "$1"/current 2>/dev/null | grep -q "$2" ; }
has() { grep -q "$1" "$2" ; }

# begin NAME ARG...: stdin is a pipe that 6 writes to, stdout the pipe full, which nobody
# reads: 9 may, to its end, once 7 is closed
begin()
{
  rm -f full feed
  mkfifo full feed
  exec 7<> full 9< full
  begun=$1
  shift
  start "$begun" sh -c 'exec s6-log -d 4 "$@" < feed >&7 4> ready 7>&- 9<&-' sh "$@"
  exec 6> feed
  ok "$begun: it is ready" retry 20 test -s ready
  rm -f ready
}

# tally FILE LAST: numbers that begin with 1 and have no gap, and x; then one line for all that are
# not there, and nothing else before LAST
tally()
{
  awk -v last="$2" '
    $0 == "x" { next }
    $0 == last { print have + missing, told, bad + 0 ; exit }
    /^s6-log: [0-9]+ lines dropped$/ { missing += $2 ; told++ ; next }
    told || length($0) != 80 || $1 + 0 != ++have { bad = 1 }' "$1"
}

# what cannot be taken
begin stuck -t 60000 od 1 n1000 ob ./all
lines 1 5000 >&6
ok 'od: the other action does not wait' retry 20 has_line all 005000
exec 7>&-
cat <&9 > got 6>&- &
reader=$!
exec 9<&-
ok 'what was dropped is told, when there is room' retry 20 has 'lines dropped' got
echo after >&6
ok 'and lines follow it' retry 20 has after got
kill -s USR1 "$(pid_of stuck)"
ok 'USR1 tells' retry 20 has './all: 5001 lines, 0 dropped, 0 suppressed' stuck.err
exec 6>&-
wait "$reader"
is 'none is torn, none is missed, and the count is right' "$(tally got after)" '5000 1 0'
least 'there is a queue beside the pipe' "$(grep -c '^0' got)" 1000

begin steady -t 60000 od 1 n1000 ob ./steady.d
lines 1 1900 >&6
retry 20 has_line steady.d 001900
kill -s STOP "$(pid_of steady)"
head -c 60000 <&9 > got
lines 1901 2600 >&6 &
writer=$!
kill -s CONT "$(pid_of steady)"
wait "$writer"
retry 20 has_line steady.d 002600
exec 6>&- 7>&-
cat <&9 >> got
exec 9<&-
retry 20 ended steady
lines 1 2600 > want
ok 'what has room by now is not dropped' cmp got want

begin over -t 300 od 1
lines 1 5000 >&6
exec 6>&-
ok 'the end of the input, and nobody reads: it ends in time' retry 20 ended over
exec 7>&-
cat <&9 > got
exec 9<&-
is 'and tells on stderr what is not there' "$(sed -n 's/.*stdout: \([0-9]*\) lines dropped$/\1/p' over.err)" "$((5000 - $(wc -l < got)))"

begin told -t 300 od 1 ob n1000 ./t
lines 1 5000 >&6
retry 20 has_line t 005000
stop told
is 'TERM meanwhile: as well' "$status $(grep -c 'stdout: [0-9]* lines dropped$' told.err)" '0 1'
exec 6>&- 7>&- 9<&-

begin both -t 300 od 1 ob 1 ./b
lines 1 5000 >&6 &
writer=$!
retry 20 has_line b 000001
stop both
like 'one place, and one action that wants all lines: none is dropped' "$(cat both.err)" 'stays in the input$'
kill "$writer" 2>/dev/null
exec 6>&- 7>&- 9<&-

# a directory
begin gone -t 60000 r100 od pD ./gone ob p ./kept
echo first >&6
retry 20 has_line gone first
rm -r gone
nudge() { echo x >&6 ; has 'trying again, what is too much is dropped' gone.err ; }
ok 'a directory that is gone: it is told' retry 20 nudge
lines 1 5000 >&6
ok 'and the other one has all' retry 20 has_line kept 005000
mkdir gone
ok 'made anew: it is used' retry 20 has_line gone '^D s6-log: [0-9]* lines dropped$'
echo after >&6
retry 20 has_line gone after
exec 6>&- 7>&- 9<&-
ok 'its logger ends' retry 20 ended gone
cat gone/@* gone/current | sed 's/^D //' > got
is 'with what there was room for, and the count of the rest' "$(tally got after)" '5000 1 0'
ok 'and both are said to be well again' has 'takes lines again' gone.err

# too many
seq 1 20 | s6-log i5/1000 pX ./i i p 1 i3/1000 ./j i1/1000 2 '=st' > got 2> err
is 'i: the first ones, and at the end the count' "$(tr '\n' , < i/current)" 'X 1,X 2,X 3,X 4,X 5,X s6-log: 15 lines suppressed,'
is 'each action for itself' "$(wc -l < got) $(tr '\n' , < j/current)" '20 1,2,3,s6-log: 17 lines suppressed,'
is 'alerts too' "$(cat err)" 's6-log: alert: 1
s6-log: 19 lines suppressed'
is 'a status is always the last line' "$(head -n 1 st)" 20
begin windows -t 60000 i2/1 ./w ob i ./v
seq 1 4 >&6
ok 'when a window is over, it is told, though no line comes' retry 20 has_line w '^s6-log: 2 lines suppressed$'
echo 5 >&6
retry 20 has_line w 5
exec 6>&- 7>&- 9<&-
retry 20 ended windows
is 'and another one begins' "$(tr '\n' , < w/current)" '1,2,s6-log: 2 lines suppressed,5,'
is 'others do not care' "$(tr '\n' , < v/current)" '1,2,3,4,5,'

# one of two to the same place has too much, and the other one has no room
begin double -t 60000 od i10/1 1 i 1 ob n1000 ./double.d
seq 100001 150000 >&6
retry 20 has_line double.d 150000
sleep 1.1
used=$(ticks double)
sleep 1
most 'a number that finds no room is not tried all the time: ticks' "$(($(ticks double) - used))" 5
exec 7>&-
cat <&9 > got 6>&- &
reader=$!
exec 9<&-
ok 'it is told later' retry 20 has 'lines suppressed' got
exec 6>&-
wait "$reader"
is 'all are there, or counted' "$(awk '/^s6-log: [0-9]+ lines (suppressed|dropped)$/ { n += $2 ; next } { n++ } END { print n }' got)" 100000

# the end of a window, a line that has no room behind what is told then, and the end of the input:
# nothing else wakes the logger for that line, which it has taken from the pipe in two halves
asleep() { grep -q '^State:.S' "/proc/$(pid_of together)/status" ; }
half() # LENGTH: all of it is seen at once
{
  kill -s STOP "$(pid_of together)"
  printf '%0*d' "$1" 0 >&6 &
  written=$!
  remains 0.1 true
  kill -s CONT "$(pid_of together)"
  wait "$written"
  retry 20 asleep
}
end_together() { seq 1 20 >&6 ; retry 20 has_line together.d ' 5$' ; half 60000 ; half 40000 ; exec 6>&- 7>&- 9<&- ; }
if test -n "$SANITIZED"
then
  skip 'what is told, and the long line' 'sanitized programs take no LD_PRELOAD shims'
else
  LATE=2100
  LD_PRELOAD=$BUILD/src/tests/bin/preload-late.so
  export LATE LD_PRELOAD
  begin together -t 60000 -l 0 i5/2 t ./together.d
  unset -v LATE LD_PRELOAD
  end_together
  ok 'its logger ends' retry 20 ended together
  is 'what is told, and the long line' "$(cat together.d/@* together.d/current 2>/dev/null | sed 's/^@[^ ]* //' | awk '{ printf "%s %d,", $1 == "s6-log:" ? $0 : "", length($0) }')" ' 1, 1, 1, 1, 1,s6-log: 15 lines suppressed 27, 100000,'
fi

# memory: KiB that are its own
own_memory() { awk '/^Private_/ { n += $2 } END { print n }' "/proc/$1/smaps_rollup" ; }
slim() # NAME WHERE WHAT ARG...: 20 MB; whoever is not stuck, in file WHERE, has got so far that WHAT is there
{
  name=$1
  where=$2
  what=$3
  shift 3
  begin "$name" -t 100 "$@"
  rm -rf lost
  { yes 'many short lines' | head -c 10000000 ; yes "$(head -c 8000 /dev/zero | tr '\0' x)" | head -c 10000000 ; echo ; echo last ; } >&6 2>/dev/null &
  writer=$!
  ok "$name: it is at work" retry 20 has "$what" "$where"
  most "$name: KiB of memory" "$(own_memory "$(pid_of "$name")")" 2047
  kill "$writer" 2>/dev/null
  stop "$name"
  exec 6>&- 7>&- 9<&-
}
if test -z "$SANITIZED" && test -r /proc/self/smaps_rollup
then
  slim stdout other/current many t 1 t ./other
  slim dropping last last od 1 t 1 ob '=last'
  slim lost lost.err 'trying again' t ./lost
  slim hung proc/current many s4096 '?exec sleep 100' t ./proc
fi

# a hundred loggers of one user are no burden to his pipes
cat > hundred.py <<'END'
import fcntl, os, subprocess, sys
def size():
    r, w = os.pipe()
    n = fcntl.fcntl(w, 1032)
    os.close(r) ; os.close(w)
    return n
before = size()
ready, told = os.pipe()
loggers = []
for i in range(100):
    r, w = os.pipe()
    loggers.append((w, subprocess.Popen(["s6-log", "-d", str(told), "1"], stdin=r, stdout=subprocess.DEVNULL, pass_fds=[told])))
    os.close(r)
os.close(told)
n = 0
while n < 100: n += len(os.read(ready, 100))
print(before, size())
for w, p in loggers: os.close(w)
for w, p in loggers: p.wait()
END
if is_root && command -v python3 >/dev/null
then
  as_uid 54321 python3 "$WORK/hundred.py" > sizes
  case $(cat sizes) in
    '65536 '*) is 'a hundred loggers: a new pipe of their user has its 64 KiB' "$(cat sizes)" '65536 65536' ;;
    *) skip 'a hundred loggers' "a pipe of that user has not 64 KiB without them: $(cat sizes)" ;;
  esac
else
  skip 'a hundred loggers' 'needs root, and python3'
fi

# explained
exits '-n: a script that is right' 0 s6-log -n -- +^a ./untouched f 1
is 'it is explained' "$(cat out)" 'group 1: all lines
  and also what begins with "a"
  go
    into the directory ./untouched
      files of at most 99999 bytes, rotated when there is no room for 2000 more
      at most 10 archives
      what fails is tried again after 2000 milliseconds
group 2: the lines that the one before has taken
  no: what no group before has taken, and nothing else
  go
    to stdout'
is 'nothing is touched' "$(echo x | { s6-log -n ./untouched > /dev/null ; cat ; } ; ls -d untouched 2>/dev/null)" x
exits 'one that is wrong' 100 s6-log -n 'n1k' ./untouched
if test -e /dev/full
then
  exits 'nobody hears it' 111 sh -c 'exec s6-log -n 1 > /dev/full'
fi

done_testing
