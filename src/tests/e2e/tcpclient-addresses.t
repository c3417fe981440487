#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-tcpclient: lists of addresses, this machine, and how long it tries: -T for each address, -t for all.
# timeout: 90
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# One port: 127.0.0.1 serves it, 127.0.0.2 refuses, and on 127.0.0.3 the backlog is full, so that nobody answers
pair()
{
  start refusing s6-tcpserver-socketbinder -b 0 -B -1 127.0.0.2 0 sleep 120
  ready refusing || return 1
  port=$(cat refusing.out)
  start served s6-tcpserver -1 127.0.0.1 "$port" sh -c 'echo "$TCPLOCALIP"'
  ready served
}
tries=0
until pair || test $tries -gt 5 ; do tries=$((tries + 1)) ; done
start full s6-tcpserver-socketbinder -D -b 1 -B 127.0.0.3 "$port" sleep 120
for i in 1 2 3 4 ; do start waiting$i s6-tcpclient -Hl0 -T 100 127.0.0.3 "$port" sleep 120 ; done
stuck() { s6-tcpclient -Hl0 -T 1 127.0.0.3 "$port" true ; test $? -eq 111 ; }
ok 'a port where nobody answers, to be sure' retry 20 stuck

# reached WANT HOST OPTIONS...: the address of the other end
reached()
{
  want=$1
  host=$2
  shift 2
  run timeout 20 s6-tcpclient -Hl0 "$@" "$host" "$port" sh -c 'head -n 1 <&6'
  is "s6-tcpclient $* '$host'" "$status $(cat out)" "0 $want"
}
reached 127.0.0.1 127.0.0.1
reached 127.0.0.1 127.0.0.1,127.0.0.2
reached 127.0.0.1 127.0.0.2,127.0.0.1
reached 127.0.0.1 127.0.0.2,127.0.0.4,127.0.0.1,127.0.0.5
reached 127.0.0.1 127.0.0.3,127.0.0.1
reached 127.0.0.1 127.0.0.3,127.0.0.1 -T 1
reached 127.0.0.1 127.0.0.3,127.0.0.1 -T 1 -t 5
reached 127.0.0.1 ::1,127.0.0.1
reached 127.0.0.1 ::1,127.0.0.1 -4
reached 127.0.0.1 ''
reached 127.0.0.1 '' -4
exits 'all refuse' 111 s6-tcpclient -Hl0 127.0.0.2,127.0.0.4 "$port" true
exits '-6: this machine, where only IPv4 is served' 111 s6-tcpclient -6 -Hl0 '' "$port" true
start any s6-tcpserver -1 0.0.0.0 0 sh -c 'echo "$TCPLOCALIP"'
ready any
port4=$port
port=$(cat any.out)
reached 127.0.0.8 127.0.0.8,127.0.0.9
reached 127.0.0.9 127.0.0.9,127.0.0.8
start six s6-tcpserver -1 ::1 0 sh -c 'echo "$TCPLOCALIP"'
ready six
port=$(cat six.out)
reached ::1 ''
reached ::1 '' -6
reached ::1 127.0.0.1,::1
reached ::1 127.0.0.1,::1 -6
port=$port4
for wrong in ',' '127.0.0.1,' ',127.0.0.1' 127.0.0.1,,127.0.0.2 127.0.0.1,localhost localhost,127.0.0.1 127.0.0.1,127.0.0 '127.0.0.1, 127.0.0.2'
do
  exits "no list: '$wrong'" 100 s6-tcpclient -Hl0 "$wrong" "$port" true
  like 'which is said' "$(cat err)" 'not an IP address'
done
exits '-6 and no such address' 100 s6-tcpclient -6 -Hl0 127.0.0.1,127.0.0.2 "$port" true
many=127.0.0.1
for i in 1 2 3 4 5 ; do many=$many,$many ; done
exits '32 addresses' 0 s6-tcpclient -Hl0 "$many" "$port" true
exits '33 are too many' 100 s6-tcpclient -Hl0 "$many,127.0.0.1" "$port" true

# lasts AT-LEAST AT-MOST OPTIONS... HOST: gives up after so many seconds
lasts()
{
  least=$1
  most=$2
  shift 2
  from=$(date +%s%N)
  run timeout 30 s6-tcpclient -Hl0 "$@" "$port" true
  took=$((($(date +%s%N) - from) / 10000000))
  is "gives up: $*" "$status" 111
  least "after $least s, in hundredths" "$took" $((least * 100))
  most "before $most s, in hundredths" "$took" $((most * 100 - 1))
}
lasts 1 4 -T 1 127.0.0.3
lasts 1 4 -T 1+0 127.0.0.3
lasts 3 7 -T 1+2 127.0.0.3
lasts 1 4 -t 1 127.0.0.3
lasts 1 4 -t 1 -T 0 127.0.0.3
lasts 1 4 -t 1 -T 20+20 127.0.0.3
run s6-tcpclient -Hl0 -t 1 127.0.0.3 "$port" true
like 'and says so' "$(cat err)" 'unable to connect to 127.0.0.3 port [0-9]+ in the time of -t: Connection timed out'
lasts 3 7 -t 3 -T 1+20 127.0.0.3
lasts 1 4 -t 20 -T 1 127.0.0.3
lasts 2 6 -t 2 -T 1+9 127.0.0.3,127.0.0.3,127.0.0.3,127.0.0.3
run timeout 3.0 s6-tcpclient -Hl0 -T 0 127.0.0.3 "$port" true
is '-T 0 has no limit' "$status" 124
run timeout 3.0 s6-tcpclient -Hl0 -t 0 -T 0+0 127.0.0.3 "$port" true
is 'nor has -t 0' "$status" 124
done_testing
