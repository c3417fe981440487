#!/bin/sh
# ISC license.
# doc/examples/s6 under our s6-svscan and s6-supervise, with our programs alone; or under Debian's,
# if SUPERVISION is 2.11 (examples-supervised-peer.t): readiness, kill -9 of the service, of a
# logger, and of both processes of the holder, upgrades of it, and what fdholder-operations(7)
# says of other options and of holders without -k. The services web and agent are in example-s6.t.
# timeout: 180
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need execlineb grep pgrep

# Of Debian's s6 come only the programs of supervision; s6-log is ours.
mkdir supervision sockets
if test "${SUPERVISION:-ours}" != ours
then
  need_peer
  for program in s6-svscan s6-svscanctl s6-supervise s6-svc s6-svwait s6-svlisten s6-svstat
  do
    printf '#!/bin/sh\nexec peer %s "$@"\n' "$program" > "supervision/$program"
  done
fi
chmod 755 supervision/* 2>/dev/null
PATH=$WORK/supervision:$PATH
export PATH

cp -R "$SRC/doc/examples/s6" scan
touch scan/web/down scan/agent/down
test "${SUPERVISION:-ours}" = ours || sed -i 's/s6-svwait -s/s6-svwait/' scan/bind-sockets
peer_here scan
me=$(id -u)
peer_here scan/fdholder
test "$me" -eq 0 || mv scan/fdholder/data/rules/uid/0 "scan/fdholder/data/rules/uid/$me"
stored='tcp:daytime
tcp:web
unix:agent
unix:echo
unix:fdstore
unix:hello
unix:lazy
unix:web-overlap'
python=
if /usr/bin/python3 -c 'import socket ; socket.send_fds' 2>/dev/null ; then python=yes ; else touch scan/fdstore/down ; fi
# Some services become another user, which only root can: their programs must be within
# that user's reach.
if is_root
then
  mkdir programs
  find "$BUILD" -maxdepth 1 -name 's6-*' -type f -exec cp {} programs/ \;
  cp "$BUILD"/libs6activation.so* programs/ 2>/dev/null
  PATH=$WORK/supervision:$WORK/programs:$PATH
  LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
else
  touch scan/echo/down scan/daytime/down
fi

pid_under()
{
  s6-svstat -o pid "$1"
}

has_other_pid() # service, pid
{
  test "$(pid_under "$1")" -gt 0 && test "$(pid_under "$1")" -ne "$2"
}

# The supervisor sends the signal: it knows its own child, and s6-svstat says -1 for a
# service that is down.
kill_and_wait() # service: kills it, and waits for its successor
{
  before=$(pid_under "$1")
  test "$before" -gt 1 && s6-svc -k "$1" &&
    retry 10 has_other_pid "$1" "$before" && retry 10 s6-svwait -t 100 -U "$1"
}

ask()
{
  s6-ipcclient sockets/hello sh -c 'cat <&6'
}

ask_later() # name: a client that says when it is connected, and then waits
{
  start "$1" s6-ipcclient sockets/hello sh -c 'echo connected ; cat <&6'
  retry 10 grep -q connected "$1.out"
}

has_all()
{
  test "$(s6-fdholder-list scan/fdholder/s)" = "$stored"
}

fact() # name
{
  s6-fdholder-stat scan/fdholder/s | sed -n "s/^$1	//p"
}

keeps() # the process that the supervisor sees
{
  test "$(fact keeper)" = "$(pid_under scan/fdholder)"
}

worker() # its process id, found as fdholder-operations(7) finds it
{
  seen=$(pid_under scan/fdholder)
  for pid in $(pgrep -x s6-fdholderd)
  do
    if test "$pid" -ne "$seen" && test "$(readlink "/proc/$pid/cwd")" = "$WORK/scan/fdholder" ; then echo "$pid" ; fi
  done
}

has_other_worker() # pid
{
  test -n "$(worker)" && test "$(worker)" -ne "$1" && has_all
}

is_upgraded() # number
{
  test "$(fact upgrades)" = "$1"
}

show_logs()
{
  for log in scan/*/log/data/current
  do
    diag "$log:"
    diag "$(tail -n 10 "$log")"
  done
}

start scan s6-svscan scan
retry 10 test -p scan/.s6-svscan/control
is_debians() { readlink "/proc/$(pid_of scan)/exe" | grep -q "^$PEER_S6/" ; }
if test "${SUPERVISION:-ours}" = ours ; then not_ok 'the supervision is ours' is_debians ; else ok "the supervision is Debian's" is_debians ; fi
ok 'the holder becomes ready' retry 20 s6-svwait -t 500 -U scan/fdholder

port=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
web_port=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
exits 'bind-sockets without arguments' 100 scan/bind-sockets
ok 'bind-sockets binds and stores in one chain' scan/bind-sockets scan sockets 127.0.0.1 "$port" "$web_port"
is 'the holder has the sockets' "$(s6-fdholder-list scan/fdholder/s)" "$stored"

ok 'the service becomes ready' retry 20 s6-svwait -t 500 -U scan/hello
is 'it answers a client' "$(ask)" "hello, uid $me"
not_ok 'bind-sockets again refuses' scan/bind-sockets scan sockets 127.0.0.1 "$port" "$web_port"
is 'and the socket still answers' "$(ask)" "hello, uid $me"

echo_answers()
{
  test "$(echo 'sent and sent back' | s6-ipcclient sockets/echo s6-ioconnect -67)" = 'sent and sent back'
}

ask_time()
{
  s6-tcpclient -H 127.0.0.1 "$port" s6-ioconnect -67
}

if is_root
then
  ok 'the echo service becomes ready' retry 20 s6-svwait -t 500 -U scan/echo
  ok 'it answers' echo_answers
  like 'it has no privileges' "$(cat "/proc/$(pid_under scan/echo)/status")" '^Uid:.65534.65534.65534.65534'
  ok 'kill -9 of it: it comes back' kill_and_wait scan/echo
  ok 'and answers' echo_answers
  ok 'the TCP service becomes ready' retry 20 s6-svwait -t 500 -U scan/daytime
  like 'it answers' "$(ask_time)" '[0-9][0-9]:[0-9][0-9]:[0-9][0-9]'
  like 'it has no privileges' "$(cat "/proc/$(pid_under scan/daytime)/status")" '^Uid:.65534.65534.65534.65534'
  ok 'kill -9 of it: it comes back' kill_and_wait scan/daytime
  like 'and answers' "$(ask_time)" '[0-9][0-9]:[0-9][0-9]:[0-9][0-9]'
  rm scan/daytime/data/rules/ip4/127.0.0.0_8/allow
  is 'without its rule it does not answer' "$(ask_time)" ''
else
  skip 'the echo service and the TCP service' 'needs root'
fi

program_of() { cat "/proc/$(pid_under "$1")/comm" ; }
ok 'the lazy service is up' retry 20 s6-svwait -t 500 -U scan/lazy
lazy=$(pid_under scan/lazy)
is 'it waits' "$(program_of scan/lazy)" s6-ondemand
is 'a client comes' "$(s6-ipcclient sockets/lazy sh -c 'cat <&6')" 'here I am'
is 'it is its server, the same process' "$(program_of scan/lazy) $(pid_under scan/lazy)" "s6-ipcserverd $lazy"
ok 'kill -9 of that' kill_and_wait scan/lazy
is 'it waits again' "$(program_of scan/lazy)" s6-ondemand

ok 'the service that is replaced with overlap' retry 20 s6-svwait -t 500 -U scan/web-overlap
ask_web() { s6-ipcclient sockets/web-overlap sh -c 'cat <&6' | tail -n 1 ; }
web_children() { cat "/proc/$1/task/$1/children" ; }
is 'it answers' "$(ask_web)" 'version 1'
rollover=$(pid_under scan/web-overlap)
first=$(web_children "$rollover")
s6-svc -h scan/web-overlap
another_web() { test -n "$(web_children "$rollover")" && test "$(web_children "$rollover" | wc -w)" -eq 1 && test "$(web_children "$rollover")" != "$first" ; }
ok 'HUP: another server' retry 20 another_web
sed -i 's/version 1/version 2/' scan/web-overlap/data/web
is 'that answers' "$(ask_web)" 'version 2'
is 'the supervisor sees the same process, ready' "$(s6-svstat -o pid,ready scan/web-overlap)" "$rollover true"
ok 'kill -9 of that' kill_and_wait scan/web-overlap
is 'it answers again' "$(ask_web)" 'version 2'

# A client that says one line, and another one when the file says so.
if test -n "$python"
then
  ok 'the service that stores its connections' retry 20 s6-svwait -t 500 -U scan/fdstore
  # shellcheck disable=SC2016 # for the inner shell
  start talker s6-ipcclient sockets/fdstore sh -c 'for n in 1 2 3 ; do until test -e "talk$n" ; do sleep 0.1 ; done ; echo "$n" >&7 ; read -r line <&6 ; echo "$line" ; done'
  said() { test "$(sed -n "$1s/.*: //p" talker.out)" = "$1" ; }
  server_of() { cat "/proc/$1/task/$1/children" ; }
  touch talk1
  ok 'a client is answered' retry 20 said 1
  connected() { s6-fdholder-list scan/fdholder/s | grep -q 'fdstore/data/notify:connection$' ; }
  ok 'its connection is held' retry 20 connected
  notifyd=$(pid_under scan/fdstore)
  ok 'kill -9 of the server' kill -9 "$(server_of "$notifyd" | tr -d ' ')"
  ok 'there is another one' retry 20 has_other_pid scan/fdstore "$notifyd"
  touch talk2
  ok 'which goes on with that client' retry 20 said 2
  ok 'kill -9 of s6-fdholder-notifyd' kill_and_wait scan/fdstore
  touch talk3
  ok 'which changes nothing' retry 20 said 3
  is 'each time by another process' "$(sed 's/:.*//' talker.out | sort -u | wc -l)" 3
  ok 'when the client is gone' retry 20 ended talker
  not_connected() { ! connected ; }
  ok 'so is what was held' retry 20 not_connected
else
  skip 'the service that stores its connections' 'needs /usr/bin/python3, 3.9 or later'
fi

ok 'kill -9 of the service: it comes back' kill_and_wait scan/hello
is 'and answers' "$(ask)" "hello, uid $me"
ok 'the service is down' s6-svc -wD -T 60000 -d scan/hello
ok 'a client connects all the same' ask_later first
is 'and waits' "$(cat first.out)" connected
ok 'the service is up' s6-svc -wU -T 60000 -u scan/hello
ok 'the client that waited is answered' retry 10 grep -q "^hello, uid $me\$" first.out

server=$(pid_under scan/hello)
holder=$(pid_under scan/fdholder)
ok 'kill -9 of the logger of the service' kill_and_wait scan/hello/log
ok 'kill -9 of the logger of the holder' kill_and_wait scan/fdholder/log
is 'the service goes on' "$(pid_under scan/hello)" "$server"
is 'the holder goes on' "$(pid_under scan/fdholder)" "$holder"
echo 'a line after the logger' > "/proc/$holder/fd/2"
ok 'the new logger gets what the holder says' \
  retry 10 grep -q 'a line after the logger' scan/fdholder/log/data/current

ok 'the service is down again' s6-svc -wD -T 60000 -d scan/hello
ok 'a second client connects' ask_later second
ok 'the supervisor sees the keeper' keeps
ok 'kill -9 of the keeper: there is another one' kill_and_wait scan/fdholder
ok 'that keeps the same worker' keeps
ok 'with everything' has_all
worker=$(worker)
ok 'kill -9 of the worker' kill -9 "$worker"
ok 'there is another one, with everything' retry 10 has_other_worker "$worker"
ok 'a third client connects' ask_later third
keeper=$(pid_under scan/fdholder)
upgrades=$(fact upgrades)
ok 'the holder is upgraded' s6-svc -1 scan/fdholder
ok 'it says so' retry 10 is_upgraded $((upgrades + 1))
is 'it is the same process' "$(pid_under scan/fdholder)" "$keeper"
ok 'and has everything' has_all
ok 'the service is up again' s6-svc -wU -T 60000 -u scan/hello
ok 'the client that connected before all that is answered' \
  retry 10 grep -q "^hello, uid $me\$" second.out
ok 'and so is the other one' retry 10 grep -q "^hello, uid $me\$" third.out

sed -i 's/-k/-k -n 77/' scan/fdholder/run
worker=$(worker)
ok 'with other options: a keeper that has them' s6-svc -wR -T 10000 -k scan/fdholder
ok 'the worker is told to end' kill "$worker"
ok 'there is another one, with everything' retry 10 has_other_worker "$worker"
is 'it has them, too' "$(fact maxfds)" 77
ok 'there is a socket less' s6-fdholder-delete scan/fdholder/s unix:hello
ok 'the keeper is killed once more' kill_and_wait scan/fdholder
is 'the socket does not come back' "$(s6-fdholder-list scan/fdholder/s)" "$(echo "$stored" | grep -v hello)"

sed -i 's/-k -n 77//' scan/fdholder/run
ok 'a restart' s6-svc -wR -T 10000 -r scan/fdholder
is 'begins with nothing' "$(s6-fdholder-list scan/fdholder/s)" ''
is 'and without -k nobody keeps it' "$(fact keeper)" off
ok 'something is stored' s6-fdholder-store -d 0 scan/fdholder/s file:x true < /dev/null
sed -i 's/-1/-1 -k/' scan/fdholder/run
start byhand sh -c 'cd scan/fdholder && exec s6-fdholder-daemon -1 -k -i data/rules s'
ok 'a keeper by hand becomes ready' ready byhand
keeper=$(fact keeper)
is 'and keeps it' "$keeper" "$(pid_of byhand)"
s6-svc -k scan/fdholder
is_tried() { test "$(fact keeper)" = "$keeper" && grep -q 'has a keeper already' scan/fdholder/log/data/current ; }
ok 'the holder is killed: the service cannot be its keeper as well' retry 10 is_tried
is 'nothing is lost' "$(s6-fdholder-list scan/fdholder/s)" file:x
kill -9 "$keeper"
ok 'that keeper is killed: the service is the next one' retry 10 keeps
is 'and nothing is lost' "$(s6-fdholder-list scan/fdholder/s)" file:x

ok 'the tree is told to end' s6-svscanctl -t scan
ok 'and ends' retry 15 ended scan
test "$tap_failed" -eq 0 || show_logs
done_testing
