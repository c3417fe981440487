#!/bin/sh
# ISC license.
# What s6-svscan can be told: each letter and each signal; programs for signals, finish and crash;
# the same as Debian's where that is meant to be the same.
# timeout: 240
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
with_fakes
signals() { kill -s "$1" "$(pid_of s)" ; }
all_are_told() { tells "$1 a" && tells "$2 a/log" && tells "$3 s6-svscan-log" ; }
fresh()
{
  rm -rf d
  mkdir -p d/a/log d/s6-svscan-log
  : > told
  scan s d
  retry 5 count s 3 && retry 5 sh -c 'test "$(grep -c start told)" -eq 3'
}
how() { if test "${1#SIG}" = "$1" ; then order "$1" d ; else signals "${1#SIG}" ; fi ; }

# the end

for row in 't HUP HUP' 'i HUP HUP' 'q TERM TERM' 'SIGTERM HUP HUP' 'SIGINT HUP HUP' 'SIGQUIT TERM TERM'
do
  # shellcheck disable=SC2086 # words
  set -- $row
  fresh
  how "$1"
  ok "$1: it ends" retry 5 ended s
  ok "services with TERM, loggers with $2, the catch-all one with $3" all_are_told TERM "$2" "$3"
  stop s
  is 'exit code 0' "$status" 0
done
for how in b SIGABRT
do
  fresh
  children=$(supervisors s)
  how "$how"
  ok "$how: it ends at once" retry 5 ended s
  is 'nobody is told' "$(grep -c -e TERM -e HUP told)" 0
  stop s
  is 'exit code 0' "$status" 0
  for pid in $children ; do kill -s KILL "$pid" ; done
done
fresh
order tb d
ok 'tb: told, and not waited for' retry 5 ended s
ok 'all were told' retry 5 all_are_told TERM HUP HUP

# an end is an end, whatever else is told with it

for letters in at ta nt ant hq azt
do
  fresh
  order "$letters" d
  ok "$letters in one: it ends" retry 5 ended s
  ok 'services were told' tells 'TERM a'
done
fresh
kill -s STOP "$(pid_of s)"
signals ALRM
signals TERM
signals HUP
kill -s CONT "$(pid_of s)"
ok 'ALRM, TERM and HUP at once: it ends' retry 5 ended s

# one that does not go, and other orders meanwhile

fresh
stuck=$(supervisor s a)
kill -s STOP "$stuck"
order t d
ok 'who does not end is waited for' retry 5 count s 1
order zahnN d
order t d
ok 'and it still hears' remains 0.3 running s
kill -s CONT "$stuck"
ok 'then it ends' retry 5 ended s
fresh
kill -s STOP "$(supervisor s a)"
order t d
retry 5 count s 1
stuck=$(supervisors s)
order b d
ok 'b ends the waiting' retry 5 ended s
kill -s KILL "$stuck"

# scans, and what is gone

fresh
mkdir d/new d/newer
ok 'nothing is looked for unasked' remains 0.3 tells 'start new' 0
order a d
ok 'a' retry 5 tells 'start new'
rm -r d/new
order a d
ok 'a scan ends nobody' remains 0.3 tells 'TERM new' 0
order n d
ok 'n does' retry 5 tells 'TERM new'
ok 'and nobody else' remains 0.2 count s 4
rm -r d/newer
order n d
ok 'n is about the last scan' remains 0.3 tells 'TERM newer' 0
order na d
ok 'n before a, too' remains 0.3 tells 'TERM newer' 0
order an d
ok 'an' retry 5 tells 'TERM newer'
mkdir d/new
signals ALRM
ok 'ALRM' retry 5 tells 'start new' 2
rm -r d/new d/a
mkdir d/other
order h d
ok 'h: what is gone ends' retry 5 tells 'TERM new' 2
ok 'its logger by HUP' retry 5 tells 'HUP a/log'
ok 'and what is new begins' retry 5 tells 'start other'
mkdir -p d/a/log
rm -r d/other
signals HUP
ok 'HUP: the same' retry 5 tells 'start a/log' 2
ok 'both ways' retry 5 tells 'TERM other'
rm -r d/a
order aN d
ok 'N: its logger by TERM' retry 5 tells 'TERM a/log'
order '' d 2>/dev/null
printf 'Y\n\0' > d/.s6-svscan/control
ok 'an unknown letter is told' retry 5 grep -q 'an order that there is not: "Y"' s.err
head -c 65536 /dev/zero | tr '\0' '~' > d/.s6-svscan/control
ok 'noise is survived' retry 5 sh -c 's6-svscanctl -z d'
most 'in few words' "$(wc -l < s.err)" 300
for signal in USR1 USR2 PWR WINCH PIPE ; do signals "$signal" ; done
ok 'USR1 USR2 PWR WINCH PIPE: nothing' remains 0.2 running s
stop s

# programs for signals

for signal in HUP INT TERM QUIT USR1 USR2 PWR WINCH
do
  fresh
  script "d/.s6-svscan/SIG$signal" "echo \"\$0 \$# \$(pwd)\" > '$WORK/ran'" 'cat /proc/self/status > '"'$WORK/ran.status'"
  rm -f ran
  mkdir d/unseen
  children=$(supervisors s)
  signals "$signal"
  ok "SIG$signal is run" retry 5 test -s ran.status
  is 'as it should be' "$(cat ran)" ".s6-svscan/SIG$signal 0 $WORK/d"
  is 'with no signal blocked' "$(sed -n 's/^SigBlk:[^0-9a-f]*//p' ran.status)" 0000000000000000
  ok 'and nothing else happens' remains 0.1 sh -c '! grep -q -e TERM -e HUP -e unseen told'
  rm -f ran.status
  stop s KILL
  for pid in $children ; do kill -s KILL "$pid" ; done
done
fresh
script d/.s6-svscan/SIGTERM 'exit 0'
chmod 644 d/.s6-svscan/SIGTERM
mkdir d/.s6-svscan/SIGUSR1
signals USR1
signals TERM
ok 'one that cannot be executed: what the signal does otherwise' retry 5 ended s
ok 'all were told' all_are_told TERM HUP HUP
like 'and it is said' "$(cat s.err)" 'unable to execute .s6-svscan/SIGTERM: Permission denied'
fresh
script d/.s6-svscan/SIGTERM 'exit 0'
script d/.s6-svscan/SIGHUP 'exec sleep 1000'
signals HUP
order t d
ok 'letters are not signals; a program is not waited for' retry 5 ended s
fresh
printf '#!/nowhere/interpreter\n' > d/.s6-svscan/SIGINT
chmod 755 d/.s6-svscan/SIGINT
signals INT
ok 'one without its interpreter: the same' retry 5 ended s

# finish and crash

script finish 'echo "$0 $#" > '"'$WORK/finished'" 'cat /proc/self/status > '"'$WORK/finished.status'" 'exit 7'
fresh
cp finish d/.s6-svscan/finish
stop s
is 'it becomes finish' "$status $(cat finished)" '7 .s6-svscan/finish 0'
is 'with no signal blocked' "$(sed -n 's/^SigBlk:[^0-9a-f]*//p' finished.status)" 0000000000000000
# 32 and 33 are glibc's own: whom make has started ignores them, and nobody can change that
is 'or ignored' "$(sed -n 's/^SigIgn:[^0-9a-f]*//p' finished.status | sed 's/^\(0*\)180000000$/\1000000000/')" 0000000000000000
script crash 'echo crash > '"'$WORK/finished'" 'exit 8'
rm -rf d
mkdir d
scan s d
cp finish crash d/.s6-svscan/
chmod 644 d/.s6-svscan/finish
stop s
is 'that cannot be executed: crash' "$status $(cat finished)" '8 crash'
like 'and it is said' "$(cat s.err)" 'unable to execute .s6-svscan/finish: Permission denied'
fresh
mkdir d/.s6-svscan/finish
stop s
is 'no crash: 111' "$status" 111
fresh
printf '#!/nowhere/interpreter\n' > d/.s6-svscan/finish
chmod 755 d/.s6-svscan/finish
stop s
is 'finish without its interpreter: 0' "$status" 0
fresh
script d/.s6-svscan/finish 'exit 7'
children=$(supervisors s)
kill -s STOP "$(pid_of s)"
signals TERM
signals INT
signals ABRT
signals HUP
kill -s CONT "$(pid_of s)"
retry 5 ended s
stop s
is 'signals on its way there do not end it' "$status" 7
# ABRT leaves them: what they are told is not for what comes next
for pid in $children ; do retry 5 tap_gone "$pid" || kill -s KILL "$pid" ; done

# letters and signals, with Debian's

# expect LINES: they come, or `never`, for which a while is waited
expect()
{
  printf '%s\n' "$1" | while read -r expect_line
  do
    expect_seconds=5
    test "$expect_line" != never || expect_seconds=1
    retry "$expect_seconds" tells "$expect_line"
  done
}

outcome()
{
  outcome_who=$1
  rm -rf d
  mkdir -p d/a/log d/gone
  ln -s ../fakes d/.peerbin
  : > told
  # shellcheck disable=SC2086 # words
  start s env --default-signal=INT,QUIT $outcome_who d
  retry 5 sh -c 'test "$(grep -c start told)" -eq 3'
  rm -r d/gone
  mkdir d/new
  outcome_children=$(supervisors s)
  how "$2"
  case $2 in
    *[tiqb]*|SIG[TIQ]*|SIGABRT) retry 5 ended s ; stop s ; echo "exit $status" ;;
    *) expect "$3" ; order z d ;;
  esac
  sort told
  stop s
  # b and SIGABRT leave them
  for outcome_child in $outcome_children ; do tap_gone "$outcome_child" || kill -s KILL "$outcome_child" ; done
}
if test -x "$PEER_S6/usr/bin/s6-svscan"
then
  for row in z a n N h t i q b SIGALRM SIGHUP SIGTERM SIGINT SIGQUIT SIGABRT SIGUSR1
  do
    expected=never
    case $row in
      a|SIGALRM) expected='start new' ;;
      h|SIGHUP) expected=$(printf 'TERM gone\nstart new') ;;
    esac
    ours=$(outcome s6-svscan "$row" "$expected")
    theirs=$(outcome 'peer s6-svscan' "$row" "$expected")
    is "$row: the same as Debian's" "$ours" "$theirs"
  done
else
  skip "the same as Debian's" 'needs tools/fetch-peer'
fi
done_testing
