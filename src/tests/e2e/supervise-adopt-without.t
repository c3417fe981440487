#!/bin/sh
# ISC license.
# A service that a killed s6-supervise has left is taken back where there are no descriptors of
# processes, or nobody may have them, and where /proc is of another PID namespace.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/kills.sh
. "$TESTS/support/kills.sh"

test -r /proc/sys/kernel/random/boot_id || skip_all 'the system does not tell which boot it is'
shim=$BUILD/src/tests/bin/preload-fail.so
test -e "$shim" || skip_all 'no preload-fail.so'
test -z "$SANITIZED" || skip_all 'shims and sanitizers do not go together'
shimmed

# without ERRNO WORDS: 38 is ENOSYS, 1 EPERM, which some sandboxes answer to what they do not know
without()
{
  make a
  retry 5 has a 4
  run=$(run_of a)
  dies a
  rm -f mark
  DAEMON_WRAPPER="env LD_PRELOAD=$shim FAIL_PROGRAM=s6-supervise FAIL_CALL=pidfd_open FAIL_ERRNO=$1 FAIL_MARK=$WORK/mark"
  again a
  DAEMON_WRAPPER=
  ok "$2: it is asked for one" test -e mark
  is "$2: taken back" "$(status_of a)" "$run 0 4"
  rm -f a/supervise/child
  ok "$2: whatever becomes of supervise/child" remains 1.2 has a 4
  is "$2: there is one copy" "$(copies a)" 1
  kill -s KILL "$run"
  ok "$2: its end is noticed" retry 5 has a 4 65280
  letters a d
  retry 5 has a 8
  letters a x
  retry 5 ended a
  rm -rf a
}
without 38 'no descriptors of processes'
without 1 'they are forbidden'

# /proc is of another PID namespace: numbers there are not ours
mkdir p
script p/run 'echo "$$" >> begun' 'exec sleep 1000'
script inside 's6-supervise p & one=$!' \
  's6-svwait -us -t 60000 p' \
  'kill -s KILL "$one"' \
  'wait "$one"' \
  's6-supervise p & two=$!' \
  's6-svwait -us -t 60000 p' \
  'sleep 0.5' \
  's6-svstat -o up,pid p > seen' \
  's6-svc -wD -T 60000 -d p' \
  'for i in 1 2 3 4 5 ; do kill -0 "$(head -n 1 p/begun)" 2> /dev/null || { echo gone >> seen ; break ; } ; sleep 0.2 ; done' \
  's6-svc -x p' \
  'wait "$two"'
if unshare -pf true 2> /dev/null
then
  timeout 60 unshare -pf ./inside 2> inside.err
  is 'another /proc: started once' "$(wc -l < p/begun)" 1
  is 'another /proc: that one is up, and can be ended' "$(cat seen)" "true $(head -n 1 p/begun)
gone"
else
  skip 'another /proc: started once' 'no PID namespace is to be had'
  skip 'another /proc: that one is up, and can be ended' 'no PID namespace is to be had'
fi
done_testing
