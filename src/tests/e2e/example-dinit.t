#!/bin/sh
# ISC license.
# doc/examples/dinit. Debian has no dinit, so there is none here: each line of the files is one
# that dinit-service(5) knows, and their commands do what they are there for, in the order of
# depends-on. Where there is a dinitcheck, it reads them, too.
# timeout: 120
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/machine.sh
. "$TESTS/support/machine.sh"
# shellcheck source=src/tests/support/three.sh
. "$TESTS/support/three.sh"

files=$SRC/doc/examples/dinit/dinit.d
# the value of KEY in the file of SERVICE
value()
{
  sed -n "s/^$2 = //p" "$files/$1"
}

for name in fdholder bind-sockets echo web agent
do
  is "$name: each line is a setting that dinit has" "$(grep -Ev '^(#.*)?$' "$files/$name" | grep -Evx '(type = (process|scripted)|(command|stop-command|logfile|depends-on) = .+|(restart|smooth-recovery) = true|restart-limit-count = 0|stop-timeout = [0-9]+|ready-notification = pipefd:3|options = signal-process-only)')" ''
  is "$name: none stands twice" "$(sed -n 's/^\([a-z-]*\) = .*/\1/p' "$files/$name" | sort | uniq -d)" ''
done
# without these a keeper that dies takes the worker, or the services, with it; or it is given up
for setting in 'options = signal-process-only' 'smooth-recovery = true' 'restart = true' 'restart-limit-count = 0'
do
  ok "fdholder: $setting" grep -qx "$setting" "$files/fdholder"
done
if command -v dinitcheck > /dev/null ; then ok 'dinitcheck' dinitcheck -d "$files" echo web agent ; else skip 'dinitcheck' 'no dinit' ; fi

lacking=$(need_machine)
if test -n "$lacking"
then
  skip 'their commands' "${lacking#*SKIP }"
  done_testing
fi
machine_make
mkdir "$ROOT/etc/dinit.d"
machine_start sh -c 'while : ; do sleep 1000 ; done'
ok 'what all folders need is copied' machine_readme common 1
ok 'the files are copied' machine_readme dinit 1

# launch SERVICE: its command, in the words that dinit makes of it
launch()
{
  value "$1" command > line
  start_inside "$1" sh -c "exec $(cat line) 3> /run/ready"
}
launch fdholder
is_ready() { inside test -s /run/ready ; }
ok 'fdholder: it says on descriptor 3 that it is ready' retry 30 is_ready
is 'bind-sockets: it depends on it' "$(value bind-sockets depends-on)" fdholder
# shellcheck disable=SC2016 # for the shell there
start_inside other s6-ipcserver-socketbinder -- /run/agent sh -c 'echo $$ > /run/other ; exec sleep 1000'
is_bound() { inside test -s /run/other ; }
ok 'somebody has one of the sockets' retry 10 is_bound
not_ok 'bind-sockets: then it fails' inside sh -c "$(value bind-sockets command)"
is 'and stores none' "$(inside s6-fdholder-list /run/fdholder)" ''
# shellcheck disable=SC2016 # for the shell there
inside sh -c 'kill $(cat /run/other)'
retry 10 ended other
ok 'bind-sockets: its command' inside sh -c "$(value bind-sockets command)"
for name in echo web agent
do
  is "$name: it depends on that" "$(value "$name" depends-on)" bind-sockets
  launch "$name"
done
ok 'the three answer' retry 30 three_answer
for name in echo web agent
do
  three_unprivileged "$name"
done
ok 'the command that stops bind-sockets' inside sh -c "$(value bind-sockets stop-command)"
is 'nothing is held' "$(inside s6-fdholder-list /run/fdholder)" ''
done_testing
