#!/bin/sh
# ISC license.
# timeout: 60
# shellcheck disable=SC2016,SC2046,SC2086 # words, and for inner shells
# Children that end together, of which the kernel tells once: each of many is noticed, and soon.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

children_of() { cat "/proc/$1/task/$1/children" ; }
has() { test "$(children_of "$(pid_of "$1")" | wc -w)" -eq "$2" ; }
said() { test "$(grep -c "$2" "$1.err")" -eq "$3" ; }
mkfifo hold
exec 9<>hold
# 120 clients that stay until hold is written to
clients='exec 9<&0 ; i=0 ; while test $i -lt 120 ; do s6-ipcclient "$0" sh -c "read -r _ <&9" & i=$((i+1)) ; done ; wait'

start many s6-ipcserver -v -1 -c 200 -C 120 many cat
ready many
server=$(pid_of many)
start clients sh -c "$clients" many <&9
ok '120 children' retry 20 has many 120

# together: 20 end while the server cannot look
kill -s STOP "$server"
kill -s KILL $(children_of "$server" | cut -d ' ' -f 1-20)
kill -s CONT "$server"
ok 'all that ended together are noticed' retry 5 has many 100
ok 'and told' retry 5 said many 'end pid .* signal 9' 20
like 'the count is right' "$(tail -n 1 many.err)" 'status: 100/200$'

# and before a client is refused for their sake
start more sh -c "$(echo "$clients" | sed 's/120/20/')" many <&9
retry 10 has many 120
kill -s STOP "$server"
kill -s KILL $(children_of "$server" | cut -d ' ' -f 1-20)
askers=
for name in in1 in2 in3 in4
do
  echo in | s6-ipcclient many s6-ioconnect -67 > $name &
  askers="$askers $!"
done
# all wait in the backlog
retry 5 sh -c 'test "$(grep -c " many\$" /proc/net/unix)" -eq 105'
kill -s CONT "$server"
wait $askers
is 'no client is refused for children that have ended' "$(cat in?) $(grep -Ec 'deny|reject' many.err)" 'in
in
in
in 0'

# one after the other, many times as fast as they come
run conn-load many 400 15
like 'served in their company' "$(cat out)" '^answered 400 empty 0 wrong 0 failed 0 '
ok 'nobody is left' retry 5 has many 100
is 'none was told twice' "$(sed -n 's/.*end pid \([0-9]*\) .*/\1/p' many.err | wc -l)" 444
stop many QUIT
is 'the server obeys' "$status" 0
# children that are not its own: those of the script that executed into it
start heir s6-ipcserver-socketbinder heir sh -c 'sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & exec s6-ipcserverd -1 cat'
ready heir
ok 'four children of before' retry 5 has heir 4
kill -s STOP "$(pid_of heir)"
kill -s KILL $(children_of "$(pid_of heir)")
have_ended()
{
  for child in $(children_of "$(pid_of heir)")
  do
    grep -q '^State:.Z' "/proc/$child/status" || return 1
  done
}
ok 'they end together' retry 5 have_ended
kill -s CONT "$(pid_of heir)"
ok 'that end together leave nothing behind' retry 5 has heir 0
done_testing
