#!/bin/sh
# ISC license.
# A holder is killed at each of its system calls while it serves: the client ends with a message
# and its usual exit codes, executes nothing that it has no right to, and leaves a second holder
# with all of a dump or nothing.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'
test -z "$DAEMON_WRAPPER" || skip_all 'strace and valgrind do not go together'

allow_all rules
start_holder second t -n 2000 -i rules
: > file

# killed NAME CHECK CMD...
killed()
{
  killed_name=$1
  killed_check=$2
  shift 2
  killed_wrong=
  killed_runs=0
  for killed_call in accept4 recvmsg sendmsg pipe2 write ppoll close
  do
    killed_at=0
    while test "$killed_at" -lt 12
    do
      killed_at=$((killed_at + 1))
      rm -f executed s
      start_holder holder s -n 2000 -i rules
      s6-fdholder-store s kept < file
      s6-fdholder-store s taken < file
      start tracer strace -f -o trace -p "$(pid_of holder)" -e "trace=$killed_call" -e "inject=$killed_call:signal=KILL:when=$killed_at"
      retry 5 grep -q attached tracer.err
      killed_code=0
      "$@" > out 2> err || killed_code=$?
      case $killed_code in
        0) ;;
        1|2|111) grep -q ': fatal: ' err || killed_wrong="$killed_wrong $killed_call/$killed_at:no-message" ;;
        *) killed_wrong="$killed_wrong $killed_call/$killed_at:exit-$killed_code" ;;
      esac
      "$killed_check" "$killed_code" || killed_wrong="$killed_wrong $killed_call/$killed_at"
      stop tracer
      if ! ended holder
      then
        stop holder
        break
      fi
      killed_runs=$((killed_runs + 1))
    done
  done
  is "$killed_name: clean, in $killed_runs deaths" "$killed_wrong" ''
  least "$killed_name: there were some" "$killed_runs" 6
}

check_exit()
{
  if test "$1" -eq 0 ; then test -e executed ; else test ! -e executed ; fi
}
killed store check_exit s6-fdholder-store s new touch executed
killed 'retrieve -D' check_exit s6-fdholder-retrieve -D s taken touch executed

check_second()
{
  check_count=$(s6-fdholder-list t | wc -l)
  if test "$1" -eq 0
  then
    test "$check_count" -eq 2 && s6-fdholder-delete t kept s6-fdholder-delete t taken
  else
    test "$check_count" -eq 0
  fi
}
killed transferdump check_second s6-fdholder-transferdump s t

# is_file FILE ID...: the dump that dump-show told in FILE is of these ids, each of them the file
is_file()
{
  check_dump=$1
  shift
  for check_id ; do echo "$(stat -c '%d:%i' file) - $check_id" ; done | cmp -s "$check_dump" -
}

# What is executed has all that is held
check_getdump()
{
  if test "$1" -ne 0 ; then test ! -e executed ; return ; fi
  sort executed > dump.sorted && is_file dump.sorted kept taken
}
killed getdump check_getdump s6-fdholder-getdump s dump-show executed

# Only the holder's death makes it fail; where it is done, all of it is held, or the holder is dead
check_setdump()
{
  if test "$1" -ne 0 ; then retry 5 ended holder ; return ; fi
  rm -f held
  if s6-fdholder-getdump s dump-show held 2> err
  then
    check_wholes=$((check_wholes + 1))
    grep -E ' (kept|taken)$' held | sort > held.before
    grep -Ev ' (kept|taken)$' held | sort > held.set
    sort given > given.sorted
    is_file held.before kept taken && cmp -s held.set given.sorted
  else
    test ! -e held && retry 5 ended holder
  fi
}
check_wholes=0
killed setdump check_setdump dump-make 300 8 dump-show given s6-fdholder-setdump s
least 'setdump: some were seen whole' "$check_wholes" 6
done_testing
