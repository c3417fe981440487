#!/bin/sh
# ISC license.
# s6-svscan as process 1: orphans, programs for signals, what -X and the catch-all logger get, finish,
# crash; and -X elsewhere.
# timeout: 120
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"

holds() { grep -q "$1" "$2" 2>/dev/null ; }

# -X, and the catch-all logger: its fifo is everybody's stdout and stderr, svscan's among them

rm -rf d
mkdir d
service d/talker 'echo from-talker >&2' 'exec sleep 1000'
service d/s6-svscan-log 'exec 0< fifo' 'echo from-logger >&2' 'exec cat > lines'
mkfifo d/s6-svscan-log/fifo
mkdir d/.s6-svscan
script d/.s6-svscan/finish 'echo finish' 'echo finish-error >&2'
start s sh -c 'exec 3<> d/s6-svscan-log/fifo 4> console ; exec s6-svscan -X 4 d > d/s6-svscan-log/fifo 2>&1 3<&-'
ok 'what services say is with the catch-all logger' retry 5 holds from-talker d/s6-svscan-log/lines
ok 'what that one says is where -X says' retry 5 holds from-logger console
has_console() { for n in "/proc/$1/fd"/* ; do readlink "$n" ; done | grep -q -x -F "$WORK/console" ; }
not_ok 'no other supervisor has it' has_console "$(supervisor s talker)"
is 'the supervisor of the logger has it as stderr' "$(readlink "/proc/$(supervisor s s6-svscan-log)/fd/2")" "$WORK/console"
ln -s nowhere d/dangling
order a d
ok 'what svscan says is with the logger' retry 5 holds dangling d/s6-svscan-log/lines
order t d
ok 'the logger sees the end of its fifo, and all ends' retry 10 ended s
ok 'finish says what it has to where -X says' retry 5 holds finish-error console
is 'on stdout, too' "$(grep -c -x finish console)" 1

rm d/dangling d/s6-svscan-log/lines
start s sh -c 'exec 3<> d/s6-svscan-log/fifo ; exec s6-svscan d > d/s6-svscan-log/fifo 2>&1 3<&-'
retry 5 holds from-talker d/s6-svscan-log/lines
order q d  # the supervisor of the logger has its fifo open, too: it would never see the end
ok 'without -X' retry 10 ended s
unlike 'where nobody hears finish' "$(cat d/s6-svscan-log/lines)" finish

# process 1

if unshare -pf --mount-proc true 2>/dev/null
then
  rm -rf d
  mkdir -p d/.s6-svscan
  service d/a 'exec sleep 1000'
  service d/orphans 'if test -e ../../over ; then exec sleep 1000 ; fi' 'i=0' 'while test "$i" -lt 200 ; do (sleep 0.01 & sleep 0.01 &) ; i=$((i + 1)) ; done' ': > ../../over' 'exec sleep 1000'
  for signal in USR1 USR2 PWR WINCH QUIT ; do script "d/.s6-svscan/SIG$signal" "echo $signal >> '$WORK/handled'" ; done
  script d/.s6-svscan/finish "echo \"finish \$\$\" > '$WORK/finished'" 'exit 9'
  start init sh -c 'exec 3>&1 ; exec unshare -pf --mount-proc s6-svscan -d 3 d'
  ok 'as process 1 it is ready' ready init
  init=$(cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) .*) /\1 /' | awk -v parent="$(pid_of init)" '$3 == parent { print $1 }')
  ok 'services are up' retry 10 sh -c 'test -e over'
  zombies() { cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) .*) /\1 /' | awk -v parent="$init" '$3 == parent && $2 == "Z" { n++ } END { exit n > 0 }' ; }
  retry 10 sh -c 'test "$(pgrep -c -P "$1")" -eq 2' sh "$init"
  ok 'orphans are reaped' retry 5 zombies
  for signal in USR1 USR2 PWR WINCH QUIT
  do
    kill -s "$signal" "$init"
    ok "SIG$signal" retry 5 holds "$signal" handled
  done
  is 'each once' "$(sort handled | uniq -c | awk '{ print $1 $2 }' | tr '\n' ' ')" '1PWR 1QUIT 1USR1 1USR2 1WINCH '
  kill -s HUP "$init"
  ok 'HUP ends nothing that is there' remains 0.3 running init
  kill -s TERM "$init"
  ok 'TERM ends it' retry 10 ended init
  is 'by finish, as process 1' "$(cat finished)" 'finish 1'
  stop init
  is 'with its exit code' "$status" 9
  rm d/.s6-svscan/SIG*
  rm finished
  start init sh -c 'exec 3>&1 ; exec unshare -pf --mount-proc s6-svscan -d 3 d'
  ready init
  order b d
  ok 'b ends it at once' retry 10 ended init
  is 'by finish' "$(cat finished)" 'finish 1'
  retry 10 ended init
  rm finished
  chmod 644 d/.s6-svscan/finish
  script d/.s6-svscan/crash "echo \"crash \$\$\" > '$WORK/finished'" 'echo "on the console"' 'exit 8'
  start init sh -c 'exec 3>&1 4> console ; exec unshare -pf --mount-proc s6-svscan -d 3 -X 4 d'
  ready init
  order t d
  ok 'finish that cannot be executed' retry 10 ended init
  is 'crash takes its place, as process 1' "$(cat finished)" 'crash 1'
  ok 'on what -X says' holds 'on the console' console
  stop init
  is 'with its exit code' "$status" 8
else
  skip 'as process 1' 'unshare -p is not permitted'
fi
done_testing
