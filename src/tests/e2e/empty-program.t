#!/bin/sh
# ISC license.
# shellcheck disable=SC2086 # words
# An empty program name is wrong usage: 100 at once, in every program that executes into another, before anything is done.
# timeout: 60
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# so that a program that went on would have another exit code: no holder, nobody to connect to, not root's databases
PROTO=IPC IPCREMOTEEUID=1 IPCREMOTEEGID=1 IPCCONNNUM=1 UID=1 GID=1 GIDLIST=1
export PROTO IPCREMOTEEUID IPCREMOTEEGID IPCCONNNUM UID GID GIDLIST
tcp='env PROTO=TCP TCPREMOTEIP=127.0.0.1 TCPREMOTEPORT=1 TCPLOCALIP=127.0.0.1 TCPLOCALPORT=1'
while read -r line
do
  name=${line%% *}
  case $name in
    s6-tcpserver-access) prefix=$tcp ;;
    *) prefix= ;;
  esac
  exits "$line ''" 100 timeout 5 $prefix $line ''
  like 'with the usage line' "$(cat err)" "^$name: usage: $name "
  exits 'and so with arguments' 100 timeout 5 $prefix $line '' more
done <<'END'
s6-applyuidgid
s6-applyuidgid -U -z
s6-connlimit
s6-envuidgid nosuchaccount
s6-setuidgid root
s6-setuidgid nosuchaccount
s6-ipcclient s
s6-ipcclient -p bound s
s6-listenfds 0
s6-fdholder-listenfds -i id s
s6-listenfds-store s
s6-ipcserver s
s6-ipcserver -- s
s6-ipcserver-access -v0 -l0
s6-ipcserver-access -i nowhere
s6-ipcserver-socketbinder s
s6-ipcserverd
s6-tcpclient -Hl0 127.0.0.1 1
s6-tcpserver 127.0.0.1 0
s6-tcpserver-access -v0 -Hl0
s6-tcpserver-access -B banner -Hl0
s6-tcpserver-socketbinder 127.0.0.1 0
s6-tcpserver-socketbinder -1 127.0.0.1 0
s6-tcpserverd
s6-fdholder-store s id
s6-fdholder-retrieve s id
s6-fdholder-retrieve -D s id
s6-fdholder-delete s id
s6-fdholder-list s
s6-fdholder-getdump s
s6-fdholder-setdump s
s6-fdholder-transferdump s t
s6-ftrig-listen1 d x
s6-envdir -I nowhere
s6-softlimit
s6-setsid
s6-setlock lock
s6-fghack
END
is 'nothing was bound' "$(find . -type s)" ''
mkdir -p rules/uid/1
: > rules/uid/1/allow
echo true > rules/uid/1/exec
exits 'a rule with a program of its own is no excuse' 100 s6-ipcserver-access -v0 -l0 -i rules ''

done_testing
