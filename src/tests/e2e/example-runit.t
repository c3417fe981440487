#!/bin/sh
# ISC license.
# doc/examples/runit under Debian's runit, installed and tried as its README says: kill -9 of the
# services and of the holder with a client that waits, an upgrade, and what it says of chpst.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/examples.sh
. "$TESTS/support/examples.sh"
need_root
PATH=$PATH:$TESTS/peer/runit/bin
need runsvdir /usr/bin/python3
runit=$EXAMPLES/runit

pid_under()
{
  cat "etc/sv/$1/supervise/pid"
}

is_upgraded()
{
  s6-fdholder-stat run/fdholder | grep -qx 'upgrades	1'
}

reachable
ok 'the README says how to copy them' follow "$runit/README" 1
moved etc/sv/*/run etc/sv/*/log/run etc/s6-activation/bind-sockets
start runit runsvdir "$WORK/etc/service"
ok 'the sockets are bound when the holder is there' follow "$runit/README" 2
for name in echo web agent
do
  ok "$name answers" retry 30 answered "$name"
  unprivileged "$name"
  killed "$name"
done
survives
demonstrates "$runit/README" 4
ok 'the holder is told to upgrade' follow "$runit/README" 5
ok 'and does' retry 30 is_upgraded
ok 'with all three' example_held
not_ok 'binding again fails' etc/s6-activation/bind-sockets
ok 'and changes nothing' answered agent
ok 'what is said is logged' retry 20 grep -q 'GET / HTTP' var/log/web/current

# chpst
sed -i 's/s6-setuidgid nobody/chpst -u nobody/' etc/sv/web/run
old=$(pid_under web)
ok 'a service is killed as the README says' sv kill "$WORK/etc/service/web"
ok 'chpst -u where s6-setuidgid stood: it answers' retry 30 another_answers web "$old"
unprivileged web
not_ok 'chpst -u before the socket is there' chpst -u nobody s6-fdholder-retrieve run/fdholder tcp:web true
like 'is denied' "$(cat err)" 'do its access rules let this user in'
ok 'the input is the socket' s6-fdholder-retrieve run/fdholder tcp:web test -e /proc/self/fd/0
not_ok 'chpst -0 closes it' s6-fdholder-retrieve run/fdholder tcp:web chpst -0 test -e /proc/self/fd/0

for service in etc/sv/*
do
  sv force-shutdown "$WORK/$service" > /dev/null
done
test "$tap_failed" -eq 0 || tail -n 10 var/log/*/current | sed 's/^/# /'
done_testing
