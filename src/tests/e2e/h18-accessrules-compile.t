#!/bin/sh
# ISC license.
# H18: what is longer than the bound of a compiled file is refused whole, not cut.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

program=s6-accessrules-cdb-from-fs
mkdir -p rules/uid/0/env
: > rules/uid/0/allow

# bytes N: so many letters
bytes()
{
  head -c "$1" /dev/zero | tr '\0' x
}

bytes 4096 > rules/uid/0/exec
exits 'exec of 4096 bytes' 0 "$program" rules.cdb rules
is 'is there whole' "$(judge-rules -x rules.cdb uid 0 0 | sed -n 's/^exec //p')" "$(bytes 4096)"
bytes 4097 > rules/uid/0/exec
exits 'exec of 4097 bytes' 100 "$program" rules.cdb rules
like 'is too long' "$(cat err)" 'rules/uid/0/exec: too long'
is 'and the old file stays' "$(judge-rules -x rules.cdb uid 0 0 | sed -n 's/^exec //p')" "$(bytes 4096)"
is 'the directory is judged likewise' "$(judge-rules -i rules uid 0 0)" 'error uid/0'
rm rules/uid/0/exec

bytes 4093 > rules/uid/0/env/V
exits 'modifications of 4096 bytes' 0 "$program" rules.cdb rules
is 'are there whole' "$(judge-rules -x rules.cdb uid 0 0 | sed -n 's/^env //p')" "V=$(bytes 4093)"
bytes 4094 > rules/uid/0/env/V
exits 'modifications of 4097 bytes' 100 "$program" rules.cdb rules
like 'are too long' "$(cat err)" 'rules/uid/0/env: too long'
bytes 3000 > rules/uid/0/env/V
bytes 3000 > rules/uid/0/env/W
exits 'of two variables likewise' 100 "$program" rules.cdb rules
is 'though a directory takes them' "$(judge-rules -i rules uid 0 0 | wc -c)" "$((3008 * 2 - 2 + 12))"
rm rules/uid/0/env/W
bytes 4097 > rules/uid/0/env/V
is 'a file of 4097 bytes it does not take' "$(judge-rules -i rules uid 0 0)" 'error uid/0'
exits 'nor the compiler' 100 "$program" rules.cdb rules
rm rules/uid/0/env/V

# 64 MiB: 90 classes that are one directory of 200 rules of 4 kB
mkdir many
n=0
while test "$n" -lt 200
do
  ln -s ../rules/uid/0 "many/$n"
  n=$((n + 1))
done
bytes 4096 > rules/uid/0/exec
n=10
while test "$n" -lt 100
do
  ln -s ../many "rules/class$n"
  n=$((n + 1))
done
exits 'more than 64 MiB of rules' 100 "$program" rules.cdb rules
like 'are too many' "$(cat err)" 'fatal: the rules take more than 64 MiB'
rm rules/class[6-9]*
exits 'as many as fit' 0 "$program" rules.cdb rules
is 'are read again' "$(judge-rules -x rules.cdb key class10/7 | head -n 1)" 'allow class10/7'
done_testing
