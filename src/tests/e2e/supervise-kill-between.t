#!/bin/sh
# ISC license.
# s6-supervise is killed while finish runs, while run waits for a lock, and while it starts run, and
# started again: no second run, and nothing is forgotten.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC2154 # run is what kills.sh sets
# shellcheck disable=SC2329 # functions are called by the name of a state
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/kills.sh
. "$TESTS/support/kills.sh"

# finish runs: no run before it is over
finishing_begin()
{
  : > "$1/hang"
  letters "$1" u
  retry 5 has "$1" 4 && letters "$1" k && retry 5 has "$1" 6 9 && finish=$(run_of "$1")
}
finishing_check()
{
  test "$(status_of "$1")" = "$finish 9 6" && test "$(copies "$1")" -eq 0 || return 1
  rm "$1/hang"
  retry 5 over "$1" && letters "$1" u && retry 5 has "$1" 4 9 && retry 5 one_copy "$1"
}
over() { has "$1" 12 || has "$1" 4 ; }
finishing_end() { letters "$1" d ; retry 5 down_is "$1" 15 ; }
make finishing
rounds finishing finishing

# it waits for the lock that another one has
waiting_begin() { letters "$1" u ; retry 5 has "$1" 4 && run=$(run_of "$1") ; }
waiting_check() { test "$(status_of "$1")" = "$run $wstat 4" && ! tap_gone "$run" && test "$(copies "$1")" -eq 0 ; }
waiting_end() { ended_unknown "$1" && wstat=65280 ; }
wstat=0
mkdir -p waiting/supervise
chmod 700 waiting/supervise
echo 5 > waiting/lock-fd
start holder s6-setlock -n waiting/supervise/service-lock sh -c 'echo ready ; exec sleep 1000'
ready holder
make waiting
rounds waiting waiting 'child ' 'service-lock '
letters waiting u
retry 5 has waiting 4
run=$(run_of waiting)
dies waiting
stop holder
ok 'the lock is free: what waited runs, though nobody supervises it' retry 5 one_copy waiting
again waiting
is 'and it is taken back' "$(run_of waiting)" "$run"
letters waiting d
ok 'd ends it' retry 5 down_is waiting 65280

# while it starts run, again and again
spawning_begin()
{
  : > "$1/hurry"
  : > "$1/lives"
  start storm sh -c 'exec 3> "$1/supervise/control" ; while printf u >&3 ; do : ; done' sh "$1"
  retry 5 more_lives "$1" "$((round % 7))" || return 1
  rm "$1/hurry"
}
more_lives() { test "$(wc -l < "$1/lives")" -gt "$2" ; }
one_runs() { has "$1" 4 && one_copy "$1" ; }
spawning_check() { stop storm KILL ; letters "$1" u ; retry 5 one_runs "$1" && remains 0.1 one_runs "$1" ; }
spawning_end() { letters "$1" d ; retry 5 has "$1" 8 && test "$(copies "$1")" -eq 0 ; }
mkdir spawning
: > spawning/down
make spawning 'test ! -e hurry || exit 0'
rounds spawning spawning
done_testing
