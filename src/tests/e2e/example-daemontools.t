#!/bin/sh
# ISC license.
# doc/examples/daemontools, with the scripts of doc/examples/runit, under Debian's daemontools:
# what its README says, on a machine of our own.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need_machine
machine_make
machine_peer daemontools
machine_start sh -c 'mkdir -p /etc/service && exec svscan /etc/service'
ok 'what all folders need is copied' machine_readme common 1
ok 'the services are copied, and linked' machine_readme daemontools 1
ok 'the sockets are bound when the holder is there' machine_readme daemontools 2
ok 'the three answer' retry 30 three_answer
test "$tap_failed" -eq 0 || done_testing
three_demonstrate daemontools 4
# svc does not wait
three_survive 'svc -d /etc/service/SERVICE ; while svstat /etc/service/SERVICE | grep -q ": up" ; do sleep 0.1 ; done' 'svc -u /etc/service/SERVICE'
holder_survives
ok 'upgraded' machine_readme daemontools 5
is_upgraded() { inside s6-fdholder-stat /run/fdholder | grep -qx 'upgrades	1' ; }
ok 'the holder says so' retry 20 is_upgraded
ok 'what is said is logged' retry 20 grep -q 'GET / HTTP' "$ROOT/etc/sv/web/log/main/current"

sed -i 's/s6-setuidgid nobody/setuidgid nobody/' "$ROOT/etc/sv/web/run"
web=$(three_server web)
ok 'a service is killed' inside svc -k /etc/service/web
ok 'setuidgid where s6-setuidgid stood: it answers' retry 30 three_other_serves web "$web"
three_unprivileged web
done_testing
