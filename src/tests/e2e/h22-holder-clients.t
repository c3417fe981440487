#!/bin/sh
# ISC license.
# H22, the clients: each call that they make fails once, at every place: a message and exit code
# 1 or 111, or success; never a crash, never half of the work, and the holder is as before.
# timeout: 240
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
test -z "$SANITIZED" || skip_all 'shims and sanitizers do not go together'
shim=$BUILD/src/tests/bin/preload-fail.so
test -e "$shim" || skip_all 'no preload-fail.so'

allow_all rules
start_holder holder s -i rules
start_holder other t -n 300 -i rules
s6-fdholder-store s kept < /dev/null
: > file
dump-make 3 8 s6-fdholder-setdump s

# broken NAME CHECK CMD...: every call of CMD in turn; CHECK judges what it left behind when it
# succeeded ($1 is yes) or failed ($1 is no), and puts things in order again
broken()
{
  broken_name=$1
  broken_check=$2
  shift 2
  broken_program=s6-fdholder-$broken_name
  case $broken_name in
    s6-*) broken_program=$broken_name ;;
  esac
  broken_wrong=
  broken_runs=0
  for broken_call in malloc realloc socket connect sendmsg recvmsg ppoll write readv sigaction fcntl dup2 clock_gettime getrlimit setrlimit
  do
    broken_at=0
    while test "$broken_at" -lt 60
    do
      broken_at=$((broken_at + 1))
      rm -f mark executed
      broken_code=0
      FAIL_CALL=$broken_call FAIL_AT=$broken_at FAIL_MARK=$WORK/mark FAIL_PROGRAM=$broken_program LD_PRELOAD=$shim \
        "$@" > out 2> err || broken_code=$?
      test -e mark || break
      broken_runs=$((broken_runs + 1))
      broken_result=no
      case $broken_code in
        0) broken_result=yes ;;
        1|2|111) grep -q "^$broken_program: fatal: " err || broken_wrong="$broken_wrong $broken_call/$broken_at:no-message" ;;
        *) broken_wrong="$broken_wrong $broken_call/$broken_at:exit-$broken_code" ;;
      esac
      "$broken_check" "$broken_result" || broken_wrong="$broken_wrong $broken_call/$broken_at:$broken_result-left-behind"
    done
    # undo the one that nothing happened to
    "$broken_check" yes || broken_wrong="$broken_wrong $broken_call:success-left-behind"
  done
  is "$broken_name: clean, in $broken_runs failures" "$broken_wrong" ''
  least "$broken_name: some did fail" "$broken_runs" 6
}

has() { s6-fdholder-list "$1" | grep -qx "$2" ; }

check_store()
{
  if test "$1" = yes ; then s6-fdholder-delete s new ; return ; fi
  # the answer may be what got lost
  s6-fdholder-delete s new 2> /dev/null
  has s kept
}
broken store check_store s6-fdholder-store s new

check_retrieve()
{
  if test "$1" = yes ; then test -e executed ; else test ! -e executed ; fi && has s kept
}
broken retrieve check_retrieve s6-fdholder-retrieve s kept touch executed

broken listenfds check_retrieve s6-fdholder-listenfds -i 'k*' -i kept s touch executed
broken s6-listenfds check_retrieve s6-listenfds -n a 7,6,8 touch executed 6< file 7< file 8< file

check_passed()
{
  check_count=$(s6-fdholder-list s | grep -c '^passed:')
  if test "$1" = yes ; then test "$check_count" -eq 3 && test -e executed ; else test ! -e executed && test "$check_count" -ne 1 && test "$check_count" -ne 2 ; fi || return 1
  for check_id in $(s6-fdholder-list s | grep '^passed:') ; do s6-fdholder-delete s "$check_id" ; done
}
broken s6-listenfds-store check_passed s6-listenfds 6,7,8 s6-listenfds-store -p passed: s touch executed 6< file 7< file 8< file

check_take()
{
  if test "$1" = yes
  then
    test -e executed && ! has s taken && s6-fdholder-store s taken < /dev/null
  else
    test ! -e executed && { has s taken || s6-fdholder-store s taken < /dev/null ; }
  fi
}
s6-fdholder-store s taken < /dev/null
broken retrieve check_take s6-fdholder-retrieve -D s taken touch executed
s6-fdholder-delete s taken

check_delete()
{
  if test "$1" = yes && has s gone ; then return 1 ; fi
  has s gone || s6-fdholder-store s gone < /dev/null
}
s6-fdholder-store s gone < /dev/null
broken delete check_delete s6-fdholder-delete s gone
s6-fdholder-delete s gone

check_list()
{
  test "$1" = no || test "$(wc -l < out)" -eq 4
}
broken list check_list s6-fdholder-list s

check_getdump()
{
  if test "$1" = yes ; then test "$(wc -l < executed)" -eq 4 ; else test ! -e executed ; fi
}
broken getdump check_getdump s6-fdholder-getdump s dump-show executed

check_transfer()
{
  check_count=$(s6-fdholder-list t | wc -l)
  if test "$1" = yes ; then test "$check_count" -eq "$check_want" ; else test "$check_count" -eq 0 -o "$check_count" -eq "$check_want" ; fi || return 1
  for check_id in $(s6-fdholder-list t) ; do s6-fdholder-delete t "$check_id" ; done
}
check_want=4
broken transferdump check_transfer s6-fdholder-transferdump s t
check_want=260
broken setdump check_transfer dump-make 260 8 s6-fdholder-setdump t
is 'the holder is as before' "$(s6-fdholder-list s | wc -l)" 4
done_testing
