#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # for inner shells; words
# Every block of every page, and of README and INSTALL, has a test that runs it or compares it, or a reason
# why there is none: a block that is new is in the table below, or fails. Those that have no other test are
# here: s6-activation(7) from step 2 on, as a machine would have it, and what fdholder-operations(7) does to
# that holder.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
doc=$SRC/doc

# PAGE SECTION, how many blocks: the test, or a dash and the reason
table='
accessrules.3 SYNOPSIS, 1: docs-blocks.t
accessrules.7 DESCRIPTION, 1: - names of files, in words; docs-examples-holder.t makes such
execline-intro.7 *, 17: docs-execline.t
faq.7 *, 9: docs-faq.t
fdholder-errors.7 DESCRIPTION, 1: docs-blocks.t
fdholder-operations.7 UPGRADE, 3: docs-blocks.t
fdholder-operations.7 OTHER OPTIONS, 3: docs-blocks.t
fdholder-protocol.7 EXAMPLES, 2: - bytes, which unit-wire compares
fdholder.3 DESCRIPTION, 2: docs-blocks.t
from-systemd.7 *, 15: from-systemd.t
logging.7 *, 9: logging.t
moving-from-s6.7 *, 10: moving-peer.t; docs-execline.t has the one in execline
s6-activation-bench.7 ENVIRONMENT, 2: docs.t; the second one needs the s6 of Debian unstable
s6-activation-bench.7 ONE RUN, 1: - what one run has printed
s6-activation-intro.7 THE PICTURE, 1: docs.t
s6-activation-intro.7 TO TRY IT, 1: docs.t
s6-activation.7 STEP 2. RUN A HOLDER, 1: docs-blocks.t
s6-activation.7 STEP 3. BIND THE SOCKETS AND STORE THEM, 1: docs-blocks.t
s6-activation.7 STEP 5. LET EACH SERVICE FETCH ITS SOCKET, 2: docs-blocks.t
s6-activation.7 STEP 6. LET THINGS CRASH, AND UPGRADE THEM, 2: docs-blocks.t
s6-activation.7 UNDER OTHER SUPERVISORS, 5: examples-others.t
s6-logread.8 CURSOR, 1: docs-blocks.t
s6-proxyheader.8 DESCRIPTION, 1: docs-blocks.t
s6-svstat.8 DESCRIPTION, 1: docs-blocks.t
super-servers.7 ON A HELD SOCKET, 2: docs-blocks.t
'

# The table is what there is. EXAMPLES are for docs-examples-*.t, which fail for one without a case.
for page in "$doc"/*.[378]
do
  awk -v page="$(basename "$page")" '/^\.Sh/ { section = substr($0, 5) } /^\.Bd -literal/ { print page " " section }' "$page"
done > blocks
printf '%s' "$table" | sed '/^$/d' > rows
while IFS= read -r row
do
  who=${row#*: }
  place=${row%%: *}
  count=${place##*, }
  place=${place%, *}
  page=${place%% *}
  case $place in
    *' *') found=$(grep -c "^$page " blocks) ; sed -i "/^$page /d" blocks ;;
    *) found=$(grep -cxF "$place" blocks) ; grep -vxF "$place" blocks > rest ; mv rest blocks ;;
  esac
  is "$place: its blocks are known" "$found" "$count"
  case $who in
    '- '?*) ;;
    *) test=${who%%;*} ; like "$test has to do with $page" "$(cat "$TESTS/e2e/$test")" "$(echo "${page%.*}" | sed 's/[.]/[.]/g')([.(]|\$)" ;;
  esac
done < rows
is 'no page has another block' "$(grep -v ' EXAMPLES$' blocks)" ''

# README and INSTALL: what is indented
indented() { awk '/^    / { if (!inside) { print FILENAME ": " $0 } inside = 1 ; next } /^$/ { next } { inside = 0 }' "$1" | sed -e "s|^$SRC/||" -e 's/:  */: /' -e 's/   .*//' ; }
is 'README: picture, pages and recipe are for docs.t, commands for quickstart.t, rows for docs.t' "$(indented "$SRC/README")" 'README: at boot
README: no client refused while a service restarts
README: tools/quickstart
README: me=rules/uid/$(id -u) ; mkdir -p $me/env ; touch $me/allow
README: s6-fdholder-daemon'
sed -n -e :join -e '/\\$/ { N ; s/ *\\\n */ / ; b join' -e '}' -e 's/^    //p' "$SRC/INSTALL" > commands
"$SRC/configure" --help > help
bad=
while read -r command
do
  case $command in
    *./configure*)
      for word in $command
      do
        case $word in
          --disable-*) grep -q -e "--enable-${word#--disable-}" help || bad="$bad $word" ;;
          --*) grep -q -e "${word%%=*}[]=[ ]" help || bad="$bad $word" ;;
          CC=*|./configure) ;;
          *) bad="$bad $word" ;;
        esac
      done ;;
    'make'*)
      for word in ${command#make}
      do
        case $word in DESTDIR=*) ;; *) grep -Eq "^$word( [a-z-]+)*:|^  .*$word|^[a-z -]*\\b$word\\b[a-z -]*:" "$SRC/Makefile" || bad="$bad $word" ;; esac
      done ;;
    'apt-get install '*)
      for word in ${command#apt-get install }
      do
        grep -qw -e "$word" "$SRC/tools/check" || bad="$bad $word"
      done ;;
    'PATH=/usr/lib/s6-activation/bin:$PATH') grep -q -e '--bindir=/usr/lib/s6-activation/bin ' "$SRC/INSTALL" || bad="$bad PATH" ;;
    # -b: for the sources too, it wants the archive by another name, which check-dist gives it
    'cp -R package/dist/debian . && dpkg-buildpackage -b -us -uc') grep -q '  builder dpkg-buildpackage -us -uc$' "$SRC/tools/check-dist" || bad="$bad debian" ;;
    'tools/check-dist bookworm'|'tools/static-bundle bundle.tar') test -e "$SRC/${command% *}" || bad="$bad $command" ;;
    *) bad="$bad '$command'" ;;
  esac
done < commands
least 'INSTALL has commands' "$(wc -l < commands)" 15
is 'their words are known to configure, make and tools/check' "$bad" ''

# printed PAGE SECTION N: that block, as it is read
printed()
{
  awk -v section="$2" -v n="$3" '/^\.Sh/ { here = substr($0, 5) == section } /^\.Ed/ { inside = 0 } here && inside { print } /^\.Bd -literal/ && here { inside = ++count == n }' "$doc/$1" |
    sed -e 's|\\e|\\|g'
}
flat() { tr -s ' \n' ' ' ; }

# Texts

bare() { sed 's|/\*.*\*/||' | flat ; } # without comments
bare < "$SRC/src/include/s6-activation/fdholder.h" > header
for n in 1 2
do
  declared=$(printed fdholder.3 DESCRIPTION $n | bare)
  like "fdholder.3: block $n is a structure" "$declared" '^struct [a-z_]+ [{].* [}] ;'
  ok 'as it is in the header' grep -qF -e "$declared" header
done
if command -v gcc >/dev/null
then
  { echo '#include <s6-activation/accessrules.h>' ; echo 'extern void f (void) ;' ; echo 'void f (void) {' ; printed accessrules.3 SYNOPSIS 1 ; echo '(void)rules ; (void)params ; }' ; } > synopsis.c
  ok 'accessrules.3: what is to be declared' gcc -std=c99 -Wall -Werror -D_POSIX_C_SOURCE=200809L -I"$BUILD/src/include" -fsyntax-only synopsis.c
else
  skip 'accessrules.3: what is to be declared' 'no gcc'
fi
for name in echo:1 daytime:2
do
  is "super-servers.7 has the script of ${name%:*}" "$(printed super-servers.7 'ON A HELD SOCKET' "${name#*:}")" "$(sed -e '/^# /d' -e '/^$/d' "$doc/examples/s6/${name%:*}/run")"
done
printed s6-svstat.8 DESCRIPTION 1 | sed 's/ *, */\n/g' | sed 's/[0-9][0-9]*/[0-9]+/g ; s/[()]/[&]/g' | sort -u > parts
least 's6-svstat.8: a line has parts' "$(wc -l < parts)" 8
is 'which unit-svreport compares' "$(while IFS= read -r part ; do grep -qE -e "(\"|, )$part( *,|\")" "$TESTS/unit-svreport.c" || echo "$part" ; done < parts)" ''
mkdir logs
printf 'one\ntwo\n' | s6-log t ./logs
ok 'a cursor is made' s6-logread -c cursor logs
is 's6-logread.8: it has the words of the page' "$(awk 'NR == 2 { print NF ; next } { print }' cursor)" "$(printed s6-logread.8 CURSOR 1 | awk 'NR == 2 { print NF ; next } { print }')"
like 's6-logread.8: in their order' "$(sed -n 2p cursor)" '^[0-9]+ [0-9]+ [0-9a-f]{16} - - logs$'
s6-tcpserver -1 127.0.0.1 0 s6-proxyheader -f 1 true > port 2>/dev/null &
server=$!
retry 10 test -s port
like 's6-proxyheader.8: such a line' "$(printed s6-proxyheader.8 DESCRIPTION 1)" "^$(timeout 10 s6-tcpclient -Hl0 127.0.0.1 "$(cat port)" sh -c 'cat <&6' | tr -d '\r' | sed 's/[0-9.]*[.][0-9.]*/[0-9.]+/g ; s/ [0-9][0-9]*/ [0-9]+/g')\$"
kill "$server"

# Programs

test -z "$DAEMON_WRAPPER" || { diag 'starts daemons in its own way' ; done_testing ; }
if ! is_root ; then skip 's6-activation(7) from step 2 on' 'needs root' ; done_testing ; fi
mkdir programs service run places
find "$BUILD" -maxdepth 1 -name 's6-*' -type f -exec cp {} programs/ \;
cp "$BUILD"/libs6activation.so* programs/ 2>/dev/null
printf '#!/bin/sh\necho "$(id -un) $LISTEN_FDNAMES" ; exec sleep 1000\n' > programs/webserver
chmod 755 programs/webserver
PATH=$WORK/programs:$PATH
LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
H=$WORK/service/fdholder/s

# taken PAGE SECTION N FILE: with /service and /run below here
taken()
{
  printed "$1" "$2" "$3" | sed -e "s|/service/|$WORK/service/|g" -e "s|/run/|$WORK/run/|g" > "$4"
  chmod 755 "$4"
  test -s "$4" || fail "$1: there is a block $3 in $2"
}
# does NAME: runs the script of that name, in the service's directory
does() { ok "$1" sh -c "cd service/fdholder && exec timeout 60 sh -eu '$WORK/$1'" ; }
fact() { s6-fdholder-stat "$H" | sed -n "s/^$1	//p" ; }
is_fact() { test "$(fact "$1")" = "$2" ; }
pid_in() { s6-svstat -o pid "service/$1" ; }
holds() { test "$(s6-fdholder-list "$H" | sort | tr '\n' ' ')" = "$1" ; }
worker() # the one that serves, found as fdholder-operations(7) finds it
{
  for pid in $(pgrep -x s6-fdholderd)
  do
    if test "$pid" != "$(fact keeper)" && test "$(readlink "/proc/$pid/cwd")" = "$WORK/service/fdholder" ; then echo "$pid" ; fi
  done
}

step='STEP 2. RUN A HOLDER'
mkdir service/fdholder service/hello service/hello/data service/web
cp -R "$doc/examples/s6/fdholder/data" service/fdholder/
taken s6-activation.7 "$step" 1 service/fdholder/run
taken s6-activation.7 'STEP 3. BIND THE SOCKETS AND STORE THEM' 1 boot
taken s6-activation.7 'STEP 5. LET EACH SERVICE FETCH ITS SOCKET' 1 service/hello/run
taken s6-activation.7 'STEP 5. LET EACH SERVICE FETCH ITS SOCKET' 2 service/web/run
echo 3 > service/fdholder/notification-fd
echo 3 > service/hello/notification-fd
printf '#!/bin/sh\necho hello\n' > service/hello/data/hello
chmod 755 service/hello/data/hello
start fdholder s6-supervise service/fdholder
retry 10 s6-svok service/fdholder
ok 's6-activation.7: step 3' timeout 30 execlineb -P boot
is 'both are held' "$(s6-fdholder-list "$H" | sort | tr '\n' ' ')" 'unix:hello unix:web '
is 'as the page wants them' "$(stat -c '%a %u:%g' run/hello run/web | tr '\n' ' ')" '666 0:0 600 33:33 '
start hello s6-supervise service/hello
is 'step 5: it answers' "$(timeout 20 s6-ipcclient run/hello sh -c 'cat <&6')" hello
s6-ipcserver-socketbinder "$WORK/run/admin" s6-fdholder-store "$H" unix:admin
start web s6-supervise service/web
ok 'step 5: a server with two of them' retry 10 grep -qx 'www-data unix_web:unix_admin' web.out
stop web
s6-fdholder-delete "$H" unix:admin
taken s6-activation.7 'STEP 6. LET THINGS CRASH, AND UPGRADE THEM' 1 upgrade
does upgrade
ok 'step 6: it is upgraded' retry 20 is_fact upgrades 1
taken fdholder-operations.7 UPGRADE 1 upgrade-again
does upgrade-again
ok 'and again, by fdholder-operations.7' retry 20 is_fact upgrades 2

# other options
first=$(pid_in fdholder)
was=$(worker)
taken fdholder-operations.7 'OTHER OPTIONS' 1 replace
sed -i "s/WORKER/$was/" replace
does replace
ok 'the keeper is another one' retry 20 is_fact keeper "$(pid_in fdholder)"
isnt 'than it was' "$(pid_in fdholder)" "$first"
other_worker() { holds 'unix:hello unix:web ' && test -n "$(worker)" && test "$(worker)" != "$was" ; }
ok 'so is the worker, which has everything' retry 20 other_worker

# from one without a keeper, as from an older one, by way of a second holder
s6-svc -wD -d service/fdholder
keyless() { sed -i "s/s6-fdholder-daemon -1 $1/s6-fdholder-daemon -1 $2/" service/fdholder/run ; }
keyless -k ''
s6-svc -wU -u service/fdholder
s6-ipcserver-socketbinder "$WORK/run/hello" s6-fdholder-store "$H" unix:hello
is 'a holder without a keeper' "$(fact keeper)" off
taken fdholder-operations.7 UPGRADE 3 older
# where it is written anew
keyless '' '-k '
does older
ok 'it has a keeper now' is_fact keeper "$(pid_in fdholder)"
ok 'and what it had' holds 'unix:hello '

# a keeper that is started by hand
s6-svc -wD -d service/fdholder
keyless -k ''
s6-svc -wU -u service/fdholder
s6-ipcserver-socketbinder "$WORK/run/hello" s6-fdholder-store "$H" unix:hello
keyless '' '-k '
taken fdholder-operations.7 'OTHER OPTIONS' 2 byhand
start keeper sh -c "cd service/fdholder && exec $(cat byhand)"
ok 'a keeper by hand is ready' ready keeper
was=$(pid_in fdholder)
kill -s KILL "$was"
kept() { holds 'unix:hello ' && is_fact keeper "$(pid_of keeper)" ; }
ok 'it has everything, and a worker' retry 20 kept
taken fdholder-operations.7 'OTHER OPTIONS' 3 handover
sed -i "s/KEEPER/$(pid_of keeper)/" handover
does handover
kept() { holds 'unix:hello ' && is_fact keeper "$(pid_in fdholder)" ; }
ok 'the service is the next keeper' retry 30 kept

taken s6-activation.7 'STEP 6. LET THINGS CRASH, AND UPGRADE THEM' 2 forget
does forget
is 'step 6: nothing is held any more' "$(s6-fdholder-list "$H")" ''

# what is said
printf '%s\n' '^x$' > service/fdholder/data/rules/uid/0/env/S6_FDHOLDER_RETRIEVE_REGEX
s6-ipcserver-socketbinder "$WORK/run/web" s6-fdholder-store "$H" unix:/run/web
refused() { s6-fdholder-retrieve "$H" unix:/run/web true 2> denied ; test "$?" -eq 1 ; }
ok 'who may not is refused' retry 10 refused
is 'in the words of fdholder-errors.7' "$(flat < denied)" "$(printed fdholder-errors.7 DESCRIPTION 1 | flat)"
printed fdholder-operations.7 UPGRADE 2 | flat > words
words=$(sed 's/ $//' words)
is 'fdholder-operations.7: a refusal, in the words of the program' "$(grep -c "\"${words##*itself: }\"\\|\"$(echo "$words" | sed 's/.*itself: \(.*\): nothing has changed/\1/')\"" "$SRC/src/libfdholderd/upgrade.c")" 1
for name in hello fdholder
do
  stop "$name"
done
done_testing
