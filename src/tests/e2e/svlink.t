#!/bin/sh
# ISC license.
# s6-svlink and s6-svunlink, with daemons of each version: what is made, in which order, what is
# waited for, and what is taken back when it fails.
# timeout: 180
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/linking.sh
. "$TESTS/support/linking.sh"

for version in $(versions)
do
  test "$version" != ours || command -v s6-svscan > /dev/null || continue
  start_scan "$version"
  unstarted='0 0 9'
  case $version in 2.11|2.13) unstarted='0 0 8' ;; esac
  new
  exits "$version: a service with a logger" 0 s6-svlink -t 10000 scan x
  ok 'is supervised' is_supervised x
  ok 'and so is its logger' is_supervised x/log
  is 'by a link to where it is' "$(readlink scan/x)" "$WORK/x"
  is 'event is made, for our group' "$(mode x/event)" 3730
  is 'and its logger'"'"'s' "$(mode x/log/event)" 3730
  is 'nobody listens any more' "$(listeners x)" 0
  ok 'it is up' retry 10 has x 4
  exits 'it is told to go' 0 s6-svunlink -t 10000 scan x
  not_ok 'the link is gone' test -h scan/x
  ok 'its supervisor is' is_alone x
  ok 'and its logger'"'"'s' is_alone x/log
  test "$version" = ours || settled
  is 'nobody listens then, either' "$(listeners x)" 0

  exits "$version: -d" 0 s6-svlink -t 10000 -d scan x
  is 'it is not started' "$(status_of x)" "$unstarted"
  is 'nor is its logger' "$(status_of x/log)" "$unstarted"
  not_ok 'its down file is gone' test -e x/down
  not_ok 'and the logger'"'"'s' test -e x/log/down
  unlink_all
  exits "$version: -D" 0 s6-svlink -t 10000 -D scan x
  is 'it is not started' "$(status_of x) $(status_of x/log)" "$unstarted $unstarted"
  ok 'its down file stays' test -f x/down
  ok 'and the logger'"'"'s' test -f x/log/down
  unlink_all
  exits "$version: what is down" 0 s6-svlink -t 10000 scan x
  ok 'stays down' test -f x/down
  unlink_all
  exits "$version: -D -d" 0 s6-svlink -t 10000 -D -d scan x
  not_ok 'the last one counts: no down file' test -e x/down
  unlink_all

  new
  exits "$version: -P" 0 s6-svlink -t 10000 -P scan x
  is 'everybody may listen' "$(mode x/event) $(mode x/log/event)" '1733 1733'
  unlink_all
  exits 'without -f' 0 s6-svlink -t 10000 scan x
  is 'it stays so' "$(mode x/event) $(mode x/log/event)" '1733 1733'
  unlink_all
  exits '-f' 0 s6-svlink -t 10000 -f scan x
  is 'makes it as it would be' "$(mode x/event) $(mode x/log/event)" '3730 3730'
  unlink_all

  new
  exits "$version: another name" 0 s6-svlink -t 10000 scan x/ other
  ok 'is the name' test -h scan/other
  exits 'what is supervised' 0 s6-svlink -t 10000 scan x other
  is 'gets two warnings' "$(grep -c 's6-svlink: warning: there is a supervisor already on x' err)" 2
  exits 'with -D, too' 0 s6-svlink -D -t 10000 scan x other
  not_ok 'and no down file' test -e x/down
  rm scan/other
  ln -s /nonexistent scan/other
  exits 'an entry of that name stays, wherever it leads' 0 s6-svlink -t 10000 scan x other
  is 'as it was' "$(readlink scan/other)" /nonexistent
  rm scan/other
  exits 'and if there is none it is linked' 0 s6-svlink -t 10000 scan x other
  is 'as ever' "$(readlink scan/other)" "$WORK/x"
  service y
  version_here "$version" y
  exits "$version: a name that is taken: 111" 111 s6-svlink -D scan y other
  like 'which is said' "$(cat err)" 's6-svlink: fatal: unable to link y into scan as other: File exists'
  is 'it stays another one'"'"'s' "$(readlink scan/other)" "$WORK/x"
  not_ok 'no down file is left' test -e y/down
  is 'and no listener' "$(listeners y)" 0
  unlink_all

  s6-svlink -t 10000 scan y
  retry 10 has y 4
  kill -s STOP "$(pid_of scan)"
  start unlinking s6-svunlink scan y
  ok "$version: to unlink it is listened" retry 10 listen_to_y
  run_of_y=$(run_of y)
  kill -9 "$(supervisor_of y)"
  ok 'a supervisor that is killed tells nothing, and is not waited for' retry 10 ended unlinking
  kill -9 "$run_of_y"
  kill -s CONT "$(pid_of scan)"
  rm -rf y
  service y
  version_here "$version" y

  # the same, where svscan does not answer
  new
  echo as it was > x/log/down
  kill -s STOP "$(pid_of scan)"
  exits "$version: svscan is stopped: 99" 99 s6-svlink -D -t 300 scan x
  like 'which is said' "$(cat err)" 's6-svlink: fatal: unable to link x into scan as x: .*timed out'
  not_ok 'no link is left' test -h scan/x
  not_ok 'no down file' test -e x/down
  is 'but the one that was there' "$(cat x/log/down)" 'as it was'
  is 'no listener' "$(listeners x)" 0
  kill -s CONT "$(pid_of scan)"
  exits 'goes on: another one' 0 s6-svlink -t 10000 scan y
  ok 'the first one is not supervised' remains 0.3 is_alone x
  kill -s STOP "$(pid_of scan)"
  exits "$version: to unlink: 0 when the time is over" 0 s6-svunlink -t 300 scan y
  not_ok 'the link is gone' test -h scan/y
  ok 'its supervisor is not' is_supervised y
  kill -s CONT "$(pid_of scan)"
  ok 'but then it ends' retry 10 is_alone y
  s6-svlink -t 10000 scan y
  kill -s STOP "$(pid_of scan)"
  exits '-X does not wait' 0 timeout 10 s6-svunlink -X scan y
  kill -s CONT "$(pid_of scan)"
  ok 'it ends all the same' retry 10 is_alone y

  # one that comes, and another one that does not
  new
  rm x/log/run
  script x/log/run 'exec cat > /dev/null'
  mkdir x/log/supervise
  start taken s6-setlock x/log/supervise/lock sh -c 'echo ready ; exec sleep 1000'
  ready taken
  exits "$version: a logger that is supervised elsewhere" 0 s6-svlink -t 10000 scan x
  is 'is warned of' "$(grep -c 'warning: there is a supervisor already on x/log$' err)" 1
  ok 'the service is waited for' is_supervised x
  stop taken
  unlink_all
  ok "$version: the tree ends" stop scan
  retry 10 is_alone x
done

# another s6-svscan takes the service, while the logger of before goes on
rm -rf pair
service pair
service pair/log 'cat > /dev/null' 'until test -e ../gate ; do sleep 0.05 ; done'
mkdir first second
ln -s ../pair first/pair
ln -s ../pair second/pair
both() { has pair 4 && has pair/log 4 ; }
waits_for_both() { test "$(grep -c 'has another supervisor' second.err)" -eq 2 ; }
another() { test "$(run_of pair)" -gt 0 && test "$(run_of pair)" -ne "$run" ; }
start first s6-svscan first
retry 10 both
run=$(run_of pair)
start second s6-svscan second
retry 10 waits_for_both
start unlinking s6-svunlink first pair
ok 'another s6-svscan takes the service' retry 20 another
ok 'and the logger goes on: it is waited for' running unlinking
: > pair/gate
ok 'and not for the service once more' retry 10 ended unlinking
stop second

# another supervisor takes it between two looks
service soon
ln -s ../soon first/soon
order() { s6-svscanctl -"$1" first ; }
order a
retry 10 has soon 4
kill -s STOP "$(pid_of first)"
start unlinking s6-svunlink first soon
unlinked() { ! test -h first/soon ; }
retry 10 unlinked
kill -s STOP "$(pid_of unlinking)"
kill -s CONT "$(pid_of first)"
order an
retry 10 is_alone soon
supervise soon s6-supervise
kill -s CONT "$(pid_of unlinking)"
ok 'a supervisor that begins between two looks is not waited for' retry 20 ended unlinking
ok 'it goes on' is_supervised soon
letters soon xd
retry 10 ended soon
stop first

# one that was killed, and its service: what was wanted does not count
start scan s6-svscan scan
retry 10 scans
service killed
for option in -d -D
do
  supervise killed
  letters killed u
  retry 10 has killed 4
  run=$(run_of killed)
  dies killed
  kill -s KILL "$run"
  retry 10 tap_gone "$run"
  exits "$option, after one that was killed with its service" 0 s6-svlink -t 10000 "$option" scan killed
  ok 'it is not started' stays 0.3 has killed 8 65280
  exits 'it is told to go' 0 s6-svunlink -t 10000 scan killed
  : > killed/down  # it was there before, too
done
stop scan

# a supervisor that says that it is there a while before it looks for down, as those of s6
service late
mkdir -p fake/.s6-svscan late/supervise
mkfifo fake/.s6-svscan/control
status-make late 0 0 8  # of one before
start fake s6-setlock fake/.s6-svscan/lock sh -c 'exec 9<> fake/.s6-svscan/control ; echo ready
  head -c 1 <&9 ; s6-ftrig-notify late/event s ; sleep 0.5 ; test ! -e late/down || : > seen ; status-make late 0 0 8 ; exec sleep 100'
ready fake
exits '-d: down is there' 0 s6-svlink -t 10000 -d fake late
ok 'until status is written' test -e seen
not_ok 'then it goes' test -e late/down
stop fake

# and two that cannot write it: both are waited for at the same time
if test -z "$SANITIZED" && command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  service full
  service full/log
  mkdir full/supervise full/log/supervise
  start fake s6-setlock fake/.s6-svscan/lock sh -c 'exec 9<> fake/.s6-svscan/control ; echo ready
    head -c 1 <&9 ; s6-ftrig-notify full/event s ; s6-ftrig-notify full/log/event s ; exec sleep 100'
  ready fake
  exits '-d, and a disk that is full' 0 strace -o calls -e "trace=$breaths" -e "inject=$breaths:retval=0" s6-svlink -t 10000 -d fake full
  least 'status is waited for' "$(grep -c INJECTED calls)" 1000
  most 'five seconds' "$(grep -c INJECTED calls)" 1200
  not_ok 'and down goes' test -e full/down -o -e full/log/down
  stop fake
else
  skip '-d, and a disk that is full' 'needs strace'
fi
done_testing
