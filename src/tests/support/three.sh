# shellcheck shell=sh
# ISC license.
#
# The three services of doc/examples, as clients on a machine see them; sourced after
# machine.sh. SERVICE is echo, web or agent.
#
#   three_answer               whether all three answer (use it with retry)
#   three_unprivileged SERVICE a point: it is nobody's
#   three_demonstrate FOLDER N a point: the N-th block of its README brings a client, while
#                              echo is down, and that is answered
#   three_survive STOP START   for each of them: that; kill -9; then the command STOP there, a
#                              client that connects and waits, and START; SERVICE in them is its
#                              name
#   holder_survives            kill -9 of each process of the holder

# shellcheck disable=SC2016,SC2154 # for the shell there; from tap.sh
need /usr/bin/python3

three_asks='case $1 in
  web) exec s6-tcpclient 127.0.0.1 8080 sh -c "echo connected ; printf \"GET / HTTP/1.0\r\n\r\n\" >&7 ; tail -n 1 <&6" ;;
  *) exec s6-ipcclient "/run/$1" sh -c "echo connected ; echo hello >&7 ; head -n 1 <&6" ;;
esac'

three_is_answered() # SERVICE FILE
{
  case $1 in
    echo) sed 1d "$2" | grep -qx hello ;;
    web) sed 1d "$2" | grep -Eqx 'web: process [1-9][0-9]*' ;;
    agent) sed 1d "$2" | grep -Eqx 'agent [1-9][0-9]*: hello' ;;
  esac
}

three_ask() # SERVICE
{
  inside timeout 10 sh -c "$three_asks" ask "$1" > answer 2> /dev/null
  three_is_answered "$1" answer
}

three_answer()
{
  three_ask echo && three_ask web && three_ask agent
}

# for tests to define otherwise, where there is more than one
three_echo_server()
{
  inside pgrep -x s6-ipcserverd
}

# the process that serves: there, and as itself says it
three_server() # SERVICE
{
  case $1 in
    echo) three_echo_server ;;
    *) three_ask "$1" && sed 1d answer | tr -dc 0-9 ;;
  esac
}

three_other_serves() # SERVICE PID
{
  three_ask "$1" && test "$(three_server "$1")" -ne "$2"
}

three_inside() # LINE, with SERVICE for the one whose turn it is
{
  inside sh -c "$(echo "$1" | sed "s|SERVICE|$three|g")"
}

three_unprivileged() # SERVICE
{
  like "$1: its process has no privileges" "$(inside cat "/proc/$(three_server "$1")/status")" '^Uid:.65534.65534.65534.65534'
}

# the client goes on when the block has ended
three_demonstrate()
{
  machine_readme "$1" "$2" > demonstration 2>&1
  ok 'a client that comes while echo is down, as the README has it' retry 30 grep -qx hello demonstration
  test "$status" -eq 0 || sed 's/^/# /' demonstration
}

three_survive()
{
  test "$tap_failed" -eq 0 || return
  for three in echo web agent
  do
    three_unprivileged "$three"
    three_pid=$(three_server "$three")
    ok "$three: kill -9" inside kill -9 "$three_pid"
    ok "$three: another process serves" retry 30 three_other_serves "$three" "$three_pid"
    ok "$three: it is stopped" three_inside "$1"
    start_inside "client-$three" sh -c "$three_asks" ask "$three"
    ok "$three: a client connects" retry 20 grep -qx connected "client-$three.out"
    is "$three: and waits" "$(cat "client-$three.out")" connected
    ok "$three: it is started" three_inside "$2"
    ok "$three: that client is answered" retry 30 three_is_answered "$three" "client-$three.out"
  done
}

three_keeper()
{
  inside s6-fdholder-stat /run/fdholder | sed -n 's/^keeper	//p'
}

three_worker()
{
  inside pgrep -x s6-fdholderd | grep -vx "$(three_keeper)"
}

three_keeps_other() # PID
{
  test "$(three_keeper)" -gt 0 && test "$(three_keeper)" -ne "$1"
}

three_works_other() # PID
{
  test "$(three_worker)" -gt 0 && test "$(three_worker)" -ne "$1"
}

holder_survives()
{
  test "$tap_failed" -eq 0 || return
  three_held=$(inside s6-fdholder-list /run/fdholder)
  is 'the sockets are held' "$three_held" 'tcp:web
unix:agent
unix:echo'
  three_pid=$(three_keeper)
  ok 'the keeper: kill -9' inside kill -9 "$three_pid"
  ok 'there is another one' retry 30 three_keeps_other "$three_pid"
  three_pid=$(three_worker)
  ok 'the worker: kill -9' inside kill -9 "$three_pid"
  ok 'there is another one' retry 30 three_works_other "$three_pid"
  is 'the sockets are held still' "$(inside s6-fdholder-list /run/fdholder)" "$three_held"
}
