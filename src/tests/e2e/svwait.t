#!/bin/sh
# ISC license.
# s6-svwait: each state that can be wanted against each that there is, of services made by hand;
# what is told meanwhile, what is lost; several services; supervisors that are not there, or go;
# limits; and services of daemons of each version, with many waiters at once.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

versions > known
for dir in a b
do
  made "$dir" 0 0 8
  held "$dir"
done

# as it is when it is looked at: nothing is told, nothing is changed
set_to() # DIR STATE
{
  case $2 in
    up) made "$1" 77 0 4 ;;
    ready) made "$1" 77 0 12 ;;
    finishing) made "$1" 77 0 6 ;;
    down) made "$1" 0 0 8 ;;
    unstarted) made "$1" 0 0 13 ;;
  esac
}
for row in u:up:0 u:ready:0 u:finishing:99 u:down:99 u:unstarted:99 U:up:99 U:ready:0 U:down:99 \
  d:up:99 d:ready:99 d:finishing:0 d:down:0 d:unstarted:0 D:up:99 D:finishing:99 D:down:0 D:unstarted:0 \
  r:up:99 r:down:99 R:ready:99 R:down:99
do
  wanted=${row%%:*}
  state=${row#*:}
  code=${state#*:}
  state=${state%:*}
  set_to a "$state"
  exits "-$wanted of one that is $state: $code" "$code" s6-svwait "-$wanted" -t 1 a
done
readers > reading
for row in u:up:0 U:ready:0 d:finishing:0 D:down:0
do
  set_to a "$(echo "$row" | cut -d : -f 2)"
  while read -r version
  do
    version_here "$version" "$WORK"
    exits "$row for $version, too" 0 version "$version" s6-svwait "-${row%%:*}" -t 60000 a
  done < reading
done
rm -r a/event
set_to a up
rm -r a/event
exits 'who is as he is wanted needs no place to listen' 0 s6-svwait -u a
not_ok 'and gets none' test -e a/event
exits 'who is not gets one' 99 s6-svwait -d -t 1 a
is 'as a supervisor makes it' "$(stat -c '%a %g' a/event)" "3730 $(id -g)"
is 'no fifo is left' "$(ls -A a/event)" ''

# what is told
waits() # NAME OPTIONS...: and listens in a
{
  waits_name=$1
  shift
  start "$waits_name" s6-svwait -t 10000 "$@"
  retry 5 listeners a 1
}
ends() # NAME CODE WHAT
{
  retry 5 ended "$1"
  stop "$1"
  is "$3" "$status" "$2"
}
set_to a down
waits w -u a
told a zs
ok 'letters of nothing end nothing' remains 0.1 running w
told a udD
ends w 0 'who was up for a moment has been up'
set_to a up
waits w -D a
told a d
set_to a finishing
told a d
ok 'down is not over' remains 0.1 running w
told a D
ends w 0 'but D is'
set_to a up
waits w -r a
told a dDu
ends w 0 'a restart in one read'
set_to a up
waits w -r a
status-make a 78 0 4 1
told a z
ends w 0 'a restart of which no letter came'
set_to a down
waits w -u a
told a OD
ends w 1 'a failure for good'
like 'is said' "$(cat w.err)" '^s6-svwait: fatal: a has failed for good$'
set_to a up
waits w -d a
told a x
ends w 1 'a supervisor that goes'
like 'is said' "$(cat w.err)" '^s6-svwait: fatal: the supervisor of a has gone$'
set_to a up
waits w -D a
told a dDx
ends w 0 'one that goes after what was wanted'
is 'no fifo is left of all that' "$(ls -A a/event)" ''

# letters that are lost: the fifo is full
set_to a down
waits w -u a
kill -s STOP "$(pid_of w)"
not_ok 'its fifo is full' dd if=/dev/zero of="$(echo a/event/ftrig1*)" bs=4096 count=1000 oflag=nonblock conv=nocreat,notrunc
set_to a up
told a u
kill -s CONT "$(pid_of w)"
ends w 0 'a letter that was lost does no harm'

# several
set_to a down
set_to b down
exits 'all of them: 99' 99 s6-svwait -u -t 1 a b
like 'those that are not are named' "$(cat err)" '^s6-svwait: fatal: timed out: b is not up$'
waits w -u a b
told a u
told b x
told a OD
ends w 2 'two have failed'
set_to a up
exits '-o: one is enough' 0 s6-svwait -o -u -t 60000 b a
exits '-a takes it back' 99 s6-svwait -o -a -u -t 1 b a
is 'what is as it is wanted is not listened to' "$(find a/event b/event -name '*ftrig1*')" ''
start w s6-svwait -t 10000 -u a b
retry 5 listeners b 1
ok 'a is not listened to' listeners a 0
set_to a down
set_to b up
told b u
ok 'a has changed: it is listened to now' retry 5 listeners a 1
ok 'and waited for' running w
set_to a up
told a u
ends w 0 'all are as they are wanted'
set_to a down
exits 'the same one twice' 99 s6-svwait -u -t 1 a a
set_to a up
exits 'is as good as once' 0 s6-svwait -u -t 1 a a

# nobody supervises
made c 77 0 4
exits 'a status that nobody holds: 102' 102 s6-svwait -u c
like 'which is said' "$(cat err)" '^s6-svwait: fatal: c is not supervised$'
exits 'among others, too' 102 s6-svwait -o -u a c
mkdir never
exits 'never supervised: 111' 111 s6-svwait -u never
like 'which is said' "$(cat err)" '^s6-svwait: fatal: never was never supervised$'
is 'nothing is made there' "$(ls -A never)" ''
exits 'no directory: 111' 111 s6-svwait -u nothing
: > file
exits 'a file: 111' 111 s6-svwait -u file
exits 'an empty name: 111' 111 s6-svwait -u ''
exits 'a path that is too long: 111' 111 s6-svwait -u "$(printf '%04100d' 0)"
printf x > a/supervise/status
exits 'a status that is none: 111' 111 s6-svwait -u a
rm a/supervise/status
start w s6-svwait -t 10000 -u a
ok 'one that is starting has none yet' retry 5 listeners a 1
set_to a down
told a s
ok 'it is there' running w
set_to a up
told a u
ends w 0 'and it comes up'

# -s
exits '-s: a directory that is not there, not yet' 99 s6-svwait -s -u -t 50 nothing
like 'is said' "$(cat err)" '^s6-svwait: fatal: timed out: nothing is not supervised$'
exits '-s: a lock that is free, not yet' 99 s6-svwait -s -u -t 50 c
exits '-s: one that is supervised' 0 s6-svwait -s -u -t 60000 a
start w s6-svwait -s -u -t 20000 a late
ok 'they are waited for' remains 0.1 running w
service late 'exec sleep 100'
mkdir -p late/supervise
ok 'one that is not supervised yet, too' remains 0.1 running w
supervise late
ends w 0 'until it is up'
set_to a down
waits w -s -u a
told a x
ok '-s: another supervisor may come' remains 0.1 running w
set_to a up
told a s
ends w 0 'and does'
set_to a down
waits w -s -u a
stop a
told a x
retry 5 listeners a 0
mv a a.old
ok '-s: the directory is gone' remains 0.3 running w
set_to a down
held a
ok '-s: another one, in its place, is listened to' retry 10 listeners a 1
set_to a up
told a u
ends w 0 'and heard'

# words
exits 'nothing to wait for' 0 s6-svwait -u
for arguments in '-x a' '-t a' '-t x a' '-t -1 a' '-t 99999999999 a'
do
  # shellcheck disable=SC2086 # words
  exits "s6-svwait $arguments: 100" 100 s6-svwait $arguments
done
set_to a up
exits 'the last one counts' 0 s6-svwait -d -U -u -t 60000 a
exits 'closed descriptors' 0 sh -c 'exec s6-svwait -u -t 60000 a <&- >&- 2>&-'

# many, with few descriptors
i=0
many=
while test "$i" -lt 60
do
  many="$many many/$i"
  i=$((i + 1))
done
mkdir many
for dir in $many ; do made "$dir" 0 0 8 ; done
# shellcheck disable=SC2016,SC2086 # the script's; words
start all execlineb -Pc "$(for dir in $many ; do echo "s6-setlock -n $dir/supervise/lock" ; done) foreground { echo held } sleep 100"
ready all
# shellcheck disable=SC2086 # words
exits 'a fifo each: the soft limit is raised' 99 s6-softlimit -o 20 s6-svwait -u -t 200 $many
is 'all are waited for' "$(grep -c 'timed out: many/[0-9]* is not up' err)" 60
is 'no fifo is left' "$(find many -name '*ftrig1*')" ''
# shellcheck disable=SC2086 # words
exits 'where it cannot be: 111' 111 s6-softlimit -H -o 20 s6-svwait -u -t 60000 $many
is 'no fifo is left then' "$(find many -name '*ftrig1*')" ''
# shellcheck disable=SC2086 # words
exits 'who is as he is wanted needs no descriptor' 0 s6-softlimit -H -o 20 s6-svwait -d -t 60000 $many

# three waiters around a command, many times, for daemons of each version
round() # DIR
{
  s6-svwait -U -t 10000 "$1" & first=$!
  s6-svwait -u -t 10000 "$1" & second=$!
  s6-svc -u "$1" || return 1
  s6-svwait -u -t 10000 "$1" & third=$!
  wait "$first" && wait "$second" && wait "$third" || return 1
  s6-svlisten1 -D -t 10000 "$1" s6-svc -d "$1" && test "$(s6-svstat -o up,wantedup "$1")" = 'false false'
}
while read -r version
do
  dir=of$version
  service "$dir" 'echo >&3' 'exec sleep 100'
  echo 3 > "$dir/notification-fd"
  : > "$dir/down"
  supervise "$dir" version "$version" s6-supervise
  i=0
  while test "$i" -lt 25 && round "$dir" ; do i=$((i + 1)) ; done
  is "$version: three waiters around each of 25 starts" "$i" 25
  version_here "$version" "$WORK"
  start theirs version "$version" s6-svwait -u -t 10000 "$dir"
  retry 5 listeners "$dir" 1
  s6-svc -u "$dir"
  ends theirs 0 'their waiter hears it, too'
  stop "$dir"
done < known
done_testing
