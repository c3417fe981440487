#!/bin/sh
# ISC license.
# doc/examples/s6-rc: the definitions are complete, name each other, and can be put in order; and in
# that order they work under our s6-svscan, each as s6-rc starts it: longruns as service directories
# with their loggers, up and down by execlineb. Debian has no s6-rc, so its compiler is not asked.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"
need_machine
need execlineb tsort
source=$ROOT/etc/s6-rc/source
scan=$ROOT/etc/scan

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

machine_make
mkdir "$scan"
machine_start sh -c 'ln -s /etc/scan /run/service && exec s6-svscan -t 1000 /run/service'
ok 'what all folders need is copied' machine_readme common 1
ok 'the definitions are copied' machine_readme s6-rc 1
is 'all of them' "$(ls "$source")" "$(find "$SRC/doc/examples/s6-rc" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)"
for name in "$source"/*
do
  is "$(type_of "${name##*/}") ${name##*/}" "$(judge "${name##*/}")" ''
done
ok 'they can be put in order' in_order
in_order > order

test "$tap_failed" -eq 0 || done_testing

live() # NAME: its service directory, down; its logger's below
{
  case $1 in
    *-log) return ;;
  esac
  cp -R "$source/$1" "$scan/.$1"
  cp -R "$source/$(told "$1" producer-for)" "$scan/.$1/log"
  : > "$scan/.$1/down"
  mv "$scan/.$1" "$scan/$1"
}

up() # NAME
{
  case $(type_of "$1") in
    oneshot) inside timeout 20 execlineb -P "/etc/s6-rc/source/$1/up" ;;
    longrun)
      retry 20 inside s6-svok "/run/service/$1"
      if test -e "$scan/$1/notification-fd" ; then ready=U ; else ready=u ; fi
      inside s6-svc "-w$ready" -T 20000 -u "/run/service/$1"
      ;;
  esac
}

grep -v -e '-log$' order > ups
while read -r name <&8
do
  if test "$(type_of "$name")" = longrun ; then live "$name" ; fi
  ok "$name: up" up "$name"
done 8< ups

ok 'the three answer' retry 30 three_answer
test "$tap_failed" -eq 0 || done_testing
three_demonstrate s6-rc 2
three_survive 's6-svc -wD -T 20000 -d /run/service/SERVICE' 's6-svc -u /run/service/SERVICE'
holder_survives
ok 'upgraded' machine_readme s6-rc 3
is_upgraded() { inside s6-fdholder-stat /run/fdholder | grep -qx 'upgrades	1' ; }
ok 'the holder says so' retry 20 is_upgraded

not_ok 'up, while it is up, fails' up bind-sockets
ok 'and changes nothing' three_answer
down() { inside timeout 20 execlineb -P /etc/s6-rc/source/bind-sockets/down ; }
for name in echo web agent
do
  ok "$name: down" inside s6-svc -wD -T 20000 -d "/run/service/$name"
done
ok 'bind-sockets: down' down
is 'the holder holds nothing' "$(inside s6-fdholder-list /run/fdholder)" ''
not_ok 'clients are refused' three_ask echo
ok 'down again' down
for name in bind-sockets echo web agent
do
  ok "$name: up again" up "$name"
done
ok 'the three answer' retry 30 three_answer
ok 'what is said is logged' retry 20 grep -q 'GET / HTTP' "$ROOT/var/log/web/current"
done_testing
