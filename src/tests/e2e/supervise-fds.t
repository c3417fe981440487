#!/bin/sh
# ISC license.
# s6-supervise: notification-fd and lock-fd, the descriptors that run has of them, and both in
# each other's way.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

holds() { grep -q "$1" "$2" ; }
gone() { tap_gone "$1" ; }
with() { echo "$1 $2" | tr ' ' '\n' | sort -nu | tr '\n' ' ' | sed 's/ $//' ; }

# notification-fd
service n 'echo "$$" > pid' 'printf noise >&7' 'while test ! -e go ; do sleep 0.02 ; done' 'printf "more\nand more" >&7' 'echo $? > wrote' \
  'trap "" PIPE' 'while printf x >&7 ; do sleep 0.02 ; done 2>/dev/null' 'echo > broken' 'exec sleep 100'
echo 7 > n/notification-fd
listen n
supervise n
retry 5 test -s n/pid
ok 'up, and no more: there was no newline' stays 0.2 has n 4
like 'run has the pipe as what the file says' "$(readlink "/proc/$(cat n/pid)/fd/7")" pipe:
: > n/go
ok 'a newline: ready' retry 5 has n 12
ok 'which is told' retry 5 hears n suU
ok 'then the pipe is closed' retry 5 test -e n/broken
is 'up and ready' "$(status_of n)" "$(cat n/pid) 0 12"
letters n d
ok 'down: the wait status' retry 5 has n 8 15

service eof 'exec 3>&-' 'exec sleep 100'
echo 3 > eof/notification-fd
listen eof
supervise eof
retry 5 has eof 4
as_before() { test "$(descriptors "$(pid_of eof)")" = "$(descriptors "$(pid_of n)")" ; }
ok 'closed without a newline: our end is closed, too' retry 5 as_before
ok 'and it is not ready' retry 5 hears eof su
used=$(ticks eof)
ok 'it goes on' stays 0.3 has eof 4
most 'without spinning' "$(($(ticks eof) - used))" 5
letters eof x
letters eof d

# lock-fd; a lock that services share is left as it is
service shares 'exec sleep 100'
echo 9 > shares/lock-fd
mkdir shares/supervise
: > shared
chmod 644 shared
ln -s "$WORK/shared" shares/supervise/service-lock
supervise shares
ok 'a lock elsewhere is taken' retry 5 sh -c '! s6-setlock -n shared true'
is 'and keeps its permissions' "$(stat -c %a shared)" 644
letters shares xd
service l 'echo "$$" > pid' 'exec sleep 100'
echo 9 > l/lock-fd
mkdir l/supervise
: > l/supervise/service-lock  # from before, for all to read
supervise l
retry 5 test -s l/pid
is 'run has the lock file as what the file says' "$(readlink "/proc/$(cat l/pid)/fd/9")" "$WORK/l/supervise/service-lock"
is 'the permissions of it' "$(stat -c '%F %a %s' l/supervise/service-lock)" 'regular empty file 600 0'
exits 'others see the lock' 1 s6-setlock -n l/supervise/service-lock true
is 'the supervisor does not hold it' "$(find "/proc/$(pid_of l)/fd" -lname '*service-lock' | wc -l)" 0
letters l d
retry 5 has l 8
exits 'run is dead, and it is free' 0 s6-setlock -n l/supervise/service-lock true
start holder s6-setlock -n l/supervise/service-lock sh -c 'echo ready ; exec sleep 100'
ready holder
rm l/pid
listen l
letters l u
ok 'another one holds it: up' retry 5 hears l u
waiter=$(run_of l)
is 'with a pid' "$(status_of l)" "$waiter 15 4"
like 'and a warning' "$(cat l.err)" 'warning: supervise/service-lock is locked by another process: run waits'
ok 'run waits' remains 0.2 test ! -e l/pid
exits 'the one that waits does not look like a supervisor' 100 s6-supervise l
letters l d
ok 'd ends the one that waits' retry 5 has l 8 15
ok 'it is dead' gone "$waiter"
letters l u
retry 5 has l 4
waiter=$(run_of l)
stop holder
ok 'free: run runs' retry 5 test -s l/pid
is 'the same process' "$(cat l/pid) $(status_of l)" "$waiter $waiter 15 4"
exits 'with the lock' 1 s6-setlock -n l/supervise/service-lock true
is 'it leads a session' "$(sed 's/^.*) //' "/proc/$waiter/stat" | awk '{ print $3, $4 }')" "$waiter $waiter"
dies l
kill -s KILL "$waiter"

# lock and notification together, in each other's way
service both 'echo >&4' 'echo "$$" > pid' 'exec sleep 100'
inherited=$(inherited)
for numbers in '3 4' '4 5' '8 4' '100 4'
do
  rm -f both/pid
  echo "${numbers% *}" > both/lock-fd
  echo "${numbers#* }" > both/notification-fd
  script both/run "echo >&${numbers#* }" 'echo "$$" > pid' 'exec sleep 100'
  supervise both
  ok "lock-fd and notification-fd $numbers: ready" retry 5 has both 12
  is 'each has its own' "$(readlink "/proc/$(cat both/pid)/fd/${numbers% *}" | sed 's/.*\///') $(readlink "/proc/$(cat both/pid)/fd/${numbers#* }" | sed 's/:.*//')" 'service-lock pipe'
  is 'and there is nothing else' "$(descriptors "$(cat both/pid)")" "$(with "$inherited" "$numbers")"
  stop both
done
is 'a lock that is new' "$(stat -c %a both/supervise/service-lock)" 600
done_testing
