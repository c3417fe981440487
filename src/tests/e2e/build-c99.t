#!/bin/sh
# ISC license.
# The sources are C99, and no other compiler need be as lenient as gcc. Those that are
# preloaded redeclare functions of the C library: these declarations are not C's.
# timeout: 900
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need gcc
test -e "$BUILD/src/include/s6-activation/config.h" || skip_all 'needs a tree that was configured'

strict() # FILE...
{
  gcc -std=c99 -pedantic-errors -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
    -I"$BUILD/src/include" -I"$BUILD/src/include-local" -I"$SRC/src" -fsyntax-only "$@"
}

printf 'void f (void) ;\nvoid g (void) { return f() ; }\n' > lenient.c
not_ok 'what only gcc takes is refused' strict lenient.c
find "$SRC/src/tests" -name '*.c' ! -name 'preload-*' ! -path "$SRC/src/tests/peer/*" > tests
# shellcheck disable=SC2046 # file names without spaces
ok "$(wc -l < tests) sources of tests are C99" strict $(cat tests)
find "$SRC/src" -name '*.c' ! -path "$SRC/src/tests/*" > programs
# shellcheck disable=SC2046 # likewise
ok "so are $(wc -l < programs) of programs, and no array on the stack is as long as somebody likes" strict -Werror=vla $(cat programs)
done_testing
