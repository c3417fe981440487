#!/bin/sh
# ISC license.
# usage: check-layers.sh [TREE]
# Fails when a module of the daemon includes, or calls, what it must not know.
#
# A module is the part of a file's name before its first - or _ : src/libfdholderd/*.c,
# src/libfdwire/*.c, src/libdaemon/*.c, and MODULE.h in src/include-local or src/libdaemon.
# Modules stand below in order; each may use those above its own line and nothing else,
# less those that follow "never".
# log, complaint and budget know nothing of what follows, so that whoever counts or tells may use them.
# Includes are read from the sources, calls from the objects that are there (nm).

set -eu
LC_ALL=C
export LC_ALL

cd "${1:-$(dirname "$0")/..}"
if test ! -d src/libfdholderd ; then exit 0 ; fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/check-layers.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

cat > "$scratch/table" <<'EOF'
nowait
clock never nowait
log never clock
complaint never nowait clock
closer never nowait log complaint
budget never nowait clock complaint closer
wire never budget nowait clock log complaint closer
fdtable never wire budget nowait clock log complaint
tree never wire fdtable budget nowait clock log complaint closer
selfsocket never wire fdtable tree budget nowait clock log complaint closer
frame never selfsocket tree nowait clock log complaint budget closer
store never wire frame selfsocket budget nowait clock log complaint closer
policy never tree store fdtable frame wire selfsocket budget nowait clock closer
stage never tree frame selfsocket policy store budget nowait clock log complaint closer
account never wire fdtable frame selfsocket store stage budget nowait clock log complaint
flight never wire frame selfsocket store stage budget nowait clock log complaint tree policy
verbs never frame tree
closing never wire frame tree selfsocket store policy stage flight nowait clock log complaint
peer
slots
accept
loop
main
EOF

# uses of the form: USER-MODULE USED-MODULE WHERE HOW
: > "$scratch/uses"

for file in src/libfdholderd/*.[ch] src/libfdwire/*.[ch] src/libdaemon/*.[ch] src/include-local/*.h
do
  test -f "$file" || continue
  # itself, so that each file is seen
  echo "$(basename "$file") $(basename "$file") $file is"
  sed -n 's/^[ 	]*#[ 	]*include[ 	]*[<"]\(s6-activation\/\|libdaemon\/\)\{0,1\}\([^">]*\)\.h[">].*/\2/p' "$file" | while read -r header
  do
    echo "$(basename "$file") $header $file includes"
  done
done >> "$scratch/uses"

# nm -A prefixes each line with the object and a colon
# shellcheck disable=SC2038,SC2086 # no spaces in names; NM may have arguments
find src/libfdholderd src/libfdwire src/libdaemon -name '*.o' 2>/dev/null | xargs ${NM:-nm} -A | sed 's/^\([^:]*\):/\1 /' > "$scratch/symbols"
awk '
  # FILE VALUE TYPE NAME for what is defined, FILE U NAME for what is not
  NF == 4 && $3 ~ /[A-TV-Z]/ { home[$4] = $1 }
  NF == 3 && $2 == "U" { n++ ; user[n] = $1 ; wanted[n] = $3 }
  END {
    for (i = 1 ; i <= n ; i++) {
      if (!(wanted[i] in home)) continue
      from = user[i] ; to = home[wanted[i]]
      sub(/.*\//, "", from) ; sub(/.*\//, "", to)
      print from, to, user[i], "calls:" wanted[i]
    }
  }' "$scratch/symbols" >> "$scratch/uses"

awk -v table="$scratch/table" '
  function module(name) {
    sub(/\.[cho]$/, "", name)
    sub(/[-_].*/, "", name)
    return name
  }
  BEGIN {
    while ((getline line < table) > 0) {
      n = split(line, word, " ")
      rank[word[1]] = ++ranks
      for (i = 3 ; i <= n ; i++) never[word[1], word[i]] = 1
    }
  }
  {
    user = module($1) ; used = module($2)
    if ($3 ~ /^src\/(libfdholderd|libdaemon)\// && !(user in rank)) {
      if (!(user in unknown)) print "check-layers: " $3 " is of no module in the table"
      unknown[user] = 1
      bad++
      next
    }
    if (user == used || !(user in rank) || !(used in rank)) next
    if (rank[used] < rank[user] && !((user, used) in never)) next
    how = $4
    sub(/:/, " ", how)
    print "check-layers: " user " must not know " used ": " $3 " " how (how == "includes" ? " " $2 ".h" : "")
    bad++
  }
  END { exit bad > 0 }' "$scratch/uses"
