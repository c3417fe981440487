#!/bin/sh
# ISC license.
# s6-fdholder-retrieve -w: it is there when somebody has stored it, and not before.
# shellcheck source=tools/tap.sh
# shellcheck disable=SC2086 # $identify has words
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -v2 -i rules
echo one > file
echo two > other
identify='stat -L -c %d:%i /proc/self/fd/0'
one=$(stat -c %d:%i file)
two=$(stat -c %d:%i other)

# waiting N: so many waits have begun in all
waiting()
{
  test "$(grep -c 'retrieve (wait begun)' holder.err)" -eq "$1"
}

start first s6-fdholder-retrieve -w s id $identify < /dev/null
ok 'it waits' retry 20 waiting 1
s6-fdholder-store s different < other
not_ok 'for its own identifier' ended first
s6-fdholder-store s id < file
ok 'and ends when that is there' retry 20 ended first
is 'the program has it' "$(cat first.out)" "$one"
is 'what is there is not waited for' "$(s6-fdholder-retrieve -w -t 60000 s id $identify)" "$one"
ok 'no wait began' waiting 1
s6-fdholder-delete s id

exits 'a wait has an end: 1' 1 s6-fdholder-retrieve -w -t 300 s id cat
like 'and a word on it' "$(cat err)" 'unable to retrieve id: .*timed out'
ok 'it did wait' waiting 2

exits '-D: a program that is not there is told at once: 127' 127 s6-fdholder-retrieve -D -w s id ./nothing
ok 'without a wait' waiting 2
start taker s6-fdholder-retrieve -D -w -t 0 s id $identify < /dev/null
ok 'one waits to take it' retry 20 waiting 3
start second s6-fdholder-retrieve -D -w -t 0 s id $identify < /dev/null
ok 'and a second' retry 20 waiting 4
start reader s6-fdholder-retrieve -w -t 0 s id $identify < /dev/null
ok 'and one that wants a copy' retry 20 waiting 5
s6-fdholder-store s id < file
ok 'the one that came first takes it' retry 20 ended taker
ok 'who wants a copy has one' retry 20 ended reader
is 'both have the same' "$(cat taker.out reader.out)" "$one
$one"
is 'it is gone' "$(s6-fdholder-list s)" different
not_ok 'the second one waits on' ended second
s6-fdholder-store s id < other
ok 'for the next' retry 20 ended second
is 'which it takes' "$(cat second.out)" "$two"

start killed s6-fdholder-retrieve -w -t 0 s id $identify < /dev/null
ok 'who waits may go' retry 20 waiting 6
stop killed KILL
s6-fdholder-store s id < file
is 'and nobody is in the way' "$(s6-fdholder-retrieve s id $identify)" "$one"
s6-fdholder-delete s id

start last s6-fdholder-retrieve -w -t 0 s id $identify < /dev/null
ok 'the holder ends, and one waits' retry 20 waiting 7
stop holder
is 'nobody who waits keeps it' "$status" 0
ok 'and who waits is told' retry 20 ended last
stop last
is 'by a failure' "$status" 1
is 'without the program' "$(cat last.out)" ''

if is_root
then
  start_holder small s2 -v2 -c1 -i rules
  start displaced as_uid 1001 s6-fdholder-retrieve -w -t 0 s2 id $identify < /dev/null
  ok 'a full holder, and one waits' retry 20 grep -q 'wait begun' small.err
  s6-fdholder-store s2 id < file
  ok 'another user is served in its place' grep -q displaced small.err
  ok 'it came again' retry 20 ended displaced
  is 'and has it' "$(cat displaced.out)" "$one"
else
  skip 'a full holder, and one waits' 'needs root, to act as several users'
fi

done_testing
