#!/bin/sh
# ISC license.
# The check of the layers fails when one is broken: a call or an include upward, a private
# header, a folder or a module that the table does not name, a circle of files.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

check=$SRC/tools/check-layers.sh
need nm

# tree NAME: a small tree in which everything is right
tree()
{
  rm -rf "$1"
  mkdir -p "$1/package" "$1/src/include/s6-activation" "$1/src/include-local" "$1/src/libground" "$1/src/libengine" "$1/src/programs" "$1/src/tests"
  cat > "$1/package/layers" <<'EOF'
# a comment
libground:
libengine: libground
programs: libengine libground
modular libengine
module store:
module verbs: store
module loop: verbs store
private libengine/verbs-internal.h: verbs
private libground/own.h: libground
EOF
  echo 'int public_do (void) ;' > "$1/src/include/s6-activation/public.h"
  echo 'enum { EXITCODE_OK } ;' > "$1/src/include-local/exitcodes.h"
  echo 'int ground_do (void) ;' > "$1/src/libground/ground.h"
  echo 'int ground_own (void) ;' > "$1/src/libground/own.h"
  printf '%s\n' '#include "libground/ground.h"' '#include "libground/own.h"' 'int ground_do (void) { return 0 ; }' > "$1/src/libground/ground.c"
  echo 'int store_do (void) ;' > "$1/src/libengine/store.h"
  printf '%s\n' '#include "libengine/store.h"' '#include "libground/ground.h"' 'int store_do (void) { return ground_do() ; }' > "$1/src/libengine/store.c"
  echo 'int verbs_part (void) ;' > "$1/src/libengine/verbs-internal.h"
  echo 'int verbs_do (void) ;' > "$1/src/libengine/verbs.h"
  printf '%s\n' '#include "libengine/store.h"' 'int verbs_part (void) { return store_do() ; }' > "$1/src/libengine/verbs-part.c"
  printf '%s\n' '#include "libengine/verbs-internal.h"' 'int verbs_do (void) { return verbs_part() ; }' > "$1/src/libengine/verbs.c"
  echo 'int loop_do (void) ;' > "$1/src/libengine/loop.h"
  printf '%s\n' '#include "libengine/verbs.h"' 'int loop_do (void) { return verbs_do() ; }' > "$1/src/libengine/loop.c"
  printf '%s\n' '#include <s6-activation/public.h>' '#include "exitcodes.h"' '#include "libengine/loop.h"' 'int main (void) { return loop_do() ; }' > "$1/src/programs/program.c"
  echo '#include "libengine/verbs-internal.h"' > "$1/src/tests/unit-verbs.c"
  compile "$1"
}

compile()
{
  find "$1/src" -name '*.c' | while read -r source
  do
    gcc -I "$1/src" -I "$1/src/include" -I "$1/src/include-local" -c -o "${source%.c}.o" "$source"
  done
}

exits 'this tree' 0 sh "$check" "$SRC"
is 'says nothing' "$(cat out err)" ''
tree good
exits 'a tree in which all is right' 0 sh "$check" good
is 'says nothing' "$(cat out err)" ''

# broken NAME FILE TEXT PATTERN: TEXT appended to FILE is found
broken()
{
  tree bad
  echo "$3" >> "bad/src/$2"
  compile bad
  exits "$1" 1 sh "$check" bad
  like 'and is named' "$(cat out)" "$4"
}

broken 'a library includes upward' libground/ground.c '#include "libengine/store.h"' 'libground must not know libengine: src/libground/ground.c includes'
broken 'a library calls upward, without an include' libground/ground.c 'int store_do (void) ; int ground_up (void) { return store_do() ; }' 'libground must not know libengine: src/libground/ground.c calls store_do'
broken 'a header includes upward' libground/ground.h '#include "libengine/store.h"' 'libground must not know libengine: src/libground/ground.h includes'
broken 'a module includes upward' libengine/store.c '#include "libengine/loop.h"' 'store must not know loop: src/libengine/store.c includes'
broken 'a module calls upward' libengine/store.c 'int loop_do (void) ; int store_up (void) { return loop_do() ; }' 'store must not know loop: src/libengine/store.c calls loop_do'
broken 'a private header of another library' programs/program.c '#include "libground/own.h"' 'src/programs/program.c includes libground/own.h, which is private'
broken 'a private header of another module' libengine/loop.c '#include "verbs-internal.h"' 'src/libengine/loop.c includes libengine/verbs-internal.h, which is private'
broken 'a circle of sources' libengine/verbs-part.c 'int verbs_do (void) ; int verbs_back (void) { return verbs_do() ; }' 'a circle of files'
like 'with its files' "$(cat out)" 'src/libengine/verbs-part.c'
tree bad
echo '#include "libengine/verbs.h"' >> bad/src/libengine/verbs-internal.h
echo '#include "libengine/verbs-internal.h"' >> bad/src/libengine/verbs.h
exits 'a circle of headers' 1 sh "$check" bad
like 'and is named' "$(cat out)" 'src/libengine/verbs.h'
tree bad
echo 'int x ;' > bad/src/libengine/drawer.c
exits 'a file of no module' 1 sh "$check" bad
like 'and is named' "$(cat out)" 'drawer.c is of no module'
tree bad
mkdir bad/src/liblate
echo 'int x ;' > bad/src/liblate/late.c
exits 'a folder that the table does not name' 1 sh "$check" bad
like 'and is named' "$(cat out)" 'late.c is in a folder that'
done_testing
