#!/bin/sh
# ISC license.
# Prints package/deps.mak: what each object, library, program and test is made from.
#   src/libX/*.c          are libX.a (and, for the public library, libX.so)
#   src/libX/contains     names libraries whose objects are in libX too
#   src/*/NAME.c          is the source of program NAME (package/targets.mak)
#   src/*/link            lists what the programs of that folder link, in link order;
#   src/*/NAME.link       the same for one program, instead of the folder's
#   src/tests/*.c         one main each: src/tests/bin/NAME; preload-X.c is bin/preload-X.so
#   src/tests/support/*.c are src/tests/bin/support.a, of which each of those mains links what it uses
# Headers are found by following #include lines, from one pass over all files. A library
# that is listed and is not there is an error.

set -eu
LC_ALL=C
export LC_ALL

public=libs6activation

# members LIBRARY: its sources, with those of what it contains
members()
{
  for source in "src/$1"/*.c
  do
    if test -f "$source" ; then echo "$source" ; fi
  done
  if test -f "src/$1/contains"
  then
    while read -r inner
    do
      members "$inner"
    done < "src/$1/contains"
  fi
}

# objects SUFFIX SOURCE...
objects()
{
  suffix=$1
  shift
  for source
  do
    printf ' %s' "${source%.c}.$suffix"
  done
}

# linked FILE PUBLIC: prerequisites and flags for the libraries that FILE lists
linked()
{
  prerequisites=
  flags=
  test -f "$1" || return 0
  while read -r word
  do
    case $word in
      ''|'#'*) ;;
      -*) flags="$flags $word" ;;
      *)
        test -d "src/$word" || {
          echo "gen-deps: fatal: $1 lists $word, and there is no src/$word" >&2
          exit 1
        }
        if test "$word" = "$public" ; then prerequisites="$prerequisites $2" ; else prerequisites="$prerequisites $word.a" ; fi
        ;;
    esac
  done < "$1"
}

echo '# Written by tools/gen-deps.sh.'

libraries=
for folder in src/lib*/
do
  test -d "$folder" || continue
  name=$(basename "$folder")
  # shellcheck disable=SC2046 # sources have no spaces
  set -- $(members "$name")
  libraries="$libraries $name.a"
  echo "$name.a:$(objects o "$@")"
  if test "$name" = "$public" ; then echo "$name.so:$(objects lo "$@")" ; fi
done
echo "ARCHIVES :=$libraries"

for source in src/*/*.c
do
  case $source in
    src/lib*|src/tests/*) continue ;;
  esac
  test -f "$source" || continue
  name=$(basename "$source" .c)
  list=${source%/*}/link
  if test -f "${source%.c}.link" ; then list=${source%.c}.link ; fi
  # shellcheck disable=SC2016 # make expands it
  linked "$list" '$(PUBLIC_LIBRARY)'
  echo "$name: ${source%.c}.o$prerequisites"
  test -z "$flags" || echo "$name: LINKED_FLAGS :=$flags"
done

tests=
support=src/tests/bin/support.a
# shellcheck disable=SC2046 # sources have no spaces
set -- $(members tests/support)
echo "$support:$(objects o "$@")"
for source in src/tests/*.c
do
  test -f "$source" || continue
  name=$(basename "$source" .c)
  case $name in
    preload-*)
      echo "src/tests/bin/$name.so: src/tests/$name.lo"
      tests="$tests src/tests/bin/$name.so"
      ;;
    *)
      list=src/tests/link
      if test -f "src/tests/$name.link" ; then list=src/tests/$name.link ; fi
      linked "$list" "$public.a"
      echo "src/tests/bin/$name: src/tests/$name.o $support$prerequisites"
      test -z "$flags" || echo "src/tests/bin/$name: LINKED_FLAGS :=$flags"
      tests="$tests src/tests/bin/$name"
      ;;
  esac
done
echo "TEST_PROGRAMS :=$tests"

# find prints in the order of the disk: sort for a stable result
files=$(find src -path src/tests/peer -prune -o -type f -name '*.[ch]' -print | sort)
# shellcheck disable=SC2086 # file names without spaces
{ awk -f tools/includes.awk $files ; printf '%s\n' $files ; } | awk '
  function follow(file,    i, n, used) {
    n = split(uses[file], used, " ")
    for (i = 1 ; i <= n ; i++) {
      if (used[i] in seen) continue
      seen[used[i]] = 1
      line = line " " used[i]
      follow(used[i])
    }
  }
  NF > 1 { uses[$1] = uses[$1] " " $2 ; next }
  /\.c$/ {
    split("", seen)
    line = ""
    follow($1)
    stem = substr($1, 1, length($1) - 2)
    print stem ".o " stem ".lo: " $1 line
  }'
