#!/bin/sh
# ISC license.
# s6-fdholder-stat: what a holder says of itself, options, exit codes.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules -c 20 -n 30

value() # NAME
{
  s6-fdholder-stat s | sed -n "s/^$1	//p"
}

is 'the names, in order' "$(s6-fdholder-stat s | cut -f 1 | tr '\n' ' ')" 'version uptime held maxfds descriptors connections maxconn waiting watching upgrades keeper '
is 'version' "$(value version)" "$(sed -n 's/^version=//p' "$TESTS/../../package/info")"
like 'uptime: seconds, with three decimals' "$(value uptime)" '^[0-9][0-9]*\.[0-9][0-9][0-9]$'
is 'nothing is held' "$(value held)" 0
is 'maxfds' "$(value maxfds)" 30
is 'maxconn' "$(value maxconn)" 20
is 'connections: this one' "$(value connections)" 1
is 'upgrades' "$(value upgrades)" 0
is 'keeper' "$(value keeper)" off
s6-fdholder-store -d 0 s a s6-fdholder-store -d 0 s b true < .
is 'two are held' "$(value held)" 2
open() { descriptors=$(value descriptors) ; test "$descriptors" -ge 2 && test "$descriptors" -le 6 ; }
ok 'and open, with what clients before us have left' retry 5 open
start waiter s6-fdholder-retrieve -w s c true
start watcher s6-fdholder-watch s
waits() { test "$(value waiting) $(value watching) $(value connections)" = '1 1 3' ; }
ok 'one waits, one watches, and this one asks' retry 10 waits
s6-fdholder-store -d 0 s c true < .
still() { test "$(value waiting) $(value watching)" = '0 1' ; }
ok 'the one waits no longer' retry 10 still
ok 'executes into a program' s6-fdholder-stat s echo after
is 'after it has printed' "$(tail -n 1 out)" after
ok '-t' s6-fdholder-stat -t 60000 -- s
exits 'stdout is closed: 111' 111 sh -c 's6-fdholder-stat s 1>&-'
ok 'stdout is full' sh -c 's6-fdholder-stat s > /dev/full ; test $? -eq 111'
exits 'no argument: 100' 100 s6-fdholder-stat
like 'the usage line' "$(cat err)" '^s6-fdholder-stat: usage: s6-fdholder-stat '
exits 'an unknown option: 100' 100 s6-fdholder-stat -Z s
exits 'a number that is none: 100' 100 s6-fdholder-stat -t '' s
exits 'no daemon: 111' 111 s6-fdholder-stat nowhere
done_testing
