#!/bin/sh
# ISC license.
# What a service writes reaches its logger, all of it and in order, while both are restarted, the
# directory is scanned, other services come and go, and until the tree has ended.
# ROUNDS (3) is how often all that is done.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
# shellcheck source=src/tests/support/lines.sh
. "$TESTS/support/lines.sh"

mkdir d
lined d/s
scan scan d
is_up() { test "$(alive ds.lives)/$(alive ds.loggers)" = "$(field d/s)/$(field d/s/log)" && one_of ds.lives ; }
field() { s6-svstat -o pid "$1" ; }
not_supervised() { ! s6-svok "$1" && ! s6-svok "$1/log" ; }
grows() { test "$(wc -l < ds.lines)" -gt "$lines" ; }
flows() { lines=$(wc -l < ds.lines) && retry 10 grows ; }
ok 'it is up' retry 10 is_up

n=0
why=
while test "$n" -lt "${ROUNDS:-3}" && test -z "$why"
do
  n=$((n + 1))
  flows || why='no lines'
  s6-svc -wR -T 10000 -r d/s/log 2>/dev/null || s6-svc -r d/s/log
  s6-svc -k d/s/log
  s6-svc -r d/s
  mkdir -p "new$n/log"
  service "new$n" && service "new$n/log" 'exec cat > /dev/null'
  mv "new$n" "d/new$n"
  s6-svscanctl -a d
  retry 10 s6-svok "d/new$n/log" || why="new$n is not supervised"
  s6-svc -p d/s/log
  s6-svc -k d/s
  mv "d/new$n" "gone$n"
  s6-svscanctl -an d
  retry 10 not_supervised "gone$n" || why="gone$n is supervised"
  s6-svc -c d/s/log
  retry 10 is_up || why="not up: $(s6-svstat d/s) $(s6-svstat d/s/log)"
done
is "restarts, a service that comes and goes: all goes on" "$why" ''
flows || fail 'lines come'

# the logger is stopped: the service waits for it, and nothing is lost
s6-svc -p d/s/log
written() { cat ds.counts/* | cksum ; }
waits() { before=$(written) && remains 0.3 same ; }
same() { test "$(written)" = "$before" ; }
ok 'the pipe is full: the service waits' retry 60 waits
s6-svc -c d/s/log
ok 'and it goes on' flows
stop scan
is 'svscan ends' "$status" 0
is 'nobody is left' "$(alive ds.lives)$(alive ds.loggers)" ''
is 'no line is lost' "$(wrong_lines d/s)" ''
done_testing
