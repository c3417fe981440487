#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# TCP: the super-server, and its wrapper, each option and exit code.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

ask() { s6-tcpclient -Hl0 "$@" sh -c 'cat <&6' ; }
logged() { grep -Eq -e "$2" "$1.err" ; }
binder=s6-tcpserver-socketbinder

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
done_testing
