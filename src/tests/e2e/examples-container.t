#!/bin/sh
# ISC license.
# doc/container: the tree ends with its service, and with its code; as process 1, too.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

container() # LINE...: another one, whose service is these lines
{
  rm -rf container
  cp -R "$SRC/doc/container" container
  mkdir container/main/data
  { echo '#!/bin/sh' && printf '%s\n' "$@" ; } > container/main/data/service
  chmod 755 container/main/data/service
}

is_up() { test "$(s6-svstat -o up container/main)" = true ; }

for code in 0 7 125 255
do
  container 'echo >> started' "exit $code"
  exits "the service exits $code" "$code" timeout 20 s6-svscan container
  is 'it was started once' "$(wc -l < container/main/started)" 1
done
container 'kill -9 "$$"'
exits 'it is killed: 137' 137 timeout 20 s6-svscan container
container 'trap "exit 3" TERM' ': > data/trapping' 'while : ; do sleep 0.02 ; done'
start tree env --default-signal=INT,QUIT s6-svscan container
retry 10 test -e container/main/data/trapping
stop tree
is 'the container is told to end: the code with which the service does' "$status" 3
container 'exec sleep 1000'
start tree env --default-signal=INT,QUIT s6-svscan container
retry 10 is_up
ok 's6-svscanctl -t' s6-svscanctl -t container
retry 10 ended tree
wait "$(pid_of tree)" || status=$?
is 'the same' "$status" 143
if unshare -pf true 2> /dev/null
then
  container 'echo "$PPID" > ppid' 'exit 9'
  exits 'as process 1' 9 timeout 20 unshare -pf --mount-proc s6-svscan container
  is 'which it is' "$(cat container/main/ppid)" 2
else
  skip 'as process 1' 'needs unshare(1), and the right to use it'
fi
done_testing
