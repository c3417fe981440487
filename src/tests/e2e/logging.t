#!/bin/sh
# ISC license.
# doc/logging under our s6-svscan: each recipe of logging(7), whose blocks are the files; the service
# with a logger, the container, syslog, shipping with failures and kill -9.
# timeout: 120
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
need execlineb grep

# the page has what the files have
cp -R "$SRC/doc/logging" d
blocks=$(awk '/^\.Bd/ { inside = 1 ; text = "" ; next } /^\.Ed/ { inside = 0 ; printf "%s", text ; print "--" } inside { text = text $0 "\n" }' "$SRC/doc/logging.7" |
  sed -e 's/\\e/\\/g' -e 's/^\\&//')
for run in d/app/run d/app/log/run d/both/log/run d/syslog/run d/syslog/log/run d/ship/run
do
  text=$(sed '/^# /d' "$run" | awk 'NF { print }')
  case "$blocks
--" in
    *"$text
--"*) pass "the page has $run" ;;
    *) fail "the page has $run" ;;
  esac
done

# what stands for the machine's: its socket, its service, the other side; and time goes faster
sed -i "s|/dev/log|$WORK/log|" d/syslog/run
if ! is_root ; then sed -i -e '/^s6-envuidgid/d' -e 's/ -U / /' d/syslog/run ; fi
sed -i 's/sleep 10/sleep 0.3/' d/ship/run
for name in app both ; do mkdir "d/$name/data" ; done
script d/app/data/service 'n=$(tail -n 1 number)' 'while test "$n" -lt 300' 'do' '  n=$((n + 1))' \
  '  echo "line $n"' '  echo "$n" >> number' '  sleep 0.02' 'done' 'exec sleep 1000'
echo 0 > d/app/number
script d/both/data/service 'echo "to stderr" >&2' 'seq 3' 'exec sleep 1000'
mkdir d/ship/data
# fails every third time, after it was given all, or a part
script d/ship/data/send 'n=$(cat tries 2>/dev/null || echo 0)' 'echo $((n + 1)) > tries' \
  'case $((n % 3)) in' '  1) cat > part ; exit 1 ;;' '  2) head -n 1 > part ; exit 1 ;;' 'esac' \
  'cat > batch' 'if test -s batch ; then cat batch >> '"'$WORK/sent'"' ; fi'
: > sent

start scan sh -c 'exec 3>&1 ; exec s6-svscan -d 3 d > console'
ready scan
for name in app/log both/log syslog syslog/log
do
  ok "$name is ready" s6-svwait -s -t 20000 -U "d/$name"
done

# a service with a logger, a container
both() { grep -q ' to stderr$' "$1" && grep -q ' 3$' "$1" ; }
ok 'both: the directory' retry 10 both d/both/log/data/current
ok 'both: stdout of s6-svscan' retry 10 grep -qx 3 console

# syslog
for text in '<86>login' '<13>hello' '<15>debug'
do
  datagrams-send ./log "$text"
done
has_line() { grep -Eqx "[-0-9T:.+]+ $2" "d/syslog/log/$1/current" ; }
ok 'syslog: logins' retry 10 has_line auth 'authpriv.info: login'
ok 'syslog: the rest' retry 10 has_line rest 'user.notice: hello'
ok 'syslog: debug' retry 10 has_line debug 'user.debug: debug'
for dir in auth rest debug
do
  is "syslog: $dir has nothing else" "$(wc -l < "d/syslog/log/$dir/current")" 1
done

# shipping: whatever is killed
for who in ship app/log app ship app/log
do
  some() { test "$(s6-logread d/app/log/data | wc -l)" -ge "$lines" ; }
  lines=$(($(s6-logread d/app/log/data | wc -l) + 10))
  retry 30 some
  s6-svc -k "d/$who"
done
all_logged() { test "$(s6-logread d/app/log/data | sed 's/.* //' | tail -n 1)" = 300 ; }
ok 'all is logged' retry 60 all_logged
all_sent() { grep -q '"line":"line 300"' sent ; }
ok 'and sent' retry 60 all_sent
is 'shipping misses nothing' "$(sed 's/.*"line":"line \([0-9]*\)".*/\1/' sent | sort -nu | tr '\n' ' ')" "$(seq 300 | tr '\n' ' ')"
is 'the other side failed, too' "$(test "$(cat d/ship/tries)" -gt 3 && echo yes)" yes
stop scan
is 'all ends' "$status" 0

# shipping: the copy of the cursor finds no room
mkdir full
script full/cp ': > "$2"' 'exit 1'
script d/ship/data/send 'cat > batch'
cp d/ship/cursor cursor.before
# shellcheck disable=SC2016
exits 'shipping: half a copy of the cursor is no cursor' 111 sh -c 'cd d/ship && PATH=$1:$PATH exec timeout 5 ./run' sh "$WORK/full"
is 'it stays as it was' "$(cmp d/ship/cursor cursor.before 2>&1)" ''
done_testing
