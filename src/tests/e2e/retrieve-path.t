#!/bin/sh
# ISC license.
# s6-fdholder-retrieve tells of a Unix socket that nobody can reach any more, and goes on; it says
# nothing of what is in order, or is no such socket.
# shellcheck disable=SC2094 # an id is not a file
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules

# retrieved OPTION NAME ID WANT: it goes on, and says WANT
retrieved()
{
  # shellcheck disable=SC2086 # an option or nothing
  exits "$2" 0 s6-fdholder-retrieve $1 s "$3" true
  if test -n "$4" ; then like "$2: said" "$(cat err)" "$4" ; else is "$2: nothing is said" "$(cat err)" '' ; fi
}

s6-ipcserver-socketbinder "$WORK/web" s6-fdholder-store s web
retrieved '' 'a socket in order' web ''
mv web elsewhere
retrieved '' 'its path is gone' web "^s6-fdholder-retrieve: warning: the path of the socket, $WORK/web, is gone: "
: > web
retrieved '' 'there is a file' web "^s6-fdholder-retrieve: warning: the path of the socket, $WORK/web, leads to something else: "
rm web
s6-ipcserver-socketbinder "$WORK/web" s6-fdholder-store s second
retrieved '' 'there is another socket, which listens' web 'leads to something else'
retrieved '' 'which is in order itself' second ''
mv elsewhere web
retrieved '' 'the first is back' web ''
retrieved '' 'the second is not' second 'leads to something else'
mkdir directory
mv web directory/
retrieved -D 'with -D, and its path gone' web 'is gone'

strange=$(printf 'a\nroot: fine\033[2J')
s6-ipcserver-socketbinder "$WORK/$strange" s6-fdholder-store s strange
rm "$strange"
retrieved '' 'a path that would be lines of its own' strange "the path of the socket, $WORK/a\\\\nroot: fine.*, is gone"
is 'it is one line, without control characters' "$(wc -l < err) $(tr -d '\n -~' < err)" '1 '
s6-fdholder-delete s strange  # valgrind tells of what is held at the end, as it is
if python3 -c '' 2>/dev/null
then
  python3 - "$WORK" << 'END'
import ctypes, os, socket, struct, sys
s = socket.socket(socket.AF_UNIX)
path = (sys.argv[1] + "/").encode().ljust(108, b"x")
ctypes.CDLL(None).bind(s.fileno(), struct.pack("=H", socket.AF_UNIX) + path, 110)
s.listen()
os.dup2(s.fileno(), 0)
os.execvp("s6-fdholder-store", ["s6-fdholder-store", "s", "long"])
END
  retrieved '' 'a path of 108 bytes' long ''
else
  skip 'a path of 108 bytes' 'no python3'
fi

s6-ipcserver-socketbinder relative s6-fdholder-store s relative
rm relative
retrieved '' 'a path that is relative to who knows what' relative ''
s6-ipcserver-socketbinder "@abstract$$" s6-fdholder-store s abstract
retrieved '' 'an abstract name' abstract ''
s6-tcpserver-socketbinder 127.0.0.1 0 s6-fdholder-store s tcp
retrieved '' 'a TCP socket' tcp ''
s6-ipcserver-socketbinder -m "$WORK/datagrams" s6-fdholder-store s datagrams
rm datagrams
retrieved '' 'one that does not listen' datagrams ''
echo > file
s6-fdholder-store s file < file
retrieved '' 'no socket at all' file ''
done_testing
