#!/bin/sh
# ISC license.
# usage: check-layers.sh [TREE]
# Fails when a file of src, tests aside, includes or calls what package/layers does not
# let it know, includes a private header of others, or is part of a circle of files.
#
# Lines of package/layers; a folder, a module and a file are named without src/:
#   FOLDER: FOLDER...          the folder may use the libraries named, and itself
#   module MODULE: MODULE...   likewise for modules, where both sides are modules. A module
#                              is the part of a file's name before its first - or _ , in the
#                              folders that the next line names
#   modular FOLDER...
#   private HEADER: WHO...     only those folders or modules include it
# Whoever may use a folder may include its headers. The headers of src/include and
# src/include-local are everybody's. Includes are read from the sources, calls from the
# objects that are there (nm): build first.

set -eu
LC_ALL=C
export LC_ALL

tools=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$tools/..}"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/check-layers.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

find src \( -name '*.c' -o -name '*.h' \) ! -path 'src/tests/*' -type f | sort > "$scratch/files"
sed -n 's/\.c$/.o/p' "$scratch/files" | while read -r object
do
  if test -f "$object" ; then echo "$object" ; fi
done > "$scratch/objects"

# Uses, of files by files: USER USED HOW WHAT
xargs awk -f "$tools/includes.awk" < "$scratch/files" | awk '{ print $1, $2, "includes", $3 }' > "$scratch/uses"

# nm -A prefixes each line with the object and a colon
# shellcheck disable=SC2086 # NM may have arguments
xargs ${NM:-nm} -A < "$scratch/objects" | awk '
  {
    at = index($0, ".o:")
    object = substr($0, 1, at - 1) ".c"
    n = split(substr($0, at + 3), field, " ")
  }
  # VALUE TYPE NAME for what is defined, U NAME for what is not
  n == 3 && field[2] ~ /[A-TV-Z]/ && field[3] != "main" { home[field[3]] = object }
  n == 2 && field[1] == "U" { users++ ; user[users] = object ; wanted[users] = field[2] }
  END {
    for (i = 1 ; i <= users ; i++)
      if (wanted[i] in home && home[wanted[i]] != user[i]) print user[i], home[wanted[i]], "calls", wanted[i]
  }' >> "$scratch/uses"

failed=0
awk -v table=package/layers -v files="$scratch/files" '
  function folder(file,    part) {
    split(file, part, "/")
    return part[2]
  }
  function module(file) {
    if (!(folder(file) in modular)) return ""
    sub(/.*\//, "", file)
    sub(/\.[ch]$/, "", file)
    sub(/[-_].*/, "", file)
    return file
  }
  function complain(text) {
    print "check-layers: " text
    bad++
  }
  function read_table(    line, n, word, i, kind, name) {
    while ((getline line < table) > 0) {
      sub(/#.*/, "", line)
      n = split(line, word, /[ \t:]+/)
      kind = word[1]
      if (kind == "") continue
      if (kind == "modular") for (i = 2 ; i <= n ; i++) modular[word[i]] = 1
      else if (kind == "module" || kind == "private") {
        listed[kind, word[2]] = 1
        for (i = 3 ; i <= n ; i++) may[kind, word[2], word[i]] = 1
      }
      else {
        listed["folder", kind] = 1
        for (i = 2 ; i <= n ; i++) may["folder", kind, word[i]] = 1
      }
    }
  }
  function is_everybodys(f) { return f == "include" || f == "include-local" }
  BEGIN {
    read_table()
    while ((getline file < files) > 0) {
      f = folder(file)
      m = module(file)
      if (!is_everybodys(f) && !(("folder", f) in listed)) complain(file " is in a folder that package/layers does not name")
      if (m != "" && !(("module", m) in listed)) complain(file " is of no module in package/layers")
    }
  }
  {
    user = $1 ; used = $2
    uf = folder(user) ; df = folder(used)
    um = module(user) ; dm = module(used)
    short = used
    sub(/^src\//, "", short)
    if ($3 == "includes" && (("private", short) in listed) && !(("private", short, uf) in may) && !(("private", short, um) in may))
      complain(user " includes " short ", which is private")
    if (is_everybodys(df)) next
    if (uf != df && !(("folder", uf, df) in may))
      complain(uf " must not know " df ": " user " " $3 " " $4)
    else if (um != "" && dm != "" && um != dm && !(("module", um, dm) in may))
      complain(um " must not know " dm ": " user " " $3 " " $4)
  }
  END { exit bad > 0 }' "$scratch/uses" || failed=1

# Circles: calls between sources, includes between headers.
awk '$3 == "calls" || ($1 ~ /\.h$/ && $2 ~ /\.h$/) { print $1, $2 }' "$scratch/uses" | sort -u > "$scratch/edges"
if ! tsort "$scratch/edges" > /dev/null 2> "$scratch/circle"
then
  echo 'check-layers: a circle of files:'
  sed -n 's/^tsort: \(src\)/  \1/p' "$scratch/circle"
  failed=1
fi
exit "$failed"
