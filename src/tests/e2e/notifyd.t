#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # for inner shells; words
# s6-fdholder-notifyd: what the program is given, what each message does, who may send one, how
# it ends.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/notifyd.sh
. "$TESTS/support/notifyd.sh"

# What the program has, and how it ends.

notifyd -d 7 -- 'echo $NOTIFY_SOCKET ; env | grep ^LISTEN ; stat -c %a n ; test -e /proc/$$/fd/7 || echo none ; exit 7'
is 'a socket, absolute; nothing that is not given back; not the descriptor for readiness' "$(lines out)" "$WORK/n 600 none "
is 'its code' "$status" 7
not_ok 'the socket is gone' test -e n
is 'not ready' "$(lines ready)" ''
notifyd -a 0666 -- 'stat -c %a n ; kill -s KILL $$'
is 'other permissions' "$(lines out)" '666 '
is 'its signal' "$status" 137
mkdir d
start apart sh -c 'cd d && exec s6-fdholder-notifyd ../s ./n sh -c "cd / && printf READY=1 | notify-send -b 20000 ; exec sleep 1000"' 
ok 'a relative path works in another directory' retry 20 test -S d/n
stop apart

signals='grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status'
is 'H41: signals are as they were' "$(s6-fdholder-notifyd s n $signals)" "$($signals)"
run sh -c 'ulimit -S -n 300 ; exec s6-fdholder-notifyd s n sh -c "ulimit -n"'
is 'and the limit of open files' "$(lines out)" '300 '

# Messages.

notifyd -d 7 -- "$(stored 'READY=1')
$(stored 'READY=1\nUNKNOWN=x\nnothing')"
is 'readiness is told once' "$(wc -c < ready)" 1
notifyd -- "$(stored 'FDSTORE=1\nFDNAME=a' -f 5)
$(stored 'FDSTORE=1\nFDNAME=a\n' -f 6 -f 5 -f 5)
$(stored 'FDSTORE=1' -f 5)
$(stored 'FDNAME=b:c\nFDSTORE=1' -f 5 -f 6)"
is 'stored: numbers, the same file once, no name and a bad one' "$(held)" 'p/a p/a:1 p/stored p/stored:1 tcp:80 '
like 'no fault in that' "$(cat out err)" '^$'
notifyd -- 'env | grep ^LISTEN_FD | sort ; for f in 3 4 5 6 7 ; do read -r word < /proc/$$/fd/$f && echo $word ; done 2>/dev/null ; ls /proc/$$/fd/7 2>&1 | wc -l
test "$LISTEN_PID" = $$ && echo mine'
is 'given back, by id, under their names' "$(lines out)" 'LISTEN_FDNAMES=a:a:stored:stored LISTEN_FDS=4 five six five six 1 mine '
like 'what was inherited and is in the way is told' "$(cat err)" 'descriptor 5 is in use'
run s6-listenfds -n web 6,5 s6-fdholder-notifyd -p p/ s n sh -c 'echo $LISTEN_FDNAMES ; test "$LISTEN_PID" = $$ || echo ALIEN ; head -n 1 <&3 ; head -n 1 <&7' 5< five.f 6< six.f
is 'behind what was given to it as to a daemon' "$(lines out err)" 'web:unknown:a:a:stored:stored six five '
notifyd -- "$(stored 'FDSTORE=1\nFDNAME=a' -f 3)"
is 'what was given back is not stored twice' "$(held)" 'p/a p/a:1 p/stored p/stored:1 tcp:80 '
notifyd -- "$(stored 'FDSTOREREMOVE=1\nFDNAME=a')
$(stored 'FDSTOREREMOVE=1\nFDNAME=st')"
is 'removed by name' "$(held)" 'p/stored p/stored:1 tcp:80 '
notifyd -- "$(stored 'FDSTOREREMOVE=1\nFDNAME=stored')"
notifyd -n 2 -- "$(stored 'FDSTORE=1\nFDNAME=c' -f 5 -f 6 -f 1)"
is 'no more than -n' "$(held)" 'p/c p/c:1 tcp:80 '
like 'which is told' "$(cat err)" 'as many descriptors as -n says'
notifyd -- "$(stored 'FDSTOREREMOVE=1\nFDNAME=c\nFDSTORE=1' -f 6)"
is 'removed first, stored then' "$(held)" 'p/c tcp:80 '
notifyd -- "$(stored 'FDSTOREREMOVE=1\nFDNAME=c')
$(stored 'FDSTORE=1\nFDNAME=gone' -a)
$(stored 'FDSTORE=1\nFDNAME=kept\nFDPOLL=0' -a)
until s6-fdholder-list s | grep -q kept && ! s6-fdholder-list s | grep -q gone ; do sleep 0.1 ; done"
is 'what hangs up is dropped, but with FDPOLL=0' "$(held)" 'p/kept:nopoll tcp:80 '
notifyd -- 'echo $LISTEN_FDNAMES'
is 'which stays so when it is given back' "$(lines out)$(held)" 'kept p/kept:nopoll tcp:80 '
notifyd -v 2 -- "$(stored 'FDSTOREREMOVE=1\nFDNAME=kept')
$(stored 'STATUS=a\001b\nMAINPID=1\nSTOPPING=1\nRELOADING=1\nERRNO=2\nWATCHDOG=1')"
is 'with -v 2 is told what else was said' "$(sed -n 's/.* says //p' err | sort | tr '\n' ' ')" \
  'ERRNO="2" MAINPID="1" RELOADING="1" STATUS="a\x01b" STOPPING="1" WATCHDOG="1" '
notifyd -- '(printf "FDSTORE=1\nFDNAME=orphan" | notify-send -f 5 -b 20000 ; : > orphan) & exec sh -c "until test -e orphan ; do sleep 0.1 ; done ; kill -s KILL $$"'
is 'descendants may send' "$(held)" 'p/orphan tcp:80 '
is 'and it ends as the program' "$status" 137
notifyd -- 'printf "FDSTOREREMOVE=1\nFDNAME=orphan" | exec notify-send -b 20000'
is 'all gone' "$(held)" 'tcp:80 '

# Others.

start main s6-fdholder-notifyd s n sh -c 'exec sleep 1000'
retry 20 test -S n
printf 'FDSTORE=1\nFDNAME=alien' > message
ok 'who is no descendant is not waited for' env NOTIFY_SOCKET=$WORK/n notify-send -f 5 -b 20000 < message 5< five.f
is 'and stores nothing' "$(held)" 'tcp:80 '
ok 'which is told' retry 20 complains 'a message of a process that is not' main.err
exits 'a path that is in use' 111 s6-fdholder-notifyd s n true
ok 'stays in use' test -S n
stop main
is 'TERM is passed on' "$status" 143
not_ok 'its socket is gone' test -e n

for signal in HUP INT QUIT USR1 USR2
do
  start passed env --default-signal=INT,QUIT s6-fdholder-notifyd s n sh -c "trap 'exit 9' $signal ; echo > set ; while : ; do sleep 0.1 ; done"
  retry 20 test -e set
  stop passed $signal
  is "$signal is passed on" "$status" 9
  rm set
done

# What the program has said before it ended is heard, though its end is noticed first.

start late s6-fdholder-notifyd -p p/ s n sh -c "trap '' USR1 ; echo > up ; until test -e go ; do sleep 0.1 ; done
exec notify-send -f 5 < message" 5< five.f
retry 20 test -e up
read -r program rest < "/proc/$(pid_of late)/task/$(pid_of late)/children"
kill -s STOP "$(pid_of late)"
kill -s USR1 "$(pid_of late)"
echo > go
is_zombie() { grep -q '^State:.Z' "/proc/$program/status" ; }
ok 'it says something and ends' retry 20 is_zombie
kill -s CONT "$(pid_of late)"
ok 'that is noticed' retry 20 ended late
is 'what it said is done' "$(held)" 'p/alien tcp:80 '
s6-fdholder-delete s p/alien
rm go up

start short s6-fdholder-notifyd -p p/ s n sh -c "echo > up ; until test -e go ; do sleep 0.1 ; done
notify-send -f 5 -f 6 -c 120 -b 20000 < message ; printf 'FDSTORE=1\nFDNAME=one' | notify-send -f 5 -b 20000" 5< five.f 6< six.f
retry 20 test -e up
prlimit --nofile=32 --pid "$(pid_of short)"
echo > go
ok 'descriptors without numbers' retry 20 ended short
like 'are lost, which is told' "$(cat short.err)" 'descriptors of a message were lost'
is 'and nothing of that message is stored' "$(held)" 'p/one tcp:80 '
s6-fdholder-delete s p/one
rm go up

# Or while somebody else's is.

if command -v strace > /dev/null && test -z "$SANITIZED"
then
  run strace -qq -o trace -e trace=wait4 -e inject=wait4:delay_enter=1000000:when=1 s6-fdholder-notifyd -p p/ s n sh -c '
    (sh -c "until test -e go ; do sleep 0.02 ; done" &)
    : > go
    until grep -q wait4 trace ; do sleep 0.02 ; done
    exec notify-send -f 5 < message' 5< five.f
  is 'what it says and ends with, while another one is waited for, is done' "$(held)" 'p/alien tcp:80 '
  s6-fdholder-delete s p/alien
  rm -f go
else
  skip 'what it says and ends with, while another one is waited for' 'needs strace, and no sanitizers'
fi

# Both kinds with one number: only others store that.

s6-fdholder-store s p/a < five.f
s6-fdholder-store s p/a:nopoll < six.f
notifyd -- 'echo $LISTEN_FDNAMES'"
$(stored 'FDSTOREREMOVE=1\nFDNAME=a')"
is 'both are given back, and removed' "$(lines out)$(held)" 'a:a tcp:80 '

# What is to replace something is refused: a socket of the holder's own.

notifyd -- "$(stored 'FDSTORE=1\nFDNAME=a' -f 5)
printf 'FDSTOREREMOVE=1\nFDNAME=a\nFDSTORE=1' | s6-ipcclient s notify-send -f 6 -b 20000"
is 'what was removed is gone all the same' "$(held)" 'tcp:80 '
like 'that it is refused is told' "$(cat err)" 'does not take "p/a"'

# Who sends a socket that lingers keeps nobody waiting.

notifyd -- 'kill -s STOP $PPID
(echo nothing | notify-send -l -b 50000 > closed || echo LATE) &
until test -s closed ; do sleep 0.02 ; done
kill -s CONT $PPID
wait'
is 'what is not stored is closed at once' "$(lines out err)" ''

# Programs of others.

if command -v systemd-notify > /dev/null
then
  run s6-fdholder-notifyd -v 2 -d 7 s n systemd-notify --ready --status=hello 7> ready
  is 'systemd-notify: ready' "$(wc -c < ready)$status" 10
  like 'systemd-notify: status' "$(cat err)" 'says STATUS="hello"'
else
  skip 'systemd-notify' 'there is none'
fi
python=
for word in python3 /usr/bin/python3
do
  if "$word" -c 'import systemd.daemon' 2>/dev/null ; then python=$word ; fi
done
if test -n "$python"
then
  cat > store.py << 'END'
import os, sys, systemd.daemon
print(sorted(systemd.daemon.listen_fds_with_names().items()))
sys.stdout.flush()
systemd.daemon.notify("FDSTORE=1\nFDNAME=py", fds=[os.open("five.f", os.O_RDONLY)])
systemd.daemon.notify("READY=1")
os.kill(os.getpid(), 9)
END
  for round in 1 2
  do
    run s6-fdholder-notifyd -p py/ -d 7 s n "$python" store.py 7> ready
    cat out >> pythons
    is "python3-systemd, round $round: ready, and what it stored before it was killed is held" "$(wc -c < ready)$(s6-fdholder-list s | grep -c ^py/)" "1$round"
  done
  is 'python3-systemd takes it again' "$(lines pythons)" "[] [(3, 'py')] "
else
  skip 'python3-systemd' 'there is none'
fi
done_testing
