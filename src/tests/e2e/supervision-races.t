#!/bin/sh
# ISC license.
# Waiting for what is ordered at once, many times: the change may come before, while or after
# the waiting one subscribes. s6-svscan, whose supervisors die, whose services go. ROUNDS (20) is how often.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
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

# s6-svscan: scans while supervisors die; a service with a logger comes and goes
mkdir d away
for name in one two x
do
  service "d/$name" 'echo "$$" >> pids' 'exec sleep 1000'
  service "d/$name/log" 'exec cat > /dev/null'
done
scan s d
all_up() { for dir in d/* d/*/log ; do has "$dir" 4 || return 1 ; done ; }
retry 20 all_up
open() { find "/proc/$(pid_of s)/fd" -mindepth 1 | wc -l ; }
open_before=$(open)
n=0
while test "$n" -lt $((rounds / 2))
do
  n=$((n + 1))
  victim=$(supervisors s | sed -n "$((n % 6 + 1))p")
  { test -z "$victim" || kill -s KILL "$victim" ; } & killer=$!
  case $((n % 3)) in
    0) order a d ;;
    1) order an d ;;
    2) order h d ;;
  esac
  wait "$killer"
  mv d/x away/x
  order an d
  mv away/x d/x
  order a d
done
ok 'all are up in the end' retry 90 all_up
ok 'with a supervisor each' retry 90 count s 6
alive()
{
  living=0
  while read -r pid ; do tap_gone "$pid" || living=$((living + 1)) ; done < "d/$1/pids"
  test "$living" -eq 1
}
for name in one two x ; do ok "one process of $name lives" retry 10 alive "$name" ; done
is 'as many descriptors as before' "$(open)" "$open_before"
is 'and pipes' "$(find d/.s6-svscan -name 'pipe:*' | wc -l)" 3
stop s
is 's6-svscan ends' "$status" 0
is 'and leaves no pipe' "$(find d/.s6-svscan -name 'pipe:*' | wc -l)" 0
done_testing
