#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# H21, for the super-servers: accept failing with any errno is never fatal, never a busy loop, one log line a minute at most.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$SANITIZED" || skip_all 'a sanitized program takes no shim'
shim=$BUILD/src/tests/bin/preload-conn.so

# ECONNABORTED EMFILE ENFILE ENOMEM ENOBUFS EPERM EPROTO EINVAL EIO ENETDOWN
for errno in 103 24 23 12 105 1 71 22 5 100
do
  start "ipc$errno" env LD_PRELOAD="$shim" FAIL_CALL=accept4 FAIL_ERRNO=$errno FAIL_COUNT=4 s6-ipcserver -1 "s$errno" echo answer
  ready "ipc$errno"
  is "errno $errno four times: the client is served in the end" "$(s6-ipcclient "s$errno" sh -c 'cat <&6')" answer
  is "and there is one line" "$(grep -c 'warning: unable to accept: ' "ipc$errno.err")" 1
  stop "ipc$errno"
  is 'the server was alive' "$status" 0
done
start tcp env LD_PRELOAD="$shim" FAIL_CALL=accept4 FAIL_ERRNO=24 FAIL_COUNT=4 s6-tcpserver -1 127.0.0.1 0 echo answer
ready tcp
is 'over TCP too' "$(s6-tcpclient -Hl0 127.0.0.1 "$(cat tcp.out)" sh -c 'cat <&6')" answer

# For ever: a second of it is a handful of tries, and no time of the processor.
start always env LD_PRELOAD="$shim" FAIL_CALL=accept4 FAIL_ERRNO=24 COUNT_FILE=tries s6-ipcserver -1 always true
ready always
start waiting s6-ipcclient always sleep 60
ok 'it tries again' retry 5 sh -c 'test "$(wc -c < tries)" -ge 4'
before=$(ticks always)
ok 'and goes on, for two seconds' remains 2 running always
most 'it uses no time meanwhile' $(($(ticks always) - before)) 5
most 'tries come at most at 10, 20, 40 ... 1000 ms' "$(wc -c < tries)" 14
is 'one line' "$(grep -c warning always.err)" 1
stop always
is 'and it still obeys' "$status" 0

# Credentials that cannot be read: the connection is closed, the next one is served.
start cred env LD_PRELOAD="$shim" FAIL_CALL=getsockopt FAIL_ERRNO=95 FAIL_COUNT=2 s6-ipcserver -1 cred echo answer
ready cred
is 'a client that cannot be known is not served' "$(s6-ipcclient cred sh -c 'cat <&6')$(s6-ipcclient cred sh -c 'cat <&6')" ''
is 'the next one is' "$(s6-ipcclient cred sh -c 'cat <&6')" answer
is 'one line for it' "$(grep -c 'unable to find out who the client is: Operation not supported; the connection is closed' cred.err)" 1
start blind env LD_PRELOAD="$shim" FAIL_CALL=getsockopt FAIL_ERRNO=95 s6-ipcserver -P -1 blind echo answer
ready blind
is '-P does not ask' "$(s6-ipcclient blind sh -c 'cat <&6')" answer
done_testing
