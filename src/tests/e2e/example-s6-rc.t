#!/bin/sh
# ISC license.
# doc/examples/s6-rc: the definitions are complete, name each other, and can be put in order; and in
# that order they work under our s6-svscan, each as s6-rc starts it: longruns as service directories
# with their loggers, up and down by execlineb. Debian has no s6-rc, so its compiler is not asked.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/examples.sh
. "$TESTS/support/examples.sh"
need execlineb tsort
rc=$EXAMPLES/s6-rc
source=etc/s6-rc/source

type_of()
{
  cat "$source/$1/type"
}

# files_of NAME: what s6-rc reads in a definition of that type, and no more
files_of()
{
  case $(type_of "$1") in
    longrun) echo 'type run notification-fd producer-for consumer-for dependencies.d' ;;
    oneshot) echo 'type up down dependencies.d' ;;
    bundle) echo 'type contents.d' ;;
  esac
}

told() # NAME FILE
{
  if test -e "$source/$1/$2" ; then cat "$source/$1/$2" ; fi
}

# before NAME: what must be up before it
before()
{
  find "$source/$1" -path '*s.d/*' -exec basename {} \;
  told "$1" producer-for
}

judge() # NAME: prints what is wrong
{
  for file in "$source/$1"/*
  do
    case " $(files_of "$1") " in
      *" ${file##*/} "*) ;;
      *) echo "$file is nothing that s6-rc reads" ;;
    esac
  done
  for needed in $(before "$1")
  do
    test -e "$source/$needed/type" || echo "$1 needs $needed, which is not there"
  done
  case $(type_of "$1") in
    longrun) test -x "$source/$1/run" || echo "$1 has no run" ;;
    oneshot) test -s "$source/$1/up" || echo "$1 has no up" ;;
  esac
  for other in $(told "$1" producer-for)
  do
    test "$(told "$other" consumer-for)" = "$1" || echo "$other does not consume what $1 says"
  done
  for other in $(told "$1" consumer-for)
  do
    test "$(told "$other" producer-for)" = "$1" || echo "$other does not say it to $1"
  done
}

# in_order: the names, each after what it needs; fails on a circle
in_order()
{
  for name in "$source"/*
  do
    name=${name##*/}
    echo "$name $name"
    for needed in $(before "$name")
    do
      echo "$needed $name"
    done
  done | tsort
}

ok 'the README says how to copy them' follow "$rc/README" 1
is 'all of them' "$(ls "$source")" "$(find "$rc" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)"
for name in "$source"/*
do
  is "$(type_of "${name##*/}") ${name##*/}" "$(judge "${name##*/}")" ''
done
ok 'they can be put in order' in_order
in_order > order

is_root || { skip 'the services' 'needs root, and other users to be' ; done_testing ; }
test -x /usr/bin/python3 || { skip 'the services' 'needs /usr/bin/python3' ; done_testing ; }
reachable
moved "$source"/*/run "$source"/bind-sockets/up "$source"/bind-sockets/down

pid_under()
{
  s6-svstat -o pid "run/service/$1"
}

live() # NAME: its service directory, down; its logger's below
{
  case $1 in
    *-log) ;;
    *)
      cp -R "$source/$1" "run/service/$1"
      cp -R "$source/$(told "$1" producer-for)" "run/service/$1/log"
      touch "run/service/$1/down"
      ;;
  esac
}

up() # NAME
{
  case $(type_of "$1") in
    oneshot) timeout 20 execlineb -P "$source/$1/up" ;;
    longrun)
      if test -e "run/service/$1/notification-fd"
      then s6-svc -wU -T 20000 -u "run/service/$1"
      else s6-svc -wu -T 20000 -u "run/service/$1"
      fi
      ;;
  esac
}

mkdir run/service
while read -r name
do
  test "$(type_of "$name")" = longrun && live "$name"
done < order
start scan s6-svscan run/service
ok 'the scan directory is watched' retry 20 s6-svok run/service/web
retry 20 s6-svok run/service/echo && retry 20 s6-svok run/service/agent && retry 20 s6-svok run/service/fdholder
grep -v -e '-log$' order > ups
while read -r name <&8
do
  ok "$name: up" up "$name"
done 8< ups

for name in echo web agent
do
  ok "$name answers" retry 30 answered "$name"
  unprivileged "$name"
  killed "$name"
done
survives
demonstrates "$rc/README" 2
ok 'the holder is told to upgrade' follow "$rc/README" 3
is_upgraded() { s6-fdholder-stat run/fdholder | grep -qx 'upgrades	1' ; }
ok 'and does' retry 30 is_upgraded
ok 'with all three' example_held

not_ok 'up, while it is up, fails' up bind-sockets
ok 'and changes nothing' example_held
for name in echo web agent
do
  s6-svc -wD -T 20000 -d "run/service/$name"
done
ok 'down' timeout 20 execlineb -P "$source/bind-sockets/down"
is 'the holder holds nothing' "$(s6-fdholder-list run/fdholder)" ''
not_ok 'clients are refused' ask echo
ok 'down again' timeout 20 execlineb -P "$source/bind-sockets/down"
ok 'up again' up bind-sockets
for name in echo web agent
do
  up "$name"
  ok "$name answers again" retry 30 answered "$name"
done
ok 'what is said is logged' retry 20 grep -q 'GET / HTTP' var/log/web/current

s6-svscanctl -t run/service
ok 'all ends' retry 30 ended scan
test "$tap_failed" -eq 0 || tail -n 10 var/log/*/current | sed 's/^/# /'
done_testing
