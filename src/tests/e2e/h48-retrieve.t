#!/bin/sh
# ISC license.
# H48: retrieve -D gives nothing up before the last step that can fail: a program that is not there
# costs nothing, and what cannot be executed all the same is put back as it was.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

: > file
inode=$(stat -c %i file)
mkdir directory
: > plain
: > empty
printf '#!/nonexistent/interpreter\n' > orphan
chmod 755 empty orphan

held()
{
  test "$(s6-fdholder-retrieve "$1" id stat -L -c %i /proc/self/fd/0)" = "$inode"
}

limit_of()
{
  s6-fdholder-getdump "$1" env | sed -n 's/^S6_FDLIMIT_0=@//p'
}

# refused SOCKET NAME CODE PROGRAM...
refused()
{
  refused_socket=$1
  refused_name=$2
  refused_code=$3
  shift 3
  exits "$refused_name" "$refused_code" s6-fdholder-retrieve -D "$refused_socket" id "$@"
  cp err said
  like "$refused_name: says so" "$(cat said)" '^s6-fdholder-retrieve: fatal: unable to exec '
  ok "$refused_name: it is still there" held "$refused_socket"
}

allow_all rules
start_holder holder s -v 2 -i rules
s6-fdholder-store -T 3600000 s id < file
limit=$(limit_of s)
refused s 'no such program' 127 /nonexistent/program
refused s 'no such program on the PATH' 127 no-such-program-anywhere
refused s 'no executable program' 126 ./plain
refused s 'a directory' 126 ./directory
unlike 'none of them was even taken' "$(cat holder.err)" 'retrieve-and-delete'
refused s 'a script without its interpreter' 127 ./orphan
PATH=$WORK:$PATH refused s 'the same, on the PATH' 127 orphan
refused s 'a file of no known format' 126 ./empty
is 'what was put back was so by the holder' "$(grep -c 'put back .*: done' holder.err)" 3
is 'and still has its time limit, to the minute' "$(limit_of s | cut -c 1-14)" "$(echo "$limit" | cut -c 1-14)"
unlike 'without a warning' "$(cat said)" warning

exits 'a program that can run' 0 s6-fdholder-retrieve -D s id stat -L -c %i /proc/self/fd/0
is 'gets it' "$(cat out)" "$inode"
is 'and the holder has it no more' "$(s6-fdholder-list s)" ''

# the end of the connection is the end of it, also while the program still runs
s6-fdholder-store s id < file
mkfifo gate
start runner s6-fdholder-retrieve -D s id sh -c 'echo runs ; exec cat gate'
ok 'a program runs' retry 10 grep -q runs runner.out
# shellcheck disable=SC2016
ok 'its execution closed the connection' retry 10 sh -c '! readlink /proc/'"$(pid_of holder)"'/fd/* | grep -qx "$1"' sh "$WORK/file"
echo > gate
stop holder

if test -x "$PEER_S6/usr/bin/s6-fdholderd"
then
  start theirs peer s6-ipcserver-socketbinder t .peerbin/s6-fdholderd -i rules
  ok 's6: it answers' retry 10 s6-fdholder-list t
  s6-fdholder-store -T 3600000 t id < file
  refused t 's6: no such program' 127 /nonexistent/program
  isnt 's6: it was not taken' "$(limit_of t)" ''
  refused t 's6: a script without its interpreter' 127 ./orphan
  like 's6: stored again, with a warning' "$(cat said)" 'warning: .*without a time limit'
  is 's6: for without a limit it is' "$(limit_of t)" ''
  s6-fdholder-retrieve -D t id true
  is 's6: a program that can run gets it' "$(s6-fdholder-list t)" ''
  stop theirs
else
  skip 's6: the same' 'no s6'
fi
done_testing
