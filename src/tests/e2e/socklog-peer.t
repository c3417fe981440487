#!/bin/sh
# ISC license.
# The same datagrams to Debian's s6-socklog and to ours, the same stream to its ucspilogd and to
# ours, alone and under s6-ipcserver: the same lines, and the same exit codes.
# timeout: 60
# shellcheck disable=SC2016,SC2094 # variables are for others; ours and theirs are words
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -x "$PEER_S6/usr/bin/s6-socklog" || skip_all 'needs tools/fetch-peer'
peer=peer

ready_here() { test -s ready ; }

# the lines for some datagrams, the exit code, what is left
datagrams() # WHOSE OPTION...: those of $@ in the file texts, one a line
{
  case $1 in ours) whose= ;; *) whose=$peer ;; esac
  shift
  rm -f ready log log.lock
  # shellcheck disable=SC2086 # nothing, or a word
  start socklog sh -c 'whose=$1 ; shift ; exec $whose s6-socklog -d 4 -x ./log "$@" 4> ready' sh "$whose" "$@"
  retry 10 ready_here || echo 'not ready'
  while IFS= read -r text ; do datagrams-send ./log "$text" ; done < texts
  datagrams-send ./log 'the last one'
  retry 10 grep -q 'the last one' socklog.out || echo 'it did not come'
  stop socklog
  cat socklog.out
  echo "$status $(stat -c '%A' log) $(wc -l < socklog.err)"
}

same() # OPTION...
{
  datagrams ours "$@" > ours
  datagrams peer "$@" > theirs
  if cmp -s ours theirs ; then pass "the same: $*" ; else fail "the same: $*" ; diff theirs ours | cut -c 1-200 | sed 's/^/#   /' ; fi
}

cat > texts <<'E1'
<13>hello
<13>hello\n
hello\0\n\0\n
a\nb\0c\n
\n
<13>
\xff\x80<3>
 <3>a
<13>\n\nx
<13\n>x
<4294967295>x
<4294967296>x
<96>x
<999>x
@4000000065a1b2c3d4e5f601 <13>x
<13>tab\tcr\x0d
E1
for n in 76 77 78 79 80 81 82 200 1020 1023 1024 1025 2000
do
  printf "<13>%0$((n - 4))d\n%0${n}d\n%0$((n - 1))d\\\\n\n" 1 2 3
done >> texts
same -l 1024
same -l 80
same -l 1 -r
same -l 99999999 -t 1000
for words in '-d 2' '-d 88' '-d x' '-l x' '-l 4294967296' '-t -1' '-i x' '-i 127.0.0.1_' '-i 127.0.0.1_65536' '-u x' '-x /none/x' -q
do
  # shellcheck disable=SC2086 # words
  is "the same exit code: $words" "$(timeout 5 s6-socklog -x ./never $words 2>/dev/null ; echo $?)" \
    "$(timeout 5 "$peer" s6-socklog -x ./never $words 2>/dev/null ; echo $?)"
done

# ucspilogd
i=0
{
  while test "$i" -lt 260 ; do echo "<$i>x" ; i=$((i + 1)) ; done
  sed 's/\\n/X/g; s/\\0/Y/g' texts
  printf '@4000000065a1b2c3d4e5f601 <13>x\n@4000000065a1b2c3d4e5f601<13>x\n@400 <13>x\n@4000000065a1b2c3d4e5f601 \n@4000000065a1b2c3d4e5f601\n'
  printf '@zzzzzzzzzzzzzzzzzzzzzzzz <13>x\n@40000000 5a1b2c3d4e5f601 <13>x\na\0<14>b\0\0\n\n\377\200\n'
  printf '%04090d\n%04096d\n<13>%070000d\n%065536d\n' 1 2 3 4
  printf '<15>no end'
} > stream
filtered() { env -u NONE SET=value EMPTY= "$@" < stream ; echo "exit $?" ; }
for words in '' 'SET EMPTY NONE' '-D x NONE SET' '-- SET'
do
  # shellcheck disable=SC2086 # words
  filtered ucspilogd $words > ours
  # shellcheck disable=SC2086 # words
  filtered "$peer" ucspilogd $words > theirs
  ok "ucspilogd, the same: $words" cmp ours theirs
done
is 'ucspilogd: another option' "$(filtered ucspilogd -d x 2>/dev/null)" "$(filtered "$peer" ucspilogd -d x 2>/dev/null)"
is 'nothing' "$(ucspilogd < /dev/null | od -c)" "$("$peer" ucspilogd < /dev/null | od -c)"
# shellcheck disable=SC2002 # a pipe
is 'piece by piece' "$( (cat stream ; sleep 0.1 ; printf X) | ucspilogd | cksum)" "$( (cat stream ; printf X) | "$peer" ucspilogd | cksum)"
exits 'a directory' 111 sh -c 'ucspilogd < .'
exits 'a full device' 111 sh -c 'ucspilogd < stream > /dev/full'
if test -n "$SANITIZED" ; then prlimit() { shift ; "$@" ; } ; fi
head -c 3000000 /dev/zero | tr '\0' y > long
is 'a line without end, in little memory' "$(prlimit --as=20000000 ucspilogd < long | cksum)" "$( (cat long ; echo) | cksum)"
done_testing
