#!/bin/sh
# ISC license.
# The examples of pages of supervision: run scripts, what speaks to supervisors, events.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# shellcheck source=src/tests/support/docexamples.sh
. "${TESTS:-$(dirname "$0")/..}/support/docexamples.sh"

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

run_examples
