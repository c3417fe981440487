#!/bin/sh
# ISC license.
# shellcheck disable=SC2094 # an id is not a file
# H9, the clients: with 0, 1 or 2 closed at their start, nothing that they open gets that number, so
# that the next program finds no socket there and no message goes into a connection or a file.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -v 2 -i rules
start_holder other t -v 2 -i rules
echo text > file
inode=$(stat -c %i file)
s6-ipcserver-socketbinder kept s6-fdholder-store s socket

# what a program finds at 0, 1 and 2 (its own redirection may be among them), into file found
cat > look <<'END'
#!/bin/sh
{ for fd in 0 1 2 ; do readlink "/proc/$$/fd/$fd" ; done ; } > found 2> /dev/null
env > environment
END
chmod 755 look

# closed CMD...: with all three closed
closed()
{
  ( "$@" 0<&- 1>&- 2>&- )
}

# mute CMD...: with stderr closed, so that the first thing opened would get its number
mute()
{
  ( "$@" 2>&- )
}

exits 'getdump' 0 closed s6-fdholder-getdump s ./look
unlike 'getdump: the program finds no socket' "$(cat found)" socket
like 'getdump: there is one' "$(cat environment)" '^S6_FDID_0=socket$'
unlike 'getdump: which has another number' "$(cat environment)" '^S6_FD_0=[012]$'
exits 'getdump and setdump' 0 closed s6-fdholder-getdump s s6-fdholder-setdump t ./look
unlike 'setdump: the program finds no socket' "$(cat found)" socket
is 'setdump: the holder has it' "$(s6-fdholder-list t)" socket
for fd in 0 1 2
do
  exits "setdump of $fd, which is closed" 100 closed env 'S6_FD#=1' "S6_FD_0=$fd" S6_FDID_0=x s6-fdholder-setdump t
  exits "store of $fd, which is closed" 1 closed s6-fdholder-store -d "$fd" s x
done
is 'nothing of that is stored' "$(s6-fdholder-list t)" socket
exits 'transferdump' 0 mute s6-fdholder-transferdump t s ./look
unlike 'transferdump: the program finds no socket' "$(cat found)" socket
exits 'store' 0 mute s6-fdholder-store -d 9 s file ./look 9< file
unlike 'store: the program finds no socket' "$(cat found)" socket
is 'store: the right file' "$(s6-fdholder-retrieve s file stat -L -c %i /proc/self/fd/0)" "$inode"
exits 'retrieve' 0 closed s6-fdholder-retrieve s file ./look
unlike 'retrieve: the program finds no socket' "$(cat found)" socket
is 'retrieve: the file is stdin' "$(head -n 1 found)" "$WORK/file"
exits 'retrieve -D' 0 mute s6-fdholder-retrieve -D s file ./look
unlike 'retrieve -D: the program finds no socket' "$(cat found)" socket
is 'retrieve -D: the file is stdin' "$(head -n 1 found)" "$WORK/file"
exits 'list, with a stdout' 0 sh -c 's6-fdholder-list s 0<&- 2>&-'
is 'list: lists' "$(cat out)" socket
exits 'list, without: it cannot' 111 closed s6-fdholder-list s
exits 'delete' 0 closed s6-fdholder-delete t socket ./look
unlike 'delete: the program finds no socket' "$(cat found)" socket

exits 'a message that nobody hears: retrieve' 1 mute s6-fdholder-retrieve s nothing true
exits 'delete' 1 mute s6-fdholder-delete s nothing
exits 'store' 1 mute s6-fdholder-store -d 9 s socket 9< file
exits 'and a program that is not there' 127 mute s6-fdholder-retrieve -D s socket ./nothing
unlike 'goes to no holder' "$(cat holder.err other.err)" 'protocol error'
is 'what was to be taken is there' "$(s6-fdholder-list s)" socket

# who tells something while it is connected
mkdir heard
start ipc s6-ipcserver -1 ipc sh -c 'cat > heard/ipc ; mv heard/ipc heard/ipc.whole'
ready ipc
exits 's6-ipcclient' 0 mute s6-ipcclient -v ipc ./look
ok 's6-ipcclient: the server hears the end' retry 10 test -e heard/ipc.whole
is 's6-ipcclient: and no message' "$(cat heard/ipc.whole)" ''
unlike 's6-ipcclient: the program finds no socket' "$(cat found)" socket
start tcp s6-tcpserver -1 127.0.0.1 0 sh -c 'cat > heard/tcp ; mv heard/tcp heard/tcp.whole'
ready tcp
exits 's6-tcpclient' 0 mute s6-tcpclient -v -H 127.0.0.1 "$(head -n 1 tcp.out)" ./look
ok 's6-tcpclient: the server hears the end' retry 10 test -e heard/tcp.whole
is 's6-tcpclient: and no message' "$(cat heard/tcp.whole)" ''
unlike 's6-tcpclient: the program finds no socket' "$(cat found)" socket

mkfifo fifo idle
start relay sh -c 'exec s6-ioconnect -r 5 -w 5 0<> idle 5<> fifo 2>&-'
# shellcheck disable=SC2016
ok 's6-ioconnect: its own are no stderr' retry 10 sh -c 'test "$(readlink /proc/$1/fd/2)" = /dev/null' sh "$(pid_of relay)"
stop relay KILL

# who writes files
s6-accessrules-cdb-from-fs good.cdb rules
exits 's6-accessrules-cdb-from-fs' 0 mute s6-accessrules-cdb-from-fs odd.cdb rules
ok 's6-accessrules-cdb-from-fs: the same file' cmp good.cdb odd.cdb
exits 's6-accessrules-fs-from-cdb' 0 mute s6-accessrules-fs-from-cdb back odd.cdb
ok 's6-accessrules-fs-from-cdb: the same rules' diff -r rules back

# what stays closed stays so, for programs to which it means something
# shellcheck disable=SC2016 # for the inner shell
exits 'a closed descriptor is closed in the next program too' 0 closed s6-fdholder-delete s socket sh -c '! test -e /proc/$$/fd/2'
done_testing
