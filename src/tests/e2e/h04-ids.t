#!/bin/sh
# ISC license.
# H4: an id is 1 to 255 bytes without NUL at every entry of the clients: command line, dump,
# environment. Newlines, quotes, glob and regex characters work, and the list quotes them.
# shellcheck disable=SC1003,SC2059 # odd strings
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
start_holder other t -i rules

bytes=$(awk 'BEGIN { for (i = 1 ; i < 256 ; i++) printf "\\%03o", i }')
set -- 'a' ' ' '*' '[a-z]?' '^.*$' '(' '\' '\n' '"' "'" 'a
b' '
' '-D' '--' '=' 'a=b' '/../x' 'unix:/run/s' "$(printf '\377\376')" "$(printf '%0255d' 7)" "$(printf '\t\r\001')" "$(printf "$bytes")"
count=$#

number=0
for id
do
  number=$((number + 1))
  : > "file$number"
  ok "$number: store" s6-fdholder-store -- s "$id" < "file$number"
  inode=$(stat -c %i "file$number")
  is "$number: retrieve" "$(s6-fdholder-retrieve -- s "$id" stat -L -c %i /proc/self/fd/0)" "$inode"
  exits "$number: it is taken" 1 s6-fdholder-store -- s "$id"
done
s6-fdholder-list s > listed
is 'one line for each' "$(wc -l < listed)" "$count"
for line in a ' ' '*' '[a-z]?' '^.*$' '(' '\\' '\\n' '"' "'" 'a\nb' '\n' '-D' '--' '=' 'a=b' '/../x' 'unix:/run/s' '\t\r\0x01'
do
  ok "the list has $line" grep -Fxq -e "$line" listed
done

ok 'all of them in a dump' s6-fdholder-getdump s dump-show before s6-fdholder-setdump t
ok 'and back' s6-fdholder-getdump t dump-show after
is 'are as before' "$(sort after | cksum)" "$(sort before | cksum)"
ok 'transferred' s6-fdholder-transferdump s t
s6-fdholder-getdump t dump-show after
is 'are as before' "$(sort after | cksum)" "$(sort before | cksum)"

number=0
for id
do
  number=$((number + 1))
  ok "$number: delete" s6-fdholder-delete -- s "$id"
done
is 'nothing is left' "$(s6-fdholder-list s)" ''

long=$(printf '%0256d' 0)
for id in '' "$long"
do
  exits "${#id} bytes: store" 100 s6-fdholder-store s "$id"
  like "${#id} bytes: a word on it" "$(cat err)" 'identifier.*1 to 255 bytes'
  exits "${#id} bytes: delete" 100 s6-fdholder-delete s "$id"
  exits "${#id} bytes: retrieve" 100 s6-fdholder-retrieve s "$id" true
  exits "${#id} bytes: in the environment" 100 env 'S6_FD#=1' S6_FD_0=0 "S6_FDID_0=$id" s6-fdholder-setdump s
done
is 'nothing was stored' "$(s6-fdholder-list s)" ''
done_testing
