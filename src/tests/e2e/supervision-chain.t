#!/bin/sh
# ISC license.
# s6-envdir, s6-softlimit, s6-setsid, s6-setlock and s6-fghack: each option, each refusal, and the
# same as Debian's where that is meant to be the same.
# shellcheck disable=SC2016 # variables are for the programs
# shellcheck disable=SC3045 # the shells of Linux have ulimit -H
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# s6-envdir

mkdir env
printf 'a b \t\nsecond\n' > env/LINES
printf 'x\n\n' > env/NEWLINES
: > env/GONE
printf '\n' > env/EMPTY
printf 'p\0q' > env/ZERO
printf 'no end' > env/PLAIN
printf 'hidden' > env/.HIDDEN
printf 'equal' > 'env/A=B'
head -c 5000 /dev/zero | tr '\0' x > env/LONG
seen() { env GONE=here "$@" sh -c 'for v in LINES NEWLINES GONE EMPTY ZERO PLAIN HIDDEN A ; do eval "test -z \"\${$v+x}\" || printf \"%s=<%s> \" $v \"\$$v\"" ; done ; echo "${#LONG}"' ; }
is 'first lines, without blanks at their ends' "$(seen s6-envdir env)" 'LINES=<a b> NEWLINES=<x> EMPTY=<> ZERO=<p
q> PLAIN=<no end> 4095'
is '-n keeps the blanks' "$(seen s6-envdir -n env | head -n 1)" "LINES=<a b 	> NEWLINES=<x> EMPTY=<> ZERO=<p"
is '-f: all lines, but the last newline' "$(seen s6-envdir -f env | tr '\n' '|')" 'LINES=<a b 	|second> NEWLINES=<x|> EMPTY=<> ZERO=<p|q> PLAIN=<no end> 4095|'
is '-f -n: that, too' "$(seen s6-envdir -fn env | tr '\n' '|')" 'LINES=<a b 	|second|> NEWLINES=<x||> EMPTY=<|> ZERO=<p|q> PLAIN=<no end> 4095|'
is '-L: however long' "$(seen s6-envdir -L env | tail -n 1)" 'q> PLAIN=<no end> 5000'
is '-c' "$(seen s6-envdir -c _z env)" 'LINES=<a b> NEWLINES=<x> EMPTY=<> ZERO=<p_q> PLAIN=<no end> 4095'
exits 'of nothing: 100' 100 s6-envdir -c '' env true
printf 'a \r\t\r\nb\r\n' > env/LINES
is 'a carriage return is a blank' "$(s6-envdir env sh -c 'printf %s. "$LINES"' | od -An -c | tr -d ' ')" 'a.'
is 'that -n keeps' "$(s6-envdir -n env sh -c 'printf %s. "$LINES"' | od -An -c | tr -d ' ')" 'a\r\t\r.'
mkdir fifos
mkfifo fifos/GONE
exits 'a fifo holds nobody up' 0 timeout 10 env GONE=here s6-envdir fifos sh -c 'test -z "${GONE+set}"'
exits 'no directory: 111' 111 s6-envdir none true
exits '-I: then the environment stays as it is' 0 s6-envdir -I none true
exits '-i takes that back' 111 s6-envdir -I -i none true
exits 'a file is no directory' 111 s6-envdir -I env/PLAIN true
mkdir with with/sub
exits 'a directory in it: 111' 111 s6-envdir with true
like 'and which' "$(cat err)" 'unable to read with/sub'
if test -x "$PEER_S6/usr/bin/s6-envdir"
then
  for options in '' -n -f -fn -Lf '-c x'
  do
    # shellcheck disable=SC2086 # words
    is "with '$options' it is as Debian's" "$(seen s6-envdir $options env)" "$(seen peer s6-envdir $options env)"
  done
else
  skip 'it is as Debian'"'"'s' 'needs tools/fetch-peer'
fi

# s6-softlimit

exits 'a soft limit' 0 s6-softlimit -o 77 sh -c 'test "$(ulimit -Sn)" = 77'
hard=$(ulimit -Hn)
is 'the hard one stays' "$(s6-softlimit -o 77 sh -c 'ulimit -Hn')" "$hard"
is 'no more than that' "$(s6-softlimit -h -o 99 -h -o 99 sh -c 'ulimit -Hn' 2>/dev/null || echo failed)" failed
is 'a hard limit' "$(s6-softlimit -o 50 s6-softlimit -h -o 99 sh -c 'echo "$(ulimit -Sn) $(ulimit -Hn)"')" '50 99'
is 'both' "$(s6-softlimit -H -o 88 sh -c 'echo "$(ulimit -Sn) $(ulimit -Hn)"')" '88 88'
is '=: as high as the hard one' "$(s6-softlimit -o 50 s6-softlimit -o = sh -c 'ulimit -Sn')" "$hard"
is 'above it: the hard one' "$(s6-softlimit -H -o 60 s6-softlimit -o 1000 sh -c 'ulimit -Sn')" 60
is 'in the order of the options' "$(s6-softlimit -o 70 -o 71 sh -c 'ulimit -Sn')" 71
is 'files' "$(s6-softlimit -f 1024 sh -c 'cat /proc/self/limits' | awk '/^Max file size/ { print $4 }')" 1024
for pair in 'a:address space' 'c:core file size' 'd:data size' 'r:resident set' 's:stack size'
do
  is "-${pair%%:*}" "$(s6-softlimit "-${pair%%:*}" 500000000 grep "^Max ${pair#*:}" /proc/self/limits | awk '{ for (i = 1 ; i <= NF ; i++) if ($i == 500000000) n++ } END { print n + 0 }')" 1
done
is '-t' "$(s6-softlimit -t 1000 awk '/^Max cpu time/ { print $4 }' /proc/self/limits)" 1000
is '-p' "$(s6-softlimit -p 500 awk '/^Max processes/ { print $3 }' /proc/self/limits)" 500
is '-P' "$(s6-softlimit -P 0 awk '/^Max realtime priority/ { print $4 }' /proc/self/limits)" 0
if command -v strace > /dev/null && strace -o calls true
then
  strace -o calls s6-softlimit -P 0 true
  like 'that is what it sets' "$(cat calls)" 'RLIMIT_RTPRIO, \{rlim_cur=0,'
else
  skip 'that is what it sets' 'needs strace'
fi
is '-l' "$(s6-softlimit -l 40960 awk '/^Max locked memory/ { print $4 }' /proc/self/limits)" 40960
is '-m: address space, data, stack' "$(s6-softlimit -m 400000000 grep -c '^Max .* 400000000 ' /proc/self/limits)" 3
is 'and locked memory, as far as may be' "$(s6-softlimit -l 4096 s6-softlimit -m 400000000 awk '/^Max locked memory/ { print $4 }' /proc/self/limits)" "$(s6-softlimit -l 400000000 awk '/^Max locked memory/ { print $4 }' /proc/self/limits)"
like '-h =: as high as can be' "$(s6-softlimit -H -c 0 s6-softlimit -h -c = sh -c 'ulimit -Hc' || echo refused)" '^(unlimited|refused)$'
exits 'an option that it does not know does nothing' 0 s6-softlimit -z -o 78 sh -c 'test "$(ulimit -Sn)" = 78'
for wrong in '-o x' '-o -1' '-o' '-o 1=' '-z' ''
do
  # shellcheck disable=SC2086 # words
  exits "softlimit '$wrong': 100" 100 s6-softlimit $wrong
done
exits 'not a number, and a program: 100' 100 s6-softlimit -o x true

# s6-setsid

led() { s6-setsid "$@" awk '{ print ($5 == $1 ? "group" : "-"), ($6 == $1 ? "session" : "-") }' /proc/self/stat ; }
is 'a session' "$(led)" 'group session'
is '-s is that' "$(led -b -s)" 'group session'
is '-b: a process group' "$(led -b)" 'group -'
exits 'who leads one already: a warning' 0 s6-setsid s6-setsid true
like 'and on' "$(cat err)" 's6-setsid: warning: unable to be the leader of a session'
exits '-q: none' 0 s6-setsid s6-setsid -q true
is 'not a word' "$(cat err)" ''
exits '-i: 111' 111 s6-setsid s6-setsid -i true
exits '-I takes that back' 0 s6-setsid s6-setsid -i -I true
exits '-f without a terminal: 111' 111 s6-setsid s6-setsid -f true
exits '-f of what is none: a warning' 0 s6-setsid -f -d 0 true < /dev/null
like 'that says so' "$(cat err)" 'unable to be in the foreground'
exits '-g -i: 111' 111 s6-setsid -g -i -d 0 true < /dev/null
if command -v script > /dev/null
then
  for option in -f -g
  do
    is "$option: the foreground of a terminal" "$(timeout 10 script -qec "trap '' TTOU ; s6-setsid $option -i awk '{ print (\$5 == \$8 && \$5 == \$1) }' /proc/self/stat ; true" /dev/null < /dev/null | tr -d '\r')" 1
  done
  ignored='s/^SigIgn:[^0-9]*//p'
  is 'with -g nothing stops it, nor is a signal ignored then' "$(timeout 10 script -qec "s6-setsid -g -i sed -n '$ignored' /proc/self/status ; true" /dev/null < /dev/null | tr -d '\r')" "$(sed -n "$ignored" /proc/self/status)"
  is 'where stderr is closed the terminal is not taken for it' "$(timeout 10 script -qec 'trap "" TTOU ; exec s6-setsid -f true 2>&-' /dev/null < /dev/null)" ''
else
  skip 'the foreground of a terminal' 'needs script(1)'
fi
exits 'a descriptor that cannot be: a warning' 0 s6-setsid -f -d 2147483648 true
like 'as of any that is not open' "$(cat err)" 'unable to be in the foreground.*Bad file descriptor'
exits 'setsid: no program: 100' 100 s6-setsid -b
exits 'setsid: a descriptor that is none: 100' 100 s6-setsid -d x true

# s6-setlock

exits 'a lock' 0 s6-setlock lock true
ok 'makes the file' test -f lock
start holder s6-setlock lock sh -c 'echo ready ; exec sleep 1000'
retry 5 grep -q ready holder.out
exits '-n: 1' 1 s6-setlock -n lock true
like 'says so' "$(cat err)" 'unable to lock lock'
exits '-t: 1' 1 s6-setlock -t 100 lock true
exits '-t 0: for ever' 124 timeout 0.3 s6-setlock -t 0 lock true
exits '-n, whatever -t says' 1 timeout 10 s6-setlock -n -t 100000 lock true
exits '-N is for ever only without -t' 1 timeout 10 s6-setlock -t 100 -n -N lock true
exits 'a shared one is not to be had, either' 1 s6-setlock -n -r lock true
exits 'it lasts as long as a copy of the descriptor' 1 s6-setlock lock2 sh -c 's6-setlock -n lock2 true'
start waiter s6-setlock lock sh -c 'echo got it'
not_ok 'without -n it waits' ended waiter
start timed s6-setlock -t 10000 lock sh -c 'echo got it, too ; cat'
stop holder
ok 'until it is free' retry 5 grep -q 'got it' waiter.out
ok 'with -t, too' retry 5 grep -q 'got it, too' timed.out
is 'and SIGALRM is as it was' "$(s6-setlock -t 1000 lock3 sh -c 'sed -n "s/^SigIgn:[^0-9]*//p" /proc/self/status')" "$(sed -n 's/^SigIgn:[^0-9]*//p' /proc/self/status)"
exits 'no alarm comes then' 0 s6-setlock -t 1000 lock3 sleep 0.2
start holder7 s6-setlock lock7 sh -c 'echo ready ; exec sleep 1000'
ready holder7
if command -v perl > /dev/null
then
  exits '-t where SIGALRM is blocked: 1' 1 timeout 20 perl -MPOSIX -e 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM)) ; exec @ARGV' s6-setlock -t 100 lock7 true
  is 'and it is so for the program' "$(perl -MPOSIX -e 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGALRM)) ; exec @ARGV' s6-setlock -t 100 lock8 sed -n 's/^SigBlk:[^0-9]*//p' /proc/self/status)" 0000000000002000
  exits 'an alarm is not lost' 142 timeout 20 perl -e 'alarm 1 ; exec @ARGV' s6-setlock -t 5000 lock9 sleep 15
  exits 'nor does it come too soon' 0 timeout 20 perl -e 'alarm 8 ; exec @ARGV' s6-setlock -t 5000 lock9 sleep 0.2
  exits 'nor does it wait for -t' 142 timeout 10 perl -e 'alarm 1 ; exec @ARGV' s6-setlock -t 15000 lock7 true
  exits 'one that comes later does not end the wait' 1 timeout 10 perl -e 'alarm 9 ; exec @ARGV' s6-setlock -t 100 lock7 true
  exits 'where it is ignored -t is as ever' 1 timeout 10 perl -e '$SIG{ALRM} = "IGNORE" ; alarm 1 ; exec @ARGV' s6-setlock -t 1500 lock7 true
else
  skip '-t where SIGALRM is blocked: 1' 'needs perl'
  skip 'and it is so for the program' 'needs perl'
fi
exits 'shared' 0 s6-setlock -r shared s6-setlock -n -r shared true
exits 'but with nobody who wants it alone' 1 s6-setlock -r shared s6-setlock -n -w shared true
exits '-d' 0 s6-setlock -d 9 lock4 sh -c 'test "$(readlink /proc/self/fd/9)" = "$PWD/lock4" && ! s6-setlock -n lock4 true 2>/dev/null'
is '-d 0' "$(s6-setlock -d 0 lock4 readlink /proc/self/fd/0)" "$PWD/lock4"
like 'which blocks as usual' "$(s6-setlock -d 9 lock4 sed -n 's/^flags:[^0-9]*//p' /proc/self/fdinfo/9)" '0001$'
exits 'a stdin that is closed does not become the lock' 1 sh -c 'exec s6-setlock lock4 readlink /proc/self/fd/0 <&-'
mkdir folder
exits 'a folder can be shared' 0 s6-setlock -r folder true
exits 'but nobody has it alone' 111 s6-setlock folder true
exits 'a shared lock makes the file, too' 0 s6-setlock -r lock10 test -f lock10
exits 'another descriptor of the file that is closed takes nothing away' 0 s6-setlock -d 9 lock5 sh -c 'exec 8>lock5 8>&- ; ! s6-setlock -n lock5 true 2>/dev/null'
exits 'a file that cannot be opened: 111' 111 s6-setlock none/lock true
exits 'no such program: 127' 127 s6-setlock lock6 ./nothing
exits 'setlock: no program: 100' 100 s6-setlock lock
exits 'setlock: no file: 100' 100 s6-setlock -n
exits 'setlock: a number that is none: 100' 100 s6-setlock -t x lock true

# s6-fghack

printf '%s\n' '#!/bin/sh' '( sleep 1 ; echo late > "$1" ) > /dev/null 2>&1 &' 'exit 7' > background
chmod 755 background
exits 'the exit code of what goes to the background' 7 s6-fghack ./background ended
like 'a warning' "$(cat err)" 'warning: this is obsolete'
ok 'when it has ended' test -f ended
exits 'a signal: 128 and its number' 143 s6-fghack sh -c 'kill -TERM $$'
exits 'what writes where it should not: 102' 102 s6-fghack sh -c 'echo x >&9'
exits 'with few descriptors it has some, and so has the program' 0 sh -c 'ulimit -n 16 ; exec s6-fghack sh -c "ls /proc/self/fd > list"'
least 'they keep it' "$(wc -l < list)" 5
exits 'and the end is seen' 7 sh -c 'ulimit -n 16 ; exec s6-fghack ./background ended2'
ok 'when it comes' test -f ended2
inputs() { "$@" ls -l /proc/self/fd 2>/dev/null | grep -c '^lr.*pipe:' ; }
is 'it writes there, and does not read' "$(inputs s6-fghack)" "$(inputs env)"
exits 'a stdout that is closed is none of those' 1 sh -c 'exec s6-fghack sh -c "echo x" <&- >&-'
exits 'no such program: 111' 111 s6-fghack ./nothing
exits 'fghack: no program: 100' 100 s6-fghack
done_testing
