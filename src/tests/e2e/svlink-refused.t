#!/bin/sh
# ISC license.
# s6-svlink and s6-svunlink: what is refused, and how, as 2.15 does it, where that was fetched;
# and what is not.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/linking.sh
. "$TESTS/support/linking.sh"

version=ours
command -v s6-svscan > /dev/null || version=$(versions | tail -n 1)
start_scan "$version"
new
service norun
rm norun/run
service notexecutable
chmod 644 notexecutable/run
service rundir
rm rundir/run
mkdir rundir/run
service lognorun
mkdir lognorun/log
service logfile
: > logfile/log
service logrun
service logrun/log
chmod 644 logrun/log/run
service eventfile
: > eventfile/event
mkdir noscan
version_here 2.15 "$WORK"
long=$(printf '%04000d' 0 | sed 's|0000000000|000000000/|g')
name=$(printf '%0300d' 0)
while IFS='|' read -r code program args
do
  # shellcheck disable=SC2086 # words
  exits "$program $args: $code" "$code" timeout 20 "$program" $args
  test -x "$TESTS/peer/s6-unstable/usr/bin/$program" || continue
  # shellcheck disable=SC2086 # words
  exits "in 2.15, too" "$code" timeout 20 version 2.15 "$program" $args
done <<END
100|s6-svlink|
100|s6-svlink|scan
100|s6-svlink|-z scan x
100|s6-svlink|-t x scan x
100|s6-svlink|-t -1 scan x
100|s6-svlink|-t
100|s6-svlink|scan .
100|s6-svlink|scan ..
100|s6-svlink|scan x .hidden
100|s6-svlink|scan x /x
100|s6-svlink|scan x .
100|s6-svlink|scan notexecutable
100|s6-svlink|scan logrun
100|s6-svlink|scan logfile
111|s6-svlink|scan norun
111|s6-svlink|scan lognorun
111|s6-svlink|scan none
111|s6-svlink|scan eventfile
111|s6-svlink|noscan x
111|s6-svlink|none x
111|s6-svlink|scan x $name
111|s6-svlink|scan $long
111|s6-svlink|$long x
100|s6-svunlink|
100|s6-svunlink|scan
100|s6-svunlink|-z scan x
100|s6-svunlink|-t x scan x
100|s6-svunlink|scan .x
100|s6-svunlink|scan /x
111|s6-svunlink|scan $name
0|s6-svunlink|scan x
0|s6-svunlink|none x
0|s6-svunlink|noscan x
END
exits 'a run that is a directory: 100' 100 s6-svlink scan rundir
exits 'a name with a slash: 100' 100 s6-svlink scan x a/b
exits 'an empty directory: 100' 100 s6-svlink scan ''
exits 'an empty name: 100' 100 s6-svlink scan x ''
exits 'to unlink an empty one: 100' 100 s6-svunlink scan ''
exits 'one with a slash: 100' 100 s6-svunlink scan x/run
ok 'nothing is removed' test -f x/run
is 'no link was left' "$(find scan -maxdepth 1 -type l ! -name .peerbin)" ''
is 'and no listener' "$(listeners x eventfile)" 0
mkdir scan/directory
exits 'to unlink a directory: 111' 111 s6-svunlink scan directory
ok 'it stays' test -d scan/directory
rmdir scan/directory
: > scan/file
exits 'to unlink a file: 111' 111 s6-svunlink scan file
rm scan/file
ln -s nowhere scan/dangling
exits 'a dangling link is removed' 0 s6-svunlink scan dangling
not_ok 'it is gone' test -h scan/dangling
exits 'nothing open' 0 sh -c 's6-svlink -t 10000 scan x <&- >&- 2>&-'
ok 'it is supervised' is_supervised x
exits 'nor to unlink' 0 sh -c 's6-svunlink -t 10000 scan x <&- >&- 2>&-'
ok 'it is gone' is_alone x
(cd x && s6-svlink -t 10000 ../scan . here)
is 'a relative directory is linked by its real path' "$(readlink scan/here)" "$WORK/x"
unlink_all
stop scan
exits 'nobody scans: 1' 1 s6-svlink scan x
like 'which is said' "$(cat err)" 's6-svlink: fatal: s6-svscan is not running on scan'
ln -s ../x scan/x
exits 'to unlink there: 0' 0 timeout 10 s6-svunlink scan x
not_ok 'the link is gone' test -h scan/x
supervise x version "$version" s6-supervise
ln -s ../x scan/x
exits 'nobody who scans ends a supervisor: it is not waited for' 0 timeout 10 s6-svunlink scan x
ok 'it is there' is_supervised x
letters x xd
retry 10 ended x
done_testing
