#!/bin/sh
# ISC license.
# s6-fdholder-store and s6-fdholder-delete: every option, every exit code.
# shellcheck disable=SC2094 # an id is not a file
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

list()
{
  s6-fdholder-list s
}

allow_all rules
start_holder holder s -i rules
echo one > one
echo two > two

ok 'stores its stdin' s6-fdholder-store s one < one
is 'it is there' "$(list)" one
is 'with its content' "$(s6-fdholder-retrieve s one cat)" one
ok '-d: another descriptor' s6-fdholder-store -d 7 s two 7< two < one
is '-d: with its content' "$(s6-fdholder-retrieve s two cat)" two
ok '-d, as one word' s6-fdholder-store -d7 s three 7< two
ok '-T 0 is no limit' s6-fdholder-store -T 0 s four < one
ok '-t 0 is no limit' s6-fdholder-store -t 0 s five < one
ok '-t' s6-fdholder-store -t 60000 s six < one
ok '-- ends the options' s6-fdholder-store -- s -d < one
is 'all are there' "$(list | sort | tr '\n' ' ')" '-d five four one six three two '

ok '-T: with a limit' s6-fdholder-store -T 100000 s long < one
like '-T: it is there' "$(list)" '^long$'
ok '-T: with a short one' s6-fdholder-store -T 300 s short < one
expired() { ! list | grep -q '^short$' ; }
ok '-T: it is gone after it' retry 3 expired
like '-T: and the other one is not' "$(list)" '^long$'
ok 'its id is free again' s6-fdholder-store s short < one

ok '-r: in the place of what is there' s6-fdholder-store -r s five < two
is '-r: with its content' "$(s6-fdholder-retrieve s five cat)" two
ok '-r: the program has it' s6-fdholder-store -r -d 7 s five sh -c 'cat <&7' 7< one
is '-r: its content' "$(cat out)" one
ok '-r: what is not there' s6-fdholder-store -r s new < two
is '-r: it is there' "$(s6-fdholder-retrieve s new cat)" two

ok 'executes into a program' s6-fdholder-store -d 7 s seven sh -c 'cat <&7' 7< two
is 'with its descriptor open' "$(cat out)" two
ok 'two in a chain' s6-fdholder-store -d 7 s chain1 s6-fdholder-store -d 8 s chain2 true 7< one 8< two
is 'both are there' "$(list | grep -c chain)" 2
exits 'the exit code is that of the program' 5 s6-fdholder-store s eight sh -c 'exit 5'
exits 'a program that is not there' 127 s6-fdholder-store s nine ./nothing
like 'which was stored before' "$(list)" '^nine$'

ok 'delete' s6-fdholder-delete s one
unlike 'it is gone' "$(list)" '^one$'
exits 'delete executes into a program' 6 s6-fdholder-delete s two sh -c 'exit 6'
ok 'delete -t' s6-fdholder-delete -t 60000 s three
ok 'delete -t 0' s6-fdholder-delete -t 0 -- s four

exits 'an id that is in use: 1' 1 s6-fdholder-store s five
like 'and a word on it' "$(cat err)" '^s6-fdholder-store: fatal: unable to store a descriptor as five: .* \(the identifier is in use\)$'
exits 'an id that is unknown: 1' 1 s6-fdholder-delete s nothing
like 'and a word on it' "$(cat err)" '^s6-fdholder-delete: fatal: unable to delete nothing: .*holds nothing by that identifier'
exits 'a descriptor that is not open: 1' 1 s6-fdholder-store -d 99 s bad
like 'and a word on it' "$(cat err)" 'that descriptor is not open'

allow_all few
echo 1 > few/uid/default/env/S6_FDHOLDER_MAXFDS
start_holder few s2 -i few
ok 'a user who may store one' s6-fdholder-store s2 one < one
exits 'may not store two: 1' 1 s6-fdholder-store s2 two < two
like 'and a word on it' "$(cat err)" 'unable to store a descriptor as two: .*rules let this user have no more'
stop few
s6-accessrules-cdb-from-fs few.cdb few
start_holder fewcdb s2 -x few.cdb
ok 'a quota in a cdb' s6-fdholder-store s2 one < one
exits 'is one' 1 s6-fdholder-store s2 two < two
stop fewcdb

for fd in 0 3 4 5
do
  exits "descriptor $fd, closed: 1" 1 sh -c "exec 0<&- 3<&- 4<&- 5<&- ; exec s6-fdholder-store -d $fd s bad"
done
unlike 'nothing of ours was stored in its place' "$(list)" bad

for program in store delete
do
  exits "$program: no argument: 100" 100 s6-fdholder-$program
  like "$program: the usage line" "$(cat err)" "^s6-fdholder-$program: usage: s6-fdholder-$program "
  exits "$program: no id: 100" 100 s6-fdholder-$program s
  exits "$program: an unknown option: 100" 100 s6-fdholder-$program -Z s x
  exits "$program: -t without a value: 100" 100 s6-fdholder-$program -t
  for value in x '' -1 1x 4294967296
  do
    exits "$program: -t '$value': 100" 100 s6-fdholder-$program -t "$value" s x
  done
  exits "$program: no daemon: 111" 111 s6-fdholder-$program nowhere x
  like "$program: a word on it" "$(cat err)" "unable to connect to a fd-holder daemon at nowhere: No such file or directory \\(is a daemon running there\\?\\)"
  exits "$program: a file: 111" 111 s6-fdholder-$program one x
done
for value in x '' -1 2147483648
do
  exits "-d '$value': 100" 100 s6-fdholder-store -d "$value" s x
  exits "-T '$value': 100" 100 s6-fdholder-store -T "$value"x s x
done

# what a script stores that was pasted into a shell
exits 'stdin is /dev/null' 0 s6-fdholder-store s null < /dev/null
like 'which is doubted' "$(cat err)" '^s6-fdholder-store: warning: what was stored as null is /dev/null'
like 'and done' "$(list)" '^null$'
exits 'the same with -d 0' 0 s6-fdholder-store -d 0 s null0 < /dev/null
is 'which is meant' "$(cat err)" ''
exits 'a file' 0 s6-fdholder-store s file < one
is 'nothing is said of it' "$(cat err)" ''
exits 'another device' 0 s6-fdholder-store s zero < /dev/zero
is 'nothing is said of it either' "$(cat err)" ''
if command -v script > /dev/null
then
  script -qec 's6-fdholder-store s terminal' /dev/null > out < /dev/null
  like 'a terminal is doubted' "$(cat out)" 'warning: what was stored as terminal is a terminal'
else
  skip 'a terminal is doubted' 'no script(1)'
fi
done_testing
