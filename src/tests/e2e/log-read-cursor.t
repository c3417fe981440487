#!/bin/sh
# ISC license.
# s6-logread -c: stopped and started at any place, by kill -9 too, nothing is missed, and
# at most the last batch is there twice. ROUNDS: kills at random places (10).
# shellcheck disable=SC2016 # variables are for other shells
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

rounds=${ROUNDS:-10}
# lines of 81 bytes in a batch, which a line may exceed
batch=$((65536 / 81 + 1))

lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }
has() { test "$(wc -l < "$1")" -ge "$2" ; }

# What a run has shown is in shown.N; what was killed may have half a line at its end.
# whole FIRST-TO-LAST: nothing is missed, and no run goes back by more than a batch
whole()
{
  : > got
  i=1
  while test -e "shown.$i"
  do
    awk 'length($0) == 80' "shown.$i" > run.lines
    awk -v batch="$batch" '
      FNR == NR { if ($1 > most) most = $1 ; next }
      FNR == 1 && most && $1 <= most - batch { bad = 1 }
      FNR > 1 && $1 != last + 1 { bad = 1 }
      { last = $1 }
      END { exit bad }' got run.lines || return 1
    cat run.lines >> got
    i=$((i + 1))
  done
  awk '!seen[$0]++' got | cmp - "$1"
}

# simple
lines 1 310 > in
s6-log n100 s4096 t ./d < in
s6-logread -c cursor ./d > first
is 'all, the first time' "$(cut -c 27- first | cmp - in 2>&1) $(s6-logread -c cursor ./d | wc -l)" ' 0'
is 'its bytes' "$(sed -e 's/^[1-9][0-9]* [1-9][0-9]* [0-9a-f]\{16\} - @[0-9a-f]\{24\}.s/PLACE/' cursor | tr '\n' ,)" 's6-logread 1,PLACE ./d,end,'
is 'no other file is left but the lock' "$(ls cursor*)" 'cursor
cursor.lock'
is 'which nobody else can have' "$(stat -c %a cursor.lock)" 600
chmod 644 cursor.lock
s6-logread -c cursor ./d > again
is 'nor one that was there' "$(stat -c %a cursor.lock)" 600
start first s6-logread -f -c cursor ./d
# to try it would be to have it for a moment, and first would find it taken
first_has_it() { grep -q " FLOCK .* $(pid_of first) " /proc/locks ; }
retry 20 first_has_it
cp cursor before
exits 'another one with it: 111' 111 timeout 20 s6-logread -c cursor ./d
like 'which is said' "$(cat err)" '^s6-logread: fatal: cursor: another s6-logread keeps it up to date'
ok 'it stays as it was' cmp cursor before
ok 'one with its own reads' s6-logread -c others ./d
stop first KILL
exits 'after a kill -9 it is free' 0 s6-logread -c cursor ./d
ok 'a lock that cannot be had is done without' sh -c 'mkdir odd.lock && s6-logread -c odd ./d && test -s odd'
is 'its hash is FNV-1a of what is before' "$(sed -n 2p cursor | cut -d ' ' -f 3)" "$(python3 -c 'import sys
h = 0xcbf29ce484222325
for x in open("d/current", "rb").read(): h = (h ^ x) * 0x100000001b3 % 2**64
print("%016x" % h)' 2>/dev/null || sed -n 2p cursor | cut -d ' ' -f 3)"
echo 'after that' | s6-log n100 s4096 t ./d
is 'what is new' "$(s6-logread -c cursor ./d | cut -c 27-)" 'after that'
printf 'half' >> d/current
is 'half a line is left' "$(s6-logread -c cursor ./d | wc -c)" 0
printf ' of it\n' >> d/current
is 'until it is whole' "$(s6-logread -c cursor ./d)" 'half of it'
chmod 644 d/current
echo 'third one' | s6-log n100 s4096 ./d
is 'a current that was archived as it was' "$(s6-logread -c cursor ./d)" 'third one'
is 'the cursor decides, not -n' "$(s6-logread -n 5 -c cursor ./d)" ''
is 'what is not selected is done with' "$(echo a | s6-log n100 s4096 ./d ; s6-logread -c cursor ./d -- -a ; s6-logread -c cursor ./d)" ''
mkdir other
echo o1 > other/current
is 'a directory that is not in it' "$(s6-logread -c cursor ./d ./other)" o1
is 'it is now' "$(s6-logread -c cursor ./other ./d)" ''

# what became of the file meanwhile
twice() # ARG... : lines, read, more lines, read
{
  rm -rf b b.cursor
  lines 1 30 | s6-log -t 20000 n100 s4096 l0 "$@" ./b
  s6-logread -c b.cursor ./b > shown.1 2> err.1
  lines 31 330 | s6-log -t 20000 n100 s4096 l0 "$@" ./b
  s6-logread -c b.cursor ./b > shown.2 2> err.2
}
between() # NAME ARG...
{
  between_name=$1
  shift
  twice "$@"
  lines 31 330 > want
  is "meanwhile: $between_name" "$(cmp shown.2 want 2>&1) $(cat err.1 err.2) $(s6-logread -c b.cursor ./b | wc -l)" '  0'
}
between 'rotated'
between 'packed' '?gzip'
between 'copied' '?cat'
twice '?sed s/^0/p/'
is 'meanwhile: changed, nothing is missed' "$(cut -c 2-6 shown.2)" "$(lines 1 330 | cut -c 2-6)"
like 'and it is said' "$(cat err.2)" 'is gone'
rm -rf b
mkdir b
lines 1 5 > b/current
s6-logread -c gone.cursor ./b > first
mv b/current b/old
lines 6 9 > b/current
is 'the file is gone: what is there is shown' "$(s6-logread -c gone.cursor ./b 2> err | cut -c 1-6 | tr '\n' ' ')" '000006 000007 000008 000009 '
is 'and it is said' "$(cat err)" 's6-logread: warning: ./b: the file that the cursor is in is gone: going on with what comes after it'
ino=$(stat -c %i b/current)
sed "s/^[0-9]* \([0-9]*\) /$ino \1 /" gone.cursor > same.cursor
lines 100 110 > b/other
cat b/other > b/current
is 'another file of that number is another one' "$(s6-logread -c same.cursor ./b 2> err | wc -l) $(grep -c 'is gone' err)" '11 1'
mkdir names
for i in 1 2 3 ; do echo "n$i" > "names/@40000000000000000000000$i.s" ; done
s6-logread -c names.cursor ./names > first
rm names/*3.s
echo n4 > names/@400000000000000000000004.s
is 'an archive that was deleted' "$(s6-logread -c names.cursor ./names 2> err) $(grep -c 'is gone' err)" 'n4 1'
mkdir late
echo old > late/@400000000000000000000001.s
echo gone > late/current
s6-logread -c late.cursor ./late > first
rm late/current
start later s6-logread -f -c late.cursor ./late
retry 10 heeds later s6-logread
retry 10 test -s later.err
echo new > late/current
ok 'what comes later' retry 10 test -s later.out
stop later
is 'and nothing else' "$(cat later.out)" new

# what it cannot do
echo no > bad.cursor
exits 'no cursor' 111 s6-logread -c bad.cursor ./d
like 'it is said' "$(cat err)" 'bad.cursor: no cursor of s6-logread'
is 'it is left alone' "$(cat bad.cursor)" no
exits 'a logdir that cannot be read' 111 s6-logread -c bad.dir.cursor bad.cursor
is 'the cursor is not blamed' "$(cat err)" 's6-logread: fatal: unable to read bad.cursor: Not a directory'
mkdir nofile nofile/current
exits 'current is no file' 111 s6-logread -c names.cursor ./nofile
is 'nor for that' "$(cat err)" 's6-logread: fatal: unable to read ./nofile: Invalid argument'
exits 'stdout is closed' 100 sh -c 'exec s6-logread -c closed.cursor ./names >&-'
ok 'the cursor is not moved' test ! -e closed.cursor
mkdir packed
echo p1 > packed/@400000000000000000000001.s
s6-logread -c packed.cursor ./packed > first
echo p2 >> packed/@400000000000000000000001.s
gzip -c packed/@400000000000000000000001.s > packed/new
mv packed/new packed/@400000000000000000000001.s
exits 'its file cannot be read just now' 111 env PATH=/none "$(command -v s6-logread)" -c packed.cursor ./packed
is 'it is not gone' "$(cat err)" 's6-logread: fatal: unable to read ./packed: Operation not supported'
is 'and is read the next time' "$(s6-logread -c packed.cursor ./packed 2>&1)" p2
exits 'a cursor that cannot be written' 111 s6-logread -c none/cursor ./names
newline=$(printf 'a\nb')
mkdir "$newline"
exits 'a name that has no place in it' 100 s6-logread -c cursor "$newline"
mkdir broken
for i in 1 2 3 ; do lines "$i" "$i" | gzip > "broken/@40000000000000000000000$i.s" ; done
truncate -s 15 broken/*2.s
exits 'an archive that is not whole' 111 s6-logread -c broken.cursor ./broken
like 'it is told which' "$(cat err)" 'broken/@400000000000000000000002.s: Bad message'
is 'what is before it is shown' "$(cut -c 1-6 out)" 000001
rm broken/*2.s
lines 2 2 | gzip > broken/@400000000000000000000002.s
is 'is not passed over' "$(s6-logread -c broken.cursor ./broken | cut -c 1-6 | tr '\n' ' ')" '000002 000003 '

# killed at random, while lines come and files are rotated: 2000 lines in each round
killed() # ARG... of s6-log
{
  rm -rf k k.cursor shown.* fifo
  mkdir k
  mkfifo fifo
  lines 1 $((rounds * 2000)) > in
  start writer sh -c 'exec s6-log -t 20000 n100000 s8192 l0 "$@" ./k < fifo' sh "$@"
  exec 8> fifo
  i=1
  while test "$i" -le "$rounds"
  do
    start reader sh -c 'exec s6-logread -f -c k.cursor ./k > shown.$1 8>&-' sh "$i"
    start feeder sh -c 'tail -n "+$1" in | head -n 2000 | while read -r line ; do echo "$line" ; done >&8' sh $((i * 2000 - 1999))
    retry 10 test -s "shown.$i"
    sleep "0.$(awk -v seed="$i$$" 'BEGIN { srand(seed) ; printf "%02d", rand() * 30 }')"
    stop reader KILL
    retry 60 ended feeder
    i=$((i + 1))
  done
  exec 8>&-
  retry 60 ended writer
  s6-logread -c k.cursor ./k > "shown.$i"
}
killed
ok "killed, $rounds times" whole in
killed '?gzip'
ok "killed, beside a processor" whole in

# killed at each kind of call
if test -n "$SANITIZED" || ! command -v strace > strace.path
then
  skip 'killed at its calls' 'needs strace, and no sanitizers'
else
  bad=
  hits=0
  lines 1 3000 > in
  rm -rf c
  s6-log n100 s16384 l0 ./c < in
  for call in write openat renameat rename getdents64 read newfstatat lseek
  do
    for when in 1 2 5
    do
      rm -f c.cursor shown.*
      strace -o trace -e trace="$call" -e inject="$call:signal=KILL:when=$when" s6-logread -c c.cursor ./c > shown.1 2> err || hits=$((hits + 1))
      s6-logread -c c.cursor ./c > shown.2 2> err || bad="$bad $call:$when"
      whole in || bad="$bad $call:$when"
    done
  done
  is 'killed at its calls' "$bad" ''
  least 'and it was' "$hits" 12
fi

done_testing
