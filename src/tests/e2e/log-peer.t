#!/bin/sh
# ISC license.
# The same scripts and the same lines for Debian's s6-log and for ours: what comes out, what is
# in the directories, and the exit codes are the same, or the difference is in s6-log(8).
# timeout: 60
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -x "$PEER_S6/usr/bin/s6-log" || skip_all 'needs tools/fetch-peer'

printf 'apple\nbanana 12\n\n\377\200 cherry\nDate: x.y\n' > in
seq 1 60 | awk '{ printf "%04d %0150d\n", $1, 0 }' >> in
awk 'BEGIN { for (i = 8190; i < 8195; i++) { s = sprintf("%0*d", i, 0) ; print s } }' >> in

# Names of archives, stamps, and where a current is cut are not compared: all that the directories have
# as one text, the modes, the names that are no archives.
outcome() # PROGRAM ARG...
{
  rm -rf d e st
  timeout 10 "$@" < in > said 2> told
  echo "exit $?"
  sed 's/@4[0-9a-f]\{23\}/@/; s/[0-9-]\{10\} [0-9:]\{8\}\.[0-9]\{9\}/ISO/' said
  grep -a '^s6-log: alert: ' told | sed 's/@4[0-9a-f]\{23\}/@/'
  for x in d e
  do
    test -d "$x" || continue
    # lock: ours is for its owner only
    echo "$x $(stat -c %a "$x") $(stat -c '%n %a' "$x"/[cs]* | tr '\n' ' ')"
    cat "$x"/@* "$x"/current 2>/dev/null
  done
  if test -f st ; then cat st ; fi
}

peer_outcome() { outcome env "LD_LIBRARY_PATH=$PEER_S6/lib" "$PEER_S6/usr/bin/s6-log" "$@" ; }

same()
{
  outcome s6-log "$@" > ours
  peer_outcome "$@" > theirs
  if cmp -s ours theirs ; then pass "same: $*" ; else fail "same: $*" ; diff theirs ours | cut -c 1-200 | head -n 10 | sed 's/^/#   /' ; fi
}

differs() # WHY ARG...
{
  why=$1
  shift
  outcome s6-log "$@" > ours
  peer_outcome "$@" > theirs
  if cmp -s ours theirs ; then fail "differs: $why" ; else pass "differs: $why" ; fi
}

same 1
same 1 1
same t 1
same T 1
same t T pX 1
same pA 1 p 1
same -l 100 1
same -l 5 1
same -- -a 1
same -- - +an 1
same -- - '+^D.*\.y$' 1
same -- '-[0-9]{2}' ./d f ./e
same -- +x -b 1 -c 1
same -- - '+' 1
same -- -^$ 1
same -- - '+a|x.y' 1
same -- 1 f 1
same -- '-[0-9]' pA 1 f pB t 1
same -- +x -b E5 2 -c E9 pQ 2
same E10 2
same E0 pQ 2
same t E10 2
same ./d
same n100 s4096 ./d
same n100 s4096 ./d n100 s8000 l0 ./e
same n0 ./d
same '^20' '=st'
same '^0' pS '=st'
same '=st' ./d
same n100 s4096 '?cat' ./d
same n100 s4096 '!cat' ./d
same r0 S100000 n7 1
for wrong in '' ./x/y/z x 12 = n s 'n1k ./d' '+( 1' -a f1 't1 1' 'l3000 s4096 l3000 1' 'n5000000000 1' 'E-1 1'
do
  # shellcheck disable=SC2086 # words
  same -- $wrong
done

differs 'the same directory twice is refused' ./d ./d
printf 'no end' >> in
differs 'a line without an end is logged' 1

done_testing
