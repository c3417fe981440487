#!/bin/sh
# ISC license.
# s6-fdholder-retrieve: every option, every exit code, what the program finds.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
echo content > file
echo other > other
s6-fdholder-store s id < file

is 'the descriptor is stdin' "$(s6-fdholder-retrieve s id cat < other)" content
identity=$(stat -c %d:%i file)
identify='stat -L -c %d:%i /proc/self/fd/0'
# shellcheck disable=SC2086 # words
is 'it is the same file' "$(s6-fdholder-retrieve s id $identify)" "$identity"
show='exec 9>&- 10>&- ; cd /proc/$$/fd ; echo *'
is 'nothing else is open' "$(s6-fdholder-retrieve s id sh -c "$show")" "$(sh -c "$show")"
s6-fdholder-retrieve s id sh -c "exec > out 2> err ; $identify ; $show" 0<&- 1>&- 2>&-
sh -c "exec > bare 2> err ; $identify ; $show" < file 1>&- 2>&-
is 'also with stdin, stdout and stderr closed' "$(cat out)" "$(cat bare)"
like 'it is still there' "$(s6-fdholder-list s)" '^id$'
# shellcheck disable=SC2086 # words
{
is '-t' "$(s6-fdholder-retrieve -t 60000 s id $identify)" "$identity"
is '-t 0' "$(s6-fdholder-retrieve -t 0 -- s id $identify)" "$identity"
}
exits 'the exit code is that of the program' 7 s6-fdholder-retrieve s id sh -c 'exit 7'
exits 'a program that is not there: 127' 127 s6-fdholder-retrieve s id ./nothing
# shellcheck disable=SC2086 # words
is '-D' "$(s6-fdholder-retrieve -D s id $identify)" "$identity"
is '-D: it is gone' "$(s6-fdholder-list s)" ''
exits 'an unknown id: 1' 1 s6-fdholder-retrieve s id cat
like 'and a word on it' "$(cat err)" '^s6-fdholder-retrieve: fatal: unable to retrieve id: No such file or directory \(the daemon holds nothing by that identifier\)$'
exits '-D, an unknown id: 1' 1 s6-fdholder-retrieve -D s id cat
is 'the program was not run' "$(cat out)" ''

exits 'no argument: 100' 100 s6-fdholder-retrieve
like 'the usage line' "$(cat err)" '^s6-fdholder-retrieve: usage: s6-fdholder-retrieve '
exits 'no id: 100' 100 s6-fdholder-retrieve s
exits 'no program: 100' 100 s6-fdholder-retrieve s id
exits 'an unknown option: 100' 100 s6-fdholder-retrieve -Z s id true
exits 'a number that is none: 100' 100 s6-fdholder-retrieve -t 5s s id true
exits 'no daemon: 111' 111 s6-fdholder-retrieve nowhere id true
exits 'a path that is too long: 111' 111 s6-fdholder-retrieve "$(printf '%0108d' 0)" id true
like 'and a word on it' "$(cat err)" 'at most 107 bytes'
done_testing
