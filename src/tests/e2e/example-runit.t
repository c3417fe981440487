#!/bin/sh
# ISC license.
# doc/examples/runit, under Debian's runit: what its README says, on a machine of our own.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need_machine
machine_make
machine_peer runit
mkdir "$ROOT/etc/runit/runsvdir/current" # which is where /etc/service leads
machine_start runsvdir /etc/service
ok 'what all folders need is copied' machine_readme common 1
ok 'the services are copied, and linked' machine_readme runit 1
# somebody has the port: all or none
# shellcheck disable=SC2016 # for the shell there
start_inside squatter s6-tcpserver-socketbinder 127.0.0.1 8080 sh -c 'echo $$ ; exec sleep 1000'
ok 'somebody has the port' ready squatter
holder_is_there() { inside s6-fdholder-list /run/fdholder ; }
ok 'the holder is there' retry 30 holder_is_there
not_ok 'the sockets cannot be bound' machine_readme runit 2
is 'none is held' "$(inside s6-fdholder-list /run/fdholder)" ''
ok 'the port is free' inside kill -9 "$(cat squatter.out)"
retry 20 ended squatter
ok 'the sockets are bound' machine_readme runit 2
ok 'the three answer' retry 30 three_answer
test "$tap_failed" -eq 0 || done_testing
three_demonstrate runit 4
three_survive 'sv stop /etc/service/SERVICE' 'sv start /etc/service/SERVICE'
holder_survives
ok 'upgraded' machine_readme runit 5
is_upgraded() { inside s6-fdholder-stat /run/fdholder | grep -qx 'upgrades	1' ; }
ok 'the holder says so' retry 20 is_upgraded
not_ok 'binding again fails' inside /etc/s6-activation/bind-sockets
ok 'and changes nothing' three_answer
ok 'what is said is logged' retry 20 grep -q 'GET / HTTP' "$ROOT/var/log/web/current"

sed -i 's/s6-setuidgid nobody/chpst -u nobody/' "$ROOT/etc/sv/web/run"
web=$(three_server web)
ok 'a service is killed' inside sv kill /etc/service/web
ok 'chpst -u where s6-setuidgid stood: it answers' retry 30 three_other_serves web "$web"
three_unprivileged web
not_ok 'chpst -u before the socket is there' inside chpst -u nobody s6-fdholder-retrieve /run/fdholder tcp:web true
like 'is too early' "$(cat err)" 'do its access rules let this user in'
ok 'the input is the socket' inside s6-fdholder-retrieve /run/fdholder tcp:web test -e /proc/self/fd/0
not_ok 'chpst -0 closes it' inside s6-fdholder-retrieve /run/fdholder tcp:web chpst -0 test -e /proc/self/fd/0

ok 'the holder is restarted' inside sv restart /etc/service/fdholder
is 'it holds nothing' "$(inside s6-fdholder-list /run/fdholder)" ''
ok 'all services are stopped' inside sv stop /etc/service/echo /etc/service/web /etc/service/agent
not_ok 'nobody serves' three_ask echo
ok 'the sockets are bound' machine_readme runit 2
ok 'and started' inside sv start /etc/service/echo /etc/service/web /etc/service/agent
ok 'the three answer' retry 30 three_answer
done_testing
