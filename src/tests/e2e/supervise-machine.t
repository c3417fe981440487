#!/bin/sh
# ISC license.
# The tables of service-directory(7), row by row, against what the machine of s6-supervise
# does: the page is what is wanted, machine-table prints what there is.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# table|cell|cell...
awk '
  /^\.\\" table: / { table = $3 }
  /^\.\\" end/ { table = "" }
  /^\.It / && table != "" { sub(/^\.It /, "") ; gsub(/ Ta /, "|") ; print table "|" $0 }
' "$SRC/doc/service-directory.7" > page

ok 'the machine says what it does' machine-table
sort -u out > machine

# key ROW: the input, and with events the state, too
key()
{
  case $1 in
    events*) echo "$1" | cut -d '|' -f 1-3 ;;
    *) echo "$1" | cut -d '|' -f 1-2 ;;
  esac
}

# row FILE KEY: its rows
row()
{
  awk -v key="$2|" 'substr($0, 1, length(key)) == key' "$1"
}

while read -r line
do
  name=$(key "$line")
  is "$name" "$(row machine "$name")" "$line"
done < page
while read -r line
do
  name=$(key "$line")
  test -n "$(row page "$name")" || fail "the page has a row for $line"
done < machine

is 'letters of the page' "$(grep -c '^letters' page)" 25
is 'signals of the page' "$(grep -c '^signals' page)" 4
is 'events of the page' "$(grep -c '^events' page)" 20
is 'each row is there once' "$(cut -d '|' -f 1-3 page | sort | uniq -d)" ''
unlike 'nowhere does it depend on what the page does not tell' "$(cat machine)" '[?]'
done_testing
