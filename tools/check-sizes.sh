#!/bin/sh
# ISC license.
# usage: check-sizes.sh [TREE]
# Fails when a file has more than 250 lines, or a function more than 40, counted from its
# brace to the other one. What package/sizes names is left out: FILE, and why. Of it, what
# needs no exception any more fails, too.

set -eu
LC_ALL=C
export LC_ALL

cd "${1:-$(dirname "$0")/..}"
# shellcheck disable=SC2016 # it is awk's
find src tools configure -type f \( -name '*.[ch]' -o -name '*.t' -o -path 'tools/*' -o -name '*.sh' -o -name configure \) \
  ! -path 'src/tests/corpus/*' ! -path 'src/tests/peer/*' ! -name '*.o' | sort | xargs awk -v exceptions=package/sizes '
  function finish()
  {
    if (lines > 250 && !(name in known)) complain(name ": " lines " lines")
    if (lines > 250) needed[name] = 1
  }
  function complain(text)
  {
    print "check-sizes: " text
    bad = 1
  }
  BEGIN {
    while ((getline line < exceptions) > 0)
      if (line !~ /^#/ && split(line, word, " ") > 1) known[word[1]] = 1
  }
  FNR == 1 { finish() ; name = FILENAME ; begun = 0 }
  { lines = FNR }
  /^\{/ { begun = before ~ /^[A-Za-z_].*\(.*\)/ ? FNR : 0 }
  /^\}$/ {
    if (begun && FNR - begun + 1 > 40 && !(name in known)) complain(name ":" begun ": a function of " FNR - begun + 1 " lines")
    if (begun && FNR - begun + 1 > 40) needed[name] = 1
    begun = 0
  }
  { before = $0 }
  END {
    finish()
    for (name in known) if (!(name in needed)) complain("package/sizes: " name " needs no exception")
    exit bad
  }'
