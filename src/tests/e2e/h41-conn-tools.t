#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# H41, for the connection tools: SIGPIPE and the signal mask are at their defaults in every program that they run.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# blocked and ignored signals: INT and QUIT are ignored by what sh starts in the background
masks() { sed -n 's/^Sig\(Blk\|Ign\):[[:space:]]*/\1 /p' ; }
show="sed -n -e /^SigBlk/p -e /^SigIgn/p /proc/self/status"

start ipc s6-ipcserver -1 ipc $show
ready ipc
s6-ipcclient ipc s6-ioconnect < /dev/null | masks > ipc.masks
is 's6-ipcserverd: nothing is blocked' "$(sed -n 's/^Blk //p' ipc.masks)" 0000000000000000
not_ok 'SIGPIPE is not ignored' sh -c "test \$((0x$(sed -n 's/^Ign //p' ipc.masks) & 0x1000)) -ne 0"
start tcp s6-tcpserver -1 127.0.0.1 0 $show
ready tcp
s6-tcpclient -Hl0 127.0.0.1 "$(cat tcp.out)" s6-ioconnect < /dev/null | masks > tcp.masks
is 's6-tcpserverd: nothing is blocked' "$(sed -n 's/^Blk //p' tcp.masks)" 0000000000000000
not_ok 'SIGPIPE is not ignored' sh -c "test \$((0x$(sed -n 's/^Ign //p' tcp.masks) & 0x1000)) -ne 0"

# What the server waits with is its own.
theirs='readlink /proc/$$/fd/* | grep -c anon_inode'
start ipcfds s6-ipcserver -1 ipcfds sh -c "$theirs"
ready ipcfds
is 's6-ipcserverd: none of the descriptors that it waits with' "$(s6-ipcclient ipcfds s6-ioconnect < /dev/null)" 0
start tcpfds s6-tcpserver -1 127.0.0.1 0 sh -c "$theirs"
ready tcpfds
is 's6-tcpserverd: likewise' "$(s6-tcpclient -Hl0 127.0.0.1 "$(cat tcpfds.out)" s6-ioconnect < /dev/null)" 0

# Even where whoever started the server ignores SIGPIPE.
start ignored sh -c 'trap "" PIPE ; exec s6-ipcserver -1 ignored "$@"' sh $show
ready ignored
s6-ipcclient ignored s6-ioconnect < /dev/null | masks > ignored.masks
not_ok 'a server that inherited an ignored SIGPIPE' sh -c "test \$((0x$(sed -n 's/^Ign //p' ignored.masks) & 0x1000)) -ne 0"

# The chainloaders change nothing.
plain=$($show | masks)
is 's6-ipcserver-socketbinder' "$(s6-ipcserver-socketbinder s $show | masks)" "$plain"
is 's6-tcpserver-socketbinder' "$(s6-tcpserver-socketbinder 127.0.0.1 0 $show | masks)" "$plain"
is 's6-applyuidgid' "$(s6-applyuidgid $show | masks)" "$plain"
is 's6-setuidgid' "$(s6-setuidgid '' $show | masks)" "$plain"
is 's6-envuidgid' "$(s6-envuidgid root $show | masks)" "$plain"
is 's6-connlimit' "$(PROTO=X s6-connlimit $show | masks)" "$plain"
is 's6-ipcclient' "$(s6-ipcclient ipc $show | masks)" "$plain"
is 's6-tcpclient, with lookups in a child' "$(s6-tcpclient -t 5 127.0.0.1 "$(cat tcp.out)" $show | masks)" "$plain"
is 's6-ipcserver-access' "$(PROTO=IPC IPCREMOTEEUID=0 IPCREMOTEEGID=0 s6-ipcserver-access -v0 -E $show | masks)" "$plain"
done_testing
