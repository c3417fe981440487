#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # for inner shells; words
# s6-fdholder-notifyd: a holder that refuses, goes away, is stopped, or slow.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/notifyd.sh
. "$TESTS/support/notifyd.sh"

# Rights go, and the holder goes.

allow_all rules2
echo '^p/good' > rules2/uid/default/env/S6_FDHOLDER_STORE_REGEX
start_holder second s3 -i rules2
ready second
run s6-fdholder-notifyd -p p/ s3 n sh -c "$(stored 'FDSTORE=1\nFDNAME=bad' -f 5) ; $(stored 'FDSTORE=1\nFDNAME=good' -f 5)" 5< five.f
is 'what is refused is not waited for' "$(s6-fdholder-list s3)$(lines out)" p/good
like 'and told' "$(cat err)" 'does not take "*p/bad"*: Operation not permitted'

start lasting s6-fdholder-notifyd -t 5000 -p p/ s3 n sh -c "printf 'FDSTORE=1\nFDNAME=good2' | notify-send -f 5 -b 60000 ; echo > ready2
until test -e away ; do sleep 0.1 ; done
printf 'FDSTOREREMOVE=1\nFDNAME=good2' | notify-send -b 60000 & printf 'FDSTORE=1\nFDNAME=good3' | notify-send -f 5 -b 60000 && echo > stored3
exec sleep 1000" 5< five.f
retry 20 test -e ready2
stop second KILL
ok 'a holder that goes is missed' retry 20 complains 'is lost: .*: trying again' lasting.err
echo > away
start_holder third s3 -i rules2
ready third
ok 'what it is told meanwhile is done when there is one again' retry 60 test -e stored3
is 'and what it held before, too' "$(s6-fdholder-list s3 | sort | tr '\n' ' ')" 'p/good p/good3 '
ok 'that it is back is told' complains 'is back' lasting.err
stop third KILL
stop lasting
is 'without a holder it ends all the same' "$status" 143

# A holder that is stopped answers nobody: the program does not wait for it for ever.

start_holder fourth s4 -i rules2
ready fourth
start patient s6-fdholder-notifyd -t 1000 -p p/ s4 n sh -c "trap 'exit 6' TERM ; echo > up ; until test -e go ; do sleep 0.1 ; done
printf 'FDSTORE=1\nFDNAME=good' | notify-send -f 5 -b 60000 & while : ; do sleep 0.1 ; done" 5< five.f
retry 20 test -e up
kill -s STOP "$(pid_of fourth)"
echo > go
ok 'a holder that does not answer is given up' retry 20 complains 'is lost: .*timed out' patient.err
kill -s TERM "$(pid_of patient)"
ok 'TERM is passed on, and the end is not put off for long' retry 20 ended patient
like 'that something may be lost is told' "$(cat patient.err)" 'may be lost'
kill -s CONT "$(pid_of fourth)"

# Signals do not wait for it, nor does who has ended.

rm up go
start hasty s6-fdholder-notifyd -t 600000 -p p/ s4 n sh -c "trap 'echo > heard' USR1 ; trap 'exit 6' TERM ; echo > up ; until test -e go ; do sleep 0.1 ; done
printf 'FDSTORE=1\nFDNAME=good2' | notify-send -f 5 -b 600000 & while : ; do sleep 0.1 ; done" 5< five.f
retry 20 test -e up
read -r program rest < "/proc/$(pid_of hasty)/task/$(pid_of hasty)/children"
kill -s STOP "$(pid_of fourth)"
echo > go
# asks: whether it has what was stored, and waits for the holder: in ppoll(2), else it is in epoll_wait(2)
asks() { test "$(find "/proc/$(pid_of hasty)/fd" -lname '*/five.f' | wc -l)" = 1 && grep -qE '^(7|271|73) ' "/proc/$(pid_of hasty)/syscall" ; }
retry 5 asks
kill -s ALRM "$(pid_of hasty)"
kill -s USR1 "$(pid_of hasty)"
ok 'a holder is stopped: a signal is passed on' retry 20 test -e heard
kill -s TERM "$(pid_of hasty)"
gone() { ! test -e "/proc/$program" ; }
ok 'and TERM: the program ends, and is reaped' retry 20 gone
kill -s CONT "$(pid_of fourth)"
ok 'and what it stored is held when the holder goes on' retry 30 ended hasty
stop hasty
is 'with its code' "$status" 6
ok 'it is' sh -c 's6-fdholder-list s4 | grep -qx p/good2'
like 'no word of a holder that is lost' "$(cat hasty.err)" '^$'

# Nor do messages.

rm -f up go
start chatty s6-fdholder-notifyd -v 2 -t 600000 -p p/ s4 n sh -c "echo > up ; until test -e go ; do sleep 0.1 ; done
printf 'FDSTORE=1\nFDNAME=good4' | notify-send -f 5 -b 600000 & for n in 1 2 3 ; do until test -e go\$n ; do sleep 0.1 ; done ; printf STATUS=\$n | notify-send -b 600000 & done ; wait" 5< five.f
retry 20 test -e up
kill -s STOP "$(pid_of fourth)"
echo > go
asks() { grep -qE '^(7|271|73) ' "/proc/$(pid_of chatty)/syscall" ; }
for n in 1 2 3
do
  retry 10 asks
  echo > "go$n"
  ok "a holder is stopped: message $n is heard" retry 20 complains "says STATUS=\"$n\"" chatty.err
done
kill -s CONT "$(pid_of fourth)"
ok 'and what was stored is held when the holder goes on' retry 30 ended chatty
ok 'it is, too' sh -c 's6-fdholder-list s4 | grep -qx p/good4'
unlike 'no word of a holder that is lost, either' "$(cat chatty.err)" lost

# Nor do signals without end keep a slow one from being told.

if test -z "$SANITIZED$DAEMON_WRAPPER" && command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  rm -f up go
  start slow s6-ipcserver-socketbinder -- s5 strace -qq -o /dev/null -e trace=sendmsg -e inject=sendmsg:delay_enter=300000 s6-fdholderd -1 -i rules2
  ready slow
  start steady s6-fdholder-notifyd -t 600000 -p p/ s5 n sh -c "trap 'exit 6' TERM ; trap '' USR1 ; echo > up ; until test -e go ; do sleep 0.1 ; done ; printf 'FDSTORE=1\nFDNAME=good' | notify-send -f 5 -b 600000 && echo > told ; while : ; do sleep 0.1 ; done" 5< five.f
  retry 20 test -e up
  steady=$(pid_of steady)
  while kill -s USR1 "$steady" 2> /dev/null ; do sleep 0.02 ; done &
  echo > go
  ok 'signals without end, and a holder that is slow: it is told all the same' retry 40 test -e told
  stop steady
  wait "$!"
  stop slow KILL
else
  skip 'signals without end, and a holder that is slow' 'no strace, or one that cannot be'
fi
done_testing
