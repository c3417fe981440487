#!/bin/sh
# ISC license.
# H15, H16, H18 and H20, for s6-tcpserver-access: what cannot be read, is too long or is cut short is fatal, at every verbosity.
# timeout: 90
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

plain() { run env PROTO=TCP TCPREMOTEIP=192.0.2.5 TCPREMOTEPORT=1 s6-tcpserver-socketbinder -b 0 127.0.0.1 0 s6-tcpserver-access -v 0 -H -l 0 "$@" echo LET IN ; }
# as a user to whom files can be closed
user() { run env PROTO=TCP TCPREMOTEIP=192.0.2.5 TCPREMOTEPORT=1 as_uid 4244 s6-tcpserver-socketbinder -b 0 127.0.0.1 0 s6-tcpserver-access -v 0 -H -l 0 "$@" echo LET IN ; }
key=rules/ip4/192.0.2.5_32
fresh()
{
  rm -rf rules
  mkdir -p $key/env rules/ip4/0.0.0.0_0
  : > $key/allow
  : > rules/ip4/0.0.0.0_0/allow
}
let_in() { is "$1" "$status $(cat out)" '0 LET IN' ; }
denied() { is "$1" "$status $(cat out)" '1 ' ; }
unreadable()
{
  is "$1" "$status $(cat out)" '111 '
  like 'which is said' "$(cat err)" '^s6-tcpserver-access: fatal: unable to read the rules .*for ip 192.0.2.5: '
}

fresh
plain -i rules
let_in 'rules that allow'
rm $key/allow rules/ip4/0.0.0.0_0/allow
plain -i rules
denied 'keys that say nothing'
rm -rf rules
mkdir rules
plain -i rules
denied 'no rule'
plain -i nowhere
isnt 'no rules at all' "$status $(cat out)" '0 LET IN'
: > file
plain -i file
isnt 'rules that are no directory' "$status $(cat out)" '0 LET IN'

# H15, H16: a stronger rule that cannot be read never leads to a weaker one that allows
fresh
rm $key/allow
ln -s nowhere $key/deny
plain -i rules
denied 'a deny that is a link to nothing'
fresh
rm -r $key
ln -s "${key##*/}" $key
plain -i rules
unreadable 'a key that is a link to itself'
fresh
rm -r $key
ln -s nowhere $key
plain -i rules
isnt 'a key that is a link to nothing' "$status $(cat out)" '0 LET IN'
fresh
mkdir $key/env/V
plain -i rules
unreadable 'a variable that is a directory'
fresh
mkdir $key/exec
plain -i rules
unreadable 'an exec that is a directory'

if is_root
then
  fresh
  user -i rules
  let_in 'another user, to whom all is open'
  closed() # NAME PATH
  {
    fresh
    echo v > $key/env/V
    echo 'echo LET IN' > $key/exec
    if test "$2" = $key/deny ; then : > $key/deny ; rm $key/allow ; fi
    chmod 000 "$2"
    user -i rules
    case $1 in
      deny) denied "of mode 000: $1" ;;
      *) unreadable "of mode 000: $1" ;;
    esac
    chmod 755 "$2"
  }
  closed 'a key' $key
  closed 'its class' rules/ip4
  closed 'a variable' $key/env/V
  closed 'env' $key/env
  closed 'exec' $key/exec
  closed 'deny' $key/deny
  fresh
  s6-accessrules-cdb-from-fs -m 644 rules.cdb rules
  user -x rules.cdb
  let_in 'a cdb'
  chmod 000 rules.cdb
  user -x rules.cdb
  isnt 'a cdb of mode 000' "$status $(cat out)" '0 LET IN'
  like 'is named' "$(cat err)" 'unable to read the rules in rules.cdb: Permission denied'
  chmod 644 rules.cdb
else
  skip 'files of mode 000' 'needs root'
fi

# H18: exactly the bound, and one more
for excess in 0 1
do
  for what in exec env/V
  do
    fresh
    case $what in
      exec) { echo 'echo LET IN' ; head -c 5000 /dev/zero | tr '\0' ' ' ; } | head -c $((4096 + excess)) > $key/exec ;;
      *) head -c $((4096 + excess)) /dev/zero | tr '\0' x > $key/env/V ;;
    esac
    plain -i rules
    case $excess in
      0) let_in "$what of 4096 bytes" ;;
      *) unreadable "$what of 4097 bytes" ;;
    esac
  done
done

# H20: a cdb cut at any length, and one with any byte spoilt
fresh
echo v > $key/env/V
s6-accessrules-cdb-from-fs rules.cdb rules
plain -x rules.cdb
let_in 'a cdb that is whole'
size=$(stat -c %s rules.cdb)
wrong=
length=0
while test "$length" -lt "$size"
do
  head -c "$length" rules.cdb > cut.cdb
  plain -x cut.cdb
  case "$status $(cat out)" in
    '1 '|'111 ') ;;
    *) wrong="$wrong $length:$status" ;;
  esac
  length=$((length + (length < size - 8 ? (length % 2048 < 8 ? 1 : 61) : 1)))
done
is "cut at any of $size bytes: never let in" "$wrong" ''
wrong=
for place in 0 1 4 7 100 2047 2048 2050 2052 2056 2060 2064 2070 $((size - 16)) $((size - 9)) $((size - 8)) $((size - 4)) $((size - 1))
do
  cp rules.cdb spoilt.cdb
  printf '\377' | dd of=spoilt.cdb bs=1 seek="$place" conv=notrunc 2>/dev/null
  plain -x spoilt.cdb
  test "$status" -lt 128 || wrong="$wrong $place:$status"
done
is 'a byte of it overwritten: never a crash' "$wrong" ''
done_testing
