#!/bin/sh
# ISC license.
# How s6-fdholderd and s6-fdholder-daemon start: what is fatal, and what is only warned about.
# shellcheck disable=SC3045 # the shells of Linux have ulimit -n
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules

# said NAME ERE: waits until the holder NAME has written a line that matches
said()
{
  retry 10 grep -qE "$2" "$1.err"
}

# each command line of s6 is good here, too
start_holder extra s -i rules foo bar
ok 'extra arguments are ignored, with a warning' said extra 'warning: extra arguments are ignored: foo'
stop extra
is 'and it ends properly' "$status" 0
start wrapped s6-fdholder-daemon -1 -i rules -- s foo bar
ok 'the wrapper does the same' ready wrapped
ok 'with a warning' said wrapped 's6-fdholder-daemon: warning: extra arguments are ignored: foo'
start least s6-fdholder-daemon -1 -b 0 -c 0 -n 0 -i rules least
ready least
exits '-b 0, -c 0 and -n 0 of s6-fdholder-daemon are 1: one is held' 0 s6-fdholder-store least one
exits 'and no more' 1 s6-fdholder-store least two
stop wrapped

start_holder missing s -i norules
ok 'missing rules are warned about' said missing 'warning: .*norules: No such file'
exits 'everybody is denied' 1 s6-fdholder-list s
mv rules norules
ok 'until there are some' s6-fdholder-list s
stop missing
start_holder nodir s -i norules/uid/default/allow
ok 'a file is no rules directory' said nodir 'warning: .*/allow: Not a directory'
stop nodir

if test -z "$DAEMON_WRAPPER$SANITIZED"
then
  exits 'no room to hold anything is fatal' 111 sh -c 'ulimit -n 50 ; exec s6-ipcserver-socketbinder s s6-fdholderd -v 0 -c 16 -n 100 -i norules'
  like 'and the remedy is named' "$(cat err)" 'raise the hard limit .* to 516 or more'
else
  skip 'no room to hold anything is fatal' 'the wrapper needs descriptors of its own'
  skip 'and the remedy is named' 'the wrapper needs descriptors of its own'
fi
exits 'readiness cannot be told to a closed stdout' 100 sh -c 'exec s6-ipcserver-socketbinder s s6-fdholderd -1 -i norules >&-'
done_testing
