#!/bin/sh
# ISC license.
# s6-supervise: each file of a service directory, and the letters and signals that go with it;
# those that name descriptors are in supervise-fds.t.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

holds() { grep -q "$1" "$2" ; }
content() { test "$(cat "$1" 2>/dev/null)" = "$2" ; }
gone() { tap_gone "$1" ; }
lines() { test "$(wc -l < "$1")" -ge "$2" ; }
trapping='for s in ALRM ABRT QUIT HUP TERM INT USR1 USR2 WINCH CONT ; do trap "echo $s >> log" "$s" ; done ; echo up >> log ; while : ; do sleep 0.02 ; done'

with() { echo "$1 $2" | tr ' ' '\n' | sort -nu | tr '\n' ' ' | sed 's/ $//' ; }

# These take 5 s: they go on beside the others.
# timeout-finish: absent and 0
service absent 'exec sleep 100'
script absent/finish 'exec sleep 100'
service never 'exec sleep 100'
script never/finish 'exec sleep 100'
echo 0 > never/timeout-finish
for name in never absent
do
  listen "$name"
  supervise "$name"
  retry 5 has "$name" 4
  letters "$name" dk
  retry 5 has "$name" 2
done
read -r begun _ < /proc/uptime

# next-start, of a supervisor that was killed
service stale 'exec sleep 100'
mkdir stale/supervise
echo old > stale/supervise/next-start
supervise stale
retry 5 has stale 4
ok 'what the last supervisor told of the next start is taken away' test ! -e stale/supervise/next-start

# timeout-kill
service k 'trap "" TERM' 'echo up >> log' 'while : ; do sleep 0.05 ; done'
echo 1500 > k/timeout-kill
supervise k
retry 5 lines k/log 1
letters k tr
ok 't and r do not arm timeout-kill' stays 1.8 has k 4
letters k d
ok 'd does' stays 0.1 has k 0
ok 'then run is killed' retry 5 has k 8 9
letters k u
retry 5 lines k/log 2
retry 5 has k 4
letters k p
retry 5 has k 5
letters k d
ok 'one that is stopped goes on, and is killed' retry 5 has k 8 9
letters k u
retry 5 lines k/log 3
kill -s TERM "$(pid_of k)"
ok 'TERM to the supervisor arms it' retry 5 ended k
is 'killed' "$(status_of k)" '0 9 8'
# 0 is never
service k0 'trap "" TERM' 'echo up >> log' 'while : ; do sleep 0.05 ; done'
printf '0\n' > k0/timeout-kill
supervise k0
retry 5 lines k0/log 1
letters k0 d
ok 'timeout-kill 0: never' stays 0.4 has k0 0
letters k0 k
# u comes after d: killed all the same, and started again
service k1 'trap "" TERM' 'echo up >> log' 'while : ; do sleep 0.05 ; done'
echo 300 > k1/timeout-kill
supervise k1
retry 5 lines k1/log 1
letters k1 du
ok 'u after d: killed all the same, and started again' retry 5 lines k1/log 2
ok 'it is wanted up' retry 5 has k1 4 9

# flag-timeout-killpg
for flag in absent present
do
  service "g$flag" 'trap "" TERM' '( exec sleep 100 ) &' 'echo "$!" > other' 'echo up >> log' 'while : ; do sleep 0.05 ; done'
  echo 100 > "g$flag/timeout-kill"
  test "$flag" = absent || : > "g$flag/flag-timeout-killpg"
  supervise "g$flag"
  retry 5 lines "g$flag/log" 1
  letters "g$flag" d
  ok "flag-timeout-killpg $flag: run is killed" retry 5 has "g$flag" 8 9
done
not_ok 'without it: run alone' gone "$(cat gabsent/other)"
kill -s KILL "$(cat gabsent/other)"
ok 'with it: its group, too' retry 5 gone "$(cat gpresent/other)"

# timeout-finish
service f 'exit 1'
script f/finish 'trap "" TERM' 'echo "$$" > pid' 'while : ; do sleep 0.05 ; done'
echo 2000 > f/timeout-finish
: > f/down
listen f
supervise f
letters f o
ok 'finish runs' retry 5 has f 2
ok 'for timeout-finish' stays 0.1 has f 2
ok 'then it is killed' retry 5 hears f sudD
is 'the wait status is that of run' "$(status_of f)" '0 256 8'

# down-signal, reload-signal, and the letters that are signals
service s "$trapping"
supervise s
retry 5 lines s/log 1
for row in a:ALRM b:ABRT q:QUIT h:HUP t:TERM i:INT 1:USR1 2:USR2 y:WINCH c:CONT r:TERM l:HUP
do
  : > s/log
  letters s "${row%:*}"
  ok "letter ${row%:*}: ${row#*:}" retry 5 content s/log "${row#*:}"
done
for name in USR1 SIGUSR1 usr1 sigusr1 10
do
  : > s/log
  echo "$name" > s/down-signal
  echo "$name" > s/reload-signal
  letters s r
  ok "down-signal $name" retry 5 content s/log USR1
  : > s/log
  letters s l
  ok "reload-signal $name" retry 5 content s/log USR1
done
: > s/log
printf 'WINCH' > s/down-signal
letters s d
ok 'd: down-signal, without a newline there, and CONT' retry 5 holds CONT s/log
like 'both' "$(sort s/log | tr '\n' ' ')" '^CONT WINCH $'
ok 'not wanted' retry 5 has s 0
letters s u
is 'wanted again: the status' "$(retry 5 has s 4 && echo yes)" yes
letters s p
ok 'p: stopped' retry 5 has s 5
stopped() { case $(sed 's/^.*) //' "/proc/$1/stat") in T*) return 0 ;; esac ; return 1 ; }
ok 'it is' retry 5 stopped "$(run_of s)"
letters s c
ok 'c: goes on' retry 5 has s 4
is 'it does' "$(retry 5 eval '! stopped "$(run_of s)"' && echo yes)" yes
letters s k
ok 'k: killed, and started again' retry 5 has s 4 9
# to the group
service t 'sleep 100 &' 'echo "$!" > other' "$trapping"
supervise t
retry 5 lines t/log 1
letters t P
ok 'P: stopped, with its group' retry 5 stopped "$(cat t/other)"
ok 'the status' retry 5 has t 5
letters t C
ok 'C: goes on' retry 5 has t 4
is 'with its group' "$(retry 5 eval '! stopped "$(cat t/other)"' && echo yes)" yes
other=$(cat t/other)
letters t OK
ok 'K: killed' retry 5 has t 8 9
ok 'with its group' retry 5 gone "$other"

# down, and the letters that make and remove it
service d 'exec sleep 100'
printf x > d/down
supervise d
is 'down: not started' "$(status_of d)" '0 0 9'
letters d O
ok 'O: no more "not started yet"' retry 5 has d 8
letters d U
ok 'U starts it' retry 5 has d 4
not_ok 'and removes the file' test -e d/down
pid=$(run_of d)
letters d Q
ok 'Q: not wanted' retry 5 has d 0
ok 'the file is made' test -f d/down
is 'run is not touched' "$(run_of d)" "$pid"
letters d U
retry 5 has d 4
letters d D
ok 'D: down' retry 5 has d 8 15
ok 'the file is made' test -f d/down
letters d UQ
ok 'U, then Q, in order' retry 5 has d 0
ok 'the file is there' test -f d/down
letters d UUd
ok 'U, U, d' retry 5 has d 8
not_ok 'the file is not' test -e d/down
letters d o
retry 5 has d 0
letters d k
ok 'o: once' retry 5 has d 8 9
ok 'and not again' stays 1.2 has d 8

# max-death-tally
service m 'exit "$(cat code)"'
: > m/down
supervise m
die() { echo "$1" > m/code ; letters m o ; retry 5 has m 8 $(($1 * 256)) ; }
for code in 1 2 3 ; do die "$code" ; done
is 'the tally, the oldest first' "$(tally_of m | tr '\n' ,)" '1 0,2 0,3 0,'
is '14 bytes each' "$(wc -c < m/supervise/death_tally)" 42
is 'its first is a label' "$(od -An -v -tx1 -N4 m/supervise/death_tally | tr -d ' ')" 40000000
echo 2 > m/max-death-tally
die 4
is 'max-death-tally 2: the two newest' "$(tally_of m | tr '\n' ,)" '3 0,4 0,'
echo 0 > m/max-death-tally
die 5
is '0: none is added' "$(tally_of m | tr '\n' ,)" '3 0,4 0,'
echo 4097 > m/max-death-tally
die 6
is 'more than can be: as if it were absent' "$(tally_of m | tr '\n' ,)" '3 0,4 0,6 0,'
like 'with a warning that names it' "$(cat m.err)" 'warning: max-death-tally: number too large: ignored'
stop m
supervise m
is 'a new supervisor begins with none' "$(wc -c < m/supervise/death_tally)" 0

# flag-newpidns
if unshare -pf true 2>/dev/null
then
  service p 'echo "$$" > pid' 'echo >&5' 'trap "exit 4" TERM' 'while : ; do sleep 0.02 ; done'
  : > p/flag-newpidns
  echo 5 > p/notification-fd
  listen p
  supervise p
  ok 'flag-newpidns: ready' retry 5 hears p suU
  is 'it is process 1' "$(cat p/pid)" 1
  is 'we know it by another number' "$(sed -n 's/^NSpid:[[:space:]]*//p' "/proc/$(run_of p)/status")" "$(printf '%s\t1' "$(run_of p)")"
  like 'as supervise/child does' "$(cat p/supervise/child)" "^$(run_of p) "
  letters p d
  ok 'd ends it' retry 5 has p 8 1024
else
  for name in 'flag-newpidns: ready' 'it is process 1' 'we know it by another number' 'as supervise/child does' 'd ends it'
  do
    skip "$name" 'no PID namespace is to be had'
  done
fi

# what was begun at the start
ok 'timeout-finish absent: finish is killed' retry 20 hears absent sudD
read -r now _ < /proc/uptime
least 'not before 5 s' "$(awk -v a="$begun" -v b="$now" 'BEGIN { print int((b - a) * 1000) }')" 4900
ok 'timeout-finish 0: never' stays 0.5 has never 2
done_testing
