#!/bin/sh
# ISC license.
# s6-svscan under valgrind, through scans, deaths, a pair that goes and comes, a removed log, an end:
# no error, and at the end no descriptor is open but those that it has all its life. Orders come as letters: valgrind's
# vfork(2) shares no memory, so that a handler of a signal that cannot be executed is not seen to be so.
# timeout: 240
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
command -v valgrind > /dev/null || skip_all 'needs valgrind'
test -z "$SANITIZED" || skip_all 'valgrind and sanitizers do not go together'
with_fakes
DAEMON_WRAPPER="valgrind -q --track-fds=yes --log-file=$WORK/valgrind.%p"

descriptors_of() { find "/proc/$(pid_of s)/fd" -type l -printf '%l\n' | sed 's/:\[[0-9]*\]$//' | sort ; }
# those that it has opened itself, each with the function that did
left()
{
  awk '
    { sub(/^==[0-9]*== */, "") }
    /^Open / { name = $5 ; next }
    /^at / { first = 1 }
    /syscall_cancel / { next }
    first && /^(at|by) / { first = 0 ; print name == "" || name ~ /^anon/ ? $3 : name }' "$1" | sort | tr '\n' ' '
}
as_before() { descriptors_of > after && cmp -s before after ; }

mkdir -p d/a/log d/b d/s6-svscan-log stage
ln -s nowhere d/dangling
ln -s loop d/loop
scan s d
ok 'it begins' retry 30 count s 4
as_first() { count s 4 && tells 'start s6-svscan-log' && tells 'start a/log' ; }
retry 30 as_first
descriptors_of > before
for round in 1 2
do
  for service in a a/log b
  do
    n=$(told "start $service")
    kill -s KILL "$(supervisor s "$service")"
    ok "$round: $service dies: again" retry 30 tells "start $service" $((n + 1))
  done
  n=$(told 'start a')
  mv d/a d/b stage
  order an d
  ok "$round: gone" retry 30 count s 1
  mv stage/a stage/b d
  order h d
  ok "$round: back" retry 30 count s 4
  mv d/a/log d/a/nolog
  order an d
  mv d/a/nolog d/a/log
  order azN d
  ok "$round: a log that goes and comes" retry 30 count s 4
done
ok 'it has the same descriptors' retry 30 as_before
report=valgrind.$(pid_of s)
order t d
ok 'it ends' retry 60 ended s
stop s
is 'well, with no error' "$status" 0
is 'with what it has all its life' "$(left "$report")" '. .s6-svscan/control .s6-svscan/lock epoll_create1 signalfd '
like 'and has said what is wrong' "$(cat s.err)" 'passing over "dangling"'
done_testing
