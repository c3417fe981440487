#!/bin/sh
# ISC license.
# s6-fdholder-daemon -k and s6-fdholderd -k: how they start, who is let be a keeper, what is left
# alone, how they end; and what a pair of holders that copy from each other loses, in each of its
# four ways, which they do not.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -z "$DAEMON_WRAPPER" || skip_all 'the worker and the keeper are told apart by their command lines'

allow_all rules
echo one > one
echo two > two

# worker: the process id of the worker that lives here
worker()
{
  for worker_dir in /proc/[0-9]*
  do
    test "$(readlink "$worker_dir/cwd" 2>/dev/null)" = "$WORK" || continue
    tr '\0' ' ' < "$worker_dir/cmdline" 2>/dev/null | grep -q 's6-fdholderd -R [0-9]* -W' || continue
    worker_parent=$(sed -n 's/^PPid:[^0-9]*//p' "$worker_dir/status" 2>/dev/null)
    if tr '\0' ' ' < "/proc/$worker_parent/cmdline" 2>/dev/null | grep -q ' -W ' ; then continue ; fi
    echo "${worker_dir#/proc/}"
    return 0
  done
  return 1
}

none() { ! worker > /dev/null ; }

# keeper NAME [OPTIONS]: as a supervisor starts it
keeper()
{
  keeper_name=$1
  shift
  start "$keeper_name" s6-fdholder-daemon -1 -k -i rules "$@" s
  ready "$keeper_name"
}

kill_worker()
{
  kill_worker_pid=$(worker)
  kill -s KILL "$kill_worker_pid"
  retry 10 other_worker "$kill_worker_pid"
}

other_worker() { other_worker_pid=$(worker) && test "$other_worker_pid" != "$1" ; }

kill_keeper()
{
  kill -s KILL "$(pid_of "$1")"
  retry 10 tap_gone "$(pid_of "$1")"
}

# opened anew, for it has an offset
held() { s6-fdholder-retrieve s "$1" cat /dev/fd/0 2>&1 ; }
value() { s6-fdholder-stat s | sed -n "s/^$1	//p" ; }

# starting and ending

keeper first
is 'status names the keeper' "$(value keeper)" "$(pid_of first)"
exits 'it holds' 0 s6-fdholder-store s x < one
exits 'another one is refused' 111 s6-fdholder-daemon -k -i rules s
is 'and says why' "$(cat err)" 's6-fdholder-daemon: fatal: the holder at s has a keeper already'
is 'the path was left alone' "$(held x)" one
stop first
is 'SIGTERM ends it' "$status" 0
ok 'with its worker' none

start early sh -c 'exec s6-ipcserver-socketbinder s s6-fdholderd -1 -k -i rules'
ready early
exits 's6-fdholderd -k on a socket that listens begins likewise' 0 s6-fdholder-store s x < one
kill_worker
is 'and goes on' "$(held x)" one
stop early
is 'until SIGTERM' "$status" 0

: > file
exits 'at a path that is a file' 111 s6-fdholder-daemon -k -i rules file
ok 'nothing is unlinked' test -f file
mkdir directory
exits 'at a directory' 111 s6-fdholder-daemon -k -i rules directory
ok 'nor there' test -d directory
start other s6-ipcserver -1 other true
ready other
exits 'at the socket of another server' 111 s6-fdholder-daemon -k -i rules other
like 'it says so' "$(cat err)" 'what serves other is no holder that can be kept|unable to look'
ok 'which stays where it is' test -S other
stop other
rm -f s
exits 'a worker that cannot begin: its exit code' 100 s6-fdholder-daemon -k s
like 'and its words' "$(cat err)" 's6-fdholderd: fatal: no access rights'
exits 'nor with a file of rules that is none' 111 s6-fdholder-daemon -k -x one s
like 'its words' "$(cat err)" 's6-fdholderd: fatal: unable to .*one'
ok 'no worker is left' none
exits 'no room to hold anything' 111 sh -c 'ulimit -n 50 ; exec s6-fdholder-daemon -k -v 0 -c 16 -n 100 -i rules s'

# a holder that nobody keeps can be given a keeper

start_holder plain s -i rules
is 'nobody keeps it' "$(value keeper)" off
s6-fdholder-store s x < one
keeper late
is 'now somebody does' "$(value keeper)" "$(pid_of late)"
kill -s KILL "$(pid_of plain)"
retry 10 tap_gone "$(pid_of plain)"
ok 'and starts another one when it is killed' retry 10 worker
is 'with what it held' "$(held x)" one
stop late

# an upgrade is of both

keeper old -v 2
s6-fdholder-store s x < one
old_worker=$(worker)
kill -s USR1 "$(pid_of old)"
upgraded() { test "$(grep -c 'executed itself, and goes on' old.err)" -eq 2 ; }
ok 'SIGUSR1: both execute themselves' retry 10 upgraded
is 'the keeper is the same process' "$(value keeper)" "$(pid_of old)"
is 'and so is the worker' "$(worker)" "$old_worker"
is 'it counts' "$(value upgrades)" 1
kill_worker
is 'what is held is kept' "$(held x)" one
mkdir moved
mv rules moved/
kill -s USR1 "$(pid_of old)"
ok 'rules that are gone for a moment are no reason not to' retry 10 grep -q 'until there is one' old.err
mv moved/rules rules
stop old

# whose it is, and how many he may have, is known to the next worker

keeper quota
s6-fdholder-store s q < one
echo 1 > rules/uid/default/env/S6_FDHOLDER_MAXFDS
kill_worker
exits 'a quota counts what was stored before a worker died' 1 s6-fdholder-store s more < one
like 'and says so' "$(cat err)" 'Disk quota exceeded'
rm rules/uid/default/env/S6_FDHOLDER_MAXFDS
like 'who has stored it, and when, is told' "$(s6-fdholder-list -o id,uid,pid,age s)" "^q	$(id -u)	[0-9]+	[0-9.]+\$"
stop quota

# what a pair loses

keeper a
s6-fdholder-store s x < one
kill_worker
is 'what was stored is there when the worker is killed' "$(held x)" one
kill_keeper a
is 'or the keeper' "$(held x)" one
s6-fdholder-store s y < two
keeper b
kill_worker
is 'or, after another one has begun, the worker' "$(held x) $(held y)" 'one two'
s6-fdholder-delete s x
kill_worker
exits 'what was deleted does not come back when the worker is killed' 1 s6-fdholder-retrieve s x true
like 'it is not there' "$(cat err)" 'No such file'
kill_keeper b
s6-fdholder-delete s y
keeper c
kill_worker
is 'nor when both are, one after the other' "$(s6-fdholder-list s)" ''
s6-fdholder-store s z < one
kill_keeper c
s6-fdholder-store -r s z < two
start d s6-fdholder-daemon -1 -k -i rules s
s6-fdholder-store -r s z < one
s6-fdholder-store -r s z < two
ready d
kill_worker
is 'what is replaced while a keeper begins is not overwritten by what was before' "$(held z)" two
# asks all the time, while worker and keeper die
: > asked
start asker sh -c 'while s6-fdholder-retrieve s z cat /dev/fd/0 > answer 2> problem || { grep -q "went away\|Broken pipe\|ended the connection" problem && ! grep -q "No such file" problem ; } ; do echo >> asked ; done ; cat problem >&2 ; exit 1'
for round in 1 2 3 4 5
do
  kill_worker
  kill_keeper d
  keeper d
  retry 5 test -s asked
  test "$round" -lt 5 || diag "killed $round times each"
done
running_asker() { ! ended asker ; }
ok 'a service that asks meanwhile never hears that there is nothing' running_asker
diag "it has asked $(wc -l < asked) times"
stop asker
stop d
is 'all ends' "$status" 0
ok 'the worker too' none
done_testing
