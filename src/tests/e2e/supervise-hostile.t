#!/bin/sh
# ISC license.
# s6-supervise where what should be its own is something else: control, lock, status, tally, event
# and supervise; what comes by control; listeners that are no good; what it is started with; paths.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC3045 # the shells of Linux have ulimit -n and -u
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

told() { grep -q "$2" "$1.err" ; }
errors() { cat "$1.err" ; }
gone() { tap_gone "$1" ; }
ends() { letters "$1" dx && retry 5 ended "$1" ; }

# a run that never stops saying things without a newline
service chatter 'exec cat /dev/zero >&3'
echo 3 > chatter/notification-fd
supervise chatter
retry 5 has chatter 4
letters chatter d
ok 'run says much, and nothing: orders are heard' retry 5 has chatter 8 15
stop chatter

# control: noise, and letters with NUL and newline
service a
listen a
supervise a
retry 5 has a 4
# all that means something is left out: it is noise
head -c 2000000 /dev/urandom | tr -d 'abqhkti12ypcPCKrlduoODUQx' | head -c 65536 > noise
before=$(status_of a)
dd if=noise of=a/supervise/control bs=65536 conv=nocreat,notrunc 2>/dev/null
printf '\n\0d\0\n' | dd of=a/supervise/control conv=nocreat,notrunc 2>/dev/null
ok '64 KiB of noise, then d with NUL and newline about it: it is obeyed' retry 10 has a 8 15
is 'nothing else was told' "$(heard a)" sudD
is 'nor said' "$(errors a)" ''
isnt 'it was up before' "$before" "$(status_of a)"
printf 'u\n' | dd of=a/supervise/control conv=nocreat,notrunc 2>/dev/null
ok 'it goes on' retry 5 has a 4
# everything, four times: it is alive, and x comes last
times=0
while test "$times" -lt 4
do
  head -c 65536 /dev/urandom | tr -d x > letters
  timeout 10 dd if=letters of=a/supervise/control bs=65536 conv=nocreat,notrunc 2>/dev/null || break
  times=$((times + 1))
done
is '256 KiB of random letters' "$times" 4
obeys() { letters a u ; has a 4 ; }
ok 'it obeys' retry 10 obeys
letters a c
ok 'and ends' ends a

# status, tally of wrong sizes, random, at start
service b
mkdir -m 700 b/supervise
for size in 0 34 36 35 100000
do
  head -c "$size" /dev/urandom > b/supervise/status
  head -c 13 /dev/urandom > b/supervise/death_tally
  supervise b
  ok "a status of $size bytes: it begins" retry 5 has b 4 0
  is "a tally of 13: $size" "$(wc -c < b/supervise/death_tally)" 0
  head -c 13 /dev/urandom > b/supervise/death_tally
  ends b
  is "it was spoiled meanwhile: $size" "$(tally_of b)" '143 15'
done
supervise b
retry 5 has b 4
truncate -s 1G b/supervise/death_tally
ends b
is 'a tally of 1 GiB: begun anew, or its newest' "$(tally_of b | tail -n 1)" '143 15'
most 'it is small' "$(wc -c < b/supervise/death_tally)" 1400
is 'no memory was needed for it' "$(errors b)" ''
rm -f b/supervise/death_tally
mkdir b/supervise/death_tally
run s6-supervise b
is 'a tally that is a directory: 111' "$status" 111
rmdir b/supervise/death_tally
mkfifo b/supervise/death_tally
supervise b
ok 'a tally that is a fifo' retry 5 has b 4
ends b
rm -f b/supervise/status
mkfifo b/supervise/status
supervise b
ok 'a status that is a fifo' retry 5 has b 4
ends b
is 'is none any more' "$(wc -c < b/supervise/status)" 35
rm b/supervise/status
echo precious > precious
ln -s ../../precious b/supervise/status
ln -s ../../precious b/supervise/status.new
supervise b
retry 5 has b 4
is 'nothing is written through a link' "$(cat precious)" precious
rm -f b/supervise/status.new
ends b

# control, lock, event that are something else
# refuses NAME ERE: 111, and says so; nothing of the service has run
refuses()
{
  exits "$1: 111" 111 timeout 10 s6-supervise "$3"
  like "$1: said" "$(cat err)" "^s6-supervise $3: fatal: unable to $2"
  not_ok "$1: no run" test -e "$3/ran"
}
service c 'echo > ran' 'exec sleep 100'
mkdir -m 700 c/supervise
echo text > c/supervise/control
refuses 'control is a file' 'open supervise/control: ' c
is 'which is left alone' "$(cat c/supervise/control)" text
rm -r c/supervise
mkdir -p c/supervise/lock
refuses 'lock is a directory' 'take supervise/lock: Is a directory' c
rmdir c/supervise/lock
mkfifo c/supervise/lock
refuses 'lock is a fifo' 'take supervise/lock: ' c
rm -r c/supervise
: > c/supervise
refuses 'supervise is a file' 'make supervise: Not a directory' c
rm c/supervise
rm -rf c/event
: > c/event
refuses 'event is a file' 'make event: Not a directory' c
rm c/event
if is_root
then
  mkdir -m 3730 c/event
  chown 65534 c/event
  refuses "event is another one's" 'make event: ' c
  rmdir c/event
else
  for name in ': 111' ': said' ': no run' ; do skip "event is another one's$name" 'needs root, and other users to be' ; done
fi
mkdir -m 3730 c/event
count=0
while test "$count" -lt 500
do
  : > "c/event/foreign $count"
  count=$((count + 1))
done
mkdir "c/event/ftrig1:@400000000000000000000000:direct"
: > "c/event/ftrig1:@400000000000000000000000:a-file"
ln -s ../../precious "c/event/ftrig1:@400000000000000000000000:a-link"
mkfifo "c/event/ftrig1:@400000000000000000000000:nobody"
listen c
supervise c
ok 'event full of foreign names: told' retry 5 hears c su
is 'they are left alone, but the fifo' "$(cd c/event && echo ftrig1:@400000000000000000000000:*)" 'ftrig1:@400000000000000000000000:a-file ftrig1:@400000000000000000000000:a-link ftrig1:@400000000000000000000000:direct'
is 'nothing was written to them' "$(cat c/event/ftrig1:@400000000000000000000000:a-file precious)" precious
ends c

# supervise and event: links
service d
ln -s over-there d/supervise
ln -s ../events d/event
supervise d
ok 'dangling links: up' retry 5 has d 4
is 'made where they lead' "$(stat -c '%F %a' d/over-there events | tr '\n' ,)" 'directory 700,directory 3730,'
ends d
supervise d
ok 'links to what is there: up' retry 5 has d 4
ends d
rm -rf d/supervise d/over-there
ln -s not/there d/supervise
refuses 'a link that dangles by two levels' 'make supervise: No such file' d
rm d/supervise
ln -s supervise d/supervise
refuses 'a link to itself' 'make supervise: Too many levels' d
rm d/supervise d/event
ln -s event d/event
refuses 'event, likewise' 'make event: Too many levels' d
rm d/event

# a service directory that is read-only, but for supervise and event
if is_root
then
  mkdir readonly
  service readonly/s
  mkdir -m 700 readonly/s/supervise
  mkdir readonly/s/event
  chown 65534:65534 readonly/s/supervise readonly/s/event
  chmod 3730 readonly/s/event
  supervise readonly/s as_uid 65534 s6-supervise
  ok 'a read-only service directory: up' retry 5 has readonly/s 4
  letters readonly/s Q
  ok 'Q: the rest is done' retry 5 has readonly/s 0
  like 'with a warning' "$(errors readonlys)" 'warning: unable to make down: Permission denied'
  letters readonly/s UD
  ok 'D: the same' retry 5 has readonly/s 8
  : > readonly/s/down
  letters readonly/s U
  ok 'U: the same' retry 5 has readonly/s 4
  letters readonly/s dx
  ok 'it ends' retry 5 ended readonlys
  rm readonly/s/down
  rmdir readonly/s/event
  exits 'without event it cannot begin: 111' 111 as_uid 65534 s6-supervise readonly/s
else
  for name in 'a read-only service directory: up' 'Q: the rest is done' 'with a warning' 'D: the same' 'U: the same' 'it ends' 'without event it cannot begin: 111'
  do
    skip "$name" 'needs root, and other users to be'
  done
fi

# listeners: one that stops, one that dies, one that never reads
service e
: > e/down
listen e
start stopped s6-ftrig-wait e/event never
stopped_fifo() { test "$(find e/event -name 'ftrig1:@*' | wc -l)" -eq 2 ; }
retry 5 stopped_fifo
kill -s STOP "$(pid_of stopped)"
start dead s6-ftrig-wait e/event never
dead_fifo() { test "$(find e/event -name 'ftrig1:@*' | wc -l)" -eq 3 ; }
retry 5 dead_fifo
stop dead KILL
mkfifo e/event/ftrig1:@400000000000000000000000:neverr
start full sh -c 'exec 3<>e/event/ftrig1:@400000000000000000000000:neverr ; head -c 65536 /dev/zero >&3 ; echo ready ; exec sleep 100'
ready full
supervise e
letters e o
retry 5 has e 0
letters e k
ok 'listeners that stop, that died, whose fifo is full: others hear all' retry 5 hears e sudD
ok 'the dead one is gone, the others are not' dead_fifo
ends e
kill -s CONT "$(pid_of stopped)"
stop stopped
stop full
done_testing
