#!/bin/sh
# ISC license.
# H46: a rule whose name no lookup asks for is refused by the compiler, with the name that was meant, and told of by
# the holder.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

program=s6-accessrules-cdb-from-fs

# refused KEY MEANT: alone in a directory; MEANT is what the message ends with
refused()
{
  rm -rf rules
  mkdir -p "rules/$1"
  : > "rules/$1/deny"
  echo old > rules.cdb
  exits "$1 is refused" 100 "$program" rules.cdb rules
  is "$1: $2" "$(sed -n "s/^$program: warning: rule rules\///p" err)" "$1 can never match: write $2"
  is "$1: the old file stays" "$(cat rules.cdb)" old
  exits "$1: -n says so too" 100 "$program" -n rules
}
taken()
{
  rm -rf rules
  mkdir -p "rules/$1"
  : > "rules/$1/allow"
  exits "$1 is taken" 0 "$program" rules.cdb rules
  is "$1: nothing is said" "$(cat err)" ''
}

for key in uid/0 uid/self uid/default uid/4294967294 gid/100 gid/self ip4/0.0.0.0_0 ip4/127.0.0.0_8 ip4/10.1.2.3_32 \
  ip4/10.1.2.2_31 ip6/::_0 ip6/::1_128 ip6/2001:db8::_32 ip6/2001:db8:0:1::_64 ip6/fe80::_10 ip6/::_95 ip6/::fffe:0:0_95 ip6/::fffe:a00:1_128 reversedns/@ \
  reversedns/org reversedns/example.org reversedns/_srv.a-b.x1
do
  taken "$key"
done

ids='uid/N, uid/self or uid/default'
ip4='ip4/a.b.c.d_N, N from 0 to 32'
ip6='ip6/address_N, N from 0 to 128'
names='reversedns/name or reversedns/@'
refused uid/root uid/0
refused gid/root gid/0
refused uid/00 uid/0
refused uid/007 uid/7
refused uid/4294967296 "$ids"
refused uid/99999999999999999999 "$ids"
refused uid/-1 "$ids"
refused uid/4294967295 "$ids"
refused 'uid/no such user' "$ids"
refused uid/@ "$ids"
refused gid/default uid/default
refused gid/x-y-z 'gid/N or gid/self'
refused ip4/127.1.2.3_8 ip4/127.0.0.0_8
refused ip4/10.0.0.1_31 ip4/10.0.0.0_31
refused ip4/10.0.0.0 ip4/10.0.0.0_32
refused ip4/10.0.0.0_08 ip4/10.0.0.0_8
refused ip4/010.0.0.0_8 ip4/10.0.0.0_8
refused ip4/10.0.0.0_33 "$ip4"
refused ip4/10.0.0.0_ "$ip4"
refused ip4/10.0.0.0_8_8 "$ip4"
refused ip4/10.0.0.0_999999999999 "$ip4"
refused ip4/10.0.0.256_32 "$ip4"
refused ip4/10.0.0_24 "$ip4"
refused ip4/10.0.0.0.0_32 "$ip4"
refused ip4/10.0.0.0-8 "$ip4"
refused ip4/::1_128 ip6/::1_128
refused ip6/10.0.0.0_8 ip4/10.0.0.0_8
refused ip6/:: ip6/::_128
refused ip6/2001:DB8::_32 ip6/2001:db8::_32
refused ip6/2001:db8:0:0::_48 ip6/2001:db8::_48
refused ip6/2001:0db8::_32 ip6/2001:db8::_32
refused ip6/2001:db8::1_64 ip6/2001:db8::_64
refused ip6/::ffff:10.0.0.1_128 ip4/10.0.0.1_32
refused ip6/::ffff:a00:1_128 ip4/10.0.0.1_32
refused ip6/::ffff:a00:0_104 ip4/10.0.0.0_8
refused ip6/::ffff:0:0_96 ip4/0.0.0.0_0
refused ip6/::_129 "$ip6"
refused ip6/fe80::1%eth0_128 "$ip6"
refused reversedns/.example.org reversedns/example.org
refused 'reversedns/*.example.org' reversedns/example.org
refused 'reversedns/*' reversedns/@
refused reversedns/example.org. reversedns/example.org
refused reversedns/Example.ORG reversedns/example.org
refused reversedns/192.0.2.1 ip4/192.0.2.1_32
refused reversedns/10.0.0.0_8 ip4/10.0.0.0_8
refused reversedns/::1 ip6/::1_128
refused reversedns/a..b "$names"
refused 'reversedns/a b' "$names"

# what the message proposes is the key that a lookup finds
rm -rf rules
mkdir -p rules/ip6/2001:db8::_32 rules/ip4/10.0.0.0_31
: > rules/ip6/2001:db8::_32/deny
: > rules/ip4/10.0.0.0_31/deny
is 'ip6/2001:db8::_32 matches' "$(judge-rules -i rules ip 2001:DB8::7)" 'deny ip6/2001:db8::_32'
is 'ip4/10.0.0.0_31 matches' "$(judge-rules -i rules ip 10.0.0.1)" 'deny ip4/10.0.0.0_31'
exits 'also an IPv4 client of an IPv6 socket' 1 env PROTO=TCP TCPREMOTEIP=::ffff:10.0.0.1 TCPREMOTEPORT=1 s6-tcpserver-access -v 2 -Hl0 -i rules true
like 'by that rule' "$(cat err)" 'deny pid [0-9]* ip 10\.0\.0\.1: rule ip4/10\.0\.0\.0_31$'

# all are told of at once
mkdir -p rules/uid/a rules/uid/b rules/uid/c rules/uid/.hidden rules/reversedns/.hidden
: > rules/uid/a/allow
: > rules/uid/b/deny
: > rules/uid/.hidden/deny
exits 'two of several' 100 "$program" rules.cdb rules
is 'both are told of, and the one that is no rule is not' "$(grep -c 'can never match: write' err)" 2
like 'and counted' "$(cat err)" 'fatal: rules has rules that can never match: 2$'
rm -r rules/uid/a rules/uid/b
exits 'a name with a dot is no rule' 0 "$program" rules.cdb rules
is 'of which nothing is said' "$(cat err)" ''

# a class that is unknown
mkdir -p rules/ip/1.2.3.4_32 rules/ip/1.2.3.5_32 rules/mine/anything
: > rules/ip/1.2.3.4_32/deny
: > rules/ip/1.2.3.5_32/deny
: > rules/mine/anything/allow
exits 'an unknown class is compiled' 0 "$program" rules.cdb rules
is 'and warned about, once' "$(grep -c 'of class ip:' err) $(grep -c 'of class mine$' err) $(wc -l < err)" '1 1 2'
like 'with what may have been meant' "$(cat err)" 'did you mean ip4/1.2.3.4_32'
is 'its rules are there' "$(judge-rules -x rules.cdb key mine/anything)" 'allow mine/anything'

# -n
rm rules.cdb
exits '-n of good rules' 0 "$program" -n rules
is 'writes nothing' "$(echo rules* out* err*)" 'rules out err'
exits '-n needs a directory' 100 "$program" -n
: > rules/mine/anything/exec
printf 'a\0b' > rules/mine/anything/exec
exits '-n reads all parts' 100 "$program" -n rules

# a directory that a holder uses
rm -rf rules
allow_all rules uid/self
for name in 0 root 007 1 .dot
do
  mkdir -p "rules/uid/$name"
  : > "rules/uid/$name/allow"
done
mkdir -p rules/uid/nobody rules/gid/users
: > rules/gid/users/deny
start_holder holder s -i rules
for _ in 1 2 3
do
  s6-fdholder-list s > list.out
done
stop holder
is 'the holder tells of each, once' "$(grep 'can never match' holder.err | sort)" "$(printf 's6-fdholderd: warning: rule %s can never match: write %s\n' 'gid/"users"' 'gid/N or gid/self' 'uid/"007"' uid/7 'uid/"root"' "$ids")"
n=100
while test "$n" -lt 120
do
  mkdir "rules/uid/0$n"
  : > "rules/uid/0$n/allow"
  n=$((n + 1))
done
start_holder many s -i rules
stop many
is 'but of 8 at most' "$(grep -c 'can never match: write' many.err)" 8
like 'and then of how many there are' "$(cat many.err)" '15 more rules can never match: s6-accessrules-cdb-from-fs -n'
done_testing
