#!/bin/sh
# ISC license.
# shellcheck disable=SC2016 # for inner shells
# execline-intro(7): what its commands print is what the page says, its scripts work, in execline and in
# sh, and its table has two columns that do the same.
# timeout: 60
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -z "$DAEMON_WRAPPER" || skip_all 'starts daemons in its own way'
need execlineb mandoc
page=$SRC/doc/execline-intro.7

# block N: the N-th of the page, as it is read
block()
{
  awk -v n="$1" '/^\.Ed/ { inside = 0 } inside { print } /^\.Bd -literal/ { inside = ++count == n }' "$page" | sed 's|\\e|\\|g'
}
blocks=$(grep -c '^\.Bd -literal' "$page")
transcripts=0
scripts=
for n in $(seq "$blocks")
do
  block "$n" > printed
  if test "$(head -c 2 printed)" != '$ '
  then
    scripts="$scripts $n"
    continue
  fi
  transcripts=$((transcripts + 1))
  sed -n 's/^\$ //p' printed > commands
  is "block $n prints what is behind it: $(head -n 1 commands)" "$(mkdir "$n" && cd "$n" && sh -eu ../commands 2>&1)" "$(sed '/^\$ /d' printed)"
done
least 'commands have been run' "$transcripts" 13
is 'all else are three scripts' "$(echo "$scripts" | wc -w)" 3
# shellcheck disable=SC2086 # words
set -- $scripts
block "$1" > cd.el
is 'a chain' "$(execlineb -P cd.el)" /

allow_all rules
mkdir fdholder
start_holder holder fdholder/s -i rules
s6-ipcserver-socketbinder "$PWD/socket" s6-fdholder-store fdholder/s unix:hello
for n in "$2" "$3"
do
  mkdir "service$n"
  block "$n" > "service$n/run"
  chmod 755 "service$n/run"
  # behind its first line, for execlineb may be elsewhere
  case $(head -n 1 "service$n/run") in *execlineb*) reader='execlineb -P' ;; *) reader='sh -e' ;; esac
  mkfifo "told$n"
  start "service$n" sh -c "cd service$n && exec $reader run 3> ../told$n"
  is "script $n: it is ready" "$(wc -l < "told$n")" 1
  ok "script $n: it serves" test "$(s6-ipcclient "$PWD/socket" sh -c 'cat <&6')" = hello
  is "script $n: it is one process" "$(cat "/proc/$(pid_of "service$n")/comm")" s6-ipcserverd
  ok "script $n: the directory is there" test -d "service$n/data"
  stop "service$n"
done

# moving-from-s6(7) has one that says where our programs are: those of execline are found still, where
# execlineb, as Debian's, has put their directory on the PATH itself
awk '/^\.Ed/ { inside = 0 } inside { print } /^\.Bd -literal/ { getline ; inside = /execlineb/ }' "$SRC/doc/moving-from-s6.7" |
  sed "s|/opt/s6-activation/bin|$BUILD|" > moving
like 'moving-from-s6: there is a script' "$(cat moving)" '^fdmove 1 3$'
if test -x /usr/bin/execlineb
then
  mkdir moved moved/data
  printf '#!/bin/sh\necho moved\n' > moved/data/hello
  chmod 755 moved/data/hello
  mkfifo told-moved
  start moved env -i PATH=/usr/bin:/bin LD_LIBRARY_PATH="${LD_LIBRARY_PATH-}" sh -c 'cd moved && exec /usr/bin/execlineb -P ../moving 3> ../told-moved'
  is 'moving-from-s6: it is ready' "$(wc -l < told-moved)" 1
  ok 'moving-from-s6: it serves' test "$(timeout 20 s6-ipcclient "$PWD/socket" sh -c 'cat <&6')" = moved
  stop moved
else
  skip 'moving-from-s6: it serves' 'execlineb is elsewhere'
fi

# the table, row by row: a and b are commands there, f is a file, A a variable; 3 is another output
printf '#!/bin/sh\necho from a\n' > a
printf '#!/bin/sh\necho from b ; exec cat\n' > b
chmod 755 a b
echo file > f
rows=0
sed -n -e 's/\\&//g' -e 's/\\(dq/"/g' -e 's/ So .* Sc$//' -e 's/^\.It Li \(.*\) Ta Li \(.*\)$/\1	\2/p' "$page" > table
while IFS='	' read -r execline shell
do
  rows=$((rows + 1))
  tail='echo on'
  more=
  case $execline in
    'fdmove -c'*) tail='ls /nothing' ;;
    redirfd*) tail='cat -' ;;
    background*) tail='wait { } echo on' more=wait ;;
    export*|backtick*) tail='printenv A' ;;
    importas*) tail='printf %s $A' shell="printf %s $shell" more=exit ;;
    pipeline*) tail= ;;
  esac
  printf '%s\n' "$execline $tail" > pair.el
  { printf '%s\n' "$shell" ; test -z "$more" || echo "$more" ; echo "${tail#wait { \} }" ; } > pair.sh
  PATH=$PWD:$PATH A='be  fore' execlineb -P pair.el > el.out 2> el.err 3> el.other < /dev/null
  el=$?
  PATH=$PWD:$PATH A='be  fore' sh -e pair.sh > sh.out 2> sh.err 3> sh.other < /dev/null
  is "both do the same: $execline" "$? $(cat sh.out sh.other)" "$el $(cat el.out el.other)"
  is "and complain in the same place: $execline" "$(wc -l < sh.err)" "$(wc -l < el.err)"
  isnt "and do something: $execline" "$(cat el.out el.other)" ''
done < table
is 'the table has ten rows' "$rows" 10

# who reads a page with such a script is told where this is
# shellcheck disable=SC2013 # words, not lines
silent=$(cd "$SRC/doc" && for other in $(grep -l '^#!/usr/bin/execlineb' ./*.[378])
do
  test "$other" = ./execline-intro.7 || grep -q '^\.Xr execline-intro 7' "$other" || echo "$other"
done)
is 'each page with such a script refers to it' "$silent" ''
# and finds each example in sh, too: but for a pipe alone, which sh has not, and one that stands before
alone=$(cd "$SRC/doc" && for other in ./*.[378]
do
  awk -v page="${other#./}" '
    /^\.Sh/ { here = $2 == "EXAMPLES" }
    !here { next }
    /^In sh:$/ { script = 0 }
    /^\.(Bd|Sh)/ && script { print page ; script = 0 }
    /^#!\/usr\/bin\/execlineb/ { script = 1 }
    END { if (script) print page }' "$other"
done | tr '\n' ' ')
is 'each example is there in sh' "$alone" 's6-fdholder-store.8 s6-svlisten.8 '
stop holder
done_testing
