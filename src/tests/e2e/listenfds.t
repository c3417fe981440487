#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-listenfds: what the program has open, and the variables that tell of it, in each dialect; as sd_listen_fds_with_names(3) reads them.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

echo three > three.f
echo five > five.f
echo seven > seven.f

# Numbers that are open from 3 on, with what can be read there. Shells keep some beyond 9.
show='for f in 3 4 5 6 7 8 9 ; do if test -e /proc/$$/fd/$f ; then read -r word < /proc/$$/fd/$f ; echo "$f $word" ; fi ; done'
variables="env | grep -aE '^(LISTEN_|NGINX|EINHORN|SERVER_STARTER)' | grep -v ^LISTEN_PID | sort"
lines() { cat "$@" | tr '\n' ' ' ; }

run s6-listenfds -n a -n b 7,3,5 sh -c "$show ; $variables" 3< three.f 5< five.f 7< seven.f
is '3 5 7 given as 7 3 5' "$(lines out err)" '3 seven 4 three 5 five LISTEN_FDNAMES=a:b:unknown LISTEN_FDS=3 '
run s6-listenfds 7 sh -c "$show" 3< three.f 7< seven.f
is 'what has a number that is needed is closed' "$(lines out)" '3 seven '
like 'with a warning' "$(cat err)" 's6-listenfds: warning: descriptor 3 is in use'
run s6-listenfds 7,9 sh -c "$show" 5< five.f 7< seven.f 9< three.f
is 'what has another number stays' "$(lines out err)" '3 seven 4 three 5 five '
run s6-listenfds 0 sh -c "$show ; readlink /proc/self/fd/0" < five.f
is 'the former standard input is /dev/null' "$(lines out err)" '3 five /dev/null '
run s6-tcpserver-socketbinder 127.0.0.1 0 fdmove 2 0 s6-listenfds 2 sh -c 'readlink /proc/$$/fd/2 /proc/$$/fd/3' 3< three.f
like 'nothing is written to a former standard error, which would be SIGPIPE here' "$(lines out) $status" '^/dev/null socket:[^ ]* +0$'
if test -z "$SANITIZED"
then
  run sh -c 'exec <&- ; ulimit -n 6 ; exec s6-listenfds 5,4,3 true' 3< three.f 4< three.f 5< five.f
  like 'no number to move one away to: that is said' "$(cat err)" 'unable to number the descriptors: Too many open files'
else
  skip 'no number to move one away to: that is said' 'sanitizers need descriptors'
fi
ok 'closed standard descriptors stay closed' \
  sh -c 'exec s6-listenfds 5 sh -c "test ! -e /proc/\$\$/fd/0 && test ! -e /proc/\$\$/fd/2" <&- 2>&-' 5< five.f

for dialect in nginx einhorn server-starter
do
  run env LISTEN_FDS=7 LISTEN_PID=1 LISTEN_PIDFDID=1 LISTEN_FDNAMES=x s6-tcpserver-socketbinder -- 127.0.0.1 0 \
    s6-listenfds -e $dialect 0 sh -c 'env | grep -aE "^(LISTEN_|NGINX|EINHORN|SERVER_STARTER)" | sort'
  lines out | sed 's/127.0.0.1:[0-9][0-9]*/ADDRESS/' >> dialects
  echo >> dialects
done
is 'the dialects, and nothing else' "$(lines dialects)" \
  'NGINX=3;  EINHORN_FD_0=3 EINHORN_FD_COUNT=1  SERVER_STARTER_GENERATION=1 SERVER_STARTER_PORT=ADDRESS=3  '
run s6-ipcserver-socketbinder -a 0700 'path;=x' s6-listenfds -e server-starter 0 printenv SERVER_STARTER_PORT
is 'a path is a label: without what splits the list' "$(lines out)" 'path__x=3 '
exits 'no socket, no address: 111' 111 s6-listenfds -e server-starter 5 true 5< five.f

# shellcheck disable=SC2094 # only read
while IFS='|' read -r name arguments
do
  exits "$name" 100 s6-listenfds $arguments true 3< three.f 5< five.f
done << 'END'
a closed descriptor|3,77
twice the same|3,5,3
more names than descriptors|-n a -n b 3
a name with a colon|-n a:b 3
a name with a backslash|-n a\ 3
no descriptor|-n a
no number|3,x
a comma at the end|3,
a number that is too great|4294967299
one that is none|-1
another dialect|-e systemd 3
END
exits 'an empty name' 100 s6-listenfds -n '' 3 true 3< three.f
exits 'no program' 100 s6-listenfds 3 3< three.f
exits 'an empty one' 100 s6-listenfds 3 '' 3< three.f
exits 'one that is not there' 127 s6-listenfds 3 ./nothing 3< three.f

signals='grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status'
is 'H41: signals are as they were' "$(s6-listenfds 5 $signals 5< five.f)" "$($signals)"

if readelf -d "$BUILD/s6-listenfds" > needed 2>/dev/null
then
  unlike 'it links nothing of the holder' "$(cat needed)" 'NEEDED.*s6activation'
else
  skip 'it links nothing of the holder' 'no readelf'
fi

if python3 -c 'import systemd.daemon' 2>/dev/null
then
  cat > names.py << 'END'
import os, systemd.daemon
told = os.environ.get("LISTEN_PIDFDID")
print(sorted(systemd.daemon.listen_fds_with_names().items()))
inode = lambda pid: os.fstat(os.pidfd_open(pid)).st_ino
print("none" if inode(os.getpid()) == inode(os.getppid()) else "right" if told == str(inode(os.getpid())) else "other")
END
  run env LISTEN_PID=1 LISTEN_PIDFDID=1 s6-listenfds -n 'a b' -n '%"'\' 5,3 python3 names.py 3< three.f 5< five.f
  like 'sd_listen_fds_with_names gives the names back' "$(cat out)" "^\\[\\(3, 'a b'\\), \\(4, '%\"\\\\''\\)]\$"
  if grep -qx none out
  then skip 'LISTEN_PIDFDID is its own' 'this kernel has no pidfs'
  else like 'LISTEN_PIDFDID is its own' "$(cat out)" '^right$'
  fi
  run env LISTEN_PIDFDID=1 s6-listenfds 3 sh -c 'exec python3 -c "import systemd.daemon ; print(systemd.daemon.listen_fds())"' 3< three.f
  is 'and takes them in a process that was executed twice' "$(lines out)" '[3] '
else
  skip 'sd_listen_fds_with_names gives the names back' 'no python3-systemd'
fi
done_testing
