#!/bin/sh
# ISC license.
# shellcheck disable=SC2016 # for execlineb
# H19, for s6-tcpserver-access: ip4, ip6 and reversedns rules of every length, allow and deny, from directory and cdb.
# timeout: 90
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# One call as under s6-tcpserverd, for a client with the address IP. What it prints: the
# rule's variable; "denied" for exit code 1
judge() # IP OPTIONS...
{
  ip=$1
  shift
  run env -i PATH="$PATH" LD_LIBRARY_PATH="${LD_LIBRARY_PATH-}" PROTO=TCP TCPREMOTEIP="$ip" TCPREMOTEPORT=1 \
    s6-tcpserver-socketbinder -b 0 127.0.0.1 0 s6-tcpserver-access -v 0 -H -l 0 "$@" printenv RULE
  case $status in
    0) cat out ;;
    1) echo denied ;;
    *) echo "exit code $status $(cat err)" ;;
  esac
}

# rule KEY allow|deny
rule()
{
  mkdir -p "rules/$1/env"
  : > "rules/$1/$2"
  echo "${1##*_}" > "rules/$1/env/RULE"
}

# The network of an address, from its groups: of 8 bits in decimal, of 16 in hexadecimal.
network4() # BITS
{
  awk -v bits="$1" 'BEGIN {
    split("203.0.113.255", part, ".")
    for (i = 1 ; i <= 4 ; i++) {
      keep = bits - 8 * (i - 1)
      if (keep < 0) keep = 0
      if (keep < 8) part[i] -= part[i] % 2 ^ (8 - keep)
      printf "%s%d", (i > 1 ? "." : ""), part[i]
    }
    printf "_%d\n", bits
  }'
}

# An address without a zero in it, so that only a tail of zeros is ever shortened.
network6() # BITS
{
  awk -v bits="$1" 'BEGIN {
    zeros = 0
    for (i = 1 ; i <= 8 ; i++) {
      keep = bits - 16 * (i - 1)
      part[i] = 65535
      if (keep < 0) keep = 0
      if (keep < 16) part[i] -= part[i] % 2 ^ (16 - keep)
      zeros = part[i] ? 0 : zeros + 1
    }
    last = zeros > 1 ? 8 - zeros : 8
    for (i = 1 ; i <= last ; i++) printf "%s%x", (i > 1 ? ":" : ""), part[i]
    printf "%s_%d\n", (zeros > 1 ? "::" : ""), bits
  }'
}
is 'a network, to be sure' "$(network4 25) $(network6 17) $(network6 128)" '203.0.113.128_25 ffff:8000::_17 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff_128'

# All lengths have a rule: the longest counts; it goes; the next one counts. Even ones allow
# in the first round, odd ones in the second.
all_lengths() # CLASS NETWORK MAX STEP IP NEIGHBOUR
{
  class=$1 network=$2 max=$3 step=$4 ip=$5
  for parity in 0 1
  do
    rm -rf rules
    bits=0
    while test "$bits" -le "$max"
    do
      if test $((bits % 2)) -eq "$parity" ; then rule "$class/$($network "$bits")" allow
      else rule "$class/$($network "$bits")" deny ; fi
      bits=$((bits + 1))
    done
    bits=$max
    wrong=
    while test "$bits" -ge 0
    do
      if test $((bits % 2)) -eq "$parity" ; then want=$bits ; else want=denied ; fi
      got=$(judge "$ip" -i rules)
      test "$got" = "$want" || wrong="$wrong $bits:$got"
      if test $((bits % step)) -eq "$parity"
      then
        s6-accessrules-cdb-from-fs rules.cdb rules
        got=$(judge "$ip" -x rules.cdb)
        test "$got" = "$want" || wrong="$wrong cdb $bits:$got"
      fi
      rm -r "rules/$class/$($network "$bits")"
      bits=$((bits - 1))
    done
    is "$class: lengths 0 to $max, $parity" "$wrong" ''
    is 'and without a rule: denied' "$(judge "$ip" -i rules)" denied
  done
}
all_lengths ip4 network4 32 4 203.0.113.255
all_lengths ip6 network6 128 16 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff

# Keys that are not canonical are no rules; a neighbour is another.
rm -rf rules
rule ip4/203.0.113.255_24 allow
rule ip6/2001:db8:0::1_128 allow
is 'bits beyond the prefix: no rule' "$(judge 203.0.113.255 -i rules)" denied
is 'not in canonical form: no rule' "$(judge 2001:db8::1 -i rules)" denied
rule ip6/2001:db8::1_128 allow
is 'in it: a rule' "$(judge 2001:DB8:0:0::1 -i rules)" 128
is 'the neighbour has none' "$(judge 2001:db8::2 -i rules)" denied
rule ip4/192.0.2.0_24 allow
is 'an IPv4 address written as IPv6' "$(judge ::ffff:192.0.2.7 -i rules)" 24
rule ip6/::_0 allow
is 'IPv6 for all is nothing for IPv4' "$(judge 198.51.100.1 -i rules)" denied

# exec, from both
rm -rf rules
rule ip4/192.0.2.0_24 allow
echo 'importas -i RULE RULE echo exec of $RULE' > rules/ip4/192.0.2.0_24/exec
s6-accessrules-cdb-from-fs rules.cdb rules
is 'exec, with the environment' "$(judge 192.0.2.1 -i rules)" 'exec of 24'
is 'the same from the cdb' "$(judge 192.0.2.1 -x rules.cdb)" 'exec of 24'

# Names, from a hosts file of our own
if test "$(id -u)" -eq 0 && unshare -m true 2>/dev/null
then
  echo '192.0.2.5 www.sub.example.net' > hosts
  echo 'hosts: files' > nsswitch.conf
  cat > named <<'END'
#!/bin/sh
mount --bind hosts /etc/hosts && mount --bind nsswitch.conf /etc/nsswitch.conf || exit 99
exec "$@"
END
  chmod 755 named
  named()
  {
    run env PROTO=TCP TCPREMOTEIP="$1" TCPREMOTEPORT=1 unshare -m ./named \
      s6-tcpserver-socketbinder -b 0 127.0.0.1 0 s6-tcpserver-access -v 0 -l 0 -t 3000 "$2" "$3" printenv RULE
    case $status in
      0) cat out ;;
      1) echo denied ;;
      *) echo "exit code $status $(cat err)" ;;
    esac
  }
  rm -rf rules
  for name in www.sub.example.net sub.example.net example.net net @
  do
    rule "reversedns/$name" allow
    echo "$name" > "rules/reversedns/$name/env/RULE"
  done
  for name in www.sub.example.net sub.example.net example.net net @
  do
    is "reversedns/$name allows" "$(named 192.0.2.5 -i rules)" "$name"
    s6-accessrules-cdb-from-fs rules.cdb rules
    is 'from the cdb too' "$(named 192.0.2.5 -x rules.cdb)" "$name"
    mv "rules/reversedns/$name/allow" "rules/reversedns/$name/deny"
    is 'or denies' "$(named 192.0.2.5 -i rules)" denied
    s6-accessrules-cdb-from-fs rules.cdb rules
    is 'from the cdb too' "$(named 192.0.2.5 -x rules.cdb)" denied
    rm -r "rules/reversedns/$name"
  done
  is 'no rule is left: denied' "$(named 192.0.2.5 -i rules)" denied
  rule reversedns/@ allow
  is 'a client without a name: reversedns/@' "$(named 192.0.2.6 -i rules)" reversedns/@
  rule ip4/192.0.2.0_24 deny
  is 'addresses count first: deny' "$(named 192.0.2.5 -i rules)" denied
  rm -r rules/ip4
  rule ip4/0.0.0.0_0 allow
  rm rules/reversedns/@/allow
  : > rules/reversedns/@/deny
  is 'addresses count first: allow' "$(named 192.0.2.5 -i rules)" 0
else
  skip 'reversedns' 'needs root and a name space of mounts'
fi
done_testing
