#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # for inner shells; words
# s6-fdholder-notifyd: bad messages, bad names, wrong usage.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/notifyd.sh
. "$TESTS/support/notifyd.sh"

# Bad input.

# bad NAME WARNING COMMAND
bad()
{
  notifyd -- "$3
$(stored 'FDSTORE=1\nFDNAME=good' -f 5) ; $(stored 'FDSTOREREMOVE=1\nFDNAME=good')"
  is "$1: it goes on" "$(lines out)$status$(held)" '0tcp:80 '
  like "$1: is told" "$(cat err)" "$2"
}
bad 'descriptors behind a NUL' 'a NUL' 'printf "FDSTORE=1\n\0FDNAME=x" | notify-send -f 5 -b 20000'
bad '253 descriptors' '^$' "$(stored 'FDSTORE=1\nFDNAME=m' -f 5 -c 253) ; $(stored 'FDSTOREREMOVE=1\nFDNAME=m')"
bad 'removing without a name' 'without a good FDNAME' "$(stored 'FDSTOREREMOVE=1')"
bad 'storing without a descriptor' 'without a descriptor' "$(stored 'FDSTORE=1')"
bad 'a barrier with company' 'must come alone' "$(stored 'BARRIER=1\nREADY=1' -f 5)"
bad 'an empty message' '^$' "$(stored '' -f 5)"
bad 'a message of 64 kB' '^$' "(printf FDNAME= ; head -c 65529 /dev/zero | tr '\\0' x) | notify-send -f 5 -b 20000"
bad 'a longer one' 'more than 65536' "(printf FDNAME= ; head -c 65530 /dev/zero | tr '\\0' x) | notify-send -f 5 -b 20000"
long=$(head -c 256 /dev/zero | tr '\0' x)
for name in '' "$long" 'a\001' 'a\\\\b'
do
  notifyd -- "$(stored "FDSTORE=1\nFDNAME=$name" -f 5)"
  is "a name that is none" "$(held)" 'p/stored tcp:80 '
  notifyd -- "$(stored 'FDSTOREREMOVE=1\nFDNAME=stored')"
done

while IFS='|' read -r name code arguments
do
  exits "$name" "$code" s6-fdholder-notifyd $arguments
done << END
no program|100|s n
no holder|111|nothing n2 true
one that is not there|127|s n ./nothing
one that cannot be executed|126|s n ./five.f
a descriptor that is not open|100|-d 77 s n true
none may be stored|100|-n 0 s n true
too many|100|-n 32769 s n true
no number|100|-t x s n true
permissions that are none|100|-a 1777 s n true
one that is only in this directory|127|s n five.f
a prefix that is too long|100|-p $long s n true
a path that is too long|100|s $long true
a path that is a file|111|s five.f true
a directory that is not there|111|s nothing/n true
END
not_ok 'without a holder no socket is left' test -e n2
mkdir -p one/prog two
printf '#!/bin/sh\nexit 4\n' > two/prog
exits 'one on the PATH that cannot be executed' 126 env PATH="$WORK/two:$PATH" s6-fdholder-notifyd s n prog
chmod 755 two/prog
exits 'one on the PATH, behind a directory of that name' 4 env PATH="$WORK/one:$WORK/two:$PATH" s6-fdholder-notifyd s n prog
exits 'a descriptor that is for readiness, and for the program' 100 s6-listenfds 7 s6-fdholder-notifyd -d 3 s n true 7> ready
exits 'LISTEN_FDS that is none' 100 sh -c 'LISTEN_FDS=3x LISTEN_PID=$$ exec s6-fdholder-notifyd s n true'
ok 'that of another process is none of its business' env LISTEN_FDS=3x LISTEN_PID=1 s6-fdholder-notifyd s n sh -c 'test -z "${LISTEN_FDS+x}"'
exits 'a limit of open files that is too low' 111 sh -c 'ulimit -n 200 ; exec s6-fdholder-notifyd s n true'
exits 'an empty path' 100 s6-fdholder-notifyd s '' true
exits 'an empty program' 100 s6-fdholder-notifyd s n ''
not_ok 'no socket is left behind' test -e n
allow_all norules
rm norules/uid/default/env/S6_FDHOLDER_LIST
start_holder mute s2 -i norules
ready mute
exits 'no right to list: 1' 1 s6-fdholder-notifyd s2 n true
done_testing
