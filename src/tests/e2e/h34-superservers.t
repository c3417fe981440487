#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# H34: a super-server at its limits pauses accept; it neither ends nor spins nor floods its log.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

answers() { test "$(cat client*.out 2>/dev/null | grep -c answer)" -ge "$1" ; }
fewer_answers() { ! answers "$1" ; }
mkfifo hold
exec 9<>hold

if test -z "$SANITIZED"
then
  shim=$BUILD/src/tests/bin/preload-conn.so
  # EAGAIN ENOMEM EMFILE ENFILE
  for errno in 11 12 24 23
  do
    start "spawn$errno" env LD_PRELOAD="$shim" FAIL_CALL=posix_spawn FAIL_ERRNO=$errno FAIL_COUNT=4 s6-ipcserver -1 "s$errno" echo answer
    ready "spawn$errno"
    is "no child for want of resources ($errno): the client waits, and is served" "$(s6-ipcclient "s$errno" sh -c 'cat <&6')" answer
    is 'one line' "$(grep -c 'unable to spawn echo: .*; the client waits' "spawn$errno.err")" 1
  done
  start tcp env LD_PRELOAD="$shim" FAIL_CALL=posix_spawn FAIL_ERRNO=11 FAIL_COUNT=4 s6-tcpserver -1 127.0.0.1 0 echo answer
  ready tcp
  is 'over TCP too' "$(s6-tcpclient -Hl0 127.0.0.1 "$(cat tcp.out)" sh -c 'cat <&6')" answer
  is 'one line' "$(grep -c 'unable to spawn echo: .*; the client waits' tcp.err)" 1
  start never env LD_PRELOAD="$shim" FAIL_CALL=posix_spawn FAIL_ERRNO=11 COUNT_FILE=tries s6-ipcserver -1 never true
  ready never
  start n1 s6-ipcclient never sleep 60
  start n2 s6-ipcclient never sleep 60
  retry 5 sh -c 'test "$(wc -c < tries)" -ge 4'
  before=$(ticks never)
  ok 'for ever: it goes on, for two seconds' remains 2 running never
  most 'no time is used' $(($(ticks never) - before)) 5
  most 'few tries' "$(wc -c < tries)" 14
  is 'one line' "$(grep -c warning never.err)" 1
  stop never
  is 'it still obeys' "$status" 0
fi

# The real thing: no more processes for that user.
if is_root && command -v prlimit >/dev/null
then
  as_uid 4242 true
  mkdir -m 777 theirs
  start nproc env PATH="$WORK/.reach/bin:$PATH" s6-ipcserver-socketbinder theirs/s prlimit --nproc=4:4 s6-applyuidgid -u 4242 -g 4242 -G '' s6-ipcserverd -1 -c 1000 -C 1000 sh -c 'echo answer ; read -r _'
  ready nproc
  for i in 1 2 3 4 5 6 7 8
  do
    start "client$i" s6-ipcclient theirs/s sh -c 'head -n 1 <&6 ; read -r _ ; exec 6<&- 7>&-' <&9
  done
  ok 'as many as there may be processes are served' retry 10 answers 3
  before=$(ticks nproc)
  ok 'and no more' remains 1 fewer_answers 5
  most 'waiting uses no time' $(($(ticks nproc) - before)) 5
  for i in 1 2 3 4 5 6 7 8 ; do echo >&9 ; done
  ok 'all are served as others end' retry 15 answers 8
  is 'one line' "$(grep -c 'unable to spawn sh: .*; the client waits' nproc.err)" 1
  stop nproc
  is 'the server obeys' "$status" 0
  rm -f client*.out
fi

# Few descriptors: the listener and the standard ones, two to wait with, and one for a client.
start nofile s6-ipcserver-socketbinder nofile sh -c 'ulimit -n 64 ; ulimit -n 6 2>/dev/null ; exec s6-ipcserverd -1 echo answer'
if ready nofile
then
  is 'one descriptor to spare is enough' "$(s6-ipcclient nofile sh -c 'cat <&6')$(s6-ipcclient nofile sh -c 'cat <&6')" answeranswer
else
  fail 'starts with six descriptors'
fi

# -c reached: accept is not called, no processor time, and the waiting clients are served later.
start full s6-ipcserver -v -1 -c 2 full sh -c 'echo answer ; read -r _'
ready full
for i in 1 2 3 4 5 6
do
  start "client$i" s6-ipcclient full sh -c 'head -n 1 <&6 ; read -r _ ; exec 6<&- 7>&-' <&9
done
ok 'two are served' retry 10 answers 2
before=$(ticks full)
ok 'and no more' remains 1 fewer_answers 3
most 'waiting uses no time' $(($(ticks full) - before)) 3
for i in 1 2 3 4 5 6 ; do echo >&9 ; done
ok 'then all are' retry 15 answers 6
unlike 'nothing was refused' "$(cat full.err)" 'deny|warning'

rm -f client*.out
start fulltcp s6-tcpserver -v -1 -c 2 127.0.0.1 0 sh -c 'echo answer ; read -r _'
ready fulltcp
for i in 1 2 3 4 5 6
do
  start "client$i" s6-tcpclient -Hl0 127.0.0.1 "$(cat fulltcp.out)" sh -c 'head -n 1 <&6 ; read -r _ ; exec 6<&- 7>&-' <&9
done
ok 'two are served over TCP' retry 10 answers 2
ok 'and no more' remains 0.3 fewer_answers 3
for i in 1 2 3 4 5 6 ; do echo >&9 ; done
ok 'then all are' retry 15 answers 6

# Whoever reads the log is stuck: serving goes on, and the lines that were lost are counted.
mkfifo log
exec 8<>log
s6-ipcserver -v -1 stuck true > stuck.ready 2>&8 8>&- &
stuck=$!
retry 5 test -s stuck.ready
ok 'a stuck log does not stop it' timeout 60 conn-load stuck 700 20
# shellcheck disable=SC2016 # for the inner shell
drain() { timeout 2 dd of=log.read bs=65536 iflag=nonblock <&8 2>/dev/null ; cat log.read >> log.all ; }
drain
s6-ipcclient stuck true
has_counted() { drain ; grep -Eq 'warning: log was full: [0-9]+ lines were dropped$' log.all ; }
ok 'and says later how many lines were lost' retry 5 has_counted
unlike 'no line is cut' "$(grep -v '^s6-ipcserverd: [a-z]*: ' log.all)" .
kill -s TERM $stuck
wait $stuck
done_testing
