#!/bin/sh
# ISC license.
# moving-from-s6(7), as it is printed there: Debian's s6-svscan with its holder and a service,
# step by step to ours, and back. The socket is the same one all the time, and each client that
# connects meanwhile is answered.
# timeout: 180
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need_peer
page=$SRC/doc/moving-from-s6.7

# block SECTION N: the N-th block of the section, for places below this directory
block()
{
  awk -v section="$1" -v n="$2" '/^\.Sh/ { here = index($0, section) } /^\.Ed/ { inside = 0 } here && inside { print } /^\.Bd -literal/ && here { inside = ++count == n }' "$page" |
    sed -e 's|\\e|\\|g' -e 's|\\-|-|g' -e 's|\\&||g' -e "s|/service|$WORK/service|g" -e "s|/run/|$WORK/run/|g" \
      -e "s|/opt/s6-activation/bin|$WORK/ours|g" -e "s|/usr/bin/s6-|$WORK/theirs/s6-|g" -e "s|/usr/bin:/bin|$WORK/theirs:/usr/bin:/bin|g"
}

mkdir ours theirs run service service/fdholder service/hello service/hello/data
for program in "$BUILD"/s6-*
do
  if test -f "$program" && test -x "$program" ; then ln -s "$program" ours/ ; fi
done
for program in "$PEER_S6"/usr/bin/s6-*
do
  printf '#!/bin/sh\nexec %s/.bin/peer %s "$@"\n' "$WORK" "$(basename "$program")" > "theirs/$(basename "$program")"
done
chmod 755 theirs/*
allow_all service/fdholder/data/rules "uid/$(id -u)"
# A client is told that it is served, and by which program, if that has not ended yet.
# shellcheck disable=SC2016 # a script's
printf '#!/bin/sh\necho served\nexec readlink /proc/$PPID/exe\n' > service/hello/data/hello
block BEFORE 1 > service/fdholder/run
block BEFORE 2 > service/hello/run
chmod 755 service/*/run service/hello/data/hello
for directory in service service/fdholder service/hello
do
  peer_here "$directory"
done
echo 3 | tee service/fdholder/notification-fd > service/hello/notification-fd
for step in 'STEP 1.' 'STEP 2.' 'STEP 3.' 'STEP 4.' 'STEP 5.' 'STEP 6.' BACK
do
  block "$step" 1 > "$WORK/$step"
  ok "there is a block for $step" test -s "$WORK/$step"
done
is 'each block of the page is one of these, but for the one that docs-execline.t has' "$(grep -c '^\.Bd' "$page")" 10

executable() # PID
{
  readlink "/proc/$1/exe"
}
supervisors() # of the services, by their programs
{
  tr ' ' '\n' < "/proc/$(pid_of scan)/task/$(pid_of scan)/children" | while read -r child
  do
    executable "$child"
  done | sort -u
}
held_socket()
{
  s6-fdholder-retrieve service/fdholder/s unix:hello readlink /proc/self/fd/0
}
all_is() # WHOSE DIRECTORY: what serves, holds and supervises
{
  is "$1: the socket is the same" "$(held_socket)" "$socket"
  is "$1: its server" "$(s6-ipcclient run/hello sh -c 'cat <&6' | tail -n 1)" "$2/s6-ipcserverd"
}

# The machine of others
start scan env PATH="$WORK/theirs:/usr/bin:/bin" "$WORK/theirs/s6-svscan" "$WORK/service"
ok 'the holder is there' s6-svwait -s -t 30000 -U service/fdholder
ok 'the socket is bound and stored' s6-ipcserver-socketbinder -e run/hello s6-fdholder-store service/fdholder/s unix:hello
ok 'the service is up' s6-svwait -t 30000 -U service/hello
socket=$(held_socket)
like 'it is a socket' "$socket" '^socket:'
theirs=$(cd "$PEER_S6/usr/bin" && pwd -P)
ours=$(cd "$BUILD" && pwd -P)
all_is "before" "$theirs"
is 'their supervisors' "$(supervisors)" "$theirs/s6-supervise"
not_ok 'their holder' s6-fdholder-stat service/fdholder/s

# A client at every moment: each is answered, or says so
cat > clients <<END
while ! test -e '$WORK/enough'
do
  if test "\$(timeout 60 s6-ipcclient '$WORK/run/hello' sh -c 'cat <&6' | grep -cx served)" = 1 ; then echo answered ; else echo lost ; fi
done
END
start clients sh clients
ok 'clients are answered' retry 20 grep -qx answered clients.out

# One shell for all, as root has it: it is told each step, and says how that went. What it
# starts in the background is ended by its own step 6.
steps() # STEP...: exits 0 if each command does, but for those that may not
{
  for step in "$@"
  do
    cat "$WORK/$step"
    echo "echo 'done: $step' >> '$WORK/steps.done'"
  done > steps.sh
  run env PATH=/usr/bin:/bin timeout 120 sh -eu steps.sh
  is "$*: each command exits 0" "$status" 0
  test "$status" -eq 0 || tap_show
  is "$*: to the last" "$(grep -c . steps.done)" "$#"
  rm -f steps.done
}
cat > look <<END
{ readlink "/proc/\$second/exe" ; s6-fdholder-list '$WORK/run/second' ; s6-fdholder-stat '$WORK/service/fdholder/s' ; s6-fdholder-list '$WORK/service/fdholder/s' ; readlink /proc/$(pid_of scan)/exe ; } > '$WORK/look.out'
END
steps 'STEP 1.' 'STEP 2.' 'STEP 3.' 'STEP 4.' look 'STEP 5.' 'STEP 6.'
like 'the second holder is ours' "$(sed -n 1p look.out)" "^$ours/s6-fdholderd$"
is 'it has what the first one has' "$(sed -n 2p look.out)" unix:hello
like 'the holder is ours, with a keeper' "$(cat look.out)" '^keeper	[1-9]'
is 'before step 5 the supervisors are theirs' "$(tail -n 1 look.out)" "$theirs/s6-svscan"
all_is "after" "$ours"
ok 'our holder' s6-fdholder-stat service/fdholder/s
is 'our supervisors' "$(supervisors)" "$ours/s6-supervise"
is 'in the same process, our s6-svscan' "$(executable "$(pid_of scan)")" "$ours/s6-svscan"
not_ok 'nothing is left of the second holder' test -e run/second

steps 'STEP 1.' 'STEP 2.' BACK 'STEP 6.'
all_is "back" "$theirs"
not_ok 'their holder again' s6-fdholder-stat service/fdholder/s
is 'their supervisors again' "$(supervisors)" "$theirs/s6-supervise"
is 'in the same process, their s6-svscan' "$(executable "$(pid_of scan)")" "$theirs/s6-svscan"

: > enough
ok 'the clients come to their end' retry 60 ended clients
is 'none is lost' "$(grep -vcx answered clients.out)" 0
least 'there were some' "$(grep -cx answered clients.out)" 5
stop clients

PATH=$WORK/theirs:$PATH s6-svscanctl -t service
ok 'all ends' retry 20 ended scan
done_testing
