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

# How long an exec and a file in env may be (accessrules(7), DIFFERENCES FROM S6): V's length, or exec's argument's
bytes() { head -c "$1" /dev/zero | tr '\0' x ; }
length() # PROGRAM...
{
  # shellcheck disable=SC2016 # for the shell that is executed
  env PROTO=IPC IPCREMOTEEUID=5 IPCREMOTEEGID=5 "$@" -v 0 -l 0 -i rules sh -c 'printf %s "${#V}"' 2>/dev/null || echo "exits $?"
}
rm -rf rules
rule uid/5 allow
mkdir rules/uid/5/env
for case in '4095 4095 4095' '4096 4096 4095' '4097 exits_111 4095'
do
  # shellcheck disable=SC2086 # words
  set -- $case
  bytes "$1" > rules/uid/5/env/V
  is "$1 bytes of a variable" "$(length s6-ipcserver-access | tr ' ' _)" "$2"
  is "$1 bytes of a variable, by the other" "$(length peer s6-ipcserver-access)" "$3"
done
rm -r rules/uid/5/env
for case in '4095 4083 4083' '4096 4084 4084' '4097 exits_111 4084'
do
  # shellcheck disable=SC2086 # words
  set -- $case
  { printf 'printf %%s%%s ' ; bytes $(($1 - 12)) ; } > rules/uid/5/exec
  ours=$(length s6-ipcserver-access)
  theirs=$(length peer s6-ipcserver-access)
  case $ours in exits*) ;; *) ours=${#ours} ;; esac
  is "$1 bytes of exec" "$(echo "$ours" | tr ' ' _)" "$2"
  is "$1 bytes of exec, by the other" "${#theirs}" "$3"
done
rm rules/uid/5/exec
mkdir rules/uid/5/env
bytes 2000 > rules/uid/5/env/U
for size in 4096 4097
do
  bytes $((size - 2006)) > rules/uid/5/env/V
  peer s6-accessrules-cdb-from-fs theirs.cdb rules 2>/dev/null
  run s6-accessrules-cdb-from-fs ours.cdb rules
  is "modifications of $size bytes: compiled by ours" "$status" $((size == 4096 ? 0 : 100))
  is 'taken from the other'"'"'s file' "$(by_ours 5 5 -x theirs.cdb | head -n 1)" allow
  is 'and by the other from it' "$(by_peer 5 5 -x theirs.cdb | head -n 1)" "$(test "$size" -eq 4096 && echo allow || echo deny)"
done
done_testing
