#!/bin/sh
# ISC license.
# Each fd-holder client of Debian's s6 against our daemon: every operation, and the errors.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need_peer

# A shell drops variables such as S6_FD# from the environment of what it runs: programs
# of Debian's that read them are run without a shell between.
for directory in "$PEER_S6"/usr/lib/*-*-*
do
  library=$directory
done
with_library="env LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
theirs=$PEER_S6/usr/bin

allow_all rules
start_holder holder s -n 2000 -i rules
start_holder other t -n 2000 -i rules
: > file
identity=$(stat -c %d:%i file)
identify='stat -L -c %d:%i /proc/self/fd/0'

# shellcheck disable=SC2086 # words
{
ok store peer s6-fdholder-store s id < file
ok 'store -d' peer s6-fdholder-store -d 7 s 'a b' 7< file
ok 'store -T' peer s6-fdholder-store -T 100000 s long < file
ok 'store -T, shorter' peer s6-fdholder-store -T 300 s short < file
is list "$(peer s6-fdholder-list s | grep -v short | sort | tr '\n' '|')" 'a b|id|long|'
is retrieve "$(peer s6-fdholder-retrieve s id $identify)" "$identity"
is 'it is still there' "$(peer s6-fdholder-retrieve s id $identify)" "$identity"
is 'retrieve -D' "$(peer s6-fdholder-retrieve -D s id $identify)" "$identity"
exits 'it has gone' 1 peer s6-fdholder-retrieve s id true
like 'no such id' "$(cat err)" 'No such file'
gone() { ! peer s6-fdholder-list s | grep -q short ; }
ok 'the limit' retry 5 gone
is 'of that one only' "$(peer s6-fdholder-list s | sort | tr '\n' '|')" 'a b|long|'
ok 'it is deleted' peer s6-fdholder-delete s long
exits 'store of what is there' 1 peer s6-fdholder-store s 'a b'
like 'is busy' "$(cat err)" 'busy'
ok delete peer s6-fdholder-delete s 'a b'
exits 'delete of what is not' 1 peer s6-fdholder-delete s 'a b'
exits 'an id of 256 bytes' 1 peer s6-fdholder-store s "$(printf '%0256d' 0)"
ok 'an id of 255 bytes' peer s6-fdholder-store s "$(printf '%0255d' 0)"
ok 'is deleted' peer s6-fdholder-delete s "$(printf '%0255d' 0)"

for count in 1 253 256 506
do
  dump-make "$count" 12 -T 100000 dump-show made s6-fdholder-setdump s
  ok "getdump of $count" $with_library "$theirs/s6-fdholder-getdump" s dump-show got
  is "$count: what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  if test "$count" -le 253
  then
    ok "setdump of $count" dump-make "$count" 12 -T 100000 dump-show made $with_library "$theirs/s6-fdholder-setdump" s
    s6-fdholder-getdump s dump-show got
    is "$count: what was made" "$(sort got | cksum)" "$(sort made | cksum)"
    ok "transferdump of $count" peer s6-fdholder-transferdump s t
    s6-fdholder-getdump t dump-show got
    is "$count: what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  fi
  stop holder
  stop other
  start_holder holder s -n 2000 -i rules
  start_holder other t -n 2000 -i rules
done
}

allow_all none
rm none/uid/default/env/*
start_holder norights n -i none
mkdir norules
start_holder closed c -i norules
for program in 'store n x' 'delete n x' 'retrieve n x true' 'list n' 'getdump n true' 'transferdump n s'
do
  # shellcheck disable=SC2086 # words
  exits "without the right: $program" 1 peer s6-fdholder-$program
  like 'not permitted' "$(cat err)" 'not permitted'
done
exits 'one that lets nobody in' 1 peer s6-fdholder-list c
like 'is closed' "$(cat err)" '(Broken pipe|Connection reset)'
done_testing
