#!/bin/sh
# ISC license.
# s6-svscan, when the system cannot: a wait that fails for a shortage is tried ten times more, one
# after the other, and then it is a crash; /dev/null and finish are waited for at the end; a
# supervisor that may be on the PATH is not passed over.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'
need strace
injects() { strace -D -qq -o calls -e trace=execve -e inject=execve:error=EMFILE:when=1000 true 2>/dev/null ; }
injects || skip_all 'strace cannot have calls fail here'
with_fakes

# failing DIR OPTIONS...: s6-svscan under an strace of these options, its pauses being none
failing()
{
  failing_dir=$1
  shift
  rm -f "$failing_dir.calls"
  start "$failing_dir" env --default-signal=INT,QUIT strace -D -qq -o "$failing_dir.calls" \
    -e "trace=$waits,$breaths,$opens,$accesses,execve" -e "inject=$breaths:retval=0" "$@" s6-svscan "$failing_dir"
}
waits() { grep -c '^[a-z_]*poll.*INJECTED' "$1.calls" ; }
breaths() { grep -c 'sleep.*INJECTED' "$1.calls" ; }
said() { grep -c "$2" "$1.err" ; }
scandir() { mkdir -p "$1/.s6-svscan" "$1/a" && script "$1/.s6-svscan/crash" "echo crashed > '$WORK/$1.crashed'" 'exit 12' ; }

# The third wait, and so many more.
scandir ten
failing ten -e "inject=$waits:error=ENOMEM:when=3..12"
ten_waits() { order z ten 2>/dev/null ; test "$(waits ten)" -eq 10 ; }
ok 'ten waits that fail' retry 20 ten_waits
order t ten
ok 'are survived' retry 10 ended ten
stop ten
is 'it is told to end, and does' "$status" 0
is 'one warning' "$(said ten 'unable to wait for events: .* memory: trying again')" 1
is 'and a breath after each' "$(breaths ten)" 10
not_ok 'no crash' test -e ten.crashed

scandir eleven
failing eleven -e "inject=$waits:error=ENOMEM:when=3..13"
eleven_ends() { order z eleven 2>/dev/null ; ended eleven ; }
ok 'eleven' retry 20 eleven_ends
stop eleven
is 'are a crash' "$status $(cat eleven.crashed)" '12 crashed'
is 'which is said' "$(grep -c 'unable to wait for events: .* memory$' eleven.err)" 1

# One in two, for as long as you like.
scandir half
failing half -e "inject=$waits:error=ENOMEM:when=3+2"
thirty() { order z half 2>/dev/null ; test "$(waits half)" -ge 30 ; }
ok 'every second one of many' retry 20 thirty
order t half
ok 'is survived' retry 10 ended half
stop half
is 'too' "$status" 0

# The catch-all logger reads what we say: it does not end before we have another stderr.
service catch/s6-svscan-log
failing catch -P /dev/null -e "inject=$opens:error=ENFILE:when=1..2"
ok 'it begins' retry 10 tells 'start s6-svscan-log'
order t catch
ok 'no /dev/null at its end' retry 10 ended catch
stop catch
is 'it is waited for' "$status $(grep -c '/dev/null.*INJECTED' catch.calls) $(grep -c '/dev/null.*= [0-9]' catch.calls)" '0 2 1'

scandir finish
script finish/.s6-svscan/finish 'exit 7'
failing finish -e inject=execve:error=EAGAIN:when=1..9
ok 'it begins' retry 10 order t finish
ok 'finish cannot be executed for a while' retry 10 ended finish
stop finish
is 'then it is' "$status" 7
is 'with a breath after each time' "$(breaths finish)" 9
is 'one warning' "$(said finish 'unable to execute .s6-svscan/finish: Resource temporarily unavailable: trying again')" 1

# What stands first on the PATH is what is meant.
mkdir first last
script last/s6-supervise "echo last >> '$WORK/which'" 'exec sleep 100'
cp fakes/s6-supervise first/s6-supervise
mkdir -p which.d/a directory/s6-supervise
: > told
PATH=$WORK/directory:$WORK/first:$WORK/last:$PATH failing which.d -P "$WORK/first/s6-supervise" -e "inject=$accesses:error=ENOMEM:when=1"
ok 'a supervisor that cannot be asked for' retry 20 tells 'start a'
is 'is asked for once more, and a directory of that name is none' "$(cat which 2>/dev/null)" ''
like 'which was so' "$(cat which.d.calls)" 'access.*INJECTED'
order t which.d
ok 'it ends' retry 10 ended which.d
stop which.d
done_testing
