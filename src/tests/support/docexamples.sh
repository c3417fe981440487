# shellcheck shell=sh
# ISC license.
# shellcheck disable=SC2016 # for inner shells
# The examples of pages, for the tests docs-examples-*.t, which source this first and end with
# run_examples. Each block of each page's EXAMPLES is a case of one of these tests: a function
# named PAGE_N, with _ for what is none in a shell's name. It is said what reads the block, and
# it is run as it is printed: with the addresses and ports that it names, in a network of our
# own, and below a directory of our own where it says /run and /service. A program that is
# another package's has a stand-in.

if test -z "${DOCS_NETWORK-}" && test "$(id -u)" -eq 0 && unshare -n ip link set lo up 2>/dev/null
then
  DOCS_NETWORK=yes exec unshare -n sh "$0"
fi
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$DAEMON_WRAPPER" || skip_all 'starts daemons in its own way'
need execlineb mandoc
me=$(id -u)
doc=$SRC/doc
if test -n "${DOCS_NETWORK-}"
then
  ip link set lo up
  ip addr add 10.0.2.1/32 dev lo
fi

# block PAGE N: the N-th block of EXAMPLES, as it is read; if in_sh is set, what is printed behind it as
# the same in sh, if there is that
in_sh=
block()
{
  awk -v n="$2" -v in_sh="$in_sh" '
    /^\.Sh/ { here = $2 == "EXAMPLES" }
    !here { next }
    /^In sh:$/ { other = 1 }
    /^\.Ed/ { inside = 0 }
    inside { text[inside] = text[inside] $0 "\n" }
    /^\.Bd -literal/ { if (!other) count++ ; inside = count == n ? 1 + other : 0 ; other = 0 }
    END { printf "%s", in_sh && text[2] ? text[2] : text[1] }' "$doc/$1" |
    sed -e 's|\\e|\\|g' -e 's|\\-|-|g' -e 's|\\&||g'
}

pages=$(cd "$doc" && grep -l '^\.Sh EXAMPLES' ./*.[378] | sed 's|^\./||')
# PAGE:N for each, and PAGE:N:sh where there is another in sh
blocks=$(for page in $pages
do
  awk -v page="$page" '
    /^\.Sh/ { here = $2 == "EXAMPLES" }
    /^In sh:$/ { other = 1 }
    /^\.Bd -literal/ && here { if (!other) count++ ; print page ":" count (other ? ":sh" : "") ; other = 0 }' "$doc/$page"
done)

# What the examples find

mkdir programs service run places
# another user must reach them
find "$BUILD" -maxdepth 1 \( -name 's6-*' -o -name ucspilogd \) -type f -exec cp {} programs/ \;
cp "$BUILD"/libs6activation.so* programs/ 2>/dev/null
stand_in() # NAME TEXT
{
  printf '#!/bin/sh\n%s\n' "$2" > "programs/$1"
  chmod 755 "programs/$1"
}
for name in s6-svc httpd dropbear lighttpd
do
  stand_in "$name" "echo $name \"\$@\""
done
stand_in webserver 'echo "$LISTEN_FDS $LISTEN_FDNAMES" ; exec readlink /proc/self/fd/3'
stand_in gpg-agent 'echo "$1 $LISTEN_FDNAMES" ; exec readlink /proc/self/fd/4'
stand_in nginx 'echo "$1 $2 $NGINX" ; exec readlink /proc/self/fd/3'
# shellcheck disable=SC2016 # for the stand-in
stand_in chatd 'printf "READY=1\nFDSTORE=1\nFDNAME=chat" | notify-send -f 9 -b 10000 9< /dev/null ; echo "$LISTEN_FDNAMES"'
stand_in ship 'exec cat'
stand_in in.tftpd 'id -un ; dd bs=65536 count=1 2>/dev/null'
stand_in qmail-smtpd 'echo "$(id -u) ${RELAYCLIENT-no}"'
stand_in prog 'readlink /proc/self/fd/3 ; cat'
PATH=$WORK/programs:$PATH
LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

for holder in fdholder standby
do
  mkdir "service/$holder"
  allow_all rules "uid/$me"
  start_holder "$holder" "service/$holder/s" -i rules
done
ln -s fdholder service/fdstore
ln -s ../service/fdholder run/fdholder
ln -s ../service/fdholder places/fdholder
H=$WORK/service/fdholder/s

# place: an empty directory, with the rules and holders that examples name there
place()
{
  places=$((${places-0} + 1))
  mkdir -p "$WORK/places/$places/data"
  cd "$WORK/places/$places" || exit 111
  rm -rf "$WORK/run/x" "$WORK/run/web" "$WORK/run/mail"
  mkdir "$WORK/run/x"
  allow_all rules "uid/$me"
  for key in ip4/127.0.0.1_32 ip4/10.0.2.1_32 ip6/::1_128
  do
    mkdir -p "rules/$key"
    : > "rules/$key/allow"
  done
  cp -R rules data/
  ln -s "$WORK/service/fdholder" one
  ln -s "$WORK/service/fdholder" other
  ln -s "$WORK/service/standby" two
}

# example PAGE N: writes it to the file example, for a shell, or for what it begins with
example()
{
  block "$1" "$2" | sed -e "s|/service/|$WORK/service/|g" -e "s|/run/|$WORK/run/|g" -e "s|/dev/log|$WORK/run/x/log|g" > printed
  case $(head -n 1 printed) in
    '#!/usr/bin/execlineb -P') reader='execlineb -P' ;;
    '#!/bin/sh'|'#!/bin/sh -e') reader='sh -eu' ;;
    '$ '*) reader='sh -eu' ;;
    *) reader= ;;
  esac
  sed 's/^\$ //' printed > example
}

by_shell() # what the block does to the end, one command as the shell itself
{
  if test "$(wc -l < example)" -eq 1 && ! grep -q '[|&;]' example ; then echo "exec $(cat example)" > example ; fi
}

# works: the example exits 0
works()
{
  # shellcheck disable=SC2086 # words
  ok "$case" timeout 20 $reader example
}

# serves WANT CMD...: the example is a server, and CMD, its client, prints WANT
answered()
{
  wanted=$1
  shift
  printf 'hello\n' > question
  test "$(timeout 10 "$@" < question)" = "$wanted"
}

serves()
{
  by_shell
  # shellcheck disable=SC2086 # words
  start server $reader example
  ok "$case" retry 20 answered "$@"
  stop server
}

holds() # HOLDER ID...
{
  for id in "$@"
  do
    test "$id" = "$1" || s6-fdholder-list "$1" | grep -qxF "$id" || return 1
  done
}

store_socket() # PATH ID
{
  s6-fdholder-delete "$H" "$2" 2>/dev/null
  s6-ipcserver-socketbinder "$1" s6-fdholder-store "$H" "$2"
}

makes_rules() # FILE
{
  rm -rf rules
  works
  ok "$case: they are rules" s6-accessrules-cdb-from-fs rules.cdb rules
  ok "$case: and say that" test -e "$1"
}

# bytes, which nothing reads
unread='fdholder-protocol.7'

# run_examples: those that the test has cases for, and ends it
run_examples()
{
  for block in $blocks
  do
    page=${block%%:*}
    n=${block#*:}
    in_sh=${n#"${n%%:*}"}
    n=${n%%:*}
    case="$page: block $n${in_sh:+ in sh}"
    case $page in
      "$unread") continue ;;
    esac
    function=$(echo "$page $n" | tr -c 'A-Za-z0-9\n' _)
    if ! grep -q "^$function()" "$0"
    then
      grep -q "^$function()" "$TESTS"/e2e/docs-examples-*.t || fail "$case is run"
      continue
    fi
    place
    example "$page" "$n"
    case $page in
      *.3) ;;
      *) ok "$case says what reads it" test -n "$reader" ;;
    esac
    if ! { test -n "${DOCS_NETWORK-}" && is_root ; } && grep -Eq 's6-tcp|tcp:.*:[0-9]|www-data|-u 33|-o 0:|-D 0:' example
    then
      skip "$case" 'needs root, and a network of its own'
    elif test -n "$reader" || test "${page%.3}" != "$page"
    then
      "$function"
    fi
    cd "$WORK" || exit 111
  done
  stop fdholder
  stop standby
  done_testing
}
