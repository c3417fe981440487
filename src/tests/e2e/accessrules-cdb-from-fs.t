#!/bin/sh
# ISC license.
# s6-accessrules-cdb-from-fs: options, exit codes, messages, and what it leaves behind.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

program=s6-accessrules-cdb-from-fs

# fresh: one rule that allows, in rules
fresh()
{
  rm -rf rules
  mkdir -p rules/uid/0/env
  : > rules/uid/0/allow
}

# bytes N: so many letters
bytes()
{
  head -c "$1" /dev/zero | tr '\0' x
}

# refused NAME CODE ERE: the compilation fails so, and the old file stays
refused()
{
  echo old > kept.cdb
  exits "$1: exit code" "$2" "$program" kept.cdb rules
  like "$1: message" "$(cat err)" "^$program: fatal: .*$3"
  is "$1: the old file stays" "$(cat kept.cdb)" old
  is "$1: nothing is left beside it" "$(echo kept.cdb*)" kept.cdb
}

exits 'no argument' 100 "$program"
like 'says how it is used' "$(cat err)" "^$program: usage: $program "
exits 'one argument' 100 "$program" rules.cdb
exits 'an unknown option' 100 "$program" -z rules.cdb rules
exits 'a mode that is no number' 100 "$program" -m rw rules.cdb rules
exits 'a mode that is too large' 100 "$program" -m 1000 rules.cdb rules
exits '-m without a mode' 100 "$program" -m

fresh
exits 'a rule' 0 "$program" rules.cdb rules
is 'says nothing' "$(cat out err)" ''
is 'the file is its owner'\''s alone' "$(stat -c %a rules.cdb)" 600
is 'and allows' "$(judge-rules -x rules.cdb uid 0 55)" 'allow uid/0'
is 'nobody else' "$(judge-rules -x rules.cdb uid 1 55)" 'notfound '
( umask 077 ; "$program" -m 0644 rules.cdb rules )
is '-m gives the mode, whatever the umask' "$(stat -c %a rules.cdb)" 644
exits '-- ends the options' 0 "$program" -- rules.cdb rules
exits 'further arguments are ignored, as in s6' 0 "$program" rules.cdb rules more
mkdir empty
exits 'no rules' 0 "$program" empty.cdb empty
is 'deny everybody' "$(judge-rules -x empty.cdb uid 0 0)" 'notfound '

echo x > reader
exec 3< rules.cdb
inode=$(stat -c %i rules.cdb)
"$program" rules.cdb rules
isnt 'the file is replaced, not written over' "$(stat -c %i rules.cdb)" "$inode"
exec 3<&-

mkdir rules/uid/5 rules/uid/6 rules/uid/.hidden rules/.hidden
: > rules/uid/5/env
: > rules/uid/6/deny
: > rules/uid/6/exec
: > rules/uid/.hidden/allow
"$program" rules.cdb rules
is 'a rule without allow and deny is none' "$(judge-rules -x rules.cdb key uid/5)" 'notfound '
is 'a deny' "$(judge-rules -x rules.cdb uid 6 55)" 'deny uid/6'
"$program" one.cdb rules
"$program" two.cdb rules
ok 'equal rules make equal files' cmp one.cdb two.cdb
cp -R rules copy
"$program" two.cdb copy
ok 'in whatever order the directory is' cmp one.cdb two.cdb

rm -rf rules
refused 'no directory' 111 'rules: No such file or directory'
fresh
: > rules/README
refused 'a file among the classes' 111 'rules/README: Not a directory'
fresh
: > rules/uid/5
refused 'a file among the rules' 111 'rules/uid/5: Not a directory'
fresh
ln -s nowhere rules/gid
refused 'a class that is a link to nothing' 111 'rules/gid: No such file'
fresh
ln -s nowhere rules/uid/5
refused 'a rule that is a link to nothing' 111 'rules/uid/5: No such file'
fresh
ln -s nowhere rules/uid/0/env/A
refused 'a variable that is a link to nothing' 111 'rules/uid/0/env: No such file'
fresh
mkdir rules/uid/0/env/D
refused 'a directory in env' 111 'rules/uid/0/env: Is a directory'
fresh
mkdir rules/uid/0/exec
refused 'exec is a directory' 111 'rules/uid/0/exec: Is a directory'
fresh
mkfifo rules/uid/0/env/F
refused 'a FIFO in env' 100 'rules/uid/0/env: a FIFO'
fresh
printf 'echo\0hi' > rules/uid/0/exec
refused 'a NUL in exec' 100 'rules/uid/0/exec: .*NUL'

exits 'a file that cannot be made' 111 "$program" missing/rules.cdb copy
like 'names it' "$(cat err)" 'missing/rules.cdb: No such file'
mkdir directory.cdb
exits 'a file that is a directory' 111 "$program" directory.cdb copy
is 'leaves nothing' "$(echo directory.cdb*)" directory.cdb

if is_root
then
  fresh
  mkdir -m 777 theirs
  chmod 000 rules/uid/0/env
  exits 'an env that cannot be read' 111 as_uid 65534 "$program" theirs/rules.cdb rules
  like 'is named' "$(cat err)" 'rules/uid/0/env: Permission denied'
  is 'and nothing is made' "$(ls theirs)" ''
else
  skip 'an env that cannot be read' 'needs root'
fi
done_testing
