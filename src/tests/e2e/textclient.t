#!/bin/sh
# ISC license.
# A client that includes nothing but skalibs' textclient lists and deletes.
# shellcheck disable=SC2016 # sh expands it
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
s6-fdholder-store s one s6-fdholder-store s two true
ok 'it includes skalibs only' sh -c '! grep -E "include.*(s6-activation|\")" "$TESTS/textclient-only.c"'
ok list textclient-only s L
is 'both are there' "$(sort out | tr '\n' ' ')" 'one two '
ok delete textclient-only s D one
exits 'again' 1 textclient-only s D one
like 'no such id' "$(cat err)" 'No such file'
is 'one is left' "$(textclient-only s L)" two
exits 'no daemon' 111 textclient-only nowhere L
done_testing
