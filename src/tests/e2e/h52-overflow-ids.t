#!/bin/sh
# ISC license.
# H52: in a user namespace where not every id has a number, the overflow id stands for many: it has no rule of its own.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need unshare
unshare --user --map-root-user true 2> /dev/null || skip_all 'user namespaces cannot be made here'

overflow=$(cat /proc/sys/kernel/overflowuid 2> /dev/null || echo 65534)

# rule KEY allow|deny, in rules; each lookup is of the directory, of the file in memory, and of the file on the disk
rule()
{
  mkdir -p "rules/$1"
  : > "rules/$1/$2"
}
inside()
{
  unshare --user --map-root-user "$@"
}
judged() # NAME WANT UID GID
{
  s6-accessrules-cdb-from-fs rules.cdb rules
  is "$1" "$(inside judge-rules -i rules uid "$3" "$4")" "$2"
  is "$1, cdb" "$(inside judge-rules -x rules.cdb uid "$3" "$4")" "$2"
}
served() # NAME WANT UID GID
{
  for source in '-i rules' '-x rules.cdb'
  do
    # shellcheck disable=SC2086 # two words
    exits "$1: s6-ipcserver-access $source" "$2" inside env PROTO=IPC IPCREMOTEEUID="$3" IPCREMOTEEGID="$4" s6-ipcserver-access -v0 -E $source true
  done
}

rule "uid/$overflow" allow
rule "gid/$overflow" allow
rule gid/5 allow
rule uid/7 allow
is 'where all ids have numbers, the rule is as any other' "$(if test "$(awk '{ n += $3 } END { print n }' /proc/self/uid_map)" = 4294967295 ; then judge-rules -i rules uid "$overflow" 4 ; else echo "allow uid/$overflow" ; fi)" "allow uid/$overflow"
judged 'the overflow uid has no rule of its own' 'notfound ' "$overflow" 4
judged 'nor the overflow gid' 'notfound ' 4 "$overflow"
judged 'nor both' 'notfound ' "$overflow" "$overflow"
judged 'nor has that uid one by its gid' 'notfound ' "$overflow" 5
judged 'another uid has one' 'allow uid/7' 7 "$overflow"
judged 'and another gid' 'allow gid/5' 4 5
served 'the overflow uid is denied' 1 "$overflow" 5
served 'another is served' 0 7 7
rule uid/default allow
judged 'uid/default is for everybody' 'allow uid/default' "$overflow" "$overflow"
rm "rules/uid/$overflow/allow"
rule "uid/$overflow" deny
judged 'a rule that denies them all is heard' "deny uid/$overflow" "$overflow" 4
rm -r "rules/uid/$overflow" rules/uid/default
rule uid/self allow
rule gid/self allow
if is_root
then
  # no map at all: we are the overflow uid ourselves
  is 'who has no number himself is not mistaken for all others' "$(unshare --user judge-rules -i rules uid "$overflow" "$overflow")" 'notfound '
  # a holder in a namespace that knows root alone, clients from outside
  rm -r rules
  for key in "uid/$overflow" "gid/$overflow" uid/0
  do
    mkdir -p "rules/$key/env"
    : > "rules/$key/allow"
    echo > "rules/$key/env/S6_FDHOLDER_LIST"
  done
  start holder unshare --user --map-root-user s6-fdholder-daemon -1 -i rules s
  ready holder
  retry 5 chmod 777 s
  exits 'the holder serves root' 0 s6-fdholder-list s
  exits 'it denies whom it cannot tell apart' 1 as_uid 12345 s6-fdholder-list s
  mkdir -p rules/uid/default/env
  : > rules/uid/default/allow
  echo > rules/uid/default/env/S6_FDHOLDER_LIST
  exits 'but for what everybody may' 0 as_uid 12345 s6-fdholder-list s
  stop holder
else
  skip 'a holder in a namespace' 'needs root'
fi
done_testing
