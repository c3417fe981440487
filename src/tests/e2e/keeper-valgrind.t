#!/bin/sh
# ISC license.
# A worker and a keeper under valgrind, through everything that executes: a worker that a
# keeper starts, an upgrade that makes the keeper one of valgrind's too, another one of both.
# No image has an error, or a descriptor that it does not know at the end. What the helpers
# do that close is not seen: valgrind knows no clone(CLONE_FILES), so that there are none
# (libdaemon/sharing.c), and descriptors are closed in the process itself.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
command -v valgrind > /dev/null || skip_all 'needs valgrind'
test -z "$SANITIZED" || skip_all 'valgrind and sanitizers do not go together'

said() { retry 60 said_now "$1" "$2" ; }
said_now() { test "$(grep -cE "$2" keeper.err)" -ge "$1" ; }

# upgrade N: for the N-th time. Under valgrind a busy machine may need more than the daemon's
# five seconds: that is said, and it is asked again
late='will not execute itself: the program did not answer within 5 seconds'
is_answered() { said_now "$1" 'info: executed itself' || said_now "$2" "$late" ; }
upgrade()
{
  keeper_did=$(grep -c 'keeper: executed itself' keeper.err)
  upgrade_chances=4
  while test "$upgrade_chances" -gt 0
  do
    upgrade_chances=$((upgrade_chances - 1))
    upgrade_late=$(grep -c "$late" keeper.err)
    kill -s USR1 "$(pid_of keeper)"
    retry 60 is_answered "$1" "$((upgrade_late + 1))"
    if said_now "$1" 'info: executed itself' ; then return ; fi
  done
}
held() { s6-fdholder-retrieve s "$1" cat /dev/fd/0 2>&1 ; }
# reports: how many processes of valgrind have begun one
reports() { find "$WORK/.reports" -name 'valgrind.*' | wc -l ; }

# worker: its process id
worker()
{
  read -r worker_children < "/proc/$(pid_of keeper)/task/$(pid_of keeper)/children"
  for worker_pid in $worker_children
  do
    if tr '\0' ' ' < "/proc/$worker_pid/cmdline" | grep -q ' -W ' ; then echo "$worker_pid" ; fi
  done
}

# open_of PID: what it has open, but reports, and the reserve of numbers that they are taken from
open_of()
{
  find "/proc/$1/fd" -type l -printf '%l\n' | grep -v -e '^/dev/null$' -e '/valgrind\.[0-9]*$' | sed 's/:\[[0-9]*\]$//' | sort
}

both_open()
{
  open_of "$(pid_of keeper)"
  open_of "$(worker)"
}

# operate N: what changes what is held
operate()
{
  exits "$1: a store" 0 s6-fdholder-store s "stored $1" < one
  exits "$1: a replace" 0 s6-fdholder-store -r s kept < two
  is "$1: it is there" "$(held kept)" two
  exits "$1: another one" 0 s6-fdholder-store -r s kept < one
  exits "$1: a taking" 0 s6-fdholder-retrieve -D s "stored $1" true
  exits "$1: of a socket" 0 s6-ipcserver-socketbinder socket s6-fdholder-store s socket true
  exits "$1: it is deleted" 0 s6-fdholder-delete s socket
  exits "$1: what expires" 0 s6-fdholder-store -T 20 s expires < one
  exits "$1: a dump" 0 s6-fdholder-getdump s s6-fdholder-setdump s true
  is "$1: all is as it was" "$(held kept)" one
}

allow_all rules
echo one > one
echo two > two
mkdir bin
cp "$BUILD/s6-fdholderd" bin/s6-fdholderd
cat > new <<END
#!/bin/sh
exec valgrind -q --trace-children=yes --track-fds=yes --log-file=$WORK/.reports/valgrind.%p "$BUILD/s6-fdholderd" "\$@"
END
chmod 755 new
PATH=$WORK/bin:$PATH
start keeper s6-fdholder-daemon -v 2 -1 -k -i rules s
ready keeper
exits 'something is held' 0 s6-fdholder-store s kept < one
exits 'and more' 0 s6-fdholder-store s more < two

mv new bin/s6-fdholderd
kill -s KILL "$(worker)"
ok 'the worker is killed' said 1 'keeper: the worker has ended by signal 9'
operate 'a worker of a keeper'
is 'it is one of valgrind' "$(reports)" 1

upgrade 1
ok 'the worker executes itself' said 1 'info: executed itself'
ok 'the keeper too' said "$((keeper_did + 1))" 'keeper: executed itself'
operate 'both executed'
# what a client has just left may take a moment
as_before() { both_open > after && cmp -s before after ; }
settles() { both_open > before ; remains 0.3 as_before ; }
retry 5 settles
upgrade 2
ok 'and once more' said 2 'info: executed itself'
ok 'both of them' said "$((keeper_did + 1))" 'keeper: executed itself'
operate 'both executed twice'
retry 5 as_before
is 'neither has the state open' "$(grep memfd after)" ''
is 'neither has a descriptor more, nor one less' "$(cat after)" "$(cat before)"
is 'nothing has failed' "$(grep -E 'warning|fatal' keeper.err | grep -vE "has ended by signal 9|$late")" ''
stop keeper
is 'SIGTERM ends all properly' "$status" 0
done_testing
