#!/bin/sh
# ISC license.
# s6-log: its options, its scripts, what it reads and from what, and how it ends.
# timeout: 100
# shellcheck disable=SC2016 # variables are for the processors
# shellcheck disable=SC2329 # functions are called by the name of a kind
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

said() { cat "$1"/@* "$1"/current 2>/dev/null ; }
archives() { find "$1" -name '@*' | wc -l ; }
lines() { seq "$1" "$2" | awk '{ printf "%06d %073d\n", $1, 0 }' ; }
mode() { stat -c %a "$1" ; }
has_line() { said "$1" | grep -q "^$2" ; }

# command lines
exits 'no script' 100 s6-log
exits 'no such option' 100 s6-log -x 1
exits '-d is no standard descriptor' 100 s6-log -d 2 1
exits '-d is open' 100 s6-log -d 77 1
exits 'a number is a number' 100 s6-log -l 1k 1
for script in n10k n s tt 12 = f1 '+(' o i3 oz R5@9 u4 'l3000 s4096 l3000' x n5000000000 './d' './d/'
do
  # shellcheck disable=SC2086 # words
  run s6-log -- ./untouched $script ./d
  is "wrong: $script" "$status $(ls -d untouched 2>/dev/null)" '100 '
done
exits 'selections alone are no script' 100 s6-log -- +a -b f
exits 'the parent must be there' 111 s6-log ./a/b/c
like 'what is useless is told' "$(echo x | s6-log -- ./u +x 2>&1)" 'nothing comes after'
echo x | s6-log -d 4 ./u 4> ready
is '-d tells' "$(od -An -c ready | tr -d ' ')" '\n'

# lines
printf 'a\n\0\377b\0\n no end' | s6-log 1 > got
is 'newline and NUL end lines, and so does the end' "$(od -An -tx1 got | tr -d ' \n')" 610a0aff620a0a206e6f20656e640a
printf '%050d%048d\n%047d\n%048d\n%049d' 0 0 0 0 0 | s6-log -l 20 1 > got
is 'lines are cut at the limit' "$(awk '{ printf "%s ", length($0) }' got)" '48 48 2 47 48 48 1 '
printf '%09000d\n%08192d\n%08191d\n' 0 0 0 | s6-log 1 > got
is 'the usual limit' "$(awk '{ printf "%s ", length($0) }' got)" '8192 808 8192 8191 '
head -c 300000 /dev/zero | tr '\0' y > long
s6-log -l 0 1 < long > got
is 'no limit, file' "$(wc -c < got)" 300001
# shellcheck disable=SC2002 # it is to be a pipe
cat long | s6-log -l 0 ./long.d
is 'no limit, longer than a pipe' "$(said long.d | wc -c)" 300001
lines 1 3000 > many
python3 -c 'import socket, os, subprocess
a, b = socket.socketpair()
p = subprocess.Popen(["s6-log", "1"], stdin=b, stdout=open("got", "w"))
b.close()
for x in open("many", "rb").read().splitlines(True): a.sendall(x[:7]) ; a.sendall(x[7:])
for i in range(9000): a.sendall(b"z")
a.close()
p.wait()' 2>/dev/null && {
  printf '%s\n' "$(head -c 8192 long | tr y z)" "$(head -c 808 long | tr y z)" | cat many - > want
  ok 'a socket, byte by byte' cmp got want
}
s6-log 1 < many > got
ok 'a file' cmp got many
mkfifo ends
(sleep 0.3 ; printf 'at once' > ends) &
timeout 20 s6-log 1 < ends > got
is 'a line and the end, both at once' "$(cat got)" 'at once'
python3 -c 'import os, subprocess
r, w = os.pipe() ; a, b = os.pipe()
p = subprocess.Popen(["s6-log", "1"], stdin=r, stdout=open("got", "w"))
os.close(r)
for i in range(100):
    os.write(b, b"%d" % (i % 10))
    os.splice(a, w, 1)
os.write(w, b"\n") ; os.close(w)
p.wait(timeout=5)' 2>/dev/null &&
is 'what was spliced, byte by byte' "$(cat got)" "$(printf '0123456789%.0s' 1 2 3 4 5 6 7 8 9 10)"
(printf 1234567890 ; sleep 0.2 ; head -c 4090 /dev/zero | tr '\0' x ; echo) > in
python3 -c 'import fcntl, os, subprocess
r, w = os.pipe()
fcntl.fcntl(r, 1031, 4096)
p = subprocess.Popen(["s6-log", "-b", "1"], stdin=r, stdout=open("got", "w"))
os.close(r)
os.write(w, b"1234567890") ; os.write(w, b"x" * 4090) ; os.write(w, b"\n") ; os.close(w)
p.wait(timeout=5)'
ok 'a pipe of one page' cmp got in

# selections
select_is() { want=$1 ; shift ; is "selection: $*" "$(printf 'apple\nbanana\ncherry\n' | s6-log -- "$@" 1 2>&1 | tr '\n' ' ')" "$want" ; }
select_is 'banana cherry ' -apple
select_is 'apple cherry ' - +apple '+^ch'
select_is 'banana ' - '+n.n'
select_is 'apple apple banana cherry ' 1 -b -c
printf 'apple\nbanana\n' | s6-log -- -ban ./s1 f ./s2 + ./s3
is 'groups' "$(cat s1/current) $(cat s2/current) $(tr '\n' ' ' < s3/current)" 'apple banana apple banana '

seq 1 9000 | awk '{ printf "%d %0*d\n", $1, $1 % 7 ? $1 % 50 + 1 : 1500, $1 }' > in
# shellcheck disable=SC2002 # it is to be a pipe
cat in | s6-log -- - '+[02468]$' s16000000 ./even f 1 ./odd > got
grep '[13579]$' in > want
ok 'short lines and long ones, in turn, to two places' cmp got want
grep '[02468]$' in > want
ok 'and to the other one' cmp even/current want

# a write that waits for room in the pipe, where something is left in it, wakes no reader
yes "$(printf '%0999d' 0)" | head -n 3000 > big
{
  printf 'first\nbegun '
  retry 20 has_line begins first
  dd if=big bs=3000000 count=1 2>/dev/null
} | timeout 60 s6-log n5 s16000000 ./begins
{ printf 'first\nbegun ' ; cat big ; } > want
ok 'a write that is larger than the pipe, after half a line' cmp begins/current want

# what is added
is 'prefix' "$(echo x | s6-log pA 1 p 1)" "A x
x"
like 't' "$(echo x | s6-log t 1)" '^@4[0-9a-f]{23} x$'
like 'T' "$(echo x | s6-log T 1)" '^[0-9-]{10} [0-9:]{8}\.[0-9]{9}  x$'
like 'u' "$(echo x | s6-log u3 1)" '^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z x$'
like 'U' "$(echo x | TZ=IST-5:30 s6-log U 1)" '^[0-9-]{10}T[0-9:]{8}\.[0-9]{6}\+05:30 x$'
like 'all, for one action' "$(echo x | s6-log pA t T ./st 1 ; cat st/current)" '^@[0-9a-f]{24} [^ ]* [^ ]*  A x$'
is 'alert' "$(printf '%0300d\nab\n' 0 | s6-log E5 pP 2 2>&1)" 's6-log: alert: P 00000...
s6-log: alert: P ab'
printf 'first\nlast\n' | s6-log '^20' =status '^0' =free '^2' =cut
is 'status' "$(od -An -c status | tr -d ' \n') $(cat free) $(cat cut) $(ls ./*.new 2>/dev/null)" 'last\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n last la '

# a logdir
umask 022
lines 1 1000 > in
s6-log n1000 s4096 l0 ./d < in
said d > got
ok 'all lines are there, in order' cmp got in
most 'no archive is larger than s' "$(stat -c %s d/@* | sort -n | tail -n 1)" 4096
is 'modes' "$(mode d) $(mode d/current) $(stat -c %a d/@* | sort -u)" '700 744 744'
s6-log n3 s4096 ./d < in
is 'n' "$(archives d)" 3
s6-log n0 s4096 ./d < in
is 'n0' "$(archives d)" 0
s6-log n100 S9000 s4096 ./d < in
most 'S' "$(cat d/@* | wc -c)" 9000
s6-log n10 s4096 l5000 ./odd < in 2>/dev/null || s6-log n10 l5000 s4096 ./odd < in
is 'a tolerance above the size: a file a line' "$(archives odd) $(cat odd/@* | wc -l)" '10 10'
: > d/current ; chmod 644 d/current ; echo prev > d/previous ; echo half > d/processed ; echo s > d/state ; echo torn >> d/current
before=$(archives d)
echo after | s6-log n100 ./d
is 'what a killed logger has left' "$(($(archives d) - before)) $(cat d/*.u | tr '\n' ' ')$(cat d/current) $(wc -c < d/state) $(ls d/previous d/processed 2>/dev/null)" '2 prev torn after 0 '
mkfifo hold
start locked sh -c 'exec s6-log -d 4 ./d < hold 4> locked.ready'
exec 8> hold
ok 'it is ready' retry 5 test -s locked.ready
exits 'a busy directory' 111 s6-log ./d
like 'it says so' "$(cat err)" 'Device or resource busy'
ln -s d also
exits 'nor by another name' 111 s6-log ./also
echo more >&8
retry 5 grep -q more d/current
rm d/current
sleep 1.1
echo anew >&8
ok 'a removed current comes back' retry 3 grep -q anew d/current
before=$(archives d)
kill -s ALRM "$(pid_of locked)"
ok 'ALRM rotates' retry 5 test ! -s d/current
is 'into an archive' "$(archives d)" $((before + 1))
kill -s ALRM "$(pid_of locked)"
sleep 0.1
is 'an empty one is left alone' "$(archives d)" $((before + 1))
kill -s USR1 "$(pid_of locked)"
ok 'USR1 reports' retry 5 grep -q './d: 2 lines' locked.err
exec 8>&-
ok 'the end of the input ends it' retry 5 ended locked
is 'and current is whole' "$(mode d/current)" 744

# TERM
begin_pipe() # NAME ARG...
{
  pipe_name=$1
  shift
  rm -f "$pipe_name.pipe" "$pipe_name.ready"
  mkfifo "$pipe_name.pipe"
  start "$pipe_name" sh -c 'name=$1 ; shift ; exec s6-log -d 4 "$@" < "$name.pipe" 4> "$name.ready"' sh "$pipe_name" "$@"
  exec 8<> "$pipe_name.pipe"
  retry 5 test -s "$pipe_name.ready"
}
# what NAME has read, in bytes; and whether that is more than MANY
has_read() { sed -n 's/^rchar: //p' "/proc/$(pid_of "$1")/io" ; }
read_more() { test "$(has_read "$1")" -gt "$2" ; }
half_a_line() # NAME TEXT: and it has been read
{
  read_before=$(has_read "$1")
  printf %s "$2" >&8
  retry 10 read_more "$1" "$read_before"
}
begin_pipe term ./term.d
echo whole >&8
retry 5 grep -q whole term.d/current
stop term
is 'TERM between lines ends it' "$status $(cat term.d/current)" '0 whole'
begin_pipe half -t 60000 ./half.d
half_a_line half beg
kill "$(pid_of half)"
ok 'TERM inside a line waits' remains 0.3 running half
printf 'in\nnext\n' >&8
ok 'until it ends' retry 5 ended half
is 'and no further' "$(cat half.d/current) $(timeout 20 head -n 1 <&8)" 'begin next'
begin_pipe late -t 300 ./late.d
half_a_line late begun
stop late
is 'or until its time is over' "$status $(cat late.d/current)" '0 begun'
begin_pipe firm -p ./firm.d
kill "$(pid_of firm)"
ok '-p: TERM is ignored' remains 0.3 running firm
stop firm HUP
is 'HUP is not' "$status" 0

# signals under a flood
start flood sh -c 'yes | s6-log n0 s4096 ./flood.d & yes=$! ; echo $! > flood.pid ; wait $yes'
retry 5 test -s flood.d/current
kill "$(cat flood.pid)"
ok 'it is fed without end, and heeds TERM' retry 5 ended flood

# what cannot be written
mkfifo full feed
exec 7<> full
start behind sh -c 'exec s6-log -t 300 ./full1.d 1 ./full2.d < feed >&7'
exec 6<> feed
lines 1 2000 >&6 &
writer=$!
ok 'a full stdout does not hold up the others' retry 5 has_line full1.d 000700
stop behind
is 'TERM ends it in time' "$status" 0
like 'and says what becomes of the rest' "$(cat behind.err)" 'stays in the input'
kill "$writer" 2>/dev/null
exec 6>&- 7>&-
lines 1 300 > in
(ulimit -f 8 ; exec s6-log -t 500 s100000 ./limit.d < in 2> limit.err) &
limited=$!
retry 5 grep -q 'unable to write' limit.err
sleep 0.3
is 'a file that cannot grow: told once' "$(grep -c unable limit.err)" 1
kill "$limited"
wait "$limited"
is 'and it ends in time' "$?" 0

# processors
lines 1 1000 > in
: > runs
mkdir p
: > p/lock  # from before, for all to read
s6-log -t 20000 n1000 s4096 '?echo >> ../runs ; sed s/^/p/ ; read n <&4 ; echo $((n + 1)) >&5' ./p < in
said p | sed 's/^p//' > got
ok 'each line goes through it once' cmp got in
is 'state is counted on' "$(cat p/state)" "$(wc -l < runs)"
is 'nothing is left behind' "$(find p -name '[!@]*' ! -name p | sort | tr '\n' ' ')" 'p/current p/lock p/state '
s6-log -t 20000 n1000 s4096 '!sed "s/^/p/"' ./px < in
is 'locks are for nobody else to read, however they were' "$(stat -c %a p/lock px/lock | tr '\n' ' ')" '600 600 '
said px | sed 's/^p//' > got
ok 'execline' cmp got in
s6-log -t 20000 n1000 s4096 '?cat > /dev/null' ./pe < in
is 'what it makes nothing of is no archive' "$(archives pe)" 0
: > tries
s6-log -t 20000 r50 n1000 s4096 '?echo >> ../tries ; test "$(wc -l < ../tries)" -gt 3 || exit 7 ; cat' ./pf < in 2> pf.err
said pf > got
ok 'it fails, and is tried again: nothing is lost' cmp got in
is 'told once' "$(grep -c 'exit code 7' pf.err)" 1
begin_pipe hung -t 400 n1000 s4096 '?sleep 30 & wait' ./ph
lines 1 100 >&8
ok 'logging goes on beside one that hangs' retry 5 grep -q 000100 ph/current
stop hung
is 'it is waited for, and left' "$status $(grep -c 'has not done its work' hung.err)" '0 1'
is 'previous remains' "$(ls ph/previous)" ph/previous
: | s6-log n1000 ./ph
is 'and is archived by the next one' "$(find ph -name '*.u' | wc -l)" 1
lines 1 100 > want
said ph > got
ok 'so that all is there' cmp got want

# nothing of others is changed
is 'descriptors keep their flags' "$( (echo x | s6-log 1 | cat) ; python3 -c 'import fcntl, os, subprocess
r, w = os.pipe() ; s, t = os.pipe()
p = subprocess.Popen(["s6-log", "1"], stdin=r, stdout=t)
os.write(w, b"x\n") ; os.read(s, 2)
print(fcntl.fcntl(r, fcntl.F_GETFL) & os.O_NONBLOCK, fcntl.fcntl(t, fcntl.F_GETFL) & os.O_NONBLOCK)
os.close(w) ; p.wait()')" 'x
0 0'
# each write is a line: of longer ones the pipe makes pieces
by_lines() { lines "$1" "$2" | while read -r line ; do echo "$line" ; done ; }
mkfifo two
s6-log ./two.d < two &
logger=$!
exec 8> two
by_lines 1 500 >&8 &
writer=$!
by_lines 501 1000 >&8
wait "$writer"
exec 8>&-
wait "$logger"
sort two.d/current > got
lines 1 1000 > want
ok 'two writers' cmp got want

done_testing
