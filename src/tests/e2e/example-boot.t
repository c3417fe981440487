#!/bin/sh
# ISC license.
# doc/examples/boot: a boot script without any supervisor, as its README says, on a machine
# of our own.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need_machine
machine_make
machine_start sh -c 'while : ; do sleep 1000 ; done'
ok 'what all folders need is copied' machine_readme common 1
ok 'the scripts are copied' machine_readme boot 1
ok 'the boot script' machine_readme boot 2
ok 'the three answer' retry 30 three_answer
three_demonstrate boot 3
machine_block "$SRC/doc/examples/README" 2 > "$ROOT/block"
ok 'they are asked as the first README says' inside timeout 20 sh -eu /block
like 'echo answers' "$(cat out)" '^hello$'
like 'agent answers' "$(cat out)" '^agent [1-9][0-9]*: hello$'
like 'web answers' "$(cat out)" '^web: process [1-9][0-9]*$'
# shellcheck disable=SC2016 # for the shell there
three_survive 'kill $(cat /run/keep.SERVICE) ; while test -e /run/keep.SERVICE ; do sleep 0.1 ; done' 's6-setsid /etc/s6-activation/keep SERVICE &'
holder_survives
ok 'the holder is upgraded' machine_readme boot 4
is_upgraded() { inside s6-fdholder-stat /run/fdholder | grep -qx 'upgrades	1' ; }
ok 'it says so' retry 20 is_upgraded
not_ok 'the boot script again fails' machine_readme boot 2
like 'and says why' "$(cat err)" 'a holder already'
ok 'the three answer still' three_answer
# shellcheck disable=SC2016 # for the shell there
ok 'all are told to end' inside sh -c 'kill $(cat /run/keep.*)'
nobody_serves() { test -z "$(inside pgrep 's6-|example-|keep')" ; }
ok 'and do' retry 20 nobody_serves
ok 'nothing is left' inside sh -c '! ls /run/keep.*'
done_testing
