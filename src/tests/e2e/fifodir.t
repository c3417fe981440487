#!/bin/sh
# ISC license.
# Fifodirs: s6-mkfifodir, s6-cleanfifodir, s6-ftrig-notify, s6-ftrig-wait, s6-ftrig-listen1 and
# s6-ftrig-listen: permissions, names, patterns, time limits; and what is no listener's is left alone.
# shellcheck disable=SC2016 # variables are for the programs
# shellcheck disable=SC3045 # the shells of Linux have ulimit -S and -H
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

mode() { stat -c '%a %g' "$1" ; }
gid=$(id -g)

exits 'a fifodir is made' 0 s6-mkfifodir d
is 'public' "$(mode d)" "1733 $gid"
exits 'one that is there is fine' 0 s6-mkfifodir -g "$gid" d
is 'and left as it is' "$(mode d)" "1733 $gid"
exits '-f' 0 s6-mkfifodir -f -g "$gid" d
is 'gives it its permissions' "$(mode d)" "3730 $gid"
exits 'for a group' 0 s6-mkfifodir -g "$gid" g
is 'from the start' "$(mode g)" "3730 $gid"
: > file
exits 'a file is none' 111 s6-mkfifodir file
exits 'nor can one be made in it' 111 s6-mkfifodir file/d
if is_root
then
  mkdir others pub
  chown 65534 others
  chmod 1777 pub
  exits 'one of another user is none' 111 s6-mkfifodir others
  exits 'with -f, either' 111 s6-mkfifodir -f others
  is 'and stays as it is' "$(mode others)" '755 0'
  exits 'a group that he is not in' 111 as_uid 65534 s6-mkfifodir -g 0 pub/new
  not_ok 'leaves no directory' test -e pub/new
else
  skip 'one of another user is none' 'needs root'
fi
exits 'mkfifodir: no argument: 100' 100 s6-mkfifodir
exits 'mkfifodir: a group that is none: 100' 100 s6-mkfifodir -g x e
exits 'nor is -1, which would be everybody' 100 s6-mkfifodir -g 4294967295 e

listens() { test "$(find d -name 'ftrig1:@*' | wc -l)" -eq "$1" ; }

umask 077
start waiter s6-ftrig-wait d 'ab*c'
retry 5 listens 1
name=$(ls d)
umask 022
like 'the name of a fifo' "$name" '^ftrig1:@[0-9a-f]{24}:[A-Za-z0-9+_-]{6}$'
is 'of 39 bytes' "$(printf %s "$name" | wc -c | tr -d ' ')" 39
is 'writable, whatever the umask is' "$(stat -c %a "d/$name")" 622
exits 'letters' 0 s6-ftrig-notify d xa
not_ok 'that do not match end nothing' ended waiter
s6-ftrig-notify d bbc
ok 'more that do, with those before' retry 5 ended waiter
is 'all that has come is printed' "$(cat waiter.out)" xabbc
ok 'the fifo is gone' listens 0
exits 'nobody listens' 0 s6-ftrig-notify d x

exits 'ftrig-wait -t' 99 s6-ftrig-wait -t 50 d x
like 'says so' "$(cat err)" 'unable to wait for x: .*timed out'
ok 'and leaves nothing' listens 0
start first s6-ftrig-wait d '^x'
start second s6-ftrig-wait d 'x$'
retry 5 listens 2
s6-ftrig-notify d yx
ok 'an expression for the end matches it' retry 5 ended second
not_ok 'one for the beginning matches nothing else' ended first
stop first

exits 'listen1 hears what its program tells' 0 s6-ftrig-listen1 d message s6-ftrig-notify d message
is 'and prints it' "$(cat out)" message
exits 'listen1: stdout that is closed: 111' 111 sh -c 'exec s6-ftrig-listen1 -t 60000 d x s6-ftrig-notify d x >&-'
like 'says so' "$(cat err)" 'unable to write to stdout: Bad file descriptor'
exits 'wait: all three closed: 111' 111 sh -c '{ until ls d | grep -q ftrig1 ; do sleep 0.05 ; done ; exec s6-ftrig-notify d x ; } & exec s6-ftrig-wait -t 60000 d x <&- >&- 2>&-'
start closed sh -c 'exec s6-ftrig-wait d x >&-'
retry 5 listens 1
is 'no fifo is taken for stdout' "$(readlink "/proc/$(pid_of closed)/fd/1")" /dev/null
stop closed
s6-cleanfifodir d
is 'what is closed is so for the program' "$(sh -c 'exec s6-ftrig-listen -t 60000 " d" " x" "" sh -c "if test -e /proc/self/fd/0 ; then echo open ; else echo closed ; fi ; exec s6-ftrig-notify d x" <&-')" closed
exits 'notify: all three closed' 0 sh -c 'exec s6-ftrig-notify d x <&- >&- 2>&-'
exits 'stdout that nobody reads: 111' 111 sh -c '{ s6-ftrig-listen1 -t 60000 d x sh -c "sleep 0.3 ; exec s6-ftrig-notify d x" ; echo "$?" >&2 ; } 2> code | true ; exit "$(tail -n 1 code)"'
ok 'and nothing is left' listens 0
exits 'listen1 -t' 1 s6-ftrig-listen1 -t 50 d x true
exits 'listen1: no such program' 111 s6-ftrig-listen1 d x ./nothing
ok 'nothing is left of all that' listens 0

# Where he who has just gone leaves a fifo that cannot be removed, all others have been told
if command -v strace > /dev/null && test -z "$SANITIZED"
then
  start first s6-ftrig-wait d y
  retry 5 listens 1
  exits 'a listener who goes at that moment, on a disk that is read-only' 0 strace -qq -o calls -e trace=write,unlinkat -e inject=write:error=EPIPE -e inject=unlinkat:error=EROFS s6-ftrig-notify d x
  like 'it was so' "$(cat calls)" '^unlinkat.*EROFS.*INJECTED'
  stop first
  s6-cleanfifodir d
else
  skip 'a listener who goes at that moment' 'no strace, or no place for it'
fi

s6-mkfifodir e
exits 'listen: all of them' 0 s6-ftrig-listen ' d' ' x' ' e' ' y' '' sh -c 's6-ftrig-notify d x ; s6-ftrig-notify e y'
is 'prints nothing' "$(cat out)" ''
exits 'one is not enough' 1 s6-ftrig-listen -t 100 ' d' ' x' ' e' ' y' '' s6-ftrig-notify d x
exits 'but it is with -o' 0 s6-ftrig-listen -o -t 60000 ' d' ' x' ' e' ' y' '' s6-ftrig-notify e y
exits '-a takes it back' 1 s6-ftrig-listen -o -a -t 100 ' d' ' x' ' e' ' y' '' s6-ftrig-notify e y
exits 'none at all: 100' 100 s6-ftrig-listen '' true
exits 'nor one of none' 100 timeout 10 s6-ftrig-listen -o '' true
many() { n=0 ; set -- ; while test "$n" -lt 100 ; do set -- "$@" ' d' ' x' ; n=$((n + 1)) ; done ; ( ulimit -Sn 64 ; exec s6-ftrig-listen -t 20000 "$@" '' sh -c 'ulimit -Sn ; exec s6-ftrig-notify d x' ) ; }
if test "$(ulimit -Hn)" = unlimited || test "$(ulimit -Hn)" -ge 200
then
  exits 'more than the soft limit on open files' 0 many
  is 'which is as it was for the program' "$(cat out)" 64
else
  skip 'more than the soft limit on open files' 'the hard limit is low'
  skip 'which is as it was for the program' 'the hard limit is low'
fi
exits 'under execlineb' 0 execlineb -Pc 's6-ftrig-listen { d x } s6-ftrig-notify d x'
exits 'a block without an end: 100' 100 s6-ftrig-listen ' d' ' x'
exits 'without a pattern: 100' 100 s6-ftrig-listen ' d' '' true
exits 'without a program: 100' 100 s6-ftrig-listen ' d' ' x' ''
exits 'a word that is not quoted' 0 s6-ftrig-listen d x '' s6-ftrig-notify d x
exits 'EXECLINE_STRICT=1' 0 env EXECLINE_STRICT=1 s6-ftrig-listen d ' x' '' s6-ftrig-notify d x
like 'warns' "$(cat err)" 'warning: .*not quoted: d'
exits 'EXECLINE_STRICT=2: 100' 100 env EXECLINE_STRICT=2 s6-ftrig-listen d ' x' '' true

# a path that is as long as can be, and one of nothing
long=$WORK/long
part=$(printf '%0200d' 0)
until test "${#long}" -gt 3800 ; do long=$long/$part ; done
make_long() { mkdir long ; cd long || return 1 ; while test "${#PWD}" -lt "${#long}" ; do mkdir "$part" ; cd "$part" || return 1 ; done ; cd "$WORK" || return 1 ; }
make_long
while test "${#long}" -lt 4054 ; do long=$long/ ; done
exits 'a path of 4054 bytes' 0 s6-ftrig-listen1 -t 60000 "$long" x s6-ftrig-notify "$long" x
exits 'one more is too long' 111 s6-ftrig-listen1 -t 100 "$long/" x true
like 'says so' "$(tail -n 1 err | tail -c 40)" 'File name too long'
exits 'an empty one is none' 111 s6-ftrig-wait -t 100 '' x
like 'says so, too' "$(cat err)" 'No such file'
odd="a 'b\" \$c
d"
s6-mkfifodir "$odd"
exits 'an odd name' 0 s6-ftrig-listen1 -t 60000 "$odd" x s6-ftrig-notify "$odd" x

for program in 's6-ftrig-wait nodir x' 's6-ftrig-listen1 nodir x true' 's6-ftrig-notify nodir x' 's6-cleanfifodir nodir' 's6-ftrig-wait d (' 's6-ftrig-listen1 d [ true'
do
  # shellcheck disable=SC2086 # words
  exits "$program: 111" 111 $program
done
for program in s6-ftrig-wait 's6-ftrig-wait d' 's6-ftrig-wait -t x d y' s6-ftrig-listen1 's6-ftrig-listen1 d x' s6-ftrig-notify 's6-ftrig-notify d' s6-cleanfifodir 's6-cleanfifodir -x d' s6-ftrig-listen
do
  # shellcheck disable=SC2086 # words
  exits "$program: 100" 100 $program
done

# what is no listener's is neither written to nor removed; what nobody reads goes
dead=ftrig1:@400000000000000000000000:abcdef
mkfifo "d/$dead"
mkfifo d/ftrig1:@short d/other
echo untouched > d/ftrig1:@400000000000000000000000:fileXX
ln -s ../file d/ftrig1:@400000000000000000000000:linkXX
mkfifo outer
ln -s ../outer d/ftrig1:@400000000000000000000000:linkYY
start outside sh -c 'exec 3<>outer ; echo ready ; exec cat <&3'
ready outside
socket=d/ftrig1:@400000000000000000000000:sockXX
s6-ipcserver-socketbinder "$socket" true
start listener s6-ftrig-wait d never
hidden_or_not() { test "$(find d -type p -name '*ftrig1:@*' | wc -l)" -eq 3 ; }
retry 5 hidden_or_not
exits 'cleanfifodir' 0 s6-cleanfifodir d
not_ok 'a fifo that nobody reads goes' test -e "d/$dead"
ok 'others stay' test -p d/other
ok 'of a name that is too short, too' test -p d/ftrig1:@short
mkfifo "d/$dead"
exits 'notify' 0 s6-ftrig-notify d letters
not_ok 'removes such a one, too' test -e "d/$dead"
is 'a file of such a name is not written to' "$(cat d/ftrig1:@400000000000000000000000:fileXX)" untouched
is 'nor is what a link leads to' "$(cat file)" ''
ok 'a socket stays' test -S "$socket"
ok 'nothing goes to a fifo elsewhere' remains 0.3 test "$(cat outside.out)" = ready
stop outside
not_ok 'who listens has kept his' ended listener
stop listener

# one that does not read holds nobody up
mkfifo d/ftrig1:@400000000000000000000000:stuckX
start stuck sh -c 'exec 3<>d/ftrig1:@400000000000000000000000:stuckX ; echo ready ; exec sleep 1000'
retry 5 grep -q ready stuck.out
full=$(printf '%04096d' 0)
times=0
while test "$times" -lt 40
do
  s6-ftrig-notify d "$full" || break
  times=$((times + 1))
done
is 'a fifo that is full is passed over' "$times" 40
ok 'and stays' test -p d/ftrig1:@400000000000000000000000:stuckX
stop stuck

# the same fifos, other programs
if test -x "$PEER_S6/usr/bin/s6-ftrig-wait"
then
  peer s6-mkfifodir p
  is 'their fifodir is as ours' "$(mode p)" "1733 $gid"
  start theirs peer s6-ftrig-wait p hello
  heard() { s6-ftrig-notify p hello ; ended theirs ; }
  ok 'their listener hears our notifier' retry 10 heard
  exits 'our listener hears their notifier' 0 s6-ftrig-listen1 -t 60000 p hello peer s6-ftrig-notify p hello
else
  skip 'their fifodir is as ours' 'needs tools/fetch-peer'
  skip 'their listener hears our notifier' 'needs tools/fetch-peer'
  skip 'our listener hears their notifier' 'needs tools/fetch-peer'
fi
done_testing
