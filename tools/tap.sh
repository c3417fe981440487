# shellcheck shell=sh
# ISC license.
#
# What a shell test sources. A test is src/tests/e2e/NAME.t:
#
#   #!/bin/sh
#   # ISC license.
#   # What it guards, in a line or two.
#   # timeout: 60                       (seconds; where the usual 120 are wrong)
#   # shellcheck source=tools/tap.sh
#   . "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
#   allow_all rules
#   start_holder holder s -i rules
#   exits 'an unknown id' 1 s6-fdholder-retrieve s nothing true
#   done_testing
#
# It runs in a directory of its own, $WORK, which is removed at the end (KEEP_WORK=1 keeps
# it, and says where); stdin is /dev/null. Stdout is TAP: one line for each point. When it
# ends, however it ends, every process that `start` began is ended, with its group, and so
# is whoever has WORK in its environment still.
#
# Variables
#   SRC    the source tree         TESTS    SRC/src/tests
#   BUILD  the tree that was built, with the programs in it: SRC, unless run-test.sh -b
#   PATH   BUILD, BUILD/src/tests/bin, execline's programs, the system's
#   SANITIZED is 1 when BUILD was built with sanitizers. Their reports, and those of the
#   valgrind that DAEMON_WRAPPER may name, fail the test at its end, whoever wrote them.
#   Sanitized programs cannot take LD_PRELOAD shims: skip_all there.
#
# Points
#   plan N                     at the start; or, as the last line, done_testing
#   pass NAME, fail NAME       a point that is already judged
#   ok NAME CMD...             CMD exits 0
#   not_ok NAME CMD...         CMD exits with something else
#   exits NAME CODE CMD...     CMD exits with CODE; its output is in files $WORK/out, err
#   is NAME GOT WANT           equal strings;          isnt: different ones
#   like NAME GOT ERE          matches, any line;      unlike: no line does
#   most NAME GOT MOST         a whole number that is not more;  least: that is not less
#   skip NAME WHY              a point that cannot be judged here
#   diag TEXT...               a comment
#   skip_all WHY               the whole file: nothing else was printed before
#   need PROG...               skip_all unless each is there; need_root, need_peer likewise
#   is_root                    whether we are root, and can become others
#
# Running
#   run CMD...                 stdout to file out, stderr to err, exit code to $status
#   retry SECONDS CMD...       repeats CMD until it exits 0, at most so long: the only
#                              way to wait for something. Its output goes nowhere.
#   remains SECONDS CMD...     repeats CMD for so long (0.3, too), while it exits 0: the only
#                              way to see that something goes on, or does not happen
#   start NAME CMD...          in the background and in its own process group, with the
#                              stdin of this call; output to NAME.out, NAME.err
#   pid_of NAME                prints its process id
#   ready NAME                 waits until NAME has written to stdout (-1), 10 s at most
#   ended NAME                 whether the process is gone (use it with retry)
#   running NAME               whether it is not (use it with remains)
#   heeds NAME PROGRAM         whether NAME executes PROGRAM by now, and that has set up what
#                              it does on SIGTERM (use it with retry): its name comes first
#   ticks NAME                 prints the processor time that it has used, in ticks of its clock
#   stop NAME [SIGNAL]         sends SIGNAL (TERM), waits 15 s at most; exit code to
#                              $status (124: it would not go, and was killed)
#   kill ...                   as usual, but it refuses 0, 1, -1 and what is no number
#   as_uid UID CMD...          as that uid and gid, no groups (needs root). BUILD need not
#                              be readable to it: the programs are copied to where they
#                              can be reached. The directory does not change.
#                              A program on the PATH: works after start and in chains.
#   allow_all DIR [KEY...]     rules that give every right to KEY (default uid/default)
#   start_holder NAME PATH [OPTIONS of s6-fdholderd]
#                              binds PATH, starts s6-fdholderd -1 OPTIONS on it (under
#                              $DAEMON_WRAPPER, if there is one), and waits until it is ready
#   copy_tree DIR              the sources as they are now, without what the build made
#   peer PROG ARGS...          Debian's s6 (a program on the PATH: works in chains too)
#   peer_here DIR              lets Debian's s6 programs call each other in DIR ($WORK: done)

set -u
LC_ALL=C
TZ=UTC
export LC_ALL TZ
umask 022
unset -v LD_PRELOAD LANG CDPATH ENV PROTO MAKEFLAGS MFLAGS MAKELEVEL

TESTS=$(cd "${TESTS:-$(dirname "$0")/..}" && pwd)
SRC=$(cd "$TESTS/../.." && pwd)
BUILD=${BUILD:-$SRC}
PEER_S6=${PEER_S6:-$TESTS/peer/s6}
DAEMON_WRAPPER=${DAEMON_WRAPPER-}
SANITIZED=${SANITIZED-}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/s6-activation-test.XXXXXX") || exit 111
chmod 755 "$WORK"
mkdir -m 1777 "$WORK/.reports"
mkdir "$WORK/.started" "$WORK/.bin"
PATH=$WORK/.bin:$BUILD:$BUILD/src/tests/bin:/usr/lib/execline/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
HOME=$WORK
export TESTS SRC BUILD PEER_S6 DAEMON_WRAPPER SANITIZED WORK PATH HOME
cd "$WORK" || exit 111
exec < /dev/null

if test -n "$SANITIZED"
then
  ASAN_OPTIONS=detect_leaks=0:exitcode=99:detect_stack_use_after_return=1:log_path=$WORK/.reports/asan
  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99:log_path=$WORK/.reports/ubsan
  export ASAN_OPTIONS UBSAN_OPTIONS
fi

# A wrapper of one word gets what makes its findings visible.
if test "$DAEMON_WRAPPER" = valgrind
then
  DAEMON_WRAPPER="valgrind -q --track-fds=yes --log-file=$WORK/.reports/valgrind.%p"
fi

if test -e "$BUILD/libs6activation.so"
then
  LD_LIBRARY_PATH=$BUILD
  export LD_LIBRARY_PATH
fi

cat > "$WORK/.bin/peer" <<'END'
#!/bin/sh
for directory in "$PEER_S6"/usr/lib/*-*-*
do
  LD_LIBRARY_PATH=$directory${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
export LD_LIBRARY_PATH
name=$1
shift
exec "$PEER_S6/usr/bin/$name" "$@"
END
cat > "$WORK/.bin/as_uid" <<'END'
#!/bin/sh
reach=$WORK/.reach
if mkdir "$reach" 2>/dev/null
then
  mkdir "$reach/bin" "$reach/peer"
  find "$BUILD" "$BUILD/src/tests/bin" -maxdepth 1 -type f -perm -u+x ! -name configure -exec cp -f {} "$reach/bin/" \;
  cp "$BUILD"/libs6activation.so* "$reach/bin/" 2>/dev/null
  if test -d "$PEER_S6/usr" ; then cp -R "$PEER_S6/usr" "$reach/peer/" ; fi
  cp "$WORK/.bin"/* "$reach/bin/"
  : > "$reach/complete"
else
  tries=0
  until test -e "$reach/complete" || test "$tries" -gt 500
  do
    sleep 0.02
    tries=$((tries + 1))
  done
fi
PATH=$reach/bin:$PATH
PEER_S6=$reach/peer
LD_LIBRARY_PATH=$reach/bin${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PATH PEER_S6 LD_LIBRARY_PATH
uid=$1
shift
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
END
chmod 755 "$WORK/.bin/peer" "$WORK/.bin/as_uid"
ln -s "$PEER_S6/usr/bin" "$WORK/.peerbin"

tap_count=0
tap_planned=
tap_failed=0
status=0

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

# /proc/PID/stat without "PID (name) ": state, parent, group ...
tap_group_gone()
{
  ! cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^.*) //' | awk -v group="$1" '
    $3 == group && $1 != "Z" { found = 1 }
    END { exit !found }'
}

tap_gone()
{
  case $(sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null) in
    ''|Z*|X*) return 0 ;;
  esac
  return 1
}


# Points

tap_point() # RESULT NAME
{
  tap_count=$((tap_count + 1))
  if test "$1" = ok
  then
    echo "ok $tap_count - $2"
  else
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $2"
  fi
}

diag()
{
  printf '%s\n' "$*" | sed 's/^/# /'
}

pass()
{
  tap_point ok "$1"
}

fail()
{
  tap_point 'not ok' "$1"
}

plan()
{
  tap_planned=$1
  echo "1..$1"
}

done_testing()
{
  test -n "$tap_planned" || echo "1..$tap_count"
  test "$tap_failed" -eq 0 || exit 1
  exit 0
}

skip()
{
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1 # SKIP $2"
}

skip_all()
{
  echo "1..0 # SKIP $*"
  exit 0
}

need()
{
  for tap_program
  do
    command -v "$tap_program" >/dev/null 2>&1 || skip_all "no program $tap_program"
  done
}

# a user namespace may have one uid only: root there can become nobody
is_root()
{
  test "$(id -u)" -eq 0 && setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null
}

need_root()
{
  is_root || skip_all 'needs root, and other users to be'
}

need_peer()
{
  test -x "$PEER_S6/usr/bin/s6-fdholderd" || skip_all 'needs tools/fetch-peer'
}

tap_show()
{
  sed 's/^/#   stdout: /' out | head -n 20
  sed 's/^/#   stderr: /' err | head -n 20
}

ok()
{
  tap_name=$1
  shift
  run "$@"
  if test "$status" -eq 0
  then
    pass "$tap_name"
  else
    fail "$tap_name"
    diag "exit code $status of: $*"
    tap_show
  fi
}

not_ok()
{
  tap_name=$1
  shift
  run "$@"
  if test "$status" -ne 0
  then
    pass "$tap_name"
  else
    fail "$tap_name"
    diag "exit code 0 of: $*"
    tap_show
  fi
}

exits()
{
  tap_name=$1
  tap_want=$2
  shift 2
  run "$@"
  if test "$status" -eq "$tap_want"
  then
    pass "$tap_name"
  else
    fail "$tap_name"
    diag "exit code $status, and not $tap_want, of: $*"
    tap_show
  fi
}

is()
{
  if test "$2" = "$3"
  then
    pass "$1"
  else
    fail "$1"
    diag "got:  $2"
    diag "want: $3"
  fi
}

isnt()
{
  if test "$2" != "$3"
  then
    pass "$1"
  else
    fail "$1"
    diag "got, and must not be: $2"
  fi
}

like()
{
  if printf '%s\n' "$2" | grep -Eq -e "$3"
  then
    pass "$1"
  else
    fail "$1"
    diag "got: $2"
    diag "no line matches: $3"
  fi
}

unlike()
{
  if printf '%s\n' "$2" | grep -Eq -e "$3"
  then
    fail "$1"
    diag "got: $2"
    diag "a line matches: $3"
  else
    pass "$1"
  fi
}

most()
{
  if test "$2" -le "$3"
  then
    pass "$1"
  else
    fail "$1"
    diag "got:          $2"
    diag "want at most: $3"
  fi
}

least()
{
  if test "$2" -ge "$3"
  then
    pass "$1"
  else
    fail "$1"
    diag "got:           $2"
    diag "want at least: $3"
  fi
}


# Running

run()
{
  status=0
  "$@" > out 2> err || status=$?
}

retry()
{
  tap_until=$(($(date +%s) + $1 + 1))
  shift
  while :
  do
    if "$@" >/dev/null 2>&1 ; then return 0 ; fi
    test "$(date +%s)" -lt "$tap_until" || return 1
    sleep 0.02
  done
}

# tap_clock: hundredths of a second since the machine started
tap_clock()
{
  read -r tap_uptime _ < /proc/uptime
  echo "${tap_uptime%.*}${tap_uptime#*.}"
}

# The time has a name of its own: it may be what is retried.
remains()
{
  tap_remains=$(($(tap_clock) + $(awk -v seconds="$1" 'BEGIN { print int(seconds * 100) }')))
  shift
  while :
  do
    "$@" >/dev/null 2>&1 || return 1
    test "$(tap_clock)" -lt "$tap_remains" || return 0
    sleep 0.02
  done
}

peer_here()
{
  ln -s "$PEER_S6/usr/bin" "$1/.peerbin"
}

# A process id that was read somewhere may be empty, 0 or -1; kill would take that for
# everything there is. This one refuses it.
kill()
{
  tap_skip=1
  for tap_word
  do
    if test "$tap_skip" -gt 0
    then
      tap_skip=$((tap_skip - 1))
      case $tap_word in
        -s) tap_skip=1 ; continue ;;
        -*|*[A-Z]*) continue ;;
      esac
    fi
    case ${tap_word#-} in
      -) continue ;;
      ''|*[!0-9]*|0|1)
        diag "kill: not a process to be killed: '$tap_word' in: kill $*"
        return 1
        ;;
    esac
  done
  command kill "$@"
}

start()
{
  tap_name=$1
  shift
  # gone before it starts: an earlier process of that name may have been ready
  rm -f "$tap_name.out"
  { setsid "$@" <&9 9<&- > "$tap_name.out" 2> "$tap_name.err" & } 9<&0
  echo "$!" > "$WORK/.started/$tap_name"
}

pid_of()
{
  cat "$WORK/.started/$1"
}

ready()
{
  retry 10 test -s "$1.out" && return 0
  diag "$1 did not become ready"
  sed 's/^/#   stderr: /' "$1.err" | head -n 20
  return 1
}

ended()
{
  tap_gone "$(pid_of "$1")"
}

running()
{
  ! ended "$1"
}

heeds()
{
  # shellcheck disable=SC2046 # words
  set -- "$2" $(sed -n -e 's/^Name:[[:space:]]*//p' -e 's/^Sig\(Blk\|Cgt\):[[:space:]]*/0x/p' "/proc/$(pid_of "$1")/status")
  test "$#" -eq 4 && test "$1" = "$2" && test $((($3 | $4) & 1 << 14)) -ne 0
}

ticks()
{
  sed 's/^.*) //' "/proc/$(pid_of "$1")/stat" | awk '{ print $12 + $13 }'
}

stop()
{
  tap_pid=$(pid_of "$1")
  kill -s "${2:-TERM}" "$tap_pid" 2>/dev/null
  status=0
  if retry 15 tap_gone "$tap_pid"
  then
    wait "$tap_pid" || status=$?
  else
    kill -s KILL "$tap_pid"
    wait "$tap_pid"
    status=124
  fi
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
