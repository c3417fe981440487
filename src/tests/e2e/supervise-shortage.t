#!/bin/sh
# ISC license.
# s6-supervise, when a file of its own cannot be read or written at one moment: nobody waits for
# ever, and nothing that is wanted is forgotten.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'
need strace
strace -D -qq -o calls -e trace=execve -e inject=execve:error=EMFILE:when=1000 true 2>/dev/null || skip_all 'strace cannot have calls fail here'

failing() # FILE CALL ERROR N: words that have the N-th CALL of it fail
{
  echo "strace -D -qq -o $WORK/calls -e trace=$2 -P ./$1 -P $1 -P $WORK/$dir/$1 -e inject=$2:error=$3:when=$4"
}
failed() { grep -q INJECTED calls ; }

# The status is written late, for another reason than that it was to be written once more: who has
# come in between has read the old one, and is told all the same.
dir=late
service late 'read -r line < go' 'echo >&3' 'exec sleep 100'
mkfifo late/go
echo 3 > late/notification-fd
# shellcheck disable=SC2046 # words
supervise late $(failing supervise/status.new "$opens" EMFILE 3) s6-supervise
retry 10 has late 4
echo > late/go
ok 'the status is not written: it is ready' retry 10 failed
start waiter s6-svwait -U late
retry 10 listeners late 1
letters late O
ok 'who waits hears of it' retry 10 ended waiter
ok 'and it is so' retry 10 has late 8
letters late xd
retry 10 ended late

# A service that ends slowly is wanted down; its supervisor is killed, and the next one cannot read that
dir=slow
service slow 'trap "" TERM' 'echo $$ >> starts' 'while : ; do sleep 1 ; done'
supervise slow
retry 10 test -s slow/starts
letters slow d
retry 10 has slow 0
dies slow
# shellcheck disable=SC2046 # words
exits 'a status that cannot be read, for a shortage' 111 timeout 10 $(failing supervise/status "$opens" EMFILE 1) s6-supervise slow
ok 'it was so' failed
supervise slow
ok 'it is wanted down, as before' has slow 0
dies slow
# shellcheck disable=SC2046 # words
exits 'supervise/child that cannot be read, for a disk that fails' 111 timeout 10 $(failing supervise/child pread64 EIO 1) s6-supervise slow
ok 'it was so, too' failed
is 'no second copy was started' "$(wc -l < slow/starts)" 1
supervise slow
ok 'and the first one is adopted' has slow 0
letters slow xk
ok 'and ended' retry 10 ended slow

# A file that a disk fails to read says what it said last.
dir=disk
service disk 'trap "echo USR1 >> signals" USR1' 'trap "" TERM' 'echo >&4' 'while : ; do sleep 0.1 ; done'
echo USR1 > disk/down-signal
echo 4 > disk/notification-fd
signals() { test "$(wc -l < disk/signals)" -eq "$1" ; }
# shellcheck disable=SC2046 # words
supervise disk $(failing down-signal "$opens" EIO 2) s6-supervise
retry 10 has disk 12
letters disk r
ok 'down-signal' retry 10 signals 1
letters disk r
ok 'it cannot be read: as before' retry 10 signals 2
ok 'it was so' failed
like 'which is said' "$(cat disk.err)" 'warning: down-signal: .* error: what it said last holds'
letters disk xk
retry 10 ended disk
# shellcheck disable=SC2046 # words
supervise disk $(failing notification-fd "$opens" EIO 2) s6-supervise
retry 10 has disk 12
letters disk k
ok 'notification-fd' retry 10 failed
is_ready() { test "$(s6-svstat -o up,ready disk)" = 'true true' ; }
ok 'it is ready once more' retry 10 is_ready
rm disk/down-signal
letters disk xk
retry 10 ended disk
# shellcheck disable=SC2046 # words
exits 'one that was never read: down' 111 timeout 10 $(failing down "$accesses" EIO 1) s6-supervise disk
ok 'it was so' failed

# When it starts again is told as soon as something else is done. A further start has no part in it.
service next 'exit 1'
echo 60000 > next/max-restart-delay
supervise next strace -D -qq -o calls -e "trace=$opens,?rename,?renameat,?renameat2" -P supervise/next-start.new -e "inject=$opens:error=EMFILE:when=1" s6-supervise
ok 'the next start: it could not be told of' retry 20 failed
service next 'exec sleep 100'
ok 'and it is told of' retry 10 grep -q '^rename' calls
like 'which was said' "$(cat next.err)" 'unable to write supervise/next-start: '
letters next x
retry 10 ended next

# A wait that fails: a breath, and then another one, for as long as it takes.
service breath
supervise breath strace -D -qq -o calls -e "trace=$waits,$breaths" -e "inject=$waits:error=ENOMEM:when=2..40" -e "inject=$breaths:retval=0" s6-supervise
letters breath d
ok '39 waits that fail: it goes on' retry 20 has breath 8 15
is 'after each of them it takes a breath' "$(grep -c 'poll.*INJECTED' calls) $(grep -c 'sleep.*INJECTED' calls)" '39 39'
is 'that is told once' "$(grep -c 'unable to wait for events' breath.err)" 1
letters breath x
retry 10 ended breath
done_testing
