#!/bin/sh
# ISC license.
# lock-fd, when the lock is somebody's and waiting for it fails; supervise/child of what has a
# memory of its own until it executes, and cannot write it at first.
# timeout: 90
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/kills.sh
. "$TESTS/support/kills.sh"
shim=$BUILD/src/tests/bin/preload-fail.so
test -e "$shim" || skip_all 'no preload-fail.so'
test -z "$SANITIZED" || skip_all 'shims and sanitizers do not go together'
shimmed

# each fcntl in turn: 37 is ENOLCK
make a
retry 5 has a 4
letters a dx
retry 5 ended a
echo 7 > a/lock-fd
start owner s6-setlock -n a/supervise/service-lock sh -c 'echo held ; exec sleep 1000'
ready owner
: > a/lives
at=0
told=
while at=$((at + 1)) && rm -f mark && test "$at" -lt 30
do
  DAEMON_WRAPPER="env LD_PRELOAD=$shim FAIL_PROGRAM=s6-supervise FAIL_CALL=fcntl FAIL_ERRNO=37 FAIL_AT=$at FAIL_MARK=$WORK/mark"
  supervise a
  DAEMON_WRAPPER=
  remains 0.3 test ! -s a/lives || told="$told $at"
  if grep -q 'unable to wait for supervise/service-lock: No locks available' a.err ; then waited=yes ; fi
  letters a k
  letters a dx
  retry 5 ended a
  test -e mark || break
done
isnt 'they are some' "$at" 1
is 'run never begins without its lock' "$told" ''
is 'it is said why' "${waited-no}" yes

# supervise/child, written a little later, by who waits, and in a namespace
rm -f a/supervise/child
mkdir a/supervise/child.new
supervise a
retry 5 has a 4
ok 'supervise/child cannot be written' remains 0.2 test ! -e a/supervise/child
rmdir a/supervise/child.new
ok 'it is written later, of who waits' retry 5 grep -q "^$(run_of a) " a/supervise/child
letters a dx
retry 5 ended a

# who waits writes it himself, and that may be after what his supervisor had to add
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null
then
  : > a/down
  supervise a strace -f -D -qq -o calls -e trace='?open,?openat' -P /proc/self/stat -e inject='?open,?openat:delay_enter=700000' s6-supervise
  letters a ux
  retry 5 has a 4
  retry 10 grep -q DELAYED calls
  remains 0.2 true
  ok 'then it is added once more' retry 5 grep -q '^leaving$' a/supervise/child
  letters a k
  retry 5 ended a
  rm a/down
else
  skip 'then it is added once more' 'needs strace'
fi
rm -f a/lock-fd a/supervise/child
if unshare -pf true 2> /dev/null
then
  : > a/flag-newpidns
  mkdir a/supervise/child.new
  supervise a
  retry 5 has a 4
  rmdir a/supervise/child.new
  ok 'in a PID namespace, too' retry 5 grep -q "^$(run_of a) " a/supervise/child
  letters a k
  letters a dx
  retry 5 ended a
else
  skip 'in a PID namespace, too' 'no PID namespace is to be had'
fi
done_testing
