#!/bin/sh
# ISC license.
# H9: with 0, 1 or 2 closed at its start, the daemon lets no connection take them.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
allow_all rules

# shellcheck disable=SC2086 # the wrapper is words
for closed in '1>&-' '2>&-' '1>&- 2>&-'
do
  start holder s6-ipcserver-socketbinder -- s sh -c "exec \"\$@\" $closed" sh $DAEMON_WRAPPER s6-fdholderd -i rules
  ok "with $closed it serves" retry 10 s6-fdholder-list s
  s6-fdholder-store s x < /dev/zero
  is "with $closed it stores" "$(s6-fdholder-list s)" x
  for fd in 1 2
  do
    case $closed in
      *$fd*)
        is "$fd is covered" "$(readlink "/proc/$(pid_of holder)/fd/$fd")" /dev/null
        ;;
    esac
  done
  stop holder
  is "with $closed it ends properly" "$status" 0
done

# shellcheck disable=SC2086
exits 'without a socket on 0 it says so' 111 sh -c 'exec "$@" 0<&-' sh $DAEMON_WRAPPER s6-fdholderd -i rules
like 'and how to run it' "$(cat err)" 's6-fdholder-daemon'
done_testing
