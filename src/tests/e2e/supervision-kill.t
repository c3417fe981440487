#!/bin/sh
# ISC license.
# Whoever is killed in a tree, svscan, supervisors, run, finish, the logger: no second copy, no lost
# line, no forgotten restart, no fifo left behind, and what was supervised is so again soon.
# ROUNDS (3) is how often each of them is killed in each state.
# timeout: 300
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC2329 # functions are called by the name of a state
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/lines.sh
. "$TESTS/support/lines.sh"
need pgrep
soon=2
long=10

mkdir d
lined d/s
chmod 755 d
start scan s6-svscan d

field() { s6-svstat -o "$1" "$2" 2>/dev/null ; }
is_up() { test "$(alive ds.lives)/$(alive ds.loggers)" = "$(field pid d/s)/$(field pid d/s/log)" && test "$(field up d/s)" = true ; }
is_down() { test "$(field up d/s)" = false && test "$(field wantedup d/s)" = false && test -z "$(alive ds.lives)" && one_of ds.loggers ; }
in_finish() { test "$(od -An -tu1 -j34 -N1 d/s/supervise/status | tr -d ' ')" -eq 6 && ! tap_gone "$(cat d/s/finish.pid)" ; }

 # who holds the lock of a directory
supervisor_of()
{
  for process in $(pgrep -f "^s6-supervise $1\$")
  do
    test "$(readlink "/proc/$process/cwd")" != "$WORK/d/$1" || echo "$process"
  done
}
supervised() { s6-svok d/s && s6-svok d/s/log && test "$(supervisor_of s | wc -l)$(supervisor_of s/log | wc -l)" = 11 ; }

up_begin() { retry "$long" is_up ; }
up_check() { retry "$soon" supervised && retry "$long" is_up ; }
up_end() { :; }
down_begin() { s6-svc -d d/s && retry "$long" is_down ; }

 # a new supervisor knows of no order of before: it has a down file to go by, or starts it
down_check()
{
  retry "$soon" supervised || return
  case $1 in
    supervisor) retry "$long" is_up ;;
    *) retry "$long" is_down ;;
  esac
}
down_end() { s6-svc -u d/s && retry "$long" is_up ; }
finish_begin() { : > d/s/hang ; retry "$long" is_up && s6-svc -k d/s && retry "$long" in_finish ; }
finish_check()
{
  retry "$soon" supervised || return
  if test "$1" = finish ; then rm d/s/hang ; retry "$long" is_up ; return ; fi
  retry "$long" in_finish && test -z "$(alive ds.lives)"
}
finish_end() { rm -f d/s/hang ; retry "$long" is_up ; }

victim()
{
  case $1 in
    svscan) pid_of scan ;;
    supervisor) supervisor_of s ;;
    run) field pid d/s ;;
    finish) cat d/s/finish.pid ;;
    logger) field pid d/s/log ;;
    logger-supervisor) supervisor_of s/log ;;
  esac
}

 # a new svscan beside the supervisors of the old one; then they end, and it has its own
take_over()
{
  start scan s6-svscan d
  "$1_check" svscan || return
  rm -f d/s/hang
  s6-svc -xd d/s
  s6-svc -xd d/s/log  # it would not see an end: svscan has the pipe, too
  retry $((8 * soon)) is_new
}
is_new() { supervised && is_up && test "$(parent_of "$(supervisor_of s)")$(parent_of "$(supervisor_of s/log)")" = "$(pid_of scan)$(pid_of scan)" ; }
parent_of() { sed -n 's/^PPid:[^0-9]*//p' "/proc/$1/status" ; }

 # VICTIM STATE: prints what is wrong
round()
{
  "$2_begin" || { echo 'it cannot begin' ; return ; }
  pid=$(victim "$1")
  s6-svwait -t 60000 -R d/s &
  waiter=$!
  retry 5 listeners d/s 1 || echo 'nobody waits'
  kill -s KILL "$waiter"
  wait "$waiter" 2>/dev/null
  kill -s KILL "$pid" || { echo 'it cannot be killed' ; return ; }
  if test "$1" = svscan
  then
    wait "$pid" 2>/dev/null
    take_over "$2" || echo "not taken over: $(s6-svstat d/s) $(s6-svstat d/s/log) $(alive ds.lives) $(alive ds.loggers) $(supervisor_of s) $(supervisor_of s/log)"
    return
  fi
  "$2_check" "$1" || echo "not as it was: $(s6-svstat d/s) $(s6-svstat d/s/log) $(alive ds.lives) $(alive ds.loggers) $(supervisor_of s) $(supervisor_of s/log)"
  "$2_end" || echo "not up: $(s6-svstat d/s)"
  # who was killed without an event after it has left a fifo, and the next event removes that
  listeners d/s 0 || { s6-svc -t d/s && retry 5 listeners d/s 0 ; } || echo 'a fifo is left'
}

for row in 'supervisor up' 'supervisor down' 'supervisor finish' 'run up' 'finish finish' \
  'logger up' 'logger down' 'logger finish' 'logger-supervisor up' 'logger-supervisor down' 'logger-supervisor finish' \
  'svscan up' 'svscan down' 'svscan finish'
do
  n=0
  : > wrong
  while test "$n" -lt "${ROUNDS:-3}" && ! test -s wrong
  do
    n=$((n + 1))
    # shellcheck disable=SC2086 # two words
    round $row >> wrong
  done
  is "kill -9: $row" "$(cat wrong)" ''
done

ok 'all is up' retry "$long" is_up
stop scan
is 'svscan ends' "$status" 0
is 'no copy is left' "$(alive ds.lives)$(alive ds.loggers)$(supervisor_of s)$(supervisor_of s/log)" ''
is 'no line is lost' "$(wrong_lines d/s)" ''
least 'there were lines' "$(wc -l < ds.lines)" 1000
done_testing
