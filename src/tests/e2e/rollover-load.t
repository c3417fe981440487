#!/bin/sh
# ISC license.
# A server on a socket of the holder's that is replaced by s6-rollover while clients come: none
# of them is lost, whether its successors are good or broken, or its supervisor is killed.
# ROUNDS=N: so many good ones (8), and as many broken ones
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
ROUNDS=${ROUNDS:-8}
RATE=200

allow_all rules "uid/$(id -u)"
start_holder holder h -i rules
s6-ipcserver-socketbinder web s6-fdholder-store h unix:web

# versions of the server: what is executed is the link
printf '#!/bin/sh\nexec load-server "$@"\n' > good
printf '#!/bin/sh\nexec load-server -x 3 "$@"\n' > dying
printf '#!/bin/sh\nexec load-server -h "$@"\n' > hanging
printf '#!/bin/sh\nexec sleep 100 5>&-\n' > mute
chmod 755 good dying hanging mute
version() { ln -sf "$1" link && mv -f link server ; }

# All that s6-rollover has started and that lives
servers() { cat "/proc/$(pid_of roll)/task/$(pid_of roll)/children" ; }
answers() { load-client web 0 1 ; }
is_replaced() { test -n "$(servers)" && test "$(servers)" != "$1" && test "$(servers | wc -w)" -eq 1 ; }
warned() { test "$(grep -c 'the old one goes on' roll.err)" -ge "$1" ; }
# begin: clients, until end; judge NAME: whether all of them were served
begin()
{
  start clients load-client web "$RATE" 1000000
}
judge() # NAME
{
  stop clients
  is "$1" "$status" 0
  like "$1: none is lost" "$(cat clients.out)" '^sent ([0-9]*) answered \1 refused 0 cut 0 late 0 '
  diag "$(cat clients.out)"
}

version good
start roll s6-fdholder-retrieve h unix:web s6-rollover -d 5 -t 1500 ./server -d 5 -w 100 -s 5 5> told
retry 20 answers
retry 20 test -s told

begin
ok 'no restart' remains 1 running clients
judge 'no restart'

begin
for round in $(seq "$ROUNDS")
do
  before=$(servers)
  kill -s HUP "$(pid_of roll)"
  retry 20 is_replaced "$before" || fail "round $round"
done
judge "$ROUNDS restarts"

begin
before=$(servers)
for round in $(seq "$ROUNDS")
do
  case $((round % 8)) in
    3) version hanging ;;
    5) version mute ;;
    7) rm server ;;
    *) version dying ;;
  esac
  kill -s HUP "$(pid_of roll)"
  retry 20 warned "$round" || fail "round $round"
done
judge "$ROUNDS broken versions"
is 'the old one has served all the time' "$(servers)" "$before"
version good
kill -s HUP "$(pid_of roll)"
ok 'a good one succeeds' retry 20 is_replaced "$before"

# Clients that are served when a server is killed are lost, and it is seen. Those that wait are not.
stop roll
is 'it ends' "$status" 0
begin
start roll s6-fdholder-retrieve h unix:web s6-rollover ./server -s 500
retry 20 answers
kill -s KILL "$(servers | tr -d ' ')"
retry 20 ended roll
start roll s6-fdholder-retrieve h unix:web s6-rollover ./server
retry 20 answers
stop clients
is 'kill -9 of the server loses what it has begun' "$status" 1
like 'and nothing else' "$(cat clients.out)" ' refused 0 cut [1-9][0-9]* late 0 '
begin
retry 20 answers
kill -s KILL "$(pid_of roll)"
retry 20 ended roll
start roll s6-fdholder-retrieve h unix:web s6-rollover ./server
retry 20 answers
judge 'kill -9 of s6-rollover, whose server is told to end'
stop roll
done_testing
