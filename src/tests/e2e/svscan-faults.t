#!/bin/sh
# ISC license.
# s6-svscan and one failed call, at each place where it may be: it does not begin, and says so, or all
# services are up soon, and an end is an end.
# timeout: 300
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
test -z "$SANITIZED" || skip_all 'no shims in sanitized programs'
shim=$BUILD/src/tests/bin/preload-fail.so
test -e "$shim" || skip_all 'there are no shims in this build'
with_fakes
seen() { tells 'start a' && tells 'start a/log' && tells 'start b' ; }

 # one CALL ERRNO N: prints begun, or what is wrong
one()
{
  rm -rf d mark
  mkdir -p d/a/log d/b
  : > told
  start s env LD_PRELOAD="$shim" FAIL_PROGRAM=s6-svscan FAIL_CALL="$1" FAIL_ERRNO="$2" FAIL_AT="$3" FAIL_MARK="$WORK/mark" \
    sh -c 'exec 3>&1 ; exec s6-svscan -d 3 d'
  retry 10 begun_or_ended
  if ! test -s s.out
  then
    stop s
    if test "$status" -ne 111 || ! grep -q 'fatal: unable to' s.err ; then echo "$1, $3: did not begin: $status" ; fi
    return
  fi
  retry 15 seen || echo "$1, $3: not up: $(tr '\n' ' ' < told) $(cat s.err)"
  stop s
  test "$status" -eq 0 || echo "$1, $3: $status"
}
begun_or_ended() { test -s s.out || ended s ; }

for row in 'malloc 12' 'realloc 12' 'stat 12' 'readdir 12' 'readdir 5' 'pipe2 24' 'pipe2 23' 'mkfifo 28' 'open 24' 'read 4' 'clock_gettime 22'
do
  call=${row% *}
  errno=${row#* }
  n=0
  : > mark
  : > wrong
  while test -e mark && test "$n" -lt 60
  do
    n=$((n + 1))
    one "$call" "$errno" "$n" >> wrong
  done
  is "$call fails with $errno: each place" "$(cat wrong)" ''
  most 'they come to an end' "$n" 59
  diag "$n places"
done

 # an entry that cannot be looked at

rm -rf d
mkdir -p d/a/log d/b
: > told
scan s d
retry 5 seen
stop s
: > told
start s env LD_PRELOAD="$shim" FAIL_PROGRAM=s6-svscan FAIL_CALL=stat FAIL_ERRNO=5 FAIL_AT=1 s6-svscan d
ok 'one that cannot be read is named' retry 5 grep -q 'passing over "[ab]": Input/output error' s.err
ok 'the other one is started' retry 5 grep -q start told
order a d
ok 'and that one with the next scan' retry 5 seen
stop s

 # it cannot wait

script d/.s6-svscan/crash "echo crashed > '$WORK/crashed'" 'exit 12'
start s env LD_PRELOAD="$shim" FAIL_PROGRAM=s6-svscan FAIL_CALL=epoll_wait FAIL_ERRNO=22 FAIL_AT=2 s6-svscan d
retry 5 count s 3
children=$(supervisors s)
order z d
order z d
ok 'a wait that fails: it executes crash' retry 5 ended s
stop s
is 'and nothing else' "$status $(cat crashed)" '12 crashed'
like 'and says why' "$(cat s.err)" 'unable to wait for events: Invalid argument'
for pid in $children ; do tap_gone "$pid" || kill -s KILL "$pid" ; done
done_testing
