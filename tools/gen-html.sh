#!/bin/sh
# ISC license.
# usage: gen-html.sh DIRECTORY
# Renders the pages of doc/ into DIRECTORY, with an index and one stylesheet.

set -eu
LC_ALL=C
export LC_ALL

target=$1
cd "$(dirname "$0")/.."
# shellcheck source=package/info
. package/info
command -v mandoc >/dev/null || { echo 'gen-html.sh: fatal: no mandoc: install it (Debian: apt-get install mandoc)' >&2 ; exit 111 ; }
mkdir -p "$target"

cat > "$target/style.css" <<'EOF'
body { max-width: 46em; margin: 2em auto; padding: 0 1em; font: 1em/1.5 sans-serif; color: #222; background: #fff; }
h1, h2 { font-size: 1.2em; margin-top: 1.5em; }
a { color: #024; }
code, pre, .Nm, .Fl, .Ar, .Pa, .Ev { font-family: monospace; }
pre { padding: .5em 1em; background: #f4f4f4; overflow-x: auto; }
table.head, table.foot { width: 100%; color: #666; }
td.head-vol, td.foot-date { text-align: center; }
td.head-rtitle, td.foot-os { text-align: right; }
a.permalink { color: inherit; text-decoration: none; }
dt { margin-top: .5em; }
table.index td { padding-right: 1.5em; vertical-align: top; }
EOF

# plain: stdin as text of an HTML page
plain()
{
  sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}

# section NUMBER TITLE: the part of the index for doc/*.NUMBER
section()
{
  echo "<h2>$2</h2>"
  echo '<table class="index">'
  for page in doc/*."$1"
  do
    test -f "$page" || continue
    name=$(basename "$page")
    about=$(sed -n 's/^\.Nd *//p' "$page" | head -n 1 | plain)
    mandoc -Thtml -Ostyle=style.css,man=%N.%S.html "$page" > "$target/$name.html"
    echo "<tr><td><a href=\"$name.html\">${name%.*}</a></td><td>$about</td></tr>"
  done
  echo '</table>'
}

{
  echo '<!DOCTYPE html>'
  echo '<html lang="en">'
  echo '<head>'
  echo '<meta charset="utf-8">'
  echo '<meta name="viewport" content="width=device-width">'
  echo '<link rel="stylesheet" href="style.css">'
  echo "<title>$package $version</title>"
  echo '</head>'
  echo '<body>'
  echo "<h1>$package $version</h1>"
  section 7 Concepts
  section 8 Programs
  section 3 Library
  echo '</body>'
  echo '</html>'
} > "$target/index.html"
