#!/bin/sh
# ISC license.
# s6-fdholder-getdump, -setdump and -transferdump: every option, every exit code.
# shellcheck disable=SC2094 # an id is not a file
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
start_holder other t -i rules
echo one > one
echo two > two
s6-fdholder-store s one < one
s6-fdholder-store -T 100000 s two < two

ok 'getdump' s6-fdholder-getdump s env
is 'the count' "$(grep '^S6_FD#=' out)" 'S6_FD#=2'
is 'two descriptors' "$(grep -c '^S6_FD_[01]=[0-9]*$' out)" 2
is 'two identifiers' "$(grep '^S6_FDID_[01]=' out | sed s/.*=// | sort | tr '\n' ' ')" 'one two '
is 'one limit' "$(grep -c '^S6_FDLIMIT_[01]=@[0-9a-f]\{24\}$' out)" 1
ok 'a dump that was there before' env S6_FD_7=7 S6_FDID_7=x S6_FDLIMIT_0=@ s6-fdholder-getdump s env
unlike 'leaves nothing' "$(cat out)" '^S6_FD.*_7='
is 'and no limit to what has none' "$(grep -c '^S6_FDLIMIT' out)" 1
ok 'getdump -t' s6-fdholder-getdump -t 60000 s true
ok 'getdump -t 0 --' s6-fdholder-getdump -t 0 -- s true
exits 'the exit code is that of the program' 9 s6-fdholder-getdump s sh -c 'exit 9'
show='set -- /proc/$$/fd/* ; echo $#'
is 'only what is described is open' "$(s6-fdholder-getdump s sh -c "$show")" "$(($(sh -c "$show") + 2))"
ok 'the descriptors are open' s6-fdholder-getdump s dump-show shown
is 'and are the files' "$(cut -d ' ' -f 1 shown | sort)" "$(stat -c %d:%i one two | sort)"

ok 'setdump' s6-fdholder-getdump s s6-fdholder-setdump t
is 'it is there' "$(s6-fdholder-list t | sort | tr '\n' ' ')" 'one two '
ok 'again: what is there is replaced' s6-fdholder-getdump s s6-fdholder-setdump -t 60000 t
ok 'it was replaced, not added to' s6-fdholder-getdump t dump-show again
is 'the files are the same' "$(sort again)" "$(sort shown)"
exits 'setdump executes into a program' 4 s6-fdholder-getdump s s6-fdholder-setdump -t 0 -- t sh -c 'exit 4'
s6-fdholder-store t three < one
ok 'what was there before stays' s6-fdholder-getdump s s6-fdholder-setdump t s6-fdholder-list t
is 'next to what came' "$(sort out | tr '\n' ' ')" 'one three two '

s6-fdholder-delete t one s6-fdholder-delete t two true
ok 'transferdump' s6-fdholder-transferdump s t
is 'everything has gone over' "$(s6-fdholder-list t | sort | tr '\n' ' ')" 'one three two '
ok 'the copy' s6-fdholder-getdump t dump-show copy
is 'is the same files with the same limits' "$(sort copy | grep -v ' three$')" "$(sort shown)"
is 'the first holder still has it' "$(s6-fdholder-list s | sort | tr '\n' ' ')" 'one two '
for value in 5000:5000 0:0 5000: :5000 : 5000
do
  ok "transferdump -t $value" s6-fdholder-transferdump -t $value -- s t
done
exits 'transferdump executes into a program' 3 s6-fdholder-transferdump s t sh -c 'exit 3'
ok 'to itself' s6-fdholder-transferdump s s

allow_all none
rm none/uid/default/env/*
start_holder norights n -i none
mkdir norules
start_holder closed c -i norules
exits 'getdump without the right: 1' 1 s6-fdholder-getdump n true
like 'and a word on it' "$(cat err)" '^s6-fdholder-getdump: fatal: unable to get a dump: Operation not permitted \(.*access rules'
exits 'setdump without the right: 1' 1 s6-fdholder-getdump s s6-fdholder-setdump n
exits 'transferdump from it: 1' 1 s6-fdholder-transferdump n s
like 'and a word on it' "$(cat err)" 'unable to get a dump from n: Operation not permitted'
exits 'transferdump to it: 2' 2 s6-fdholder-transferdump s n
like 'and a word on it' "$(cat err)" 'unable to set a dump at n: Operation not permitted'
exits 'getdump from one whose rules let nobody in: 1' 1 s6-fdholder-getdump c true
like 'and a word on it' "$(cat err)" 'Operation not permitted \(.*access rules'
exits 'transferdump from it: 1' 1 s6-fdholder-transferdump c s
exits 'transferdump to it: 2' 2 s6-fdholder-transferdump s c
start_holder small m -n 1 -i rules
exits 'setdump into one that is too small: 1' 1 s6-fdholder-getdump s s6-fdholder-setdump m
like 'and a word on it' "$(cat err)" 'Too many open files in system \(the daemon.s -n'
is 'and nothing of it is there' "$(s6-fdholder-list m)" ''
exits 'transferdump into it: 2' 2 s6-fdholder-transferdump s m

for program in getdump setdump transferdump
do
  exits "$program: no argument: 100" 100 s6-fdholder-$program
  like "$program: the usage line" "$(cat err)" "^s6-fdholder-$program: usage: s6-fdholder-$program "
  exits "$program: an unknown option: 100" 100 s6-fdholder-$program -Z s t
  exits "$program: a number that is none: 100" 100 s6-fdholder-$program -t 5s s t
done
for value in '' x 1:x x:1 1:2:3 -1:1 1,1
do
  exits "transferdump -t '$value': 100" 100 s6-fdholder-transferdump -t "$value" s t
done
exits 'getdump: no program: 100' 100 s6-fdholder-getdump s
exits 'transferdump: no destination: 100' 100 s6-fdholder-transferdump s
exits 'getdump: no daemon: 111' 111 s6-fdholder-getdump nowhere true
exits 'setdump: no daemon: 111' 111 env 'S6_FD#=0' s6-fdholder-setdump nowhere
exits 'transferdump: no daemon to take it from: 111' 111 s6-fdholder-transferdump nowhere s
exits 'transferdump: no daemon to give it to: 111' 111 s6-fdholder-transferdump s nowhere
done_testing
