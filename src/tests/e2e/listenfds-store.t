#!/bin/sh
# ISC license.
# shellcheck disable=SC2016,SC2086 # words, and for inner shells
# s6-listenfds-store: what came by LISTEN_FDS is held, all of it or nothing, under ids that are made of its names.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
# a keeper needs pidfd_open(2), which valgrind has not
DAEMON_WRAPPER=
start_holder holder s -k -i rules
for word in one two three four five
do
  echo $word > $word.f
done
lines() { cat "$@" | tr '\n' ' ' ; }
held() { s6-fdholder-list s | tr '\n' ' ' ; }
content() { s6-fdholder-retrieve s "$1" cat ; }
# given NAMES ARGUMENTS...: one.f two.f three.f come as 3, 4, 5, with these names
given()
{
  given=$1
  shift
  run s6-listenfds 6,7,8 env "LISTEN_FDNAMES=$given" s6-listenfds-store "$@" 6< one.f 7< two.f 8< three.f
}

given web:admin:web -p unix: s sh -c 'echo ${LISTEN_FDS-no} ${LISTEN_FDNAMES-no} ${LISTEN_PID-no} ${LISTEN_PIDFDID-no}
  for f in 3 4 5 ; do test ! -e /proc/$$/fd/$f || echo $f ; done'
is 'neither variables nor descriptors are left' "$status $(lines out err)" '0 no no no no '
is 'the ids are prefix and name, and what tells equal ones apart' "$(held)" 'unix:admin unix:web unix:web:1 '
is 'in their order' "$(content unix:web) $(content unix:web:1) $(content unix:admin)" 'one three two'
given :x s true
is 'an empty name and one that is missing are numbers' "$status $(held)" '0 3 5 unix:admin unix:web unix:web:1 x '
given 5:4: -p n s true
is 'numbers that are names, too' "$status $(content n5) $(content n4) $(content n5:1)" '0 one two three'
before=$(held)

given new:newer:x s true
is 'in use: all is refused' "$status $(held)" "1 $before"
like 'with a remedy' "$(lines err)" 'busy \(one of the identifiers is in use: -r replaces what is there\)'
given new:x:y s touch ran
is 'one of three in use: all is refused' "$status $(held)" "1 $before"
not_ok 'and no program runs' test -e ran
given x:y:z -r -k s sh -c 'echo $(readlink /proc/$$/fd/4) $LISTEN_FDS $LISTEN_FDNAMES ; test $LISTEN_PID = $$ && echo mine'
is '-k keeps all' "$(lines out err)" "$WORK/two.f 3 x:y:z mine "
is '-r replaces' "$(content x) $(content y) $(content z)" 'one two three'
s6-fdholder-delete s y
kill -s KILL "$(pid_of holder)"
ok 'who was not told to serve does' retry 20 s6-fdholder-list s
given y:u:v s true
is 'and holds what comes' "$status $(content y) $(content v)" '0 one three'
given x:u2:v2 s true
is 'and refuses what it holds' "$status" 1
before=$(held)

ok 'a child has what is not its own' sh -c 'exec s6-listenfds -n f 6 sh -c "s6-listenfds-store -F s true ; exit \$?" 6< five.f'
is 'with -F it is stored' "$(content f)" five
name=$(printf '%0256d' 1)
while IFS='|' read -r name message variables
do
  run sh -c "test '$name' = other || export LISTEN_PID=\$\$ ; exec env $variables s6-listenfds-store s touch ran" 3< one.f 4< two.f
  is "$name: 100" "$status" 100
  like 'with a message' "$(cat err)" "^s6-listenfds-store: fatal: $message"
done << END
nothing|LISTEN_FDS not set|
0|invalid \\\$LISTEN_FDS|LISTEN_FDS=0
-1|invalid \\\$LISTEN_FDS|LISTEN_FDS=-1
2^31|invalid \\\$LISTEN_FDS|LISTEN_FDS=2147483648
no number|invalid \\\$LISTEN_FDS|LISTEN_FDS=3x
one that is closed|LISTEN_FDS counts descriptor 5, which is not open|LISTEN_FDS=7
more names|LISTEN_FDNAMES has more names|LISTEN_FDS=2 LISTEN_FDNAMES=a:b:c
more names that are empty|LISTEN_FDNAMES has more names|LISTEN_FDS=1 LISTEN_FDNAMES=a:
a long name|invalid identifier|LISTEN_FDS=1 LISTEN_FDNAMES=$name
other|LISTEN_PID not set|LISTEN_FDS=1
another process|LISTEN_PID is not this process|LISTEN_FDS=1 LISTEN_PID=1
no process|LISTEN_PID is not this process|LISTEN_FDS=1 LISTEN_PID=x
END
if s6-listenfds 6 printenv LISTEN_PIDFDID > number 6< one.f
then
  exits 'a number used again: 100' 100 s6-listenfds 6 env "LISTEN_PIDFDID=$(cat number)" s6-listenfds-store s touch ran 6< one.f
  like 'with a message' "$(cat err)" 'LISTEN_PIDFDID is not this process'
else
  skip 'a number used again: 100' 'this kernel has no pidfs'
fi
exits 'no prefix of 255 bytes fits' 100 s6-listenfds 6 s6-listenfds-store -p "$(printf '%0255d' 1)" s touch ran 6< one.f
exits 'no time: 100' 100 s6-listenfds 6 s6-listenfds-store -t x s touch ran 6< one.f
exits 'no program: 100' 100 s6-listenfds 6 s6-listenfds-store s 6< one.f
exits 'nobody there: 111' 111 s6-listenfds 6 s6-listenfds-store nothing touch ran 6< one.f
rm rules/uid/default/env/S6_FDHOLDER_SETDUMP
exits 'no right to it: 1' 1 s6-listenfds -n w 6 s6-listenfds-store s touch ran 6< one.f
allow_all rules
not_ok 'none of these ran a program' test -e ran
is 'nor stored anything' "$(held | sed 's/f //')" "$before"

signals='grep -E ^Sig(Blk|Ign|Cgt) /proc/self/status'
is 'H41: signals are as they were' "$(s6-listenfds -n sig 6 s6-listenfds-store s $signals 6< one.f)" "$($signals)"
ok 'closed standard descriptors stay closed' \
  sh -c 'exec s6-listenfds -n closed 6 s6-listenfds-store s sh -c "test ! -e /proc/\$\$/fd/0 && test ! -e /proc/\$\$/fd/2" 6< one.f <&- 2>&-'
run s6-fdholder-listenfds -i f -n many s sh -c 'exec env S6_FD#=1000 $(awk "BEGIN { for (i = 0 ; i < 1000 ; i++) printf \"S6_FD_%d=3 S6_FDID_%d=m%d \", i, i, i }") s6-fdholder-setdump s \
  s6-fdholder-listenfds -i "m*" s s6-listenfds-store -p again: s true'
is 'a thousand' "$status $(s6-fdholder-list s | grep -c ^again:m)" '0 1000'

if test -x "$PEER_S6/usr/bin/s6-fdholderd"
then
  start theirs peer s6-ipcserver-socketbinder -- t peer s6-fdholderd -1 -i rules
  ready theirs
  given a:b:c t true
  is 'a holder of s6 cannot refuse: 1' "$status $(s6-fdholder-list t)" '1 '
  like 'with a remedy' "$(lines err)" 'this holder can only replace'
  given a:b:c -r t true
  is 'it can replace' "$status $(s6-fdholder-list t | tr '\n' ' ')" '0 a b c '
else
  skip 'a holder of s6 cannot refuse: 1' 'needs tools/fetch-peer'
fi
done_testing
