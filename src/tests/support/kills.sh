# shellcheck shell=sh disable=SC2016,SC2154 # variables of the scripts, and of other files
# ISC license.
#
# Supervisors that are killed: sourced after services.sh.
#
#   make DIR [LINE...]         a service that is supervised, tells who it is, and has a finish
#   copies DIR                 how many processes of its run live
#   one_copy DIR               whether that is one (use it with retry)
#   again DIR                  starts s6-supervise once more
#   rounds DIR STATE [CHILD [OTHERS]]
#                              20 times: STATE_begin brings it there, it is killed, it is started,
#                              STATE_check judges, STATE_end has it down. Last, what is in
#                              supervise/: CHILD ('child ') and OTHERS are names that may be there
#   same DIR WSTAT FLAGS       whether the status says so, of $run, which is the only copy
#   down_is DIR WSTAT          whether it is down, and not wanted
#   ended_unknown DIR          d ends $run, which is adopted: how is not known

copies()
{
  kills_copies=0
  while read -r kills_pid
  do
    test "$(readlink "/proc/$kills_pid/cwd")" != "$WORK/$1" || kills_copies=$((kills_copies + 1))
  done < "$1/lives"
  echo "$kills_copies"
}

one_copy()
{
  test "$(copies "$1")" -eq 1
}

# The old one's child may have its lock still, for as long as it is about to execute.
again()
{
  kills_tries=0
  until supervise "$1"
  do
    kills_tries=$((kills_tries + 1))
    test "$kills_tries" -lt 100 || return 1
  done
}

kills_files() { echo "$(cd "$1/supervise" && echo *) $(cd "$1/event" && echo *)" ; }

rounds()
{
  round=0
  kills_why=
  while test "$round" -lt 20 && test -z "$kills_why"
  do
    round=$((round + 1))
    "$2_begin" "$1" || { kills_why='cannot begin' ; break ; }
    dies "$1"
    again "$1" || { kills_why='does not start again' ; break ; }
    "$2_check" "$1" || kills_why=${kills_why:-$(status_of "$1"), $(copies "$1") copies}
    "$2_end" "$1" || kills_why=${kills_why:-does not end: $(status_of "$1"), $(cat "$1/finished")}
  done
  is "killed 20 times: $2" "${kills_why:+in round $round: }$kills_why" ''
  is "no file is left: $2" "$(kills_files "$1")" "${3-child }control death_tally lock ${4-}status $(cd "$1/event" && echo ftrig1*)"
}

make()
{
  kills_made=$1
  shift
  service "$kills_made" 'echo "$$" >> lives' "$@" 'exec sleep 1000'
  script "$kills_made/finish" 'echo "$*" > finished.made && mv finished.made finished' 'while test -e hang ; do sleep 0.02 ; done'
  echo 0 > "$kills_made/timeout-finish"  # a busy machine may take more than five seconds
  : > "$kills_made/lives"
  listen "$kills_made"
  supervise "$kills_made"
}

same()
{
  test "$(status_of "$1")" = "$run $2 $3" && one_copy "$1" && ! tap_gone "$run"
}

down_is() { test "$(status_of "$1")" = "0 $2 8" ; }

ended_unknown()
{
  rm -f "$1/finished"
  letters "$1" d
  retry 5 down_is "$1" 65280 || return 1
  test "$(cat "$1/finished")" = "256 0 $1 $run" || return 1
  test "$(tally_of "$1" | tail -n 1)" = '255 0' || return 1
  test "$(copies "$1")" -eq 0
}
