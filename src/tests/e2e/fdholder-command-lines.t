#!/bin/sh
# ISC license.
# Command lines of the fd-holder from public run scripts, as they stand, under execlineb.
# shellcheck disable=SC2016 # execlineb and sh expand them
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need execlineb fdmove

allow_all rules
mkdir -p service/fdstore s6rc-fdholder run s6-fdstore
start_holder holder s6rc-fdholder/s -i rules
ln -s "$WORK/s6rc-fdholder/s" s
ln -s "$WORK/s6rc-fdholder/s" service/fdstore/s

cat > run/run.user <<'END'
#!/bin/sh
found=$(readlink "/proc/$$/fd/0" "/proc/$$/fd/1")
echo "$found" > "$WORK/user"
END
chmod 755 run/run.user

# el LINE: runs it in folder run
el()
{
  ( cd run && exec execlineb -Pc "$1" )
}

# the longrun pipes of s6-rc
ok 'both ends of a pipe' el 'piperw 0 1 foreground { s6-fdholder-store -d1 ../s6rc-fdholder/s pipe:s6rc-w-logger } s6-fdholder-store ../s6rc-fdholder/s "pipe:s6rc-r-logger"'
ok 'a reader' el 's6-fdholder-retrieve ../s6rc-fdholder/s "pipe:s6rc-r-logger" ./run.user'
like 'has the pipe as stdin' "$(head -n 1 user)" '^pipe:'
ok 'a writer' el 'fdmove 1 0 s6-fdholder-retrieve ../s6rc-fdholder/s "pipe:s6rc-w-logger" fdswap 0 1 ./run.user'
like 'has the pipe as stdout' "$(tail -n 1 user)" '^pipe:'
is 'it is the same pipe' "$(tail -n 1 user)" "$(s6-fdholder-retrieve s pipe:s6rc-r-logger readlink /proc/self/fd/0)"

ok 'logging' el 'piperw 0 1 foreground { s6-fdholder-store -d1 ../s write:T-log } s6-fdholder-store ../s read:T-log'
mkfifo run/fifo
ok 'a fifo' el 'redirfd -rnb 0 fifo s6-fdholder-store ../s fifo:x'
is 'all are held' "$(s6-fdholder-list s | sort | tr '\n' ' ')" 'fifo:x pipe:s6rc-r-logger pipe:s6rc-w-logger read:T-log write:T-log '

# sockets: bound, stored, handed to a server under the sd_listen_fds protocol
ok 'a bound socket' el 's6-ipcserver-socketbinder -a 0600 ../web80 s6-fdholder-store ../service/fdstore/s socket:web:tcp:80'
ok 'another' el 's6-ipcserver-socketbinder -a 0600 ../web443 s6-fdholder-store ../service/fdstore/s socket:web:tcp:443'
ok 'two at once' el 'fdmove 3 0 s6-fdholder-retrieve ../s socket:web:tcp:80 fdmove 4 0 s6-fdholder-retrieve ../s socket:web:tcp:443 fdswap 3 0 export LISTEN_FDS 2 getpid LISTEN_PID sh -c "echo $LISTEN_FDS $(test $LISTEN_PID = $$ && echo same) $(readlink /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/0) > $WORK/listen"'
like 'both are there, and the pid' "$(cat listen)" '^2 same '
is 'two sockets' "$(grep -o socket: listen | wc -l)" 2

ok 'a whole holder in one line' el 's6-fdholder-transferdump -- ../s ../s'
ok 'dump and restore' el 's6-fdholder-getdump ../s s6-fdholder-setdump ../s'
ok 'our own chain: bind, store, bind, store' el 's6-ipcserver-socketbinder ../one s6-fdholder-store ../s unix:one s6-ipcserver-socketbinder ../two s6-fdholder-store ../s unix:two'
like 'both are held' "$(s6-fdholder-list s | sort | tr '\n' ' ')" 'unix:one unix:two'

if command -v s6-tcpserver-socketbinder > /dev/null
then
  ok 'a TCP socket' el 's6-tcpserver-socketbinder 127.0.0.1 0 s6-fdholder-store ../service/fdstore/s socket:lighttpd:tcp:443'
else
  skip 'a TCP socket' 'no s6-tcpserver-socketbinder yet'
fi
if command -v s6-fdholder-daemon > /dev/null
then
  mkdir -p holder/data
  cp -R rules holder/data/rules
  start wrapped sh -c 'cd holder && exec execlineb -Pc "s6-fdholder-daemon -1 -n 256 -i data/rules -- s"'
  ok 'the holder of s6-rc' ready wrapped
  ok 'serves' s6-fdholder-store holder/s x s6-fdholder-list holder/s
else
  skip 'the holder of s6-rc' 'no s6-fdholder-daemon yet'
  skip 'serves' 'no s6-fdholder-daemon yet'
fi
done_testing
