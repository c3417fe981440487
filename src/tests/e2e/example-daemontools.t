#!/bin/sh
# ISC license.
# doc/examples/daemontools, with the scripts of doc/examples/runit, under Debian's daemontools,
# installed and tried as its README says: kill -9 of the services and of the holder with a client
# that waits, and an upgrade.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/examples.sh
. "$TESTS/support/examples.sh"
need_root
PATH=$PATH:$TESTS/peer/daemontools/bin
need svscan /usr/bin/python3
daemontools=$EXAMPLES/daemontools

pid_under()
{
  svstat "etc/sv/$1" | sed -n 's/.*(pid \([0-9]*\)).*/\1/p'
}

is_upgraded()
{
  s6-fdholder-stat run/fdholder | grep -qx 'upgrades	1'
}

reachable
ok 'the README says how to copy them' follow "$daemontools/README" 1
moved etc/sv/*/run etc/sv/*/log/run etc/s6-activation/bind-sockets
start daemontools svscan "$WORK/etc/service"
ok 'the sockets are bound when the holder is there' follow "$daemontools/README" 2
for name in echo web agent
do
  ok "$name answers" retry 30 answered "$name"
  unprivileged "$name"
  killed "$name"
done
survives
demonstrates "$daemontools/README" 4
ok 'the holder is told to upgrade' follow "$daemontools/README" 5
ok 'and does' retry 30 is_upgraded
ok 'with all three' example_held
sed -i 's/s6-setuidgid nobody/setuidgid nobody/' etc/sv/web/run
old=$(pid_under web)
ok 'a service is killed as the README says' svc -k etc/service/web
ok 'setuidgid where s6-setuidgid stood: it answers' retry 30 another_answers web "$old"
unprivileged web
ok 'what is said is logged' retry 20 grep -q 'GET / HTTP' etc/sv/web/log/main/current

stop daemontools
svc -dx etc/sv/* etc/sv/*/log
test "$tap_failed" -eq 0 || tail -n 10 etc/sv/*/log/main/current | sed 's/^/# /'
done_testing
