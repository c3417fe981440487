#!/bin/sh
# ISC license.
# H36: with -e a live socket's path is left alone.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

binder=s6-ipcserver-socketbinder

for type in -M -m -S
do
  start "live$type" $binder $type "live$type" sleep 60
  ok "there is a live socket: $type" retry 5 test -S "live$type"
  inode=$(stat -c %i "live$type")
  for new in -M -m -S
  do
    exits "-e $new over a live $type" 111 $binder -e $new "live$type" true
    like 'says why' "$(cat err)" 'a process still holds the socket there\): Address already in use'
    is 'the path is as it was' "$(stat -c %i "live$type")" "$inode"
  done
done
start bound $binder -b 0 bound sleep 60
retry 5 test -S bound
exits 'a socket that is bound and does not listen is live too' 111 $binder -e bound true
start full $binder -b 0 full sh -c 'sleep 60'
$binder dead true
exits '-e over a dead socket' 0 $binder -e dead true
exits '-e where nothing is' 0 $binder -e fresh true
exits 'without -e a live one is replaced' 0 $binder live-M true

# The server sees nothing of the question.
start asked s6-ipcserver -v -1 asked cat
ready asked
exits 'a server is asked' 111 $binder -e asked true
unlike 'and notices nothing' "$(cat asked.err)" 'allow'

exits 'an abstract name is exclusive anyway' 0 sh -c "$binder @s6-h36-$$ sh -c '! $binder @s6-h36-$$ true'"

# Many at once over one dead socket: one wins, the others leave it alone.
$binder race true
cat > one <<'END'
#!/bin/sh
s6-ipcserver-socketbinder -e race sh -c 'echo "$1" >> winners ; exec sleep 60' one "$1"
END
chmod 755 one
: > winners
for i in 1 2 3 4 5 6 7 8 9 10 11 12
do
  start "race$i" ./one "$i"
done
all_but_one() { test "$(for i in 1 2 3 4 5 6 7 8 9 10 11 12 ; do ended "race$i" && echo "$i" ; done | wc -l)" -eq 11 ; }
ok 'eleven of twelve give up' retry 15 all_but_one
is 'one has it' "$(wc -l < winners | tr -d ' ')" 1
exits 'and it is live' 111 $binder -e race true

# They take turns by the lock of the directory; one that is held for long is not waited for.
if command -v flock >/dev/null
then
  mkdir locked
  $binder locked/dead true
  moment=$(stat -c "%i %z" locked/dead)
  exec 7< locked
  flock 7
  start turn $binder -e locked/dead sleep 60 7<&-
  replaced() { test "$(stat -c "%i %z" locked/dead)" != "$moment" ; }
  left_alone() { ! replaced ; }
  at_the_lock() { readlink "/proc/$(pid_of turn)/fd/"* | grep -q '/locked$' ; }
  ok 'a binder comes to the lock' retry 5 at_the_lock
  ok 'and waits for another one' remains 0.1 left_alone
  exec 7<&-
  ok 'and then has its turn' retry 5 replaced
  stop turn
  exec 7< locked
  flock 7
  exits 'it does not wait for ever' 0 timeout 10 $binder -e locked/dead true 7<&-
  exec 7<&-
else
  skip 'the lock' 'no flock(1)'
fi
done_testing
