#!/bin/sh
# ISC license.
# usage: gen-html.sh DIRECTORY
# Renders the pages of doc/ into DIRECTORY, with an index that begins as the page
# s6-activation-intro(7), one stylesheet, and a script that searches. Without the script
# the pages lack the search field, and nothing else. What is no page is in tools/html.

set -eu
LC_ALL=C
export LC_ALL

mkdir -p "$1"
target=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
# shellcheck source=package/info
. package/info
command -v mandoc >/dev/null || { echo 'gen-html.sh: fatal: no mandoc: install it (Debian: apt-get install mandoc)' >&2 ; exit 111 ; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/s6-activation-html.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# in_section NUMBER: its pages
in_section()
{
  for page in doc/*."$1"
  do
    if test -f "$page" ; then echo "${page#doc/}" ; fi
  done
}

# programs_of FOLDER: pages of the programs that have their main there
programs_of()
{
  for source in src/"$1"/*.c
  do
    name=${source##*/}
    name=${name%.c}
    if test -f "doc/$name.8" ; then echo "$name.8" ; fi
  done
}

# groups: all pages, each as GROUP PAGE, in their order; some again in the group of the rest
groups()
{
  printf 'concepts %s\n' s6-activation-intro.7 s6-activation.7
  in_section 7 | sed 's/^/concepts /'
  for folder in fdholder conn-tools bridges accessrules supervision log
  do
    programs_of "$folder" | sed "s/^/$folder /"
  done
  in_section 8 | sed 's/^/programs /'
  in_section 3 | sed 's/^/library /'
}

title_of()
{
  case $1 in
    concepts) echo 'Concepts' ;;
    fdholder) echo 'The holder and its clients' ;;
    conn-tools) echo 'Servers, clients, and what stands in their scripts' ;;
    bridges) echo 'For daemons that were written for others' ;;
    accessrules) echo 'Rules of access' ;;
    supervision) echo 'Supervision' ;;
    log) echo 'Logs' ;;
    programs) echo 'More programs' ;;
    library) echo 'The library' ;;
  esac
}

# table: GROUP PAGE BEFORE AFTER ABOUT for each page; BEFORE and AFTER are its neighbours,
# or -; ABOUT is what it is, in a line of HTML
table()
{
  groups | awk '
    $2 in group { next }
    {
      group[$2] = $1
      pages[++n] = $2
      file = "doc/" $2
      while ((getline line < file) > 0)
      {
        if (line !~ /^\.Nd /) continue
        sub(/^\.Nd */, "", line)
        gsub(/&/, "\\&amp;", line)
        gsub(/</, "\\&lt;", line)
        gsub(/>/, "\\&gt;", line)
        about[$2] = line
        break
      }
      close(file)
    }
    END {
      for (i = 1 ; i <= n ; i++)
        print group[pages[i]], pages[i], (i > 1 ? pages[i - 1] : "-"), (i < n ? pages[i + 1] : "-"), about[pages[i]]
    }'
}

# top TITLE
top()
{
  printf '%s\n' '<!DOCTYPE html>' '<html lang="en">' '<head>' '<meta charset="utf-8"/>' \
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>' \
    '<meta name="color-scheme" content="light dark"/>' \
    '<link rel="stylesheet" href="style.css"/>' \
    '<script src="search.js" defer="defer"></script>' \
    "<title>$1</title>" '</head>' '<body>'
}

# ways BEFORE AFTER: to the index and to the neighbours
ways()
{
  echo '<nav>'
  echo "<a class=\"home\" href=\"index.html\">$package</a>"
  if test "$1" != - ; then echo "<a rel=\"prev\" href=\"$1.html\">← ${1%.*}</a>" ; fi
  if test "$2" != - ; then echo "<a rel=\"next\" href=\"$2.html\">${2%.*} →</a>" ; fi
  echo '</nav>'
}

# page NAME.SECTION BEFORE AFTER ABOUT
page()
{
  top "${1%.*}(${1##*.})"
  ways "$2" "$3"
  echo '<main>'
  echo "<h1>${1%.*}<span>(${1##*.})</span></h1>"
  mandoc -Thtml -Ofragment,man=%N.%S.html "doc/$1" > "$scratch/page"
  awk -v self="$1" -v about="$4" -v names="$scratch/names" -v picture=doc/recipe.svg \
    -v index_to="$target/search-index.js" -f tools/html/page.awk "$scratch/page"
  echo '</main>'
  ways "$2" "$3"
  echo '</body>'
  echo '</html>'
}

# the sections of the introduction, but its name and what else there is to see
introduction()
{
  awk '
    /^<\/main>/ { exit }
    / class="manual-text"/ { inside = 1 ; next }
    !inside { next }
    pending != "" { print pending ; pending = "" }
    /^<section class="Sh">/ { held = $0 "\n" ; next }
    held != "" { leave_out = / id="(NAME|SEE_ALSO)"/ }
    leave_out { held = "" ; next }
    held != "" && / id="DESCRIPTION"/ { printf "%s", held ; held = "" ; next }
    /^<\/div>$/ { pending = $0 ; next }
    { print held $0 ; held = "" }' "$target/s6-activation-intro.7.html"
}

index()
{
  top "$package $version"
  echo '<main>'
  echo "<h1>$package<span> $version</span></h1>"
  introduction
  last=
  while read -r group page before after about
  do
    if test "$group" != "$last"
    then
      if test -n "$last" ; then echo '</dl>' ; fi
      echo "<h2 id=\"$group\">$(title_of "$group")</h2>"
      echo '<dl class="pages">'
      last=$group
    fi
    echo "<dt><a href=\"$page.html\">${page%.*}</a></dt><dd>$about</dd>"
  done < "$scratch/table"
  echo '</dl>'
  echo '</main>'
  echo '</body>'
  echo '</html>'
}

table > "$scratch/table"
sed 's/^[^ ]* \([^ ]*\) .*/\1/' "$scratch/table" > "$scratch/names"
cp tools/html/style.css tools/html/search.js "$target/"
echo '// made by gen-html.sh' > "$target/search-index.js"
while read -r group name before after about
do
  page "$name" "$before" "$after" "$about" > "$target/$name.html"
done < "$scratch/table"
index > "$target/index.html"
