# shellcheck shell=sh
# ISC license.
#
# Service directories, for shell tests: sourced after tap.sh.
#
#   script FILE LINE...        an executable shell script of these lines
#   service DIR [LINE...]      a service directory: its run is that script; without lines, it
#                              sleeps
#   supervise DIR [CMD...]     starts s6-supervise (or CMD) DIR, and waits until it has begun:
#                              fails if it ends before.
#                              Its process is called as DIR is, without slashes (pid_of, stop)
#   dies DIR                   kill -9 of it
#   letters DIR LETTERS        to its control, at once; fails if nobody supervises
#   listen DIR                 from now on, what is told of DIR is in the file that heard prints;
#                              once more: from now on
#   heard DIR                  prints the letters that were told since
#   hears DIR LETTERS          whether these are all (use it with retry)
#   status_of DIR              prints the status: pid, wait status, flags
#   has DIR FLAGS [WSTAT]      whether the status says so (use it with retry)
#   run_of DIR                 prints the pid of the status
#   stays SECONDS CMD...       whether CMD exits 0 soon, and then goes on to, for so long
#   tally_of DIR               prints the deaths: code, signal, a line each
#   shimmed                    s6-supervise takes shims from now on: a static one does not
#   descriptors PID            prints their numbers, in a line
#   made DIR PID WSTAT FLAGS [CHANGED [READIED [NEXT]]]
#                              a service directory with that status (status-make), that
#                              nobody supervises
#   held DIR                   somebody has its lock from now on: it is called as DIR is
#   told DIR LETTERS           to who listens, as a supervisor does
#   listeners DIR N            whether N listen (use it with retry)
#   versions                   prints of which there are daemons: ours, that of Debian's s6
#                              (2.11 on 12, 2.13 on 13), and 2.15 if it was fetched
#                              (unstable's), where they were fetched
#   readers                    those of them whose clients read what our daemon writes: 2.13
#                              has another status
#   version V PROG ARGS...     the program of that version (a program on the PATH)
#   version_here V DIR         lets those programs call each other in DIR
#   $breaths $waits $opens $accesses
#                              the system calls by which clock_breathe sleeps, the loop waits, files
#                              are opened and asked for, for strace: which of them it is, is for
#                              the C library and the machine to say

# shellcheck disable=SC2034 # for others
breaths='?nanosleep,?clock_nanosleep,?clock_nanosleep_time64'
waits='?epoll_wait,?epoll_pwait,?poll,?ppoll,?ppoll_time64'
opens='?open,?openat'
accesses='?access,?faccessat,?faccessat2'

script()
{
  services_file=$1
  shift
  { echo '#!/bin/sh' && printf '%s\n' "$@" ; } > "$services_file.made"
  chmod 755 "$services_file.made"
  mv "$services_file.made" "$services_file"
}

service()
{
  mkdir -p "$1"
  services_dir=$1
  shift
  test "$#" -gt 0 || set -- 'exec sleep 100'
  script "$services_dir/run" "$@"
}

shimmed()
{
  ln -s "$BUILD/src/tests/bin/supervise-shared" "$WORK/.bin/s6-supervise"
}

services_name()
{
  printf %s "$1" | tr -d /
}

services_stamp()
{
  stat -c '%i %z' "$1/supervise/status" 2>/dev/null || echo none
}

services_changed()
{
  test "$(services_stamp "$1")" != "$2"
}

services_settled()
{
  services_changed "$1" "$2" || ended "$(services_name "$1")"
}

supervise()
{
  services_dir=$1
  shift
  test "$#" -gt 0 || set -- s6-supervise
  services_before=$(services_stamp "$services_dir")
  # what is started in the background ignores INT and QUIT: nothing in a tree does
  # shellcheck disable=SC2086 # the wrapper is words
  start "$(services_name "$services_dir")" env --default-signal=INT,QUIT $DAEMON_WRAPPER "$@" "$services_dir"
  retry 10 services_settled "$services_dir" "$services_before"
  services_changed "$services_dir" "$services_before"
}

dies()
{
  services_pid=$(pid_of "$(services_name "$1")")
  kill -s KILL "$services_pid"
  wait "$services_pid" 2>/dev/null
}

letters()
{
  printf %s "$2" | dd of="$1/supervise/control" oflag=nonblock conv=nocreat,notrunc 2>/dev/null
}

listen()
{
  services_heard=$WORK/$(services_name "$1").heard
  if test -e "$services_heard"
  then
    : > "$services_heard"
    return 0
  fi
  : > "$services_heard"
  services_number=$((${services_number:-0} + 1))
  services_fifo=$(printf 'ftrig1:@4000000000000000%08x:tester' "$services_number")
  mkdir "$1/event" 2>/dev/null && chmod 3730 "$1/event"
  mkfifo "$1/event/$services_fifo"
  # shellcheck disable=SC2016 # variables are the script's
  start "listener$services_number" sh -c 'exec 3<> "$1" ; echo ready ; exec cat <&3 >> "$2"' sh "$1/event/$services_fifo" "$services_heard"
  ready "listener$services_number"
}

heard()
{
  cat "$WORK/$(services_name "$1").heard"
}

hears()
{
  test "$(heard "$1")" = "$2"
}

status_of()
{
  od -An -v -tu1 "$1/supervise/status" | awk '
    { for (i = 1 ; i <= NF ; i++) byte[n++] = $i }
    END {
      # 2.13 has the process group behind the pid
      if (n == 43) for (i = 32 ; i < 35 ; i++) byte[i] = byte[i + 8]
      else if (n != 35) { print n + 0 " bytes" ; exit }
      for (i = 24 ; i < 32 ; i++) pid = pid * 256 + byte[i]
      print pid, byte[32] * 256 + byte[33], byte[34]
    }'
}

has()
{
  services_status=$(status_of "$1")
  test "${services_status##* }" = "$2" || return 1
  test "$#" -eq 2 || test "${services_status#* }" = "$3 $2"
}

run_of()
{
  services_status=$(status_of "$1")
  printf '%s\n' "${services_status%% *}"
}

stays()
{
  services_seconds=$1
  shift
  retry 5 "$@" && remains "$services_seconds" "$@"
}

tally_of()
{
  od -An -v -w14 -tu1 "$1/supervise/death_tally" | awk '{ print $13, $14 }'
}

descriptors()
{
  # shellcheck disable=SC2012 # numbers
  ls "/proc/$1/fd" | sort -n | tr '\n' ' ' | sed 's/ $//'
}

services_executed() { test "$(cat "/proc/$1/comm")" = "$2" ; }

# What any program is started with here: looked at when the shell's own are closed.
inherited()
{
  start bare sleep 100
  retry 10 services_executed "$(pid_of bare)" sleep
  descriptors "$(pid_of bare)"
}

made()
{
  services_dir=$1
  shift
  mkdir -p "$services_dir/supervise"
  test -d "$services_dir/event" || s6-mkfifodir -g "$(id -g)" "$services_dir/event"
  test -e "$services_dir/supervise/lock" || : > "$services_dir/supervise/lock"
  status-make "$services_dir" "$@"
}

held()
{
  start "$(services_name "$1")" s6-setlock -n "$1/supervise/lock" sh -c 'echo held ; exec sleep 1000'
  ready "$(services_name "$1")"
}

told()
{
  s6-ftrig-notify "$1/event" "$2"
}

listeners()
{
  test "$(find "$1/event" -name 'ftrig1:@*' | wc -l)" -eq "$2"
}

peer_version()
{
  for peer_library in "$PEER_S6"/usr/lib/*/libs6.so.*.*.*
  do
    echo "${peer_library##*.so.}" | cut -d . -f 1-2
  done
}

versions()
{
  echo ours
  if test -x "$PEER_S6/usr/bin/s6-supervise" ; then peer_version ; fi
  if test -x "$TESTS/peer/s6-unstable/usr/bin/s6-supervise" ; then echo 2.15 ; fi
}

readers()
{
  versions | grep -v '^2\.13'
}

cat > "$WORK/.bin/version" <<'END'
#!/bin/sh
version=$1
shift
case $version in
  ours) exec "$@" ;;
  2.15) PEER_S6=$TESTS/peer/s6-unstable ; export PEER_S6 ;;
esac
exec peer "$@"
END
chmod 755 "$WORK/.bin/version"

version_here()
{
  rm -f "$2/.peerbin"
  case $1 in
    ours) ;;
    2.15) ln -s "$TESTS/peer/s6-unstable/usr/bin" "$2/.peerbin" ;;
    *) ln -s "$PEER_S6/usr/bin" "$2/.peerbin" ;;
  esac
}
