#!/bin/sh
# ISC license.
# s6-log when the system fails: each call that it makes for its files fails once, and then
# for a while. It waits, tells of it once, loses nothing, doubles nothing, and goes on.
# ROUNDS (1) is of how many calls of each kind, beginning with the first.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'

rounds=${ROUNDS:-1}
lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }
logger() { timeout -k 5 30 s6-log "$@" ; }
lines 1 300 > in

# failing WHAT WHEN ARG...: the descriptors of the first one are known: what fails is after its start
failing()
{
  what=$1
  when=$2
  shift 2
  rm -rf d e pipe
  mkfifo pipe
  exec 8<> pipe
  timeout 20 cat in > pipe 8>&- &
  writer=$!
  exec 7< pipe 8>&-
  timeout -k 5 30 strace -o trace -e "trace=${what%%:*}" -e "inject=$what:when=$when" s6-log "$@" <&7 2> err
  first=$?
  if test "$first" -ne 0 ; then logger "$@" <&7 2> second.err ; fi
  exec 7<&-
  wait "$writer"
}

# whole DIR: all lines, each once
whole()
{
  cat "$1"/@* "$1/current" 2>/dev/null | cmp -s - in && test -x "$1/current" && test ! -e "$1/previous" && test ! -e "$1/processed"
}

# told DIR: at most once that it cannot, and as often that it can again
told()
{
  fails=$(grep -c "unable to .* in ./$1: .*nothing is lost" err)
  test "$fails" -le 1 && test "$(grep -c -e "./$1 takes lines again" -e "./$1 is closed, after" err)" -eq "$fails"
}

# What fails at its start ends it with 111, and nothing has been read.
matrix() # NAME DIRS ARG...
{
  name=$1
  dirs=$2
  shift 2
  bad=
  injected=0
  for call in writev renameat fsync openat fchmodat linkat unlinkat fchmod
  do
    case $call in
      # the loader's are the first ones to be opened, and without its own it does not start
      openat) from=$opened ;;
      *) from=0 ;;
    esac
    for error in ENOSPC EIO
    do
      n=1
      while test "$n" -le "$rounds"
      do
        # ENOSPC once, EIO three times
        when=$((from + n))
        test "$error" = ENOSPC || when=$when..$((when + 2))
        failing "$call:error=$error" "$when" "$@"
        injected=$((injected + $(grep -c INJECTED trace)))
        case $first in
          0) ;;
          111) test ! -s err && bad="$bad $call:$error:$when(silent)" ;;
          *) bad="$bad $call:$error:$when($first)" ;;
        esac
        for dir in $dirs
        do
          whole "$dir" || bad="$bad $call:$error:$when:$dir"
          test "$first" -ne 0 || told "$dir" || bad="$bad $call:$error:$when:$dir(told)"
        done
        n=$((n + 1))
      done
    done
  done
  is "$name: waits, loses nothing, doubles nothing, goes on" "$bad" ''
  least "$name: calls have failed" "$injected" $((rounds * 24))
}

# openat of the loader and the like, before the first directory
strace -o trace -e trace=openat,mkdir s6-log ./d < /dev/null
opened=$(sed '/mkdir/q' trace | grep -c openat)
opened=$((opened + 3))
rm -rf d

matrix 'a directory' d n1000 r20 s8192 ./d
matrix 'two' 'd e' n1000 r20 s8192 ./d s20000 ./e
matrix 'a processor' d -t 20000 n1000 r20 s8192 '?cat' ./d

# what goes on and off: each other write fails
strace -o trace -e trace=writev -e inject=writev:error=ENOSPC:when=2+2 s6-log n1000 r1 s4096 l0 ./often < in 2> often.err
cat often/@* often/current > got
ok 'each other write fails: nothing is lost' cmp got in
is 'what comes and goes is told once a minute' "$(grep -c 'unable to write' often.err) $(grep -c 'takes lines again' often.err)" '1 1'

# writes that take nothing
exits 'stdout takes nothing' 0 timeout -k 1 20 strace -o trace -e trace=write -e inject=write:retval=0 s6-log 1 ./beside < in
ok 'and the others go on' cmp beside/current in
echo x | strace -o trace -e trace=write -e inject=write:retval=0 s6-log =status 2> err
is 'nor a status' "$? $(ls status* 2>/dev/null)" '0 '
strace -o trace -e trace=writev -e inject=writev:retval=0:when=1..2 s6-log r20 ./zero < in 2> err
ok 'nor a file' cmp zero/current in
echo target > target
ln -s target link.new
echo x | s6-log "=link" 2>/dev/null
is 'a status is written through no link' "$(cat target)" target

# file systems that know no links, or have no directories to be synced
strace -o trace -e trace=linkat -e inject=linkat:error=EPERM s6-log n1000 s4096 ./nolink < in
cat nolink/@* nolink/current > got
ok 'no links: archives are made by renaming' cmp got in
test ! -e nolink/previous || fail 'previous is left'
mkdir nosync
echo torn > nosync/current
chmod 644 nosync/current
exits 'no fsync of directories' 0 strace -o trace -e trace=fsync -e inject=fsync:error=EINVAL s6-log n1000 s4096 ./nosync < in

# TERM while a directory is full: what it has taken does not stay in the pipe, nor a half of a line
begin_full() # NAME ARG...
{
  full_name=$1
  shift
  rm -f pipe ready
  mkfifo pipe
  exec 8<> pipe
  # shellcheck disable=SC3045 # dash and bash have it
  ( ulimit -f 20 ; exec s6-log -t 300 r20 "$@" < pipe 2> "$full_name.err" ) &
  full=$!
  timeout 30 cat many > pipe 8>&- &
  writer=$!
  retry 10 grep -q 'unable to write' "$full_name.err"
  kill "$full"
  wait "$full"
  is "$full_name: TERM ends it" "$?" 0
}
lines 1 1500 > many
begin_full one n10 s1000000 ./one
is 'no half of a line is there' "$(tail -c 1 one/current | od -An -c | tr -d ' ')" '\n'
exec 7< pipe 8>&-
logger n10 s1000000 ./one <&7
wait "$writer"
cat one/@* one/current > got
ok 'each line is there once' cmp got many
begin_full odd -- '+1 ' ./odd1 n10 s1000000 f ./odd2
exec 7< pipe 8>&-
logger -- '+1 ' ./odd1 n10 s1000000 f ./odd2 <&7
wait "$writer"
cat odd1/@* odd1/current odd2/@* odd2/current 2>/dev/null | sort -u > got
ok 'with selections: nothing is lost' cmp got many
begin_full limited i400/60 n10 s1000000 ./limited
exec 7< pipe 8>&-
logger i400/60 n10 s1000000 ./limited <&7
wait "$writer"
cat limited/@* limited/current 2>/dev/null | sort -u | head -n 400 > got
head -n 400 many > want
ok 'with a limit of lines: none of these is lost' cmp got want

# what others do in the directory
mkfifo feed
start linked sh -c 'exec s6-log n1000 s4096 ./linked < feed'
exec 8> feed
lines 1 20 >&8
retry 10 grep -q '^000020' linked/current
ln linked/current elsewhere
lines 21 300 >&8
exec 8>&-
retry 10 ended linked
cat linked/@* linked/current > got
ok 'a link of current to somewhere else: it is archived all the same' cmp got in
for name in lock state
do
  mkdir "link-$name"
  : > "link-$name/current"
  chmod 744 "link-$name/current"
  ln -s ../made "link-$name/$name"
  logger "./link-$name" < /dev/null 2> err
  is "a link in the place of $name makes nothing elsewhere" "$? $(ls made 2>/dev/null)" '111 '
done
mkdir label
echo x > label/@ffffffffffffffff00000000.s
logger n3 s4096 ./label < in
is 'a label of no time is none' "$(find label -name '@f*') $(find label -name '@4*' | wc -l)" 'label/@ffffffffffffffff00000000.s 3'
mkdir newstate
echo 4 > newstate/state
echo 5 > newstate/newstate
echo made > newstate/processed
: > newstate/current
chmod 744 newstate/processed newstate/current
logger n3 ./newstate < /dev/null
is 'killed while it waited for a processor, that had done its work' "$(cat newstate/state newstate/@*)" "5
made"
lines 1 2000 > many
: > runs
start eager sh -c '{ cat many ; sleep 2 ; } | s6-log -t 100 n10 r0 s4096 "?echo >> ../runs ; exit 1" ./eager'
retry 20 ended eager
most 'r0: a processor that fails is not executed all the time' "$(wc -l < runs)" 20

done_testing
