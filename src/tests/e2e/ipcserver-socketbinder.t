#!/bin/sh
# ISC license.
# s6-ipcserver-socketbinder: each option, each exit code, and what it says.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

binder=s6-ipcserver-socketbinder

# Wrong usage
for wrong in '' 's' '-z s true' '-a 0888 s true' '-a 010000 s true' '-b -1 s true' '-b 99999999999 s true' '-o 1 s true' '-o 1: s true' '-o x:1 s true' '-o 4294967295:1 s true' '-o 1:4294967295 s true' '-a'
do
  # shellcheck disable=SC2086 # words
  exits "usage: $wrong" 100 $binder $wrong
  like 'the usage line' "$(cat err)" '^s6-ipcserver-socketbinder: usage: s6-ipcserver-socketbinder \['
done
exits 'abstract names have no permissions' 100 $binder -a 0700 @s6-activation-test true
exits 'nor an owner' 100 $binder -o 0:0 @s6-activation-test true
like 'and that is said' "$(cat err)" 'need a path in the file system'

# What prog gets: sockinfo prints type, state and flags of its stdin
cat > sockinfo <<'END'
#!/bin/sh
inode=$(readlink /proc/self/fd/0 | tr -dc 0-9)
awk -v inode="$inode" '$7 == inode { print "flags " $4 ", type " $5 ", state " $6 ", path " $8 }' /proc/net/unix
sed -n 's/^flags:[^0-9]*/fd flags /p' /proc/self/fdinfo/0
END
chmod 755 sockinfo
run $binder s ./sockinfo
is 'a stream socket that listens, non-blocking' "$(cat out)" 'flags 00010000, type 0001, state 01, path s
fd flags 04002'
run $binder -M s ./sockinfo
like '-M is the default' "$(cat out)" 'type 0001'
run $binder -B s ./sockinfo
like '-B makes it blocking' "$(cat out)" '^fd flags 02$'
run $binder -b0 s ./sockinfo
like '-b 0 does not listen' "$(cat out)" 'flags 00000000, type 0001'
run $binder -b 3 s ./sockinfo
like '-b 3 listens' "$(cat out)" 'flags 00010000'
# As in a network of our own, where the system's limit is not the one that the C library was built with
limit=/proc/sys/net/core/somaxconn
if is_root && command -v ss >/dev/null && unshare -n sh -c "echo 9000 > $limit" 2>/dev/null
then
  run unshare -n sh -c "echo 9000 > $limit ; exec $binder s ss -xlH"
  is 'the default backlog is as long as the system allows' "$(awk '{ for (i = 1 ; i < NF ; i++) if ($i == "LISTEN") print $(i + 2) }' out)" 9000
else
  skip 'the default backlog is as long as the system allows' 'needs root, ss, and a network of its own'
fi
run $binder -m s ./sockinfo
is '-m needs no -b 0' "$status $(head -n 1 out)" '0 flags 00000000, type 0002, state 01, path s'
run $binder -m -b 0 s ./sockinfo
is '-m with -b 0, as in s6' "$status" 0
run $binder -S s ./sockinfo
like '-S: sequenced packets' "$(cat out)" 'flags 00010000, type 0005'
run $binder @s6-activation-$$ ./sockinfo
like '@ is the abstract namespace' "$(cat out)" "path @s6-activation-$$\$"
not_ok 'and makes no file' test -e "@s6-activation-$$"
run $binder ./@file true
ok './@ is a file' test -S @file
run $binder '' ./sockinfo
is 'the empty path: the system chooses' "$status" 0
run $binder -- -dash true
ok '-- ends the options' test -S ./-dash

# Permissions
mode() { stat -c %a "$1" ; }
run $binder s true
is 'the default is 0777' "$(mode s)" 777
for perms in 0 0600 0420 0777 01777
do
  # shellcheck disable=SC2016 # for the inner shell
  run sh -c 'umask 077 ; exec "$@"' sh $binder -a "$perms" s sh -c umask
  is "-a $perms, whatever the umask" "$(mode s) $(cat out)" "$(printf '%o' $((0$perms & 0777))) 0077"
done
if is_root
then
  run $binder -o 12:34 -a 0660 s true
  is '-o gives the socket away' "$(stat -c '%u %g %a' s)" '12 34 660'
  run $binder -o 12:34 s true
  is '-o with the default permissions' "$(stat -c '%u %g %a' s)" '12 34 777'
  mkdir theirs
  chown 12 theirs
  if unshare -m umount -l /proc 2>/dev/null
  then
    exits '-o -a without /proc' 0 unshare -m sh -c "umount -l /proc ; $binder -o 12:34 -a 0660 noproc true || test \$? -eq 111"
    like 'works, or says what is missing' "$(stat -c '%u %g %a' noproc 2>/dev/null)$(cat err)" '^12 34 660$|unable to set the owner of noproc \(that needs /proc'
  else
    skip '-o -a without /proc' 'no mount namespace can be made'
  fi
  exits 'not ours to give' 111 as_uid 12 $binder -o 13:13 theirs/s true
  like 'that is said' "$(cat err)" 'unable to set the owner of theirs/s: Operation not permitted'
  not_ok 'and nothing is left' test -e theirs/s
  mkdir mine
  exits 'a directory that is not ours' 111 as_uid 12 $binder mine/s true
  like 'that is said too' "$(cat err)" 'unable to bind to mine/s: Permission denied'
else
  skip '-o' 'needs root'
fi

# Errors
run $binder s true
exits '-D leaves what is there' 111 $binder -D s true
like 'and says so' "$(cat err)" 'unable to bind to s: Address already in use'
exits '-D -d: the last one counts' 0 $binder -D -d s true
rm -f s
exits '-D where nothing is' 0 $binder -D s true
exits 'no such directory' 111 $binder nowhere/s true
like 'names the path' "$(cat err)" 'unable to bind to nowhere/s \(its directory is not there: make it first\): No such file or directory'
exits 'a path of 107 bytes' 0 $binder "$(printf %0107d 0)" true
exits 'a path of 108 bytes' 111 $binder "$(printf %0108d 0)" true
like 'names the remedy' "$(cat err)" 'at most 107 bytes: change to its directory first'
exits 'prog is not there' 127 $binder s nowhere/prog
like 'and is named' "$(cat err)" 'unable to exec nowhere/prog: No such file or directory'
: > prog
exits 'prog cannot be executed' 126 $binder s ./prog

# The same command lines to s6
if test -x "$PEER_S6/usr/bin/s6-ipcserver-socketbinder"
then
  for line in '-d s' '-D t' '-b 7 s' '-b0 s' '-M s' '-m -b0 s' '-a 0600 s' '-B s' '-dMB -b 5 -a 700 -- s' 'nowhere/s'
  do
    rm -f t
    # shellcheck disable=SC2086 # words
    run peer $binder $line sh -c './sockinfo ; stat -c "%a %n" [st]'
    want="$status $(cat out)"
    rm -f t ./*.lock
    # shellcheck disable=SC2086 # words
    run $binder $line sh -c './sockinfo ; stat -c "%a %n" [st]'
    is "like s6: $line" "$status $(cat out)" "$want"
  done
fi
done_testing
