#!/bin/sh
# ISC license.
# s6-supervise and the files of a service that hold a number or a signal's name, and do not: the
# default is taken, one warning names the file, and nothing blocks.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC3045 # the shells of Linux have ulimit -n and -u
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

# content FILE KIND: makes FILE of that kind; root can read what is unreadable
content()
{
  rm -rf "$1"
  case $2 in
    empty) : > "$1" ;;
    newline) echo > "$1" ;;
    negative) echo -5 > "$1" ;;
    huge) echo 99999999999999999999 > "$1" ;;
    2^31) echo 2147483648 > "$1" ;;
    2^32+3) echo 4294967299 > "$1" ;;
    word) echo three > "$1" ;;
    trailing) echo 3x > "$1" ;;
    hexadecimal) echo 0x3 > "$1" ;;
    plus) echo +3 > "$1" ;;
    binary) printf '3\0\001\377' > "$1" ;;
    MiB) head -c 1048576 /dev/zero | tr '\0' 3 > "$1" ;;
    zeros) head -c 1048576 /dev/zero > "$1" ;;
    directory) mkdir "$1" ;;
    fifo) mkfifo "$1" ;;
    loop) ln -s "${1##*/}" "$1" ;;
  esac
}

kinds='empty newline negative huge 2^31 2^32+3 word trailing hexadecimal plus binary MiB zeros directory fifo loop'
errors() { cat "$1.err" ; }

# A start reads notification-fd and lock-fd; d reads down-signal, timeout-kill; l reload-signal;
# a death max-death-tally, timeout-finish, max-restart-delay. Each kind for all of them at once:
# the service lives as if they were not there.
service n 'trap "echo HUP >> log" HUP' 'trap "exit 7" TERM' 'echo up >> log' 'while : ; do sleep 0.02 ; done'
script n/finish 'echo "$*" > finished' 'exit 0'
: > n/down
for kind in $kinds
do
  for file in notification-fd lock-fd down-signal reload-signal timeout-kill timeout-finish max-death-tally max-restart-delay flag-timeout-killpg
  do
    case $file:$kind in
      timeout-*:2^31|max-restart-delay:2^31) content "n/$file" huge ;;  # it is a number of ms
      *) content "n/$file" "$kind" ;;
    esac
  done
  : > n/log
  rm -f n/finished
  supervise n
  letters n u
  ok "$kind: starts, and is not ready" retry 5 grep -q up n/log
  retry 5 has n 4
  letters n l
  ok "$kind: l is HUP" retry 5 grep -q HUP n/log
  letters n d
  ok "$kind: d is TERM, and it is down" retry 5 has n 8 1792
  is "$kind: finish" "$(cut -d ' ' -f 1-3 n/finished)" '7 0 n'
  is "$kind: the tally" "$(tally_of n)" '7 0'
  letters n x
  retry 5 ended n
  for file in notification-fd lock-fd down-signal reload-signal timeout-kill timeout-finish max-death-tally max-restart-delay
  do
    grep -q "^s6-supervise n: warning: $file: .*: ignored\$" n.err || fail "$kind: no warning of $file"
  done
  most "$kind: one warning for each use" "$(grep -c warning n.err)" 8
done
for file in notification-fd lock-fd down-signal reload-signal timeout-kill timeout-finish max-death-tally max-restart-delay flag-timeout-killpg
do
  rm -rf "n/$file"
done

# unreadable: to others than root
if is_root
then
  mkdir other
  chmod 777 other
  service other/u 'trap "exit 7" TERM' 'echo up >> log' 'while : ; do sleep 0.02 ; done'
  for file in notification-fd lock-fd down-signal timeout-kill max-death-tally
  do
    echo 3 > "other/u/$file"
    chmod 0 "other/u/$file"
  done
  chown -R 65534:65534 other
  supervise other/u as_uid 65534 s6-supervise
  ok 'unreadable numbers: starts' retry 5 has other/u 4
  ok 'without them' retry 5 grep -q up other/u/log
  letters other/u d
  ok 'down' retry 5 has other/u 8 1792
  for file in notification-fd lock-fd down-signal timeout-kill max-death-tally
  do
    like "unreadable: $file" "$(errors otheru)" "warning: $file: Permission denied: ignored"
  done
  letters other/u x
else
  skip 'unreadable numbers' 'needs root, and other users to be'
fi

# numbers of descriptors
service f 'echo up >> log' 'exec sleep 100'
: > f/down
for number in 0 2147483647 2147483648 100000000 "$(ulimit -n)"
do
  for file in notification-fd lock-fd
  do
    rm -f f/notification-fd f/lock-fd
    echo "$number" > "f/$file"
    supervise f
    letters f u
    ok "$file $number: started without" retry 5 has f 4
    like "$file $number: warning" "$(errors f)" "warning: $file: number too (small|large): ignored"
    letters f dx
    retry 5 ended f
  done
done
rm -f f/lock-fd
echo $(($(ulimit -n) - 1)) > f/notification-fd
script f/run "echo up >> log" "exec sleep 100"
supervise f
letters f u
ok 'the highest that there may be: started' retry 5 has f 4
is 'with it' "$(descriptors "$(run_of f)" | sed 's/.* //')" "$(cat f/notification-fd)"
letters f dx
retry 5 ended f
for number in 3 4 5 6 7 8 9 10 11 12 13 14 15
do
  echo "$number" > f/lock-fd
  supervise f
  letters f u
  retry 5 has f 4 || fail "lock-fd $number beside it"
  letters f dx
  retry 5 ended f
done
pass 'any lock-fd beside it'
echo 5 > f/notification-fd
echo 5 > f/lock-fd
supervise f
letters f u
told() { grep -q "$2" "$1.err" ; }
ok 'the same number twice: not started' retry 5 told f 'unable to start run: notification-fd and lock-fd are the same number'
ok 'down, wanted up' retry 5 has f 12 0
echo 6 > f/lock-fd
ok 'it is tried again, and started' retry 5 has f 4
letters f dx
retry 5 ended f
rm -f f/notification-fd f/lock-fd

done_testing
