#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-rollover: what is started, told and ended when, with successors that are well, slow,
# broken, or none; what children have; who is killed, and what remains.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# prog: what the file mode says when it starts. Each life is a line of the file said.
cat > prog <<'END'
#!/bin/sh
me=$$
say() { echo "$me $*" >> said ; }
for signal in INT QUIT USR1 USR2 WINCH CONT HUP
do
  trap "say $signal" "$signal"
done
trap 'say TERM ; exit 0' TERM
mode=$(cat mode)
say began
case $mode in
  broken) exit 3 ;;
  crashing) kill -KILL $$ ;;
  mute) exec 5>&- ;;
  slow) until test -e go ; do sleep 0.02 ; done ;;
  deaf) trap 'say TERM' TERM ;;
esac
case $mode in
  slow|deaf|well) echo ready >&5 ; exec 5>&- ; say ready ;;
esac
until test -s "end.$me" ; do sleep 0.02 ; done
exit "$(cat "end.$me")"
END
chmod 755 prog

fresh() # MODE
{
  rm -f said go told end.*
  : > said
  echo "$1" > mode
}
lives() { sed -n 's/ began$//p' said ; }
life() { lives | sed -n "$1p" ; }
count() { lives | wc -l ; }
are() { test "$(count)" -eq "$1" ; }
says() { grep -qx "$(life "$1") $2" said ; } # N WHAT: the N-th life
gone() { test "$(count)" -ge "$1" && tap_gone "$(life "$1")" ; }
alive() { ! gone "$1" ; }
warns() { grep -Eq "s6-rollover: warning: $1" roll.err ; }
hup() { kill -s HUP "$(pid_of roll)" ; }
# begin MODE OPTIONS...: under s6-rollover, which says to the file told that it is ready
begin()
{
  fresh "$1"
  shift
  start roll env --default-signal=INT,QUIT s6-rollover -d 5 "$@" ./prog 5> told
}
ready_begin() # OPTIONS...: and the first one is ready
{
  begin well "$@"
  retry 20 says 1 ready
  retry 10 test -s told
}
both() # the first one is ready, the second one starts, until there is a file go
{
  ready_begin
  echo slow > mode
  hup
  retry 20 are 2
}
over() # NAME: TERM ends it well
{
  stop roll
  is "$1: it ends" "$status" 0
  for pid in $(lives) ; do tap_gone "$pid" || fail "$1: $pid is left" ; done
}

ready_begin
is 'it is told that the first one is ready, with a newline' "$(cat told ; echo .)" '
.'
hup
ok 'HUP: another one' retry 10 says 2 ready
ok 'the old one is told to end' retry 10 says 1 TERM
ok 'and ends' retry 10 gone 1
ok 'the new one goes on' remains 0.2 alive 2
is 'that is told once' "$(wc -c < told) $(cat roll.err)" '1 '
for signal in USR1 USR2 WINCH CONT
do
  kill -s $signal "$(pid_of roll)"
  ok "$signal is passed to the current one" retry 10 says 2 $signal
done
is 'and to no other one' "$(grep -Ec ' (USR1|USR2|WINCH|CONT)$' said)" 4
hup
retry 10 says 3 ready
retry 10 gone 2
echo 7 > "end.$(life 3)"
ok 'the current one ends' retry 10 ended roll
stop roll
is 'likewise' "$status" 7

for signal in TERM INT QUIT
do
  both
  kill -s $signal "$(pid_of roll)"
  ok "$signal, while one starts: it gets it" retry 10 says 2 $signal
  ok 'the other one too' retry 10 says 1 $signal
  for pid in $(lives) ; do echo 5 > "end.$pid" ; done
  touch go
  ok 'then it ends' retry 20 ended roll
  stop roll
  is 'well' "$status" 0
done

begin slow
retry 20 are 1
hup
ok 'HUP before the first one is ready is ignored' retry 10 warns 'SIGHUP is ignored'
touch go
retry 20 test -s told
rm go
hup
retry 20 are 2
: > roll.err
hup
ok 'so it is while the next one starts' retry 10 warns 'SIGHUP is ignored'
kill -s USR1 "$(pid_of roll)"
ok "USR1 is the old one's then" retry 10 says 1 USR1
is 'nobody has been started, or ended' "$(count) $(grep -c TERM said)" '2 0'
kill -s KILL "$(life 2)"
ok 'kill -9 of the new one' retry 10 warns 'the new one was killed by signal 9: the old one goes on'
ok 'it does' remains 0.2 alive 1
hup
retry 20 are 3
touch go
ok 'the next one succeeds' retry 20 says 3 ready
ok 'the old one ends' retry 10 gone 1
over 'after that'

# successors that are no good
ready_begin -t 2000
for mode in broken crashing hung mute
do
  : > roll.err
  echo $mode > mode
  n=$(($(count) + 1))
  hup
  case $mode in
    broken) why='the new one has exited 3' ;;
    crashing) why='the new one was killed by signal 9' ;;
    hung) why='the new one is not ready after 2000 ms' ;;
    mute) why='the new one has closed descriptor 5, and has not said that it is ready' ;;
  esac
  ok "a new one that is $mode: a warning" retry 20 warns "$why: the old one goes on"
  ok "$mode: it is ended" retry 20 gone $n
  ok "$mode: the old one goes on" alive 1
done
: > roll.err
mv prog away
hup
ok 'one that is not there' retry 20 warns 'unable to start another ./prog: No such file or directory: the old one goes on'
printf '#!/nonexistent\n' > prog
chmod 755 prog
: > roll.err
hup
ok 'one without its interpreter' retry 20 warns 'unable to start another ./prog: '
mv away prog
echo well > mode
# it may take longer than that here
succeeds() { hup && retry 2 gone 1 ; }
ok 'after all that, a good one' retry 30 succeeds
over 'broken ones'

# an old one that does not end
begin deaf -k 200
retry 20 test -s told
echo well > mode
hup
ok '-k: one that does not end is killed' retry 20 gone 1
ok 'it was told before' says 1 TERM
ok 'that is told' retry 5 warns "process $(life 1) has not ended in its time: killed"
over '-k'
begin deaf -k 0 -s usr1
retry 20 test -s told
hup
ok '-s: another signal' retry 20 says 1 USR1
hup
ok 'and a third one, while the first two are there' retry 20 says 2 USR1
ok '-k 0: it is not killed' remains 0.5 alive 1
is '-s: no other signal' "$(grep -c TERM said)" 0
for n in 1 2 3 ; do echo 0 > "end.$(life $n)" ; done
ok 'the current one exits 0' retry 20 ended roll
stop roll
is 'likewise' "$status" 0

# the first one
begin hung -t 100
ok 'a first one that is late: a warning' retry 20 warns 'the first one is not ready after 100 ms: it goes on'
begin mute -t 0
ok 'one that never will be' retry 20 warns 'the first one has closed descriptor 5, and has not said that it is ready: it goes on'
is 'is not ready' "$(cat told)" ''
echo well > mode
hup
ok 'another one may be tried' retry 20 says 2 ready
ok 'that is told' retry 10 test -s told
ok 'and replaces it' retry 10 gone 1
over 'one that never is ready'
begin slow -t 50
retry 20 warns 'the first one is not ready'
touch go
ok 'a late one that becomes ready after all' retry 20 test -s told
over 'late, and ready'
if command -v strace > /dev/null && test -z "$SANITIZED"
then
  # reading is made slower than the writing, as on a busy machine
  cat > chatty << 'END'
#!/bin/sh
for n in 1 2 3 4 ; do tr '\0' x < /dev/zero >&5 & done
exec tr '\0' x < /dev/zero >&5
END
  chmod 755 chatty
  start roll strace -qq -o trace -e trace=read -e inject=read:delay_exit=2000 s6-rollover -d 5 -t 500 ./chatty 5> told
  ok 'one that writes without end, and no newline, is late' retry 20 warns 'the first one is not ready after 500 ms: it goes on'
  read -r pid rest < "/proc/$(pid_of roll)/task/$(pid_of roll)/children"
  kill -s TERM "$pid"
  ok 'and TERM ends it' retry 20 ended roll
  stop roll
else
  skip 'one that writes without end' 'needs strace, and no sanitizers'
fi
exits 'a first one that is not there' 127 s6-rollover ./nothing
like 'it says so' "$(cat err)" 's6-rollover: fatal: unable to exec.*./nothing: No such file'
exits 'that may not be executed' 126 s6-rollover ./said
mkdir -p one/prog two
printf '#!/bin/sh\nexit 4\n' > two/prog
exits 'on the PATH, that may not be executed' 126 env PATH="$WORK/two:$PATH" s6-rollover prog
chmod 755 two/prog
exits 'on the PATH, behind a directory of that name' 4 env PATH="$WORK/one:$WORK/two:$PATH" s6-rollover prog
exits 'that fails' 9 s6-rollover sh -c 'exit 9'
for signal in KILL:137 TERM:143 PIPE:141 SEGV:139
do
  exits "that is killed by $signal" "${signal#*:}" env SIGNAL="${signal%:*}" sh -c "s6-rollover sh -c 'ulimit -c 0 ; kill -s \$SIGNAL \$\$'"
done

# what fails once, for the second one or for the first
if test -z "$SANITIZED" && command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  fresh well
  start roll strace -D -qq -o calls -e trace=kill env --default-signal=INT,QUIT s6-rollover -d 5 ./prog 5> told
  retry 20 test -s told
  echo slow > mode
  hup
  retry 20 are 2
  kill -s STOP "$(pid_of roll)"
  touch go
  retry 20 says 2 ready
  kill -s KILL "$(life 1)"
  is_zombie() { grep -q '^State:.Z' "/proc/$(life 1)/status" ; }
  retry 20 is_zombie
  kill -s CONT "$(pid_of roll)"
  ok 'a death is seen together with the readiness of the next one' retry 20 test ! -e "/proc/$(life 1)"
  ok 'which goes on' alive 2
  over 'instead of one that has died'
  is 'its number, which may be another'"'"'s by now, gets no signal' "$(grep -c "kill($(life 1)," calls)" 0
  is 'the other one does' "$(grep -c "kill($(life 2), SIGTERM)" calls)" 1
  while read -r call error why
  do
    fresh well
    start roll strace -D -qq -o /dev/null -e "trace=$call" -e "inject=$call:error=$error:when=2" env --default-signal=INT,QUIT s6-rollover -d 5 ./prog 5> told
    retry 20 test -s told
    hup
    ok "$call fails: a warning" retry 20 warns "unable to start another ./prog: $why.*: the old one goes on"
    ok "$call fails: it goes on" alive 1
    hup
    ok "$call fails: the next time it does not" retry 20 says 2 ready
    over "$call"
    exits "$call fails at first" 111 strace -qq -o /dev/null -e "trace=$call" -e "inject=$call:error=$error" s6-rollover -d 5 ./prog 5> told
    like "$call: it says so" "$(cat err)" "s6-rollover: fatal: unable to start ./prog: $why"
  done << 'END'
pipe2 EMFILE Too many open files
vfork EAGAIN Resource temporarily unavailable
END
else
  skip 'what fails' 'not for sanitizers, and needs strace'
fi

# who does not tell
fresh well
start roll s6-rollover sh -c 'exec 5> /dev/null ; . ./prog'
retry 20 says 1 ready
hup
ok 'without -d it is not ready at once' retry 10 warns 'SIGHUP is ignored'
two() { hup && remains 0.2 are 2 ; }
ok 'but if it lives for a second' retry 20 two
ok 'then the old one is ended' retry 20 gone 1
ok 'and the new one is there' alive 2
over 'without -d'

# what children have
signals='grep -E ^Sig(Blk|Ign) /proc/self/status'
for change in --default-signal --ignore-signal=USR1 --block-signal=TERM,HUP --ignore-signal=PIPE
do
  is "H41: nothing is blocked, SIGPIPE not ignored: $change" "$(env $change s6-rollover -d 5 $signals 5> /dev/null)" \
    "$(env $change env --default-signal=PIPE sh -c 'echo "SigBlk:	0000000000000000" ; grep -E ^SigIgn /proc/self/status')"
done
open() { "$@" sh -c 'echo /proc/$$/fd/*' | sed 's|/proc/[0-9]*/fd/||g' ; }
is 'no descriptor too many' "$(open s6-rollover -d 6 4< /dev/null 6> /dev/null)" "$(open env 4< /dev/null 6> /dev/null)"
is 'nor without -d' "$(open s6-rollover 4< /dev/null)" "$(open env 4< /dev/null)"
s6-rollover -d 6 sh -c 'for f in 0 1 2 6 ; do if test -e /proc/$$/fd/$f ; then echo $f >> fds ; fi ; done' <&- >&- 2>&- 6> /dev/null
is 'closed ones stay closed' "$(cat fds)" 6
is 'prog has its arguments' "$(s6-rollover echo a 'b  c' '')" 'a b  c '
is 'its pipe waits' "$(s6-rollover -d 5 sh -c 'sed -n s/^flags://p /proc/$$/fdinfo/5' 5> /dev/null | tr -d '\t')" 01

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
