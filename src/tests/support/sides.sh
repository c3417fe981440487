# shellcheck shell=sh disable=SC2016,SC2154 # variables of the scripts, and of other files
# ISC license.
#
# The same script for supervisors of each version: sourced after services.sh. `versions > known`
# comes first.
#
#   compare SCENARIO [VERSION SED]...
#                              runs scenario_SCENARIO VERSION for each, in $dir; what they print
#                              is the same, after what VERSION's prints was edited by SED
#   begin V [LINE...]          a service of these lines, that is listened to, and not started
#   with_finish [LINE...]      before that: its finish
#   what LETTERS FLAGS [WSTAT] sends them, waits for that status ($sides_patience seconds, 5),
#                              and prints what the status is then
#   state                      prints the status, with the name of the process for its number
#   left                       waits until the supervisor ends, and prints its exit code
#   end LETTERS                waits until that was told; prints what was, the tally, how finish
#                              was called, and whether there is a down file

what()
{
  test -z "$1" || letters "$dir" "$1" || echo 'nobody listens'
  sides_letters=$1
  shift
  retry "$sides_patience" has "$dir" "$@"
  retry 1 named
  echo "$sides_letters: $(state)"
}

named()
{
  case $(state) in
    [0-9]*) return 1 ;;
  esac
}

state()
{
  sides_state=$(status_of "$dir")
  sides_pid=${sides_state%% *}
  case $sides_pid in
    0) echo "none ${sides_state#* }" ;;
    "$(cat "$dir/run.pid" 2>/dev/null)") echo "run ${sides_state#* }" ;;
    "$(cat "$dir/finish.pid" 2>/dev/null)") echo "finish ${sides_state#* }" ;;
    *) echo "$sides_state" ;;
  esac
}

begin()
{
  sides_version=$1
  shift
  test "$#" -gt 0 || set -- 'exec sleep 100'
  service "$dir" 'echo "$$" > run.pid' "$@"
  : > "$dir/down"
  version_here "$sides_version" "$dir"
  listen "$dir"
  supervise "$dir" version "$sides_version" s6-supervise
}

with_finish()
{
  mkdir -p "$dir"
  script "$dir/finish" 'echo "$$" > finish.pid' 'echo "$1 $2 $#" > finished' "$@"
}

end()
{
  retry 5 hears "$dir" "$1" || true
  echo "told: $(heard "$dir")"
  echo "tally: $(tally_of "$dir" | tr '\n' ,)"
  if test -e "$dir/finished" ; then echo "finish: $(cut -d ' ' -f 1-2 "$dir/finished")" ; fi
  if test -e "$dir/down" ; then echo 'a down file' ; else echo 'no down file' ; fi
}

left()
{
  retry 5 ended "$dir"
  stop "$dir"
  echo "exit code $status"
}

compare()
{
  scenario=$1
  shift
  while read -r version
  do
    dir=$version-$scenario
    sides_patience=5
    "scenario_$scenario" "$version" < /dev/null > "$dir.saw" 2>&1
    # both are over: nothing is left to be ended at the end of the test
    stop "listener$services_number"
    rm "$WORK/.started/listener$services_number" "$WORK/.started/$dir"
  done < known
  while test "$#" -gt 0
  do
    if test -e "$1-$scenario.saw" ; then sed -i -e "$2" "$1-$scenario.saw" ; fi
    shift 2
  done
  sed 1d known | while read -r version
  do
    cmp -s "ours-$scenario.saw" "$version-$scenario.saw" || echo "$version"
  done > unlike
  is "$scenario, as in $(sed 1d known | tr '\n' ' ')" "$(cat unlike)" ''
  while read -r version
  do
    diag "$(diff -u "$version-$scenario.saw" "ours-$scenario.saw" | sed 1,2d)"
  done < unlike
  least "$scenario: there was something to see" "$(wc -l < "ours-$scenario.saw")" 2
}
