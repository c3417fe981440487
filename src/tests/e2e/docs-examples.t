#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# Every block of every EXAMPLES says what reads it, and is run as it is printed: with the
# addresses and ports that it names, in a network of our own, and below a directory of our
# own where it says /run and /service. A program that is another package's has a stand-in.
# timeout: 240
if test -z "${DOCS_NETWORK-}" && test "$(id -u)" -eq 0 && unshare -n ip link set lo up 2>/dev/null
then
  DOCS_NETWORK=yes exec unshare -n sh "$0"
fi
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$DAEMON_WRAPPER" || skip_all 'starts daemons in its own way'
need execlineb mandoc
me=$(id -u)
doc=$SRC/doc
if test -n "${DOCS_NETWORK-}"
then
  ip link set lo up
  ip addr add 10.0.2.1/32 dev lo
fi

# block PAGE N: the N-th block of EXAMPLES, as it is read; if in_sh is set, what is printed behind it as
# the same in sh, if there is that
in_sh=
block()
{
  awk -v n="$2" -v in_sh="$in_sh" '
    /^\.Sh/ { here = $2 == "EXAMPLES" }
    !here { next }
    /^In sh:$/ { other = 1 }
    /^\.Ed/ { inside = 0 }
    inside { text[inside] = text[inside] $0 "\n" }
    /^\.Bd -literal/ { if (!other) count++ ; inside = count == n ? 1 + other : 0 ; other = 0 }
    END { printf "%s", in_sh && text[2] ? text[2] : text[1] }' "$doc/$1" |
    sed -e 's|\\e|\\|g' -e 's|\\-|-|g' -e 's|\\&||g'
}

pages=$(cd "$doc" && grep -l '^\.Sh EXAMPLES' ./*.[378] | sed 's|^\./||')
# PAGE:N for each, and PAGE:N:sh where there is another in sh
blocks=$(for page in $pages
do
  awk -v page="$page" '
    /^\.Sh/ { here = $2 == "EXAMPLES" }
    /^In sh:$/ { other = 1 }
    /^\.Bd -literal/ && here { if (!other) count++ ; print page ":" count (other ? ":sh" : "") ; other = 0 }' "$doc/$page"
done)

# What the examples find

mkdir programs service run places
# another user must reach them
find "$BUILD" -maxdepth 1 \( -name 's6-*' -o -name ucspilogd \) -type f -exec cp {} programs/ \;
cp "$BUILD"/libs6activation.so* programs/ 2>/dev/null
stand_in() # NAME TEXT
{
  printf '#!/bin/sh\n%s\n' "$2" > "programs/$1"
  chmod 755 "programs/$1"
}
for name in s6-svc httpd dropbear lighttpd
do
  stand_in "$name" "echo $name \"\$@\""
done
stand_in webserver 'echo "$LISTEN_FDS $LISTEN_FDNAMES" ; exec readlink /proc/self/fd/3'
stand_in gpg-agent 'echo "$1 $LISTEN_FDNAMES" ; exec readlink /proc/self/fd/4'
stand_in nginx 'echo "$1 $2 $NGINX" ; exec readlink /proc/self/fd/3'
# shellcheck disable=SC2016 # for the stand-in
stand_in chatd 'printf "READY=1\nFDSTORE=1\nFDNAME=chat" | notify-send -f 9 -b 10000 9< /dev/null ; echo "$LISTEN_FDNAMES"'
stand_in ship 'exec cat'
stand_in in.tftpd 'id -un ; dd bs=65536 count=1 2>/dev/null'
stand_in qmail-smtpd 'echo "$(id -u) ${RELAYCLIENT-no}"'
stand_in prog 'readlink /proc/self/fd/3 ; cat'
PATH=$WORK/programs:$PATH
LD_LIBRARY_PATH=$WORK/programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

for holder in fdholder standby
do
  mkdir "service/$holder"
  allow_all rules "uid/$me"
  start_holder "$holder" "service/$holder/s" -i rules
done
ln -s fdholder service/fdstore
ln -s ../service/fdholder run/fdholder
ln -s ../service/fdholder places/fdholder
H=$WORK/service/fdholder/s

# place: an empty directory, with the rules and holders that examples name there
place()
{
  places=$((${places-0} + 1))
  mkdir -p "$WORK/places/$places/data"
  cd "$WORK/places/$places" || exit 111
  rm -rf "$WORK/run/x" "$WORK/run/web" "$WORK/run/mail"
  mkdir "$WORK/run/x"
  allow_all rules "uid/$me"
  for key in ip4/127.0.0.1_32 ip4/10.0.2.1_32 ip6/::1_128
  do
    mkdir -p "rules/$key"
    : > "rules/$key/allow"
  done
  cp -R rules data/
  ln -s "$WORK/service/fdholder" one
  ln -s "$WORK/service/fdholder" other
  ln -s "$WORK/service/standby" two
}

# example PAGE N: writes it to the file example, for a shell, or for what it begins with
example()
{
  block "$1" "$2" | sed -e "s|/service/|$WORK/service/|g" -e "s|/run/|$WORK/run/|g" -e "s|/dev/log|$WORK/run/x/log|g" > printed
  case $(head -n 1 printed) in
    '#!/usr/bin/execlineb -P') reader='execlineb -P' ;;
    '#!/bin/sh'|'#!/bin/sh -e') reader='sh -eu' ;;
    '$ '*) reader='sh -eu' ;;
    *) reader= ;;
  esac
  sed 's/^\$ //' printed > example
}

by_shell() # what the block does to the end, one command as the shell itself
{
  if test "$(wc -l < example)" -eq 1 && ! grep -q '[|&;]' example ; then echo "exec $(cat example)" > example ; fi
}

# works: the example exits 0
works()
{
  # shellcheck disable=SC2086 # words
  ok "$case" timeout 20 $reader example
}

# serves WANT CMD...: the example is a server, and CMD, its client, prints WANT
answered()
{
  wanted=$1
  shift
  printf 'hello\n' > question
  test "$(timeout 10 "$@" < question)" = "$wanted"
}

serves()
{
  by_shell
  # shellcheck disable=SC2086 # words
  start server $reader example
  ok "$case" retry 20 answered "$@"
  stop server
}

holds() # HOLDER ID...
{
  for id in "$@"
  do
    test "$id" = "$1" || s6-fdholder-list "$1" | grep -qxF "$id" || return 1
  done
}

store_socket() # PATH ID
{
  s6-fdholder-delete "$H" "$2" 2>/dev/null
  s6-ipcserver-socketbinder "$1" s6-fdholder-store "$H" "$2"
}

unix_client="s6-ipcclient $WORK/run/x/s s6-ioconnect"
tcp_client() # ADDRESS PORT
{
  echo "s6-tcpclient -Hl0 $1 $2 s6-ioconnect"
}


# The cases: pages' names with _ for what is none in a shell's

fdholder_3_1()
{
  cp printed example.c
  ok "$case" gcc -std=c99 -Wall -Werror -D_POSIX_C_SOURCE=200809L -I"$BUILD/src/include" -fsyntax-only example.c
}
accessrules_3_1()
{
  {
    printf '#include <skalibs/strerr.h>\n#include <s6-activation/accessrules.h>\n'
    echo 'int judge (accessrules rules, uid_t uid, gid_t gid) {'
    echo 'accessrules_params params = ACCESSRULES_PARAMS_ZERO ;'
    cat printed
    echo '}'
  } > example.c
  ok "$case" gcc -std=c99 -Wall -Werror -D_POSIX_C_SOURCE=200809L -I"$BUILD/src/include" -fsyntax-only example.c
}
makes_rules() # FILE
{
  rm -rf rules
  works
  ok "$case: they are rules" s6-accessrules-cdb-from-fs rules.cdb rules
  ok "$case: and say that" test -e "$1"
}
accessrules_7_1() { makes_rules rules/gid/100/env/LEVEL ; }
accessrules_7_2() { makes_rules rules/ip4/10.1.2.3_32/deny ; }
accessrules_7_3() { makes_rules rules/uid/1000/exec ; }
s6_fdholderd_8_1() { makes_rules rules/uid/1000/env/S6_FDHOLDER_STORE_REGEX ; }
s6_accessrules_cdb_from_fs_8_1()
{
  works
  is "$case: the holder is told" "$(cat out)" "s6-svc -h $WORK/service/fdholder"
}
s6_accessrules_fs_from_cdb_8_1()
{
  s6-accessrules-cdb-from-fs rules.cdb rules
  mv rules old
  works
  ok "$case: they are the same" diff -r old rules
}
s6_applyuidgid_8_1()
{
  # shellcheck disable=SC2086 # words
  serves hello $unix_client
}
s6_envuidgid_8_1() { serves '' s6-fdholder-list s ; }
s6_fdholder_daemon_8_1() { serves '' s6-fdholder-list s ; }
s6_fdholder_daemon_8_2() { serves '' s6-fdholder-list s ; }
s6_fdholderd_8_2() { serves '' s6-fdholder-list s ; }
s6_fdholderd_8_3()
{
  store_socket h unix:holder
  serves '' s6-fdholder-list h
}
s6_fdholder_delete_8_1()
{
  ln -s "$H" s
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  works
  ok "$case: it is there again" holds s "unix:$WORK/run/web"
}
s6_fdholder_getdump_8_1()
{
  works
  like "$case: it is told" "$(cat out)" '^S6_FD#='
}
s6_fdholder_getdump_8_2()
{
  works
  is "$case: both have the same" "$(s6-fdholder-list two/s)" "$(s6-fdholder-list one/s)"
}
s6_fdholder_stat_8_1()
{
  works
  is "$case: two lines" "$(cut -f 1 out | tr '\n' ' ')" 'held maxfds '
}
s6_fdholder_list_8_2()
{
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  works
  like "$case: it is told" "$(cat out)" "^0	[0-9]*	unix:$WORK/run/web	$WORK/run/web\$"
}
s6_fdholder_list_8_1()
{
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  works
}
s6_fdholder_retrieve_8_1()
{
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  serves hello s6-ipcclient "$WORK/run/web" s6-ioconnect
}
s6_fdholder_retrieve_8_2()
{
  s6-fdholder-delete "$H" "unix:$WORK/run/web"
  # shellcheck disable=SC2086 # words
  start server $reader example
  ok "$case: it waits" remains 0.3 running server
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  ok "$case" retry 20 answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  stop server
}
s6_fdholder_retrieve_8_3()
{
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  echo 'as it was' > input
  # shellcheck disable=SC2086 # words
  run timeout 20 $reader example < input
  is "$case" "$status" 0
  like "$case: the socket is 3" "$(sed -n 1p out)" '^socket:'
  is "$case: stdin is left as it is" "$(sed -n 2p out)" 'as it was'
}
s6_fdholder_setdump_8_1()
{
  ln -s "$H" s
  echo 1 > one_ ; echo 2 > two_
  rm one two
  mv one_ one ; mv two_ two
  works
  ok "$case: both are there" holds s one two
}
s6_fdholder_store_8_1()
{
  for name in web mail
  do
    s6-fdholder-delete "$H" "unix:$WORK/run/$name" 2>/dev/null
  done
  works
  ok "$case: both are there" holds "$H" "unix:$WORK/run/web" "unix:$WORK/run/mail"
}
s6_fdholder_store_8_2()
{
  ln -s "$H" s
  works
  ok "$case: both are there" holds s pipe:log:w pipe:log:r
}
s6_fdholder_store_8_3()
{
  store_socket "$WORK/run/web" "unix:$WORK/run/web"
  works
  ok "$case: it is there" holds "$H" "unix:$WORK/run/web"
  s6-fdholder-delete "$H" "unix:$WORK/run/web"
}
s6_fdholder_watch_8_1()
{
  store_socket "$WORK/run/x/s" "unix:watched"
  works
  like "$case: what is there" "$(cat out)" '^holds unix:watched$'
  s6-fdholder-delete "$H" unix:watched
}
s6_fdholder_watch_8_2()
{
  by_shell
  # shellcheck disable=SC2086 # words
  start watcher $reader example
  told() { s6-fdholder-store -r "$H" pipe:x < /dev/null 2>/dev/null ; grep -Eqx '(stored|replaced) pipe:x' watcher.out ; }
  ok "$case: it tells" retry 20 told
  stop watcher
  s6-fdholder-delete "$H" pipe:x
}
s6_fdholder_transferdump_8_1()
{
  works
  is "$case: the holder is restarted in between" "$(cat out)" "s6-svc -wR -r $WORK/service/fdholder"
}
s6_ipcclient_8_1()
{
  start server s6-ipcserver -1 socket cat
  ready server
  works
  is "$case: it is answered" "$(cat out)" foobar
  stop server
}
s6_ipcserver_access_8_1() { s6_applyuidgid_8_1 ; }
s6_ipcserver_socketbinder_8_1() { s6_applyuidgid_8_1 ; }
s6_ipcserver_socketbinder_8_2()
{
  s6-fdholder-delete "$H" unix:x 2>/dev/null
  works
  ok "$case: it is there" holds "$H" unix:x
}
s6_ipcserver_8_1() { s6_applyuidgid_8_1 ; }
s6_ipcserverd_8_1()
{
  store_socket "$WORK/run/x/s" unix:x
  s6_applyuidgid_8_1
}
s6_setuidgid_8_1()
{
  works
  is "$case: with its arguments" "$(cat out)" 'lighttpd -D -f /etc/lighttpd/lighttpd.conf'
}
echo_at() # ADDRESS PORT: a server for a client's example
{
  start server s6-tcpserver -1 -- "$1" "$2" cat
  ready server
  echo hello > question
  # shellcheck disable=SC2086 # words
  run timeout 20 $reader example < question
  is "$case" "$status" 0
  is "$case: it is answered" "$(cat out)" hello
  stop server
}
s6_mkfifodir_8_1() { works && ok "$case: it is there" test -d events ; }
s6_cleanfifodir_8_1() { s6-mkfifodir events && works ; }
s6_ftrig_notify_8_1() { s6-mkfifodir events && works ; }
s6_ftrig_wait_8_1() { s6-mkfifodir events && works ; }
s6_ftrig_listen1_8_1() { s6-mkfifodir events && works ; }
s6_ftrig_listen_8_1() { s6-mkfifodir events && works ; }
fifodir_7_1() { works ; }
s6_envdir_8_1() { works ; }
s6_softlimit_8_1() { works ; }
s6_setsid_8_1() { works ; }
s6_setlock_8_1() { works ; }
s6_log_8_1()
{
  echo hello > lines
  ok "$case" sh -c "$reader example < lines 3> ready"
  is "$case: it is ready" "$(wc -c < ready)" 1
  like "$case: the line is there" "$(cat log/current)" '^[0-9: .-]*  hello$'
}
s6_log_8_2()
{
  works
  like "$case: the error" "$(cat errors/current)" '^@[0-9a-f]* error: a$'
  like "$case: the rest" "$(cat rest/current)" '^@[0-9a-f]* all well$'
}
s6_fghack_8_1() { works ; }
has_died() # makes a service directory
{
  rm -rf "$WORK/service/web"
  mkdir -p "$WORK/service/web/supervise" "$WORK/service/web/event"
  mkfifo -m 0600 "$WORK/service/web/supervise/control"
  tally-make "$WORK/service/web" 10:256 5:9
}
supervised() # DIR FLAGS: its status says so
{
  test "$(od -An -v -tu1 -j34 "$1/supervise/status" | tr -d ' ')" = "$2"
}
service_directory_7_1()
{
  works
  start supervisor s6-supervise ticker
  ok "$case: it is up and ready" retry 10 supervised ticker 12
  kill -s TERM "$(pid_of supervisor)"
  ok "$case: SIGHUP ends it" retry 10 ended supervisor
  is "$case: and nothing else" "$(od -An -v -tu1 -j32 ticker/supervise/status | tr -s ' ')" ' 0 1 8'
}
service_directory_7_2()
{
  mkdir "$WORK/service/ticker"
  printf '#!/bin/sh\nexec sleep 1000\n' > "$WORK/service/ticker/run"
  chmod 755 "$WORK/service/ticker/run"
  start supervisor s6-supervise "$WORK/service/ticker"
  ok "$case: it is up" retry 10 supervised "$WORK/service/ticker" 4
  works
  ok "$case: it is down" retry 10 supervised "$WORK/service/ticker" 8
  stop supervisor
}
s6_supervise_8_1()
{
  rm -rf "$WORK/service/web"
  mkdir "$WORK/service/web"
  printf '#!/bin/sh\nexec sleep 1000\n' > "$WORK/service/web/run"
  chmod 755 "$WORK/service/web/run"
  by_shell
  # shellcheck disable=SC2086 # words
  start supervisor $reader example
  ok "$case: it is up" retry 10 supervised "$WORK/service/web" 4
  stop supervisor
  is "$case: SIGTERM ends both" "$status" 0
}
s6_log_8_1()
{
  echo 'one line' > lines
  # shellcheck disable=SC2086 # words
  run timeout 20 $reader example < lines 3> told
  is "$case" "$status" 0
  is "$case: it is ready" "$(cat told)" ''
  like "$case: the line is there" "$(cat log/current)" '^[0-9-]{10} .* one line$'
}
s6_log_8_2()
{
  works
  like "$case: the error" "$(cat errors/current)" ' error: a$'
  like "$case: the rest" "$(cat rest/current)" ' all well$'
}
s6_log_8_3()
{
  seq 2000 > lines
  # shellcheck disable=SC2086 # words
  run timeout 20 $reader example < lines 3> told
  is "$case: stdout has all, the directory a thousand" "$(wc -l < out) $(wc -l < log/current)" '2000 1001'
  like "$case: and how many not" "$(tail -n 1 log/current)" '  s6-log: 1000 lines suppressed$'
}
s6_log_8_4()
{
  works
  like "$case: it is said" "$(cat out)" 'into the directory ./log, with a TAI64N label'
}
logs() # two logdirs, where the example names some below /var/log
{
  mkdir log
  printf 'error: a\nall well\n' | s6-log t ./log/web
  printf 'error: b\n' | s6-log t ./log/db
  sed "s|/var/log/|$PWD/log/|g" example > below
  mv below example
}
s6_logread_8_1()
{
  logs
  works
  is "$case: both have one" "$(sed 's/.*\(error: .\)$/\1/' out | sort | tr '\n' ' ')" 'error: a error: b '
}
s6_logread_8_2()
{
  logs
  by_shell
  # shellcheck disable=SC2086 # words
  start server $reader example
  ok "$case: what is there is shipped" retry 20 grep -q 'all well' server.out
  printf 'error: c\n' | s6-log t ./log/web
  ok "$case: so is what comes" retry 20 grep -q 'error: c' server.out
  like "$case: as JSON" "$(tail -n 1 server.out)" '^[{].*"error: c".*[}]$'
  stop server
  ok "$case: the cursor is there" retry 10 test -s data/cursor
}
writes() # LINE SENDER...: the example is a syslogd, and what SENDER sends is LINE
{
  line=$1
  shift
  rm -f told
  # shellcheck disable=SC2086 # words
  start server sh -c "exec $reader example 3> told"
  ok "$case: it writes what is sent" retry 20 sent "$@"
  stop server
}
sent() { timeout 5 "$@" 2>/dev/null ; grep -qx "$line" server.out ; }
syslogd() # SENDER...
{
  if ! is_root ; then skip "$case" 'needs root' ; return ; fi
  writes "${who-}user.notice: hello" "$@"
  is "$case: it is ready" "$(od -An -c told | tr -d ' ')" '\n'
}
s6_socklog_8_1() { syslogd datagrams-send "$WORK/run/x/log" '<13>hello' ; }
s6_socklog_8_2()
{
  s6-fdholder-delete "$H" unix:log 2>/dev/null
  s6-ipcserver-socketbinder -m "$WORK/run/x/log" s6-fdholder-store -d 0 "$H" unix:log true
  s6_socklog_8_1
}
s6_socklog_8_3() { writes "pid=[0-9]* uid=$me: user.notice: hello" datagrams-send -s "$WORK/run/x/log" '<13>hello\n' ; }
ucspilogd_8_1()
{
  who="$me: "
  syslogd datagrams-send -s "$WORK/run/x/log" '<13>hello\n'
  who=
}
s6_tai64n_8_1()
{
  works
  is "$case: both have a time" "$(sed 's/^[0-9-]\{10\} [0-9:]\{8\}[.][0-9]\{9\} //' out | tr '\n' ' ')" 'one two '
}
s6_tai64nlocal_8_1()
{
  mkdir log
  seq 20 | s6-tai64n > log/current
  works
  like "$case: the last one" "$(tail -n 1 out)" '^[0-9-]{10} [0-9:]{8}[.][0-9]{9} 20$'
}
begin_services() # DIR...: each tells when it is ready, and has a supervisor
{
  for service in "$@"
  do
    rm -rf "$service"
    mkdir "$service"
    echo 3 > "$service/notification-fd"
    printf '#!/bin/sh\necho >&3\nexec sleep 1000 3>&-\n' > "$service/run"
    chmod 755 "$service/run"
    start "$(basename "$service")" s6-supervise "$service"
    retry 10 supervised "$service" 12
  done
}
end_services() # NAME...
{
  for service in "$@"
  do
    stop "$service"
  done
}
real_svc() # CMD...: s6-svc has no stand-in
{
  kept_path=$PATH
  PATH=$BUILD:$PATH
  "$@"
  PATH=$kept_path
}
s6_svc_8_1()
{
  begin_services web
  before=$(s6-svstat -o pid web)
  real_svc works
  ok "$case: it is ready again" supervised web 12
  isnt "$case: in another process" "$(s6-svstat -o pid web)" "$before"
  end_services web
}
s6_svc_8_2()
{
  begin_services web mail
  real_svc works
  is "$case: they are down" "$(s6-svstat -o up web mail | sed 's|.*: ||' | sort -u)" false
  end_services web mail
}
s6_svok_8_1()
{
  mkdir web
  works
  is "$case: nobody does" "$(cat out)" 'nobody supervises web'
  begin_services web
  works
  is "$case: somebody does" "$(cat out)" ''
  end_services web
}
s6_svstat_8_1()
{
  begin_services web
  works
  real_svc s6-svc -wD -d web
  # shellcheck disable=SC2086 # words
  exits "$case: and when it is not" 1 $reader example
  end_services web
}
s6_svstat_8_2()
{
  mkdir scan
  begin_services scan/web scan/mail
  sed "s|$WORK/service/|scan/|" example > other.sh
  mv other.sh example
  works
  is "$case: both are there" "$(grep -Eo '"scan/(web|mail)"' out | tr '\n' ' ')" '"scan/mail" "scan/web" '
  end_services web mail
}
s6_svwait_8_1()
{
  begin_services "$WORK/service/web"
  stop web
  # shellcheck disable=SC2086 # words
  start waiter $reader example
  ok "$case: it waits" remains 0.5 running waiter
  start web s6-supervise "$WORK/service/web"
  ok "$case: until it is ready" retry 10 ended waiter
  stop waiter
  is "$case" "$status" 0
  ok "$case: it is" supervised "$WORK/service/web" 12
  end_services web
}
s6_svlisten_8_1() { s6_svc_8_2 ; }
s6_svlisten_8_2()
{
  begin_services web mail
  real_svc s6-svc -wD -d web mail
  real_svc works
  ok "$case: it is ready" supervised web 12
  ok "$case: both are" supervised mail 12
  end_services web mail
}
s6_svlisten1_8_1()
{
  begin_services web
  real_svc s6-svc -wD -d web
  real_svc works
  is "$case: it is ready" "$(cat out)" ''
  ok "$case: its supervisor says so" supervised web 12
  end_services web
}
s6_svdt_8_1()
{
  has_died
  works
  like "$case: the last death" "$(cat out)" '^@[0-9a-f]{24} signal SIGKILL$'
}
s6_svdt_clear_8_1()
{
  has_died
  works
  is "$case: they are forgotten" "$(s6-svdt "$WORK/service/web")" ''
}
s6_permafailon_8_1()
{
  mkdir supervise
  tally-make . 1:256
  : > data/socket
  works
  not_ok "$case: it goes on" test -e data/socket
  tally-make . 5:256 4:256 3:256 2:11 1:7
  # shellcheck disable=SC2086 # words
  exits "$case: five" 125 $reader example
}
s6_svperms_8_1()
{
  has_died
  works
  is "$case: what it prints" "$(sed 's/.*web //' out | tr '\n' ' ')" 'status: public control: owner events: public '
}
links() # s6-svscan is at work, and there is a service web here
{
  rm -rf "$WORK/run/service"
  mkdir "$WORK/run/service" web
  printf '#!/bin/sh\nexec sleep 1000\n' > web/run
  chmod 755 web/run
  start scan s6-svscan "$WORK/run/service"
  retry 10 test -p "$WORK/run/service/.s6-svscan/control"
}
s6_svlink_8_1()
{
  links
  works
  ok "$case: it is supervised" test -e web/supervise/status
  stop scan
}
s6_svunlink_8_1()
{
  links
  s6-svlink -t 5000 "$WORK/run/service" web
  works
  ok "$case: its supervisor is gone" retry 10 s6-setlock -n web/supervise/lock true
  stop scan
}
s6_svscan_8_1()
{
  works
  like "$case: it is up" "$(cat out)" '^up \(pid [0-9]+'
  ok "$case: then all ends" retry 10 s6-setlock -n service/.s6-svscan/lock true
}
s6_svscanctl_8_1()
{
  mkdir service
  start scan s6-svscan service
  retry 10 test -p service/.s6-svscan/control
  works
  not_ok "$case: it is removed" test -h service/clock
  stop scan
}
childless() { test -z "$(cat "/proc/$(pid_of "$1")/task/$(pid_of "$1")/children")" ; }
scan_directory_7_1()
{
  works
  mkdir service/web
  start scan s6-svscan service
  retry 10 test -p service/.s6-svscan/control
  retry 10 test -p service/web/supervise/control
  retry 10 heeds scan s6-svscan
  rm -r service/web
  kill -s USR1 "$(pid_of scan)"
  ok "$case: what is gone ends" retry 10 childless scan
  kill -s USR2 "$(pid_of scan)"
  ok "$case: it ends" retry 10 ended scan
}
s6_notifyoncheck_8_1()
{
  mkdir supervise
  echo 3 > notification-fd
  start supervisor s6-setlock supervise/lock sh -c 'echo ready ; exec sleep 1000'
  ready supervisor
  mkfifo tells
  # shellcheck disable=SC2086 # words
  start listener cat tells
  start server sh -c "exec $reader example 3> tells"
  ok "$case" retry 20 answered hello s6-ipcclient "$WORK/run/x/s" s6-ioconnect
  ok "$case: its supervisor is told" ready listener
  stop server
  stop supervisor
}
s6_ondemand_8_1()
{
  store_socket "$WORK/run/web" unix:web
  mkfifo up
  # shellcheck disable=SC2086 # words
  start waiter sh -c "exec $reader example 3> up"
  is "$case: it is up" "$(wc -l < up)" 1
  ok "$case: it waits" heeds waiter s6-ondemand
  ok "$case" retry 20 answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  ok "$case: it has been started" test -e data/started
  stop waiter
}
s6_rollover_8_1()
{
  store_socket "$WORK/run/web" unix:web
  mkfifo up
  # shellcheck disable=SC2086 # words
  start server sh -c "exec $reader example 3> up"
  is "$case: it is ready" "$(wc -l < up)" 1
  ok "$case" retry 20 answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  first=$(cat "/proc/$(pid_of server)/task/$(pid_of server)/children")
  kill -s HUP "$(pid_of server)"
  ok "$case: another one is there, and the first is gone" retry 20 tap_gone "${first% }"
  ok "$case: it answers" answered hello s6-ipcclient "$WORK/run/web" s6-ioconnect
  stop server
}
s6_rollover_8_2()
{
  store_socket "$WORK/run/web" unix:web
  # shellcheck disable=SC2086 # words
  start server $reader example
  ok "$case" retry 10 grep -q '^socket:' server.out
  stop server
}
s6_ondemand_8_2()
{
  store_socket "$WORK/run/web" unix:web
  store_socket "$WORK/run/mail" unix:mail
  # shellcheck disable=SC2086 # words
  start waiter $reader example
  ok "$case: it waits" retry 20 heeds waiter s6-ondemand
  start client s6-ipcclient "$WORK/run/mail" sleep 10
  ok "$case: the second one brings it" retry 10 grep -q '^socket:' waiter.out
  stop client
  stop waiter
}
passes() # ERE: the example works, and its program has what comes as a socket
{
  works
  like "$case: it is told" "$(head -n 1 out)" "$1"
  like "$case: it has it" "$(tail -n 1 out)" '^socket:'
}
s6_listenfds_8_1() { store_socket "$WORK/run/web" unix:web ; passes '^1 unknown$' ; }
s6_fdholder_listenfds_8_1()
{
  store_socket "$WORK/run/web" unix:web
  store_socket "$WORK/run/x/admin" unix:admin
  passes '^2 web:admin$'
}
s6_fdholder_listenfds_8_2()
{
  ln -s "$H" s
  store_socket "$WORK/run/x/std" gpg:std
  store_socket "$WORK/run/x/ssh" gpg:ssh
  passes '^--supervised std:ssh$'
}
s6_fdholder_listenfds_8_3()
{
  store_socket "$WORK/run/x/one" tcp:web:80
  store_socket "$WORK/run/x/two" tcp:web:443
  passes '^-g daemon off; 3;4;$'
}
# shellcheck disable=SC2046 # words
from_inetd_7_1() { serves hello $(tcp_client 127.0.0.1 7) ; }
from_inetd_7_2()
{
  works
  example from-inetd.7 3
  mkdir tftp
  cd tftp || exit 111
  ln -s "$WORK/service/fdholder" ../fdholder
  # shellcheck disable=SC2086 # words
  start server $reader ../example
  ok "$case: it waits" retry 20 heeds server s6-ondemand
  printf 'a datagram\n' > question
  ok "$case: a datagram is sent" bash -c 'cat question > /dev/udp/127.0.0.1/69'
  ok "$case: it ends" retry 20 ended server
  is "$case: it has read it" "$(tr '\n' ' ' < server.out)" 'nobody a datagram '
  s6-fdholder-delete "$H" udp:tftp
}
from_inetd_7_3() { diag 'this is run after the second' ; }
from_inetd_7_4()
{
  makes_rules rules/ip4/10.0.0.0_22/allow
  is "$case: the variable is empty, and there" "$(od -An -c rules/ip4/127.0.0.0_8/env/RELAYCLIENT | tr -d ' ')" '\n'
}
from_inetd_7_5()
{
  rm -rf rules
  example from-inetd.7 4
  # shellcheck disable=SC2086 # words
  timeout 20 $reader example
  example from-inetd.7 5
  # shellcheck disable=SC2046 # words
  serves '1005 ' $(tcp_client 127.0.0.1 25)
}
s6_listenfds_store_8_1()
{
  s6-fdholder-delete "$H" unix:web 2>/dev/null
  # shellcheck disable=SC2086 # words
  is "$case" "$(s6-ipcserver-socketbinder "$WORK/run/x/s" s6-listenfds -n web 0 $reader example)" stored
  ok "$case: it is held" holds "$H" unix:web
}
s6_ioconnect_8_1() { echo_at 127.0.0.1 80 ; }
s6_tcpclient_8_1() { echo_at ::1 7 ; }
# shellcheck disable=SC2046 # words
s6_connlimit_8_1() { serves httpd $(tcp_client 127.0.0.1 80) ; }
# shellcheck disable=SC2046 # words
s6_tcpserver_access_8_1() { serves 'dropbear -i' $(tcp_client 127.0.0.1 22) ; }
# shellcheck disable=SC2046 # words
s6_tcpserver_8_1() { serves 'dropbear -i -K 60' $(tcp_client 10.0.2.1 22) ; }
s6_tcpserver_socketbinder_8_1()
{
  works
  ok "$case: it is there" holds "$H" socket:lighttpd:tcp:443
}
s6_tcpserverd_8_1()
{
  s6-tcpserver-socketbinder 127.0.0.1 7 s6-fdholder-store "$H" tcp:7
  # shellcheck disable=SC2046 # words
  serves hello $(tcp_client 127.0.0.1 7)
}

s6_multibind_8_1()
{
  for id in web mail
  do
    s6-fdholder-delete "$H" "$id" 2>/dev/null
  done
  works
  ok "$case: all are there" holds "$H" web mail tcp:0.0.0.0:80 'tcp:[::]:80'
  for id in tcp:0.0.0.0:80 'tcp:[::]:80'
  do
    s6-fdholder-delete "$H" "$id"
  done
}
s6_proxyheader_8_1()
{
  start daemon s6-tcpserver -1 127.0.0.1 8080 cat
  ready daemon
  s6-tcpserver-socketbinder 127.0.0.1 80 s6-fdholder-store "$H" tcp:80
  # shellcheck disable=SC2086 # words
  start server $reader example
  echo hello > question
  told() { tcp_client 127.0.0.1 80 > client ; timeout 10 sh client < question > told && grep -qx hello told ; }
  ok "$case" retry 20 told
  like "$case: with the header" "$(tr -d '\r' < told)" '^PROXY TCP4 127.0.0.1 127.0.0.1 [1-9][0-9]* 80$'
  stop server
  stop daemon
}
s6_fdholder_notifyd_8_1()
{
  store_socket "$WORK/run/web" unix:web
  for want in unix_web unix_web:chat
  do
    # shellcheck disable=SC2086 # words
    run sh -c "exec timeout 20 $reader example 3> up"
    is "$case: it is ready, and has $want" "$(wc -l < up)$(cat out)" "1$want"
  done
  s6-fdholder-delete "$H" "$PWD/notify:chat"
}

# bytes, which nothing reads
unread='fdholder-protocol.7'

for block in $blocks
do
  page=${block%%:*}
  n=${block#*:}
  in_sh=${n#"${n%%:*}"}
  n=${n%%:*}
  case="$page: block $n${in_sh:+ in sh}"
  case $page in
    "$unread") continue ;;
  esac
  place
  example "$page" "$n"
  case $page in
    *.3) ;;
    *) ok "$case says what reads it" test -n "$reader" ;;
  esac
  function=$(echo "$page $n" | tr -c 'A-Za-z0-9\n' _)
  if ! grep -q "^$function()" "$0"
  then
    fail "$case is run"
  elif ! { test -n "${DOCS_NETWORK-}" && is_root ; } && grep -Eq 's6-tcp|tcp:.*:[0-9]|www-data|-u 33|-o 0:|-D 0:' example
  then
    skip "$case" 'needs root, and a network of its own'
  elif test -n "$reader" || test "${page%.3}" != "$page"
  then
    "$function"
  fi
  cd "$WORK" || exit 111
done

stop fdholder
stop standby
done_testing
