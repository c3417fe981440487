#!/bin/sh
# ISC license.
# SIGUSR1 to a holder that s6-fdholder-daemon has started: the program was found on the PATH,
# behind a binder and with options, and another one under its path is what it becomes.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$DAEMON_WRAPPER" || skip_all 'a wrapper is executed in the place of the program'

# put: the program, as a file of its own, so that the old one stays as it is
put()
{
  cp "$BUILD/s6-fdholderd" new && mv new bin/s6-fdholderd
}

# said TIMES ERE: waits until the holder has written so many lines that match
said()
{
  retry 20 said_now "$1" "$2"
}
said_now()
{
  test "$(grep -cE "$2" holder.err)" -ge "$1"
}

mkdir bin
put
PATH=$WORK/bin:$PATH
allow_all rules
echo kept > file
start holder s6-fdholder-daemon -v 2 -1 -i rules s
ready holder
pid=$(pid_of holder)
exits 'something is stored' 0 s6-fdholder-store -d 5 s one 5< file
exits 'and something for a time' 0 s6-fdholder-store -d 5 -T 60000 s two 5< file
exits 'and a socket' 0 s6-ipcserver-socketbinder -b 7 socket s6-fdholder-store s socket true
of_socket='s6-fdholder-list -o id,kind,queue,backlog s'
told=$($of_socket | grep ^socket)

# the directory of now is not in the environment of a service
put
kill -USR1 "$pid"
ok 'after SIGUSR1 it has executed itself' said 1 'executed itself, and goes on'
exits 'what was stored is there' 0 s6-fdholder-list s
is 'all of it' "$(cat out)" "one
socket
two"
is 'and is told of as before' "$($of_socket | grep ^socket)" "$told"
is 'and is the same' "$(s6-fdholder-retrieve -D s one sh -c 'cat <&0' < /dev/null)" kept
is 'it is what the directory has now' "$(readlink "/proc/$pid/exe")" "$WORK/bin/s6-fdholderd"
put
kill -USR1 "$pid"
ok 'and again' said 2 'executed itself, and goes on'
is 'its command line has the words of one upgrade' "$(tr '\0' '\n' < "/proc/$pid/cmdline" | grep -c -e '^-R$')" 1

rm bin/s6-fdholderd
kill -USR1 "$pid"
ok 'a program that is missing is refused' said 1 'warning: will not execute itself'
printf '#!/bin/sh\nexec s6-fdholder-list "$@"\n' > bin/s6-fdholderd
chmod 755 bin/s6-fdholderd
kill -USR1 "$pid"
ok 'and one that knows nothing of this' said 2 'warning: will not execute itself'
exits 'nothing has changed' 0 s6-fdholder-list s
is 'what is held is there' "$(cat out)" "socket
two"
stop holder
is 'it ends properly' "$status" 0

for words in '-R 0' '-R 17' '-R 17 -C' '-R x' '-C'
do
  # shellcheck disable=SC2086 # words
  not_ok "s6-fdholderd $words, and there is no state" s6-fdholderd $words -i rules
done
done_testing
