#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-ipcserver-access, s6-tcpserver-access and s6-connlimit: options, rules, environment; errors deny.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

uid=$(id -u)
gid=$(id -g)
vars() { grep -E '^(PROTO|IPC|TCP|FOO|NL|GONE)' "$1" | sort | tr '\n' ' ' ; }

# One call as under s6-ipcserverd: ipc OPTIONS... prog
ipc() { run env PROTO=IPC IPCREMOTEEUID="$uid" IPCREMOTEEGID="$gid" IPCREMOTEPATH=r IPCCONNNUM=1 GONE=yes s6-ipcserver-socketbinder s s6-ipcserver-access "$@" ; }

ipc env
is 'no rules: let in' "$status $(vars out)" "0 GONE=yes IPCCONNNUM=1 IPCLOCALPATH=s IPCREMOTEEGID=$gid IPCREMOTEEUID=$uid IPCREMOTEPATH=r PROTO=IPC "
like 'which is logged' "$(cat err)" "^s6-ipcserver-access: info: allow pid [0-9]+ uid $uid gid $gid\$"
ipc -v2 true
like '-v 2 warns' "$(cat err)" 'warning: no rules are given'
ipc -v0 true
is '-v 0 says nothing' "$(cat err)" ''
ipc -l name env
like '-l' "$(cat out)" '^IPCLOCALPATH=name$'
ipc -E env
is '-E takes all away' "$(vars out)" 'GONE=yes '
ipc -E -e env
like '-e after -E' "$(cat out)" '^PROTO=IPC$'
run env PROTO=IPC IPCREMOTEEUID=0 IPCREMOTEEGID=0 s6-ipcserver-socketbinder @access$$ s6-ipcserver-access env
like 'an abstract socket' "$(cat out)" "^IPCLOCALPATH=@access$$\$"
for name in PROTO IPCREMOTEEUID IPCREMOTEEGID
do
  exits "$name is missing" 100 env PROTO=IPC IPCREMOTEEUID=0 IPCREMOTEEGID=0 env -u $name s6-ipcserver-access -E true
  like 'and named, with the remedy' "$(cat err)" "fatal: $name not set: run s6-ipcserver-access under s6-ipcserverd"
done
exits 'a variable is no number' 100 env PROTO=IPC IPCREMOTEEUID=x IPCREMOTEEGID=0 s6-ipcserver-access -E true
for wrong in '' '-z true' '-v x true' '-i'
do
  exits "s6-ipcserver-access $wrong" 100 s6-ipcserver-access $wrong
done

# Rules
mkdir -p rules/uid/$uid/env
: > rules/uid/$uid/allow
echo bar > rules/uid/$uid/env/FOO
echo > rules/uid/$uid/env/NL
: > rules/uid/$uid/env/GONE
ipc -i rules env
is 'a rule that allows, with its environment' "$status $(vars out)" "0 FOO=bar IPCCONNNUM=1 IPCLOCALPATH=s IPCREMOTEEGID=$gid IPCREMOTEEUID=$uid IPCREMOTEPATH=r NL= PROTO=IPC "
ipc -E -i rules env
is 'it counts after -E' "$(vars out)" 'FOO=bar NL= '
s6-accessrules-cdb-from-fs rules.cdb rules
ipc -x rules.cdb env
like 'the same from a cdb' "$(vars out)" '^FOO=bar IPCCONNNUM'
ipc -x nowhere -i rules true
is '-i after -x' "$status" 0
echo rule > rules/uid/$uid/env/PROTO
echo rule > rules/uid/$uid/env/IPCLOCALPATH
ipc -E -i rules env
is 'a rule does not put back what -E takes away' "$(vars out)" 'FOO=bar NL= '
ipc -l name -i rules env
like 'nor change what we set' "$(vars out)" ' IPCLOCALPATH=name .* PROTO=rule $'
rm rules/uid/$uid/env/PROTO rules/uid/$uid/env/IPCLOCALPATH
echo 'echo instead $FOO' > rules/uid/$uid/exec
ipc -i rules env
is 'exec: another program' "$status $(cat out)" '0 instead $FOO'
s6-accessrules-cdb-from-fs rules.cdb rules
ipc -x rules.cdb env
is 'from the cdb too' "$status $(cat out)" '0 instead $FOO'
for from in '-i rules' '-x rules.cdb'
do
  for line in 'env' 'foreground { env } true' 'if { true } env'
  do
    echo "$line" > rules/uid/$uid/exec
    s6-accessrules-cdb-from-fs rules.cdb rules
    ipc $from true
    is "$from: exec of '$line'" "$status $(grep -c '^FOO=bar$' out)" '0 1'
    unlike 'has none of the variables of arguments' "$(cat out)" '^(#|0|[1-9])='
  done
done
mkdir -p bygroup/gid/$gid
: > bygroup/gid/$gid/allow
echo env > bygroup/gid/$gid/exec
ipc -i bygroup true
unlike 'nor has that of a rule on a group' "$(cat out)" '^(#|0)='

denied() # NAME ERE OPTIONS
{
  name=$1
  ere=$2
  shift 2
  ipc -v2 "$@" echo LET IN
  is "denied: $name" "$status $(cat out)" '1 '
  like 'and that is logged' "$(cat err)" "$ere"
  ipc "$@" echo LET IN
  unlike 'at -v 2 only' "$(cat err)" 'deny'
}
# rules that cannot be read: fatal, at every verbosity
unreadable() # NAME WHY
{
  for level in 0 1 2
  do
    ipc -v$level -i rules echo LET IN
    is "$1, -v$level" "$status $(cat out)" '111 '
    like 'and that is said' "$(cat err)" "^s6-ipcserver-access: fatal: unable to read the rules uid/$uid for uid $uid gid $gid: $2\$"
  done
}
head -c 8192 /dev/zero | tr '\0' x > rules/uid/$uid/exec
unreadable 'an exec that is too long' 'Message too long'
rm rules/uid/$uid/exec
head -c 8192 /dev/zero | tr '\0' x > rules/uid/$uid/env/FOO
unreadable 'an env that is too long' 'Message too long'
rm rules/uid/$uid/allow
ln -s nowhere rules/uid/$uid/allow
unreadable 'an allow that is a link to nothing' 'No such file or directory'
rm -r rules/uid/$uid
: > rules/uid/$uid
unreadable 'a file instead of a rule' 'Not a directory'
rm rules/uid/$uid
mkdir rules/uid/$uid
: > rules/uid/$uid/deny
denied 'a rule that denies' "deny pid [0-9]+ uid $uid gid $gid: rule uid/$uid" -i rules
rm -rf rules/uid/$uid
mkdir -p rules/uid/99999
: > rules/uid/99999/allow
denied 'no rule' "deny pid [0-9]+ uid $uid gid $gid: no rule" -i rules
denied 'no directory' 'no rule|cannot be read' -i nowhere
: > empty
ipc -x empty echo LET IN
is 'a cdb that is cut short' "$status $(cat out)" '111 '
ipc -x nowhere true
is 'a cdb that is not there' "$status" 111
like 'is named' "$(cat err)" 'unable to read the rules in nowhere: No such file or directory'

# s6-tcpserver-access, really over TCP
mkdir -p tcp/ip4/127.0.0.1_32/env tcp/ip6/::1_128
: > tcp/ip4/127.0.0.1_32/allow
: > tcp/ip6/::1_128/allow
echo bar > tcp/ip4/127.0.0.1_32/env/FOO
# asked OPTIONS: what env says under s6-tcpserver-access OPTIONS
n=0
asked()
{
  n=$((n + 1))
  start tcp$n s6-tcpserver -A -1 :: 0 s6-tcpserver-access "$@" env
  ready tcp$n
  port=$(cat tcp$n.out)
  run s6-tcpclient -Hl0 ${host:-127.0.0.1} "$port" sh -c 'cat <&6'
}
asked -Hl0 -v2 -i tcp
is 'an address that is allowed' "$(vars out | sed 's/TCPREMOTEPORT=[0-9]* //')" "FOO=bar PROTO=TCP TCPCONNNUM=1 TCPLOCALHOST=0 TCPLOCALIP=127.0.0.1 TCPLOCALPORT=$port TCPREMOTEIP=127.0.0.1 "
like 'is logged' "$(cat tcp$n.err)" 'info: allow pid [0-9]+ ip 127.0.0.1$'
echo env > tcp/ip4/127.0.0.1_32/exec
asked -Hl0 -i tcp
like 'exec of an address has the variables of arguments' "$(cat out)" '^#=0$'
rm tcp/ip4/127.0.0.1_32/exec
host=::1
asked -Hl0 -v2 -i tcp
like 'and one of IPv6' "$(cat out)" '^TCPREMOTEIP=::1$'
host=127.0.0.1
mkdir tcp/ip4/127.0.0.0_8
: > tcp/ip4/127.0.0.0_8/deny
asked -Hl0 -i tcp
like 'the longest prefix counts' "$(cat out)" '^FOO=bar'
rm -r tcp/ip4/127.0.0.1_32
asked -Hl0 -v2 -i tcp
is 'a prefix that is denied' "$(cat out)" ''
ok 'is logged' retry 5 grep -q 'deny pid [0-9]* ip 127.0.0.1: rule ip4/127.0.0.0_8' tcp$n.err
rm -r tcp/ip4
if getent hosts 127.0.0.1 | grep -q localhost
then
  name=$(getent hosts 127.0.0.1 | awk '{ print tolower($2) }')
  mkdir -p "tcp/reversedns/$name/env"
  : > "tcp/reversedns/$name/allow"
  echo byname > "tcp/reversedns/$name/env/FOO"
  for lookup in -h '-h -t 5000' '-h -p' '-h -p -w -t 5000'
  do
    asked $lookup -l0 -i tcp
    like "by name: $lookup" "$(vars out)" "^FOO=byname.* TCPREMOTEHOST=$name "
  done
  asked -H -l0 -i tcp
  is '-H looks for no name, so no rule is found' "$(cat out)" ''
  asked -i tcp
  like 'the local name, without -l' "$(cat out)" "^TCPLOCALHOST=$name\$"
  rm -r tcp/reversedns
  mkdir -p tcp/reversedns/@
  : > tcp/reversedns/@/allow
  asked -l0 -i tcp
  like 'reversedns/@ is the last' "$(cat out)" '^PROTO=TCP$'
  asked -H -l0 -i tcp
  is 'but not with -H' "$(cat out)" ''
else
  skip 'by name' '127.0.0.1 has no name here'
fi
asked -Hl0 -B 'banner: ' -D -d -D -R -P -W
like '-B is written first; the other options are taken' "$(cat out)" '^banner: '
asked -Hl0 -B 'one ' -B '' -B 'two ' -v0 -B three
is 'each -B is written, in their order' "$(head -c 13 out)" 'one two three'
asked -Hl0 -r
like '-r warns, and goes on' "$(cat tcp$n.err) $(cat out)" 'warning: -r: IDENT is not done here; going on without it'
like 'and goes on' "$(cat out)" '^PROTO=TCP$'
tcpenv() { env PROTO=TCP TCPREMOTEIP=127.0.0.1 TCPREMOTEPORT=1 "$@" ; }
for name in PROTO TCPREMOTEIP TCPREMOTEPORT
do
  exits "$name is missing" 100 tcpenv env -u $name s6-tcpserver-access true
done
exits 'an address that is none' 100 tcpenv TCPREMOTEIP=1.2.3 s6-tcpserver-access true
exits 'a port that is none' 100 tcpenv TCPREMOTEPORT=x s6-tcpserver-access true
exits 'a port that is too big' 100 tcpenv TCPREMOTEPORT=65536 s6-tcpserver-access true
exits 'no rules file' 111 tcpenv s6-tcpserver-access -x nowhere -Hl0 true
for wrong in '' '-z true' '-v x true' '-t x true'
do
  exits "s6-tcpserver-access $wrong" 100 s6-tcpserver-access $wrong
done

# s6-connlimit
limit() { run env PROTO=IPC "$@" s6-connlimit echo in ; }
limit IPCCONNNUM=5
is 's6-connlimit: no limit' "$status $(cat out)" '0 in'
limit IPCCONNNUM=2 IPCCONNMAX=2
is 'the last one that may' "$status $(cat out)" '0 in'
limit IPCCONNNUM=3 IPCCONNMAX=2
is 'the first one that may not' "$status $(cat out)" '1 '
like 'the limit is named' "$(cat err)" 'IPCCONNMAX'
for wrong in 'IPCCONNMAX=2' 'IPCCONNMAX=x IPCCONNNUM=1' 'IPCCONNMAX=1 IPCCONNNUM=x' 'IPCCONNMAX= IPCCONNNUM=1' 'PROTO='
do
  limit $wrong
  is "s6-connlimit with $wrong" "$status $(cat out)" '100 '
done
exits 's6-connlimit without PROTO' 100 env -u PROTO s6-connlimit true
like 'says what to run it under' "$(cat err)" 'PROTO not set: run s6-connlimit under s6-ipcserverd'
exits 's6-connlimit --' 0 env PROTO=IPC s6-connlimit -- true
exits 's6-connlimit without a program' 100 env PROTO=IPC s6-connlimit
mkdir -p limited/uid/$uid/env
: > limited/uid/$uid/allow
echo 1 > limited/uid/$uid/env/IPCCONNMAX
start limited s6-ipcserver -1 limited.s s6-ipcserver-access -v0 -i limited s6-connlimit sh -c 'echo in ; cat'
ready limited
mkfifo hold
exec 9<>hold
start holding s6-ipcclient limited.s sh -c 'head -n 1 <&6 ; read -r _' <&9
ok 'in a chain: the first connection of a user' retry 5 grep -q in holding.out
is 'and not the second' "$(s6-ipcclient limited.s sh -c 'cat <&6')" ''

# The same rules judged by s6
if test -x "$PEER_S6/usr/bin/s6-ipcserver-access"
then
  mkdir -p same/uid/default same/gid/77/env same/uid/5 same/uid/self/env
  : > same/uid/default/deny
  : > same/gid/77/allow
  echo v > same/gid/77/env/FOO
  : > same/uid/5/allow
  : > same/uid/self/allow
  echo me > same/uid/self/env/FOO
  s6-accessrules-cdb-from-fs same.cdb same
  for ids in '5 5' '77 77' '6 77' '5 77' '0 0' '8 8' "$uid $gid" '4294967294 0'
  do
    set -- $ids
    for rules in '-i same' '-x same.cdb'
    do
      run env PROTO=IPC IPCREMOTEEUID=$1 IPCREMOTEEGID=$2 IPCREMOTEPATH= IPCCONNNUM=1 peer s6-ipcserver-access -v0 -l0 $rules env
      want="$status $(vars out)"
      run env PROTO=IPC IPCREMOTEEUID=$1 IPCREMOTEEGID=$2 IPCREMOTEPATH= IPCCONNNUM=1 s6-ipcserver-access -v0 -l0 $rules env
      is "like s6: $ids with $rules" "$status $(vars out)" "$want"
    done
  done
fi
done_testing
