#!/bin/sh
# ISC license.
# s6-log under valgrind: no errors, and no descriptor more after many rotations than after few.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -z "$SANITIZED" || skip_all 'valgrind and sanitizers do not go together'
need valgrind

watched() # NAME LINES ARG...
{
  name=$1
  lines=$2
  shift 2
  seq "$lines" | awk '{ printf "%06d %0*d\n", $1, 20 + $1 % 90, 0 }' | timeout -k 5 100 valgrind --track-fds=yes --error-exitcode=99 --log-file="$name.log" s6-log "$@" > "$name.out" 2> "$name.err"
  is "$name: it ends, without errors" "$? $(sed -n 's/.*ERROR SUMMARY: \([0-9]*\).*/\1/p' "$name.log")" '0 0'
}
descriptors() { sed -n 's/.*FILE DESCRIPTORS: \([0-9]*\) open.*/\1/p' "$1.log" ; }

for lines in 100 1000
do
  watched "all-$lines" "$lines" -t 60000 n5 s4096 pA t T U ./a "?cat" ./b E20 2 =status -- -7x +^0001 u3 1 f i20/9 ./c
done
least 'there were many rotations' "$(find a b -name '@*' | wc -l)" 10
is 'no descriptor is left behind' "$(descriptors all-1000)" "$(descriptors all-100)"
done_testing
