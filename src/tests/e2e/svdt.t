#!/bin/sh
# ISC license.
# s6-svdt and s6-svdt-clear: what they print, what they repair, and the deaths that daemons of
# each version have written.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

without_time() { sed 's/^@[0-9a-f]\{24\} //' | tr '\n' ',' ; }
size() { stat -c %s "$1/supervise/death_tally" ; }

mkdir -p a/supervise
tally-make a 100:256 50:15 10:9 1:139
exits 'deaths are printed' 0 s6-svdt a
is 'oldest first' "$(without_time < out)" 'exitcode 1,signal SIGTERM,signal SIGKILL,signal SIGSEGV,'
is 'in whole lines' "$(grep -Ec '^@[0-9a-f]{24} [a-z]+ [A-Z0-9]+$' out)" 4
is '-s: numbers' "$(s6-svdt -s a | without_time)" 'exitcode 1,signal 15,signal 9,signal 11,'
is '-S takes that back' "$(s6-svdt -s -S -n 1 a | without_time)" 'signal SIGSEGV,'
is '-n: the newest' "$(s6-svdt -n 2 a | without_time)" 'signal SIGKILL,signal SIGSEGV,'
is '-n 0: none' "$(s6-svdt -n 0 a)" ''
is 'more than there are: all' "$(s6-svdt -n 4294967295 a | wc -l)" 4
for wrong in '' '-n x a' '-n -1 a' '-n 4294967296 a' '-n' '-z a'
do
  # shellcheck disable=SC2086 # words
  exits "s6-svdt '$wrong': 100" 100 s6-svdt $wrong
done
for version in $(versions)
do
  for options in '' -s -S '-n 0' '-n 2' '-n 99' '-s -n 3'
  do
    # shellcheck disable=SC2086 # words
    is "with '$options' as $version" "$(s6-svdt $options a)" "$(version "$version" s6-svdt $options a)"
  done
done
tally-make a 2:64 1:34
is 'a signal without a name' "$(s6-svdt a | without_time)" 'signal SIG64,signal SIG34,'

# what is no tally
exits 'no such directory: 111' 111 s6-svdt none
like 'which is said' "$(cat err)" 's6-svdt: fatal: unable to repair the death tally of none: No such file'
mkdir never
exits 'one that was never supervised: 111' 111 s6-svdt never
rm a/supervise/death_tally
exits 'no tally: no deaths' 0 s6-svdt a
is 'and one is made' "$(size a)" 0
printf 1234567890123 > a/supervise/death_tally
exits '13 bytes: none, either' 0 s6-svdt a
is 'not a line' "$(cat out)" ''
is 'and it is repaired' "$(size a)" 0
tally-make a 1:256
printf x >> a/supervise/death_tally
exits '15 bytes' 0 s6-svdt a
is 'likewise' "$(cat out ; size a)" 0
truncate -s 1G a/supervise/death_tally
exits 'a GiB' 0 timeout 10 s6-svdt a
is 'is none' "$(cat out ; size a)" 0
truncate -s 1073741816 a/supervise/death_tally
exits 'a multiple of a death that is as large' 0 timeout 10 s6-svdt -n 3 a
is 'is one' "$(without_time < out)" 'exitcode 0,exitcode 0,exitcode 0,'
is 'of which no more is read than is ever kept' "$(timeout 10 s6-svdt a | wc -l)" 4096
is 'and that stays' "$(size a)" 1073741816
rm a/supervise/death_tally
mkfifo a/supervise/death_tally
exits 'a fifo: 111, and nobody waits' 111 timeout 10 s6-svdt a
ok 'it stays' test -p a/supervise/death_tally
exits 'to clear makes it a tally' 0 timeout 10 s6-svdt-clear a
is 'that is empty' "$(size a)" 0
rm a/supervise/death_tally
mkdir a/supervise/death_tally
exits 'a directory: 111' 111 s6-svdt a
exits 'to clear it: 111' 111 s6-svdt-clear a

# s6-svdt-clear
rmdir a/supervise/death_tally
exits 'clear, where there is no tally' 0 s6-svdt-clear a
is 'makes one' "$(size a)" 0
tally-make a 2:256 1:9
exits 'clear' 0 s6-svdt-clear a
is 'forgets' "$(s6-svdt a)" ''
exits 'clear without supervise: 111' 111 s6-svdt-clear never
exits 'clear of nothing: 111' 111 s6-svdt-clear none
exits 'clear without an argument: 100' 100 s6-svdt-clear
exits 'clear with an option: 100' 100 s6-svdt-clear -n 1 a

# paths, descriptors, output that cannot be written
long=$(printf '%04000d' 0 | sed 's|0000000000|000000000/|g')
exits 'a path of 4,000 bytes: 111' 111 s6-svdt "$long"
exits 'clear of it: 111' 111 s6-svdt-clear "$long"
exits 'one of 5,000' 111 s6-svdt "$long/$long"
like 'is too long' "$(cat err)" 'File name too long'
exits 'the empty path: 111' 111 s6-svdt ''
tally-make a 1:9
is 'a slash at the end' "$(s6-svdt a/ | without_time)" 'signal SIGKILL,'
is 'where we are' "$(cd a && s6-svdt . | without_time)" 'signal SIGKILL,'
exits 'a closed stdout: 111' 111 sh -c 's6-svdt a >&-'
not_ok 'the tally is not taken for it' grep -q SIGKILL a/supervise/death_tally
is 'closed stdin and stderr' "$(s6-svdt a <&- 2>&- | without_time)" 'signal SIGKILL,'
exits 'a full device: 111' 111 sh -c 's6-svdt a > /dev/full'
exits 'clear with nothing open' 0 sh -c 's6-svdt-clear a <&- >&- 2>&-'
is 'and that is done' "$(size a)" 0

# as daemons write it
for version in $(versions)
do
  rm -rf s
  # shellcheck disable=SC2016 # the script's
  service s 'test -e code || exec sleep 100' 'read -r code < code' 'rm code' 'exit "$code"'
  version_here "$version" s
  supervise s version "$version" s6-supervise
  kills() { letters s k ; test -n "$(s6-svdt s)" ; }
  ok "$version: a death" retry 5 kills
  like 'by a signal' "$(s6-svdt -n 1 s)" ' signal SIGKILL$'
  # down first, or it may have begun to sleep before the file is there
  letters s d
  is_down() { test "$(s6-svstat -o up s)" = false ; }
  retry 5 is_down
  echo 7 > s/code
  exit_seen() { letters s u ; s6-svdt -n 1 s | grep -q ' exitcode 7$' ; }
  ok "$version: an exit" retry 5 exit_seen
  for other in $(versions)
  do
    is "as $other prints it" "$(s6-svdt s)" "$(version "$other" s6-svdt s)"
  done
  exits "$version: clear" 0 s6-svdt-clear s
  is 'no deaths' "$(s6-svdt s)" ''
  more() { letters s k ; test "$(s6-svdt s | wc -l)" -ge 1 ; }
  ok "$version: the daemon goes on with it" retry 5 more
  letters s xd
  ok "$version: it ends" retry 10 ended s
done
done_testing
