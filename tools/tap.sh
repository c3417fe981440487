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
#   retry SECONDS CMD...       repeats CMD until it exits 0, at most so long (times PATIENCE): the only
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
#   timeout ...                as usual, but whole seconds are multiplied by PATIENCE:
#                              3.0 for what is to be reached
#   kill ...                   as usual, but it refuses 0, 1, -1 and what is no number; STOP: who
#                              gets it has stopped when it returns
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
if test "${PATIENCE:-1}" -gt 1
then
  cat > "$WORK/.bin/timeout" <<END
#!/bin/sh
options=
while getopts k:s: option
do
  options="\$options -\$option \$OPTARG"
done
shift \$((OPTIND - 1))
seconds=\$1
shift
case \$seconds in
  *[!0-9]*) ;;
  *) seconds=\$((seconds * $PATIENCE)) ;;
esac
exec $(command -v timeout) \$options "\$seconds" "\$@"
END
  chmod 755 "$WORK/.bin/timeout"
fi
ln -s "$PEER_S6/usr/bin" "$WORK/.peerbin"

# shellcheck source=tools/tap/points.sh
. "$SRC/tools/tap/points.sh"
# shellcheck source=tools/tap/processes.sh
. "$SRC/tools/tap/processes.sh"
# shellcheck source=tools/tap/fixtures.sh
. "$SRC/tools/tap/fixtures.sh"
# shellcheck source=tools/tap/ending.sh
. "$SRC/tools/tap/ending.sh"
