#!/bin/sh
# ISC license.
# supervise/child, by which s6-supervise takes back the service of one that was killed: what is
# taken back goes on as before; what is stale, of somebody else, or no such file, is nobody.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/kills.sh
. "$TESTS/support/kills.sh"

test -r /proc/sys/kernel/random/boot_id || skip_all 'the system does not tell which boot it is'
boot=$(cat /proc/sys/kernel/random/boot_id)
started() { sed 's/^.*) //' "/proc/$1/stat" | awk '{ print $20 }' ; }

# what is written
make a
retry 5 has a 4
run=$(run_of a)
is 'the pid, when it was started, which boot' "$(cat a/supervise/child)" "$run $(started "$run") $boot"
: > a/hang
letters a k
retry 5 has a 6
finish=$(run_of a)
is 'of finish, too, with that word' "$(cat a/supervise/child)" "$finish $(started "$finish") $boot finish"

# an adopted finish: its time, its end
echo $((400 * ${PATIENCE:-1})) > a/timeout-finish
dies a
again a
is 'an adopted finish' "$(status_of a)" "$finish 9 6"
ok 'has its time, too: killed, and run starts' retry 10 has a 4 9
ok 'it is dead' tap_gone "$finish"
rm a/hang
run=$(run_of a)

# it dies while it is adopted: wanted up, so it is started again, which finish is told before
dies a
again a
hears_begin() { case $(heard a) in *s) ;; *) return 1 ;; esac ; }
retry 5 hears_begin
: > a.heard
kill -s TERM "$run"
ok 'an adopted run dies: finish, and started again' retry 5 hears a dDu
is 'finish is told 256 0, and whose group it was' "$(cat a/finished)" "256 0 a $run"
is 'the tally: 255 0' "$(tally_of a | tail -n 1)" '255 0'
ok 'the status' has a 4 65280
ok 'one copy' retry 5 one_copy a
isnt 'another one' "$(run_of a)" "$run"

# letters to an adopted one
run=$(run_of a)
dies a
again a
letters a p
stopped() { case $(sed 's/^.*) //' "/proc/$1/stat") in T*) return 0 ;; esac ; return 1 ; }
ok 'p stops it' retry 5 stopped "$run"
letters a P
letters a C
ok 'C makes it go on' retry 5 has a 4
letters a OK
ok 'K kills it' retry 5 down_is a 65280
letters a u
retry 5 has a 4
run=$(run_of a)
dies a
again a
letters a x
ok 'x waits for it' stays 0.2 has a 4
letters a k
ok 'then it leaves' retry 5 ended a
is 'and has told so' "$(status_of a)" '0 65280 12'
rm -f a/down
supervise a
retry 5 has a 4
run=$(run_of a)
dies a
again a
kill -s INT "$(pid_of a)"
ok 'INT: it goes' retry 5 ended a
ok 'and INT has gone to the group' retry 5 tap_gone "$run"

# timeout-kill, armed by a d to who was killed since; O arms nothing
for name in armed orphan once
do
  service "$name" 'trap "" TERM' 'echo >> up' 'while : ; do sleep 0.05 ; done'
  if test -z "$SANITIZED" ; then echo 1500 ; else echo 8000 ; fi > "$name/timeout-kill"
  supervise "$name"
  retry 5 test -s "$name/up"
done
letters armed d
letters once O
retry 5 has armed 0
retry 5 has once 0
like 'it is written that it is ending, and when' "$(tail -n +2 armed/supervise/child | grep . | tr '\n' ' ')" '^ending [0-9]* $'
is 'not of one that is to die by itself' "$(tail -n +2 once/supervise/child | grep .)" ''
dies armed
dies once
supervise armed
supervise once
is 'adopted' "$(status_of armed | sed 's/^[0-9]* //')" '0 0'
ok 'd, and kill -9 of the supervisor: killed all the same' retry 20 has armed 8 65280
ok 'O: not' stays 0.2 has once 0
# and by a d to what is adopted, whose supervisor is killed again
dies orphan
supervise orphan
letters orphan d
retry 5 has orphan 0
dies orphan
supervise orphan
ok 'twice adopted: killed' retry 20 has orphan 8 65280
not_ok 'nothing is said of it' grep . armed.err
# the time is that of the d, however many supervisors are killed meanwhile, and whatever the file
# says by then
service often 'trap "" TERM' 'echo >> up' 'while : ; do sleep 0.05 ; done'
echo 6000 > often/timeout-kill
supervise often
retry 5 test -s often/up
letters often d
retry 5 has often 0
echo 600000 > often/timeout-kill
for _ in 1 2
do
  dies often
  supervise often
done
ok 'it is killed in its time' retry 10 has often 8 65280
letters once k

# d to what is adopted, which has died meanwhile, and whose number is another's: nothing is
# written of that one, or the next supervisor would take it, and kill it
if test -z "$DAEMON_WRAPPER" && unshare -pf --mount-proc sh -c 'echo 100 > /proc/sys/kernel/ns_last_pid' 2> /dev/null
then
  service reused 'exec sleep 1000'
  echo 60000 > reused/timeout-kill
  cat > reuse << 'END'
until_is() { until "$@" ; do sleep 0.05 ; done ; }
run() { s6-svstat -o pid reused 2> /dev/null | grep '^[1-9]' ; }
gone() { ! kill -s 0 "$1" 2> /dev/null ; }
over() { test "$(s6-svstat -o up reused)" = false ; }
s6-supervise reused &
until_is run
run=$(run)
kill -s KILL "$!"
wait "$!"
s6-supervise reused &
supervisor=$!
until_is s6-svok reused
kill -s STOP "$supervisor"
s6-svc -d reused
kill -s KILL "$run"
until_is gone "$run"
another=
until test "$another" = "$run"
do
  if test -n "$another" ; then kill -s KILL "$another" ; wait "$another" ; fi
  echo "$((run - 1))" > /proc/sys/kernel/ns_last_pid
  sleep 1000 &
  another=$!
done
kill -s CONT "$supervisor"
until_is over
tail -n +2 reused/supervise/child | grep .
echo "$run is $another"
END
  run timeout 60 unshare -pf --mount-proc --kill-child sh reuse
  like 'd to one whose number is another'"'"'s' "$(cat out)" '^[0-9]* is [0-9]*$'
  is 'is not written of that one' "$(grep -c ending out)" 0
else
  skip 'd to one whose number is another'"'"'s' 'needs a PID namespace, and the right to choose numbers'
fi

# timeout-kill, armed by a d to what is adopted
service k 'trap "" TERM' 'echo up > up' 'while : ; do sleep 0.05 ; done'
echo 300 > k/timeout-kill
supervise k
retry 5 test -s k/up
retry 5 has k 4
run=$(run_of k)
dies k
again k
letters k d
ok 'd: timeout-kill for what is adopted' retry 5 down_is k 65280
ok 'it is dead' tap_gone "$run"

# it dies while nobody supervises it: that is told by the next one, and counts
make b
retry 5 has b 4
letters b k
retry 5 has b 4 9
run=$(run_of b)
dies b
kill -s KILL "$run"
retry 5 tap_gone "$run"
again b
ok 'dead before: finish, and started again' retry 5 has b 4 65280
is 'finish was told 256 0, and whose group it was' "$(cat b/finished)" "256 0 b $run"
is 'the tally: that death, behind the others' "$(tally_of b)" "137 9
255 0"
isnt 'another one' "$(run_of b)" "$run"
letters b o
retry 5 has b 0
run=$(run_of b)
dies b
kill -s KILL "$run"
retry 5 tap_gone "$run"
again b
ok 'not wanted any more: it stays down' retry 5 down_is b 65280
letters b u
retry 5 has b 4
: > b/hang
letters b k
retry 5 has b 6
finish=$(run_of b)
dies b
kill -s KILL "$finish"
retry 5 tap_gone "$finish"
rm b/hang
again b
ok 'a finish that died before: run is started' retry 5 has b 4 9
is 'the tally has it once' "$(tally_of b | wc -l)" 4

# a file down that was there when it was wanted up does not count, and one that was made, or
# touched, after its supervisor's last word does
: > b/down
letters b d
retry 5 has b 8
letters b u
retry 5 has b 4
for touched in no yes
do
  test "$touched" = no || retry 5 has b 4
  run=$(run_of b)
  dies b
  kill -s KILL "$run"
  retry 5 tap_gone "$run"
  rm b/finished
  test "$touched" = no || touch b/down
  again b
  case $touched in
    no) ok 'dead before, and down is older: it is started' retry 5 has b 4 65280 ;;
    yes) ok 'down is newer: it is not' retry 5 down_is b 65280 ;;
  esac
  is 'its finish has run' "$(cat b/finished)" "256 0 b $run"
done
rm b/down
letters b u
retry 5 has b 4

# its number is another's now, or its status says that it has ended: begun anew
run=$(run_of b)
dies b
kill -s KILL "$run"
retry 5 tap_gone "$run"
rm b/finished
sed "s/^$run /$$ /" b/supervise/child > child.other && cp child.other b/supervise/child
again b
ok 'who has another number has not died' retry 5 has b 4 0
is 'no finish, and an empty tally' "$(test -e b/finished || tally_of b)" ''

# its supervisor was to leave, and had to be killed in the end, as who lived: begun anew, whatever
# was wanted then
service leaving 'trap "" TERM' 'echo up > up' 'while : ; do sleep 0.05 ; done'
script leaving/finish 'echo "$*" > finished.made && mv finished.made finished' 'while test -e hang ; do sleep 0.02 ; done'
echo 600000 > leaving/timeout-kill
echo 0 > leaving/timeout-finish
all_die()
{
  run=$(run_of leaving)
  dies leaving
  kill -s KILL "$run"
  retry 5 tap_gone "$run"
}
begin_leaving()
{
  rm -f leaving/up leaving/finished leaving/down
  again leaving
  retry 5 test -s leaving/up
}
begin_leaving
kill -s TERM "$(pid_of leaving)"
retry 5 has leaving 0
like 'it is written that it is leaving' "$(tail -n +2 leaving/supervise/child | grep . | tr '\n' ' ')" '^ending [0-9]* leaving $'
all_die
again leaving
ok 'TERM, then KILL of all: it is started again' retry 5 has leaving 4 0
not_ok 'without a finish' test -e leaving/finished
all_die
begin_leaving
: > leaving/hang
letters leaving k
retry 5 has leaving 6
kill -s TERM "$(pid_of leaving)"
retry 5 has leaving 2
all_die
rm leaving/hang
again leaving
ok 'in finish, too' retry 5 has leaving 4 0
all_die
begin_leaving
: > leaving/hang
letters leaving xk
retry 5 has leaving 6
all_die
: > leaving/down
rm leaving/hang
again leaving
is 'x, and finish then: the file down counts' "$(status_of leaving)" '0 0 9'
letters leaving x
retry 5 ended leaving
for sig in QUIT INT
do
  begin_leaving
  letters leaving d
  retry 5 has leaving 0
  run=$(run_of leaving)
  kill -s "$sig" "$(pid_of leaving)"
  retry 5 ended leaving
  like "$sig: when it is to be killed is not forgotten" "$(tail -n +2 leaving/supervise/child | grep . | tr '\n' ' ')" '^ending [0-9]* leaving $'
  kill -s KILL "$run"
  retry 5 tap_gone "$run"
  : > leaving/down
  again leaving
  is "$sig: the file down counts" "$(status_of leaving)" '0 0 9'
  letters leaving x
  retry 5 ended leaving
done

# who comes after one that has left takes its service, and leaves nothing itself: what is written
# says so, and if both die then, that death is told, and nothing is started that is not wanted
begin_leaving
run=$(run_of leaving)
kill -s QUIT "$(pid_of leaving)"
retry 5 ended leaving
like 'QUIT: it is written that it has left' "$(tail -n +2 leaving/supervise/child | grep . | tr '\n' ' ')" '^leaving $'
again leaving
is 'the next one stays' "$(run_of leaving) $(tail -n +2 leaving/supervise/child | grep .)" "$run "
letters leaving O
retry 5 has leaving 0
all_die
again leaving
ok 'and what it was told counts, if both are killed' retry 5 down_is leaving 65280
is 'its finish has run' "$(cat leaving/finished)" "256 0 leaving $run"
letters leaving x
retry 5 ended leaving

# a container that is killed and started again, of the same boot
if test -z "$DAEMON_WRAPPER" && unshare -pf --mount-proc true 2> /dev/null
then
  service inside 'echo up > up' 'exec sleep 1000'
  cat > life << 'END'
# numbers that nobody has in the second life when the supervisor begins there
if test ! -e inside/down ; then for _ in 1 2 3 4 5 6 7 8 9 ; do (true) ; (true) ; (true) ; (true) ; done ; fi
s6-supervise inside &
until s6-svstat inside > /dev/null 2>&1 ; do sleep 0.05 ; done
tries=0
until if test -e inside/down ; then s6-svstat -o up,wantedup inside | grep 'false false' ; else test -s inside/up ; fi
do
  tries=$((tries + 1))
  test "$tries" -lt 200 || exit 1
  sleep 0.05
done
END
  exits 'a container' 0 timeout 60 unshare -pf --mount-proc --kill-child sh life
  : > inside/down
  run timeout 60 unshare -pf --mount-proc --kill-child sh life
  is 'another life of it: begun anew' "$(cat out)" 'false false'
else
  skip 'a container' 'needs a PID namespace'
fi

# the status is lost, or is of another one
for bad in '' 'no status, but it has 35 bytes......' "$(printf '%035d' 0)"
do
  retry 5 one_copy b
  run=$(run_of b)
  dies b
  printf %s "$bad" > b/supervise/status
  again b
  is "a status of '$bad': the service is taken back" "$(status_of b)" "$run 0 4"
done
is 'and not started twice' "$(copies b)" 1
letters b d
retry 5 down_is b 65280
letters b x
retry 5 ended b

# stale, foreign, garbage: nobody is taken, nobody is killed
start bystander sleep 1000
bystander=$(pid_of bystander)
start=$(started "$bystander")
other=$(printf %s "$boot" | tr 0-9a-f 1-9a-f0)
: > b/down
row()
{
  supervise b
  is "$1: nobody is taken" "$(status_of b)" '0 0 9'
  letters b kKtdpc
  letters b u
  ok "$1: run is started" retry 5 has b 4
  letters b d
  retry 5 down_is b 15 || fail "$1: does not end"
  letters b x
  retry 5 ended b || fail "$1: does not leave"
  rm -rf b/supervise/child
}
write() { printf '%s\n' "$1" > b/supervise/child ; }
write "$bystander $start $other" ; row 'another boot'
write "$bystander $((start - 1)) $boot" ; row 'another start'
write "$bystander 0$start $boot" ; row 'another way to write it'
write "$bystander $start" ; row 'no boot'
write "$bystander $start $boot no" ; row 'a word that is none'
write "$bystander $start ${boot%?}" ; row 'a boot that is cut'
write "$bystander $start ${boot}0" ; row 'one that is too long'
write "$bystander  $start $boot" ; row 'two blanks'
write " $bystander $start $boot" ; row 'a blank before'
write "-$bystander $start $boot" ; row 'a negative number'
write "0 $start $boot" ; row '0'
write "-1 $start $boot" ; row '-1'
write "$((bystander + 4294967296)) $start $boot" ; row '2^32 more'
write "99999999999999999999999999 $start $boot" ; row 'more than there can be'
write "x $start $boot" ; row 'no number'
write '' ; row 'an empty line'
: > b/supervise/child ; row 'nothing'
head -c 4096 /dev/urandom > b/supervise/child ; row 'random bytes'
head -c 1048576 /dev/zero | tr '\0' 1 > b/supervise/child ; row '1 MiB of digits'
mkdir b/supervise/child ; row 'a directory'
mkfifo b/supervise/child ; row 'a fifo'
ln -s child b/supervise/child ; row 'a link to itself'
start zombies sh -c 'true & echo "$!" ; exec sleep 1000'
ready zombies
zombie=$(cat zombies.out)
is_zombie() { case $(sed 's/^.*) //' "/proc/$zombie/stat") in Z*) return 0 ;; esac ; return 1 ; }
retry 5 is_zombie
write "$zombie $(started "$zombie") $boot" ; row 'a zombie'
not_ok 'the bystander lives' tap_gone "$bystander"

# with a name that has everything in it
ln -s "$(command -v sleep)" "b/) Z 1 2 (x"
service c 'exec "../b/) Z 1 2 (x" 1000'
supervise c
retry 5 has c 4
named() { grep -q '^) Z 1' "/proc/$(run_of c)/comm" ; }
retry 5 named
run=$(run_of c)
dies c
again c
is 'a process with an odd name is taken back' "$(status_of c)" "$run 0 4"
letters c dx
ok 'and ends' retry 5 ended c

# what cannot be written: told, and the service runs
service d
mkdir -p d/supervise/child.new
listen d
supervise d
ok 'supervise/child cannot be written: the service runs' retry 5 hears d su
like 'with a warning' "$(cat d.err)" 'warning: unable to write supervise/child: Is a directory'
letters d r
told_once() { retry 5 hears d sudDu && test "$(grep -c 'unable to write supervise/child' d.err)" -eq 1 ; }
ok 'told once' told_once

# when it was to start again is of no meaning when it is not to
service w 'exit 7'
echo 60000 > w/max-restart-delay
supervise w
ok 'it is told when it starts again' retry 10 test -e w/supervise/next-start
dies w
: > w/down
again w
is 'but not of who was killed' "$(s6-svstat -o up,nextstart w)" 'false -1'
done_testing
