# shellcheck shell=sh
# ISC license.
#
# doc/examples, tried below WORK: sourced after tap.sh. The test says how the supervised
# process of a service is found: pid_under NAME.
#
#   reachable                  puts the programs on the PATH where who has dropped his
#                              privileges can reach them, and what doc/examples/common has
#                              where its README copies it to
#   moved FILE...              what these say of /etc, /service, /run, /usr/local/bin and
#                              /var/log is of WORK from now on; of port 8080, of WEB_PORT
#   commands FILE N            prints the N-th block of commands of a README, so moved
#   follow FILE N              runs it, in the directory of FILE
#   ask NAME                   a program: a client of echo, web or agent; it prints what the
#                              service answers
#   answered NAME              whether that is what it should be
#   another_answers NAME PID   whether that is so, and the process is not PID
#   killed NAME                points: a client comes while the service hangs, the service is
#                              killed, and the client is answered by the next process
#   unprivileged NAME          point: the service is nobody's
#   survives                   points: kill -9 of both processes of the holder, one by one
#   demonstrates FILE N        point: the N-th block brings a client that is told hello
#
# EXAMPLE_HOLDER is the holder's socket, EXAMPLE_RUN the directory of the services' sockets.

EXAMPLES=$SRC/doc/examples
EXAMPLE_HOLDER=$WORK/run/fdholder
EXAMPLE_RUN=$WORK/run
WEB_PORT=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
export EXAMPLE_HOLDER EXAMPLE_RUN WEB_PORT
mkdir -p "$WORK/etc" "$WORK/run" "$WORK/usr/local/bin" "$WORK/var/log"

cat > "$WORK/.bin/ask" <<'END'
#!/bin/sh
# shellcheck disable=SC2016 # for the inner shell
case $1 in
  web) exec s6-tcpclient -H 127.0.0.1 "$WEB_PORT" sh -c 'printf "GET / HTTP/1.0\r\n\r\n" >&7 ; tail -n 1 <&6' ;;
  *) exec s6-ipcclient "$EXAMPLE_RUN/$1" sh -c 'echo hello >&7 ; read -r line <&6 ; echo "$line"' ;;
esac
END
chmod 755 "$WORK/.bin/ask"

reachable()
{
  mkdir -p "$WORK/programs"
  find "$BUILD" -maxdepth 1 -name 's6-*' -type f -exec cp {} "$WORK/programs/" \;
  cp "$BUILD"/libs6activation.so* "$WORK/programs/" 2>/dev/null
  follow "$EXAMPLES/common/README" 1
  PATH=$WORK/.bin:$WORK/programs:${PATH#"$WORK/.bin:"}
  LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export PATH LD_LIBRARY_PATH
}

# Twice: two names may share the blank between them.
example_move="s#(^|[[:space:]\"'=:])/(etc|service|run|usr/local/bin|var/log)(/|[[:space:]\"']|\$)#\\1$WORK/\\2\\3#g"

moved()
{
  sed -E -i -e "$example_move" -e "$example_move" -e "s/8080/$WEB_PORT/" "$@"
}

commands()
{
  awk -v n="$2" '/^    [^ ]/ || (inside && /^    /) { if (!inside) count++ ; inside = 1 ; if (count == n) print substr($0, 5) ; next } { inside = 0 }' "$1" |
    sed -E -e "$example_move" -e "$example_move" -e "s/8080/$WEB_PORT/"
}

follow()
{
  commands "$1" "$2" > "$WORK/commands"
  test -s "$WORK/commands" && ( cd "$(dirname "$1")" && timeout 60 sh -eu "$WORK/commands" )
}

example_answer() # NAME PID
{
  case $1 in
    echo) echo hello ;;
    web) echo "web: process $2" ;;
    agent) echo "agent $2: hello" ;;
  esac
}

answered()
{
  test "$(timeout 5 ask "$1")" = "$(example_answer "$1" "$(pid_under "$1")")"
}

another_answers()
{
  test "$(pid_under "$1")" != "$2" && answered "$1"
}

example_queued() # NAME
{
  s6-fdholder-list -o id,queue "$EXAMPLE_HOLDER" | grep -q ":$1	1\$"
}

# the worker of the holder, while it is the child of the keeper
example_worker()
{
  # shellcheck disable=SC2013 # words, not lines
  for pid in $(cat "/proc/$1/task/$1/children")
  do
    if test "$(cat "/proc/$pid/comm")" = s6-fdholderd ; then echo "$pid" ; fi
  done
}

example_held()
{
  test "$(s6-fdholder-list "$EXAMPLE_HOLDER" | tr '\n' ' ')" = 'tcp:web unix:agent unix:echo '
}

example_has_worker() # OTHER THAN
{
  test -n "$(example_worker "$(pid_under fdholder)")" && test "$(example_worker "$(pid_under fdholder)")" != "$1" && example_held
}

example_has_keeper() # OTHER THAN
{
  test "$(pid_under fdholder)" != "$1" && s6-fdholder-stat "$EXAMPLE_HOLDER" | grep -qx "keeper	$(pid_under fdholder)" && example_held
}

survives()
{
  example_keeper=$(pid_under fdholder)
  example_old=$(example_worker "$example_keeper")
  ok 'the holder has the three sockets' example_held
  ok 'kill -9 of its worker' kill -s KILL "$example_old"
  ok 'there is another one, with all three' retry 30 example_has_worker "$example_old"
  ok 'kill -9 of its keeper' kill -s KILL "$example_keeper"
  ok 'there is another one, with all three' retry 30 example_has_keeper "$example_keeper"
}

unprivileged() # NAME
{
  like "$1 has no privileges" "$(cat "/proc/$(pid_under "$1")/status")" '^Uid:.65534.65534.65534.65534'
}

demonstrates()
{
  follow "$1" "$2" > demonstration 2> demonstration.err
  ok 'a client that comes while the service is down, as the README has it' retry 30 grep -qx hello demonstration
}

killed()
{
  example_old=$(pid_under "$1")
  ok "$1: it hangs" kill -s STOP "$example_old"
  start "ask-$1" ask "$1"
  ok "$1: a client comes, and waits" retry 20 example_queued "$1"
  ok "$1: kill -9" kill -s KILL "$example_old"
  ok "$1: the client is answered" retry 30 ended "ask-$1"
  isnt "$1: there is another process" "$(pid_under "$1")" "$example_old"
  is "$1: which has answered" "$(cat "ask-$1.out")" "$(example_answer "$1" "$(pid_under "$1")")"
}
