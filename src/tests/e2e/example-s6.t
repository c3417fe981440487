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
machine_path=/usr/lib/execline/bin:$machine_path
machine_start sh -c 'mkdir /service && exec s6-svscan /service'
ok 'what all folders need is copied' machine_readme common 1
ok 'the services are copied' machine_readme s6 1
ok 'the scan directory is read' machine_readme s6 2
ok 'the sockets are bound' machine_readme s6 3
ok 'the three answer' retry 30 three_answer
test "$tap_failed" -eq 0 || done_testing
three_demonstrate s6 4
three_survive 's6-svc -wD -T 20000 -d /service/SERVICE' 's6-svc -u /service/SERVICE'
done_testing
