#!/bin/sh
# ISC license.
# Every program prints its usage on -h and --help, alone on its command line, to stdout, and
# exits 0; -h where the program has such an option is that option.
# timeout: 60
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

programs=$(sed -n '/^[^#]/p' "$SRC/package/targets.mak" | grep -o '^[a-z0-9-]*')
options='s6-softlimit s6-svc s6-svscanctl s6-tcpclient s6-tcpserver-access'

# differs PROGRAM WORD: says what is wrong with what it says
differs()
{
  run "$1" "$2"
  test "$status" -eq 0 || { echo "$1 exits $status: $(cat err)" ; return ; }
  test ! -s err || echo "$1 says on stderr: $(cat err)"
  # the text that wrong usage gets: of nothing at all for one without options; none is wrong for s6-tai64n
  case $1 in
    s6-tai64n) wrong='usage: s6-tai64n' ;;
    s6-supervise) wrong=$("$1" 2>&1) ;;
    *) wrong=$("$1" '-#' 2>&1) ;;
  esac
  test "$(cat out)" = "usage: ${wrong#*usage: }" || echo "$1 says: $(cat out)"
  case $wrong in *"usage: $1"|*"usage: $1 "*) ;; *) echo "$1 is not named" ;; esac
}
count=0
said=$(for program in $programs
do
  differs "$program" --help
  case " $options " in *" $program "*) ;; *) differs "$program" -h ;; esac
done)
for program in $programs
do
  count=$((count + 1))
done
is 'each program says its usage' "$said" ''
least 'there are programs' "$count" 60
for program in $options
do
  exits "$program -h is an option, and something is missing" 100 "$program" -h
  is "$program -h: nothing on stdout" "$(cat out)" ''
done

# what is mistaken often says what to do
for program in s6-svlisten s6-ftrig-listen
do
  exits "$program: nothing" 100 "$program"
  like 'is told the usage' "$(cat err)" "^$program: usage: $program \\["
done
exits 'a directory without its ./' 100 s6-log t www
like 'is told what one is' "$(cat err)" '^s6-log: fatal: www: no directive .*\(a directory begins with / or \.\)$'
mkdir rules
exits 'a cdb and its directory the wrong way round' 111 s6-accessrules-fs-from-cdb new.cdb rules
like 'is told the right one' "$(cat err)" 'rules is no file \(the directory to be made comes first, then the cdb\)$'

exits 'with something behind it, --help is wrong usage' 100 s6-fdholder-list --help s
is 'and is told on stderr' "$(cat out)" ''
exits 'behind --, it is a name' 1 s6-svok -- --help
exits 'a stdout that is full is an error' 111 sh -c 'exec s6-svok --help > /dev/full'
like 'it says so' "$(cat err)" '^s6-svok: fatal: unable to write to stdout: No space left on device$'
exits 'so is one that is closed' 111 sh -c 'exec s6-ipcserver --help >&-'
done_testing
