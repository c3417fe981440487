#!/bin/sh
# ISC license.
# The examples of pages of the holder, its clients and its rules.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# shellcheck source=src/tests/support/docexamples.sh
. "${TESTS:-$(dirname "$0")/..}/support/docexamples.sh"

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

run_examples
