#!/bin/sh
# ISC license.
# Each of our clients against the fd-holder daemon of Debian's s6, which knows nothing of the
# native dialect: every operation, the errors, and the migration of a live holder. It cannot give
# a dump of more than 253, to any client: it tries to send 255 descriptors in one message.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need_peer

# start_theirs NAME PATH RULES
start_theirs()
{
  start "$1" peer s6-ipcserver-socketbinder -- "$2" "$PEER_S6/usr/bin/s6-fdholderd" -1 -n 2000 -i "$3"
  ready "$1"
}

allow_all rules
start_theirs theirs p rules
: > file
identity=$(stat -c %d:%i file)
identify='stat -L -c %d:%i /proc/self/fd/0'

# shellcheck disable=SC2086 # words
{
ok store s6-fdholder-store p id < file
ok 'store -d, twice in a chain' s6-fdholder-store -d 7 p 'a b' s6-fdholder-store -d 7 p c true 7< file
ok 'store -T' s6-fdholder-store -T 100000 p long < file
ok 'store -T, shorter' s6-fdholder-store -T 300 p short < file
is list "$(s6-fdholder-list p | grep -v short | sort | tr '\n' '|')" 'a b|c|id|long|'
is retrieve "$(s6-fdholder-retrieve p id $identify)" "$identity"
is 'retrieve -D' "$(s6-fdholder-retrieve -D p id $identify)" "$identity"
exits 'it has gone' 1 s6-fdholder-retrieve p id true
like 'no such id' "$(cat err)" 'No such file'
is 'retrieve -w of what is there' "$(s6-fdholder-retrieve -w p 'a b' $identify)" "$identity"
exits 'that daemon cannot wait' 1 s6-fdholder-retrieve -w p id true
like 'which is told' "$(cat err)" 'this holder cannot wait'
exits 'nor with -D' 1 s6-fdholder-retrieve -D -w p id true
like 'which is told' "$(cat err)" 'this holder cannot wait'
gone() { ! s6-fdholder-list p | grep -q short ; }
ok 'the limit' retry 5 gone
is 'of that one only' "$(s6-fdholder-list p | sort | tr '\n' '|')" 'a b|c|long|'
ok 'it is deleted' s6-fdholder-delete p long
exits 'store of what is there' 1 s6-fdholder-store p c
like 'is busy' "$(cat err)" 'identifier is in use'
exits 'that daemon cannot replace' 1 s6-fdholder-store -r p c < file
like 'which is told' "$(cat err)" 'unable to store a descriptor as c: .*this holder cannot replace'
is 'what it has is what it was' "$(s6-fdholder-retrieve p c $identify)" "$identity"
ok delete s6-fdholder-delete p c
exits 'delete of what is not' 1 s6-fdholder-delete p c
ok 'an id of 255 bytes' s6-fdholder-store p "$(printf '%0255d' 0)"
ok 'is deleted' s6-fdholder-delete p "$(printf '%0255d' 0)" s6-fdholder-delete p 'a b'
exits 'a descriptor that is not open' 1 s6-fdholder-store -d 3 p bad 3<&- 4<&-
ok 'an empty dump' s6-fdholder-getdump p dump-show got
is 'has nothing' "$(cat got)" ''
ok 'an empty dump is set' env 'S6_FD#=0' s6-fdholder-setdump p
}

for count in 1 253 256 506
do
  stop theirs
  start_theirs theirs p rules
  ok "setdump of $count" dump-make "$count" 12 -T 100000 dump-show made s6-fdholder-setdump p
  is "$count: all are there" "$(s6-fdholder-list p | wc -l)" "$count"
  first=$(s6-fdholder-retrieve p 0:cdefghijkl stat -L -c %d:%i /proc/self/fd/0)
  like "$count: the first of them" "$(cat made)" "^$first - 0:cdefghijkl\$"
  test "$count" -le 253 || continue
  ok "getdump of $count" s6-fdholder-getdump p dump-show got
  is "$count: what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  start_holder "ours$count" s -n 2000 -i rules
  ok "$count: migrates to ours" s6-fdholder-transferdump p s
  s6-fdholder-getdump s dump-show got
  is "$count: what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  stop theirs
  start_theirs theirs p rules
  ok "$count: and back" s6-fdholder-transferdump s p
  s6-fdholder-getdump p dump-show got
  is "$count: what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  stop "ours$count"
done
stop theirs
start_theirs theirs p rules

# s6-fdholder-notifyd: it has to delete first what it cannot replace.
printf 'FDSTORE=1\nFDNAME=a' > message
run s6-fdholder-notifyd -p n/ p notify sh -c 'notify-send -f 7 -b 20000 < message || echo LATE' 7< file
is 'notifyd stores there' "$(s6-fdholder-list p | grep ^n/)$(cat out)" n/a
printf 'FDSTOREREMOVE=1\nFDNAME=a' > forget
# shellcheck disable=SC2016 # for the inner shell
run s6-fdholder-notifyd -p n/ p notify sh -c 'echo "$LISTEN_FDNAMES" ; stat -L -c %d:%i /proc/self/fd/3 ; notify-send -b 20000 < forget ; s6-fdholder-list p | grep ^n/ ; notify-send -f 7 -b 20000 < message' 7< file
is 'gives back, deletes, stores again' "$(tr '\n' ' ' < out)$(s6-fdholder-list p | grep ^n/)" "a $identity n/a"
start notifyd s6-fdholder-notifyd -p n/ p notify sh -c 'echo > up ; exec sleep 1000'
retry 20 test -e up
stop theirs KILL
start_theirs theirs p rules
told_again() { s6-fdholder-list p | grep -q '^n/a$' ; }
ok 'and when such a daemon is started anew, it is told all again' retry 20 told_again
stop notifyd

allow_all none
rm none/uid/default/env/*
start_theirs norights n none
mkdir norules
start_theirs closed c norules
for program in 'store n x' 'delete n x' 'retrieve n x true' 'list n' 'getdump n true' 'transferdump n p'
do
  # shellcheck disable=SC2086 # words
  exits "without the right: $program" 1 s6-fdholder-$program
  like 'not permitted' "$(cat err)" 'not permitted .*access rules'
done
exits 'transferdump to where there is no right' 2 s6-fdholder-transferdump p n
exits 'one that lets nobody in' 1 s6-fdholder-list c
like 'broken pipe' "$(cat err)" 'Broken pipe .*access rules'
done_testing
