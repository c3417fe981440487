#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # for inner shells; words
# from-systemd(7): systemd itself says which directives there are, and the page says of each what to write
# here; its units are units, and their translations, in execline and in sh, do what those say: with the
# addresses and users that they name, in a network of our own.
# timeout: 120
if test -z "${DOCS_NETWORK-}" && test "$(id -u)" -eq 0 && unshare -n ip link set lo up 2>/dev/null
then
  DOCS_NETWORK=yes exec unshare -n sh "$0"
fi
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
page=$SRC/doc/from-systemd.7

# Directives

# those of unit type $1
items() { awk -F = -v type="[$1]" '/^\[/ { here = $0 == type } here && NF > 1 { print $1 }' items | sort -u ; }
# of what all services have, only that which concerns sockets, descriptors, users, limits, ends
concern='^(Limit.*|.*User|.*Group|SupplementaryGroups|UMask|PAMName|(Standard|Fail|Extra).*|.*Environment(File)?|.*Capabilit.*|NoNewPrivileges|SecureBits|.*Directory|.*DirectoryMode|.*Network.*|IPAddress.*|SocketBind.*|RestrictAddressFamilies|RestrictNetworkInterfaces|Kill.*|.*Signal|Send.*|TimeoutSec|IgnoreSIGPIPE|Delegate)$'
# but not what only hides directories, or limits what may be called
others='^(ProcSubset|PrivateUsers|ReadOnly.*|ReadWrite.*|Inaccessible.*|SystemCall.*|.*TTY.*|WatchdogSignal)$'
sed -n -e 's/^\.It Li \([A-Z]\)/\1/p' -e 's/^\.Li \([A-Z]\)/\1/p' "$page" | tr -s ' ,' '\n' | sed -n 's/^\([A-Z][A-Za-z0-9]*\).*/\1/p' | sort -u > told
unknown() { comm -23 - told | tr '\n' ' ' ; }
systemd=$(for file in /lib/systemd/systemd /usr/lib/systemd/systemd ; do if test -x "$file" ; then echo "$file" ; break ; fi ; done)
if test -n "$systemd" && "$systemd" --dump-configuration-items > items 2>/dev/null && test -s items
then
  items Mount > of-mounts
  items Swap > of-swaps
  items Service > of-services
  comm -12 of-mounts of-swaps | comm -12 - of-services > common
  items Socket | comm -23 - common > of-sockets
  least 'systemd names the directives of sockets' "$(wc -l < of-sockets)" 50
  is 'each of them is in the page' "$(unknown < of-sockets)" ''
  comm -23 of-services common > own
  least 'and those of services' "$(wc -l < own)" 30
  is 'each of these, too' "$(unknown < own)" ''
  grep -E "$concern" common | grep -Ev "$others" > concerned
  least 'and what both have in common' "$(wc -l < concerned)" 40
  is 'what of that concerns sockets, users, limits and ends is there' "$(unknown < concerned)" ''
  # what is newer than this systemd is from those that the page was compared with, to 262
  newer='AcceptFileDescriptors BindNetworkInterface DeferTrigger DeferTriggerMaxSec ExecReloadPost
FileDescriptorStorePreserve LUOSession OpenFile PassFileDescriptorsToExec PassPIDFD
PollLimitBurst PollLimitIntervalSec RefreshOnReload ReloadSignal RestartMaxDelaySec RestartMode
RestartRandomizedDelaySec RestartSteps SetLoginEnvironment XAttrAccept XAttrEntryPoint XAttrListen'
  is 'the page invents none' "$(sort -u of-sockets of-services | comm -13 - told | grep -vxF "$(echo "$newer" | tr ' ' '\n')" | tr '\n' ' ')" ''
else
  skip 'each directive is in the page' 'no systemd to name them'
fi

# Units

# printed SECTION N: its N-th block
printed()
{
  awk -v section="$1" -v n="$2" '/^\.Sh/ { here = substr($0, 5) == section } /^\.Ed/ { inside = 0 } here && inside { print } /^\.Bd -literal/ && here { inside = ++count == n }' "$page" | sed 's|\\e|\\|g'
}
# taken SECTION N FILE: for whom /run and /service are below here
taken()
{
  printed "$1" "$2" | sed -e 's/^\$ //' -e "s|/service/|$WORK/service/|g" -e "s|/run/|$WORK/run/|g" -e "s|/usr/local/bin/|$WORK/programs/|g" > "$3"
  test -s "$3" || fail "$1: there is a block $2"
  tried=$((${tried-0} + 1))
}
ready='A SERVICE THAT SAYS WHEN IT IS READY'
each='A SERVICE FOR EACH CONNECTION'

if test -z "${DOCS_NETWORK-}" || test -n "$DAEMON_WRAPPER" || ! is_root || ! command -v python3 >/dev/null || ! id www-data >/dev/null 2>&1
then
  skip 'the units are translated' 'needs root, a network of its own, python3, a user www-data, no other daemon'
  done_testing
fi

ip link set lo up
# another user must reach them
mkdir programs service run service/fdholder service/web service/greet
find "$BUILD" -maxdepth 1 -name 's6-*' -type f -exec cp {} programs/ \;
cp "$BUILD"/libs6activation.so* programs/ 2>/dev/null
PATH=$WORK/programs:$PATH
LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
# It answers each client with what it has; one that says "keep" is stored, "end" ends it.
cat > programs/webserver << 'END_OF_SERVER'
#!/usr/bin/python3
import os, resource, select, signal, socket
def tell(text, *fds):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.connect(os.environ['NOTIFY_SOCKET'])
        socket.send_fds(to, [text.encode()], fds)
def quit(number, frame):
    os.write(2, b'SIGQUIT\n')
    os._exit(0)
signal.signal(signal.SIGQUIT, quit)
mask = os.umask(0)
names = os.environ['LISTEN_FDNAMES'].split(':')
assert os.environ['LISTEN_PID'] == str(os.getpid()) and os.environ['LISTEN_FDS'] == str(len(names))
listening = [socket.socket(fileno = 3 + i) for i in range(len(names)) if names[i] == 'web']
told = f'{" ".join(names)} {os.getuid()}:{os.getgid()} {mask:04o} {resource.getrlimit(resource.RLIMIT_NOFILE)}\n'
tell('READY=1')
while True:
    for one in select.select(listening, [], [])[0]:
        try:
            client = one.accept()[0]
        except BlockingIOError:
            continue
        client.setblocking(True)
        said = client.makefile('r').readline().strip()
        if said == 'keep':
            tell('FDSTORE=1\nFDNAME=kept', client.fileno())
        if said == 'end':
            os._exit(0)
        client.sendall(told.encode())
        client.close()
END_OF_SERVER
printf '#!/bin/sh\nread -r line\nexec >&0\necho "$GREETING $line $(id -un) $TCPREMOTEIP"\n' > programs/greet
chmod 755 programs/*

taken "$ready" 1 web.socket
taken "$ready" 2 web.service
taken "$each" 1 greet.socket
taken "$each" 2 greet@.service
if command -v systemd-analyze >/dev/null
then
  # what it says of other units, which it looks at as well, is not ours
  run timeout 60 systemd-analyze verify --man=no "$PWD/web.socket" "$PWD/greet.socket" "$PWD/web.service" "$PWD/greet@.service"
  is 'the units are units' "$(cat out err | grep -E "^($PWD/)?(web|greet)[.@]")" ''
else
  skip 'the units are units' 'no systemd-analyze'
fi

H=$WORK/service/fdholder/s
allow_all service/fdholder/data/rules uid/0
start fdholder sh -c 'cd service/fdholder && exec s6-fdholder-daemon -1 -i data/rules s'
ready fdholder

up() { test "$(s6-svstat -o up,ready "service/$1")" = 'true true' ; }
down() { test "$(s6-svstat -o up,wantedup "service/$1")" = 'false false' ; }
# asks TEXT CLIENT...: its answer
asks()
{
  said=$1
  shift
  timeout 20 "$@" sh -c 'printf "%s\n" "$0" >&7 ; cat <&6' "$said" 2>/dev/null
}
unix="s6-ipcclient $WORK/run/web/s"
tcp4='s6-tcpclient -Hl0 127.0.0.1 80'
tcp6='s6-tcpclient -Hl0 ::1 80'

taken "$ready" 5 rules.sh
ok 'the account may store' sh -eu rules.sh
taken "$ready" 6 files.sh
ok 'the files of the service' sh -euc 'cd service/web && . ../../files.sh'
is 'are there' "$(cd service/web && cat notification-fd timeout-kill down-signal | tr '\n' ' ')" '3 20000 QUIT '
taken "$ready" 9 service/web/finish
chmod 755 service/web/finish
has='web web web 33:33 0027 (4096, 4096)'
account=$(id -u www-data):$(id -g www-data)
is 'www-data has the numbers that the page has' "$account" 33:33

# translated LANGUAGE BOOT-BLOCK RUN-BLOCK
translated()
{
  taken "$ready" "$2" boot
  taken "$ready" "$3" service/web/run
  chmod 755 boot service/web/run
  ok "$1: what is done at boot" timeout 20 ./boot
  is "$1: all are held" "$(s6-fdholder-list "$H" | sort | tr '\n' ' ')" 'web:tcp4 web:tcp6 web:unix '
  is "$1: the path has its mode and owner" "$(stat -c '%a %u:%g' run/web/s)" '660 0:33'
  start early $unix sh -c 'echo early >&7 ; cat <&6'
  start supervisor s6-supervise service/web
  ok "$1: the service is ready" retry 20 up web
  ok "$1: who came before it is answered" retry 20 grep -qxF "$has" early.out
  for client in "$unix" "$tcp4" "$tcp6"
  do
    is "$1: ${client%% *}: it has what the unit says" "$(asks hello $client)" "$has"
  done
  start kept $unix sh -c 'echo keep >&7 ; cat <&6'
  ok "$1: what it stores is held" retry 20 s6-fdholder-retrieve "$H" "$WORK/run/web/notify:kept" true || s6-fdholder-list "$H" | sed 's/^/# /'
  server=$(pgrep -f "$WORK/programs/webserver" | head -n 1)
  kill -s KILL "$server"
  ok "$1: after kill -9 it starts again" retry 20 up web
  is "$1: with what it has stored" "$(asks hello $tcp4)" "web web web kept 33:33 0027 (4096, 4096)"
  s6-svc -wD -T 20000 -d service/web
  like "$1: it is ended by SIGQUIT" "$(cat supervisor.out)" '^SIGQUIT$'
  s6-svc -wU -T 20000 -u service/web
  asks end $tcp4
  ok "$1: it is not started again after a good end" retry 20 down web
  stop supervisor
  for id in $(s6-fdholder-list "$H")
  do
    s6-fdholder-delete "$H" "$id"
  done
}
translated execline 3 7
translated sh 4 8

# at most four of the client's address: the fifth is turned away
for version in 'execline 3 5' 'sh 4 6'
do
  set -- $version
  taken "$each" "$2" boot
  taken "$each" "$3" service/greet/run
  chmod 755 boot service/greet/run
  ok "$1: what is done at boot" timeout 20 ./boot
  start supervisor s6-supervise service/greet
  greets() { test "$(asks you s6-tcpclient -Hl0 127.0.0.1 4000)" = 'hello you daemon 127.0.0.1' ; }
  ok "$1: each client is greeted" retry 20 greets
  for n in 1 2 3 4
  do
    start "client$n" s6-tcpclient -Hl0 127.0.0.1 4000 sh -c 'exec sleep 1000'
  done
  four() { test "$(pgrep -c -f "$WORK/programs/greet")" -eq 4 ; }
  ok "$1: four of an address at a time" retry 20 four
  is "$1: and not five" "$(asks you s6-tcpclient -Hl0 127.0.0.1 4000)" ''
  for n in 1 2 3 4
  do
    stop "client$n"
  done
  stop supervisor
  s6-fdholder-delete "$H" tcp:greet
done
is 'each block of the page has been tried' "$tried" "$(grep -c '^\.Bd -literal' "$page")"

# What the tables print, where it is more than an option's name

echo motd > motd
ok 'ListenSpecial' redirfd -u 0 /dev/zero s6-fdholder-store "$H" special:zero
is 'is held' "$(s6-fdholder-retrieve "$H" special:zero head -c 2 | od -An -tx1 | tr -d ' ')" 0000
is 'OpenFile' "$(redirfd -r 9 motd s6-listenfds -n motd 9 sh -c 'echo $LISTEN_FDNAMES ; cat <&3' | tr '\n' ' ')" 'motd motd '
is 'LimitNOFILE' "$(s6-softlimit -o 1024 -h -o 4096 sh -c 'ulimit -Sn ; ulimit -Hn' | tr '\n' ' ')" '1024 4096 '
is 'IgnoreSIGPIPE' "$(env --ignore-signal=PIPE sh -c 'kill -s PIPE $$ ; echo on')" on
is 'LimitSIGPENDING' "$(prlimit --sigpending=100 sh -c 'grep pending /proc/self/limits' | awk '{ print $4 }')" 100
is 'StandardInputText' "$(execlineb -Pc 'heredoc 0 text cat')" text
is 'UnsetEnvironment' "$(LEVEL=1 execlineb -Pc 'unexport LEVEL printenv LEVEL' ; echo $?)" 1
stop fdholder
done_testing
