#!/bin/sh
# ISC license.
# The examples of pages of programs for daemons that take their descriptors in other ways.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# shellcheck source=src/tests/support/docexamples.sh
. "${TESTS:-$(dirname "$0")/..}/support/docexamples.sh"

s6_ondemand_8_1()
{
  store_socket "$WORK/run/web" unix:web
  mkfifo up
  # shellcheck disable=SC2086 # words
  start waiter sh -c "exec $reader example 3> up"
  is "$case: it is up" "$(wc -l < up)" 1
  ok "$case: it waits" heeds waiter s6-ondemand
  ok "$case" retry 20 answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  ok "$case: it has been started" test -e data/started
  stop waiter
}
s6_rollover_8_1()
{
  store_socket "$WORK/run/web" unix:web
  mkfifo up
  # shellcheck disable=SC2086 # words
  start server sh -c "exec $reader example 3> up"
  is "$case: it is ready" "$(wc -l < up)" 1
  ok "$case" retry 20 answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  first=$(cat "/proc/$(pid_of server)/task/$(pid_of server)/children")
  kill -s HUP "$(pid_of server)"
  ok "$case: another one is there, and the first is gone" retry 20 tap_gone "${first% }"
  ok "$case: it answers" answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  stop server
}
s6_rollover_8_2()
{
  store_socket "$WORK/run/web" unix:web
  # shellcheck disable=SC2086 # words
  start server $reader example
  ok "$case" retry 10 grep -q '^socket:' server.out
  stop server
}
s6_ondemand_8_2()
{
  store_socket "$WORK/run/web" unix:web
  store_socket "$WORK/run/mail" unix:mail
  # shellcheck disable=SC2086 # words
  start waiter $reader example
  ok "$case: it waits" retry 20 heeds waiter s6-ondemand
  start client s6-ipcclient "$WORK/run/mail" sleep 10
  ok "$case: the second one brings it" retry 10 grep -q '^socket:' waiter.out
  stop client
  stop waiter
}
passes() # ERE: the example works, and its program has what comes as a socket
{
  works
  like "$case: it is told" "$(head -n 1 out)" "$1"
  like "$case: it has it" "$(tail -n 1 out)" '^socket:'
}
s6_listenfds_8_1() { store_socket "$WORK/run/web" unix:web ; passes '^1 unknown$' ; }
s6_fdholder_listenfds_8_1()
{
  store_socket "$WORK/run/web" unix:web
  store_socket "$WORK/run/x/admin" unix:admin
  passes '^2 web:admin$'
}
s6_fdholder_listenfds_8_2()
{
  ln -s "$H" s
  store_socket "$WORK/run/x/std" gpg:std
  store_socket "$WORK/run/x/ssh" gpg:ssh
  passes '^--supervised std:ssh$'
}
s6_fdholder_listenfds_8_3()
{
  store_socket "$WORK/run/x/one" tcp:web:80
  store_socket "$WORK/run/x/two" tcp:web:443
  passes '^-g daemon off; 3;4;$'
}
s6_listenfds_store_8_1()
{
  s6-fdholder-delete "$H" unix:web 2>/dev/null
  # shellcheck disable=SC2086 # words
  is "$case" "$(s6-ipcserver-socketbinder "$WORK/run/x/s" s6-listenfds -n web 0 $reader example)" stored
  ok "$case: it is held" holds "$H" unix:web
}
s6_fdholder_notifyd_8_1()
{
  store_socket "$WORK/run/web" unix:web
  for want in unix_web unix_web:chat
  do
    # shellcheck disable=SC2086 # words
    run sh -c "exec timeout 20 $reader example 3> up"
    is "$case: it is ready, and has $want" "$(wc -l < up)$(cat out)" "1$want"
  done
  s6-fdholder-delete "$H" "$PWD/notify:chat"
}

run_examples
