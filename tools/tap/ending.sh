# shellcheck shell=sh
# ISC license.
# What happens when a test ends, however it ends: sourced by tap.sh. Nothing that it
# began goes on; what sanitizers and valgrind have reported fails it.

# tap_finding FILE: whether the report says more than which descriptors were inherited
tap_finding()
{
  test -s "$1" || return 1
  case $1 in
    */valgrind.*) sed 's/^==[0-9]*== *//' "$1" | awk '
      # Open at the end: what was inherited, what the loop waits with, and what came over a socket and
      # may be held still, are no finding. All that is not a list of descriptors is one.
      # A pidfd that getsockopt has made is not seen by valgrind, and its number was closed before.
      /^File descriptor [0-9]+: .* was closed already|^File descriptor [0-9]+ was closed already/ { if (closed) found = 1 ; closed = 1 ; next }
      closed && /^(FILE DESCRIPTORS:|Open )/ { found = 1 }
      closed { if (/: (procfd_peer|kept_begin) /) { closed = 0 ; known = 1 } ; next }
      known && /^(at|by|Previously|Originally) / { next }
      /^FILE DESCRIPTORS:/ { known = 0 ; listing = 1 ; next }
      !listing && /^Open / { listing = 1 }
      /^Open / { first = 1 ; next }
      /^$/ || /^<inherited from parent>/ { next }
      # newer C libraries make their calls in functions of that name
      listing && first && /^(at|by) / && /(internal_syscall_cancel|syscall_cancel) / { next }
      listing && first && /^(at|by) / { first = 0 ; if ($0 !~ /(recvmsg|signalfd|epoll_create1)/) found = 1 ; next }
      listing && /^by / { next }
      { found = 1 }
      END { exit !(found || closed) }' ;;
    # The helpers that close run on a stack of their own: that is no finding.
    */asan.*) grep -Evq 'ASan is ignoring requested __asan_handle_no_return|^False positive error reports may follow|sanitizers/issues/189' "$1" ;;
  esac
}

tap_cleanup()
{
  tap_status=$?
  trap - EXIT
  trap '' HUP INT TERM
  for tap_file in "$WORK"/.started/*
  do
    test -f "$tap_file" || continue
    # it may not have a group yet
    tap_pid=$(cat "$tap_file")
    kill -s TERM -- "-$tap_pid" 2>/dev/null || kill -s TERM "$tap_pid" 2>/dev/null
    kill -s CONT -- "-$tap_pid" 2>/dev/null
  done
  for tap_file in "$WORK"/.started/*
  do
    test -f "$tap_file" || continue
    tap_pid=$(cat "$tap_file")
    retry 5 tap_group_gone "$tap_pid" || kill -s KILL -- "-$tap_pid" 2>/dev/null
  done
  tap_end_strays
  for tap_file in "$WORK"/.reports/*
  do
    tap_finding "$tap_file" || continue
    tap_status=1
    echo "# $(basename "$tap_file"):"
    sed 's/^/#   /' "$tap_file" | head -n 60
  done
  if test -n "${KEEP_WORK-}"
  then
    echo "# kept: $WORK"
  else
    cd /
    rm -rf "$WORK"
  fi
  exit "$tap_status"
}
trap tap_cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Processes that have WORK in their environment, whoever their parent is by now, and
# whatever group they are in: services whose supervisor was killed, and such
tap_strays()
{
  grep -lzxF -e "WORK=$WORK" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/\([0-9]*\)/.*|\1|'
}

# tap_signal_strays SIGNAL: fails if there were any; grep and sed, which find themselves, are gone
tap_signal_strays()
{
  tap_found=0
  for tap_pid in $(tap_strays)
  do
    tap_gone "$tap_pid" && continue
    tap_found=1
    kill -s "$1" "$tap_pid" 2>/dev/null
    kill -s CONT "$tap_pid" 2>/dev/null
  done
  return "$tap_found"
}

tap_end_strays()
{
  tap_signal_strays TERM || retry 3 tap_signal_strays TERM || retry 5 tap_signal_strays KILL
}
