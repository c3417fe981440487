#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# Real servers and clients: a login by ssh, a transfer by HTTP, the programs of ucspi-tcp, and s6's on the other side.
# timeout: 90
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# What tools/fetch-peer unpacked, unless it is installed
peers=$TESTS/peer
PATH=$PATH:$peers/busybox/bin:$peers/dropbear-bin/bin:$peers/dropbear-bin/usr/sbin:$peers/ucspi-tcp/bin
dropbear_libraries="LD_LIBRARY_PATH=$peers/dropbear-bin/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
start_line() { printf '%s\n' "$2" > "$1.el" ; start "$1" execlineb "$1.el" ; }
mkdir -p data/rules/ip4/127.0.0.1_32
: > data/rules/ip4/127.0.0.1_32/allow

# A user of our own, in a name space of our own: nobody's keys or accounts are touched. Where
# there can be a network of our own too, the command line keeps its address and port.
ssh_server()
{
  mkdir -p home/.ssh client
  env "$dropbear_libraries" dropbearkey -t ed25519 -f hostkey > /dev/null 2>&1 || return 1
  env "$dropbear_libraries" dropbearkey -t ed25519 -f client/key 2>/dev/null | grep '^ssh-' > home/.ssh/authorized_keys || return 1
  chmod 600 client/key
  cp /etc/passwd passwd
  echo "visitor:x:4343:4343::$WORK/home:/bin/sh" >> passwd
  chown -R 4343:4343 home
  chmod 700 home/.ssh
  unshare -m mount --bind passwd /etc/passwd || return 1
  address=127.0.0.1 port=0 inside='' network=''
  if unshare -n ip addr add 10.0.2.1/32 dev lo 2>/dev/null && command -v nsenter >/dev/null
  then
    address=10.0.2.1 port=22 network=n
    mkdir -p data/rules/ip4/10.0.2.1_32
    : > data/rules/ip4/10.0.2.1_32/allow
  fi
  echo "s6-tcpserver -v -1 -- $address $port s6-tcpserver-access -v 2 -Hl0 -t 5000 -i data/rules -- env $dropbear_libraries dropbear -i -K 60 -r hostkey" > ssh.el
  start ssh unshare "-m$network" sh -c '
    mount --bind passwd /etc/passwd || exit 1
    if test -n "$1" ; then ip link set lo up && ip addr add 10.0.2.1/32 dev lo || exit 1 ; fi
    exec execlineb ssh.el' sh "$network"
  ready ssh
  port=$(cat ssh.out)
  if test -n "$network" ; then inside="nsenter -t $(pid_of ssh) -n" ; fi
}

if ! is_root
then
  skip 'a login by ssh' 'needs root'
elif ! command -v dropbear >/dev/null
then
  skip 'a login by ssh' 'no dropbear: tools/fetch-peer dropbear-bin'
elif ! ssh_server
then
  skip 'a login by ssh' 'no key, or no name space of mounts here'
else
  run env HOME="$WORK/client" "$dropbear_libraries" timeout 30 $inside dbclient -y -y -i client/key -p "$port" "visitor@$address" 'id -u ; echo $SSH_CONNECTION ; cat' < data/rules/ip4/127.0.0.1_32/allow
  is 'dropbear -i: a login with dbclient, and a command' "$status $(head -n 1 out)" '0 4343'
  like 'dropbear knows both ends' "$(cat out)" "^$address [0-9]+ $address $port\$"
  run env HOME="$WORK/client" "$dropbear_libraries" timeout 30 $inside dbclient -y -y -i client/key -p "$port" "visitor@$address" 'exit 42'
  is 'its exit code' "$status" 42
  if command -v ssh-keygen >/dev/null && ssh-keygen -q -t ed25519 -N '' -f client/id
  then
    cat client/id.pub >> home/.ssh/authorized_keys
    head -c 300000 /dev/urandom > client/data
    run timeout 30 $inside ssh -F none -i client/id -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=client/known -o BatchMode=yes "visitor@$address" 'cat > data ; cat data' < client/data
    is 'with ssh: 300000 bytes there and back' "$status" 0
    mv out client/back
    ok 'the same ones' cmp client/back client/data
  else
    skip 'a login with ssh' 'no openssh-client'
  fi
  like 'the log has both programs' "$(cat ssh.err)" '^s6-tcpserverd: info: accept [0-9.]+_[0-9]+ pid'
  like 'and who may' "$(cat ssh.err)" '^s6-tcpserver-access: info: allow pid [0-9]+ ip [0-9.]+$'
  stop ssh
fi

# HTTP
if command -v busybox >/dev/null && busybox --list | grep -qx httpd
then
  mkdir www
  head -c 3000000 /dev/urandom > www/file
  start_line httpd 's6-tcpserver -1 -- 127.0.0.1 0 s6-tcpserver-access -v 0 -Hl0 -i data/rules -- busybox httpd -i -h www'
  ready httpd
  ok 'busybox httpd -i: a transfer by busybox wget' timeout 30 busybox wget -q -O got "http://127.0.0.1:$(cat httpd.out)/file"
  ok 'whole' cmp got www/file
  not_ok 'what is not there' timeout 30 busybox wget -q -O got2 "http://127.0.0.1:$(cat httpd.out)/nothing"
  stop httpd
else
  skip 'busybox httpd -i' 'no busybox: tools/fetch-peer busybox'
fi

# ucspi-tcp
if command -v tcpserver >/dev/null
then
  start ours s6-tcpserver -1 127.0.0.1 0 sh -c 'echo hello "$TCPREMOTEIP" ; read -r line ; echo "got $line"'
  ready ours
  run timeout 10 tcpclient -RHl0 127.0.0.1 "$(cat ours.out)" sh -c 'echo word >&7 ; cat <&6'
  is "ucspi's tcpclient and our server" "$status $(cat out)" '0 hello 127.0.0.1
got word'
  run timeout 10 sh -c "echo line | tcpclient -RHl0 127.0.0.1 $(cat ours.out) $(command -v mconnect-io)"
  is 'as mconnect does it' "$(tr -d '\r' < out)" 'hello 127.0.0.1
got line'
  stop ours
  start theirs tcpserver -1RHl0 127.0.0.1 0 sh -c 'echo hello "$TCPREMOTEIP" ; read -r line ; echo "got $line"'
  ready theirs
  run timeout 10 s6-tcpclient -Hl0 127.0.0.1 "$(cat theirs.out)" sh -c 'echo word >&7 ; cat <&6'
  is "our client and ucspi's tcpserver" "$status $(cat out)" '0 hello 127.0.0.1
got word'
  run timeout 10 sh -c "echo line | s6-tcpclient -Hl0 127.0.0.1 $(cat theirs.out) s6-ioconnect -67"
  is 'with s6-ioconnect' "$(cat out)" 'hello 127.0.0.1
got line'
  run timeout 10 sh -c "echo line | s6-tcpclient -Hl0 127.0.0.1 $(cat theirs.out) $(command -v mconnect-io)"
  is "our client with ucspi's mconnect-io" "$(tr -d '\r' < out)" 'hello 127.0.0.1
got line'
  stop theirs
  start mixed tcpserver -1RHl0 127.0.0.1 0 s6-tcpserver-access -v0 -Hl0 -i data/rules echo let in
  ready mixed
  is "our access control under ucspi's tcpserver" "$(timeout 10 s6-tcpclient -Hl0 127.0.0.1 "$(cat mixed.out)" sh -c 'cat <&6')" 'let in'
  mv data/rules/ip4/127.0.0.1_32/allow data/rules/ip4/127.0.0.1_32/deny
  is 'and a rule that denies' "$(timeout 10 s6-tcpclient -Hl0 127.0.0.1 "$(cat mixed.out)" sh -c 'cat <&6')" ''
  stop mixed
else
  skip 'ucspi-tcp' 'no tcpserver: tools/fetch-peer ucspi-tcp'
fi

# s6 on the other side
if test -x "$PEER_S6/usr/bin/s6-ipcserverd"
then
  start oursu s6-ipcserver -1 oursu sh -c 'echo hello "$IPCREMOTEEUID" "$IPCREMOTEPATH" ; read -r line ; echo "got $line"'
  ready oursu
  run timeout 10 sh -c 'echo word | peer s6-ipcclient -p ./mine oursu peer s6-ioconnect -67'
  is "s6's s6-ipcclient and our server" "$status $(cat out)" "0 hello $(id -u) ./mine
got word"
  start theirsu s6-ipcserver-socketbinder theirsu peer s6-ipcserverd -1 sh -c 'echo hello "$IPCREMOTEEUID" "$IPCREMOTEPATH" ; read -r line ; echo "got $line"'
  ready theirsu
  rm -f mine
  run timeout 10 sh -c 'echo word | s6-ipcclient -p ./mine theirsu s6-ioconnect -67'
  is "our client and s6's s6-ipcserverd" "$status $(cat out)" "0 hello $(id -u) ./mine
got word"
  run timeout 10 sh -c 'echo word | peer s6-ipcclient -l me oursu sh -c "echo \$PROTO \$IPCLOCALPATH"'
  theirs=$(cat out)
  run timeout 10 sh -c 'echo word | s6-ipcclient -l me oursu sh -c "echo \$PROTO \$IPCLOCALPATH"'
  is 'the environment of both clients is the same' "$(cat out)" "$theirs"
else
  skip "s6's programs" 'needs tools/fetch-peer'
fi
done_testing
