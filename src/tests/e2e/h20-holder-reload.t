#!/bin/sh
# ISC license.
# H20, the daemon's part: a rules file is read again on SIGHUP only; one that is cut short,
# empty or gone changes nothing but the log; what is overwritten in place harms nobody.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

# make_cdb [FLAG...]: the rules file gives these rights, and store, to everybody
make_cdb()
{
  rm -rf rules
  mkdir -p rules/uid/default/env
  : > rules/uid/default/allow
  echo '.*' > rules/uid/default/env/S6_FDHOLDER_STORE_REGEX
  for right
  do
    echo > "rules/uid/default/env/S6_FDHOLDER_$right"
  done
  s6-accessrules-cdb-from-fs rules.cdb rules
}

warned()
{
  grep -q "$1" holder.err
}

make_cdb LIST
start_holder holder s -x rules.cdb
s6-fdholder-store s x < /dev/zero
is 'by the file it started with everybody may list' "$(s6-fdholder-list s)" x
exits 'and nobody may dump' 1 s6-fdholder-getdump s true

make_cdb GETDUMP
exits 'a new file is not read by itself' 0 s6-fdholder-list s
kill -s HUP "$(pid_of holder)"
ok 'but on SIGHUP' retry 5 s6-fdholder-getdump s true
exits 'and the old rights are gone' 1 s6-fdholder-list s

make_cdb LIST
cp rules.cdb good.cdb
kill -s HUP "$(pid_of holder)"
ok 'another SIGHUP, another file' retry 5 s6-fdholder-list s

size=$(wc -c < good.cdb)
for length in 0 1 100 2047 2048 $((size / 2)) $((size - 1))
do
  head -c "$length" good.cdb > rules.cdb
  : > holder.err
  kill -s HUP "$(pid_of holder)"
  ok "a file cut to $length bytes is told of" retry 5 warned 'unable to reload rules'
  is 'and the rules in use are kept' "$(s6-fdholder-list s)" x
done

rm -f rules.cdb
: > holder.err
kill -s HUP "$(pid_of holder)"
ok 'so is a file that is gone' retry 5 warned 'unable to reload rules'
is 'and the rules are kept' "$(s6-fdholder-list s)" x

make_cdb GETDUMP
kill -s HUP "$(pid_of holder)"
ok 'a good file is used again' retry 5 s6-fdholder-getdump s true
head -c "$size" /dev/zero > rules.cdb
ok 'overwritten in place without SIGHUP it harms nobody' s6-fdholder-getdump s true
: > rules.cdb
ok 'nor does it when it is emptied' s6-fdholder-getdump s true
stop holder
is 'the daemon ends properly' "$status" 0
done_testing
