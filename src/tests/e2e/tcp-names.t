#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# H50, H51: names from a name server of our own: lies, failures, impossible ones, none. Who looks up what, and when.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need_root
need unshare
server=127.0.0.78
cat > resolv.conf <<END
nameserver $server
search search.example
options timeout:20 attempts:1
END
echo 'hosts: files dns' > nsswitch.conf
cat > hosts <<'END'
127.0.0.1 inhosts
192.0.2.20 evil;name
192.0.2.21 .
192.0.2.22 -rf
192.0.2.23 evil.test/allow
192.0.2.24 $(reboot)
192.0.2.25 192.0.2.25
192.0.2.26 0xc000021a
192.0.2.27 IN.Hosts.Example
192.0.2.28 in..hosts
127.0.0.33 bad;name
END
cat > inside <<'END'
#!/bin/sh
mount --bind resolv.conf /etc/resolv.conf && mount --bind hosts /etc/hosts && mount --bind nsswitch.conf /etc/nsswitch.conf || exit 99
exec "$@"
END
chmod 755 inside
unshare -m ./inside true 2>/dev/null || skip_all 'no mount namespace can be made'
start names nameserver $server \
  192.0.2.1=one.example one.example=192.0.2.1 \
  192.0.2.2=liar.example liar.example=192.0.2.99 \
  192.0.2.3=lonely.example \
  192.0.2.4=fail \
  192.0.2.5=dead.example dead.example=fail \
  192.0.2.6=short short.search.example=192.0.2.6 \
  192.0.2.7=Upper.Example upper.example=192.0.2.7 \
  192.0.2.8=empty.example empty.example=2001:db8::8 \
  192.0.2.9=sub.evil.test sub.evil.test=192.0.2.9 \
  2001:db8::1=six.example six.example=192.0.2.1 six.example=2001:db8::1 \
  near.search.example=127.0.0.1 far.example=127.0.0.1 two.example=127.0.0.2 two.example=127.0.0.1 slow.example=silent \
  198.51.100.9=local.example
ready names || skip_all "port 53 of $server cannot be bound"

# access IP OPTIONS...: exit code and name of a client, to $got
access()
{
  ip=$1
  shift
  run env PROTO=TCP TCPREMOTEIP="$ip" TCPREMOTEPORT=5 TCPLOCALIP=198.51.100.9 TCPLOCALPORT=6 timeout 15 \
    unshare -m ./inside s6-tcpserver-socketbinder -b 0 127.0.0.1 0 s6-tcpserver-access "$@" sh -c 'echo "${TCPREMOTEHOST-none} ${TCPLOCALHOST-none}"'
  got="$status $(cat out)"
}
judged() # WANT IP OPTIONS...
{
  want=$1
  shift
  access "$@"
  is "$*" "$got" "$want"
}

# What is a name
judged '0 one.example 0' 192.0.2.1 -v0 -l0
judged '0 upper.example 0' 192.0.2.7 -v0 -l0
judged '0 six.example 0' 2001:db8::1 -v0 -l0
judged '0 in.hosts.example 0' 192.0.2.27 -v0 -l0
for last in 20 21 22 23 24 25 26 28 50
do
  judged '0 none 0' 192.0.2.$last -v0 -l0
  judged '1 ' 192.0.2.$last -v0 -l0 -pw
done
judged '0 liar.example 0' 192.0.2.2 -v0 -l0 -P
judged '0 one.example local.example' 192.0.2.1 -v0

# Paranoid: confirmed, or none. With -w, who is not confirmed ends.
for client in 1:one 7:upper
do
  judged "0 ${client#*:}.example 0" 192.0.2.${client%:*} -v0 -l0 -p
  judged "0 ${client#*:}.example 0" 192.0.2.${client%:*} -v0 -l0 -p -w
  judged "0 ${client#*:}.example 0" 192.0.2.${client%:*} -v0 -l0 -pwt 5000
done
judged '0 six.example 0' 2001:db8::1 -v0 -l0 -pw
mkdir -p byip/ip4/192.0.2.0_24 byip/ip4/192.0.2.1_32
: > byip/ip4/192.0.2.0_24/allow
: > byip/ip4/192.0.2.1_32/deny
# a lie; no forward record; no record of an address; another address; one that only our own domain confirms; no name
for last in 2 3 8 6 50
do
  judged '0 none 0' 192.0.2.$last -v0 -l0 -p
  judged '1 ' 192.0.2.$last -v2 -l0 -pw
  like 'which is logged' "$(cat err)" "info: deny pid [0-9]+ ip 192.0.2.$last: no confirmed name\$"
  judged '1 ' 192.0.2.$last -v0 -l0 -wp -t 5000 -i byip
  judged '0 none 0' 192.0.2.$last -v0 -l0 -p -i byip
done
# a lookup that fails
for last in 4 5
do
  judged '0 none 0' 192.0.2.$last -v0 -l0 -p
  judged '111 ' 192.0.2.$last -v0 -l0 -pw
  judged '111 ' 192.0.2.$last -v0 -l0 -pw -i byip
done
judged '1 ' 192.0.2.1 -v0 -l0 -pw -i byip

# Rules by name: only for who has one, and with -p a true one
mkdir -p rules/reversedns/@ rules/reversedns/evil.test
: > rules/reversedns/@/allow
: > rules/reversedns/evil.test/deny
s6-accessrules-cdb-from-fs rules.cdb rules
for from in '-i rules' '-x rules.cdb'
do
  judged '0 one.example 0' 192.0.2.1 -v0 -l0 $from
  judged '0 one.example 0' 192.0.2.1 -v0 -l0 -p $from
  judged '0 liar.example 0' 192.0.2.2 -v0 -l0 $from
  judged '1 ' 192.0.2.9 -v0 -l0 $from
  judged '1 ' 192.0.2.9 -v0 -l0 -p $from
  # no name; the name server fails; impossible names
  for last in 50 4 20 21 22 23 24 25 26 28
  do
    judged '1 ' 192.0.2.$last -v2 -l0 $from
    like 'by no rule' "$(cat err)" "info: deny pid [0-9]+ ip 192.0.2.$last: no rule\$"
  done
  for last in 2 3 5 6 8
  do
    judged '1 ' 192.0.2.$last -v0 -l0 -p $from
  done
  judged '1 ' 192.0.2.1 -v0 -l0 -H $from
  judged '0 one.example 0' 192.0.2.1 -v0 -l0 -H -p $from
done

# Who is asked: lines of the name server
asked() # WANT NAME OPTIONS...
{
  before=$(wc -l < names.out)
  want=$1
  shift
  access 192.0.2.1 -v0 "$@"
  is "$* asks for: $want" "$(tail -n +$((before + 1)) names.out | sort -u | tr '\n' ' ')" "$want"
}
client='PTR 1.2.0.192.in-addr.arpa '
local='PTR 9.100.51.198.in-addr.arpa '
asked "$client$local"
asked "$client$local" -h
asked "$client" -l0
asked '' -H
asked '' -H -h
asked '' -h -H
asked '' -Hh
asked '' -H -l0
asked '' -H -h -W
asked '' -Hp -P
asked "A one.example AAAA one.example $client" -H -p
asked "A one.example AAAA one.example $client" -p -H -h
asked "A one.example AAAA one.example $client$local" -p
judged '0 none none' 192.0.2.1 -v0 -H
judged '0 none none' 192.0.2.1 -v0 -H -h
judged '0 one.example none' 192.0.2.1 -v0 -H -p

# The client's host
start listener s6-tcpserver -1 0.0.0.0 0 echo answer
ready listener
port=$(cat listener.out)
client() # CODE OPTIONS and host...
{
  want=$1
  shift
  run env timeout 15 unshare -m ./inside s6-tcpclient -l0 "$@" "$port" sh -c 'echo "${LOCALDOMAIN-none}"'
  is "s6-tcpclient $*" "$status $(cat out)" "$want"
}
client '0 none' -H -n near
client '111 ' -H -N near
client '111 ' -H near
client '111 ' -H -n -N near
client '0 none' -H -N -n near
for option in '' -n -N
do
  client '0 none' -H $option far.example
  client '0 none' -H $option inhosts
  client '0 none' -H $option -t 5 inhosts
  client '0 none' -H $option two.example
done
client '111 ' -H -t 5 near
client '0 none' -H -t 5 -n near
LOCALDOMAIN=search.example
export LOCALDOMAIN
client '111 ' -H near
client '0 search.example' -H far.example
client '0 search.example' -H -n near
unset -v LOCALDOMAIN
client '111 ' -H -t 1 slow.example
like 'says what took too long' "$(cat err)" 'unable to resolve slow.example: Connection timed out'
unshare -m ./inside s6-tcpclient -l0 127.0.0.33 "$port" sh -c 'echo "${TCPREMOTEHOST-none}"' > out
is 'an impossible name of the server' "$(cat out)" none
unshare -m ./inside s6-tcpclient -l0 127.0.0.1 "$port" sh -c 'echo "${TCPREMOTEHOST-none}"' > out
is 'a possible one' "$(cat out)" inhosts
unshare -m ./inside s6-tcpclient -l0 -H -h 127.0.0.1 "$port" sh -c 'echo "${TCPREMOTEHOST-none}"' > out
is '-H counts more than -h' "$(cat out)" none
done_testing
