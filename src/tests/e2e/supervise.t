#!/bin/sh
# ISC license.
# s6-supervise: what it makes, what it starts run and finish with, what it tells, when it starts
# again, and how it ends. What stands in a service directory's files is supervise-files.t's.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

# no service, no supervisor
exits 'no argument: 100' 100 s6-supervise
exits 'an empty one: 100' 100 s6-supervise ''
exits 'no such directory: 111' 111 s6-supervise nothing
like 'which is said' "$(cat err)" '^s6-supervise nothing: fatal: .*nothing: No such file'

# what it makes, whatever the umask is
gid=$(id -g)
mode() { stat -c '%F %a %s %g' "$1" | sed 's/ empty//' ; }
service a 'cd /proc/self/fd/.. && umask > "$OLDPWD/umask"' 'cd "$OLDPWD"' 'echo "$0 $*" > argv' 'pwd > cwd' 'echo "$$" > pid' 'exec sleep 100'
mkdir a/data a/env
listen a
umask 077
export OF_THE_SUPERVISOR=1
supervise a
ok 'it is up' retry 5 hears a su
umask 022
is 'supervise' "$(mode a/supervise | sed 's/ [0-9]* / /2')" "$(printf 'directory 700 %s' "$(stat -c '%s %g' a/supervise)" | sed 's/ [0-9]* / /2')"
is 'event' "$(stat -c '%F %a %g' a/event)" "directory 3730 $gid"
is 'control' "$(mode a/supervise/control)" "fifo 600 0 $gid"
is 'lock' "$(mode a/supervise/lock)" "regular file 644 0 $gid"
is 'status' "$(mode a/supervise/status)" "regular file 600 35 $gid"
is 'death_tally' "$(mode a/supervise/death_tally)" "regular file 600 0 $gid"
is 'what else is there' "$(cd a/supervise && echo *)" 'child control death_tally lock status'

# what run starts with
inherited=$(inherited)
like 'there are 0, 1, 2' "$inherited" '^0 1 2'
retry 5 test -s a/pid
pid=$(cat a/pid)
is 'its pid is told' "$(status_of a)" "$pid 0 4"
is 'its arguments' "$(cat a/argv)" './run a'
is 'where it is' "$(cat a/cwd)" "$WORK/a"
is 'the umask is left alone' "$(cat a/umask)" 0077
like 'the environment, too' "$(tr '\0' '\n' < "/proc/$pid/environ")" '^OF_THE_SUPERVISOR=1$'
is 'it leads a session and a group' "$(sed 's/^.*) //' "/proc/$pid/stat" | awk '{ print $3, $4 }')" "$pid $pid"
# 32 and 33 are glibc's own: whom make has started ignores them, and nobody can change that
signals_of() { sed -n 's/^Sig\(Blk\|Ign\):[[:space:]]*/\1 /p' "/proc/$1/status" | sed 's/^\(Ign 0*\)180000000$/\1000000000/' | tr '\n' ' ' ; }
is 'no signal is blocked or ignored' "$(signals_of "$pid")" 'Blk 0000000000000000 Ign 0000000000000000 '
is 'it has them, and nothing of the supervisor' "$(descriptors "$pid")" "$inherited"
for fd in 0 1 2
do
  is "$fd is the supervisor's" "$(readlink "/proc/$pid/fd/$fd")" "$(readlink "/proc/$(pid_of a)/fd/$fd")"
done

# one supervisor
exits 'another one is refused: 100' 100 s6-supervise a
like 'which is said' "$(cat err)" '^s6-supervise a: fatal: unable to take supervise/lock'
is 'and has changed nothing' "$(status_of a)" "$pid 0 4"
exits 'others see its lock' 1 s6-setlock -n -r a/supervise/lock true

# finish: the same
script a/finish 'echo "$*" > finished' 'echo "$$" > pid' 'pwd > cwd' 'exec sleep 100'
rm -f a/pid
letters a k
ok 'run is killed: finish runs' retry 5 test -s a/pid
finish=$(cat a/pid)
retry 5 has a 6
is 'its arguments: the signal, and the group that was' "$(cat a/finished)" "256 9 a $pid"
is 'its status' "$(status_of a)" "$finish 9 6"
ok 'd was told' retry 5 hears a sud
is 'it leads a session, too' "$(sed 's/^.*) //' "/proc/$finish/stat" | awk '{ print $3, $4 }')" "$finish $finish"
is 'it has 0, 1, 2' "$(descriptors "$finish")" "$inherited"
is 'no signal is blocked or ignored for it' "$(signals_of "$finish")" 'Blk 0000000000000000 Ign 0000000000000000 '
is 'the death is in the tally' "$(tally_of a)" '137 9'
letters a pPcCkKtahbqi12yrlx0z
ok 'it gets no signal by a letter' remains 0.2 test -d "/proc/$finish"
is 'and is not paused' "$(status_of a)" "$finish 9 6"
kill -s KILL "$finish"
ok 'finish is over: D, and it leaves as x has said' retry 5 hears a sudDx
stop a
is 'with 0' "$status" 0
is 'the last status' "$(status_of a)" '0 9 12'
not_ok 'nobody supervises now' letters a u
exits 'nor has the lock' 0 s6-setlock -n -r a/supervise/lock true

# exit codes of run, and of finish
service b 'exit "$(cat code)"'
: > b/down
script b/finish 'echo "$*" > finished' 'test ! -e permanent || exit 125' 'exit 3'
listen b
supervise b
is 'not started, for there is a down file' "$(status_of b)" '0 0 9'
for code in 0 7 255
do
  rm -f b/finished
  echo "$code" > b/code
  letters b o
  retry 5 has b 8 $((code * 256))
  is "run exits $code: finish is told" "$(sed 's/[0-9]*$/N/' b/finished)" "$code 0 b N"
  is 'the status' "$(status_of b)" "0 $((code * 256)) 8"
done
ok 'letters, one life after the other' retry 5 hears b sudDudDudD
is 'the tally' "$(tally_of b | tr '\n' ',')" '0 0,7 0,255 0,'
: > b/permanent
letters b u
ok 'finish exits 125: O and D, and nobody wants it any more' retry 5 hears b sudDudDudDudOD
is 'the status of that' "$(status_of b)" '0 65280 8'
ok 'it stays down' stays 1.3 has b 8
rm -f b/permanent b/finish
letters b o
ok 'without finish: dD' retry 5 hears b sudDudDudDudODudD
letters b x
retry 5 ended b
stop b
is 'x ends it when it is down, at once' "$status $(heard b)" '0 sudDudDudDudODudDx'

# ready, before its death is told
service c 'while test ! -e go ; do sleep 0.02 ; done' 'echo >&3'
echo 3 > c/notification-fd
: > c/down
listen c
supervise c
letters c o
retry 5 has c 0
pid=$(run_of c)
kill -s STOP "$(pid_of c)"
: > c/go
retry 5 tap_gone "$pid"
kill -s CONT "$(pid_of c)"
ok 'ready, then dead, though both are seen at once' retry 5 hears c suUdD

# again: at once after a life of 1 s; after a short one not before 1 s after its start
uptime='read -r up idle < /proc/uptime && echo "$up" >> times'
service d "$uptime" 'sleep 1.1' "$uptime"
service e "$uptime"
supervise d
supervise e
lines() { test "$(wc -l < "$1")" -ge "$2" ; }
ok 'a service that lives 1.1 s' retry 10 lines d/times 3
is 'is started again at once' "$(awk '{ t[NR] = $1 } END { print (t[3] - t[2] < 0.7 ? "soon" : t[3] - t[2]) }' d/times)" soon
ok 'one that dies at once' retry 10 lines e/times 4
least 'is started once a second' "$(awk '{ t[NR] = $1 } END { print int((t[4] - t[1]) * 1000) }' e/times)" 2980
most 'and not less often' "$(awk '{ t[NR] = $1 } END { print int((t[4] - t[1]) * 1000) }' e/times)" 4500
service grows "$uptime"
echo 60000 > grows/max-restart-delay
supervise grows
down_after() { lines "$1/times" "$2" && has "$1" 12 ; }
ok 'with max-restart-delay the pause grows' retry 10 down_after grows 2
letters grows u
ok 'u does not wait for it' retry 0 down_after grows 3

# the end: x while it is up, TERM, HUP, INT, QUIT
service f 'trap "" TERM' 'echo up >> ups' 'exec sleep 100'
supervise f
retry 5 has f 4
retry 5 lines f/ups 1
standard() { echo "$(readlink "/proc/$(pid_of "$1")/fd/0") $(readlink "/proc/$(pid_of "$1")/fd/1")" ; }
stdout=$(readlink "/proc/$(pid_of f)/fd/1")
letters f x
let_go() { test "$(standard f)" = '/dev/null /dev/null' ; }
ok 'x while it is up: stdin and stdout are let go at once' retry 5 let_go
isnt 'which were others' "$stdout" /dev/null
ok 'and it stays until run is dead' stays 0.2 has f 4
letters f k
ok 'then it goes' retry 5 ended f

service g 'trap "" TERM' 'echo up >> ups' 'exec sleep 100'
listen g
supervise g
retry 5 lines g/ups 1
stdout=$(readlink "/proc/$(pid_of g)/fd/1")
kill -s TERM "$(pid_of g)"
ok 'TERM: not wanted any more' retry 5 has g 0
is 'but stdout is kept while run lives' "$(readlink "/proc/$(pid_of g)/fd/1")" "$stdout"
kill -s HUP "$(pid_of g)"
let_go() { test "$(standard g)" = '/dev/null /dev/null' ; }
ok 'HUP lets it go' retry 5 let_go
letters g k
ok 'dead: d, D and x' retry 5 hears g sudDx
stop g
is 'it has ended with 0' "$status" 0

for signal in HUP TERM
do
  service h
  : > h/down
  supervise h
  stop h "$signal"
  is "$signal when it is down: 0" "$status" 0
done

rm -f h/down
listen h
supervise h
retry 5 has h 4
pid=$(run_of h)
stop h QUIT
is 'QUIT: 0, at once' "$status" 0
not_ok 'run is left alone' tap_gone "$pid"
ok 'x is told, without dD' retry 5 hears h sux
is 'the status is as it was' "$(status_of h)" "$pid 0 4"
kill -s KILL "$pid"

service i 'sleep 100 &' 'echo "$!" > other' 'trap "exit 3" INT' 'while : ; do sleep 0.02 ; done'
listen i
supervise i
retry 5 test -s i/other
run=$(run_of i)
catches_int() { test $((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status") & 2)) -ne 0 ; }
retry 5 catches_int "$run"
stop i INT
is 'INT: 0, at once' "$status" 0
ok 'its group gets INT' retry 5 tap_gone "$run"
ok 'x is told' retry 5 hears i sux
kill -s KILL "$(cat i/other)"

# the order of coming up: what cannot be made stops what comes after it
service j
: > j/supervise
exits 'supervise is a file: 111' 111 s6-supervise j
ok 'event was made before' test -d j/event
rm j/supervise
mkdir -p j/supervise/lock
exits 'lock is a directory: 111' 111 s6-supervise j
not_ok 'control comes after it' test -e j/supervise/control
rmdir j/supervise/lock
mkdir j/supervise/control
exits 'control is a directory: 111' 111 s6-supervise j
ok 'lock comes before it' test -f j/supervise/lock
not_ok 'the tally after it' test -e j/supervise/death_tally
rmdir j/supervise/control
mkdir j/supervise/status
echo 'not a tally, but' > j/supervise/death_tally
exits 'status is a directory: 111' 111 s6-supervise j
is 'the tally was emptied before' "$(wc -c < j/supervise/death_tally)" 0
ok 'control was made before' test -p j/supervise/control
rmdir j/supervise/status
listen j
mkfifo j/event/ftrig1:@400000000000000000000000:nobody
supervise j
ok 'then it comes up' retry 5 hears j su
not_ok 'and old fifos were cleaned' test -e j/event/ftrig1:@400000000000000000000000:nobody
done_testing
