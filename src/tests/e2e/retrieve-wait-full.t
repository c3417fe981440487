#!/bin/sh
# ISC license.
# Those that wait for an identifier fill the holder: who stores it, the same user, is served.
# shellcheck source=tools/tap.sh
# shellcheck disable=SC2086 # $identify has words
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -v2 -c3 -i rules
echo one > file
identify='stat -L -c %d:%i /proc/self/fd/0'
one=$(stat -c %d:%i file)

# waiting N: so many waits have begun in all, at least
waiting()
{
  test "$(grep -c 'retrieve (wait begun)' holder.err)" -ge "$1"
}

for name in first second third
do
  start $name s6-fdholder-retrieve -w -t 0 s id $identify < /dev/null
done
ok 'three wait, and there are three places' retry 20 waiting 3
exits 'who stores it gets one' 0 s6-fdholder-store -t 60000 s id < file
for name in first second third
do
  ok "the $name is answered" retry 20 ended $name
  is 'and has it' "$(cat $name.out)" "$one"
done

done_testing
