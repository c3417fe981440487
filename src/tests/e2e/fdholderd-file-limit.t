#!/bin/sh
# ISC license.
# A holder that may write no file that is long (ulimit -f) cannot list in detail, and cannot
# execute itself: but nothing that it cannot write ends it.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$DAEMON_WRAPPER" || skip_all 'a wrapper writes files of its own'
test -z "$SANITIZED" || skip_all 'a sanitizer writes files of its own'

allow_all rules
start holder sh -c 'ulimit -f 2 && exec s6-fdholder-daemon -v 1 -1 -i rules s'
ready holder
pid=$(pid_of holder)
long=$(printf '%0200d' 0)
for i in 0 1 2 3 4 5 6 7 8 9 a b c d e f
do
  s6-fdholder-store -d 5 s "$long$i" 5< /dev/null 2>> store.err
done
exits 'a list in detail that is too long is refused' 1 s6-fdholder-list -l s
kill -USR1 "$pid"
ok 'and so is an upgrade' retry 20 grep -q 'warning: will not execute itself' holder.err
exits 'all is there' 0 s6-fdholder-list s
is 'each of them' "$(wc -l < out | tr -d ' ')" 16
stop holder
done_testing
