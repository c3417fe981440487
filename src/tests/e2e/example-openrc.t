#!/bin/sh
# ISC license.
# doc/examples/openrc, under Debian's OpenRC: what its README says, on a machine of our own.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need_machine
machine_make
machine_peer openrc
: > "$ROOT/etc/insserv.conf"
machine_start sh -c 'while : ; do sleep 1000 ; done'
ok 'OpenRC has booted' inside sh -c 'mkdir -p /run/openrc /etc/runlevels/default && : > /run/openrc/softlevel'
ok 'what all folders need is copied' machine_readme common 1
ok 'the scripts are copied, and added' machine_readme openrc 1
ok 'the runlevel is started' machine_readme openrc 2
ok 'the three answer' retry 30 three_answer
three_demonstrate openrc 3
three_survive 'rc-service SERVICE stop' 'rc-service SERVICE start'
holder_survives
ok 'upgraded, and reloaded' machine_readme openrc 4
is_upgraded() { inside s6-fdholder-stat /run/fdholder | grep -qx 'upgrades	1' ; }
ok 'the holder says so' retry 20 is_upgraded
ok 'all is restarted' inside rc-service fdholder restart
ok 'the three answer' retry 30 three_answer
ok 'all is stopped' inside rc-service fdholder stop
not_ok 'nobody serves' inside pgrep 's6-|example-'

# the programs elsewhere, and the line that the first README has for scripts in sh
mkdir "$ROOT/opt"
find "$ROOT/bin" -type f \( -name 's6-*' -o -name ucspilogd \) -exec mv {} "$ROOT/opt/" \;
line=$(machine_block "$SRC/doc/examples/README" 1 | sed 's|/usr/lib/s6-activation/bin|/opt|')
# shellcheck disable=SC2016 # for the shell there
is 'the line' "$line" 'export PATH=/opt:$PATH'
sed -i "1a $line" "$ROOT"/etc/init.d/fdholder "$ROOT"/etc/init.d/bind-sockets "$ROOT"/etc/init.d/echo "$ROOT"/etc/init.d/web "$ROOT"/etc/init.d/agent
ok 'all is started' machine_readme openrc 2
machine_path=$machine_path:/opt
ok 'the three answer' retry 30 three_answer
done_testing
