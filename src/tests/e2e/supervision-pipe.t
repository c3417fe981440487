#!/bin/sh
# ISC license.
# kill -9 of svscan, and then of one supervisor of a pair, or of both: what the next ones start has
# the pipe that the others have, so lines come, and none that was in the pipe is lost. The pipe's
# name is there while it may be wanted, and no longer; without it there is a pipe all the same.
# timeout: 180
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
# shellcheck source=src/tests/support/lines.sh
. "$TESTS/support/lines.sh"
long=20

mkdir d
lined d/s
scan scan d
field() { s6-svstat -o pid "$1" ; }
is_up() { test "$(alive ds.lives)/$(alive ds.loggers)" = "$(field d/s)/$(field d/s/log)" && one_of ds.lives ; }
grows() { test "$(wc -l < ds.lines)" -gt "$((lines + 20))" ; }
flows() { lines=$(wc -l < ds.lines) && retry "$long" grows ; }
names() { find d/.s6-svscan -type p ! -name control | wc -l ; }
kill_scan() { kill -s KILL "$(pid_of scan)" && wait "$(pid_of scan)" 2>/dev/null ; scan scan d ; }
 # of PART: the one that has the lock is the only one that is not a child of svscan's, or is
supervisors_of() { pgrep -f "^s6-supervise $1\$" | while read -r p ; do test "$(readlink "/proc/$p/cwd")" != "$WORK/d/$1" || echo "$p" ; done ; }
is_ours() { test "$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$(supervisors_of "$1")/status")" = "$(pid_of scan)" ; }
taken() { s6-svok "d/$1" && is_ours "$1" ; }
lose() # PART: kill -9 of its supervisor, and wait for the next one
{
  kill -s KILL "$(supervisors_of "$1")"
  retry "$long" taken "$1" || diag "$1 has no supervisor: $(supervisors_of "$1")"
}
again() # PART: kill -9 of what it supervises, and wait for the next one
{
  pid=$(field "d/$1")
  kill -s KILL "$pid"
  retry "$long" tap_gone "$pid"
  retry "$long" is_up || diag "not up: $(s6-svstat d/s) $(s6-svstat d/s/log)"
}
ok 'it is up' retry "$long" is_up
ok 'lines come' flows

for who in 's/log' 's' 's s/log'
do
  s6-svc -p d/s/log
  kill_scan
  # shellcheck disable=SC2086 # words
  for part in $who ; do lose "$part" ; done
  # shellcheck disable=SC2086 # words
  for part in $who ; do again "$part" ; done
  s6-svc -c d/s/log
  ok "svscan and the supervisors of $who killed, then these: lines come" flows
done
is 'one name' "$(names)" 1

# an orderly end of svscan, when one of the pair has a supervisor from before: the next svscan gives
# the other one the pipe that this one has still
kill_scan
lose s
stop scan
is 'svscan ends' "$status" 0
is 'but not the name of the pipe that the logger has' "$(names)" 1
scan scan d
ok 'the logger of before gets the lines' flows
lose s/log
again s/log
ok 'and the next one, too' flows

# a pair that goes away, and comes back, has another pipe
pipe() { stat -L -c %i "/proc/$(supervisors_of s)/fd/1" ; }
before=$(pipe)
exec 8< "$(find d/.s6-svscan -name 'pipe:*')"  # so that no other one has its number
mv d/s gone
order an d
none() { test -z "$(supervisors_of s)$(alive ds.lives)$(alive ds.loggers)" ; }
not_there() { ! s6-svok gone && ! s6-svok gone/log && none ; }
ok 'gone' retry "$long" not_there
is 'its name is gone' "$(names)" 0
mv gone d/s
order a d
ok 'it comes back' retry "$long" is_up
isnt 'with another pipe' "$(pipe)" "$before"
exec 8<&-
ok 'lines come' flows

# ABRT: all live on, and the next one has their pipe
before=$(pipe)
stop scan ABRT
is 'its name stays' "$(names)" 1
scan scan d
lose s
is 'the same pipe' "$(pipe)" "$before"
lose s/log
again s/log
ok 'lines come' flows
stop scan
is 'svscan ends' "$status" 0
is 'and leaves no name' "$(names)" 0
ok 'nobody is left' retry "$long" none
is 'no line is lost' "$(wrong_lines d/s)" ''
least 'there were lines' "$(wc -l < ds.lines)" 200

# names that nobody has any more go with the next start; what is in the way of one is no hindrance:
# then it is a pipe without a name
mkfifo d/.s6-svscan/pipe:1:2
: > d/.s6-svscan/pipe:3:4
ln -s nowhere "d/.s6-svscan/pipe:$(stat -c '%d:%i' d/s | awk -F : '{ printf "%x:%x", $1, $2 }')"
mkfifo d/.s6-svscan/kept
scan scan d
ok 'all is up' retry "$long" is_up
ok 'lines come' flows
is 'what nobody has is gone' "$(find d/.s6-svscan ! -name control ! -name lock -type p | sed 's/.*pipe:[0-9a-f:]*/pipe/' | sort | tr '\n' ' ')" 'd/.s6-svscan/kept '
stop scan
is 'no line is lost' "$(wrong_lines d/s)" ''
find d/.s6-svscan -name 'pipe:*' -exec rm {} +
rm d/.s6-svscan/kept
if test -n "$SANITIZED"
then
  skip 'where there can be no name' 'no shims in sanitized programs'
else
  shim=$BUILD/src/tests/bin/preload-fail.so
  start scan env LD_PRELOAD="$shim" FAIL_PROGRAM=s6-svscan FAIL_CALL=mkfifo FAIL_ERRNO=28 FAIL_AT=2 FAIL_MARK="$WORK/mark" \
    sh -c 'exec 3>&1 ; exec s6-svscan -d 3 d'
  ready scan
  ok 'no space for a name: lines come' flows
  is 'without one' "$(names)" 0
  stop scan
fi
is 'no line is lost' "$(wrong_lines d/s)" ''
done_testing
