#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# TCP: the binder, the super-server, its wrapper and the client, each option and exit code.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

ask() { s6-tcpclient -Hl0 "$@" sh -c 'cat <&6' ; }
logged() { grep -Eq -e "$2" "$1.err" ; }
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

# The super-server
for wrong in '' '-z true' '-c x true' '-C x true' '-v x true' '-L 129 true' '-L x true'
do
  exits "s6-tcpserverd $wrong" 100 s6-tcpserverd $wrong
done
exits 'stdin is no socket' 100 s6-tcpserverd true
exits 'stdin is a Unix socket' 100 s6-ipcserver-socketbinder s s6-tcpserverd true
exits 'stdin is UDP' 100 $binder -m 127.0.0.1 0 s6-tcpserverd true
exits 'stdin does not listen' 100 $binder -b 0 127.0.0.1 0 s6-tcpserverd true
start queue s6-tcpserver -1 -b 0 127.0.0.1 0 echo answer
ready queue
is '-b 0 of the wrapper is 1' "$(s6-tcpclient -Hl0 127.0.0.1 "$(cat queue.out)" sh -c 'cat <&6')" answer
start env env TCPREMOTEIP=old TCPREMOTEHOST=old s6-tcpserver -v -1 127.0.0.1 0 env
ready env
port=$(cat env.out)
like '-1 writes the port' "$port" '^[1-9][0-9]*$'
start client s6-tcpclient -Hl0 127.0.0.1 "$port" sh -c 'printenv TCPLOCALPORT >&2 ; cat <&6'
retry 5 ended client
is 'the environment' "$(grep -E '^(PROTO|TCP)' client.out | sort)" "PROTO=TCP
TCPCONNNUM=1
TCPLOCALIP=127.0.0.1
TCPLOCALPORT=$port
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT=$(cat client.err)"
ok 'the log' retry 5 logged env "^s6-tcpserverd: info: accept 127\.0\.0\.1_$(cat client.err) pid [0-9]+ count 1/40\$"
ok 'and the end' retry 5 logged env '^s6-tcpserverd: info: end pid [0-9]+ exitcode 0 count 0/40$'
is 'the first lines' "$(head -n 2 env.err)" "s6-tcpserverd: info: starting - bound to ip 127.0.0.1 port $port
s6-tcpserverd: info: status: 0/40"
start any s6-tcpserver -v -1 0.0.0.0 0 printenv TCPLOCALIP
ready any
is 'a socket on all addresses: the local one is that of the connection' "$(ask 127.0.0.2 "$(cat any.out)")" 127.0.0.2
start both s6-tcpserver -v -A -1 :: 0 sh -c 'echo "$TCPREMOTEIP $TCPLOCALIP"'
ready both
is '-A: IPv6' "$(ask ::1 "$(cat both.out)")" '::1 ::1'
is '-A: IPv4, shown as such' "$(ask 127.0.0.1 "$(cat both.out)")" '127.0.0.1 127.0.0.1'
ok 'and in the log' retry 5 logged both 'accept ::1_[0-9]+ pid [0-9]+ count 1/40'
start mapped s6-tcpserver -v -A -1 ::ffff:0.0.0.0 0 printenv TCPLOCALIP
ready mapped
is '-A: all addresses of IPv4' "$(ask 127.0.0.2 "$(cat mapped.out)")" 127.0.0.2
start six s6-tcpserver -1 :: 0 echo answer
ready six
exits 'without -A, IPv6 alone' 111 s6-tcpclient -Hl0 127.0.0.1 "$(cat six.out)" true
for option in -6 '-A -6' '-4 -6'
do
  start only s6-tcpserver $option -1 :: 0 echo answer
  ready only
  is "$option serves IPv6" "$(ask ::1 "$(cat only.out)")" answer
  exits 'and not IPv4' 111 s6-tcpclient -Hl0 127.0.0.1 "$(cat only.out)" true
  stop only
done
for option in -4 '-A -4' -46
do
  start only s6-tcpserver $option -1 127.0.0.1 0 echo answer
  ready only
  is "$option serves IPv4" "$(ask 127.0.0.1 "$(cat only.out)")" answer
  stop only
done
while read -r options
do
  for program in s6-tcpserver $binder
  do
    exits "not of that family: $program $options" 100 timeout 5 $program $options 0 true
    like 'which is said' "$(cat err)" "fatal: -[46A] needs an IPv[46] address, such as "
  done
done <<'END'
-4 ::
-4 ::1
-4 ::ffff:127.0.0.1
-6 0.0.0.0
-6 127.0.0.1
-A 0.0.0.0
-6 -A 127.0.0.1
-A -4 ::
-A -6 127.0.0.1
END

# Limits: by address, and by prefix
mkfifo hold
exec 9<>hold
hold() { start "$1" s6-tcpclient -Hl0 -i "$2" "$3" "$4" sh -c 'head -n 1 <&6 ; read -r _' <&9 ; retry 5 grep -q answer "$1.out" ; }
start local s6-tcpserver -v -1 -C 2 0.0.0.0 0 sh -c 'echo "answer $TCPCONNNUM" ; cat'
ready local
port=$(cat local.out)
hold l1 127.0.0.1 127.0.0.1 "$port"
hold l2 127.0.0.1 127.0.0.1 "$port"
is 'TCPCONNNUM counts' "$(cat l1.out l2.out)" 'answer 1
answer 2'
is '-C 2: the third of an address is closed' "$(ask -i 127.0.0.1 127.0.0.1 "$port")" ''
ok 'and that is logged' retry 5 logged local '^s6-tcpserverd: info: reject 127\.0\.0\.1_[0-9]+ count 2/2$'
for v in 0 1
do
  start told$v s6-tcpserver-socketbinder -1 127.0.0.1 0 s6-tcpserverd -v $v -C 1 sh -c 'echo answer ; cat'
  ready told$v
  hold told$v-1 127.0.0.1 127.0.0.1 "$(cat told$v.out)"
  is "-v $v: the second of an address is closed" "$(ask 127.0.0.1 "$(cat told$v.out)")" ''
done
ok 'which is logged at -v 1' retry 5 logged told1 '^s6-tcpserverd: info: reject 127\.0\.0\.1_[0-9]+ count 1/1$'
is 'and nothing else' "$(wc -l < told1.err)" 1
is 'nor anything at -v 0' "$(cat told0.err)" ''
is 'another address is served' "$(s6-tcpclient -Hl0 -i 127.0.0.9 127.0.0.1 "$port" sh -c 'head -n 1 <&6')" 'answer 1'
if is_root && command -v ip >/dev/null && ip -6 addr add 2001:db8::1/128 dev lo 2>/dev/null
then
  ip -6 addr add 2001:db8::2/128 dev lo
  ip -6 addr add 2001:db8:0:1::2/128 dev lo
  for bits in 128 64 48
  do
    start p$bits s6-tcpserver -v -1 -C 1 -L $bits :: 0 sh -c 'echo "answer $TCPCONNNUM" ; cat'
    ready p$bits
    hold p$bits-1 2001:db8::1 ::1 "$(cat p$bits.out)"
    near=$(s6-tcpclient -Hl0 -i 2001:db8::2 ::1 "$(cat p$bits.out)" sh -c 'head -n 1 <&6')
    far=$(s6-tcpclient -Hl0 -i 2001:db8:0:1::2 ::1 "$(cat p$bits.out)" sh -c 'head -n 1 <&6')
    case $bits in
      128) is '-L 128: each address is its own client' "$near $far" 'answer 1 answer 1' ;;
      64) is '-L 64: a prefix is one client' "$near $far" ' answer 1' ;;
      48) is '-L 48: a shorter one too' "$near $far" ' ' ;;
    esac
  done
  for address in 2001:db8::1 2001:db8::2 2001:db8:0:1::2
  do
    ip -6 addr del $address/128 dev lo
  done
else
  skip '-L' 'needs root and ip(8)'
fi
exec 9>&-

# The wrapper
start one s6-tcpserver -1 -C 0 127.0.0.1 0 echo answer
ready one
is '-C 0 is 1' "$(ask 127.0.0.1 "$(cat one.out)")" answer
for wrong in '' '127.0.0.1' '127.0.0.1 0' '-z 127.0.0.1 0 true' '-c x 127.0.0.1 0 true' '-L x 127.0.0.1 0 true' '-u x 127.0.0.1 0 true'
do
  exits "s6-tcpserver $wrong" 100 s6-tcpserver $wrong
done
mkdir chain
for name in s6-tcpserver-socketbinder s6-applyuidgid s6-tcpserverd
do
  printf '#!/bin/sh\nfor word ; do printf "[%%s]" "$word" ; done\n' > chain/$name
  chmod 755 chain/$name
done
built()
{
  is "the chain of: $1" "$(PATH=$WORK/chain:$PATH s6-tcpserver $1)" "$2"
}
built '1.2.3.4 80 prog -x' '[--][1.2.3.4][80][s6-tcpserverd][--][prog][-x]'
built '-v -1 -d -c 5 -C 3 -b 9 -46ArF -I lo -L 64 -- :: 80 prog' '[-d][-b][9][-4][-6][-A][-r][-F][-I][lo][--][::][80][s6-tcpserverd][-v2][-1][-c][5][-C][3][-L][64][--][prog]'
built '-c 0 -C 0 :: 80 prog' '[--][::][80][s6-tcpserverd][-c][1][-C][1][--][prog]'
built '-qD -G 1 -g 3 -u 4 :: 80 prog' '[-D][--][::][80][s6-applyuidgid][-G][1][-g][3][-u][4][--][s6-tcpserverd][-v0][--][prog]'
built '-G 1, :: 80 prog' '[--][::][80][s6-applyuidgid][-G][1,][--][s6-tcpserverd][--][prog]'
built '-QU :: 80 prog' '[--][::][80][s6-applyuidgid][-Uz][--][s6-tcpserverd][-v1][--][prog]'
if is_root
then
  as_uid 12 true
  PATH=$WORK/.reach/bin:$PATH
  start dropped s6-tcpserver -1 -u 21 -g 22 -G 23 127.0.0.1 0 sed -n 's/^\([UG]id\|Groups\):[[:space:]]*//p' /proc/self/status
  ready dropped
  is 'privileges are gone' "$(ask 127.0.0.1 "$(cat dropped.out)" | tr '\t' ' ' | sed 's/ *$//')" '21 21 21 21
22 22 22 22
22 23'
fi

# The client
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
