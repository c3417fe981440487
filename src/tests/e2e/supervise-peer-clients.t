#!/bin/sh
# ISC license.
# s6's clients, of each version, and our s6-supervise: they find it, control it, wait for it, and
# read what it writes; s6-supervise of theirs is refused beside ours, and ours beside theirs.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

readers | sed 1d > known
test -s known || skip_all "needs tools/fetch-peer, and a version that reads our status"

while read -r version
do
  with() { version "$version" "$@" < /dev/null ; }
  version_here "$version" "$WORK"
  dir=of$version
  service "$dir" 'test ! -e fails || exit 1' 'trap "exit 7" USR1' 'echo >&3' 'while : ; do sleep 0.02 ; done'
  script "$dir/finish" 'test ! -e fails || exit 125'
  echo 3 > "$dir/notification-fd"
  : > "$dir/down"
  exits "$version: s6-svok: not supervised" 1 with s6-svok "$dir"
  supervise "$dir"
  exits 's6-svok: supervised' 0 with s6-svok "$dir"
  exits 'their s6-supervise is refused' 100 timeout 10 version "$version" s6-supervise "$dir"
  case $version in
    2.11) ;;  # knows no "not started yet"
    *) like 's6-svstat: not started yet' "$(with s6-svstat "$dir")" '^down \(not started yet\)' ;;
  esac
  exits 's6-svc -wU -u' 0 with s6-svc -wU -T 20000 -u "$dir"
  is 'it is up and ready' "$(status_of "$dir" | cut -d ' ' -f 3)" 12
  like 's6-svstat' "$(with s6-svstat "$dir")" "^up \\(pid $(run_of "$dir").*\\) [0-9]+ seconds, normally down, ready [0-9]+ seconds"
  is 's6-svstat -o' "$(with s6-svstat -o up,wantedup,ready,paused,pid "$dir")" "true true true false $(run_of "$dir")"
  exits 's6-svwait -U' 0 with s6-svwait -U -t 20000 "$dir"
  run_before=$(run_of "$dir")
  exits 's6-svc -wR -r' 0 with s6-svc -wR -T 20000 -r "$dir"
  isnt 'it is another one' "$(run_of "$dir")" "$run_before"
  exits 's6-svc -p' 0 with s6-svc -p "$dir"
  ok 'paused' retry 5 has "$dir" 13
  is 's6-svstat knows' "$(with s6-svstat -o paused "$dir")" true
  exits 's6-svc -c' 0 with s6-svc -c "$dir"
  retry 5 has "$dir" 12
  exits 's6-svc -wD -d' 0 with s6-svc -wD -T 20000 -d "$dir"
  is 'it is down, and finish is over' "$(status_of "$dir")" '0 15 8'
  like 's6-svstat' "$(with s6-svstat "$dir")" '^down \(signal SIGTERM\) [0-9]+ seconds, ready [0-9]+ seconds'
  exits 's6-svwait -u in vain: 99' 99 with s6-svwait -u -t 200 "$dir"
  start waiter version "$version" s6-svwait -u -t 20000 "$dir"
  subscribed() { test "$(find "$dir/event" -name 'ftrig1:@*' | wc -l)" -ge 1 ; }
  retry 10 subscribed
  exits 's6-svc -u' 0 with s6-svc -u "$dir"
  ok 'wakes s6-svwait' retry 10 ended waiter
  stop waiter
  is 'with 0' "$status" 0
  exits 's6-svdt' 0 with s6-svdt "$dir"
  is 'the deaths' "$(cut -d ' ' -f 2- out | tr '\n' ,)" 'signal SIGTERM,signal SIGTERM,'
  exits 's6-svdt-clear' 0 with s6-svdt-clear "$dir"
  is 'the tally is empty' "$(with s6-svdt "$dir")" ''
  : > "$dir/fails"
  letters "$dir" d
  retry 5 has "$dir" 8
  exits 's6-svlisten1 -U: it fails for good: 1' 1 with s6-svlisten1 -U -t 20000 "$dir" s6-svc -u "$dir"
  ok 'it is down' retry 5 has "$dir" 8 256
  exits 's6-svc -x' 0 with s6-svc -x "$dir"
  ok 'it leaves' retry 5 ended "$dir"
  exits 's6-svok: not supervised' 1 with s6-svok "$dir"
  rm "$dir/fails"
  supervise "$dir" version "$version" s6-supervise
  exits 'ours is refused beside theirs' 100 timeout 10 s6-supervise "$dir"
  stop "$dir"
  # over what it has left: supervise/, with its status, its tally, its lock
  supervise "$dir"
  exits 'after theirs: ours' 0 with s6-svc -wU -T 20000 -u "$dir"
  exits 'and down' 0 with s6-svc -wD -T 20000 -dx "$dir"
  retry 5 ended "$dir"
  supervise "$dir" version "$version" s6-supervise
  exits 'after ours: theirs' 0 with s6-svc -wU -T 20000 -u "$dir"
  exits 'and down again' 0 with s6-svc -wD -T 20000 -dx "$dir"
done < known
done_testing
