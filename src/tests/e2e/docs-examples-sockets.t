#!/bin/sh
# ISC license.
# The examples of pages of super-servers, binders, clients and of what stands before a program
# that is given a socket.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# shellcheck source=src/tests/support/docexamples.sh
. "${TESTS:-$(dirname "$0")/..}/support/docexamples.sh"

unix_client="s6-ipcclient $WORK/run/x/s s6-ioconnect"
tcp_client() # ADDRESS PORT
{
  echo "s6-tcpclient -Hl0 $1 $2 s6-ioconnect"
}

s6_applyuidgid_8_1()
{
  # shellcheck disable=SC2086 # words
  serves hello $unix_client
}
s6_envuidgid_8_1() { serves '' s6-fdholder-list s ; }
s6_ipcclient_8_1()
{
  start server s6-ipcserver -1 socket cat
  ready server
  works
  is "$case: it is answered" "$(cat out)" foobar
  stop server
}
s6_ipcserver_access_8_1() { s6_applyuidgid_8_1 ; }
s6_ipcserver_socketbinder_8_1() { s6_applyuidgid_8_1 ; }
s6_ipcserver_socketbinder_8_2()
{
  s6-fdholder-delete "$H" unix:x 2>/dev/null
  works
  ok "$case: it is there" holds "$H" unix:x
}
s6_ipcserver_8_1() { s6_applyuidgid_8_1 ; }
s6_ipcserverd_8_1()
{
  store_socket "$WORK/run/x/s" unix:x
  s6_applyuidgid_8_1
}
s6_setuidgid_8_1()
{
  works
  is "$case: with its arguments" "$(cat out)" 'lighttpd -D -f /etc/lighttpd/lighttpd.conf'
}
echo_at() # ADDRESS PORT: a server for a client's example
{
  start server s6-tcpserver -1 -- "$1" "$2" cat
  ready server
  echo hello > question
  # shellcheck disable=SC2086 # words
  run timeout 20 $reader example < question
  is "$case" "$status" 0
  is "$case: it is answered" "$(cat out)" hello
  stop server
}
# shellcheck disable=SC2046 # words
from_inetd_7_1() { serves hello $(tcp_client 127.0.0.1 7) ; }
from_inetd_7_2()
{
  works
  example from-inetd.7 3
  mkdir tftp
  cd tftp || exit 111
  ln -s "$WORK/service/fdholder" ../fdholder
  # shellcheck disable=SC2086 # words
  start server $reader ../example
  ok "$case: it waits" retry 20 heeds server s6-ondemand
  printf 'a datagram\n' > question
  ok "$case: a datagram is sent" bash -c 'cat question > /dev/udp/127.0.0.1/69'
  ok "$case: it ends" retry 20 ended server
  is "$case: it has read it" "$(tr '\n' ' ' < server.out)" 'nobody a datagram '
  s6-fdholder-delete "$H" udp:tftp
}
from_inetd_7_3() { diag 'this is run after the second' ; }
from_inetd_7_4()
{
  makes_rules rules/ip4/10.0.0.0_22/allow
  is "$case: the variable is empty, and there" "$(od -An -c rules/ip4/127.0.0.0_8/env/RELAYCLIENT | tr -d ' ')" '\n'
}
from_inetd_7_5()
{
  rm -rf rules
  example from-inetd.7 4
  # shellcheck disable=SC2086 # words
  timeout 20 $reader example
  example from-inetd.7 5
  # shellcheck disable=SC2046 # words
  serves '1005 ' $(tcp_client 127.0.0.1 25)
}
s6_ioconnect_8_1() { echo_at 127.0.0.1 80 ; }
s6_tcpclient_8_1() { echo_at ::1 7 ; }
# shellcheck disable=SC2046 # words
s6_connlimit_8_1() { serves httpd $(tcp_client 127.0.0.1 80) ; }
# shellcheck disable=SC2046 # words
s6_tcpserver_access_8_1() { serves 'dropbear -i' $(tcp_client 127.0.0.1 22) ; }
# shellcheck disable=SC2046 # words
s6_tcpserver_8_1() { serves 'dropbear -i -K 60' $(tcp_client 10.0.2.1 22) ; }
s6_tcpserver_socketbinder_8_1()
{
  works
  ok "$case: it is there" holds "$H" socket:lighttpd:tcp:443
}
s6_tcpserverd_8_1()
{
  s6-tcpserver-socketbinder 127.0.0.1 7 s6-fdholder-store "$H" tcp:7
  # shellcheck disable=SC2046 # words
  serves hello $(tcp_client 127.0.0.1 7)
}
s6_multibind_8_1()
{
  for id in web mail
  do
    s6-fdholder-delete "$H" "$id" 2>/dev/null
  done
  works
  ok "$case: all are there" holds "$H" web mail tcp:0.0.0.0:80 'tcp:[::]:80'
  for id in tcp:0.0.0.0:80 'tcp:[::]:80'
  do
    s6-fdholder-delete "$H" "$id"
  done
}
s6_proxyheader_8_1()
{
  start daemon s6-tcpserver -1 127.0.0.1 8080 cat
  ready daemon
  s6-tcpserver-socketbinder 127.0.0.1 80 s6-fdholder-store "$H" tcp:80
  # shellcheck disable=SC2086 # words
  start server $reader example
  echo hello > question
  told() { tcp_client 127.0.0.1 80 > client ; timeout 10 sh client < question > told && grep -qx hello told ; }
  ok "$case" retry 20 told
  like "$case: with the header" "$(tr -d '\r' < told)" '^PROXY TCP4 127.0.0.1 127.0.0.1 [1-9][0-9]* 80$'
  stop server
  stop daemon
}

run_examples
