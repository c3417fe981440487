#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# TCP: the binder, each option and exit code.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

ask() { s6-tcpclient -Hl0 "$@" sh -c 'cat <&6' ; }
cat > sockinfo <<'END'
#!/bin/sh
inode=$(readlink /proc/self/fd/0 | tr -dc 0-9)
for kind in tcp tcp6 udp udp6
do
  awk -v kind=$kind -v inode="$inode" '$10 == inode { print kind, $2, $4 }' /proc/net/$kind
done
sed -n 's/^flags:[^0-9]*/flags /p' /proc/self/fdinfo/0
END
chmod 755 sockinfo
binder=s6-tcpserver-socketbinder

for wrong in '' '127.0.0.1' '127.0.0.1 0' '-z 127.0.0.1 0 true' '-b x 127.0.0.1 0 true' '127.0.0 0 true' 'localhost 0 true' ' 0 0 true' '127.0.0.1 65536 true' '127.0.0.1 nosuchservice true' '127.0.0.1 -1 true' '-6 127.0.0.1 0 true' '1::2::3 0 true'
do
  exits "$binder $wrong" 100 $binder $wrong
done
run $binder 127.0.0.1 0 ./sockinfo
like 'TCP over IPv4, listening' "$(cat out)" '^tcp 0100007F:[0-9A-F]{4} 0A$'
like 'non-blocking' "$(cat out)" '^flags 04002$'
run $binder -B 127.0.0.1 0 ./sockinfo
like '-B' "$(cat out)" '^flags 02$'
run $binder -b 0 127.0.0.1 0 ./sockinfo
unlike '-b 0 does not listen' "$(cat out)" ' 0A$'
# As in a network of our own, where the system's limit is not the one that the C library was built with
limit=/proc/sys/net/core/somaxconn
if is_root && command -v ss >/dev/null && unshare -n sh -c "echo 9000 > $limit" 2>/dev/null
then
  run unshare -n sh -c "echo 9000 > $limit ; exec $binder 0.0.0.0 0 ss -tlH"
  is 'the default backlog is as long as the system allows' "$(awk '{ for (i = 1 ; i < NF ; i++) if ($i == "LISTEN") print $(i + 2) }' out)" 9000
else
  skip 'the default backlog is as long as the system allows' 'needs root, ss, and a network of its own'
fi
run $binder -m 127.0.0.1 0 ./sockinfo
like '-m is UDP' "$(cat out)" '^udp 0100007F:[0-9A-F]{4} 07$'
run $binder -m -M ::1 0 ./sockinfo
like 'IPv6' "$(cat out)" '^tcp6 0{24}01000000:[0-9A-F]{4} 0A$'
run $binder -1 127.0.0.1 0 ./sockinfo
is '-1 tells the port' "$(printf '%04X' "$(head -n 1 out)")" "$(sed -n 's/^tcp [0-9A-F]*:\([0-9A-F]*\) .*/\1/p' out)"
run $binder -m -1 127.0.0.1 0 true
like '-1 of UDP' "$(cat out)" '^[0-9]+$'
# the long options of another release
while read -r options
do
  expected=${options%%:*}
  options=${options#*: }
  run $binder $options 127.0.0.1 0 ./sockinfo
  like "$options" "$status $(tr '\n' ' ' < out)" "^0 $expected"
done <<'END'
udp 0100007F:[0-9A-F]{4} 07 flags 04002: --udp
udp 0100007F:[0-9A-F]{4} 07 flags 04002: --backlog=5 --udp
udp 0100007F:[0-9A-F]{4} 07 flags 02: -d --block --udp -B
tcp 0100007F:[0-9A-F]{4} 0A flags 04002: --udp -b 3 --tcp -d
tcp 0100007F:[0-9A-F]{4} 0A flags 02: --backlog=7 --block --
flags 04002: --backlog=0 -4
END
for wrong in --backlog --backlog= --backlog=x --backlog=5x '--backlog 5' --udp= --ud --udpx --no-reuse -d-udp --block-
do
  exits "$binder $wrong" 100 $binder $wrong 127.0.0.1 0 true
done
start long $binder --backlog=1 -1 127.0.0.1 0 sleep 60
ready long
like '--backlog= is the backlog' "$(ss -Hltn "sport = $(cat long.out)" 2>/dev/null || echo 'LISTEN 0 1 no ss')" '^LISTEN +0 +1 '
if is_root
then
  run $binder 127.0.0.99 discard ./sockinfo
  like 'the name of a service' "$status $(cat out)" '^0 tcp 6300007F:0009 0A$'
  run $binder -I lo 127.0.0.1 0 ./sockinfo
  is '-I' "$status" 0
fi
exits '-I with no such interface' 111 $binder -I nosuchif 127.0.0.1 0 true
like 'which is named' "$(cat err)" 'unable to bind to interface nosuchif: No such device'
exits 'an address of somebody else' 111 $binder 192.0.2.1 0 true
like 'names the remedy' "$(cat err)" '-F binds to it all the same'
exits '-F' 0 $binder -F 192.0.2.1 0 true
exits 'no program' 127 $binder 127.0.0.1 0 ./nowhere
start taken $binder -1 127.0.0.1 0 sleep 60
ready taken
port=$(cat taken.out)
exits 'the port is taken' 111 $binder 127.0.0.1 "$port" true
like 'and that is said' "$(cat err)" "unable to bind to 127.0.0.1 port $port .*: Address already in use"
start shared $binder -r -1 127.0.0.1 0 sleep 60
ready shared
exits '-r on both shares it' 0 $binder -r 127.0.0.1 "$(cat shared.out)" true
exits '-r on one does not' 111 $binder 127.0.0.1 "$(cat shared.out)" true
if is_root && test "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 7
then
  exits 'a port for root' 111 as_uid 12 $binder 127.0.0.1 7 true
  like 'and that is said' "$(cat err)" 'ports below 1024 need root'
fi
# -d: a port on which a connection waits in TIME_WAIT
start first s6-tcpserver -1 127.0.0.1 0 echo answer
ready first
port=$(cat first.out)
ask 127.0.0.1 "$port" > /dev/null
stop first
exits 'the default, -d, takes a port that old connections have' 0 $binder 127.0.0.1 "$port" true
exits '-D -d' 0 $binder -D -d 127.0.0.1 "$port" true
exits '-D does not' 111 $binder -D 127.0.0.1 "$port" true
exits 'nor --no-reuse-address' 111 $binder --no-reuse-address 127.0.0.1 "$port" true
done_testing
