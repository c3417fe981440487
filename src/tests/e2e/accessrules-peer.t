#!/bin/sh
# ISC license.
# Access rules judged alike by Debian's s6 and by ours: directories, and the cdb files of each.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need_peer
need execlineb

# rule KEY ACTION...: touches files
rule()
{
  mkdir -p "rules/$1"
  tap_key=$1
  shift
  for tap_action
  do
    : > "rules/$tap_key/$tap_action"
  done
}

me=$(id -u)
mine=$(id -g)
rule uid/self allow
rule "uid/$me" deny
rule uid/1001 allow deny
rule uid/1002 deny
rule uid/1003
rule uid/1004 allow
rule uid/1005 deny
rule uid/1006 allow
rule gid/self deny
rule gid/2001 allow
rule gid/2002 deny
rule gid/2003
rule uid/.dot allow
rule .class/0 allow
rule ip4/10.0.0.0_8 allow
rule ip6/::_0 deny
rule reversedns/@ deny
ln -s 1004 rules/uid/1007
env=rules/uid/1004/env
mkdir "$env" rules/uid/1005/env rules/gid/2001/env rules/uid/1003/env
echo value > "$env/PLAIN"
: > "$env/HOME"
echo > "$env/VOID"
printf 'a b \t\nsecond\n' > "$env/TRAIL"
printf '  led' > "$env/LED"
printf ' \t\n' > "$env/BLANK"
printf 'a \r\t\r\n' > "$env/RETURN"
printf 'q"u*o\\te\n' > "$env/QUOTE"
echo hidden > "$env/.hidden"
echo equal > "$env/A=B"
ln -s PLAIN "$env/LINK"
echo group > rules/gid/2001/env/GROUP
mkdir rules/uid/1005/env/broken
printf 'printenv PROTO\n' > rules/uid/1006/exec

s6-accessrules-cdb-from-fs ours.cdb rules
peer s6-accessrules-cdb-from-fs theirs.cdb rules
is 'the files are equally long' "$(wc -c < ours.cdb)" "$(wc -c < theirs.cdb)"

peer s6-accessrules-fs-from-cdb peer-from-ours ours.cdb
peer s6-accessrules-fs-from-cdb peer-from-theirs theirs.cdb
s6-accessrules-fs-from-cdb ours-from-ours ours.cdb
s6-accessrules-fs-from-cdb ours-from-theirs theirs.cdb
for tree in peer-from-theirs ours-from-ours ours-from-theirs
do
  ok "peer-from-ours and $tree are equal" diff -r peer-from-ours "$tree"
done
is 'and so are their modes' "$(find ours-from-ours -printf '%P %m\n' | sort)" "$(find peer-from-ours -printf '%P %m\n' | sort)"
for tree in peer-from-ours ours-from-theirs
do
  s6-accessrules-cdb-from-fs again.cdb "$tree"
  ok "$tree compiles to our first file" cmp ours.cdb again.cdb
done

# Debian's s6-ipcserver-access: "allow" with what it sets, "deny"
by_peer() # UID GID -i|-x RULES
{
  if env -i PATH="$PATH" PEER_S6="$PEER_S6" HOME=/ PROTO=IPC IPCREMOTEEUID="$1" IPCREMOTEEGID="$2" \
    "$(command -v peer)" s6-ipcserver-access -v0 -l0 "$3" "$4" env > access.out 2>/dev/null
  then
    echo allow
    grep -Ev '^(PATH|PEER_S6|PROTO|IPC[A-Z]*|LD_LIBRARY_PATH|PWD|SHLVL|OLDPWD|_)=' access.out | sort
  else
    echo deny
  fi
}

by_ours() # UID GID -i|-x RULES
{
  judge-rules "$3" "$4" uid "$1" "$2" > judged
  read -r verdict _ < judged
  if test "$verdict" != allow ; then echo deny ; return ; fi
  echo allow
  if grep -q '^exec' judged ; then echo IPC ; return ; fi
  { grep -q '^env HOME$' judged || echo HOME=/ ; sed -n 's/^env \(.*=\)/\1/p' judged ; } | sort
}

for ids in "$me $mine" "$me 2002" "1001 $mine" '1001 3000' '1002 2001' '1003 2001' '1003 2002' '1003 2003' \
  '1004 2002' '1005 2001' '1006 2002' '1007 2002' '4000 2001' '4000 2002' '4000 3000' "4000 $mine" '4294967294 4294967294'
do
  uid=${ids% *}
  gid=${ids#* }
  want=$(by_peer "$uid" "$gid" -i rules)
  is "$ids: directory" "$(by_ours "$uid" "$gid" -i rules)" "$want"
  for file in ours.cdb theirs.cdb
  do
    is "$ids: $file, by ours" "$(by_ours "$uid" "$gid" -x "$file")" "$want"
    is "$ids: $file, by the other" "$(by_peer "$uid" "$gid" -x "$file")" "$want"
  done
done
is 'an allow was among them, with its environment' "$(by_ours 1004 1 -i rules | head -n 3)" "$(printf 'allow\nBLANK=\nLED=  led')"

rule uid/default allow
s6-accessrules-cdb-from-fs ours.cdb rules
is 'uid/default: directory' "$(by_ours 4000 3000 -i rules)" "$(by_peer 4000 3000 -i rules)"
is 'uid/default: cdb' "$(by_ours 4000 3000 -x ours.cdb)" "$(by_peer 4000 3000 -x ours.cdb)"

# Where a line has NULs, ours writes it back as it was.
printf 'one\0two\n' > "$env/LINES"
s6-accessrules-cdb-from-fs ours.cdb rules
s6-accessrules-fs-from-cdb with-nul ours.cdb
ok 'a line with a NUL comes back' cmp "$env/LINES" with-nul/uid/1004/env/LINES
done_testing
