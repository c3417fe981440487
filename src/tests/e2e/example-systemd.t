#!/bin/sh
# ISC license.
# doc/examples/systemd: the units are units; then under systemd, as its README says, on a
# machine of our own with a control group of its own; and what the comments say of KillMode.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need systemd-analyze systemctl
need_machine
place=$(awk '$3 == "cgroup2" { print $2 ; exit }' /proc/mounts)
cgroup=$place/s6-activation-test.$$
if test -z "$place" || ! mkdir "$cgroup" 2> /dev/null ; then skip_all 'needs cgroups of version 2' ; fi
remove_cgroup() { find "$cgroup" -depth -type d -exec rmdir {} + ; }
# what tap.sh does at the end, when the machine has ended and its group can go
end()
{
  code=$?
  stop machine
  retry 10 remove_cgroup
  ( exit "$code" )
  tap_cleanup
}
trap end EXIT

machine_make
mkdir "$ROOT/etc/systemd" "$ROOT/etc/systemd/system"
# what services are ordered after and wanted by, and nothing of this system's
for target in sysinit basic shutdown multi-user
do
  printf '[Unit]\nDefaultDependencies=no\n' > "$ROOT/etc/systemd/system/$target.target"
done
MACHINE_CGROUP=$cgroup
machine_start env container=test SYSTEMD_UNIT_PATH=/etc/systemd/system /usr/lib/systemd/systemd --unit=multi-user.target
is_running() { inside systemctl is-active multi-user.target ; }
ok 'systemd runs' retry 30 is_running
ok 'what all folders need is copied' machine_readme common 1
ok 'the units are copied, enabled and started' machine_readme systemd 1
ok 'they are units' inside systemd-analyze verify --man=no fdholder.service bind-sockets.service echo.service web.service agent.service
is 'nothing is to be said of them' "$(cat out err)" ''
ok 'the three answer' retry 30 three_answer
three_demonstrate systemd 2
three_survive 'systemctl stop SERVICE' 'systemctl start SERVICE'
holder_survives
bound() { inside systemctl show -p InvocationID --value bind-sockets.service ; }
binding=$(bound)
ok 'reloaded, and upgraded' machine_readme systemd 3
is_upgraded() { inside s6-fdholder-stat /run/fdholder | grep -qx 'upgrades	1' ; }
ok 'the holder says so' retry 20 is_upgraded
ok 'all begin anew' machine_readme systemd 4
ok 'the three answer' retry 30 three_answer
isnt 'at other sockets' "$(bound)" "$binding"

# drop_in UNIT LINE...
drop_in()
{
  mkdir -p "$ROOT/etc/systemd/system/$1.service.d"
  unit=$1
  shift
  printf '%s\n' "$@" > "$ROOT/etc/systemd/system/$unit.service.d/test.conf"
  inside systemctl daemon-reload
}
kill_keeper()
{
  three_pid=$(three_keeper)
  inside kill -9 "$three_pid" && retry 30 three_keeps_other "$three_pid"
}
binding=$(bound)
ok 'the keeper is killed' kill_keeper
is 'nothing else is started again' "$(bound)" "$binding"
drop_in bind-sockets '[Unit]' Requires=fdholder.service
ok 'with Requires=' kill_keeper
is_bound_again() { test "$(bound)" != "$binding" ; }
ok 'what requires it is' retry 20 is_bound_again
drop_in bind-sockets
ok 'all begin anew' machine_readme systemd 4
ok 'something is held' inside s6-fdholder-list /run/fdholder
is 'three sockets' "$(wc -l < out)" 3
drop_in fdholder '[Service]' KillMode=mixed
ok 'with KillMode=mixed, the keeper is killed' kill_keeper
is 'all that was held is gone' "$(inside s6-fdholder-list /run/fdholder)" ''

# the programs elsewhere
drop_in fdholder
mkdir "$ROOT/opt"
find "$ROOT/bin" -type f \( -name 's6-*' -o -name ucspilogd \) -exec mv {} "$ROOT/opt/" \;
not_ok 'without its path, nothing starts' inside systemctl restart fdholder
machine_block "$SRC/doc/examples/systemd/README" 5 | sed 's|/usr/lib/s6-activation/bin|/opt|' > "$ROOT/block"
like 'the README has it' "$(cat "$ROOT/block")" '=/opt:'
ok 'it is told' inside sh -eu /block
machine_path=$machine_path:/opt
ok 'all begin' machine_readme systemd 4
ok 'the three answer' retry 30 three_answer
done_testing
