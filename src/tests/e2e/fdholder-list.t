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
is '-t' "$(s6-fdholder-list -t 5000 s | wc -l)" 3
is '-t 0' "$(s6-fdholder-list -t 0 -- s | wc -l)" 3
ok 'executes into a program' s6-fdholder-list s echo after
is 'after it has printed' "$(tail -n 1 out)" after
is 'everything' "$(wc -l < out)" 4
exits 'the exit code is that of the program' 8 s6-fdholder-list s sh -c 'exit 8'
exits 'stdout is closed: 111' 111 sh -c 's6-fdholder-list s 1>&-'
ok 'stdout is full' sh -c 's6-fdholder-list s > /dev/full ; test $? -eq 111'

exits 'no argument: 100' 100 s6-fdholder-list
like 'the usage line' "$(cat err)" '^s6-fdholder-list: usage: s6-fdholder-list '
exits 'an unknown option: 100' 100 s6-fdholder-list -Z s
exits 'a number that is none: 100' 100 s6-fdholder-list -t '' s
exits 'no daemon: 111' 111 s6-fdholder-list nowhere
done_testing
