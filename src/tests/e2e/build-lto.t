#!/bin/sh
# ISC license.
# A build whose compiler sees all of a program at once finds nothing that the others do not.
# timeout: 900
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$SANITIZED$DAEMON_WRAPPER" || skip_all 'builds its own programs'
need gcc
printf 'int main (void) { return 0 ; }\n' > x.c
gcc -flto=auto -o x x.c 2>/dev/null || skip_all 'this gcc has no -flto'
copy_tree tree
cd tree || exit 111
ok 'configure' ./configure CC=gcc CFLAGS='-O2 -flto=auto'
ok 'make' make -j2
is 'no warning' "$(grep -E 'warning:' err)" ''
done_testing
