#!/bin/sh
# ISC license.
# s6-log is killed at its system calls, and started again: no line is lost, none is torn,
# at most a batch is there twice, and the second one needs no help.
# ROUNDS (2): each kind of call is tried as often, at its 1st, 2nd, 4th, 7th, 11th ... one.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'

batch=65536
rounds=${ROUNDS:-2}

seq 1 1500 | awk '{ printf "%06d %0" 30 + $1 % 100 "d\n", $1, 0 }' > in
printf 'no end' >> in
{ cat in ; echo ; } > want

# The second one reads what the first one has left in the pipe.
killed() # CALL WHEN ARG...
{
  call=$1
  when=$2
  shift 2
  rm -rf d e pipe
  mkfifo pipe
  exec 8<> pipe
  cat in > pipe 8>&- &
  writer=$!
  exec 7< pipe 8>&-
  strace -o trace -e "trace=$call" -e "inject=$call:signal=KILL:when=$when" s6-log "$@" <&7 2> first.err
  first=$?
  timeout 20 s6-log "$@" <&7 2> second.err
  second=$?
  exec 7<&-
  wait "$writer"
}

# whole DIR: all lines, in order but for those that are there twice
whole()
{
  cat "$1"/@* "$1/current" 2>/dev/null > got
  awk '!seen[$0]++' got | cmp -s - want || return 1
  test $(($(wc -c < got) - $(wc -c < want))) -le "$batch" || return 1
  test -x "$1/current" && test ! -e "$1/previous" && test ! -e "$1/processed"
}

matrix() # NAME DIRS ARG...
{
  name=$1
  dirs=$2
  shift 2
  hits=0
  bad=
  for call in tee read writev splice fsync renameat openat fchmodat fchmod linkat unlinkat close clone,vfork waitid,wait4
  do
    when=1
    round=0
    while test "$((round += 1))" -le "$rounds"
    do
      killed "$call" "$when" "$@"
      test "$first" -eq 0 || hits=$((hits + 1))
      test "$second" -eq 0 || bad="$bad $call:$when($second)"
      for dir in $dirs ; do whole "$dir" || bad="$bad $call:$when:$dir" ; done
      when=$((when + round))
    done
  done
  is "$name: nothing is lost, whatever call it is killed at" "$bad" ''
  least "$name: it was killed, most times" "$hits" $((rounds * 8))
}

matrix plain d n1000 s8192 ./d
matrix 'two directories' 'd e' n1000 s8192 ./d s20000 l0 ./e
matrix processor d -t 20000 n1000 s8192 '?cat' ./d

done_testing
