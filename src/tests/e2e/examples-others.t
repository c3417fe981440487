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
  sed -i -e 's/svlogd -tt/multilog t/' -e 's/sv restart/svc -t/' "$1"
}

holder_dir() # NAME OTHER
{
  mkdir -p "service/$1/log"
  cp -R "$SRC/doc/examples/fdholder/data" "service/$1/"
  test "$me" -eq 0 || mv "service/$1/data/rules/uid/0" "service/$1/data/rules/uid/$me"
  block 1 "service/$1/run"
  sed -i "s|../fdholder-standby/|../$2/|" "service/$1/run"
}

service_dirs()
{
  mkdir -p service/hello/data service/hello/log
  holder_dir fdholder fdholder-standby
  holder_dir fdholder-standby fdholder
  printf '#!/bin/sh\necho hello\n' > service/hello/data/hello
  chmod 755 service/hello/data/hello
  block 4 service/hello/run
  for name in fdholder fdholder-standby hello
  do
    block 2 "service/$name/log/run"
  done
  block 3 boot
  block 5 restart
}

answered()
{
  test "$(s6-ipcclient hello sh -c 'cat <&6')" = hello
}

# holds NAME: that holder has the socket
holds()
{
  s6-fdholder-list "service/$1/s" 2>/dev/null | grep -qx unix:hello
}

# under SUPERVISOR PROGRAM LOG TERMINATE: PROGRAM scans the directory, TERMINATE DIRECTORY
# signals its service
under()
{
  supervisor=$1
  mkdir "$supervisor"
  cd "$supervisor" || exit 111
  service_dirs
  if test "$supervisor" = daemontools
  then
    for script in restart service/*/log/run
    do
      in_words_of_daemontools "$script"
    done
  fi
  start "$supervisor" "$2" "$PWD/service"
  ok "$supervisor: the sockets are bound when the holders are there" timeout 60 ./boot
  ok "$supervisor: a client is answered" retry 30 answered
  before=$(s6-fdholder-list service/fdholder/s)
  ok "$supervisor: the holders are restarted one after the other" timeout 60 ./restart
  ok "$supervisor: the second has everything again" retry 30 holds fdholder
  is "$supervisor: and nothing else" "$(s6-fdholder-list service/fdholder/s)" "$before"
  ok "$supervisor: so has the first" retry 30 holds fdholder-standby
  $3 "$PWD/service/hello"
  ok "$supervisor: the service fetches its socket again" retry 30 answered
  ok "$supervisor: what is said is logged" retry 10 test -e service/hello/log/data/current
  $4
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
if command -v runsvdir > /dev/null ; then under runit runsvdir 'sv term' stop_runit ; else skip runit 'needs tools/fetch-peer runit' ; fi
if command -v svscan > /dev/null ; then under daemontools svscan 'svc -t' stop_daemontools ; else skip daemontools 'needs tools/fetch-peer daemontools' ; fi
done_testing
