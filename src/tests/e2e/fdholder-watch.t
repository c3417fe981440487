#!/bin/sh
# ISC license.
# s6-fdholder-watch: a line for each change, at once; every option, every exit code.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -v2 -i rules
: > file

# watching N: so many have begun in all
watching()
{
  test "$(grep -c ': watch.*: done' holder.err)" -eq "$1"
}

# tells NAME LINES: in the end, and not more
tells()
{
  # shellcheck disable=SC2317 # retry calls it
  has_lines() { test "$(cat "$1.out")" = "$2" ; }
  retry 20 has_lines "$1" "$2" || diag "it did not come to that"
  is "$1 has told that" "$(cat "$1.out")" "$2"
}

s6-fdholder-store s here < file
s6-fdholder-store s 'unix:here' < file
start all s6-fdholder-watch s
ok 'it watches' retry 20 watching 1
start some s6-fdholder-watch -- s 'unix:*'
ok 'and one with a glob' retry 20 watching 2
start held s6-fdholder-watch -1 s
ok 'and one that begins with what is held' retry 20 watching 3
start heldsome s6-fdholder-watch -1t0 s 'u*'
ok 'of some' retry 20 watching 4
tells held 'holds here
holds unix:here'
tells heldsome 'holds unix:here'

s6-fdholder-store s 'unix:a b
\c' < file
s6-fdholder-store -r s here < file
s6-fdholder-store -T 300 s short < file
expired() { ! s6-fdholder-list s | grep -q short ; }
ok 'something expires' retry 10 expired
s6-fdholder-retrieve -D s here true
s6-fdholder-delete s unix:here
s6-fdholder-getdump s s6-fdholder-setdump s
changes='stored unix:a b\n\\c
replaced here
stored short
expired short
deleted here
deleted unix:here
replaced unix:a b\n\\c'
tells all "$changes"
tells held "holds here
holds unix:here
$changes"
tells some "$(printf '%s\n' "$changes" | grep unix:)"
tells heldsome "holds unix:here
$(printf '%s\n' "$changes" | grep unix:)"

exits '-t: nothing in that time: 99' 99 s6-fdholder-watch -t 200 s
is 'and not a word' "$(cat out err)" ''
exits '-t, after what is held' 99 s6-fdholder-watch -1 -t 200 s
is 'which is told' "$(cat out)" 'holds unix:a b\n\\c'
start patient s6-fdholder-watch -t 3000 s again
ok 'one waits for 3 s' retry 20 watching 7
ok 'and has waited for one of them' remains 1 running patient
before=$(tap_clock)
s6-fdholder-store s again < file
ok 'it ends' retry 20 ended patient
least 'three seconds after the last change, in hundredths of one' "$(($(tap_clock) - before))" 300
stop patient
is 'by 99' "$status" 99
is 'and has told that' "$(cat patient.out)" 'stored again'

exits 'a bad glob: 1' 1 s6-fdholder-watch s '[a'
like 'and a word on it' "$(cat err)" '^s6-fdholder-watch: fatal: unable to watch \[a: .*that is no glob'
exits 'an empty glob: 100' 100 s6-fdholder-watch s ''
exits 'a glob of 256 bytes: 100' 100 s6-fdholder-watch s "$(printf '%0256d' 0)"
exits 'no socket: 100' 100 s6-fdholder-watch
exits 'a third argument: 100' 100 s6-fdholder-watch s x y
exits 'an unknown option: 100' 100 s6-fdholder-watch -Z s
for value in x '' -1 4294967296
do
  exits "-t '$value': 100" 100 s6-fdholder-watch -t "$value" s
done
exits 'no holder: 111' 111 s6-fdholder-watch nowhere
allow_all norights
rm norights/uid/default/env/S6_FDHOLDER_LIST
start_holder second s2 -v2 -i norights
exits 'without the right to list: 1' 1 s6-fdholder-watch s2
like 'and a word on it' "$(cat err)" 'unable to watch: .*access rules give this user no right'
exits 'output that cannot be written: 111' 111 sh -c 's6-fdholder-watch -1 s > /dev/full'

stop holder
is 'the holder ends, whoever watches' "$status" 0
ok 'and so does who watches' retry 20 ended all
stop all
is 'by 1' "$status" 1
like 'and a word on it' "$(cat all.err)" '^s6-fdholder-watch: fatal: the holder has ended the connection$'
stop second

if test -x "$PEER_S6/usr/bin/s6-fdholderd"
then
  start theirs peer s6-ipcserver-socketbinder -- p "$PEER_S6/usr/bin/s6-fdholderd" -1 -i rules
  ready theirs
  exits 'a holder of s6: 1' 1 s6-fdholder-watch p
  like 'and a word on it' "$(cat err)" 'unable to watch: .*this holder does not tell of changes'
else
  skip 'a holder of s6' 'needs tools/fetch-peer'
fi

done_testing
