#!/bin/sh
# ISC license.
# s6-socklog: command lines, sockets of its own and held ones, datagrams, who has sent
# them, a stdout that nobody reads, signals, rights.
# timeout: 60
# shellcheck disable=SC2016 # variables are for others
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

seq 20000 > all.want
send() { timeout 20 datagrams-send "$@" ; }
shows() { test "$(cat "$1.out")" = "$2" ; }
said() { retry 10 shows "$1" "$2" || diag "$(cat -A "$1.out" "$1.err")" ; is "$3" "$(cat "$1.out")" "$2" ; }
has() { grep -qx "$2" "$1.out" ; }
socklog() # NAME OPTION...: starts it, and waits for its readiness
{
  name=$1
  shift
  rm -f ready
  start "$name" sh -c 'exec s6-socklog -d 4 "$@" 4> ready' sh "$@"
  retry 10 test -s ready || fail "$name is ready"
}

# command lines
for words in '-d 2' '-d 99' '-d x' '-l x' '-t -1' '-u x' '-G 1,x' '-i x' '-i 127.0.0.1_' '-i 127.0.0.1_99999' '-i :514' \
  '-i ::1%' '-C 0' '-q' '-x' '-i _1'
do
  # shellcheck disable=SC2086 # words
  exits "wrong: $words" 100 s6-socklog -x ./never $words
done
exits 'no UID' 100 env -u UID s6-socklog -U -x ./never
exits 'no stdout' 100 sh -c 's6-socklog -x ./never >&-'
exits 'no stderr' 100 sh -c 's6-socklog -x ./never 2>&-'
exits '-0: no stdin' 100 sh -c 's6-socklog -0 <&-'
exits '-0: no socket' 100 s6-socklog -0
exits 'a path of no bytes' 100 timeout 5 s6-socklog -x never -x ''
exits '-0: a socket that does not listen' 100 s6-ipcserver-socketbinder -b 0 ./deaf s6-socklog -0
exits '-0: of another kind' 100 s6-ipcserver-socketbinder -S ./deaf s6-socklog -0
not_ok 'nothing was bound' test -e never
exits 'no directory' 111 s6-socklog -x ./none/log
echo kept > file
exits 'a file in the way' 111 s6-socklog -x ./file
is 'stays' "$(cat file)" kept
like 'the remedy is told' "$(cat err)" 'bind to ./file.*move it away first'

# datagrams
socklog a -x ./log -l 80
is 'readiness is a newline, and its descriptor is closed' "$(od -An -c ready | tr -d ' ') $(find "/proc/$(pid_of a)/fd" -lname "$WORK/ready")" '\n '
is 'anybody may send' "$(stat -c %a log)" 777
exits 'another one on the same path' 111 s6-socklog -x ./log
is 'and why' "$(cat err)" 's6-socklog: fatal: unable to bind to ./log (a process still holds the socket there): Address already in use'
s79=$(printf %079d 0)
send ./log '<13>hello' 'a\nb\0c\n\0\n' '' '\xff\x80' "$s79" "${s79}1" "${s79}12" "${s79}123456" "<14>$s79"
said a "user.notice: hello
a~b~c

$(printf '\377\200')
$s79
${s79}1
${s79}12...
${s79}12...
user.info: $(printf %077d 0)..." 'datagrams: limit - 1, limit, limit + 1, NUL, empty, above 127'
stop a
is 'TERM' "$status $(cat a.err)" '0 '
ok 'its socket is left' test -S log
socklog a -r -x ./log -l 1
send ./log '<13>raw\n' "$(printf %076d 0)" "$(printf %0100d 0)"
said a "<13>raw
$(printf %076d 0)
$(printf %077d 0)..." '-r; a limit that is too small'
stop a
socklog a -c -x ./log
datagrams-send ./log '<13>who\nam I' &
sender=$!
retry 10 test -s a.out
wait "$sender"
is '-c' "$(cat a.out)" "pid=$sender uid=$(id -u): user.notice: who~am I"
s8191=$(printf %08191d 0)
send ./log "$s8191" "${s8191}1" "${s8191}12"
more() { test "$(wc -l < a.out)" -eq 4 ; }
retry 10 more
is 'the usual limit' "$(sed 's/.*: //' a.out | awk 'NR > 1 { printf "%s ", length($0) }')" '8191 8192 8196 '
stop a

# UDP
port=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
socklog a -i "127.0.0.1_$port" -i "::1_$port" -x ./log -x ./other 2>/dev/null
from=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
send -p "$from" "127.0.0.1_$port" '<13>four' 'x\n'
said a "127.0.0.1_$from: user.notice: four
127.0.0.1_$from: x" 'UDP'
send "::1_$port" six
retry 10 has a '::1_[0-9]*: six'
ok 'UDP, IPv6' has a '::1_[0-9]*: six'
send ./log one
send ./other two
ok 'several at once' retry 10 has a two
stop a
run timeout 0.2 s6-socklog -i "127.0.0.1:$port"
is 'a colon' "$status" 124

# nobody reads stdout: what was sent is written once somebody does
mkfifo stuck
quiet() { test "$(ticks "$1") $(ticks sender)" = "${before-}" || { before="$(ticks "$1") $(ticks sender)" ; sleep 0.3 ; false ; } ; }
start b sh -c 'exec 3<> stuck ; exec s6-socklog -x ./log > stuck'
retry 10 heeds b s6-socklog
start sender datagrams-send -n 20000 ./log
ok 'stdout is full: nothing moves' retry 20 quiet b
ok 'who sends waits' running sender
timeout 20 head -n 20000 < stuck | sed 's/.* //' > got
ok 'then somebody reads: nothing is lost' cmp got all.want
start sender datagrams-send -n 20000 ./log
ok 'it is full once more' retry 20 quiet b
kill -s TERM "$(pid_of b)"
ok 'TERM: without -t it waits for ever' remains 0.3 running b
stop sender KILL
stop b KILL
socklog c -t 200 -x ./log > /dev/null
stop c
start c sh -c 'exec 3<> stuck ; exec s6-socklog -t 200 -x ./log > stuck'
retry 10 heeds c s6-socklog
start sender datagrams-send -n 20000 ./log
ok 'and once more' retry 20 quiet c
stop c
is 'TERM, and no room within -t' "$status" 99
stop sender KILL
socklog d -x ./log
kill -s STOP "$(pid_of d)"
kill -s TERM "$(pid_of d)"
send -n 3 ./log
kill -s CONT "$(pid_of d)"
stop d
is 'what was sent before TERM is written' "$(cat d.out)" 'user.info: 1
user.info: 2
user.info: 3'
rm -f ready
start e sh -c 'exec s6-socklog -d 4 -x ./log 4> ready > stuck'
: < stuck
retry 10 test -s ready
send ./log x
retry 10 ended e
stop e
is 'nobody will ever read' "$status $(cat e.err)" '111 s6-socklog: fatal: unable to write to stdout: Broken pipe'

# a held socket: nothing is lost between two of them, however the first one ends
start_holder holder s -i "$(allow_all rules && echo rules)"
s6-ipcserver-socketbinder -m ./held s6-fdholder-store -d 0 s unix:log true
cat > run <<'END'
#!/bin/sh
exec s6-fdholder-retrieve s unix:log s6-socklog -0 -d 3 3> ready >> all
END
chmod 755 run
exec 7<> stuck
rm -f ready
start zero sh -c 'exec s6-fdholder-retrieve s unix:log s6-socklog -0 -d 3 3> ready > stuck'
retry 10 test -s ready
start sender datagrams-send -n 20000 ./held
ok 'held: stdout is full' retry 20 quiet zero
kill -s KILL "$(pid_of zero)"
retry 10 ended zero
dd bs=1048576 count=1 iflag=nonblock <&7 > all 2> /dev/null
exec 7<&-
rm -f ready
start one ./run
retry 10 test -s ready
some() { test "$(wc -l < all)" -ge "$1" ; }
retry 20 some 6000
kill -s KILL "$(pid_of one)"
retry 10 ended one
rm ready
start two ./run
retry 10 test -s ready
retry 20 some 9000
stop two
is 'TERM' "$status" 0
start three ./run
retry 40 ended sender
retry 10 grep -qx 'user.info: 20000' all
is 'kill -9, then TERM: nothing is lost, and at most one line is there twice' \
  "$(sed 's/.* //' all | uniq | cmp - all.want && test "$(wc -l < all)" -le 20001 && echo fine)" fine
stop three

# rights are given up after it has bound
if is_root
then
  mkdir -m 700 mine
  socklog e -x mine/log -u 65534 -g 65533 -G 1,2
  is 'rights are dropped' "$(sed -n 's/^\(Uid\|Gid\|Groups\):[[:space:]]*//p' "/proc/$(pid_of e)/status" | tr '\t' ' ' | tr '\n' '|')" '65534 65534 65534 65534|65533 65533 65533 65533|1 2 65533 |'
  send mine/log x
  said e x 'and it serves'
  stop e
  start f env UID=1 GID=2 GIDLIST=3 s6-socklog -x mine/log -U -u 65534
  retry 10 heeds f s6-socklog
  is '-U, and -u after it' "$(sed -n 's/^\(Uid\|Gid\|Groups\):[[:space:]]*//p' "/proc/$(pid_of f)/status" | tr '\t' ' ' | tr '\n' '|')" '65534 65534 65534 65534|2 2 2 2|2 3 |'
  stop f
else
  skip 'rights' 'needs root'
fi
done_testing
