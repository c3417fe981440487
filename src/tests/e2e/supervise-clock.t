#!/bin/sh
# ISC license.
# The wall clock is stepped a year ahead and a year back: restarts and timeouts are when they would
# have been, and no time is told that is below 0.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
test -z "$SANITIZED" || skip_all 'no shims in sanitized programs'
shim=$BUILD/src/tests/bin/preload-wallclock.so
test -e "$shim" || skip_all 'there are no shims in this build'
shimmed
test "$(printf '\1\0' | od -An -tu2 | tr -d ' ')" = 1 || skip_all 'the numbers are of another order'

clock() # none, ahead, back: seconds, as the shim has them
{
  case $1 in
    none) printf '\0\0\0\0\0\0\0\0' ;;
    ahead) printf '\200\063\341\001\000\000\000\000' ;;
    back) printf '\200\314\036\376\377\377\377\377' ;;
  esac > clock.new
  mv clock.new clock
}
stepped() { env LD_PRELOAD="$shim" WALLCLOCK_FILE="$WORK/clock" "$@" ; }
uptime() { read -r uptime_now _ < /proc/uptime ; echo "${uptime_now%.*}" ; }
is_another() { has a 4 && test "$(run_of a)" != "$run" ; }

clock ahead
isnt 'the clock can be stepped' "$(stepped date +%Y)" "$(date +%Y)"
clock none
service a 'trap "" TERM' 'exec sleep 1000'
echo 1500 > a/timeout-kill
supervise a env LD_PRELOAD="$shim" WALLCLOCK_FILE="$WORK/clock" s6-supervise
retry 5 has a 4

for step in ahead back none
do
  run=$(run_of a)
  letters a k
  clock "$step"
  before=$(uptime)
  ok "$step: started again" retry 10 is_another
  most "$step: soon" "$(($(uptime) - before))" $((3 * ${PATIENCE:-1}))
  unlike "$step: no time below 0" "$(stepped s6-svstat a)" '-[0-9]'
  unlike "$step: in fields, too" "$(stepped s6-svstat -o updownfor,readyfor a)" '-[0-9]'
  unlike "$step: for those of another clock" "$(s6-svstat a) $(s6-svstat -j a)" '-[0-9]'
  letters a d
  before=$(uptime)
  case $step in
    ahead) clock back ;;
    *) clock ahead ;;
  esac
  ok "$step: timeout-kill is heeded across a step" retry 10 has a 8
  most "$step: in time" "$(($(uptime) - before))" $((4 * ${PATIENCE:-1}))
  unlike "$step: down: no time below 0" "$(stepped s6-svstat a) $(s6-svstat a)" '-[0-9]'
  letters a u
  retry 5 has a 4
done
letters a xk
letters a d
ok 'it ends' retry 10 ended a
done_testing
