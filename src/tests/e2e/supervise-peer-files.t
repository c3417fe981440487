#!/bin/sh
# ISC license.
# The same script for s6-supervise of s6 and for ours: what stands in files. The status
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

# What differs on purpose, with the lines of README:
#   "s6-supervise starts a service that has lived a second again at once."        (again)
#   "It tries a start that failed again after 1 s, doubling to 60"                (absent)
#   "A number or a signal in a service's file that is wrong is warned of, and its
#   default holds: the service starts."                                           (numbers)
#   "A service with lock-fd has its lock, and one that finds it taken waits."     (lock)
#   "supervise and event may be links to directories that are there."             (links)

# files with numbers, and signals
scenario_files()
{
  mkdir "$dir"
  echo 300 > "$dir/timeout-kill"
  echo 300 > "$dir/timeout-finish"
  echo 2 > "$dir/max-death-tally"
  echo USR1 > "$dir/down-signal"
  with_finish 'while test -e hang ; do sleep 0.02 ; done'
  begin "$1" 'trap "" TERM' 'trap "exit 3" USR1' 'echo > up' 'while : ; do sleep 0.02 ; done'
  what u 4
  retry 5 test -e "$dir/up"
  rm "$dir/up"
  what r 4 768
  retry 5 test -e "$dir/up"
  what d 8 768
  echo sigterm > "$dir/down-signal"
  rm "$dir/up"
  what u 4
  retry 5 test -e "$dir/up"
  what d 8 9
  : > "$dir/hang"
  what o 0
  what k 2 9
  what '' 8 9
  echo 0 > "$dir/max-death-tally"
  rm "$dir/hang"
  what o 0
  what k 8 9
  what x 8
  left
  end sudDudDudDudDudDx
}
compare files

# wrong numbers: only those for which all have a default
scenario_wrong()
{
  mkdir "$dir"
  for file in timeout-kill timeout-finish max-death-tally down-signal
  do
    echo none > "$dir/$file"
  done
  with_finish 'exit 0'
  begin "$1"
  what u 4
  what d 8 15
  what x 8
  left
  end sudDx
}
compare wrong

# notification-fd 0: 2.15 does not start
scenario_numbers()
{
  mkdir "$dir"
  echo 0 > "$dir/notification-fd"
  begin "$1"
  test "$1" != 2.15 || sides_patience=1
  what u 4
  letters "$dir" dx
  left
}
compare numbers 2.15 's/^u: none 0 12$/u: run 0 4/'

# lock-fd: we have the lock, 2.15 loses it at once; 2.11 does not make the file
scenario_lock()
{
  mkdir "$dir"
  mkdir -m 700 "$dir/supervise"
  : > "$dir/supervise/service-lock"
  echo 5 > "$dir/lock-fd"
  begin "$1" 'readlink /proc/$$/fd/5 > fd' 'exec sleep 100'
  what u 4
  retry 5 test -s "$dir/fd"
  sed 's/.*-lock\/\(s\)/\1/' "$dir/fd"
  if s6-setlock -n "$dir/supervise/service-lock" true 2>/dev/null ; then echo free ; else echo locked ; fi
  what d 8 15
  what x 8
  left
  end sudDx
}
compare lock 2.11 's/^free$/locked/' 2.15 's/^free$/locked/'

# run is absent for a while: we try again after 1 s
scenario_absent()
{
  begin "$1"
  mv "$dir/run" "$dir/nun"
  what u 12
  remains 0.3 has "$dir" "$(status_of "$dir" | cut -d ' ' -f 3)"
  mv "$dir/nun" "$dir/run"
  # s6 waits for 10 s: this is not to be longer on a busy machine
  if ( PATIENCE=2 ; retry 3 has "$dir" 4 ) ; then echo 'tried again' ; fi
  what u 4
  what dx 8 15
  left
  end sudDx
}
compare absent 2.11 '1a tried again' 2.15 '1a tried again'

# a life of more than 1 s: we start again at once
while read -r version
do
  dir=$version-again
  begin "$version" 'read -r up idle < /proc/uptime && echo "$up" >> times' 'sleep 1.1' 'read -r up idle < /proc/uptime && echo "$up" >> times'
  letters "$dir" u
  three_times() { test "$(wc -l < "$dir/times")" -ge 3 ; }
  retry 10 three_times
  letters "$dir" dx
  pause=$(awk '{ t[NR] = $1 } END { print int((t[3] - t[2]) * 1000) }' "$dir/times")
  case $version in
    ours) most 'after 1.1 s ours is started again at once' "$pause" 700 ;;
    *) least "$version waits" "$pause" 900 ;;
  esac
done < known

# links to directories that are there: s6 ends
while read -r version
do
  dir=$version-links
  service "$dir"
  mkdir "$dir/real"
  ln -s real "$dir/supervise"
  case $version in
    ours) supervise "$dir" ; ok 'supervise is a link to a directory: ours is up' retry 5 has "$dir" 4 ; stop "$dir" ;;
    *) exits "$version is not" 111 timeout 10 version "$version" s6-supervise "$dir" ;;
  esac
done < known
done_testing
