#!/bin/sh
# ISC license.
# Files of more than 2 GiB, for which 32 bits are not enough: they are opened and looked at.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need truncate
truncate -s 3G large 2> err || skip_all 'this file system has no file of 3 GiB'

ok 's6-setlock locks one' s6-setlock large true

allow_all rules
start_holder holder s -i rules
s6-fdholder-store -d 0 s big true < large
is 's6-fdholderd knows what one is' "$(s6-fdholder-list -o kind,state s)" 'file	read'

mkdir logs
mv large logs/current
chmod 644 logs/current
exits 's6-log writes behind it' 0 sh -c 'echo line | s6-log -b n3 s1000000 ./logs'
is 'and has rotated it: what was there' "$(find logs -name '@*' -size +2G | grep -c .)" 1

done_testing
