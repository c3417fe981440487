#!/bin/sh
# ISC license.
# s6-svperms: each option, by the permissions that it gives and what it prints; what is missing
# or is something else; and who may do what, with daemons of each version.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

modes() { stat -c '%a %g' "$1/supervise" "$1/supervise/control" "$1/event" | tr '\n' ' ' ; }

# made DIR [OWNER...]: a service directory; owners of supervise, control and event
made()
{
  rm -rf "$1"
  mkdir -p "$1/supervise" "$1/event"
  mkfifo -m 0600 "$1/supervise/control"
  test "$#" -lt 4 || chown "$2:$2" "$1/supervise"
  test "$#" -lt 4 || chown "$3:$3" "$1/supervise/control"
  test "$#" -lt 4 || chown "$4:$4" "$1/event"
  chmod 0700 "$1/supervise"
  chmod 3730 "$1/event"
}

gid=$(id -g)
group=$(id -gn 2>/dev/null)
# it may have no name
if test "$group" = "$gid" ; then meant=:$gid ; else meant=$group ; fi
made s
exits 'it prints' 0 s6-svperms s
is 'three lines' "$(cat out)" "s status: owner
s control: owner
s events: group $group"
is 'as with -v' "$(s6-svperms -v s)" "$(cat out)"

# OPTIONS|supervise control event|status, control, events. Each on what the one before has left.
while IFS='|' read -r options want state control events
do
  # shellcheck disable=SC2086 # words
  exits "'$options'" 0 s6-svperms $options s
  is "prints nothing" "$(cat out)" ''
  is "'$options': the permissions" "$(modes s)" "$want "
  is "'$options': what they are called" "$(s6-svperms s | sed 's/^s [a-z]*: //' | tr '\n' '|')" "$state|$control|$events|"
done <<END
-e|700 $gid 600 $gid 1733 $gid|owner|owner|public
-E :$gid|700 $gid 600 $gid 3730 $gid|owner|owner|group $group
-o|711 $gid 600 $gid 3730 $gid|public|owner|group $group
-O :$gid|711 $gid 620 $gid 3730 $gid|public|group $group|group $group
-g $meant|710 $gid 600 $gid 3730 $gid|group $group|owner|group $group
-G $meant|710 $gid 620 $gid 3730 $gid|group $group|group $group|group $group
-u|700 $gid 600 $gid 3730 $gid|owner|owner|group $group
-O $meant -u -e|700 $gid 600 $gid 1733 $gid|owner|owner|public
-u -o -e -E $meant|711 $gid 600 $gid 3730 $gid|public|owner|group $group
END
exits '-v after a change' 0 s6-svperms -v -u -e s
is 'prints how it is then' "$(cat out)" 's status: owner
s control: owner
s events: public'
exits 'what is so already' 0 s6-svperms -u -e s
for wrong in '' -u -e '-g' '-z s' '-g : s' '-g :x s' '-g :-1 s' '-g :4294967295 s' '-E :4294967296 s' '-g no-such-group s' '-E no-such-group s'
do
  # shellcheck disable=SC2086 # words
  exits "s6-svperms '$wrong': 100" 100 s6-svperms $wrong
done
is 'which changes nothing' "$(modes s)" "700 $gid 600 $gid 1733 $gid "

# several, and what is missing
made t
exits 'two' 0 s6-svperms s t
is 'one after the other' "$(cut -d : -f 1 out | tr '\n' ',')" 's status,s control,s events,t status,t control,t events,'
exits 'none, and one: 1' 1 s6-svperms none t
is 'the lines of the one' "$(wc -l < out)" 3
is 'and two warnings' "$(grep -c 's6-svperms: warning: unable to look at none/[a-z]*: No such file' err)" 2
exits 'none to be changed: 111' 111 s6-svperms -o none t
is 'and no more is' "$(modes t)" "700 $gid 600 $gid 3730 $gid "
rm t/supervise/control
exits 'without control: 1' 1 s6-svperms t
is 'the other lines are there' "$(cat out)" "t status: owner
t events: group $group"
exits 'a change: 111' 111 s6-svperms -o t
is 'and nothing is changed' "$(stat -c %a t/supervise)" 700
exits 'but of events, which are there' 0 s6-svperms -e t
: > t/supervise/control
exits 'a file as control: 1' 1 s6-svperms t
like 'which is said' "$(cat err)" 'warning: t/supervise/control is not a fifo'
exits 'to change it: 111' 111 s6-svperms -O :5 t
is 'it stays' "$(stat -c '%a %g' t/supervise/control)" "644 $gid"
mkfifo -m 0640 elsewhere
ln -sf ../../elsewhere t/supervise/control
exits 'a link as control: 111' 111 s6-svperms -u t
is 'where it leads nothing is changed' "$(stat -c %a elsewhere)" 640
rm -rf t/event
: > t/event
exits 'a file as event: 1' 1 s6-svperms t
like 'is said, too' "$(cat err)" 'warning: t/event is not a directory'
exits 'to change that: 111' 111 s6-svperms -e t
made t
for mode in 755 701 1700 777
do
  chmod "$mode" t/supervise
  exits "supervise $mode: 1" 1 s6-svperms t
  is 'status and control are not told' "$(cat out)" "t events: group $group"
  like 'why' "$(cat err)" "warning: t/supervise has permissions .*: $mode"
done
chmod 00700 t/supervise
chmod 0666 t/supervise/control
exits 'control 666: 1' 1 s6-svperms t
is 'it is not told' "$(cut -d : -f 1 out | tr '\n' ',')" 't status,t events,'
chmod 0000 t/supervise/control
exits 'control 0: 1' 1 s6-svperms t
chmod 1777 t/event
exits 'event 1777: 1' 1 s6-svperms t
is 'status alone is told' "$(cat out)" 't status: owner'
exits 'a change mends it' 0 s6-svperms -v -o -e t
is 'all three' "$(wc -l < out)" 3

# through links, and paths
made t
mv t/supervise run
ln -s ../run t/supervise
exits 'supervise that is a link' 0 s6-svperms -o t
is 'is changed where it leads' "$(stat -c %a run)" 711
exits 'a slash at the end' 0 s6-svperms t/
is 'is printed as it was given' "$(head -n 1 out)" 't/ status: public'
is 'where we are' "$(cd t && s6-svperms . | tail -n 1)" ". events: group $group"
long=$(printf '%04000d' 0 | sed 's|0000000000|000000000/|g')
exits 'a path of 4,000 bytes: 1' 1 s6-svperms "$long"
exits 'to change it: 111' 111 s6-svperms -u "$long"
exits 'one of 5,000: 111' 111 s6-svperms -u "$long$long"
exits 'the empty path: 1' 1 s6-svperms ''
exits 'a closed stdout: 111' 111 sh -c 's6-svperms t >&-'
exits 'a full device: 111' 111 sh -c 's6-svperms t > /dev/full'
exits 'nothing open' 0 sh -c 's6-svperms -u t <&- >&- 2>&-'
is 'it is done' "$(stat -c %a run)" 700

# owners and groups
if is_root
then
  account=$(awk -F: '$3 && $3 != $4 && $3 < 60000 { print $3, $4 ; exit }' /etc/passwd)
  uid=${account% *}
  primary=${account#* }
  made s "$uid" "$uid" "$uid"
  s6-svperms -G :77 -E :78 s
  is 'a group that has no name' "$(s6-svperms s | sed 's/^s [a-z]*: //' | tr '\n' '|')" 'group 77|group 77|group 78|'
  is 'it has what is its' "$(modes s)" '710 77 620 77 3730 78 '
  s6-svperms -u -e s
  is 'where no group is meant: the primary one of the owner' "$(modes s)" "700 $primary 600 $primary 1733 $primary "
  s6-svperms -O :77 s
  is '-O: only control is the group'"'"'s' "$(modes s)" "711 $primary 620 77 1733 $primary "
  s6-svperms -g :77 s
  is '-g: only supervise is' "$(modes s)" "710 77 600 $primary 1733 $primary "
  is 'owners stay' "$(stat -c %u s/supervise s/supervise/control s/event | tr '\n' ' ')" "$uid $uid $uid "
  made s 54321 54321 54321
  chgrp 77 s/supervise
  s6-svperms -u -e s
  is 'an owner without an account: the groups stay' "$(modes s)" '700 77 600 54321 1733 54321 '
  chmod 755 "$WORK"
  exits 'its owner may change it' 0 as_uid 54321 s6-svperms -o s
  exits 'to a group that is not his: 111' 111 as_uid 54321 s6-svperms -g :5 s
  is 'and nothing is changed' "$(modes s)" '711 77 600 54321 1733 54321 '
  exits 'another user may not: 111' 111 as_uid 54322 s6-svperms -E :5 s
  exits 'but read it' 0 as_uid 54322 s6-svperms s

  for version in $(versions)
  do
    test "$version" != ours || continue
    for options in -u '-g daemon' '-G daemon' -o '-O daemon' -e '-E daemon' '-u -e' '-G :77777 -E :88888' '-O daemon -u'
    do
      made a "$uid" 1 2
      made b "$uid" 1 2
      # shellcheck disable=SC2086 # words
      is "with '$options' it prints as $version" "$(s6-svperms $options -v a | sed 's/^a//')" "$(version "$version" s6-svperms $options -v b | sed 's/^b//')"
      is 'and does the same' "$(modes a)" "$(modes b)"
    done
  done

  for version in $(versions)
  do
    rm -rf d
    service d
    version_here "$version" d
    supervise d version "$version" s6-supervise
    is "$version: it is the owner's at first" "$(s6-svperms d | sed 's/^d [a-z]*: //' | tr '\n' '|')" "owner|owner|group $group|"
    may_control() { as_uid 54321 sh -c 'printf t > d/supervise/control' 2>/dev/null ; }
    may_listen() { as_uid 54321 s6-ftrig-listen1 -t 60000 d/event x s6-ftrig-notify d/event x 2>/dev/null ; test "$?" -ne 111 ; }
    may_read() { as_uid 54321 s6-svdt d ; }
    not_ok 'nobody else may read' may_read
    not_ok 'nor control' may_control
    not_ok 'nor listen' may_listen
    s6-svperms -O :54321 -e d
    : > d/supervise/death_tally
    ok 'then he may read' may_read
    ok 'and control' may_control
    ok 'and listen' may_listen
    s6-svperms -o -E :5 d
    not_ok 'then no longer control' may_control
    not_ok 'nor listen' may_listen
    if test "$version" = ours ; then start reader as_uid 54321 s6-setlock -r d/supervise/lock sh -c 'echo locked ; exec sleep 1000' ; fi
    letters d xd
    ok "$version: it ends" retry 10 ended d
    if test "$version" = ours ; then ok 'who may read has a shared lock, and the next one comes all the same' ready reader ; fi
    supervise d version "$version" s6-supervise
    is 'the next one leaves it so' "$(modes d)" "711 $gid 600 $gid 3730 5 "
    letters d xd
    retry 10 ended d
  done
else
  skip 'owners and groups' 'needs root'
fi
done_testing
