#!/bin/sh
# ISC license.
# s6-fdholder-list: output, options, exit codes.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules

ok 'an empty holder' s6-fdholder-list s
is 'prints nothing' "$(cat out)" ''
s6-fdholder-store s b s6-fdholder-store s a s6-fdholder-store s 'c d' true
is 'one a line' "$(s6-fdholder-list s | sort | tr '\n' '|')" 'a|b|c d|'
is '-t' "$(s6-fdholder-list -t 60000 s | wc -l)" 3
is '-t 0' "$(s6-fdholder-list -t 0 -- s | wc -l)" 3
ok 'executes into a program' s6-fdholder-list s echo after
is 'after it has printed' "$(tail -n 1 out)" after
is 'everything' "$(wc -l < out)" 4
exits 'the exit code is that of the program' 8 s6-fdholder-list s sh -c 'exit 8'
exits 'stdout is closed: 111' 111 sh -c 's6-fdholder-list s 1>&-'
ok 'stdout is full' sh -c 's6-fdholder-list s > /dev/full ; test $? -eq 111'

s6-fdholder-delete s a
s6-fdholder-delete s b
s6-ipcserver-socketbinder -b 5 listening s6-fdholder-store -T 100000 s 'c  e' true
s6-fdholder-delete s 'c d'
is '-o: fields, with a tab between two' "$(s6-fdholder-list -o kind,state,address,queue s)" 'unix-stream	listening	listening	0'
is '-o: the fields can be given in parts' "$(s6-fdholder-list -o backlog -o uid,id s)" "5	$(id -u)	c  e"
like '-o: seconds have three decimals' "$(s6-fdholder-list -o age,left s)" '^[0-9]\.[0-9][0-9][0-9]	9[0-9]\.[0-9][0-9][0-9]$'
like '-l: below a line that names the columns' "$(s6-fdholder-list -l s | head -n 1)" '^id    kind  *address  *state  *queue  *backlog  *uid  *pid  *age  *left$'
like '-l: everything' "$(s6-fdholder-list -l s | tail -n 1)" '^c  e  unix-stream  listening  listening  0      5 '
s6-fdholder-getdump s s6-fdholder-delete s 'c  e' s6-fdholder-setdump s true
is '-o: the same after it was set as a dump' "$(s6-fdholder-list -o queue,backlog,kind s)" '0	5	unix-stream'
s6-fdholder-store -d 0 s never true < .
is '-o: what is not there is empty' "$(s6-fdholder-list -o queue,left,state s | tail -n 1)" '		read'
is '-l -o: and a dash in a column' "$(s6-fdholder-list -l -o id,left,state s | tail -n 1)" 'never  -       read'
is 'a name is quoted' "$(s6-ipcserver-socketbinder 'a
b' s6-fdholder-store s quoted s6-fdholder-list -o address s | tail -n 1)" 'a\nb'
s6-fdholder-delete s quoted  # valgrind would print it on two lines
ok '-o executes into a program' s6-fdholder-list -o id s echo after
is 'after it has printed it' "$(tail -n 1 out)" after
exits 'an unknown field: 100' 100 s6-fdholder-list -o id,foo,uid s
is 'and it is named' "$(cat err)" 's6-fdholder-list: fatal: unknown field: foo'
exits 'an empty field: 100' 100 s6-fdholder-list -o '' s
exits 'too many fields: 100' 100 s6-fdholder-list -o id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id,id s
ok '-l: stdout is full' sh -c 's6-fdholder-list -l s > /dev/full ; test $? -eq 111'

exits 'no argument: 100' 100 s6-fdholder-list
like 'the usage line' "$(cat err)" '^s6-fdholder-list: usage: s6-fdholder-list '
exits 'an unknown option: 100' 100 s6-fdholder-list -Z s
exits 'a number that is none: 100' 100 s6-fdholder-list -t '' s
exits 'no daemon: 111' 111 s6-fdholder-list nowhere
done_testing
