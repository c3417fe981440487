#!/bin/sh
# ISC license.
# What s6-activation(7) says of other supervisors, as it is printed there, under Debian's
# runit and daemontools: nothing of s6's is on the PATH.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
me=$(id -u)

# block N SCRIPT: the N-th block of the section, for places below this directory
block()
{
  awk -v n="$1" '/^\.Sh/ { here = /UNDER OTHER SUPERVISORS/ } /^\.Ed/ { inside = 0 } here && inside { print } /^\.Bd/ { inside = here && ++count == n }' "$SRC/doc/s6-activation.7" |
    sed -e 's|\\e$|\\|' -e "s|/service/|$PWD/service/|g" -e "s|/run/hello|$PWD/hello|" > "$2"
  chmod 755 "$2"
}

in_words_of_daemontools() # SCRIPT
{
  # shellcheck disable=SC2016 # a script's
  sed -i -e 's/svlogd -tt/multilog t/' -e 's/exec sv 1 \(.*\)/kill -USR1 $(svstat \1 | sed "s,.*(pid \\([0-9]*\\).*,\\1,")/' "$1"
}

holder_dir()
{
  mkdir -p service/fdholder/log
  cp -R "$SRC/doc/examples/s6/fdholder/data" service/fdholder/
  test "$me" -eq 0 || mv service/fdholder/data/rules/uid/0 "service/fdholder/data/rules/uid/$me"
  block 1 service/fdholder/run
}

service_dirs()
{
  mkdir -p service/hello/data service/hello/log
  holder_dir
  printf '#!/bin/sh\necho hello\n' > service/hello/data/hello
  chmod 755 service/hello/data/hello
  block 4 service/hello/run
  for name in fdholder hello
  do
    block 2 "service/$name/log/run"
  done
  block 3 boot
  block 5 upgrade
}

answered()
{
  test "$(s6-ipcclient hello sh -c 'cat <&6')" = hello
}

holds()
{
  s6-fdholder-list service/fdholder/s 2>/dev/null | grep -qx unix:hello
}

fact() # NAME
{
  s6-fdholder-stat service/fdholder/s | sed -n "s/^$1	//p"
}

has_another_keeper() # PID
{
  test "$(fact keeper)" -gt 0 2>/dev/null && test "$(fact keeper)" -ne "$1"
}

is_upgraded()
{
  test "$(fact upgrades)" -eq 1
}

# under SUPERVISOR PROGRAM TERMINATE KILL STOP: PROGRAM scans the directory, TERMINATE
# DIRECTORY and KILL DIRECTORY signal its service
under()
{
  supervisor=$1
  mkdir "$supervisor"
  cd "$supervisor" || exit 111
  service_dirs
  if test "$supervisor" = daemontools
  then
    for script in upgrade service/*/log/run
    do
      in_words_of_daemontools "$script"
    done
  fi
  start "$supervisor" "$2" "$PWD/service"
  ok "$supervisor: the sockets are bound when the holder is there" timeout 60 ./boot
  ok "$supervisor: a client is answered" retry 30 answered
  keeper=$(fact keeper)
  # shellcheck disable=SC2086 # words
  ok "$supervisor: kill -9 of the keeper" $4 "$PWD/service/fdholder"
  ok "$supervisor: there is another one" retry 30 has_another_keeper "$keeper"
  ok "$supervisor: nothing is lost" holds
  ok "$supervisor: the holder is told to upgrade" timeout 60 ./upgrade
  ok "$supervisor: and does" retry 30 is_upgraded
  ok "$supervisor: nothing is lost by that" holds
  $3 "$PWD/service/hello"
  ok "$supervisor: the service fetches its socket again" retry 30 answered
  ok "$supervisor: what is said is logged" retry 10 test -e service/hello/log/data/current
  $5
  cd "$WORK" || exit 111
}

stop_runit()
{
  for directory in "$PWD"/service/*
  do
    sv force-shutdown "$directory" > /dev/null
  done
  stop runit
}

stop_daemontools()
{
  stop daemontools
  svc -dx service/* service/*/log
}

PATH=$PATH:$TESTS/peer/runit/bin:$TESTS/peer/daemontools/bin
if command -v runsvdir > /dev/null ; then under runit runsvdir 'sv term' 'sv kill' stop_runit ; else skip runit 'needs tools/fetch-peer runit' ; fi
if command -v svscan > /dev/null ; then under daemontools svscan 'svc -t' 'svc -k' stop_daemontools ; else skip daemontools 'needs tools/fetch-peer daemontools' ; fi
done_testing
