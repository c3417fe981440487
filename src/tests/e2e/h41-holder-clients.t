#!/bin/sh
# ISC license.
# H41: SIGPIPE and the signal mask in the programs that the fd-holder's clients execute are what
# the clients were given, whichever dialect was spoken.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
start_holder other t -i rules
signals='grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status'
# shellcheck disable=SC2086 # words
{
want=$($signals)
s6-fdholder-store s id
is store "$(s6-fdholder-store s a $signals)" "$want"
is retrieve "$(s6-fdholder-retrieve s id $signals)" "$want"
is 'retrieve -D' "$(s6-fdholder-retrieve -D s a $signals)" "$want"
is delete "$(s6-fdholder-delete s id $signals)" "$want"
is list "$(s6-fdholder-list s $signals)" "$want"
is getdump "$(s6-fdholder-getdump s $signals)" "$want"
is setdump "$(s6-fdholder-getdump s s6-fdholder-setdump t $signals)" "$want"
is transferdump "$(s6-fdholder-transferdump s t $signals)" "$want"
ignored=$(trap '' PIPE ; $signals)
isnt 'an ignored SIGPIPE shows' "$ignored" "$want"
s6-fdholder-store s id
is 'and stays ignored' "$(trap '' PIPE ; s6-fdholder-retrieve s id $signals)" "$ignored"
}
done_testing
