# shellcheck shell=sh
# ISC license.
# What tests stand on: rules, a holder, a copy of the sources, other programs. Sourced by
# tap.sh, which says what each function does.

peer_here()
{
  ln -s "$PEER_S6/usr/bin" "$1/.peerbin"
}

allow_all()
{
  tap_rules=$1
  shift
  test "$#" -gt 0 || set -- uid/default
  for tap_key
  do
    mkdir -p "$tap_rules/$tap_key/env"
    : > "$tap_rules/$tap_key/allow"
    for tap_name in STORE_REGEX RETRIEVE_REGEX LIST GETDUMP SETDUMP
    do
      echo '.*' > "$tap_rules/$tap_key/env/S6_FDHOLDER_$tap_name"
    done
  done
}

start_holder()
{
  tap_holder=$1
  tap_path=$2
  shift 2
  # shellcheck disable=SC2086 # the wrapper is words
  start "$tap_holder" s6-ipcserver-socketbinder -- "$tap_path" $DAEMON_WRAPPER s6-fdholderd -1 "$@"
  ready "$tap_holder"
}

copy_tree()
{
  mkdir -p "$1"
  if test -e "$SRC/.git" && command -v git >/dev/null
  then
    ( cd "$SRC" && git -c safe.directory='*' ls-files -co --exclude-standard ) > "$WORK/.list"
    while read -r tap_file
    do
      if test -e "$SRC/$tap_file" ; then echo "$tap_file" ; fi
    done < "$WORK/.list" | tar -C "$SRC" -cf - -T - | tar -C "$1" -xf -
  else
    tar -C "$SRC" -cf - --exclude=./.git --exclude='*.o' --exclude='*.lo' --exclude=src/tests/peer --exclude=src/tests/bin . | tar -C "$1" -xf -
    make -s -C "$1" distclean
  fi
}
