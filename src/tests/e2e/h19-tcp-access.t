#!/bin/sh
# ISC license.
# shellcheck disable=SC2016 # for execlineb
# H19, for s6-tcpserver-access: ip4, ip6 and reversedns rules of every length, allow and deny, from directory and cdb.
# timeout: 90
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# One call as under s6-tcpserverd, for a client with the address IP. To $got: the rule's
# variable; "denied" for exit code 1
PROTO=TCP
TCPREMOTEPORT=1
export PROTO TCPREMOTEPORT
judge() # IP OPTIONS...
{
  TCPREMOTEIP=$1
  export TCPREMOTEIP
  shift
  run s6-tcpserver-socketbinder -b 0 127.0.0.1 0 s6-tcpserver-access -v 0 -H -l 0 "$@" printenv RULE
  got=
  case $status in
    0) read -r got < out ;;
    1) got=denied ;;
    *) got="exit code $status $(cat err)" ;;
  esac
}
judged() # NAME WANT IP OPTIONS...
{
  name=$1 want=$2
  shift 2
  judge "$@"
  is "$name" "$got" "$want"
}

# rule KEY allow|deny
rule()
{
  mkdir -p "rules/$1/env"
  : > "rules/$1/$2"
  echo "${1##*_}" > "rules/$1/env/RULE"
}

# All networks of an address of ones, shortest first: 255.128.0.0_9, ffff:8000::_17. Only a
# tail of zeros is ever shortened.
networks() # GROUPS BITS-OF-A-GROUP
{
  awk -v groups="$1" -v width="$2" 'BEGIN {
    for (bits = 0 ; bits <= groups * width ; bits++) {
      zeros = 0
      text = ""
      for (i = 0 ; i < groups ; i++) {
        keep = bits - width * i
        if (keep < 0) keep = 0
        if (keep > width) keep = width
        part = 2 ^ width - 2 ^ (width - keep)
        zeros = part ? 0 : zeros + 1
        if (width == 8) text = text (i ? "." : "") part
        else if (part || (zeros == 1 && i == groups - 1)) text = text (i ? ":" : "") sprintf("%x", part)
      }
      if (width == 16 && zeros > 1) text = text "::"
      print text "_" bits
    }
  }'
}
networks 4 8 > networks.ip4
networks 8 16 > networks.ip6
is 'the networks, to be sure' "$(sed -n '26p' networks.ip4) $(sed -n '1p;18p;113p;114p;129p' networks.ip6 | tr '\n' ' ')" '255.255.255.128_25 ::_0 ffff:8000::_17 ffff:ffff:ffff:ffff:ffff:ffff:ffff:0_112 ffff:ffff:ffff:ffff:ffff:ffff:ffff:8000_113 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff_128 '

# All lengths have a rule: the longest counts; it goes; the next one counts. Even ones allow
# in the first round, odd ones in the second.
all_lengths() # CLASS STEP IP
{
  class=$1 step=$2 ip=$3
  for parity in 0 1
  do
    rm -rf rules
    while read -r network
    do
      if test $((${network#*_} % 2)) -eq "$parity" ; then rule "$class/$network" allow
      else rule "$class/$network" deny ; fi
    done < "networks.$class"
    wrong=
    tac "networks.$class" > longest
    while read -r network
    do
      bits=${network#*_}
      if test $((bits % 2)) -eq "$parity" ; then want=$bits ; else want=denied ; fi
      # sanitized programs are slow to start: the ends of groups alone
      if test -z "$SANITIZED" || test $((bits % 16)) -lt 2
      then
        judge "$ip" -i rules
        test "$got" = "$want" || wrong="$wrong $bits:$got"
      fi
      if test $((bits % step)) -eq "$parity"
      then
        s6-accessrules-cdb-from-fs rules.cdb rules
        judge "$ip" -x rules.cdb
        test "$got" = "$want" || wrong="$wrong cdb $bits:$got"
      fi
      rm -r "rules/$class/$network"
    done < longest
    is "$class: all lengths, $parity" "$wrong" ''
    judged 'and without a rule: denied' denied "$ip" -i rules
  done
}
all_lengths ip4 4 255.255.255.255
all_lengths ip6 16 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff

# Keys that are not canonical are no rules; a neighbour is another.
rm -rf rules
rule ip4/203.0.113.255_24 allow
rule ip6/2001:db8:0::1_128 allow
judged 'bits beyond the prefix: no rule' denied 203.0.113.255 -i rules
judged 'not in canonical form: no rule' denied 2001:db8::1 -i rules
rule ip6/2001:db8::1_128 allow
judged 'in it: a rule' 128 2001:DB8:0:0::1 -i rules
judged 'the neighbour has none' denied 2001:db8::2 -i rules
rule ip4/192.0.2.0_24 allow
judged 'an IPv4 address written as IPv6' 24 ::ffff:192.0.2.7 -i rules
rule ip6/::_0 allow
judged 'IPv6 for all is nothing for IPv4' denied 198.51.100.1 -i rules

# exec, from both
rm -rf rules
rule ip4/192.0.2.0_24 allow
echo 'importas -i RULE RULE echo exec of $RULE' > rules/ip4/192.0.2.0_24/exec
s6-accessrules-cdb-from-fs rules.cdb rules
judged 'exec, with the environment' 'exec of 24' 192.0.2.1 -i rules
judged 'the same from the cdb' 'exec of 24' 192.0.2.1 -x rules.cdb

# Names, from a hosts file of our own
if is_root && unshare -m true 2>/dev/null
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
  is 'a client with a name: reversedns/@' "$(named 192.0.2.5 -i rules)" reversedns/@
  is 'one without a name meets no rule by name' "$(named 192.0.2.6 -i rules)" denied
  s6-accessrules-cdb-from-fs rules.cdb rules
  is 'nor in the cdb' "$(named 192.0.2.6 -x rules.cdb)" denied
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
