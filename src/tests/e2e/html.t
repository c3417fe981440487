#!/bin/sh
# ISC license.
# The pages as HTML, without a browser: all are there, whole, linked with each other, and
# known to the search. tools/check-html looks at them in Chromium.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$SANITIZED" || skip_all 'nothing here was compiled'
need mandoc

ok 'the pages are rendered' sh "$SRC/tools/gen-html.sh" html
is 'without a word' "$(cat out err)" ''
(cd "$SRC/doc" && ls ./*.[378]) | sed 's|^\./||' | sort > pages
cd html || exit 111
is 'a page for each, and an index' "$(ls ./*.html)" "$({ sed 's/.*/.\/&.html/' ../pages ; echo ./index.html ; } | sort)"

# balance: says what of HTML is not well-formed as XML
cat > ../balance.awk <<'EOF'
FNR == 1 { if (depth) print last ": not closed: " stack[depth] ; depth = 0 ; last = FILENAME ; next }
/^!/ { next }
{
  if (!match($0, />/)) { print FILENAME ": no end of <" substr($0, 1, 30) ; next }
  tag = substr($0, 1, RSTART - 1)
  if (substr($0, RSTART + 1) ~ /&([^a-z#]|$)|>/) print FILENAME ": bare & or > in " substr($0, 1, 60)
  if (tag ~ /\/$/) next
  name = tag
  sub(/[ \n].*/, "", name)
  if (name !~ /^\//) { stack[++depth] = name ; next }
  if (depth < 1 || "/" stack[depth] != name) print FILENAME ": " name " closes " stack[depth]
  depth--
}
END { if (depth) print last ": not closed: " stack[depth] }
EOF
is 'each is well-formed' "$(awk -v RS='<' -f ../balance.awk ./*.html)" ''

# links: FILE TARGET of each link; ids: FILE#ID of each target
awk -v RS='<' '
  match($0, /^[a-z]+ [^>]*(href|src)="[^"]*"/) {
    link = substr($0, 1, RSTART + RLENGTH - 2)
    sub(/.*(href|src)="/, "", link)
    if (link ~ /^#/) link = FILENAME link
    if (link !~ /^https?:/) print FILENAME, link
  }' ./*.html | sed 's|\./||g' | sort -u > ../links
{
  ls
  awk -v RS='<' 'match($0, /^[a-z0-9]+ [^>]*id="[^"]*"/) {
    id = substr($0, RSTART, RLENGTH - 1)
    sub(/.* id="/, "", id)
    print FILENAME "#" id
  }' ./*.html | sed 's|^\./||'
} | sort -u > ../targets
# an anchor is written with % in links, and plain in the target
awk 'NR == FNR { there[$0] = 1 ; next } { to = $2 ; gsub(/%25/, "%", to) ; if (!(to in there) && !($2 in there)) print }' ../targets ../links > ../broken
is 'each link leads somewhere' "$(head -n 5 ../broken)" ''
least 'there are links' "$(grep -c . ../links)" 1500
is 'every page leads to the index' "$(grep -L 'class="home" href="index.html"' ./*.html)" ./index.html
is 'the index leads to every page' "$(sed -n 's/^index.html \([^#]*\.[378]\)\.html$/\1/p' ../links | sort)" "$(cat ../pages)"

# walk: the pages, from the first to the last, as their links to the next one lead
walk()
{
  at=s6-activation-intro.7
  steps=0
  while test -n "$at" && test "$steps" -lt 500
  do
    echo "$at"
    steps=$((steps + 1))
    next=$(sed -n 's/.*<a rel="next" href="\([^"]*\)\.html".*/\1/p' "$at.html" | head -n 1)
    if test -n "$next" && ! grep -q "<a rel=\"prev\" href=\"$at.html\"" "$next.html" ; then echo "$next does not lead back to $at" ; fi
    at=$next
  done
}
walk > ../walked
is 'who goes on to the next page sees each once' "$(sort ../walked)" "$(cat ../pages)"

is 'the index begins with the introduction' "$(sed -n '/<main>/,/<dl class="pages">/s/.* id="\([A-Z_,]*\)".*/\1/p' index.html | tr '\n' ' ')" 'THE_PICTURE I_HAVE,_AND_WANT TO_TRY_IT WHERE_THINGS_ARE '
is 'in its words' "$(sed -n '/<p class="Pp">A service that/,/<\/p>/p' index.html)" "$(sed -n '/<p class="Pp">A service that/,/<\/p>/p' s6-activation-intro.7.html)"
like 'which are there' "$(sed -n '/<p class="Pp">A service that/,/<\/p>/p' index.html)" 'the holder'
is 'the picture is in both' "$(grep -l '<svg ' ./*.html | tr '\n' ' ')" './index.html ./s6-activation-intro.7.html '
is 'and not what stands for it in the text' "$(grep -l -e '--------' index.html s6-activation-intro.7.html)" ''
like 'wants are links' "$(sed -n '/I_HAVE/,/TO_TRY_IT/p' index.html)" 'href="from-systemd.7.html"'

is 'what may be wide scrolls in itself' "$(awk -v RS='<' '/^table class="(tbl|Bl-)/ && before !~ /^div class="wide"/ { print FILENAME } { before = $0 }' ./*.html)" ''
# names: LINKED or PLAIN, and where, for each program that is named in a table or is all of an item
awk -v RS='<' '
  NR == FNR { split($0, list, "\n") ; for (i in list) if (sub(/\.8$/, "", list[i])) programs[list[i]] = 1 ; next }
  FNR == 1 { inside = 0 ; self = FILENAME ; gsub(/^\.\/|\.[378]\.html$/, "", self) }
  { tag = text = $0 ; sub(/>.*/, "", tag) ; sub(/^[^>]*>/, "", text) }
  tag ~ /^div class="wide"/ { inside = 1 }
  tag ~ /^\/table/ { inside = 0 }
  tag ~ /^a / { link = tag }
  tag ~ /^\/a/ { link = "" }
  inside || link ~ /"permalink"/ {
    n = split(text, words, /[^A-Za-z0-9_.\/:@+-]+/)
    for (i = 1 ; i <= n ; i++)
    {
      sub(/[.:]+$/, "", words[i])
      if (words[i] in programs && words[i] != self && (inside || n == 1))
        print (index(link, "href=\"" words[i] ".8.html\"") ? "LINKED" : "PLAIN"), FILENAME, words[i]
    }
  }' ../pages ./*.html > ../named
is 'names in tables, and items that are names, are links' "$(grep PLAIN ../named)" ''
least 'there are such' "$(grep -c LINKED ../named)" 10
is 'no item has an empty line for its text' "$(grep -l '>&#x00A0;</dd>' ./*.html)" ''
unlike 'a page has no link to itself' "$(cat s6-svscan.8.html)" 'href="s6-svscan.8.html"'
is 'nothing is fetched from elsewhere' "$(grep -lE '(src|rel="stylesheet") *(href)?="?(https?:)?//' ./*.html ./*.css ./*.js)" ''

is 'the search knows each page' "$(sed -n 's/^page("\([^"]*\)",.*/\1/p' search-index.js | sort)" "$(cat ../pages)"
like 'and what is in it' "$(grep '^page("s6-rollover.8"' search-index.js)" '\["d","-d"\].* foreground'
is 'which is a script' "$(grep -vE '^(page\("[a-z0-9.-]*", "([^"\\]|\\.)*", \[(\[("([^"\\]|\\.)*",?){2}\],?)*\], "[a-z0-9 _-]*"\) ;|// .*)$' search-index.js | cut -c1-60)" ''
is 'without it, pages have no field that does nothing' "$(grep -l '<input' ./*.html)" ''
if command -v node >/dev/null
then
  cat > ../search.mjs <<'END'
import { readFileSync } from 'fs'
const code = ['search.js', 'search-index.js'].map((f) => readFileSync(f, 'utf8')).join('\n').replace("\nmake_field() ;\n", "\n")
const find = new Function(code + ' ; return find')()
const names = (query) => find(query).map((it) => it.page.title).slice(0, 3).join(' ')
for (const query of ['svc', 'S6-SVC(8)', '-d rollover', 'inetd', 'zzqq', 'uid/default', 's6-zzqq/uid']) console.log(query + ': ' + names(query))
END
  is 'it finds' "$(node ../search.mjs | sed -n 's/\(.*: [^ ]*\).*/\1/p')" 'svc: s6-svc(8)
S6-SVC(8): s6-svc(8)
-d rollover: s6-rollover(8)
inetd: from-inetd(7)
zzqq: 
uid/default: accessrules(7)
s6-zzqq/uid: '
else
  skip 'it finds' 'no node'
fi

cd "$WORK" || exit 111
ok 'rendered again' sh "$SRC/tools/gen-html.sh" again
ok 'they are the same' diff -r html again
done_testing
