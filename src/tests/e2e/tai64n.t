#!/bin/sh
# ISC license.
# s6-tai64n and s6-tai64nlocal: what they make of lines, long ones, unfinished ones and such
# with NULs, and of labels that are none; beside Debian's, where that is there.
# timeout: 60
# shellcheck disable=SC2094 # the pipe is read and written
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

label=@400000006b0cdaa60e1b7a8e
anything='@4[0-9a-f]\{23\} '
bytes() { od -An -tx1 -v "$1" | tr -d ' \n' ; }

# s6-tai64n
printf 'a\0b\n\n\377\nno end' > in
s6-tai64n < in > got
sed "s/^$anything//" got > rest
{ cat in ; echo ; } > want
ok 'all lines are there, the last one with a newline' cmp rest want
is 'each has a label' "$(grep -ac "^$anything" got)" 4
is 'nothing is nothing' "$(s6-tai64n < /dev/null | wc -c)" 0
before=$(echo | s6-log t 1 | cut -c 1-25)
now=$(echo | s6-tai64n | cut -c 1-25)
after=$(echo | s6-log t 1 | cut -c 1-25)
is 'it is the time' "$(printf '%s\n' "$before" "$now" "$after" | sort)" "$(printf '%s\n' "$before" "$now" "$after")"
for length in 65535 65536 65537 200000
do
  printf 'x\n%0*d\ny\n%0*d' "$length" 0 "$length" 0 > in
  { cat in ; echo ; } > want
  s6-tai64n < in | sed "s/^$anything//" > got
  ok "a line of $length bytes, twice" cmp got want
done
seq 20000 > want
{ head -c 50001 want ; sleep 0.1 ; tail -c +50002 want ; } | s6-tai64n | sed "s/^$anything//" > got
ok 'many lines' cmp got want

# each line leaves at once, however late the next one is
mkfifo question answer
start prompt sh -c 'exec s6-tai64n < question > answer'
exec 8> question 9< answer
echo first >&8
like 'a line does not wait for the next one' "$(timeout 20 head -n 1 <&9)" ' first$'
printf half >&8
exec 8>&-
like 'what is half goes at the end' "$(timeout 20 cat <&9)" ' half$'
exec 9<&-
ok 'it has ended' retry 20 ended prompt

# s6-tai64nlocal
local_is() { printf '%b' "$2" > in ; s6-tai64nlocal -g < in > got ; printf '%b' "$3" > want ; is "-g: $1" "$(bytes got)" "$(bytes want)" ; }
local_is 'a label' "$label x\n" '2026-11-30 02:08:01.236681870 x\n'
local_is 'with nothing behind it but a newline' "$label\n" '2026-11-30 02:08:01.236681870\n'
local_is 'nor that: none' "$label" "$label"
local_is 'without a space, and no newline' "${label}x" '2026-11-30 02:08:01.236681870x'
local_is 'upper case' '@400000006B0CDAA60E1B7A8E x\n' '2026-11-30 02:08:01.236681870 x\n'
local_is 'others are left alone' "a\n $label\n@\n\n@4000 \n@40000000g00000000000000g x\n$label \0\n" "a\n $label\n@\n\n@4000 \n@40000000g00000000000000g x\n2026-11-30 02:08:01.236681870 \0\n"
local_is 'too many nanoseconds: none' '@400000006b0cdaa63b9aca00 x\n' '@400000006b0cdaa63b9aca00 x\n'
local_is 'the last one' '@400000006b0cdaa63b9ac9ff x\n' '2026-11-30 02:08:01.999999999 x\n'
local_is 'a leap second' '@40000000586846a400000000 x\n' '2016-12-31 23:59:60.000000000 x\n'
is 'local time' "$(printf '%s x\n' "$label" | TZ=IST-5:30 s6-tai64nlocal)" '2026-11-30 07:38:01.236681870 x'
is '-g is not' "$(printf '%s x\n' "$label" | TZ=IST-5:30 s6-tai64nlocal -g)" '2026-11-30 02:08:01.236681870 x'
is 'there and back' "$(echo x | s6-tai64n | s6-tai64nlocal -g | sed 's/[0-9]/0/g')" '0000-00-00 00:00:00.000000000 x'
{ printf '%s ' "$label" ; head -c 200000 /dev/zero | tr '\0' y ; printf '\n%s z\n' "$label" ; } > in
sed 's/^@[^ ]*/2026-11-30 02:08:01.236681870/' in > want
s6-tai64nlocal -g < in > got
ok 'a line that is longer than its memory' cmp got want

# what goes wrong; 8 is a pipe that nobody can read
mkfifo closed
exec 9<> closed 8> closed
exec 9>&-
exits 'no such option' 100 s6-tai64nlocal -z
for program in s6-tai64n s6-tai64nlocal
do
  exits "$program: words are ignored" 0 $program and more
  exits "$program: no stdout" 111 sh -c "echo x | $program >&-"
  exits "$program: no stdin" 111 sh -c "$program <&-"
  like "$program: it says so" "$(cat err)" "^$program: fatal: unable to read from stdin: Bad file descriptor"
  exits "$program: a directory" 111 sh -c "$program < /"
  exits "$program: nobody reads" 111 sh -c "trap '' PIPE ; exec $program < in >&8"
  like "$program: it says so" "$(cat err)" "^$program: fatal: unable to write to stdout: Broken pipe"
  exits "$program: and SIGPIPE does what it does" 141 sh -c "$program < in >&8"
  if test -c /dev/full
  then
    exits "$program: no room" 111 sh -c "echo x | $program > /dev/full"
    like "$program: it says so" "$(cat err)" "^$program: fatal: unable to write to stdout: No space"
  fi
done
python3 -c 'import os, subprocess, sys, time, fcntl, signal
for program in "s6-tai64n", "s6-tai64nlocal":
    a, b = os.pipe() ; c, d = os.pipe()
    for fd in a, d: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
    p = subprocess.Popen([program], stdin=a, stdout=d)
    os.close(a) ; os.close(d)
    w = os.fork()
    if not w:
        os.close(c)
        f = os.fdopen(b, "wb") ; f.write(b"".join(b"%d\n" % i for i in range(50000))) ; f.close()
        os._exit(0)
    os.close(b)
    for i in range(20): p.send_signal(signal.SIGSTOP) ; p.send_signal(signal.SIGCONT)
    got = os.fdopen(c, "rb").read().split()[program == "s6-tai64n"::1 + (program == "s6-tai64n")]
    os.waitpid(w, 0)
    print(p.wait(), got == [b"%d" % i for i in range(50000)])' > got 2> /dev/null && is 'descriptors that do not wait, and signals' "$(cat got)" '0 True
0 True'

exec 8>&-

if command -v strace >/dev/null && test -z "$SANITIZED"
then
  seq 400000 > in
  for program in s6-tai64n s6-tai64nlocal
  do
    # the loader reads, too
    for fault in read:error=EINTR:when=10+2 write:error=EINTR:when=2+2 read:error=EAGAIN:when=10+3 write:error=EAGAIN:when=2+3
    do
      strace -o trace -e "trace=${fault%%:*}" -e "inject=$fault" $program < in 2> err | sed "s/^$anything//" > got
      ok "$program: $fault" cmp got in
      least "$program: it was" "$(grep -c INJECTED trace)" 5
    done
  done
else
  skip 'calls that fail for a moment' 'needs strace, which sanitizers do not bear'
fi

# beside Debian's
if test -x "$PEER_S6/usr/bin/s6-tai64n"
then
  same() # NAME ARG...: of the file in
  {
    name=$1
    shift
    ours=$("$@" < in > got 2> /dev/null ; echo $?)
    theirs=$(peer "$@" < in > want 2> /dev/null ; echo $?)
    test "$1" = s6-tai64nlocal || sed -i "s/^$anything//" got want
    is "same as s6: $name: exit code" "$ours" "$theirs"
    ok "same as s6: $name" cmp got want
  }
  for program in s6-tai64n s6-tai64nlocal 's6-tai64nlocal -g' 's6-tai64nlocal -x' 's6-tai64nlocal y'
  do
    {
      printf '%s a\n%sb\n%s\n\n\0\n@\n' "$label" "$label" "$label"
      printf '@%s x\n' 400000000000000000000000 400000000000000a00000000 3fffffffffffffff00000000 3fffffff0000000000000000 800000006b0cdaa600000000 \
        ffffffffffffffff00000000 000000000000000000000000 410000000000000000000001 400000100000000000000001 400000006b0cdaa6 40000000586846a300000001 \
        40000000586846a400000001 40000000586846a500000001 400000006b0cdaa60e1b7a8e00 '' ' '
      printf '%0100000d\n%s %0100000d\n%s end' 0 "$label" 0 "$label"
    } > in
    # shellcheck disable=SC2086 # words
    same "$program" $program
    printf '%s' "$label" > in
    # shellcheck disable=SC2086 # words
    same "$program, half a line" $program
  done
  TZ=America/New_York same 'another zone' s6-tai64nlocal
else
  skip 'same as s6' 'needs tools/fetch-peer'
fi

done_testing
