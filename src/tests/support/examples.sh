# shellcheck shell=sh
# ISC license.
#
# doc/examples, tried below WORK: sourced after tap.sh. The test says how the supervised
# process of a service is found: pid_under NAME.
#
#   reachable                  puts the programs on the PATH where who has dropped his
#                              privileges can reach them, and what doc/examples/common has
#                              where its README copies it to
#   moved FILE...              what these say of /etc, /service, /run and /usr/local/bin is
#                              of WORK from now on; of port 8080, of WEB_PORT
#   commands FILE N            prints the N-th block of commands of a README, so moved
#   follow FILE N              runs it, in the directory of FILE
#   ask NAME                   a program: a client of echo, web or agent; it prints what the
#                              service answers
#   answered NAME              whether that is what it should be
#   killed NAME                points: a client comes while the service hangs, the service is
#                              killed, and the client is answered by the next process
#
# EXAMPLE_HOLDER is the holder's socket, EXAMPLE_RUN the directory of the services' sockets.

EXAMPLES=$SRC/doc/examples
EXAMPLE_HOLDER=$WORK/run/fdholder
EXAMPLE_RUN=$WORK/run
WEB_PORT=$(s6-tcpserver-socketbinder -1 127.0.0.1 0 true)
export EXAMPLE_HOLDER EXAMPLE_RUN WEB_PORT
mkdir -p "$WORK/etc" "$WORK/run" "$WORK/usr/local/bin"

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
example_move="s#(^|[[:space:]\"'=])/(etc|service|run|usr/local/bin)(/|[[:space:]\"']|\$)#\\1$WORK/\\2\\3#g"

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

example_queued() # NAME
{
  s6-fdholder-list -o id,queue "$EXAMPLE_HOLDER" | grep -q ":$1	1\$"
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
