#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-rollover: what is told and ended when, with successors that are well, slow, broken, or
# none, and with predecessors that do not end.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/rollover.sh
. "$TESTS/support/rollover.sh"

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
done_testing
