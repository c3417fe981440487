#!/bin/sh
# ISC license.
# A client of the fd-holder is killed at each of its system calls on the connection, during store,
# retrieve -D, setdump, s6-listenfds-store and transferdump: what it was doing is done or not done, never half, and
# what was there before is there.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'

allow_all rules
start_holder holder s -n 2000 -i rules
start_holder other t -n 2000 -i rules
: > file
s6-fdholder-store s kept < file
dump-make 300 8 s6-fdholder-setdump s
s6-fdholder-getdump s dump-show before

# killed NAME CHECK CMD...: CHECK judges, and puts things in order again
killed()
{
  killed_name=$1
  killed_check=$2
  shift 2
  killed_wrong=
  killed_runs=0
  for killed_call in connect write sendmsg recvmsg readv ppoll
  do
    killed_at=0
    while test "$killed_at" -lt 40
    do
      killed_at=$((killed_at + 1))
      rm -f executed
      killed_code=0
      strace -o trace -e "trace=$killed_call" -e "inject=$killed_call:signal=KILL:when=$killed_at" "$@" 2> err || killed_code=$?
      test "$killed_code" -eq 137 || break
      killed_runs=$((killed_runs + 1))
      retry 5 s6-fdholder-list s || killed_wrong="$killed_wrong $killed_call/$killed_at:stuck"
      "$killed_check" || killed_wrong="$killed_wrong $killed_call/$killed_at"
    done
    test "$killed_code" -eq 0 || killed_wrong="$killed_wrong $killed_call:exit-$killed_code"
    "$killed_check"
  done
  is "$killed_name: done or not done, in $killed_runs deaths" "$killed_wrong" ''
  least "$killed_name: there were some" "$killed_runs" 6
}

has() { s6-fdholder-list "$1" | grep -qx "$2" ; }

check_store()
{
  if has s new
  then
    test "$(s6-fdholder-retrieve s new stat -L -c %i /proc/self/fd/0)" = "$(stat -c %i file)" || return 1
    s6-fdholder-delete s new
  fi
}
# shellcheck disable=SC2094 # an id is not a file
killed store check_store s6-fdholder-store s new < file

check_take()
{
  # the death is noticed in the next turn, or with the next words
  if has s taken
  then
    test ! -e executed
  else
    s6-fdholder-store s taken < file
  fi
}
s6-fdholder-store s taken < file
killed 'retrieve -D' check_take s6-fdholder-retrieve -D s taken touch executed
retry 5 s6-fdholder-delete s taken

check_passed()
{
  check_count=$(s6-fdholder-list s | grep -c '^passed:')
  test ! -e executed || test "$check_count" -eq 3 || return 1
  test "$check_count" -ne 0 || return 0
  test "$check_count" -eq 3 || return 1
  for check_id in unknown unknown:1 unknown:2
  do
    s6-fdholder-delete s "passed:$check_id" || return 1
  done
}
killed s6-listenfds-store check_passed s6-listenfds 6,7,8 s6-listenfds-store -p passed: s touch executed 6< file 7< file 8< file

check_dump()
{
  check_count=$(s6-fdholder-list t | wc -l)
  test "$check_count" -eq 0 || test "$check_count" -eq "$check_want" || return 1
  if test "$check_count" -ne 0
  then
    stop other
    rm -f t
    start_holder other t -n 2000 -i rules
  fi
}
check_want=600
killed setdump check_dump dump-make 600 8 s6-fdholder-setdump t
check_want=301
killed transferdump check_dump s6-fdholder-transferdump s t
s6-fdholder-getdump s dump-show after
is 'the first holder is as before' "$(sort after | cksum)" "$(sort before | cksum)"
done_testing
