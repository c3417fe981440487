#!/bin/sh
# ISC license.
# doc/examples/container: the tree ends with its service, and with its code; as process 1, too;
# as its README says, on a machine of our own, with sockets from outside and clients that wait.
# timeout: 240
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"

container() # LINE...: another one, whose service is these lines
{
  rm -rf container
  mkdir container
  cp -R "$SRC/doc/examples/container/services/web" "$SRC/doc/examples/container/services/.s6-svscan" container/
  { echo '#!/bin/sh' && printf '%s\n' "$@" ; } > container/web/run
}

is_up() { test "$(s6-svstat -o up container/web)" = true ; }

for code in 0 7 125 255
do
  container 'echo >> started' "exit $code"
  exits "the service exits $code" "$code" timeout 20 s6-svscan container
  is 'it was started once' "$(wc -l < container/web/started)" 1
done
container 'kill -9 "$$"'
exits 'it is killed: 137' 137 timeout 20 s6-svscan container
container 'trap "exit 3" TERM' ': > trapping' 'while : ; do sleep 0.02 ; done'
start tree env --default-signal=INT,QUIT s6-svscan container
retry 10 test -e container/web/trapping
stop tree
is 'the container is told to end: the code with which the service does' "$status" 3
container 'exec sleep 1000'
start tree env --default-signal=INT,QUIT s6-svscan container
retry 10 is_up
ok 's6-svscanctl -t' s6-svscanctl -t container
retry 10 ended tree
wait "$(pid_of tree)" || status=$?
is 'the same' "$status" 143
if unshare -pf true 2> /dev/null
then
  container 'echo "$PPID" > ppid' 'exit 9'
  exits 'as process 1' 9 timeout 20 unshare -pf --mount-proc s6-svscan container
  is 'which it is' "$(cat container/web/ppid)" 2
else
  skip 'as process 1' 'needs unshare(1), and the right to use it'
fi

lacking=$(need_machine)
if test -n "$lacking"
then
  skip 'on a machine' "${lacking#*SKIP }"
  done_testing
fi
machine_make
machine_start sh -c 'while : ; do sleep 1000 ; done'
ok 'what all folders need is copied' machine_readme common 1
ok 'the services are copied' machine_readme container 1
# as a container runs until somebody ends it
container_starts() # N: by the N-th block
{
  machine_block "$SRC/doc/examples/container/README" "$1" > "$ROOT/block"
  start_inside container sh -eu /block
}
container_ends() { inside pkill -TERM -x s6-svscan && retry 20 ended container && ! wait "$(pid_of container)" ; }
container_starts 2
ok 'it binds its sockets itself: the three answer' retry 30 three_answer
test "$tap_failed" -eq 0 || diag "$(cat container.err)"
ok 'it is told to end' container_ends
is 'nobody serves' "$(inside pgrep 's6-|example-')" ''

# outside is another holder
start_inside outside s6-fdholder-daemon -i /etc/s6-activation/rules /run/outside
holds() { inside s6-fdholder-list /run/outside ; }
ok 'a holder outside' retry 20 holds
ok 'has the sockets' inside sh -c 's6-ipcserver-socketbinder -a 0666 -- /run/echo s6-fdholder-store /run/outside echo
s6-ipcserver-socketbinder -a 0666 -- /run/agent s6-fdholder-store /run/outside agent
s6-tcpserver-socketbinder -- 127.0.0.1 8080 s6-fdholder-store /run/outside web'
container_starts 3
ok 'the three answer' retry 30 three_answer
# services tell the process ids of the container, whose processes these are, too
server()
{
  if test "$1" = echo ; then inside pgrep -x s6-ipcserverd ; else inside pgrep -f "^/usr/bin/python3 .*/example-$1" ; fi
}
other_serves() { three_ask "$1" && test "$(server "$1")" -ne "$2" ; }
for service in echo agent
do
  old=$(server "$service")
  ok "$service: kill -9" inside kill -9 "$old"
  ok "$service: another process serves" retry 30 other_serves "$service" "$old"
done
ok 'web: kill -9' inside kill -9 "$(server web)"
ok 'the container ends' retry 30 ended container
status=0
wait "$(pid_of container)" || status=$?
is 'with its code' "$status" 137
for service in echo web agent
do
  start_inside "client-$service" sh -c "$three_asks" ask "$service"
  ok "$service: a client connects" retry 20 grep -qx connected "client-$service.out"
  is "$service: and waits" "$(cat "client-$service.out")" connected
done
container_starts 3
for service in echo web agent
do
  ok "$service: it is answered by the next container" retry 30 three_is_answered "$service" "client-$service.out"
done
done_testing
