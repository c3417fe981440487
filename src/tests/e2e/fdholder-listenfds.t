#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2046,SC2086 # words, and for inner shells
# s6-fdholder-listenfds: what it retrieves is there from 3 on, in the order given, with names; or the program does not run.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -v 2 -n 1100 -i rules
for word in one two three four
do
  echo $word > $word.f
done
s6-fdholder-store s unix:b < two.f
s6-fdholder-store s unix:a < one.f
s6-fdholder-store s tcp:80 < three.f
s6-fdholder-store s 'odd:*\ "' < four.f

show='for f in 3 4 5 6 ; do if test -e /proc/$$/fd/$f ; then read -r word < /proc/$$/fd/$f ; echo "$f $word" ; fi ; done'
told='env | grep -aE "^(LISTEN_FD|EINHORN|NGINX|SERVER_S)" | sort ; test "$LISTEN_PID" = $$ && echo mine'
lines() { cat "$@" | tr '\n' ' ' ; }
waiting() { test "$(grep -c 'retrieve (wait begun)' holder.err)" -eq "$1" ; }

run s6-fdholder-listenfds -i tcp:80 -i unix:b -n web -i unix:a s sh -c "$show ; $told ; cat" < four.f
is 'in the order given, with names; stdin stays' "$(lines out)" \
  '3 three 4 two 5 one LISTEN_FDNAMES=tcp_80:web:unix_a LISTEN_FDS=3 mine four '
run s6-fdholder-listenfds -i 'unix:?' -i tcp:80 -i '[!tu]*' -n a -i tcp:80 s sh -c "$show ; $told"
is 'globs, in the order of the ids; the same id twice' "$(lines out)" \
  '3 one 4 two 5 three 6 four LISTEN_FDNAMES=unix_a:unix_b:tcp_80:a:tcp_80 LISTEN_FDS=5 mine '
s6-fdholder-store s 'v6:[::]:80' < one.f
s6-fdholder-store s 'v6:::80' < two.f
run s6-fdholder-listenfds -i 'v6:[::]:80' s sh -c "$show"
is 'an address of IPv6 is itself, besides what it is as a pattern' "$(lines out err)" '3 two 4 one '
s6-fdholder-delete s 'v6:::80'
run s6-fdholder-listenfds -i 'v6:[::]:80' s sh -c "$show ; $told"
is 'and by itself' "$(lines out err)" '3 one LISTEN_FDNAMES=v6_[__]_80 LISTEN_FDS=1 mine '
run s6-fdholder-listenfds -i 'odd*' s sh -c "$told"
is 'an odd id makes a name' "$(lines out)" 'LISTEN_FDNAMES=odd_*_ " LISTEN_FDS=1 mine '
run env LISTEN_FDS=1 LISTEN_PID=1 s6-fdholder-listenfds -e einhorn -i tcp:80 -i unix:a s sh -c "$told"
is 'another dialect' "$(lines out)" 'EINHORN_FD_0=3 EINHORN_FD_1=4 EINHORN_FD_COUNT=2 '

start waiter s6-fdholder-listenfds -w -t 0 -i later -i 'unix:*' s sh -c "$show"
ok '-w waits' retry 20 waiting 1
s6-fdholder-store s unix:c < four.f
s6-fdholder-store s later < two.f
ok 'until it is there' retry 20 ended waiter
is 'a glob has what is there by then' "$(lines waiter.out)" '3 two 4 one 5 two 6 four '

# vanishing NAME DELETED...: these are deleted when it has been sent the list, and has not read it
vanishing()
{
  name=$1
  shift
  start "$name" strace -D -qq -o "$name.calls" -e trace=sendmsg -e inject=sendmsg:signal=STOP:when=2 s6-fdholder-listenfds -i 'gone:*' s sh -c "$show"
  retry 20 grep -q "pid $(pid_of "$name"): list: done" holder.err
  for id ; do s6-fdholder-delete s "$id" ; done
  kill -s CONT "$(pid_of "$name")"
  retry 20 ended "$name"
}
if test -z "$SANITIZED" && strace -D -o /dev/null true 2>/dev/null
then
  s6-fdholder-store s gone:a < one.f
  s6-fdholder-store s gone:b < two.f
  vanishing one gone:a
  is 'what is gone before it is retrieved does not match a pattern' "$(lines one.out one.err)" '3 two '
  vanishing all gone:b
  is 'nothing is left: that is said' "$(lines all.out all.err)" 's6-fdholder-listenfds: fatal: no identifier matches gone:* '
else
  skip 'what is gone before it is retrieved does not match a pattern' 'needs strace, and no sanitizers'
  skip 'nothing is left: that is said' 'likewise'
fi

n=0
while test $n -lt 1000
do
  echo "S6_FD_$n=3"
  echo "S6_FDID_$n=many:$n"
  n=$((n + 1))
done > many
run env 'S6_FD#=1000' $(cat many) s6-fdholder-setdump s 3< one.f
is 'a thousand are stored' $status 0
run s6-fdholder-listenfds -i 'many:*' s sh -c 'echo $LISTEN_FDS ; cd /proc/$$/fd ; test -e 1002 && echo all ; test -e 1003 || echo "no more"' 
is 'and passed' "$(lines out)" '1000 all no more '
run sh -c 'exec s6-fdholder-listenfds -i unix:a s sh -c "test ! -e /proc/\$\$/fd/0 && test ! -e /proc/\$\$/fd/2 && test ! -e /proc/\$\$/fd/4" <&- 2>&- 4>&-'
is 'closed standard descriptors stay closed, and there is no other' $status 0
signals='grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status'
is 'H41: signals are as they were' "$(s6-fdholder-listenfds -i unix:a s $signals)" "$($signals)"

# calls ARGUMENTS...: how many system calls it makes until it executes another program
calls() { strace -o trace s6-fdholder-listenfds "$@" s true && awk '/^execve/ && n++ { exit } { calls++ } END { print calls }' trace ; }
if test -z "$SANITIZED" && command -v strace >/dev/null
then
  one=$(calls -i unix:a)
  eleven=$(calls -i unix:a $(printf -- '-i unix:b %.0s' 1 2 3 4 5 6 7 8 9 10))
  most 'a further id costs six calls, and one for memory' "$((eleven - one))" 70
  least 'and is asked for' "$((eleven - one))" 30
else
  skip 'a further id costs six calls, and one for memory' 'needs strace, and no sanitizers'
fi

name=$(printf '%0256d' 1)
while IFS='|' read -r name code arguments
do
  exits "$name: $code" $code s6-fdholder-listenfds $arguments touch ran
done << END
no such id|1|-i unix:a -i none s
one, waited for|1|-w -t 300 -i unix:a -i none s
no id matches|1|-i unix:a -i none* s
no id at all|100|s
a name before an id|100|-n a -i unix:a s
two names for one|100|-i unix:a -n a -n b s
a name with a colon|100|-i unix:a -n a:b s
256 bytes|100|-i $name s
another dialect|100|-e perl -i unix:a s
no time|100|-t x -i unix:a s
nobody there|111|-i unix:a nothing
no address|111|-e server-starter -i unix:a s
END
like 'what fails is named' "$(s6-fdholder-listenfds -i 'none*' s true 2>&1)" 'no identifier matches none\*$'
exits 'an empty id' 100 s6-fdholder-listenfds -i '' s touch ran
exits 'no program' 100 s6-fdholder-listenfds -i unix:a s
exits 'one that is not there' 127 s6-fdholder-listenfds -i unix:a s ./nothing
exits 'an id and no right to it' 1 sh -c 'rm rules/uid/default/env/S6_FDHOLDER_RETRIEVE_REGEX ; exec s6-fdholder-listenfds -i unix:a s touch ran'
exits 'a glob and no right to list' 1 sh -c 'rm rules/uid/default/env/S6_FDHOLDER_LIST ; exec s6-fdholder-listenfds -i "unix:*" s touch ran'
not_ok 'no program ran then' test -e ran

if test -x "$PEER_S6/usr/bin/s6-fdholderd"
then
  allow_all rules
  start theirs peer s6-ipcserver-socketbinder -- t peer s6-fdholderd -1 -i rules
  ready theirs
  s6-fdholder-store t unix:b < two.f
  s6-fdholder-store t unix:a < one.f
  run s6-fdholder-listenfds -w -i 'unix:*' -i unix:b t sh -c "$show ; $told"
  is 'from a holder of s6' "$(lines out)" '3 one 4 two 5 two LISTEN_FDNAMES=unix_a:unix_b:unix_b LISTEN_FDS=3 mine '
else
  skip 'from a holder of s6' 'needs tools/fetch-peer'
fi
done_testing
