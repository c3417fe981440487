#!/bin/sh
# ISC license.
# Waiting for what is ordered at once, many times: the change may come before, while or after
# the waiting one subscribes. ROUNDS (20) is how often.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
rounds=${ROUNDS:-20}

service a
supervise a

is_up() { test "$(s6-svstat -o up a)" = "$1" ; }

n=0
why=
while test "$n" -lt "$rounds" && test -z "$why"
do
  n=$((n + 1))
  s6-svlisten1 -t 20000 -D a s6-svc -d a || why="round $n: down: $?"
  is_up false || why="round $n: not down"
  s6-svlisten1 -t 20000 -u a s6-svc -u a || why="round $n: up: $?"
  is_up true || why="round $n: not up"
done
is 'down and up, waited for by who orders it' "$why" ''

n=0
why=
while test "$n" -lt "$rounds" && test -z "$why"
do
  n=$((n + 1))
  s6-svc -wD -T 20000 -d a || why="round $n: down: $?"
  s6-svwait -t 20000 -u a & one=$!
  s6-svwait -t 20000 -u a & two=$!
  s6-svc -u a
  s6-svwait -t 20000 -u a & three=$!
  for pid in "$one" "$two" "$three"
  do
    wait "$pid" || why="round $n: $?"
  done
done
is 'three that wait around a u' "$why" ''
ok 'no fifo is left' listeners a 0
letters a xd
ok 'it ends' retry 10 ended a
done_testing
