#!/bin/sh
# ISC license.
# s6-permafailon: events, times and counts, the line and the codes that it ends with, and a
# service that is given up by daemons of each version.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

mkdir -p s/supervise
cd s || exit 111
# exit 1, SIGTERM, SIGKILL, SIGSEGV with a core, exit 137; so many seconds ago when it is read
deaths() { tally-make . 100:256 50:15 30:9 10:139 5:35072 ; }
line='s6-permafailon: info: PERMANENT FAILURE triggered after'

# given up with that at the end of the line, or not (-)
while IFS='|' read -r seconds count events want
do
  deaths
  run s6-permafailon "$seconds" "$count" "$events" echo went on
  case $want in
    -) is "$seconds s, $count of '$events': prog" "$(cat out err) $status" 'went on 0' ;;
    100) is "$seconds s, $count of '$events': wrong usage" "$(cat out) $status" ' 100' ;;
    *) is "$seconds s, $count of '$events': given up" "$(cat out err) $status" "$line $count events involving $want in the last $seconds seconds 125" ;;
  esac
  for version in $(versions)
  do
    mv out ours.out
    ours=$status
    deaths
    run version "$version" s6-permafailon "$seconds" "$count" "$events" echo went on
    is "as $version: $seconds s, $count of '$events'" "$(cat out) $status" "$(cat ours.out) $ours"
    test "$status" -ne 125 || is "with the same line" "$(cat err)" "$line $count events involving $want in the last $seconds seconds"
  done
done <<'END'
1000|1|1|exit code 1
1000|1|0-255|exit code 1
1000|2|0-255|signal 15
1000|5|0-255|exit code 137
1000|6|0-255|-
60|4|0-255|exit code 137
60|5|0-255|-
20|2|0-255|exit code 137
20|3|0-255|-
8|2|0-255|-
0|1|0-255|-
4294967295|5|0-255|exit code 137
1000|1|SIGSEGV|signal 11
1000|1|sigsegv|signal 11
1000|1|segv|signal 11
1000|1|SIG11|signal 11
1000|1|sig11|signal 11
1000|1|11|-
1000|1|139|signal 11
1000|2|137|exit code 137
1000|2|SIGKILL|-
1000|2|136-137|exit code 137
1000|1|2-130|-
1000|3|SIGTERM,SIGKILL,SIGSEGV|signal 11
1000|2|SIGTERM SIGKILL|signal 9
1000|2|SIGTERM;SIGKILL|signal 9
1000|2|TERM, kill|signal 9
1000|2|TERM,,KILL,|signal 9
1000|2|1	SIGTERM|signal 15
1000|1|SIG64|-
1000|1||-
1000|1|SIGNONE|100
1000|1|SIG0|100
1000|1|SIG65|100
1000|1|SIGRTMIN|100
1000|1|,1|100
1000|1|,|100
1000|1|256|100
1000|1|5-1|100
1000|1|1-|100
1000|1|-1|100
1000|1|1-300|100
1000|1|1-2-3|100
1000|1|1x|100
1000|1|SIGKILL-SIGSEGV|100
1000|0|1|100
1000|-1|1|100
1000|x|1|100
x|1|1|100
-1|1|1|100
99999999999|1|1|100
1000||1|100
|1|1|100
END
newline=$(printf 'TERM\r\nKILL')
exits 'separated by lines' 125 s6-permafailon 1000 2 "$newline" true
exits 'an event that is too long: 100' 100 s6-permafailon 1000 1 "$(printf '%05000d' 1)" true
exits 'no program: 100' 100 s6-permafailon 1000 6 1
exits 'not an empty one, either' 100 s6-permafailon 1000 6 1 ''
exits 'no events: 100' 100 s6-permafailon 1000 6
exits 'nothing: 100' 100 s6-permafailon
exits 'a program that is not there: 127' 127 s6-permafailon 1000 6 1 ./nothing
exits 'chained' 125 s6-permafailon 1000 6 1 s6-permafailon 1000 1 segv true

# the times of deaths
tally-make . -100:256
exits 'a death that the clock has not come to counts' 125 s6-permafailon 10 1 1 true
tally-make . 10:256
retry 15 sh -c '! s6-permafailon 11 1 1 true 2>/dev/null || exit 0 ; exit 1'
exits 'one that gets too old does not' 0 s6-permafailon 11 1 1 true

# no tally
rm supervise/death_tally
exits 'no tally: prog' 0 s6-permafailon 1000 1 1 echo went on
is 'it went on' "$(cat out)" 'went on'
like 'a warning' "$(cat err)" 's6-permafailon: warning: unable to read supervise/death_tally: No such file'
not_ok 'none is made' test -e supervise/death_tally
printf 1234567890123 > supervise/death_tally
exits '13 bytes: prog' 0 s6-permafailon 1000 1 0-255 true
like 'with a warning' "$(cat err)" 's6-permafailon: warning: unable to read supervise/death_tally'
is 'they stay' "$(stat -c %s supervise/death_tally)" 13
truncate -s 1G supervise/death_tally
exits 'a GiB: prog' 0 timeout 10 s6-permafailon 1000 1 0-255 true
rm supervise/death_tally
mkfifo supervise/death_tally
exits 'a fifo: prog' 0 timeout 10 s6-permafailon 1000 1 0-255 true
rm supervise/death_tally
tally-make . 1:9
exits 'nothing open' 125 sh -c 'exec s6-permafailon 1000 1 KILL true <&- >&- 2>&-'
cd ..

# by daemons
for version in $(versions)
do
  rm -rf crash crash.heard
  service crash 'exit 3'
  script crash/finish 'echo >> finished' 'exec s6-permafailon 60 2 1-5 true 2>> said'
  version_here "$version" crash
  listen crash
  supervise crash version "$version" s6-supervise
  ok "$version: it is given up" retry 10 grep -q "$line 2 events involving exit code 3 in the last 60 seconds" crash/said
  is_over() { case $(heard crash) in *OD) has crash 8 ;; *) return 1 ;; esac ; }
  ok "$version: which is told" retry 5 is_over
  ok "$version: after the second death" test "$(wc -l < crash/finished)" -eq 2
  letters crash u
  third() { test "$(wc -l < crash/finished)" -eq 3 && is_over ; }
  ok "$version: started again, it is given up at once" retry 5 third
  s6-svdt-clear crash
  letters crash u
  fifth() { test "$(wc -l < crash/finished)" -eq 5 && is_over ; }
  ok "$version: but not when that is forgotten" retry 5 fifth
  letters crash x
  ok "$version: it ends" retry 10 ended crash
done
done_testing
