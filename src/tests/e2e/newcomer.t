#!/bin/sh
# ISC license.
# Somebody who knows none of it has a machine with runit, our programs, and what we have
# written. README sends him to the examples. Here nothing is run on that machine but what they
# print: the services answer, after kill -9, while they are down, and after the next boot.
# timeout: 180
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need_machine
machine_make
machine_peer runit
# as it is where runit has been installed: the three stages of runit(8), and where /etc/service leads
printf '#!/bin/sh\nexit 0\n' > "$ROOT/etc/runit/1"
cp "$ROOT/etc/runit/1" "$ROOT/etc/runit/3"
printf '#!/bin/sh\nexec runsvdir -P /etc/service\n' > "$ROOT/etc/runit/2"
chmod 755 "$ROOT"/etc/runit/[123]
ln -s default "$ROOT/etc/runit/runsvdir/current"
find "$ROOT/bin" -type f -name 's6-*' -exec rm {} +
not_ok 'none of our programs is there' test -e "$ROOT/bin/s6-fdholderd"

is 'INSTALL says how they get there' "$(machine_block "$SRC/INSTALL" 3)" 'make install DESTDIR=/tmp/package'
machine_block "$SRC/INSTALL" 3 | sed "s|/tmp/package|$ROOT|" > install
ok 'they get there' sh -c "cd '$BUILD' && . '$WORK/install'"
boot()
{
  machine_start runit
}
boot
is 'runit is process 1' "$(inside cat /proc/1/comm)" runit

# What he reads: from README to the folder of his init.
folder=$(sed -n 's/^ .* \(doc\/[a-z]*\)$/\1/p' "$SRC/README")
is 'README sends him to the examples' "$folder" doc/examples
like 'for runit' "$(grep " $folder\$" "$SRC/README")" runit
like 'there is a folder for it' "$(cat "$SRC/$folder/README")" '^runit  '
like 'and one to copy first' "$(cat "$SRC/$folder/README")" '^common  .*first'
ok 'what is to be copied first' machine_readme common 1
ok 'the services' machine_readme runit 1
ok 'the sockets' machine_readme runit 2
test "$tap_failed" -eq 0 || done_testing

# the client is the one that the README has among its commands
client=$(machine_block "$SRC/$folder/runit/README" 4 | sed -n 's/ &$//p')
answered()
{
  test "$(inside timeout 20 sh -c "$client")" = hello
}
server() { inside pgrep -x s6-ipcserverd ; }
ok 'a client' answered
old=$(server)
ok 'kill -9 of the server' inside kill -9 "$old"
ok 'a client' answered
isnt 'another process has served it' "$(server)" "$old"
three_demonstrate runit 4

# "put it into /etc/runit/2, in the background, before the line that executes runsvdir"
like 'the README says what belongs to the boot' "$(cat "$SRC/$folder/runit/README")" '^/etc/runit/2, in the background, before the line that executes runsvdir'
sed -i "/^exec runsvdir/i $(machine_block "$SRC/$folder/runit/README" 3)" "$ROOT/etc/runit/2"
stop machine
boot
is 'runit is process 1' "$(inside cat /proc/1/comm)" runit
ok 'the next boot: a client' retry 60 answered
ok 'an upgrade' machine_readme runit 5
done_testing
