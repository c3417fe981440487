#!/bin/sh
# ISC license.
# s6-svc: each option is its letter, in order; signals by name; several directories, and whose
# exit code counts; what is no supervisor; waiting, for daemons of each version; differences.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

# somebody who listens, and does nothing
reads() # DIR: what comes is in DIR.heard
{
  mkdir -p "$1/supervise"
  mkfifo -m 600 "$1/supervise/control"
  # shellcheck disable=SC2016 # variables are the script's
  start "reads$1" sh -c 'exec 3<> "$1" ; echo ready ; exec cat <&3 > "$2"' sh "$1/supervise/control" "$1.heard"
  ready "reads$1"
}
came() { test "$(cat "$1.heard")" = "$2" ; }

reads a
all=abqhkti12ypcPCKrlduoODUQx
exits 'letters' 0 s6-svc -$all a
ok 'are sent in order' retry 5 came a "$all"
sent=$all
exits 'one by one' 0 s6-svc -u -O -x a
sent=${sent}uOx
ok 'too' retry 5 came a "$sent"
for pair in ALRM:a ABRT:b QUIT:q HUP:h KILL:k TERM:t INT:i USR1:1 USR2:2 WINCH:y STOP:p CONT:c SIGTERM:t sigterm:t 15:t 9:k
do
  exits "-s ${pair%:*}" 0 s6-svc -s "${pair%:*}" a
  sent=$sent${pair#*:}
done
exits '-s among others' 0 s6-svc -u -s KILL -o a
sent=${sent}uko
ok 'the letters of signals' retry 5 came a "$sent"
exits 'no letter: does somebody listen?' 0 s6-svc a
exits '-T without -w does nothing' 0 s6-svc -T 1 -u a
sent=${sent}u
most62=$(printf %062d 0 | tr 0 z | tr z c)
exits '62 letters' 0 s6-svc "-$most62" a
sent=$sent$most62
ok 'are sent' retry 5 came a "$sent"
for arguments in "-${most62}c a" '-s SEGV a' '-s NONE a' '-s 0 a' '-s 99 a' '-wx a' '-w a' '-wud a' '-T x a' '-z a' '' '-u'
do
  # shellcheck disable=SC2086 # words
  exits "s6-svc $arguments: 100" 100 s6-svc $arguments
done
ok 'nothing of that was sent' came a "$sent"

# who does not listen
mkdir -p nothere bare/supervise dead/supervise filed/supervise
mkfifo -m 600 dead/supervise/control
: > filed/supervise/control
: > file
exits 'nobody ever supervised it: 102' 102 s6-svc -u nothere
exits 'a supervise without control: 1' 1 s6-svc -u bare
exits 'nobody reads: 102' 102 s6-svc -u dead
like 'which is said' "$(cat err)" '^s6-svc: warning: dead is not supervised$'
exits 'without letters, too' 102 s6-svc dead
exits 'no directory: 111' 111 s6-svc -u nothing
exits 'a file: 111' 111 s6-svc -u file
exits 'an empty name: 111' 111 s6-svc -u ''
exits 'a path that is too long: 111' 111 s6-svc -u "$(printf '%04100d' 0)"
exits 'a control that is a file: 111' 111 s6-svc -u filed
is 'and is not written to' "$(wc -c < filed/supervise/control)" 0
for list in 'dead:102' 'dead a:102' 'a dead a:102' 'nothing dead:102' 'dead nothing:111' 'dead nothing a:111' 'dead bare:1' 'a a:0'
do
  # shellcheck disable=SC2086 # words
  exits "${list%:*}: ${list#*:}" "${list#*:}" s6-svc -a ${list%:*}
  for listed in ${list%:*}
  do
    if test "$listed" = a ; then sent=${sent}a ; fi
  done
done
ok 'who listens has heard of each' retry 5 came a "$sent"
versions > known
if grep -q 2.15 known
then
  for dir in nothere bare dead nothing file 'dead nothing' 'nothing dead' 'dead bare'
  do
    # shellcheck disable=SC2086 # words
    run version 2.15 s6-svc -u $dir
    # shellcheck disable=SC2086 # words
    exits "'$dir' as in 2.15: $status" "$status" s6-svc -u $dir
  done
else
  skip 'exit codes as in 2.15' 'needs tools/fetch-peer -r unstable'
fi

# one that does not read any more
kill -s STOP "$(pid_of readsa)"
not_ok 'it is full' dd if=/dev/zero of=a/supervise/control bs=4096 count=1000 oflag=nonblock conv=nocreat,notrunc
exits 'a control that is full: 111, and nobody waits' 111 s6-svc -u a
like 'which is said' "$(cat err)" 'is full: its supervisor does not read'
exits 'without letters nothing is to be written' 0 s6-svc a
kill -s CONT "$(pid_of readsa)"
ok 'it reads again' retry 5 s6-svc -t a

# waiting: for what, and what is said
made h 77 0 4
held h
reads h
exits 'as it is already' 0 s6-svc -wu -T 60000 -u h
ok 'it was told all the same' retry 5 came h u
exits 'without letters' 0 s6-svc -wu -T 60000 h
exits 'the time is over: 99' 99 s6-svc -wD -T 50 -d h
like 'which is said' "$(cat err)" '^s6-svc: fatal: timed out: h is not down and over$'
exits '-wU without notification-fd is -wu' 0 s6-svc -wU -T 60000 h
like 'with a warning' "$(cat err)" '^s6-svc: warning: there is no h/notification-fd: waiting until it is up'
exits '-wR, likewise' 99 s6-svc -wR -T 50 h
like 'likewise' "$(cat err)" 'timed out: h was not restarted$'
echo 3 > h/notification-fd
exits '-wU with it' 99 s6-svc -wU -T 50 h
is 'only the first directory counts' "$(s6-svc -wU -T 50 h a 2>&1)" 's6-svc: fatal: a was never supervised'
exits 'it needs no other program' 0 env PATH=/nonexistent "$BUILD/s6-svc" -wu -T 60000 -u h
stop readsh
exits 'a supervisor that does not listen: 102, at once' 102 s6-svc -wd -T 60000 -d h
is 'no fifo is left' "$(ls -A h/event)" ''
exits 'no such directory: 111' 111 s6-svc -wu -u nothing
exits 'never supervised: 111' 111 s6-svc -wd -d dead

# waiting for daemons of each version
while read -r version
do
  dir=of$version
  service "$dir" "if test -e fails ; then exit 1 ; fi" 'test -e slow || echo >&3' 'exec sleep 100'
  script "$dir/finish" 'if test -e fails ; then exit 125 ; fi' 'if test -e slow ; then sleep 0.3 ; fi'
  echo 3 > "$dir/notification-fd"
  supervise "$dir" version "$version" s6-supervise
  exits "$version: until it is ready" 0 s6-svc -wU -T 10000 -u "$dir"
  is 'it is' "$(s6-svstat -o up,ready "$dir")" 'true true'
  exits 'until it was restarted' 0 s6-svc -wR -T 10000 -r "$dir"
  is 'it is ready again' "$(s6-svstat -o up,ready "$dir")" 'true true'
  : > "$dir/slow"
  exits 'until it is down' 0 s6-svc -wd -T 10000 -d "$dir"
  is 'while finish runs' "$(s6-svstat -o up "$dir")" false
  exits 'until that is over' 0 s6-svc -wD -T 10000 "$dir"
  is 'it is' "$(status_of "$dir")" '0 15 8'
  exits 'not ready in time: 99' 99 s6-svc -wU -T 300 -u "$dir"
  like 'which is said' "$(cat err)" "^s6-svc: fatal: timed out: $dir is not ready$"
  exits 'but up' 0 s6-svc -wu -T 10000 "$dir"
  rm -f "$dir/slow"
  : > "$dir/fails"
  s6-svc -wD -T 10000 -d "$dir"
  exits 'a failure for good: 1' 1 s6-svc -wU -T 10000 -u "$dir"
  like 'which is said' "$(cat err)" "^s6-svc: fatal: $dir has failed for good$"
  rm -f "$dir/fails"
  exits 'once' 0 s6-svc -wu -T 10000 -o "$dir"
  retry 5 has "$dir" 8
  exits 'its end, and that of its supervisor' 0 s6-svc -wD -T 10000 -xd "$dir"
  ok 'they have ended' retry 10 ended "$dir"
  exits 'nobody supervises it any more: 102' 102 s6-svc -wu -T 10000 -u "$dir"
  is 'nothing is left' "$(find "$dir/event" -name '*ftrig1*')" ''
done < known

# both ways: their s6-svc to ours
service ours 'exec sleep 100'
supervise ours
readers > reading
while read -r version
do
  version_here "$version" "$WORK"
  exits "s6-svc of $version to ours: down" 0 version "$version" s6-svc -wd -T 10000 -d ours
  is 'it is' "$(s6-svstat -u ours)" false
  exits 'up' 0 version "$version" s6-svc -wu -T 10000 -u ours
  is 'it is' "$(s6-svstat -u ours)" true
done < reading
done_testing
