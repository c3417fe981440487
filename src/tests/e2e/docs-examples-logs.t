#!/bin/sh
# ISC license.
# The examples of pages of loggers: what they write, and what reads it.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# shellcheck source=src/tests/support/docexamples.sh
. "${TESTS:-$(dirname "$0")/..}/support/docexamples.sh"

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

run_examples
