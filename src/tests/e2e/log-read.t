#!/bin/sh
# ISC license.
# s6-logread: the order of the files of a logdir, several logdirs, what is selected, what is
# shown of it, packed archives, and what cannot be read.
# timeout: 100
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

name() { printf '@4000000%017d.%s' "$1" "$2" ; }
shown() { s6-logread "$@" 2>&1 | tr '\n' ' ' ; }
lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }

# command lines
mkdir empty
exits 'no directory' 100 s6-logread
exits 'no directory, but a selection' 100 s6-logread -- -- +a
exits 'no such option' 100 s6-logread -x empty
exits 'no number' 100 s6-logread -n 1k empty
exits 'no name of a cursor' 100 s6-logread -c '' empty
exits 'no moment' 100 s6-logread -s yesterday empty
like 'it says what one is' "$(cat err)" 'no moment'
exits 'no selection' 100 s6-logread empty -- n20
exits 'a bad one' 100 s6-logread empty -- '+('
exits 'no such directory' 111 s6-logread empty ./none
exits 'nothing in it' 0 s6-logread empty
is 'nothing is shown' "$(cat out err)" ''
# shellcheck disable=SC2016
exits 'stdout is closed' 100 sh -c 'exec s6-logread "$1" >&-' sh empty
mkdir nofile nofile/current
exits 'current is no file' 111 s6-logread nofile
is 'it is said' "$(cat err)" 's6-logread: fatal: unable to read nofile: Invalid argument'

# one logdir
mkdir d
for i in 3 1 4 2 ; do echo "a$i" > "d/$(name $i s)" ; done
echo a5 > "d/$(name 5 u)"
echo previous > d/previous
echo current > d/current
for file in state lock newstate "$(name 1 s)x" "$(name 1 t)" @x.s ; do echo no > "d/$file" ; done
ln -s ../none "d/$(name 6 s)"
mkdir "d/$(name 7 s)"
exits 'archives, previous, current' 111 s6-logread ./d
is 'in order' "$(tr '\n' ' ' < out)" 'a1 a2 a3 a4 a5 previous current '
is 'what cannot be read is told' "$(grep -c 'warning: unable to read ./d/@' err)" 2
rm "d/$(name 6 s)"
rmdir "d/$(name 7 s)"
echo raw > d/previous
echo half > d/processed
is 'what is being processed' "$(shown d)" 'a1 a2 a3 a4 a5 raw current '
chmod 744 d/processed
rm d/previous
is 'what has been' "$(shown d)" 'a1 a2 a3 a4 a5 half current '
rm d/processed
ln d/current d/previous
is 'a file of two names is shown once' "$(shown d)" 'a1 a2 a3 a4 a5 current '
rm d/previous
ln "d/$(name 5 u)" d/previous
is 'also an archive' "$(shown d)" 'a1 a2 a3 a4 a5 current '
rm d/previous
printf 'no end' > "d/$(name 4 s)"
printf 'nor this' >> d/current
is 'an end is added' "$(shown d)" 'a1 a2 a3 no end a5 current nor this '
printf 'a\0\0\377b\n\n' > d/current
is 'NUL, empty lines, any bytes' "$(s6-logread d | tail -n 4 | od -An -tx1 | tr -d ' \n')" 610a0aff620a0a

# what the logger makes
lines 1 3000 > in
s6-log n1000 s4096 ./made < in
s6-logread made > got
ok 'all that it has written' cmp got in
s6-log n1000 s4096 '?gzip' t ./packed < in
least 'with archives of gzip' "$(for i in packed/@*.s ; do head -c 2 "$i" | od -An -tx1 ; done | grep -c '1f 8b')" 10
s6-logread packed | cut -c 27- > got
ok 'likewise' cmp got in
if command -v zstd > run.zstd
then
  mkdir zst
  zstd -q < in > "zst/$(name 1 s)"
  s6-logread zst > got
  ok 'and zstd' cmp got in
else
  skip 'and zstd' 'no program zstd'
fi
mkdir torn
for i in 1 2 3 ; do lines "$i" "$i" | gzip > "torn/$(name $i s)" ; done
truncate -s 20 "torn/$(name 2 s)"
exits 'an archive that is not whole' 111 s6-logread torn
like 'the others are shown' "$(cut -c 1-6 out | tr '\n' ' ')" '^000001 .*000003 $'
like 'it is told which' "$(cat err)" "unable to read torn/$(name 2 s): Bad message"
# shellcheck disable=SC2016
exits 'also to who ignores the end of children' 111 sh -c 'trap "" CHLD ; exec s6-logread torn'
# shellcheck disable=SC2016
exits 'no program for it' 111 env PATH=/none "$(command -v s6-logread)" torn
is 'each is told' "$(grep -c 'not supported' err)" 3

# stamps
mkdir a b c
{
  echo '2020-11-30T12:00:00.1Z utc 1'
  echo 'with 1'
  echo '2020-11-30T12:00:03.1Z utc 4'
} > a/current
{
  echo '2020-11-30 12:00:01.100000000  local 2'
  echo '2020-11-30T13:00:04.100000+01:00 zone 5'
} > b/current
{
  echo '@400000005fc4dee705f5e100 label 3'
  echo '@400000005fc4deab05f5e100 back, and in its place'
} > c/current
is 'merged by stamps of all kinds' "$(s6-logread a b c | sed 's/^[^ ]* \([0-9:.]*  \)*//' | tr '\n' ,)" 'utc 1,1,local 2,label 3,back, and in its place,utc 4,zone 5,'
is 'as UTC' "$(TZ=IST-5:30 s6-logread -g a)" '2020-11-30 12:00:00.100000000 utc 1
with 1
2020-11-30 12:00:03.100000000 utc 4'
is 'local' "$(TZ=IST-5:30 s6-logread -l a | head -n 1)" '2020-11-30 17:30:00.100000000 utc 1'
is 'RFC 3339' "$(s6-logread -r b)" '2020-11-30T12:00:01.100000000Z  local 2
2020-11-30T12:00:04.100000000Z zone 5'
mkdir far
printf '%s far\n%s early\n' @7fffffffffffff0000000000 0005-01-02T03:04:05Z > far/current
is 'years that have not four digits stay as they are' "$(for i in -g -l -r ; do s6-logread "$i" far ; done | sort | uniq -c | tr -s ' ' | tr '\n' ,)" ' 3 0005-01-02T03:04:05Z early, 3 @7fffffffffffff0000000000 far,'
is 'JSON' "$(s6-logread -j a b | head -n 3)" '{"time":"2020-11-30T12:00:00.100000000Z","dir":"a","line":"utc 1"}
{"dir":"a","line":"with 1"}
{"time":"2020-11-30T12:00:01.100000000Z","dir":"b","line":"local 2"}'
printf 'quote " back \\ tab \t bad \351 good \303\251 esc \033\n' > empty/current
is 'JSON of any bytes' "$(s6-logread -j empty)" "$(printf '{"dir":"empty","line":"quote \\" back \\\\ tab \\t bad \357\277\275 good \303\251 esc \\u001b"}')"
# shellcheck disable=SC2016
like 'JSON, read by another' "$(printf 'quote " back \\ tab \t bad \351\n' > empty/current ; s6-logread -j empty | python3 -c 'import json, sys
print([json.loads(x)["line"] for x in sys.stdin])' 2>&1)" 'quote " back .* tab .t bad|not found'

# what is selected
is '+ and -' "$(shown a -- - +utc)" '2020-11-30T12:00:00.1Z utc 1 2020-11-30T12:00:03.1Z utc 4 '
is 'an expression sees no stamp' "$(shown b -- - '+^ *[lz]o')" "$(shown b)"
is 'it begins behind it' "$(shown b -- - +^2020)" ''
is 'since' "$(shown -s '2020-11-30 12:00:03' a b | tr -d '0-9')" '--T::.Z utc  --T::.+: zone  '
is 'until' "$(shown -u 2020-11-30T12:00:01Z a b)" '2020-11-30T12:00:00.1Z utc 1 with 1 '
is 'so long ago' "$(shown -s 1h a)" ''
mkdir old
echo '2020-11-30T12:00:00Z x' > "old/$(name 1 s)"
is 'an archive that is older is not read' "$(shown -s 2020-11-30 old)" ''
is 'last ones' "$(shown -n 2 made | cut -c 1-6,81-88)" '002999 003000 '
is 'more than a file has' "$(s6-logread -n 1500 made | head -n 1 | cut -c 1-6)" 001501
is 'more than there are' "$(s6-logread -n 5000 made | wc -l)" 3000
is 'none' "$(shown -n 0 made)" ''
is 'of those that are selected' "$(shown -n 2 made -- - +^0001 | cut -c 1-6,81-88)" '000198 000199 '
is 'of several' "$(s6-logread -n 3 a b c | sed 's/^[^ ]* \([0-9:.]*  \)*//' | tr '\n' ,)" 'back, and in its place,utc 4,zone 5,'

# it is read while it changes: it waits for stdout, a pipe
begin() # NAME ARG...
{
  begin_name=$1
  shift
  rm -f pipe
  mkfifo pipe
  start "$begin_name" sh -c 'exec s6-logread "$@" > pipe' sh "$@"
  exec 8< pipe
  head -c 81 <&8 > first
}
lines 1 20000 > many
s6-log n1000 s4096 ./moving < many
begin reads ./moving
deleted=$(find moving -name '@*' | sort | tail -n 3 | head -n 1)
mv "$deleted" deleted
s6-log n1000 s4096 ./moving < in
cat first - <&8 > got
retry 10 ended reads
is 'what was deleted is said' "$(cat reads.err)" "s6-logread: warning: ./moving: deleted before they could be read: 1 files, bytes at least: $(wc -c < deleted)"
grep -vxF -f deleted many > want
head -n "$(wc -l < want)" got > begun
ok 'the rest is there, as it was' cmp begun want
begin dies ./moving
exec 8<&-
retry 10 ended dies
is 'who is not read any more ends' "$(cat dies.err)" ''

# memory
mkdir tenthousand
(cd tenthousand && seq 1 10000 | awk '{ name = sprintf("@4000000%017d.s", $1) ; print $1 > name ; close(name) }')
head -c 40000000 /dev/zero | tr '\0' x > empty/current
if test -z "$SANITIZED" ; then limit='ulimit -v 100000' ; else limit=: ; fi
is '10,000 archives' "$(eval "$limit" ; s6-logread tenthousand | cksum)" "$(seq 1 10000 | cksum)"
is 'a line without an end is cut' "$(eval "$limit" ; s6-logread empty | awk '{ print length($0) }' | tr '\n' ' ')" '16842752 16842752 6314496 '
is 'also as JSON' "$(eval "$limit" ; s6-logread -j empty | wc -lc | tr -s ' ')" "$(printf ' 3 %d' $((40000000 + 3 * 26)))"
if test -n "$SANITIZED"
then
  skip 'a line for which there is no memory' 'sanitizers need more'
else
  { echo first ; head -c 9000000 /dev/zero | tr '\0' '\1' ; } > empty/current
  # shellcheck disable=SC3045
  is 'a line for which there is no memory' "$( (ulimit -v 60000 ; s6-logread -j empty 2> err) | head -c 1000)" '{"dir":"empty","line":"first"}'
  is 'it is said' "$(cat err)" 's6-logread: fatal: unable to show a line: Cannot allocate memory'
fi
if test -z "$SANITIZED" && python3 -c 'import pty' 2> pty.err
then
  mkdir few
  echo a > few/current
  is 'a terminal, and no descriptor to spare' "$(timeout 30 python3 -c 'import os, pty, resource, subprocess
m, s = pty.openpty()
subprocess.run(["s6-logread", "few"], stdout=s, timeout=10, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6)))
print(os.read(m, 100).decode().strip())' 2>&1)" a
else
  skip 'a terminal, and no descriptor to spare' 'needs python3, and no sanitizers'
fi

done_testing
