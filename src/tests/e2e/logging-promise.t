#!/bin/sh
# ISC license.
# The promise: a service writes a thousand numbered lines a second, while it, its logger, both
# supervisors and svscan are killed with -9, again and again. s6-logread shows all of its lines, in
# order; of what a killed logger had just written at most a batch is there twice.
# SECONDS (6) is how long: 60 by hand.
# timeout: 200
# shellcheck disable=SC2016,SC3028 # variables are for the scripts; SECONDS is ours
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
need pgrep
seconds=6
if test -z "${BASH_VERSION-}" ; then seconds=${SECONDS:-6} ; fi  # elsewhere it is a clock
long=20
batch=65536

mkdir -p d/s/log counts
service d/s "exec lines-write '$WORK/counts' 1000"
service d/s/log 'exec s6-log -d 3 n10000 s20000 ./data'
echo 3 > d/s/log/notification-fd
scan scan d

field() { s6-svstat -o pid "$1" 2>/dev/null ; }
supervisor_of() { pgrep -f "^s6-supervise $1\$" | while read -r p ; do test "$(readlink "/proc/$p/cwd")" != "$WORK/d/$1" || echo "$p" ; done ; }
lines() { find counts -type f -exec od -An -tu4 {} + | awk '{ for (i = 1 ; i <= NF ; i++) n += $i } END { print n + 0 }' ; }
grows() { test "$(lines)" -gt "$((before + 100))" ; }
flows() { before=$(lines) && retry "$long" grows ; }
victim()
{
  case $1 in
    service) field d/s ;;
    logger) field d/s/log ;;
    supervisor) supervisor_of s ;;
    logger-supervisor) supervisor_of s/log ;;
  esac
}
replaced() { now=$(victim "$1") && test -n "$now" && test "$now" -gt 1 && test "$now" != "$2" ; }
round() # WHO
{
  old=$(victim "$1")
  replaced "$1" 0 || retry "$long" replaced "$1" 0
  kill -s KILL "$(victim "$1")" 2>/dev/null
  if test "$1" = logger ; then kills=$((kills + 1)) ; fi
  retry "$long" replaced "$1" "$old" && flows || echo "$1: $(s6-svstat d/s) $(s6-svstat d/s/log)"
}

ok 'lines come' flows
kills=0
rounds=0
begun=$(date +%s)
: > wrong
while test "$rounds" -lt 1 || test "$(($(date +%s) - begun))" -lt "$seconds"
do
  rounds=$((rounds + 1))
  for who in logger service logger-supervisor logger supervisor service logger
  do
    round "$who" >> wrong
  done
  if test -s wrong ; then break ; fi
done
is 'whoever is killed, lines go on' "$(cat wrong)" ''
diag "$rounds rounds, $kills kills of the logger"
kill -s KILL "$(pid_of scan)"
wait "$(pid_of scan)" 2>/dev/null
scan scan d
: > wrong
for who in logger-supervisor logger supervisor service
do
  round "$who" >> wrong
done
is 'svscan is killed, and then the others' "$(cat wrong)" ''
stop scan
is 'it ends' "$status" 0
gone() { test -z "$(supervisor_of s)$(supervisor_of s/log)" ; }
retry "$long" gone

s6-logread d/s/log/data > shown
for file in counts/*
do
  echo "${file##*/} $(od -An -tu4 "$file")"
done > written
# A line that is there for the first time is the next one of its life; a repetition goes back
# once, and is as long as a batch at most.
judged=$(awk -v batch="$batch" -v kills="$kills" '
  NR == FNR { written[$1] = $2 ; next }
  NF != 2 || !($1 in written) { print FNR ": no line: " $0 ; next }
  $0 in place {
    if (place[$0] != at + 1) { jumps++ ; twice = 0 }
    at = place[$0]
    twice += length($0) + 1
    if (twice > batch) { print FNR ": more than a batch is there twice" ; exit }
    next
  }
  {
    if (at != max) print FNR ": after a repetition that has not come to its end: " $0
    at = place[$0] = ++max
    if ($2 != read[$1] + 1) print FNR ": " $0 " after " read[$1] + 0
    read[$1] = $2
  }
  END {
    for (pid in written)
      if (read[pid] < written[pid] || read[pid] > written[pid] + 1) print pid ": " read[pid] + 0 " of " written[pid]
    if (jumps > kills) print jumps " repetitions, " kills " kills"
  }' written shown | head -n 5)
is 'no line is lost, all are in order' "$judged" ''
diag "$(wc -l < shown) lines, $(sort shown | uniq -d | wc -l) of them twice"
least 'there were lines' "$(wc -l < shown)" 1000
least 'and archives' "$(find d/s/log/data -name '@*' | wc -l)" 1
is 'no name of the pipe is left' "$(find d/.s6-svscan -name 'pipe:*')" ''
done_testing
