#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-rollover: the first one, and those that cannot be started; who does not tell that he is
# ready; what children have.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/rollover.sh
. "$TESTS/support/rollover.sh"

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
done_testing
