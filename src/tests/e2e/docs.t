#!/bin/sh
# ISC license.
# The documents: each page is clean mdoc with the sections that it must have, each program
# has a page that tells every option of its usage line, and a row in README; the recipe of
# README works as it is typed, and so does the comparison of s6-activation-bench(7).
# timeout: 600
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

doc=$SRC/doc
programs=$(sed -n '/^[^#]/p' "$SRC/package/targets.mak" | grep -o '^[a-z0-9-]*')

usage_options() # program: the option letters of its usage line, one a line
{
  "$1" '-#' 2>&1 | grep -Eo '(^|[][ |])-[A-Za-z0-9]+' | grep -o '[A-Za-z0-9]' | sort -u
}

page_options() # page: the option letters that have an entry
{
  grep '^\.It .*Fl ' "$1" | grep -Eo 'Fl [A-Za-z0-9]( |$)' | cut -c 4 | sort -u
}

if command -v mandoc >/dev/null
then
  is 'mandoc finds nothing in the pages' "$(mandoc -Tlint -Wstyle "$doc"/*.[378] 2>/dev/null | grep -v 'STYLE: referenced manual not found')" ''
else
  skip 'the pages are clean mdoc' 'no mandoc'
fi

for program in $programs
do
  page=$doc/$program.8
  if ! test -e "$page"
  then
    fail "$program has a page"
    continue
  fi
  is "the page of $program tells its options" "$(page_options "$page")" "$(usage_options "$program")"
  for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'
  do
    grep -qx "\\.Sh $section" "$page" || fail "$program.8 has a section $section"
  done
  like "README has a row for $program" "$(grep "^    $program  " "$SRC/README")" '  [a-z]'
done

# shellcheck disable=SC2013 # words, not lines
for reference in $(sed -n 's/^\.Xr \([^ ]*\) \([0-9]\).*/\1.\2/p' "$doc"/*.[378] | sort -u)
do
  case $reference in
    s6-*|execline-intro*|from-systemd*|from-inetd*|moving-from-s6*|faq*|fdholder*|fifodir*|logging*|ucspilogd*|accessrules*|super-servers*|service-directory*|scan-directory*)
      test -e "$doc/$reference" || fail "there is no page $reference, but a page refers to it" ;;
  esac
done

# printed PAGE SECTION: its block, as it is read
printed()
{
  awk -v section="$2" '/^\.Sh/ { here = substr($0, 5) == section } /^\.Ed/ { inside = 0 } here && inside { print } /^\.Bd -literal/ { inside = here }' "$doc/$1" |
    sed -e 's|\\e|\\|g'
}

intro=s6-activation-intro.7
for file in README INSTALL NEWS src/README doc/examples doc/logging tools/quickstart tools/check
do
  like "$intro names $file" "$(cat "$doc/$intro")" "$file|$(dirname "$file").*$(basename "$file")|^\\.It .* $(basename "$file")( |\$)"
  ok "$file is there" test -e "$SRC/$file"
done
printed "$intro" 'THE PICTURE' > picture
least 'the page has a picture' "$(wc -l < picture)" 5
is 'README has the same picture' "$(grep '^    .*[-+|^]' "$SRC/README" | sed 's/^    //' | grep -Fxc -f picture)" "$(grep -c '[-+|^]' picture)"
most 'it fits on a screen of 80 columns, indented' "$(wc -L < picture)" 72
# shellcheck disable=SC2013 # words, not lines
for page in $(sed -n '/^I have, and want/,/^When not/s/^    .*  \([a-z0-9-]*\)(\([378]\))$/\1.\2/p' "$SRC/README")
do
  ok "README sends to $page, which is there" test -e "$doc/$page"
  like "so does $intro" "$(cat "$doc/$intro")" "^\\.Xr $(echo "$page" | tr . ' ')( |\$)"
done

sed -n '/^In an empty directory/,/^The rules let/s/^    //p' "$SRC/README" > recipe.sh
is 'the recipe of README has ten lines' "$(wc -l < recipe.sh)" 10
is 's6-activation-intro(7) has the same recipe' "$(printed "$intro" 'TO TRY IT')" "$(cat recipe.sh)"
mkdir empty
cd empty || exit 111
start recipe sh -c '. ../recipe.sh ; wait'
ok 'its first client is answered' retry 10 grep -qx 'hello' recipe.out
ok 'its second client is answered after kill -9 of the server' \
  retry 10 grep -qx 'hello again' recipe.out
sed 's/^/# /' recipe.err

# The first block with make bench, as a shell is given it, here where it was built.
cd "$WORK" || exit 111
comparison=$(awk '/^\.Bd/ { text = "" ; inside = 1 ; next } /^\.Ed/ { inside = 0 ; if (text ~ /make bench/) { printf "%s", text ; exit } }
  inside { sub(/^\$ /, "") ; sub(/\\e$/, "\\") ; text = text $0 "\n" }' "$doc/s6-activation-bench.7")
like 'a page says how to compare' "$comparison" 'PEER=.* make bench'
not_ok 'a peer that is not there is an error' env PEER=/nonexistent QUICK=yes make -s -C "$BUILD" bench
like 'that says which' "$(cat err)" 'bench: fatal: PEER names a directory with no program /nonexistent/s6-fdholderd: No such file'
mkdir broken
printf '#!/bin/sh\necho no library >&2\nexit 127\n' > broken/s6-fdholderd
chmod 755 broken/s6-fdholderd
not_ok 'so is one that does not run' env PEER="$WORK/broken" QUICK=yes make -s -C "$BUILD" bench
like 'that lets it say why' "$(cat err)" 'no library'
like 'and says so' "$(cat err)" 'bench: fatal: PEER names .*/broken/s6-fdholderd, which does not run: it exited 127'
if test -e "$TESTS/peer/s6/bin" && test -e "$TESTS/peer/s6/complete"
then
  ok 'the comparison works as it is printed' env QUICK=yes sh -euc "cd '$BUILD' ; $comparison"
  for row in 'peer, s6 dialect' 's6-ipcserverd of the other s6' 'floor: accept, posix_spawn, wait'
  do
    like "it has a row: $row" "$(cat out)" "  $row  *[0-9]"
  done
else
  skip 'the comparison works as it is printed' 'needs tools/fetch-peer'
fi

done_testing
