#!/bin/sh
# ISC license.
# s6-logread -f: each line once, in order, across rotations at full speed, processors,
# loggers that are killed, directories that are made anew; what was deleted is said.
# timeout: 200
# shellcheck disable=SC2329 # functions are called by name
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

rotations=${ROUNDS:-1000}

lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }
has() { test "$(wc -l < "$1")" -ge "$2" ; }
ends_with() { test "$(tail -n 1 "$1" | cut -c 1-6)" = "$2" ; }
# s6-logread beside a logger that is not there yet
follow() # NAME ARG...
{
  follow_name=$1
  shift
  start "$follow_name" s6-logread -f "$@"
  retry 10 heeds "$follow_name" s6-logread
}
done_with() # NAME
{
  stop "$1"
  is "$1: it ends on TERM" "$status" 0
}

# 50 lines a file
all=$((rotations * 50 + 1))
lines 1 "$all" > in
mkdir fast
follow speed ./fast
s6-log n100000 s4096 l0 ./fast < in
ok 'full speed: all is shown' retry 60 has speed.out "$all"
least 'full speed: rotations' "$(find fast -name '@*' | wc -l)" "$rotations"
done_with speed
ok 'full speed: each line once, in order' cmp speed.out in
is 'full speed: nothing else is said' "$(cat speed.err)" ''

# packed by a processor, beside it; changed by one
lines 1 3000 > in
mkdir gz up two1 two2
follow processed ./gz
follow changed ./up
s6-log -t 0 n100000 s4096 '?gzip' ./gz < in
s6-log -t 0 n100000 s4096 '?sed s/^0/p/' ./up < in
ok 'processors: all is shown' retry 30 has processed.out 3000
ok 'processors: also where they change it' retry 30 has changed.out 3000
done_with processed
ok 'packed: each line once, in order' cmp processed.out in
done_with changed
sed 's/^p/0/' changed.out > got
ok 'changed: each line once, in order' cmp got in
is 'processors: nothing else is said' "$(cat processed.err changed.err)" ''

# what is deleted is said
mkdir few
echo begun > few/current
follow behind ./few
retry 10 has behind.out 1
kill -s STOP "$(pid_of behind)"
s6-log n3 s4096 l0 ./few < in
kill -s CONT "$(pid_of behind)"
ok 'behind: the end is shown' retry 30 ends_with behind.out 003000
is 'behind: how many files' "$(cat behind.err)" 's6-logread: warning: ./few: deleted before they could be read: 56 files'
is 'behind: the others are there' "$(sed -n '1p;2p;$p' behind.out | cut -c 1-6 | tr '\n' ' ') $(wc -l < behind.out)" 'begun 002801 003000  201'
done_with behind

# half lines, two directories, the last lines
echo old > two1/current
printf 'b' > two2/current
follow two -n 1 ./two1 ./two2
retry 10 has two.out 1
printf 'new\nha' >> two1/current
ok 'a line that comes' retry 10 has two.out 2
printf 'lf\n' >> two1/current
printf 'b\n' >> two2/current
ok 'and the other half of two' retry 10 has two.out 4
done_with two
is 'all of it' "$(sort two.out | tr '\n' ' ')" 'bb half new old '

# loggers that are killed
mkdir killed
mkfifo feed
follow survivor ./killed
exec 8<> feed
for i in 1 2 3 4 5 6
do
  start logger sh -c 'exec s6-log -b n1000 s4096 ./killed < feed'
  lines $((i * 100 - 99)) $((i * 100)) >&8
  retry 10 has survivor.out $((i * 100 - 50))
  test "$i" -lt 6 || retry 10 grep -q ^000600 survivor.out
  stop logger KILL
done
exec 8<&-
done_with survivor
awk '!seen[$0]++' survivor.out > got
lines 1 600 > want
ok 'killed loggers: all, in order' cmp got want

# a directory that is made anew, a current that was removed
mkdir moved
echo 1 > moved/current
follow anew ./moved
retry 10 has anew.out 1
mv moved away
echo 2 >> away/current
mkdir moved
echo 3 > "moved/@400000000000000000000001.s"
echo 4 > moved/current
ok 'a directory that was replaced' retry 20 has anew.out 4
rm moved/current
echo 5 > moved/current
ok 'a current that was replaced' retry 20 has anew.out 5
: > moved/current
ok 'a current that was emptied' retry 20 grep -q 'was cut' anew.err
printf '7\n' >> moved/current
ok 'is read from its beginning' retry 20 ends_with anew.out 7
done_with anew
is 'nothing is missed' "$(tr '\n' ' ' < anew.out)" '1 2 3 4 5 7 '

# stdout
mkfifo full
exec 7<> full
start stuck sh -c 'exec s6-logread -f -c cursor ./fast > full'
retry 10 heeds stuck s6-logread
head -c 81 <&7 > got
stop stuck
is 'it ends, while nobody reads what it shows' "$status $(cat stuck.err)" '0 '
exec 7<&-
start unread sh -c 's6-logread -f ./two1 | head -n 1'
ok 'nobody will: it ends by itself' retry 10 ended unread

# no news; and a logger that rotates between any two calls of a reader
if test -n "$SANITIZED" || ! command -v strace > run.strace
then
  skip 'without inotify, and slow' 'needs strace, and no sanitizers'
else
  mkdir blind slow plain
  start blind strace -f -o /dev/null -e trace=inotify_init1 -e inject=inotify_init1:error=EMFILE s6-logread -f ./blind
  s6-log n1000 s4096 ./blind < in
  ok 'without inotify' retry 30 has blind.out 3000
  ok 'without inotify: each line once' cmp blind.out in

  # 50 lines are a file; 7 come at once, so that it gets some of them when it is rotated
  slowly() { awk '{ print ; fflush() ; if (!(NR % 7)) system("sleep 0.007") }' in | s6-log n1000 s4096 l0 "$1" ; }
  slow() { strace -o /dev/null -e trace=openat,newfstatat,getdents64,read -e inject=openat,newfstatat,getdents64,read:delay_exit="$1" s6-logread "$2" "$3" ; }
  lines 1 1500 > in
  start slow sh -c 'exec strace -o /dev/null -e trace=openat,newfstatat,read -e inject=openat,newfstatat,read:delay_enter=7000 s6-logread -f ./slow'
  slowly ./slow &
  logger=$!
  slowly ./plain &
  other=$!
  bad=
  runs=0
  while kill -0 "$logger" 2>/dev/null
  do
    before=$(cat plain/@* plain/previous plain/current 2>/dev/null | tail -n 1 | cut -c 1-6)
    slow 5000 -n1000000 ./plain > got 2> err
    awk -v before="${before:-0}" '$1 != NR { exit 1 } END { exit NR < before + 0 }' got || bad="$bad $before:$(wc -l < got)"
    test ! -s err || bad="$bad $(cat err)"
    runs=$((runs + 1))
  done
  wait "$logger" "$other"
  is "it rotates while all is read, $runs times: nothing is missed, nothing shown twice" "$bad" ''
  ok 'it rotates while it is followed' retry 30 has slow.out 1500
  ok 'each line once, in order' cmp slow.out in

  # what is written between its last look into a file and the look at the directory
  mkdir late
  echo a > late/current
  start late strace -o /dev/null -e trace=newfstatat -e inject=newfstatat:delay_enter=300000 s6-logread -f ./late
  retry 20 has late.out 1
  echo b >> late/current
  sleep 0.15
  echo c >> late/current
  mv late/current late/previous
  echo d > late/current
  ok 'written late, then rotated' retry 30 ends_with late.out d
  is 'nothing is missed of it' "$(tr '\n' ' ' < late.out)" 'a b c d '
fi

done_testing
