#!/bin/sh
# ISC license.
# The same script for s6-supervise of s6 and for ours: each letter and signal. The status
# (but for its labels and numbers of processes), the letters that are told, what finish is told, the
# tally, the down file and the exit code are the same, or the difference is in the list below.
# timeout: 240
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC2329 # functions are called by the name of a scenario
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/sides.sh
. "$TESTS/support/sides.sh"

# what differs in 2.13 is not listed here
readers > known
test "$(wc -l < known)" -gt 1 || skip_all 'needs tools/fetch-peer, and a version whose differences are known'

# What differs. Of 2.11:
#   it has no letters P C K l, no reload-signal, flag-timeout-killpg and flag-newpidns;
#   finish has no fourth argument;
#   "not started yet" is not told: 12 and 8 instead of 13 and 9.
# On purpose, with the line of README:
#   "The letter Q is obeyed."                                                     (queue: 2.15)
#   "A service whose supervisor was killed is taken back by the next one"         (supervise-kill.t)

# not supervised yet, and what is made
scenario_made()
{
  begin "$1"
  (
    cd "$dir" || exit
    stat -c '%n %a %F' supervise supervise/control supervise/status supervise/death_tally event
    stat -c '%n %a %F %s' supervise/lock
  )
  test "$1" != 2.11 || sides_patience=0
  what '' 9
  what x 9
  left
  end sx
}
compare made 2.11 's/none 0 8$/none 0 9/'

# each letter that is a signal
scenario_signals()
{
  begin "$1" 'for s in ALRM ABRT QUIT HUP TERM INT USR1 USR2 WINCH ; do trap "echo $s >> log" "$s" ; done' 'echo up > log' 'while : ; do sleep 0.02 ; done'
  letters "$dir" u
  retry 5 test -s "$dir/log"
  what '' 4
  for letter in a b q h t i 1 2 y r
  do
    count=$(wc -l < "$dir/log")
    letters "$dir" "$letter"
    retry 5 more "$dir/log" "$count"
    echo "$letter: $(tail -n 1 "$dir/log")"
  done
  what z 4
  what p 5
  what c 4
  what k 4 9
  what O 0 9
  what k 8 9
  what x 8 9
  left
  end sudDudDx
}
more() { test "$(wc -l < "$1")" -gt "$2" ; }
compare signals

# d u o O in each state, in every order of two
scenario_wanted()
{
  begin "$1"
  what O 8
  what u 4
  what O 0
  what u 4
  what o 0
  what u 4
  what d 8 15
  what uO 0
  what d 8 15
  what o 0
  what k 8 9
  what udud 8 15
  what ou 4
  what x 4
  what d 8 15
  left
  end sudDudDudDudDudDx
}
compare wanted

scenario_paused()
{
  begin "$1"
  what u 4
  what p 5
  what O 1
  what u 5
  what d 8 15
  what u 4
  what pc 4
  what pd 8 15
  what x 8
  left
  end sudDudDx
}
compare paused

# finish: its arguments, letters meanwhile, 125
scenario_finish()
{
  with_finish 'while test -e hang ; do sleep 0.02 ; done' 'exit "$(cat code)"'
  echo 3 > "$dir/code"
  : > "$dir/hang"
  echo 0 > "$dir/timeout-finish"  # it hangs for as long as a busy machine takes for what follows
  begin "$1" 'trap "exit 7" USR1' 'while : ; do sleep 0.02 ; done'
  what o 0
  what k 2 9
  what u 6 9
  what O 2 9
  what o 2 9
  what d 2 9
  what abqhkti12ypc 2 9
  rm "$dir/hang"
  what '' 8 9
  echo "finish: $(cat "$dir/finished")"
  what u 4
  echo 125 > "$dir/code"
  retry 5 catches "$(run_of "$dir")"
  letters "$dir" 1
  what '' 8 1792
  echo "finish: $(cat "$dir/finished")"
  what x 8
  left
  end sudDudODx
}
# that it catches USR1
catches() { test $((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status") & 512)) -ne 0 ; }
compare finish 2.11 's/^\(finish: [0-9]* [0-9]*\) 3$/\1 4/'

# the down file
scenario_down()
{
  begin "$1"
  what U 4
  ls "$dir/down" 2>/dev/null
  what D 8 15
  ls "$dir/down"
  what UO 0 15
  ls "$dir/down" 2>/dev/null
  what D 8 15
  ls "$dir/down"
  what U 4
  what x 4
  what d 8 15
  left
  end sudDudDudDx
}
compare down 2.11 's/2\.11-/ours-/' 2.15 's/2\.15-/ours-/'

# Q: 2.15 does nothing
scenario_queue()
{
  begin "$1"
  what U 4
  test "$1" != 2.15 || sides_patience=0
  what Q 0
  sides_patience=5
  ls "$dir/down" 2>&1
  what d 8 15
  what x 8
  left
  end sudDx
}
compare queue 2.11 's/2\.11-/ours-/' \
  2.15 "s/^Q: run 0 4/Q: run 0 0/; s/^ls: .*/ours-queue\/down/; s/^no down/a down/"

# readiness
scenario_ready()
{
  mkdir "$dir"
  echo 5 > "$dir/notification-fd"
  begin "$1" 'printf noise >&5' 'while test ! -e go ; do sleep 0.02 ; done' 'printf "more\nand more" >&5' 'trap "exit 1" TERM' 'echo > trapped' 'while : ; do sleep 0.02 ; done'
  what u 4
  : > "$dir/go"
  what '' 12
  what p 13
  what c 12
  what O 8
  what u 12
  rm -f "$dir/trapped"
  letters "$dir" k
  retry 5 ready_again
  what '' 12 9
  retry 5 test -e "$dir/trapped"
  what d 8 256
  what x 8
  left
  end suUdDuUdDx
}
ready_again() { has "$dir" 12 9 && test "$(run_of "$dir")" -gt 0 ; }
compare ready

# EOF instead of a newline
scenario_eof()
{
  mkdir "$dir"
  echo 5 > "$dir/notification-fd"
  begin "$1" 'exec 5>&-' 'exec sleep 100'
  what u 4
  remains 0.3 has "$dir" 4
  what '' 4
  what d 8 15
  what x 8
  left
  end sudDx
}
compare eof

# signals to the supervisor: while it is up, and down
for signal in TERM HUP INT QUIT
do
  eval "scenario_up_$signal() { signalled \"\$1\" $signal up ; }
    scenario_down_$signal() { signalled \"\$1\" $signal down ; }"
done
signalled()
{
  begin "$1" 'trap "exit 4" INT TERM' 'echo > ready' 'while : ; do sleep 0.02 ; done'
  test "$3" = down || { what u 4 ; retry 5 test -e "$dir/ready" ; }
  kill -s "$2" "$(pid_of "$dir")"
  case $2 in
    HUP) if test "$3" = up ; then remains 0.2 running "$dir" && echo stays ; letters "$dir" d ; fi ;;
  esac
  left
  end "$(case $2$3 in INTup|QUITup) echo sux ;; *up) echo sudDx ;; *) echo sx ;; esac)"
  state
  if test "$3" = up
  then
    run=$(cat "$dir/run.pid")
    case $2 in QUIT) tap_gone "$run" || echo lives ; kill -s KILL "$run" ;; *) retry 5 tap_gone "$run" && echo dead ;; esac
  fi
}
for signal in TERM HUP INT QUIT
do
  compare "up_$signal"
  compare "down_$signal" 2.11 's/^none 0 8$/none 0 9/'
done

done_testing
