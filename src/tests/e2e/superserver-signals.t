#!/bin/sh
# ISC license.
# Signals of s6-ipcserverd and s6-tcpserverd, each with children running.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# The children note in a file what became of them.
cat > child <<'END'
#!/bin/sh
trap 'echo TERM >> "$1" ; exit 3' TERM
echo $$ >> "$1.pids"
while : ; do sleep 0.05 ; done
END
chmod 755 child
logged() { grep -Eq -e "$2" "$1.err" ; }
children() { test "$(wc -l < "$1.log.pids")" -eq "$2" ; }
gone()
{
  while read -r pid
  do
    if kill -0 "$pid" 2>/dev/null ; then return 1 ; fi
  done < "$1.log.pids"
}

# begin NAME: a server with two children
begin()
{
  : > "$1.log"
  : > "$1.log.pids"
  case $1 in
    ipc*) start "$1" s6-ipcserver -v -1 "$1.s" ./child "$1.log" ; ready "$1" ; set -- "$1" s6-ipcclient "$1.s" ;;
    *) start "$1" s6-tcpserver -v -1 127.0.0.1 0 ./child "$1.log" ; ready "$1" ; set -- "$1" s6-tcpclient -Hl0 127.0.0.1 "$(cat "$1.out")" ;;
  esac
  name=$1
  shift
  start "$name-1" "$@" sleep 60
  start "$name-2" "$@" sleep 60
  retry 10 children "$name" 2 || diag "no children of $name"
}

for face in ipc tcp
do
  program=s6-${face}serverd
  case $face in
    ipc) end='end pid [0-9]+ uid [0-9]+ exitcode 3$' terminating='SIGTERM\+SIGCONT' ;;
    *) end='end pid [0-9]+ exitcode 3 count [01]/40$' terminating='SIGTERM and SIGCONT' ;;
  esac
  begin ${face}term
  stop ${face}term TERM
  is "$program SIGTERM: exit 0" "$status" 0
  is 'the children go on' "$(cat ${face}term.log)" ''
  not_ok 'they are there' gone ${face}term
  # shellcheck disable=SC2046 # numbers
  kill -s KILL $(cat ${face}term.log.pids)

  begin ${face}hup
  kill -s STOP "$(head -n 1 ${face}hup.log.pids)"
  kill -s HUP "$(pid_of ${face}hup)"
  ok "$program SIGHUP: the children get SIGTERM, and SIGCONT" retry 10 gone ${face}hup
  is 'both' "$(cat ${face}hup.log)" 'TERM
TERM'
  not_ok 'the server goes on' ended ${face}hup
  ok 'and says how they ended' retry 5 logged ${face}hup "$end"
  ok 'and what it sends' logged ${face}hup ": info: received SIGHUP, sending $terminating to all connections\$"
  case $face in
    ipc) start ${face}hup-3 s6-ipcclient ipchup.s sleep 60 ;;
    *) start ${face}hup-3 s6-tcpclient -Hl0 127.0.0.1 "$(cat tcphup.out)" sleep 60 ;;
  esac
  ok 'and serves' retry 10 children ${face}hup 3
  stop ${face}hup QUIT
  is "$program SIGQUIT: exit 0" "$status" 0
  ok 'the children get SIGTERM' retry 10 gone ${face}hup
  is 'all of them' "$(grep -c TERM ${face}hup.log)" 3

  begin ${face}abrt
  stop ${face}abrt ABRT
  is "$program SIGABRT: exit 0" "$status" 0
  ok 'the children are gone' retry 10 gone ${face}abrt
  is 'killed, not asked' "$(cat ${face}abrt.log)" ''
  like 'the log says which signal' "$(cat ${face}abrt.err)" 'received SIGABRT, sending SIGKILL to all connections and quitting'

  # A signal waits when the server starts, and so do clients: the signal goes first. (dash would unblock it.)
  # shellcheck disable=SC2016 # for the inner shell
  case $face in
    ipc) set -- s6-ipcserver-socketbinder queue.s ; ask='s6-ipcclient queue.s' ;;
    *) set -- s6-tcpserver-socketbinder -1 127.0.0.1 0 ; ask='s6-tcpclient -Hl0 127.0.0.1 $(cat out)' ;;
  esac
  if env --block-signal=TERM bash -c true 2>/dev/null
  then
    # shellcheck disable=SC2016 # likewise
    exits "$program obeys a signal before it serves who waits" 0 "$@" env --block-signal=TERM \
      bash -c 'for i in 1 2 3 ; do eval "$1 true" || exit 99 ; done ; kill -s TERM $$ ; exec "$2" -v2 touch served' queue "$ask" "$program"
    not_ok 'nobody is served then' test -e served
    unlike 'nor logged' "$(cat err)" ' (allow|accept) '
  else
    skip "$program obeys a signal before it serves who waits" 'no bash, or no env --block-signal'
  fi

  begin ${face}kill
  kill -s KILL "$(head -n 1 ${face}kill.log.pids)"
  ok "$program: a child that is killed" retry 5 logged ${face}kill 'end pid [0-9]+ (uid [0-9]+ signal 9|signal 9 count [01]/40)$'
  stop ${face}kill QUIT
done
done_testing
