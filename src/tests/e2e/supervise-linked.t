#!/bin/sh
# ISC license.
# s6-supervise is linked as configure has said, and nothing that it uses of the C library needs
# files of that library as it runs: names of users and hosts, locales, character sets, dlopen.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need readelf nm

how=$(sed -n 's/^STATIC_SUPERVISE := //p' "$BUILD/config.mak")
libc=$(sed -n 's/^LDFLAGS_PROGRAM := //p' "$BUILD/config.mak")
interpreters=$(readelf -lW "$BUILD/s6-supervise" | grep -c INTERP)
kind=$(readelf -hW "$BUILD/s6-supervise" | sed -n 's/^ *Type: *\([A-Z]*\).*/\1/p')
case $how$libc in
  *-static-pie*) is 'static, and where it is is random' "$interpreters $kind" '0 DYN' ;;
  *-static*) is 'static' "$interpreters" 0 ;;
  *) is 'with the shared C library' "$interpreters" 1 ;;
esac
exits 'it runs' 100 s6-supervise

test -z "$SANITIZED$(echo "$libc" | grep -e -static)" || { skip 'what it uses' 'of other libraries, or of none' ; done_testing ; exit 0 ; }
nm -D --undefined-only "$BUILD/src/tests/bin/supervise-shared" | sed 's/.* //; s/@.*//' | sort -u > used
like 'what it uses is seen' "$(grep -x -e execve -e setsid used | tr '\n' ' ')" '^execve setsid $'
is 'nothing that needs files of the C library' "$(grep -E \
  '^_*(get(pw|gr|sp|host|net|proto|serv|addrinfo|nameinfo|alias|rpc)|(set|end)(pw|gr|sp|host|net|proto|serv)ent|initgroups|getgrouplist|iconv|dl(m?open|sym|vsym|addr|iterate)|(set|new|use)locale|nl_langinfo|(bind)?(text)?domain|d?c?n?gettext|wordexp|glob|f?printf|fopen|mbs|wcs|mbr?to|wcr?to|res_|ether_|syslog|localtime|tzset|backtrace|pthread_(create|cancel|exit))' used | tr '\n' ' ')" ''
done_testing
