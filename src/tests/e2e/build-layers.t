#!/bin/sh
# ISC license.
# The check of the daemon's layers fails when a layer is broken.
# timeout: 300
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

check=$SRC/tools/check-layers.sh
need nm

# tree NAME: a small tree on whose modules everything is right
tree()
{
  mkdir -p "$1/src/libfdholderd" "$1/src/libfdwire" "$1/src/include-local"
  for module in wire fdtable frame store policy stage verbs peer slots loop log budget
  do
    echo "int ${module}_do (void) ;" > "$1/src/include-local/$module.h"
    printf '%s\n' "#include \"$module.h\"" "int ${module}_do (void) { return 0 ; }" > "$1/src/libfdholderd/$module.c"
  done
  printf '%s\n' '#include "wire.h"' '#include "fdtable.h"' 'int frame_put (void) { return wire_do() + fdtable_do() ; }' > "$1/src/libfdwire/frame-put.c"
  printf '%s\n' '#include "store.h"' '#include <s6-activation/log.h>' 'int verbs_store (void) { return store_do() ; }' > "$1/src/libfdholderd/verbs-store.c"
  for source in "$1"/src/lib*/*.c
  do
    compile "$1" "${source#"$1/src/"}"
  done
}

compile() # TREE FILE
{
  sed 's/#include <.*//' "$1/src/$2" | gcc -I "$1/src/include-local" -x c -c -o "$1/src/${2%.c}.o" -
}

# bad: another tree like good, of which one file is going to be spoilt: nothing else is compiled
bad()
{
  rm -rf bad
  cp -R good bad
}

exits 'this tree' 0 sh "$check" "$SRC"
tree good
exits 'a tree whose layers are right' 0 sh "$check" good
is 'says nothing' "$(cat out err)" ''

# broken NAME FILE TEXT PATTERN: TEXT appended to FILE is found
broken()
{
  bad
  echo "$3" >> "bad/src/$2"
  case $2 in
    *.c) compile bad "$2" ;;
  esac
  exits "$1" 1 sh "$check" bad
  like 'and is named' "$(cat out)" "$4"
}

broken 'the store includes the wire' libfdholderd/store.c '#include "wire.h"' 'store must not know wire: .*includes wire.h'
broken 'the policy includes the store' libfdholderd/policy.c '#include "store.h"' 'policy must not know store'
broken 'a verb includes the frame' libfdholderd/verbs-store.c '#include "frame.h"' 'verbs must not know frame'
broken 'a header includes upward' include-local/fdtable.h '#include "loop.h"' 'fdtable must not know loop'
broken 'a peer includes the slots' libfdholderd/peer.c '#include "slots.h"' 'peer must not know slots'
broken 'a call upward without an include' libfdholderd/store.c 'int loop_do (void) ; int store_up (void) { return loop_do() ; }' 'store must not know loop: .*calls loop_do'
broken 'a call upward in the wire library' libfdwire/frame-put.c 'int verbs_do (void) ; int frame_up (void) { return verbs_do() ; }' 'frame must not know verbs: .*calls verbs_do'
bad
echo 'int x ;' > bad/src/libfdholderd/drawer-of-leftovers.c
exits 'a file of no module' 1 sh "$check" bad
like 'and is named' "$(cat out)" 'drawer-of-leftovers.c is of no module'
done_testing
