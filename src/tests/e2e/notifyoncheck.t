#!/bin/sh
# ISC license.
# s6-notifyoncheck: each option and code, what prog and the check have, and when the child ends;
# with daemons of each version.
# timeout: 180
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

count() { test -f "$1" && wc -l < "$1" || echo 0 ; }
checked() { test "$(count n/checks)" -ge "$1" ; }
# members of the service's process group
group() { cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^[0-9]* (\(.*\)) /\1 /' | awk -v group="$1" '$4 == group && $2 != "Z" { print $1 }' | sort | tr '\n' ' ' ; }
is_group() { test "$(group "$1")" = "$2" ; }

# begin VERSION LINE...: a service n whose run is these lines, and ready-descriptor 5
begin()
{
  version=$1
  shift
  rm -rf n "$WORK/n.heard"
  service n 'exec 2>> said' "$@"
  mkdir n/data
  echo 5 > n/notification-fd
  version_here "$version" n
  check 'exit 1'
}

is_up() { test "$(run_of n)" -gt 0 ; }

check() { script n/data/check 'echo "$#" >> checks' "$@" ; }

go()
{
  listen n
  supervise n version "$version" s6-supervise
  retry 10 is_up
}

over()
{
  letters n xd
  ok "$version: it ends" retry 10 ended n
}

for version in $(versions)
do
  begin "$version" 'exec s6-notifyoncheck -s 0 -w 20 -n 0 sh -c '"'"'ls /proc/$$/fd > fds ; grep Sig /proc/self/status > signals ; exec sleep 100'"'"
  check 'test ! -e check.ids || exec test -e yes' 'ls /proc/$$/fd > check.fds' 'grep -E "Sig(Blk|Ign)" /proc/self/status > check.signals' \
    'cut -d " " -f 4-6 /proc/$$/stat > check.ids' 'exit 1'
  go
  ok "$version: it is checked, again and again" retry 10 checked 3
  ok 'it is up, not ready' has n 4
  is 'the check has no arguments' "$(sort -u n/checks)" 0
  is 'it has the descriptor of the notification' "$(grep -cx 5 n/check.fds)" 1
  is 'prog has not' "$(grep -cx 5 n/fds)" 0
  is 'it is in the session and group of the service' "$(cut -d ' ' -f 2-3 n/check.ids)" "$(run_of n) $(run_of n)"
  is 'its parent is the child' "$(cat "/proc/$(cut -d ' ' -f 1 n/check.ids)/comm")" s6-notifyonchec
  is 'signals are as they were' "$(cat n/check.signals)" "$(grep -E 'Sig(Blk|Ign)' n/signals)"
  : > n/yes
  ok "$version: the check succeeds: ready" retry 10 has n 12
  ok 'which is told' retry 5 hears n suU
  ok 'then the child is gone' retry 5 is_group "$(run_of n)" 'sleep '
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 20 -n 3 sleep 100'
  go
  ok "$version: -n 3" retry 10 checked 3
  ok 'and no more: the child is gone' retry 5 is_group "$(run_of n)" 'sleep '
  is 'three it were' "$(count n/checks)" 3
  ok 'it is up and not ready' stays 0.2 has n 4
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 10 -n 0 sleep 100'
  go
  ok "$version: -n 0: more than seven" retry 10 checked 9
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 10 sleep 100'
  go
  ok "$version: seven by itself" retry 10 checked 7
  ok 'the child is gone' retry 5 is_group "$(run_of n)" 'sleep '
  is 'seven it were' "$(count n/checks)" 7
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 20 -n 0 -T 1000 sleep 100'
  go
  ok "$version: -T: the child ends" retry 10 is_group "$(run_of n)" 'sleep '
  ok 'it has checked' checked 1
  over

  begin "$version" 'date +%s%N > began' 'exec s6-notifyoncheck -s 400 -w 300 -n 0 sleep 100'
  check 'date +%s%N >> times' 'test "$(wc -l < times)" -ge 2'
  go
  ok "$version: -s and -w" retry 10 has n 12
  least '-s is before the first one' $((($(sed -n 1p n/times) - $(cat n/began)) / 1000000)) 400
  least '-w before the second one' $((($(sed -n 2p n/times) - $(sed -n 1p n/times)) / 1000000)) 300
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 20 -n 2 -t 700 sleep 100'
  check 'echo "$$" > check.pid' 'exec sleep 1000'
  go
  ok "$version: -t" retry 10 checked 2
  ok 'a check that takes too long is killed, and so is the last one' retry 5 is_group "$(run_of n)" 'sleep '
  ok 'it is not ready' has n 4
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -n 0 sleep 100'
  check 'echo "$$" > check.pid' 'exec sleep 1000'
  go
  ok "$version: the service dies during a check" retry 10 checked 1
  run=$(run_of n)
  retry 5 test -s n/check.pid
  letters n o
  kill -9 "$run"
  ok 'child and check die, too' retry 5 is_group "$run" ''
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -d -n 0 -w 20 sleep 100'
  check 'cut -d " " -f 4 /proc/$PPID/stat > check.parent' 'test -e yes'
  go
  ok "$version: -d" retry 10 checked 1
  isnt 'the child is not one of prog' "$(cat n/check.parent)" "$(run_of n)"
  is 'and prog has none' "$(cat "/proc/$(run_of n)/task/$(run_of n)/children" 2>/dev/null)" ''
  : > n/yes
  ok 'it does the same' retry 10 has n 12
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 20 -n 0 -3 5 -c "foreground { echo \"a  b\" } test -e yes" sleep 100 > printed'
  rm n/data/check
  rm n/notification-fd
  echo 5 > n/notification-fd
  go
  ok "$version: -c: a line of execline" retry 10 grep -qx 'a  b' n/printed
  : > n/yes
  ok 'that says so' retry 10 has n 12
  over

  begin "$version" 'exec s6-notifyoncheck -s 0 -w 20 -n 2 sleep 100'
  rm n/data/check
  go
  two() { test "$(grep -c 's6-notifyoncheck (child): warning: unable to start ./data/check: ' n/said)" -eq 2 ; }
  ok "$version: there is no check: a warning for each time" retry 10 two
  ok 'and prog runs' stays 0.2 has n 4
  over

  if is_root
  then
    begin "$version" 'exec as_uid 54321 s6-notifyoncheck -s 0 -w 20 -n 0 sleep 100'
    chmod 755 "$WORK" n n/data
    check 'test -e yes'
    script n/data/check 'test -e yes'
    : > n/said
    go
    ok "$version: as another user" retry 10 has n 4
    : > n/yes
    ok 'it works likewise' retry 20 has n 12
    letters n d
    ok 'and ends with the service' retry 5 has n 8
    over
  else
    skip 'as another user' 'needs root'
  fi

  # each refusal, told by run
  begin "$version" 'program() { "$@" > /dev/null 2> err ; echo "$?" >> codes ; }' \
    'for words in "-n x true" "-3 x true" "-3 2147483648 true" "-s -1 true" "-w 99999999999 true" "-t" "-c" "-z true" "" "-n 1" ; do' \
    'program s6-notifyoncheck $words ; done' 'program s6-notifyoncheck ""' 'echo first >> codes' \
    'program s6-notifyoncheck -3 77 true' 'program s6-notifyoncheck true 5>&-' 'program s6-notifyoncheck -n 1 -s 0 ./nothing' \
    'for text in x "" -1 2147483648 "5 5" ; do echo "$text" > notification-fd ; program s6-notifyoncheck true ; done' 'echo second >> codes' \
    'rm notification-fd ; program s6-notifyoncheck true' 'mkdir notification-fd ; program s6-notifyoncheck true' \
    'rmdir notification-fd ; mkfifo notification-fd ; program s6-notifyoncheck true' \
    'program s6-notifyoncheck -3 5 -n 1 -s 0 true' 'cd data ; program s6-notifyoncheck -3 5 true ; mv codes .. 2>/dev/null ; cat err >> ../said' 'cd ..' 'echo >> over' 'exec sleep 100'
  sed -i 's|^cd data ; program .*|cd data ; s6-notifyoncheck -3 5 true 2>> ../said ; echo "$?" >> ../codes|' n/run
  go
  ok "$version: refusals" retry 20 test -e n/over
  is 'options' "$(sed '/first/,$d' n/codes | tr '\n' ' ')" '100 100 100 100 100 100 100 100 100 100 100 '
  is 'descriptors, programs, and what is in notification-fd' "$(sed -e '1,/first/d' -e '/second/,$d' n/codes | tr '\n' ' ')" '111 111 127 100 100 100 100 100 '
  is 'notification-fd that cannot be read, but needs not with -3; elsewhere' "$(sed '1,/second/d' n/codes | tr '\n' ' ')" '111 111 111 0 100 '
  over
done

# without daemons
mkdir -p lone/supervise lone/data
cd lone || exit 111
exits 'nobody supervises: 100' 100 s6-notifyoncheck -3 1 true
like 'which is said' "$(cat err)" 's6-notifyoncheck: fatal: this is not the directory of a service: no s6-supervise is running here'
: > supervise/lock
exits 'not any more: 100' 100 s6-notifyoncheck -3 1 true
start supervisor s6-setlock supervise/lock sh -c 'echo ready ; exec sleep 1000'
ready supervisor
script data/check 'exit 0'
written() { test "$(od -An -tx1 "$1" | tr -d ' ')" = 0a ; }
script prog '{ echo x && echo had stdout >> "$1" || echo had none >> "$1" ; } 2>/dev/null' 'until test -s told ; do sleep 0.02 ; done'
exits 'to a file' 0 timeout 20 s6-notifyoncheck -3 5 -s 0 ./prog first 5> told
ok 'a newline is all' written told
: > told
ok 'with nothing else open' timeout 20 sh -c 's6-notifyoncheck -3 5 -s 0 ./prog second 5> told <&- >&- 2>&-'
ok 'the same' written told
: > told
ok '-3 1' timeout 20 sh -c 's6-notifyoncheck -3 1 -s 0 ./prog third > told'
ok 'the same' written told
is 'prog has no stdout then' "$(cat first third)" 'had stdout
had none'
mkfifo nobody
# nobody reads of readiness any more: so the service is as good as dead
script data/check 'echo >> ../checks' 'exit 1'
start checker sh -c 's6-notifyoncheck -3 5 -s 0 -w 20 -n 0 sleep 100 5> nobody'
exec 8< nobody
ok 'it checks' retry 5 test -s ../checks
exec 8<&-
ok 'until nobody listens' retry 5 is_group "$(pid_of checker)" 'sh sleep '
stop checker
# a PATH of 100 kB, looked through 400 times, in 24 MB
if test -z "$SANITIZED$DAEMON_WRAPPER" && command -v prlimit > /dev/null
then
  start checker env PATH="$PATH$(head -c 100000 /dev/zero | tr '\0' :)" \
    prlimit --as=24000000 s6-notifyoncheck -3 5 -s 0 -w 1 -n 400 -c 'exit 1' sleep 100 5<> nobody
  retry 10 is_group "$(pid_of checker)" 's6-notifyonchec sleep '
  ok 'where there is no end of checks' retry 60 is_group "$(pid_of checker)" 'sleep '
  is 'memory is given back' "$(sort -u checker.err)" ''
  stop checker
else
  skip 'no end of checks' 'needs prlimit, and what it says of memory'
fi
stop supervisor
done_testing
