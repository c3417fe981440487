#!/bin/sh
# ISC license.
# The examples of pages of s6-svscan and its scan directory.
# shellcheck disable=SC2016,SC2317 # for inner shells; the cases are called by name
# shellcheck source=src/tests/support/docexamples.sh
. "${TESTS:-$(dirname "$0")/..}/support/docexamples.sh"

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
  s6-svlink -t 60000 "$WORK/run/service" web
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

run_examples
