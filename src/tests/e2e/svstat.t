#!/bin/sh
# ISC license.
# s6-svstat and s6-svok: statuses of every kind, made by hand, printed as s6 prints them; those
# that s6 prints otherwise, or believes; fields, JSON, several services; and what a supervisor tells.
# timeout: 60
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

fields=up,wantedup,normallyup,ready,paused,pid,exitcode,signal,signum,updownsince,readysince
times=updownfor,readyfor

# what is not supervised
mkdir -p empty closed/supervise
: > file
: > closed/supervise/lock
for dir in nothing empty closed ''
do
  exits "svok: '$dir' is not supervised: 1" 1 s6-svok "$dir"
  is 'nothing is said' "$(cat out err)" ''
  exits "svstat: '$dir' is not: 1" 1 s6-svstat "$dir"
done
like 'svstat says which' "$(s6-svstat nothing 2>&1)" '^s6-svstat: fatal: nothing is not supervised$'
exits 'svok: a file: 111' 111 s6-svok file
exits 'svstat: a file: 111' 111 s6-svstat file
exits 'svok: no directory: 100' 100 s6-svok
exits 'svstat: no directory: 100' 100 s6-svstat
long=$(printf '%04100d' 0)
exits 'svok: a path that is too long: 111' 111 s6-svok "$long"
exits 'svstat: the same' 111 s6-svstat "$long"
ln -s loop loop
exits 'svok: a looping link: 111' 111 s6-svok loop
made a 0 0 8
exits 'a status, and nobody has the lock: 1' 1 s6-svstat a
held a
exits 'somebody has it' 0 s6-svok a
exits 'svok does not look at more' 0 s6-svok a/

# as s6 prints it; times may grow between two programs
start process sleep 1000
pid=$(pid_of process)
begun=$(date +%s)
age() { echo "$(($(date +%s) - begun))" ; }
same() # V OPTIONS: whether they print the same of a, and exit so
{
  same_version=$1
  shift
  same_tries=0
  while test "$same_tries" -lt 5
  do
    same_ours=$(s6-svstat "$@" a 2>&1 ; echo " $?")
    same_theirs=$(version "$same_version" s6-svstat "$@" a 2>&1 ; echo " $?")
    # 2.11 does not know process groups
    if test "$same_version" = 2.11 ; then same_ours=$(printf %s "$same_ours" | sed 's/ pgid [0-9]*)/)/') ; fi
    if test "$same_ours" = "$same_theirs" ; then return 0 ; fi
    same_tries=$((same_tries + 1))
  done
  echo "ours: $same_ours, theirs: $same_theirs"
  return 1
}
compare() # V NAME
{
  ok "$2: the line of $1" same "$1"
  ok "$2: with numbers" same "$1" -n
  ok "$2: fields" same "$1" -o "$fields,$times"
}
versions > known
readers > reading
while read -r version
do
  if test "$version" = ours ; then continue ; fi
  for down in '' down
  do
    rm -f a/down
    test -z "$down" || : > a/down
    for row in "$pid 0 4" "$pid 0 12" "$pid 0 5" "$pid 15 13" "$pid 0 0" "$pid 0 8" "$pid 1792 6" "$pid 9 2" \
      '0 0 8' '0 0 12' '0 1792 8' '0 65280 12' '0 15 8' '0 9 12' '0 139 8' '0 0 13' '0 0 9' '0 0 0' '0 256 4'
    do
      # 2.11 has no "not started yet"
      case $version:$row in 2.11:*' 13'|2.11:*' 9') continue ;; esac
      # shellcheck disable=SC2086 # words
      made a $row "$(age)" "$(age)"
      compare "$version" "$row $down"
    done
  done
  made a 0 0 8
  for options in '-o up,' '-o up,ready,' '-up' '-usrw -o pid -n -e' '-sn' '-uuuuuuuuuuuuuuuu' '-N -t'
  do
    # shellcheck disable=SC2086 # words
    ok "$options as $version" same "$version" $options
  done
  if test "$version" = 2.11 ; then continue ; fi
  for options in '-o no' '-o up,,up' '-uuuuuuuuuuuuuuuuu' '-x' '-o pgid,none'
  do
    # shellcheck disable=SC2086 # words
    exits "$options is wrong" 100 s6-svstat $options a
    # shellcheck disable=SC2086 # words
    exits "as in $version" 100 version "$version" s6-svstat $options a
  done
done < reading
rm -f a/down

# what has not been, and clocks that were set back
made a "$pid" 0 12 -60 -90
is 'a time that is yet to come is 0' "$(s6-svstat -o updownfor,readyfor a)" '0 0'
made a 0 34 8
is 'a signal without a name' "$(s6-svstat -s a)" SIG34
made a 0 1792 12 5 3 60
like 'the next start' "$(s6-svstat a)" '^down \(exitcode 7\) [56] seconds, normally up, want up, ready [34] seconds, next start in (59|60) seconds$'
like 'as a field' "$(s6-svstat -o up,nextstart a)" '^false (59|60)$'
rm a/supervise/next-start
is 'there is none' "$(s6-svstat -o nextstart a)" -1
printf 'no label' > a/supervise/next-start
is 'nor is what is no label' "$(s6-svstat -o nextstart a)" -1
rm a/supervise/next-start
mkfifo a/supervise/next-start
is 'nor a fifo, which nobody waits for' "$(s6-svstat -o nextstart a)" -1
rm a/supervise/next-start

# a status that cannot be
exits 'a label that the process contradicts' 0 s6-svstat a
made a "$pid" 0 4 5000 5000
like 'is said' "$(s6-svstat a)" "^up \(pid $pid pgid $pid\) 500[0-9] seconds, but process $pid has lived for [0-9]+ seconds$"
is 'fields are as they are' "$(s6-svstat -o up,pid a 2>/dev/null)" "true $pid"
like 'with a warning' "$(s6-svstat -u a 2>&1)" "^s6-svstat: warning: the status of a may be out of date: process $pid has lived for"
start gone true
retry 5 ended gone
made a "$(pid_of gone)" 0 4
like 'so is a process that is not there' "$(s6-svstat a)" "seconds, but there is no process $(pid_of gone)$"
status-make a "$pid" 0 4 "$(age)"
unlike 'a status that is right is told without' "$(s6-svstat a)" but
for size in 0 34 36
do
  head -c "$size" /dev/zero > a/supervise/status
  exits "$size bytes are no status: 111" 111 s6-svstat a
done
like 'which is said' "$(cat err)" '^s6-svstat: warning: a/supervise/status is not a status$'
head -c 35 /dev/zero | tr '\0' '\377' > a/supervise/status
exits 'nor are 35 of noise' 111 s6-svstat a
rm a/supervise/status
exits 'none: 111' 111 s6-svstat a
mkfifo a/supervise/status
exits 'a fifo: 111, and nobody waits' 111 s6-svstat a
rm a/supervise/status
made a 0 0 8
if is_root
then
  chmod 700 a/supervise
  exits 'one that cannot be read: 111' 111 as_uid 65534 s6-svstat a
  chmod 755 a/supervise
  exits 'one that can' 0 as_uid 65534 s6-svstat a
  chmod 700 a/supervise
else
  skip 'one that cannot be read: 111' 'needs root'
  skip 'one that can' 'needs root'
fi

# several, and JSON
made b 0 1792 8
held b
made a "$pid" 0 4 "$(age)"
exits 'several' 0 s6-svstat -o up,exitcode a b
is 'with their names' "$(cat out)" 'a: true -1
b: false 7'
exits 'one that is not supervised: 1' 1 s6-svstat -u a nothing b
is 'does not keep us from the others' "$(cat out)" 'a: true
nothing: not supervised
b: false'
printf x > b/supervise/status
exits 'one that cannot be read: 111' 111 s6-svstat -u nothing b a
is 'neither' "$(cat out)" 'nothing: not supervised
a: true'
made b 0 1792 12 5 3 60
tally-make b 10:256 5:1792
s6-svstat -j b nothing > json
is 'a line each' "$(wc -l < json)" 2
like 'all fields' "$(head -n 1 json)" '^\{"dir":"b","supervised":true,"up":false,"wantedup":true,"normallyup":true,"ready":false,"paused":false,"pid":null,"pgid":null,"exitcode":7,"signal":null,"signum":null,"updownsince":"@[0-9a-f]{24}","readysince":"@[0-9a-f]{24}","updownfor":[56],"readyfor":[34],"nextstart":(59|60),"deaths":2,"restarts":1,"tallyfull":false,"doubt":null\}$'
is 'what is not supervised' "$(tail -n 1 json)" '{"dir":"nothing","supervised":false}'
echo 2 > b/max-death-tally
like 'a tally that is full' "$(s6-svstat -j b)" '"deaths":2,"restarts":1,"tallyfull":true'
printf 'half a death' > b/supervise/death_tally
like 'one that is none' "$(s6-svstat -j b)" '"deaths":0,"restarts":0,'
name=$(printf 'odd"\n')
made "$name" 0 0 8
like 'names are quoted' "$(s6-svstat -j "$name")" '^\{"dir":"odd\\"","supervised":false\}$'
run sh -c 's6-svstat a > /dev/full'
is 'a stdout that is full: 111' "$status" 111

# what supervisors tell
while read -r version
do
  dir=of$version
  service "$dir" 'exec sleep 100'
  script "$dir/finish" 'exit 0'
  supervise "$dir" version "$version" s6-supervise
  ok "$version: supervised" s6-svok "$dir"
  retry 5 test "$(s6-svstat -u "$dir")" = true
  is 'up, with its process' "$(s6-svstat -o up,wantedup,normallyup,pid "$dir")" "true true true $(run_of "$dir")"
  like 'for people' "$(s6-svstat "$dir")" '^up \(pid [0-9]+ pgid [0-9]+\) [0-9] seconds$'
  letters "$dir" p
  retry 5 has "$dir" 5
  is 'paused' "$(s6-svstat -o paused "$dir")" true
  letters "$dir" d
  retry 5 has "$dir" 8 15
  is 'down' "$(s6-svstat -o up,wantedup,exitcode,signal,signum,pid "$dir")" 'false false -1 SIGTERM 15 -1'
  like 'for people' "$(s6-svstat "$dir")" '^down \(signal SIGTERM\) [0-9] seconds, normally up, ready [0-9] seconds$'
  like 'its death is counted' "$(s6-svstat -j "$dir")" '"deaths":1,"restarts":0,"tallyfull":false,"doubt":null'
  letters "$dir" u
  retry 5 has "$dir" 4
  like 'and its restart' "$(s6-svstat -j "$dir")" '"deaths":1,"restarts":1,'
  stop "$dir"
  exits "$version: not any more" 1 s6-svok "$dir"
done < known
done_testing
