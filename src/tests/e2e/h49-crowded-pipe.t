#!/bin/sh
# ISC license.
# H49, H40: the pipe of a catch-all logger has other writers, who take the room that poll(2)
# saw, and its reader is stuck. Both daemons serve on, by each way that there is of not
# waiting, and tell later how many lines were lost; s6-ioconnect goes on in its other
# direction.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "${SANITIZED-}" || skip_all 'sanitized programs take no shim'
shim=$BUILD/src/tests/bin/preload-crowded.so
test -e "$shim" || skip_all 'no preload-crowded.so'

mkfifo log
exec 8<>log

# the other writer: there is no room left
fill() { dd if=/dev/zero of=log bs=4096 oflag=nonblock 2>/dev/null ; dd if=/dev/zero of=log bs=1 oflag=nonblock 2>/dev/null ; }

# what is in the pipe, and what the others wrote is left out
drain() { timeout 2 dd of=log.read bs=65536 iflag=nonblock <&8 2>/dev/null ; tr -d '\0' < log.read ; }

# the next line that finds room tells of those that were dropped
told() # CLIENT...
{
  "$@"
  drain >> all
  grep -Eq "^$daemon: warning: log was full: [0-9]+ lines were dropped\$" all
}

# check NAME CLIENT...: NAME is the one that was started
check()
{
  checked=$1
  shift
  ok "$checked: served while others keep the log full" timeout 20 "$@"
  ok "$checked: and again" timeout 20 "$@"
  drain > all
  is "$checked: not one line found room" "$(cat all)" ''
  ok "$checked: how many were lost is told" retry 10 told timeout 20 "$@"
  unlike "$checked: no line is cut" "$(grep -v "^$daemon: [a-z]*: " all)" .
  fill
  stop "$checked"
  is "$checked: ends properly while the log is full" "$status" 0
  drain > all
}

allow_all rules
for refused in '' flag 'flag own' 'flag splice'
do
  name=${refused:-none}
  fill
  # shellcheck disable=SC2016 # for the inner shell
  start "refused: $name, holder" sh -c 'exec "$@" 2>log' sh s6-ipcserver-socketbinder s \
    env LD_PRELOAD="$shim" REFUSE="$refused" s6-fdholderd -1 -v 2 -i rules
  ready "refused: $name, holder"
  daemon=s6-fdholderd
  check "refused: $name, holder" s6-fdholder-list s
  rm -f s
  fill
  # shellcheck disable=SC2016 # for the inner shell
  start "refused: $name, server" sh -c 'exec "$@" 2>log' sh s6-ipcserver-socketbinder i \
    env LD_PRELOAD="$shim" REFUSE="$refused" s6-ipcserverd -1 -v 2 env -u LD_PRELOAD true
  ready "refused: $name, server"
  daemon=s6-ipcserverd
  check "refused: $name, server" s6-ipcclient i sh -c 'cat <&6'
  rm -f i
done

# What comes from the network finds no room in stdout, what goes there passes all the same.
# shellcheck disable=SC2016 # for the inner shell
start answers s6-ipcserver -1 a sh -c 'while read -r line ; do echo answer ; echo "$line" >> got ; done'
ready answers
mkfifo in
exec 7<>in
fill
# shellcheck disable=SC2016 # for the inner shell
start connected s6-ipcclient a sh -c 'exec env LD_PRELOAD="$1" s6-ioconnect < in > log' sh "$shim" 7>&- 8>&-
for i in 1 2 3 4 5 6
do
  echo "line $i" >&7
  ok "s6-ioconnect: what is said goes out, $i" retry 5 grep -qx "line $i" got
done
answers() { drain >> answers.read ; test "$(grep -cx answer answers.read)" -eq 6 ; }
ok 's6-ioconnect: all answers come when there is room' retry 10 answers
done_testing
