#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-rollover: who is killed, and what remains; what is wrong usage; under a supervisor.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/rollover.sh
. "$TESTS/support/rollover.sh"

# who is killed
both
kill -s KILL "$(pid_of roll)"
ok 'kill -9 of itself: the children are told to end' retry 20 gone 1
ok 'both' retry 20 gone 2
ok 'by a signal that they may heed' says 1 TERM
both
kill -s KILL "$(life 1)"
ok 'kill -9 of the old one, while a new one starts' retry 20 ended roll
stop roll
is 'likewise' "$status" 137
ok 'and the new one is gone' retry 20 gone 2
both
kill -s STOP "$(pid_of roll)"
kill -s KILL "$(life 2)"
kill -s KILL "$(life 1)"
retry 20 gone 1
kill -s CONT "$(pid_of roll)"
ok 'kill -9 of both' retry 20 ended roll
stop roll
is 'likewise' "$status" 137
both
kill -s STOP "$(pid_of roll)"
touch go
retry 20 says 2 ready
kill -s KILL "$(life 1)"
retry 20 gone 1
kill -s CONT "$(pid_of roll)"
ok 'the old one dies when the new one is ready: that goes on' remains 0.5 alive 2
ok 'and so does the process' running roll
over 'a successor'
both
kill -s STOP "$(pid_of roll)"
touch go
retry 20 says 2 ready
kill -s KILL "$(life 2)"
retry 20 gone 2
kill -s CONT "$(pid_of roll)"
ok 'the new one dies when it is ready: the old one goes on' retry 20 warns 'the new one was killed by signal 9: the old one goes on'
ok 'it does' remains 0.2 alive 1
over 'a predecessor'

if is_root
then
  fresh well
  chmod 666 said
  start roll as_uid 65534 s6-rollover -d 5 ./prog 5> told
  retry 20 test -s told
  kill -s KILL "$(pid_of roll)"
  ok 'another user before s6-rollover: its child is told of its end' retry 20 says 1 TERM
  fresh well
  chmod 666 said
  start roll s6-rollover -d 5 setpriv --reuid 65534 --regid 65534 --clear-groups ./prog 5> told
  retry 20 test -s told
  kill -s KILL "$(pid_of roll)"
  retry 20 ended roll
  ok 'behind it: it is not, as the page says' remains 0.3 alive 1
  kill -s KILL "$(life 1)"
else
  skip 'another user before s6-rollover, and behind it' 'needs root'
fi
if unshare -fp true 2> /dev/null
then exits 'process 1, which no signal of its own kills: 128 and the signal' 137 unshare -fp s6-rollover sh -c 'kill -KILL $$'
else skip 'process 1' 'needs a PID namespace'
fi

while IFS='|' read -r name arguments
do
  exits "$name" 100 s6-rollover $arguments true 4< /dev/null
  isnt "$name: it says why" "$(cat err)" ''
done << 'END'
-d that is closed|-d 77
-d that is none|-d x
-d of 2|-d 2
-d that is not to be written|-d 4
-t that is none|-t x
-k that is none|-k -1
-s that is none|-s NOTHING
-s of 0|-s 0
-s that is too great|-s 99
another option|-x
END
exits 'no program' 100 s6-rollover
exits 'an empty one' 100 s6-rollover ''
exits '-d is a socket that listens' 100 s6-ipcserver-socketbinder s fdmove 5 0 s6-rollover -d 5 true
like 'it says so' "$(cat err)" 'nobody is connected'

# under a supervisor: it is told, it sees one process, and -h rolls over
mkdir service
echo 5 > service/notification-fd
printf '#!/bin/sh\ncd ..\nexec s6-rollover -d 5 ./prog\n' > service/run
chmod 755 service/run
fresh well
start supervisor env --default-signal=INT,QUIT s6-supervise service
ok 'under a supervisor: it is ready' retry 20 s6-svwait -t 500 -U service
pid=$(s6-svstat -o pid service)
s6-svc -h service
ok 's6-svc -h rolls over' retry 20 says 2 ready
ok 'the old one is gone' retry 20 gone 1
is 'the supervisor has seen nothing' "$(s6-svstat -o pid,ready service)" "$pid true"
kill -s KILL "$(life 2)"
ok 'kill -9 of the server: it is started again' retry 20 says 3 ready
ok 'and ready' s6-svwait -t 20000 -U service
kill -s KILL "$(s6-svstat -o pid service)"
ok 'kill -9 of itself: likewise' retry 20 says 4 ready
ok 'and the server of before is gone' retry 20 gone 3
ok 'it is ready' s6-svwait -t 20000 -U service
s6-svc -wD -T 20000 -d service
is 'down: well' "$(s6-svstat -o exitcode,up service)" '0 false'
ok 'nothing is left' gone 4
stop supervisor
if test -z "$SANITIZED" && command -v strace > /dev/null && strace true 2> /dev/null
then
  exits 'an end that cannot be known at first' 7 timeout -s KILL 20 strace -D -qq -o calls -e trace=wait4 -e inject=wait4:error=ENOMEM:when=2 s6-rollover sh -c 'sleep 1.5 ; exit 7'
  ok 'is asked for again' grep -q 'ENOMEM.*INJECTED' calls
else
  skip 'an end that cannot be known at first' 'needs strace, and no sanitizers'
fi
mkdir likewise
printf '#!/bin/sh\nexec s6-rollover sh -c "kill -s TERM \\$\\$"\n' > likewise/run
printf '#!/bin/sh\necho "$1 $2" >> ends\n' > likewise/finish
chmod 755 likewise/run likewise/finish
start supervisor env --default-signal=INT,QUIT s6-supervise likewise
ok 'killed by a signal is not another code' retry 20 grep -qx '256 15' likewise/ends
stop supervisor
done_testing
