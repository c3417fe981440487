#!/bin/sh
# ISC license.
# usage: soak-supervision.sh SECONDS [SERVICES]
# Random letters, kills and scans over SERVICES (50) services for so long; by hand. Judges that
# descriptors, memory and zombies of s6-svscan are flat, and that each service was started
# once more than it died. Run may be killed before it has said that it was started: finish is
# told who it was.
# shellcheck disable=SC2016 # variables are for the scripts
TESTS=${TESTS:-$(cd "$(dirname "$0")" && pwd)}
# shellcheck source=tools/tap.sh
. "$TESTS/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
seconds=${1:?seconds}
services=${2:-50}

mkdir d
i=0
while test "$i" -lt "$services"
do
  i=$((i + 1))
  service "d/s$i" 'read -r up idle < /proc/uptime' 'echo "$$ $up" >> begun' 'exec sleep 1000'
  script "d/s$i/finish" 'read -r up idle < /proc/uptime' 'echo "$4 $1 $up" >> finished'
  : > "d/s$i/begun"
  : > "d/s$i/finished"
done
start scan s6-svscan d
all_up() { test "$(cat d/*/begun | wc -l)" -ge "$services" && test "$(s6-svstat -o up d/s1)" = true ; }
ok 'all are up' retry 60 all_up

pid=$(pid_of scan)
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" ; }
open() { find "/proc/$pid/fd" -mindepth 1 | wc -l ; }
zombies() { cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^.*) //' | awk -v pid="$pid" '$1 == "Z" && $2 == pid' | wc -l ; }
random() { od -An -tu4 -N4 /dev/urandom | awk -v n="$1" '{ print $1 % n + 1 }' ; }
up() { for dir in d/s* ; do s6-svstat -o up "$dir" ; done | grep -c true ; }
everyone() { test "$(up)" -eq "$services" ; }

memory=$(memory)
open=$(open)
end=$(($(date +%s) + seconds))
turns=0
while test "$(date +%s)" -lt "$end"
do
  turns=$((turns + 1))
  dir=d/s$(random "$services")
  case $(random 8) in
    1) s6-svc -d "$dir" ;;
    2|3) s6-svc -u "$dir" ;;
    4) s6-svc -k "$dir" ;;
    5) s6-svc -r "$dir" ;;
    6) s6-svc -pcdu "$dir" ;;
    7) s6-svscanctl -an d ;;
    8) for process in $(pgrep -P "$pid" -f "^s6-supervise ${dir#d/}\$") ; do kill -s KILL "$process" ; done ;;
  esac 2>/dev/null
done
diag "$turns turns"
for dir in d/s* ; do until s6-svc -u "$dir" 2>/dev/null ; do sleep 0.1 ; done ; done
ok 'all are up at the end' retry 60 everyone
is 'descriptors' "$(open)" "$open"
most 'memory, KiB' "$(memory)" $((memory + 512))
is 'zombies' "$(zombies)" 0
for dir in d/s*
do
  # numbers come again after a while: a death is of the start before it
  awk -v dir="$dir" -v now="$(s6-svstat -o pid "$dir")" '
    NR == FNR { starts++ ; when[$1, ++begun[$1]] = $2 ; next }
    {
      if (lives[$1] < begun[$1] && when[$1, lives[$1] + 1] <= $3) lives[$1]++
      else if ($2 == 256 && (!($1 in last) || $3 > last[$1] + 10)) unsaid++
      else print dir ": " $1 " died twice, or by itself before it said anything: " $2 ", " $3 - last[$1] " s after the last time"
      last[$1] = $3
    }
    END {
      for (pid in begun) if (begun[pid] - lives[pid] != (pid == now)) print dir ": " pid ": " begun[pid] " starts, " lives[pid] + 0 " deaths"
      if (!(now in begun)) print dir ": " now " has not begun"
      print starts, unsaid + 0 > "/dev/stderr"
    }' "$dir/begun" "$dir/finished" 2>> counts
done > wrong
diag "$(awk '{ starts += $1 ; unsaid += $2 } END { print starts " starts were said, " unsaid " not" }' counts)"
is 'starts are deaths and one' "$(cat wrong)" ''
stop scan
is 'it ends' "$status" 0
done_testing
