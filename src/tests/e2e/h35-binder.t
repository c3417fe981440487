#!/bin/sh
# ISC license.
# H35: the binder unlinks sockets only; -m needs no -b 0; an exec that fails leaves no path behind.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

binder=s6-ipcserver-socketbinder

echo precious > file
mkdir directory
mkfifo fifo
echo target > target
ln -s target link
$binder socket true
ln -s socket linktosocket
for path in file directory fifo link linktosocket
do
  before=$(stat -c '%F %i' $path)
  exits "not a socket: $path" 111 $binder $path true
  is "$path is as it was" "$(stat -c '%F %i' $path)" "$before"
  exits "with -e: $path" 111 $binder -e $path true
  is "$path is as it was again" "$(stat -c '%F %i' $path)" "$before"
done
like 'the remedy is named' "$(cat err)" 'what is there is not a socket, or not ours to remove: move it away first'
is 'the contents too' "$(cat file target)" 'precious
target'

exits 'a datagram socket without -b 0' 0 $binder -m datagram true
exits 'an exec that fails' 127 $binder new ./nowhere
not_ok 'leaves no path' test -e new
exits 'an exec that fails, over an old socket' 127 $binder socket ./nowhere
not_ok 'leaves no path either' test -e socket
exits 'an exec that fails in a wrapper' 127 s6-ipcserver-socketbinder new2 s6-applyuidgid ./nowhere
exits 'a bind that fails' 111 $binder -D file true
is 'no lock file is left anywhere' "$(find . -name '*.lock' -o -name '.lock')" ''

# At the moment that the path is there, it has its permissions already.
if test -z "$SANITIZED"
then
  shim=$BUILD/src/tests/bin/preload-conn.so
  MODE_FILE=moment
  export MODE_FILE
  for perms in 0000 0600 0620 0700 0755
  do
    rm -f moment
    (umask 000 ; LD_PRELOAD=$shim $binder -a $perms moments true)
    # the umask of that moment is in its own mode
    chmod 600 moment
    is "-a $perms holds from the first moment" "$(cut -d' ' -f1 < moment)" "$(printf '%o' 0$perms)"
  done
  if is_root
  then
    (umask 000 ; LD_PRELOAD=$shim $binder -a 0666 -o 12:34 moments true)
    is 'until it has its owner, nobody else may connect' "$(cat moment)" '600 0'
    is 'and then those who may' "$(stat -c '%a %u' moments)" '666 12'
  fi
  if command -v setfacl >/dev/null && mkdir acl && setfacl -d -m u::rwx,g::rwx,o::rwx acl 2>/dev/null
  then
    (umask 000 ; LD_PRELOAD=$shim $binder -a 0600 acl/s true)
    is 'a default ACL does not widen it' "$(cut -d' ' -f1 < moment)" 600
  fi
  unset -v MODE_FILE
fi
done_testing
