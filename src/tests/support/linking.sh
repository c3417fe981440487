# shellcheck shell=sh
# ISC license.
# For tests of s6-svlink and s6-svunlink, sourced after services.sh: a service x with a logger,
# an s6-svscan of each version, and who supervises what.

mode() { stat -c %a "$1" ; }
# with a lock, and only with a lock
is_supervised() { test -p "$1/supervise/control" && ! s6-setlock -n "$1/supervise/lock" true ; }
is_alone() { ! test -e "$1/supervise/lock" || s6-setlock -n "$1/supervise/lock" true ; }
listeners() { find "$@" -name 'ftrig1:*' | wc -l ; }

listen_to_y() { test "$(listeners y)" -eq 1 ; }

supervisor_of() # DIR: the process that is in it, and so called
{
  for link in /proc/[0-9]*
  do
    test "$(readlink "$link/cwd")" != "$WORK/$1" || test "$(cat "$link/comm")" != s6-supervise || echo "${link#/proc/}"
  done
}

# new: a service x with a logger
new()
{
  rm -rf x
  service x
  service x/log 'exec cat > /dev/null'
  version_here "$version" x
  version_here "$version" x/log
}

scans() { running scan && test -p scan/.s6-svscan/control ; }

start_scan() # VERSION
{
  version=$1
  rm -rf scan
  mkdir scan
  version_here "$version" scan
  # shellcheck disable=SC2086 # the wrapper is words
  start scan $DAEMON_WRAPPER version "$version" s6-svscan scan
  retry 10 scans
}

# an s6-svscan of s6 may start a supervisor once more before it sees that the service is gone
left_alone() { ! s6-svok x && ! s6-svok x/log ; }
settled() { retry 10 left_alone && { remains 0.3 left_alone || retry 10 left_alone ; } ; }

unlink_all()
{
  for entry in scan/*
  do
    test ! -e "$entry" || s6-svunlink -t 10000 scan "$(basename "$entry")"
  done
  test "$version" = ours || settled
}
