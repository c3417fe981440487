#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# Daemons that nobody here wrote get their sockets from the holder: they are killed and started again, with a client that waits or is served throughout.
# timeout: 60
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

PATH=$PATH:$TESTS/peer/nginx/usr/sbin:$TESTS/peer/lighttpd/usr/sbin
nginx_libraries="LD_LIBRARY_PATH=$TESTS/peer/nginx/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
rounds=${ROUNDS:-3}
allow_all rules
start_holder holder s -i rules
# as systemd passes them: blocking
bind() { s6-ipcserver-socketbinder -B "$1" s6-fdholder-store s "$2" ; }

# client N PATH TEXT: sends a line, and prints the first that it gets
client()
{
  start "client$1" s6-ipcclient -- "$WORK/$2" sh -c 'if test -n "$0" ; then printf "$0" >&7 ; fi ; IFS= read -r line <&6 ; printf "%s\n" "$line" ; cat <&6' "$3"
}

# answered N ERE: the client has its answer, whether or not the server goes on
answered() { grep -Eq "$2" "client$1.out" ; }

# rounds NAME PATH TEXT ERE SERVER...: with the server down a client comes, and waits; the server
# starts, and has it answered; another one comes, and is answered; all of the server is killed
rounds()
{
  name=$1 path=$2 text=$3 answer=$4
  shift 4
  early=0 late=0 n=0
  client 0 "$path" "$text"
  while test "$n" -lt "$rounds"
  do
    next=$((n + 1))
    start "$name" "$@"
    if retry 20 answered "$n" "$answer" ; then early=$((early + 1)) ; else sed 's/^/# /' "$name.err" ; fi
    client late "$path" "$text"
    if retry 20 answered late "$answer" ; then late=$((late + 1)) ; fi
    kill -s KILL -- "-$(pid_of "$name")"
    retry 20 tap_group_gone "$(pid_of "$name")"
    client "$next" "$path" "$text"
    n=$next
  done
  ok "$name: who comes while nobody serves waits" running "client$n"
  is "$name: and all who waited are served" "$early" "$rounds"
  is "$name: and all who came while it ran" "$late" "$rounds"
}

if command -v gpg-agent >/dev/null
then
  mkdir -m 700 keys
  bind "$WORK/agent" gpg:std
  bind "$WORK/extra" gpg:extra
  rounds gpg-agent agent 'GETINFO version\n' '^OK Pleased to meet you' \
    s6-fdholder-listenfds -i gpg:extra -n extra -i gpg:std -n std s gpg-agent --homedir "$WORK/keys" --supervised
else
  skip 'gpg-agent is served' 'no gpg-agent'
fi

if command -v nginx >/dev/null
then
  cat > nginx.conf << END
daemon off ; user root ; worker_processes 1 ; pid $WORK/nginx.pid ; error_log stderr ; worker_rlimit_nofile 1024 ;
events { worker_connections 64 ; }
http {
  access_log off ; client_body_temp_path $WORK/b ; proxy_temp_path $WORK/p ; fastcgi_temp_path $WORK/f ; uwsgi_temp_path $WORK/u ; scgi_temp_path $WORK/g ;
  server { listen unix:$WORK/web ; location / { return 200 'by nginx' ; } }
  server { listen unix:$WORK/admin ; location / { return 200 'for the other' ; } }
}
END
  bind "$WORK/web" unix:web
  bind "$WORK/admin" unix:admin
  rounds nginx web 'GET / HTTP/1.0\r\n\r\n' '^by nginx' \
    s6-fdholder-listenfds -e nginx -i 'unix:*' s env "$nginx_libraries" nginx -c "$WORK/nginx.conf" -p "$WORK"
else
  skip 'nginx is served' 'no nginx: tools/fetch-peer nginx'
fi

if command -v lighttpd >/dev/null
then
  cat > lighttpd.conf << END
server.document-root = "$WORK" server.port = 1 server.systemd-socket-activation = "enable" server.bind = "$WORK/light"
END
  bind "$WORK/light" unix:light
  modules=$TESTS/peer/lighttpd/usr/lib/lighttpd
  test -d "$modules" || modules=/usr/lib/lighttpd
  rounds lighttpd light 'GET /rules/none HTTP/1.0\r\n\r\n' '^HTTP/1.0 404' \
    s6-fdholder-listenfds -i unix:light s env "LD_LIBRARY_PATH=$TESTS/peer/lighttpd/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" \
    lighttpd -D -f "$WORK/lighttpd.conf" -m "$modules"
else
  skip 'lighttpd is served' 'no lighttpd: tools/fetch-peer lighttpd'
fi

if command -v dbus-daemon >/dev/null
then
  cat > bus.conf << 'END'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>systemd:</listen><policy context="default"><allow user="*"/></policy></busconfig>
END
  bind "$WORK/bus" dbus:bus
  rounds dbus-daemon bus '\0AUTH\r\n' '^REJECTED .*EXTERNAL' \
    s6-fdholder-listenfds -i dbus:bus s dbus-daemon --nofork --nopidfile --config-file="$WORK/bus.conf" --address=systemd:
else
  skip 'dbus-daemon is served' 'no dbus-daemon'
fi

if python3 -c 'import systemd.daemon' 2>/dev/null
then
  cat > server.py << 'END'
import socket, systemd.daemon
fds = systemd.daemon.listen_fds_with_names()
fd = [fd for fd in fds if fds[fd] == "chosen"][0]
listener = socket.socket(fileno=fd)
while True:
    connection, _ = listener.accept()
    connection.sendall(("one of %d\n" % len(fds)).encode())
END
  bind "$WORK/one" py:one
  bind "$WORK/two" py:two
  rounds python3-systemd two '' '^one of 2$' s6-fdholder-listenfds -i py:one -i py:two -n chosen s s6-ondemand -f 3,4 python3 server.py
  is 'with s6-listenfds too' "$(s6-fdholder-retrieve s py:one s6-listenfds -n x 0 python3 -c 'import systemd.daemon ; print(systemd.daemon.listen_fds_with_names())')" "{3: 'x'}"
  # as with Accept=yes
  start each s6-ipcserver -1 -- "$WORK/each" s6-listenfds -n connection 0 python3 -c '
import socket, systemd.daemon
socket.socket(fileno=3).sendall(b"%s\n" % systemd.daemon.listen_fds_with_names()[3].encode())'
  ready each
  is 'a process for each connection has it as 3' "$(s6-ipcclient "$WORK/each" sh -c 'exec cat <&6')" connection
else
  skip 'a server with python3-systemd is served' 'no python3-systemd'
fi

# systemd-socket-activate waits for a client before it starts anything: it is the first to be served.
if ! command -v systemd-socket-activate >/dev/null
then
  skip 'sockets come from systemd-socket-activate' 'no systemd-socket-activate'
elif ! python3 -c 'import systemd.daemon' 2>/dev/null
then
  skip 'sockets come from systemd-socket-activate' 'no python3-systemd'
else
  start activate systemd-socket-activate -l "$WORK/first" -l "$WORK/second" --fdname=chosen:rest s6-listenfds-store -p sd: s sleep 60
  ok 'it listens' retry 20 test -S second
  client first first ''
  ok 'its sockets are held' retry 20 sh -c 's6-fdholder-list s | grep -qx sd:rest'
  rounds activated first '' '^one of 2$' s6-fdholder-listenfds -i sd:chosen -n chosen -i sd:rest s python3 server.py
  ok 'who came before all that is served' answered first '^one of 2$'
fi
done_testing
