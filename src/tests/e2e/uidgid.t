#!/bin/sh
# ISC license.
# s6-applyuidgid, s6-setuidgid, s6-envuidgid: each option and exit code, and the same as s6.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need_root

# ids: the four numbers of each kind, from the kernel
cat > ids <<'END'
#!/bin/sh
sed -n 's/^\([UG]id\|Groups\):[[:space:]]*\(.*\)/\1 \2/p' /proc/self/status | tr '\t' ' ' | sed 's/ *$//'
END
chmod 755 ids "$WORK"

run s6-applyuidgid -u 1 -g 2 -G 3,4 ./ids
is 'all three, real, effective, saved and for files' "$(cat out)" 'Uid 1 1 1 1
Gid 2 2 2 2
Groups 2 3 4'
run s6-applyuidgid -G 7 s6-applyuidgid -G '' ./ids
like 'the empty list leaves the own group' "$(cat out)" '^Groups 0$'
run s6-applyuidgid -G 7 s6-applyuidgid -g 5 ./ids
is 'what is not given stays' "$(tail -n 2 out)" 'Gid 5 5 5 5
Groups 0 7'
exits 'our own user is no change' 0 as_uid 1 s6-applyuidgid -u 1 true
exits 'not root: nothing is executed' 111 as_uid 1 s6-applyuidgid -u 0 true
exits 'an impossible user' 111 s6-applyuidgid -u 4294967295 true
like 'is said to be one' "$(cat err)" 'unable to setuid: Invalid argument'
for wrong in '' '-u' '-u x true' '-u 1x true' '-u -1 true' '-u 99999999999 true' '-g x true' '-G x true' '-G 1,x true' '-y true'
do
  # shellcheck disable=SC2086 # words
  exits "s6-applyuidgid $wrong" 100 s6-applyuidgid $wrong
  case $wrong in
    ''|-u|-y*) like 'the usage line' "$(cat err)" '^s6-applyuidgid: usage: s6-applyuidgid \[' ;;
    *) like 'it is said which' "$(cat err)" "^s6-applyuidgid: fatal: ${wrong% true}: not a numeric id \\(-U takes " ;;
  esac
done
exits 'no program' 127 s6-applyuidgid -u 1 ./nowhere

env1() { env UID=11 GID=12 GIDLIST=13,14 "$@" ; }
run env1 s6-applyuidgid -U ./ids
is '-U' "$(cat out)" 'Uid 11 11 11 11
Gid 12 12 12 12
Groups 12 13 14'
run env1 s6-applyuidgid -U -u 5 ./ids
like '-u after -U counts' "$(cat out)" '^Uid 5 '
run env1 s6-applyuidgid -u 5 -U ./ids
like '-u before -U does not' "$(cat out)" '^Uid 11 '
run env1 s6-applyuidgid -Uz env
unlike '-z removes the variables' "$(cat out)" '^(UID|GID|GIDLIST)='
run env1 s6-applyuidgid -U env
is 'without it they stay' "$(grep -Ec '^(UID|GID|GIDLIST)=' out)" 3
for missing in UID GID GIDLIST
do
  exits "$missing is missing" 100 env UID=1 GID=1 GIDLIST=1 env -u $missing s6-applyuidgid -U true
  like 'and named' "$(cat err)" "fatal: $missing not set: run s6-applyuidgid under s6-envuidgid"
  exits "$missing is wrong" 100 env UID=1 GID=1 GIDLIST=1 $missing=x s6-applyuidgid -U true
  like 'and named' "$(cat err)" "fatal: invalid .$missing"
done

run s6-setuidgid games ./ids
is 's6-setuidgid: the numbers of the account' "$(sed -n 's/^\([UG]id\) \([0-9]*\) .*/\1 \2/p' out | tr '\n' ' ')" "Uid $(id -u games) Gid $(id -g games) "
run env UID=1 GID=2 GIDLIST=3 s6-setuidgid games sh -c "printenv UID GID GIDLIST"
is 'and no variables of somebody else' "$status $(cat out)" '1 '
run s6-setuidgid 21:22 ./ids
is 'uid:gid, no other groups' "$(cat out)" 'Uid 21 21 21 21
Gid 22 22 22 22
Groups 22'
run s6-setuidgid games:tty ./ids
is 'names for both' "$(sed -n 's/^\([UG]id\) \([0-9]*\) .*/\1 \2/p' out | tr '\n' ' ')" "Uid $(id -u games) Gid $(getent group tty | cut -d: -f3) "
run s6-setuidgid :22 ./ids
is 'a group alone' "$(cat out)" 'Uid 0 0 0 0
Gid 22 22 22 22
Groups 22'
run s6-applyuidgid -G 9 s6-setuidgid '' ./ids
is 'the empty account changes nothing' "$(cat out)" 'Uid 0 0 0 0
Gid 0 0 0 0
Groups 0 9'
for unknown in nosuchuser nosuchuser:0 0:nosuchgroup :nosuchgroup 99999999999:1
do
  exits "unknown: $unknown" 1 s6-setuidgid $unknown true
  like 'and named' "$(cat err)" 's6-setuidgid: fatal: unknown (user|group): [a-z0-9]+$'
done
for wrong in '' 'root' '-x root true' ': true' '1: true'
do
  # shellcheck disable=SC2086 # words
  exits "s6-setuidgid $wrong" 100 s6-setuidgid $wrong
done
exits 'not root' 111 as_uid 1 s6-setuidgid games true

# shellcheck disable=SC2016 # for the inner shell
triple='echo "$(printenv UID):$(printenv GID):$(printenv GIDLIST)"'
# judged CODE OUTPUT ARGUMENTS...
judged()
{
  want="$1 $2"
  shift 2
  run env -u UID -u GID -u GIDLIST s6-envuidgid "$@" sh -c "$triple"
  is "s6-envuidgid $*" "$status $(cat out)" "$want"
}
g=$(id -u games)
gg=$(id -g games)
judged 0 "$g:$gg:" games
judged 0 "$g::" -u games
judged 0 ":$gg:" -g games
judged 0 "$g:0:" -B games:root
judged 0 "$g:42:" -nB games:42
judged 0 '42:0:' -n 42
judged 0 '42:43:44,45' -n 42:43:44,45
judged 0 '42:6:' -n -D 5:6:7 42
judged 0 '1:2:3,4' -D 1:2:3,4 nosuch
judged 0 '1:2:' -D 1:2 nosuch
judged 0 "$g:8:" -B -D 7:8:9 games:nosuch
judged 0 '0:0:0' -D 0:0:0 fdstore
judged 0 "$g:$gg:" -D 1:2:3 games
judged 0 '5::' -uD 5:6:7 nosuch
judged 0 '0:0:' -n root:root
judged 0 '0:6:' -n :6
judged 0 "5:$gg:" -n 5:games
judged 0 '7:8:' -u -B -D 7:8:9 ''
judged 0 '7::' -u -D 7:8:9 ''
judged 1 '' -u ''
judged 1 '' -g ''
judged 1 '' -B ''
judged 1 '' -n ''
judged 1 '' ''
judged 1 '' root:root
judged 100 '' -D '' nosuch
judged 1 '' nosuch
judged 1 '' -D 1:2:3 -i nosuch
judged 1 '' -u nosuch
judged 1 '' -g nosuch
judged 1 '' -B games:nosuch
judged 1 '' -B nosuch:games
judged 1 '' -n x1
judged 100 '' -D x nosuch
judged 100 '' -D 1:x nosuch
judged 100 '' -y games
exits 's6-envuidgid without prog' 100 s6-envuidgid games
member=$(getent group | awk -F: '$4 { split($4, a, ",") ; print a[1] ; exit }')
if test -n "$member"
then
  run s6-envuidgid "$member" sh -c "$triple"
  is 'further groups are listed, without the own one' "$(cut -d: -f3 < out | tr ',' '\n' | sort -n | tr '\n' ' ')" \
    "$(id -G "$member" | tr ' ' '\n' | grep -vx "$(id -g "$member")" | sort -n | tr '\n' ' ')"
fi

if test -x "$PEER_S6/usr/bin/s6-envuidgid"
then
  same() # ARGUMENTS of the program...
  {
    name=$1
    shift
    run peer "$name" "$@"
    want="$status $(cat out)"
    run "$name" "$@"
    is "like s6: $name $*" "$status $(cat out)" "$want"
  }
  for line in games nosuch '-u games' '-g games' '-B games:tty' '-B games:' '-B :tty' '-B games' '-nB root:42' '-nB root:x' '-n 42' '-nu 42' '-ng 42' '-n 1:2' '-n -D 5:6:7 42' '-n -D 5:6:7 42:' '-n root:root' '-n :6' '-n 5:games' '-D 1:2:3,4 nosuch' '-D 1 nosuch' '-D :: nosuch' '-i -D 5:6:7 nosuch' '-gD 5:6:7 nosuch'
  do
    # shellcheck disable=SC2086 # words
    same s6-envuidgid $line sh -c "$triple"
  done
  same s6-envuidgid -u '' sh -c "$triple"
  same s6-envuidgid -g '' sh -c "$triple"
  same s6-envuidgid -B '' sh -c "$triple"
  for line in '-u 1 -g 2 -G 3,4' '-G 1,' '-G 1,,2' '-g 1' '-u 1' '-zu 5' '-u x'
  do
    # shellcheck disable=SC2086 # words
    same s6-applyuidgid $line ./ids
  done
  for line in games 1:2 nosuch root
  do
    same s6-setuidgid $line ./ids
  done
fi
done_testing
