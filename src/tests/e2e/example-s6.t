#!/bin/sh
# ISC license.
# doc/examples/s6, under our s6-svscan: what its README says, on a machine of our own. What
# becomes of the holder and of the further services is in examples-supervised.t.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
three_echo_server() { inside s6-svstat -o pid /service/echo ; }
need_machine
machine_make
machine_start sh -c 'mkdir /service && exec s6-svscan /service'
ok 'what all folders need is copied' machine_readme common 1
ok 'the services are copied' machine_readme s6 1
ok 'the scan directory is read' machine_readme s6 2
ok 'the sockets are bound' machine_readme s6 3
ok 'the three answer' retry 30 three_answer
test "$tap_failed" -eq 0 || done_testing
three_demonstrate s6 4
three_survive 's6-svc -wD -T 20000 -d /service/SERVICE' 's6-svc -u /service/SERVICE'
ok 'the holder is upgraded' machine_readme s6 5
is_upgraded() { inside s6-fdholder-stat /service/fdholder/s | grep -qx 'upgrades	1' ; }
ok 'it says so' retry 20 is_upgraded

# "If that has happened, bring all services down, run bind-sockets, and bring them up."
others() { inside sh -c "cd /service && for name in * ; do test \$name = fdholder || s6-svc $1 \$name || exit ; done" ; }
ok 'the holder is restarted' inside s6-svc -wR -T 20000 -r /service/fdholder
is 'all is lost' "$(inside s6-fdholder-list /service/fdholder/s)" ''
ok 'all services are brought down' others '-wD -T 20000 -d'
ok 'the sockets are bound' machine_readme s6 3
ok 'they are brought up' others -u
ok 'the three answer' retry 30 three_answer
done_testing
