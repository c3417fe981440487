#!/bin/sh
# ISC license.
# H7: a client of retrieve-and-delete that dies before it has acknowledged loses nothing.
# It is killed at every system call that it makes for the connection.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need strace
test -z "$SANITIZED" || skip_all 'strace and sanitizers do not go together'

allow_all rules
start_holder holder s -i rules
: > file
inode=$(stat -c %i file)

held()
{
  s6-fdholder-list s | grep -qx id
}

# killed NAME CALL N: the client is killed at the Nth CALL, before it takes effect
killed()
{
  s6-fdholder-store s id < file
  strace -o trace -e trace=network,ppoll,readv -e "inject=$2:signal=KILL:when=$3" s6-fdholder-retrieve -D s id touch executed 2> /dev/null
  ok "$1: the id is still there" retry 5 held
  is "$1: it can be taken" "$(s6-fdholder-retrieve -D s id stat -L -c %i /proc/self/fd/0)" "$inode"
  ok "$1: and has gone then" test "$(s6-fdholder-list s)" = ''
  not_ok "$1: nothing was executed" test -e executed
}

killed 'connecting' connect 1
killed 'sending the banner' sendmsg 1
killed 'receiving the event pipe' recvmsg 1
killed 'receiving the banner' readv 1
killed 'asking' sendmsg 2
killed 'waiting for the answer' ppoll 2

s6-fdholder-store s id < file
strace -o trace -e trace=network s6-fdholder-retrieve -D s id true
is 'a banner and two requests are sent' "$(grep -c '^sendmsg' trace)" 3
like 'the last is the acknowledgement' "$(grep '^sendmsg' trace | tail -n 1)" 'iov_base="[^"]*A", iov_len='
unlike 'nothing is left' "$(s6-fdholder-list s)" id

s6-fdholder-store s id < file
strace -o trace -e trace=sendmsg -e inject=sendmsg:signal=KILL:when=3 s6-fdholder-retrieve -D s id touch executed 2> /dev/null
not_ok 'killed at the acknowledgement: nothing was executed' test -e executed
done_testing
