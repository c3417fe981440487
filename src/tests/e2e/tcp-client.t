#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# TCP: the client, each option and exit code.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

binder=s6-tcpserver-socketbinder

start echo s6-tcpserver -A -1 :: 0 sh -c 'echo "$TCPREMOTEIP $TCPREMOTEPORT" ; cat'
ready echo
port=$(cat echo.out)
run s6-tcpclient -H -l me 127.0.0.1 "$port" sh -c 'echo to >&7 ; head -n 2 <&6 ; env'
like '6 reads, 7 writes' "$(sed -n 2p out)" '^to$'
is 'the environment' "$(grep -E '^(PROTO|TCP)' out | sort | sed 's/^TCPLOCALPORT=[0-9]*/TCPLOCALPORT/')" "PROTO=TCP
TCPLOCALHOST=me
TCPLOCALIP=127.0.0.1
TCPLOCALPORT
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT=$port"
run s6-tcpclient -v -Hl0 127.0.0.1 "$port" true
like '-v tells' "$(cat err)" "^s6-tcpclient: info: connected to 127.0.0.1 port $port\$"
run s6-tcpclient -Q -Hl0 127.0.0.1 "$port" true
is '-Q does not' "$(cat err)" ''
for options in -q -d -D -R -N '-t 5' '-T 5' '-T 5+10' '-T 0+0' '-4 -d -D -N -R' '--'
do
  run s6-tcpclient -Hl0 $options 127.0.0.1 "$port" true
  is "s6-tcpclient $options" "$status $(cat err)" '0 '
done
run s6-tcpclient -r -Hl0 127.0.0.1 "$port" true
like '-r warns and goes on' "$status $(cat err)" '^0 s6-tcpclient: warning: -r: IDENT is not done here'
run s6-tcpclient -i 127.0.0.5 -Hl0 127.0.0.1 "$port" sh -c 'head -n 1 <&6'
like '-i' "$(cat out)" '^127.0.0.5 '
free=$($binder -1 127.0.0.1 0 true)
run s6-tcpclient -p "$free" -Hl0 127.0.0.1 "$port" sh -c 'head -n 1 <&6'
is '-p' "$(cat out)" "127.0.0.1 $free"
free=$($binder -1 127.0.0.1 0 true)
run s6-tcpclient -i 127.0.0.5 -p "$free" -Hl0 127.0.0.1 "$port" sh -c 'head -n 1 <&6'
is '-i and -p' "$(cat out)" "127.0.0.5 $free"
if getent hosts localhost >/dev/null
then
  for options in '' '-t 5' -4
  do
    exits "a name: $options" 0 s6-tcpclient $options -Hl0 localhost "$port" true
  done
  run s6-tcpclient -4 -h -t 5 localhost "$port" printenv TCPREMOTEHOST
  like '-h' "$(cat out)" '^localhost'
fi
exits '-4 and an IPv6 address' 100 s6-tcpclient -4 ::1 "$port" true
exits '-6' 0 s6-tcpclient -6 -Hl0 ::1 "$port" true
exits 'a name that is not there' 111 s6-tcpclient -t 10 no-such-host.invalid "$port" true
free=$($binder -1 127.0.0.1 0 true)
exits 'nobody listens' 111 s6-tcpclient -Hl0 127.0.0.1 "$free" true
like 'and that is said' "$(cat err)" "unable to connect to 127.0.0.1 port $free: Connection refused"
start backlog $binder -b 1 -1 127.0.0.1 0 sleep 60
ready backlog
for i in 1 2 3 4 ; do start "waiting$i" s6-tcpclient -Hl0 127.0.0.1 "$(cat backlog.out)" sleep 60 ; done
# more than one: the backlog is full, and the others wait
two_connected() { test "$(for i in 1 2 3 4 ; do cat "/proc/$(pid_of "waiting$i")/comm" ; done | grep -c '^sleep$')" -ge 2 ; }
retry 5 two_connected || diag 'the backlog is not full'
exits '-T: nobody answers' 111 s6-tcpclient -Hl0 -T 1+1 127.0.0.1 "$(cat backlog.out)" true
like 'and that is said' "$(cat err)" '(timed out|Connection timed out)'
exits 'no program' 127 s6-tcpclient -Hl0 127.0.0.1 "$port" ./nowhere
for wrong in '' 'h' 'h 1' '-z h 1 true' '-t x h 1 true' '-T x h 1 true' '-T 1+x h 1 true' '-i x h 1 true' '-p x h 1 true' '127.0.0.1 x true' '127.0.0.1 65536 true'
do
  exits "s6-tcpclient $wrong" 100 s6-tcpclient $wrong
done
done_testing
