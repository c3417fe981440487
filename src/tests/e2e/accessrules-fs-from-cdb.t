#!/bin/sh
# ISC license.
# s6-accessrules-fs-from-cdb: usage, exit codes, messages; hostile and damaged cdb files.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

program=s6-accessrules-fs-from-cdb
compile=s6-accessrules-cdb-from-fs

exits 'no argument' 100 "$program"
like 'says how it is used' "$(cat err)" "^$program: usage: $program "
exits 'one argument' 100 "$program" made
exits 'an unknown option' 100 "$program" -z made rules.cdb
exits 'no file' 111 "$program" made rules.cdb
like 'is named' "$(cat err)" "$program: fatal: .*rules.cdb: No such file"

mkdir -p rules/uid/0/env rules/uid/1 rules/gid/2 rules/ip6/::_0
: > rules/uid/0/allow
echo value > rules/uid/0/env/SET
echo > rules/uid/0/env/VOID
: > rules/uid/0/env/UNSET
printf 'one\0two\n' > rules/uid/0/env/LINES
printf '  led\n' > rules/uid/0/env/LED
: > rules/uid/1/deny
: > rules/gid/2/allow
printf 'echo "yes"\n' > rules/gid/2/exec
: > rules/ip6/::_0/deny
"$compile" rules.cdb rules
exits 'all kinds of rules' 0 "$program" made rules.cdb
is 'says nothing' "$(cat out err)" ''
ok 'the directory is as it was' diff -r rules made
"$compile" again.cdb made
ok 'and so is the file that is made of it' cmp rules.cdb again.cdb
is 'files have the usual modes' "$(stat -c %a made made/uid/0/allow made/uid/0/env/SET | tr '\n' ' ')" '755 644 644 '
exits '-- ends the options' 0 "$program" -- made2 rules.cdb
exits 'further arguments are ignored, as in s6' 0 "$program" made3 rules.cdb more

exits 'a directory that is there' 111 "$program" made rules.cdb
like 'is refused' "$(cat err)" 'made: File exists'
ok 'and stays' diff -r rules made
exits 'a directory without a parent' 111 "$program" missing/made rules.cdb

# refused NAME ERE: hostile.cdb makes nothing
refused()
{
  exits "$1: exit code" 111 "$program" new/made hostile.cdb
  like "$1: message" "$(cat err)" "^$program: fatal: .*$2"
  is "$1: nothing is made" "$(find new other)" "$(printf 'new\nother')"
}
mkdir new other

head -c -1 rules.cdb > hostile.cdb
refused 'cut short' 'hostile.cdb is not a whole and sound cdb'
: > hostile.cdb
refused 'empty' 'not a whole and sound cdb'

for key in ../other/x '../x' 'uid/..' '/uid' 'uid/' 'uid' 'uid/a/b' '.uid/0' 'uid/.0' 'u/\0/x' ''
do
  make-cdb hostile.cdb "$key" D
  refused "the key '$key'" 'hostile.cdb has a key'
done
for variable in 'a/b=x' '../a=x' '.a=x' '..' '/a=x' 'a=x ' 'a=x\t' "$(printf 'a=x\r')"
do
  make-cdb hostile.cdb uid/0 "A$variable"
  refused "the variable '$variable'" 'hostile.cdb modifies the environment'
done
make-cdb hostile.cdb uid/0 D uid/0 D
exits 'a key that is there twice' 111 "$program" new/made hostile.cdb
is 'what was begun is removed' "$(find new other)" "$(printf 'new\nother')"
done_testing
