#!/bin/sh
# ISC license.
# The harness itself: what it counts, and that it ends what it started.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

mkdir suite
cat > suite/good.t <<'END'
echo 'ok 1 - a'
echo 'ok 2 - b # SKIP no reason'
echo '1..2'
END
cat > suite/bad.t <<'END'
echo '1..2'
echo 'ok 1 - a'
echo 'not ok 2 - b'
exit 1
END
echo 'echo ok 1 - a' > suite/no-plan.t
printf '%s\n' 'echo 1..1' 'echo ok 1 - a' 'exit 3' > suite/exit.t
printf '%s\n' '# timeout: 1' 'echo 1..1' 'echo ok 1 - a' 'exec sleep 30' > suite/slow.t
echo 'echo "1..0 # SKIP not here"' > suite/skipped.t
runner=$SRC/tools/run-test.sh
PATIENCE=1  # the limits here are the harness's own matter
export PATIENCE

last_line()
{
  sh "$runner" "$@" | tail -n 1
}

is 'passes and skips are counted' "$(last_line suite/good.t)" '1 passed, 0 failed, 1 skipped'
exits 'success exits 0' 0 sh "$runner" suite/good.t
is 'failures are counted' "$(last_line suite/bad.t suite/good.t)" '2 passed, 1 failed, 1 skipped'
exits 'a failure exits 1' 1 sh "$runner" suite/bad.t
like 'the output of a failing file is shown' "$(cat out)" 'not ok 2 - b'
exits 'a missing plan is a failure' 1 sh "$runner" suite/no-plan.t
exits 'an exit code is a failure' 1 sh "$runner" suite/exit.t
exits 'a file that is too slow is a failure' 1 sh "$runner" suite/slow.t
like 'and it is said why' "$(cat out)" 'more than 1 s'
is 'a whole file can be skipped' "$(last_line suite/skipped.t)" '0 passed, 0 failed, 1 skipped'
exits 'no file of that name is wrong usage' 100 sh "$runner" suite/missing.t

# what packages run
mkdir -p built/tools built/src/include/s6-activation built/src/tests/e2e
cp "$runner" "$SRC/tools/check-built" built/tools/
config=built/src/include/s6-activation/config.h
for name in build-a docs docs-a harness-a plain
do
  # shellcheck disable=SC2016 # the test expands it
  echo 'echo 1..1 ; grep -q "_BINPREFIX \"\"" "$BUILD/src/include/s6-activation/config.h" && echo ok 1 - a || echo not ok 1 - a' > "built/src/tests/e2e/$name.t"
done
printf '#!/bin/sh\necho "$*" >> "%s"\n' "$WORK/asked" > maker
chmod +x maker
checked()
{
  : > asked
  printf '#define S6_ACTIVATION_%s\n' "BINPREFIX \"$1\"" "EXTBINPREFIX \"$1\"" 'EXECLINEPREFIX "/usr/bin/"' > "$config"
  MAKE=$WORK/maker sh built/tools/check-built > out
  sort out | tr '\n' ';'
}
is 'check-built: no test that builds programs, or judges the sources' "$(checked '')" '2 passed, 0 failed;ok   e2e/docs-a.t: 1;ok   e2e/plain.t: 1;'
is 'where nothing is made anew' "$(cat asked)" ''
is 'absolute names are left out' "$(checked /nowhere/)" '2 passed, 0 failed;ok   e2e/docs-a.t: 1;ok   e2e/plain.t: 1;'
like 'in a copy that is made anew' "$(cat asked)" '^-s -C .* all tests$'
mkdir -p built/src/tests/bin
# shellcheck disable=SC2016 # the test expands it
printf '#!/bin/sh\necho 1..1\n%s\n' 'test "$LD_LIBRARY_PATH" = "$BUILD" && echo ok 1 - a || echo not ok 1 - a' > built/src/tests/bin/unit-shared
chmod +x built/src/tests/bin/unit-shared
: > built/libs6activation.so
is 'a shared library of the build is found by those that are no scripts, too' "$(checked '')" '3 passed, 0 failed;ok   e2e/docs-a.t: 1;ok   e2e/plain.t: 1;ok   unit-shared: 1;'
is 'in a copy likewise' "$(checked /nowhere/)" '3 passed, 0 failed;ok   e2e/docs-a.t: 1;ok   e2e/plain.t: 1;ok   unit-shared: 1;'
like 'and not here' "$(cat "$config")" '_BINPREFIX "/nowhere/"'

cat > suite/child.t <<'END'
. "$TESTS/../../tools/tap.sh"
start sleeper sh -c 'trap "" TERM ; while : ; do sleep 1 ; done'
pid_of sleeper > "$OLDPWD/sleeper"
echo "$WORK" > "$OLDPWD/where"
exit 7
END
( OLDPWD=$WORK TESTS=$TESTS sh suite/child.t >/dev/null 2>&1 )
ok 'a started process is ended with its test, though it ignores SIGTERM' retry 2 tap_gone "$(cat sleeper)"
not_ok 'and the directory is gone' test -e "$(cat where)"

# in a session of its own, of a parent that is gone; and of a name that was used again
cat > suite/stray.t <<'END'
. "$TESTS/../../tools/tap.sh"
start parent sh -c 'setsid sleep 1000 & echo $!'
ready parent
cat parent.out > "$OLDPWD/stray"
start sleeper sh -c 'trap "" TERM ; while : ; do sleep 1 ; done'
pid_of sleeper > "$OLDPWD/first"
start sleeper sleep 1000
END
( OLDPWD=$WORK TESTS=$TESTS sh suite/stray.t >/dev/null 2>&1 )
ok 'so is one that has become a stranger' tap_gone "$(cat stray)"
ok 'and one whose name another got' tap_gone "$(cat first)"

cat > suite/patience.t <<'END'
. "$TESTS/../../tools/tap.sh"
exits 'longer' 0 sh -c 'exec timeout -s KILL -k 1 1 sh -c "sleep 2 ; test \"\$1\" = \"a b\"" sh "a b"'
exits 'with an end' 124 timeout 1 sleep 1000
exits 'parts of a second are as they are' 124 timeout 0.1 sleep 1
done_testing
END
is 'a limit of time by PATIENCE' "$(PATIENCE=4 TESTS=$TESTS sh suite/patience.t | grep -c '^ok')" 3

start spinner sh -c 'while : ; do : ; done'
late=0
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
do
  kill -s STOP "$(pid_of spinner)"
  grep -q '^State:.T' "/proc/$(pid_of spinner)/status" || late=$turn
  kill -s CONT "$(pid_of spinner)"
done
is 'who is sent STOP has stopped' "$late" 0
stop spinner

start reader cat < suite/good.t
retry 5 ended reader
stop reader
is 'start keeps the stdin of its call' "$(cat reader.out)" "$(cat suite/good.t)"
cat > suite/number.t <<'END'
. "$TESTS/../../tools/tap.sh"
most 'a number' 7 6
most 'another' 6 6
least 'a third' 5 6
least 'a fourth' 6 6
done_testing
END
exits 'a number that is too great fails' 1 sh "$runner" suite/number.t
like 'and both are told' "$(tr '\n' ' ' < out)" 'not ok 1 - a number .*got: +7 .*want at most: 6 .* ok 2 - another'
like 'so does one that is too small' "$(tr '\n' ' ' < out)" 'not ok 3 - a third .*got: +5 .*want at least: 6 .* ok 4 - a fourth'

# remains looks all the time, and for all of it
: > looks
looks() { echo >> looks ; test "$(wc -l < looks)" -lt "$1" ; }
begun=$(tap_clock)
ok 'what remains' remains 0.3 looks 1000
least 'is seen to for so long' $(($(tap_clock) - begun)) 30
least 'more than once' "$(wc -l < looks)" 2
tries=0
second() { tries=$((tries + 1)) ; remains 0.05 true ; test "$tries" -ge 2 ; }
ok 'and may be a part of what is retried' retry 5 second
: > looks
not_ok 'what ends does not remain' remains 20 looks 3
is 'and is not looked at any longer' "$(wc -l < looks)" 3

start lazy sleep 60
start diligent sh -c 'while : ; do : ; done'
ok 'a process runs' running diligent
worked() { test "$(ticks diligent)" -ge 3 ; }
ok 'and its time is counted' retry 10 worked
most 'as is that of another' "$(ticks lazy)" 2
stop diligent
not_ok 'one that was stopped does not run' running diligent
start plain sh -c 'exec sleep 60'
sleeps() { test "$(cat "/proc/$(pid_of plain)/comm")" = sleep ; }
ok 'a program is executed' retry 5 sleeps
not_ok 'one that has nothing set up for SIGTERM does not heed it' heeds plain sleep
start heedful sh -c 'trap "exit 3" TERM ; while : ; do sleep 0.05 ; done'
ok 'one that has, does' retry 5 heeds heedful sh
not_ok 'if it is the one that is meant' heeds heedful sleep
stop heedful
is 'and then does what was set up' "$status" 3
start seven sh -c 'exit 7'
retry 5 ended seven
stop seven
is 'stop gives the exit code' "$status" 7

for words in '-9 -1' '-s KILL -- -1' '-9 0' '-TERM 1' '-9' '-s TERM --' ; do
  # a word that is empty, as from a file that is not there
  # shellcheck disable=SC2086 # words
  kill $words '' > guard.out 2>&1
  is "kill $words '' is refused" "$?" 1
done
# shellcheck disable=SC2086 # words
for words in '-9 -1' '-s KILL -- -1' '-9 0' '-TERM 1' ; do
  kill $words > guard.out 2>&1
  is "kill $words is refused" "$?" 1
done
start sleeper sh -c 'echo ; exec sleep 60'
ready sleeper
ok 'kill PID is not' kill "$(pid_of sleeper)"
ok 'and works' retry 5 ended sleeper
start sleeper sleep 60
ok 'kill -s KILL -- -PID is not' retry 5 kill -s KILL -- "-$(pid_of sleeper)"
ok 'and works' retry 5 ended sleeper
done_testing
