#!/bin/sh
# ISC license.
# src/tests/README explains each row that file names have, and names each file of a row;
# src/README names each folder. The tests that they name are there.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

readme=$SRC/src/tests/README
tests=$SRC/src/tests

row=1
while test "$row" -le 53
do
  is "H$row has one line" "$(grep -c "^H$row " "$readme")" 1
  row=$((row + 1))
done

(cd "$tests" && ls unit-h[0-9]*.c e2e/h[0-9]*.t) | sed 's/\.[ct]$//' | sort > there
tr -s ' ' '\n' < "$readme" | grep -E '^(unit-|e2e/)[a-z0-9]' | sed 's/\.t$//' | sort -u > named
is 'each test of a row is named' "$(comm -23 there named)" ''
while read -r name
do
  test -f "$tests/$name.c" || test -f "$tests/$name.t" || echo "$name"
done < named > missing
is 'each test that is named is there' "$(cat missing)" ''

for folder in "$SRC"/src/*/
do
  name=src/$(basename "$folder")
  ok "$name is on the map" grep -q "^ *$name/" "$SRC/src/README"
done
done_testing
