#!/bin/sh
# ISC license.
# s6-log where the world changes under it: a file system that is full and is made larger, a
# clock that is set, a directory that goes, a processor that is killed. Nothing is lost.
# timeout: 90
# shellcheck disable=SC2016 # variables are for the processor
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }
archives() { find "$1" -name '@*' | wc -l ; }

# a full file system: it is as large as the logs are to be, and then four times that
lines 1 6000 > in
full_place()
{
  cat > full.sh <<'END'
mkdir m && mount -t tmpfs -o size=128k tmpfs m || exit 99
mkfifo feed
s6-log -d 4 -t 500 n1000 s20000 r50 ./m/d < feed 2> full.err 4> full.ready &
logger=$!
exec 8> feed
cat in >&8 &
writer=$!
until grep -q unable full.err ; do sleep 0.05 ; done
sleep 0.5
grep Private_Dirty /proc/$logger/smaps_rollup | tr -dc 0-9 > full.memory
cat m/d/@* m/d/current > full.before
mount -o remount,size=4m m || exit 98
wait $writer
exec 8>&-
wait $logger
echo $? > full.status
cat m/d/@* m/d/current > full.got
END
  timeout -k 5 60 unshare -m sh full.sh > full.out 2>&1
}
if is_root && command -v unshare > /dev/null && test -z "$SANITIZED" && { full_place ; test "$?" -lt 98 ; }
then
  ok 'a full file system: nothing is lost, nothing is there twice' cmp full.got in
  is 'it is told once, and when it is over' "$(grep -c unable full.err) $(grep -c 'takes lines again' full.err) $(cat full.status)" '1 1 0'
  most 'memory stays small meanwhile, kB' "$(cat full.memory)" 2048
  least 'it was full' "$(wc -c < full.before)" 60000
else
  skip 'a full file system' 'needs root, who may mount, and no sanitizers'
fi

# the clock
shift_clock() # SECONDS
{
  perl -e 'print pack("q", $ARGV[0])' -- "$1" > clock.new
  mv clock.new clock
}
feed_clock() # FIRST LAST
{
  lines "$1" "$2" >&8
  retry 10 grep -qr "^$(printf %06d "$2")" clocked
}
start_clocked() # ARG...
{
  rm -rf feed clocked
  mkfifo feed
  shift_clock 0
  start clocked env LD_PRELOAD="$BUILD/src/tests/bin/preload-wallclock.so" WALLCLOCK_FILE="$WORK/clock" sh -c 'exec s6-log "$@" ./clocked < feed' sh "$@"
  exec 8> feed
}
if test -n "$SANITIZED" || ! command -v perl > /dev/null
then
  skip 'a clock that is set' 'needs perl, and no sanitizers'
else
  start_clocked n3 s8192
  feed_clock 1 400
  shift_clock -86400
  feed_clock 401 640
  exec 8>&-
  retry 10 ended clocked
  cat clocked/@* clocked/current > got
  lines 1 640 | tail -n "$(wc -l < got)" > want
  ok 'it is set back: the newest are kept, in order' cmp got want
  least 'as many as there are to be' "$(wc -l < got)" 200
  start_clocked n100 R86400@0
  feed_clock 1 3
  shift_clock 86400
  feed_clock 4 4
  is 'it is set forward: what is aligned to it is rotated' "$(archives clocked)" 1
  shift_clock 86401
  feed_clock 5 6
  is 'once' "$(archives clocked)" 1
  exec 8>&-
  retry 10 ended clocked
fi

# a directory that goes and comes
rm -f feed
mkfifo feed
start gone sh -c 'exec s6-log -t 300 r50 ./gone < feed'
exec 8<> feed
lines 1 10 >&8
retry 10 grep -q '^000010' gone/current
rm -rf gone
sleep 1
lines 11 20 >&8
ok 'a directory goes: that is told' retry 10 grep -q 'unable to' gone.err
stop gone
is 'TERM ends it all the same' "$status" 0
exec 7< feed
start back sh -c 'exec s6-log ./gone <&7'
ok 'the next one has what came since' retry 10 grep -q '^000020' gone/current
lines 11 20 > want
ok 'all of it' cmp gone/current want
stop back
exec 7<&- 8>&-

# a processor that is killed
lines 1 300 > in
: > tries
s6-log -t 20000 r20 n1000 s8192 '?echo >> ../tries ; cat ; test "$(wc -l < ../tries)" -gt 2 || kill -s KILL $$' ./killed < in 2> killed.err
cat killed/@* killed/current > got
ok 'a processor is killed: each line is there once' cmp got in
is 'it is told once' "$(grep -c 'signal 9' killed.err)" 1

done_testing
