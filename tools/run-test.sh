#!/bin/sh
# ISC license.
# usage: run-test.sh [-b BUILD] [-j JOBS] [-t SECONDS] [-B] [-n] [FILE...]
#
# Runs tests, JOBS (three for each processor, for most of them wait most of the time; 12 at most,
# for a container may have fewer processors than it sees) at a time, SECONDS (120) each at
# most: by default every src/tests/bin/unit-* and fuzz-* of BUILD, and every src/tests/e2e/*.t.
# Those that may take longest begin.
#   -b BUILD    the tree that was built, if it is not this one
#   -B          of those, none that build programs of their own, or judge the sources
#   -n          fewer words: only the files that fail, and the last line
# A line `# timeout: SECONDS` among the first 12 of a .t file is its own limit.
# PATIENCE in the environment multiplies all limits: for a machine that is busy or slow. By
# default it is worked out from the load when a test begins: 1 where that is small, 8 at most.
# In the environment too: DAEMON_WRAPPER, SANITIZED, KEEP_WORK, TMPDIR: see tap.sh.
#
# A test is a program whose stdout is TAP: `ok N - name`, `not ok N - name`, `# SKIP why`
# at the end of an ok line, and `1..N` at the beginning or the end. A file whose plan is
# missing or differs from what it did, that exits with another code than 0, or that is too
# slow, counts as one failure. unit-* get no argument, and an empty directory to work in;
# fuzz-NAME gets src/tests/corpus/NAME as its argument and replays the files in it.
#
# A line for each file, if it took long with its seconds, and those of the processor; the
# output of those that fail; last, `N passed, N failed` and, if there were any, `, N skipped`:
# points, not files. Exits 1 on any failure, or if nothing passed or was skipped.

set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/.." && pwd)

# limit_of FILE: its own, or nothing
limit_of()
{
  sed -n '1,12s/^# timeout: *\([0-9][0-9]*\).*/\1/p' "$1" 2>/dev/null | head -n 1
}

# judge CODE LIMIT: what the output of a test comes to: passed, failed, skipped, and why on a line
judge()
{
  awk -v code="$1" -v limit="$2" '
    /^ok( |$)/ { if (toupper($0) ~ /# *SKIP/) skipped++ ; else passed++ ; next }
    /^not ok( |$)/ { failed++ ; next }
    /^1\.\.[0-9]+/ {
      plans++
      planned = substr($1, 4) + 0
      if (toupper($0) ~ /# *SKIP/) { all = $0 ; sub(/^[^#]*# *[A-Za-z]* */, "", all) }
      next
    }
    END {
      done = passed + skipped + failed
      if (code == 124 || code == 137) why = "took more than " limit " s"
      else if (plans != 1) why = "no plan"
      else if (done != planned) why = planned " points planned, " done " seen"
      else if (code != 0 && !failed) why = "exit code " code
      if (why != "") failed++
      if (all != "" && why == "") skipped++
      print passed + 0, failed + 0, skipped + 0
      print (why != "" ? why : all)
    }'
}

# report: the line of a test, or what it has said, into $results/NAME.say
report()
{
  if test "$failed" -gt 0
  then
    {
      echo "FAIL $label: $passed passed, $failed failed${why:+ ($why)}"
      sed 's/^/     /' "$log"
    } > "$results/$name.say"
  elif test "$passed" -eq 0
  then
    echo "skip $label${why:+: $why}" > "$results/$name.say"
  else
    if test "$took" -lt 5 ; then took= ; fi
    echo "ok   $label: $passed${took:+ in $took s ($used)}" > "$results/$name.say"
  fi
}

# one FILE: runs it; the outcome goes to $results/NAME
one()
{
  name=$(basename "$1")
  case $1 in
    *.t) label=e2e/$name ;;
    *) label=$name ;;
  esac
  if test -z "${PATIENCE-}"
  then
    load=
    { read -r load _ < /proc/loadavg ; } 2>/dev/null
    load=${load%%.*}
    PATIENCE=$((1 + ${load:-0} / (2 * processors)))
    if test "$PATIENCE" -gt 8 ; then PATIENCE=8 ; fi
    export PATIENCE
  fi
  limit=$(limit_of "$1")
  limit=$((${limit:-$seconds} * PATIENCE))
  log=$results/$name.log
  code=0
  begun=$(date +%s)
  case $name in
    *.t) set -- sh "$1" ;;
    fuzz-*) set -- "$1" "$TESTS/corpus/${name#fuzz-}" ;;
    *) set -- "$1" ;;
  esac
  place=$(mktemp -d "${TMPDIR:-/tmp}/s6-activation-run.XXXXXX") || exit 111
  ( cd "$place" && exec timeout -k 10 "$limit" "$@" < /dev/null > "$log" 2>&1 ) || code=$?
  rm -rf "$place"
  took=$(($(date +%s) - begun))
  # of children whose parents have waited for them: user and system, in minutes and seconds
  times > "$results/$name.times"
  used=$(awk -F '[m s]+' 'NR == 2 { printf "%d", $1 * 60 + $2 + $3 * 60 + $4 + 0.5 }' "$results/$name.times")
  judge "$code" "$limit" < "$log" > "$results/$name.sum"
  { read -r passed failed _ && read -r why ; } < "$results/$name.sum"
  report
  # one write, so that two at a time do not mix
  if test -z "$terse" || test "$failed" -gt 0 ; then cat "$results/$name.say" ; fi
}

if test "${1-}" = --one
then
  one "$2"
  exit 0
fi

usage()
{
  echo 'usage: run-test.sh [-b BUILD] [-j JOBS] [-t SECONDS] [-B] [-n] [FILE...]' >&2
  exit 100
}

processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || processors=1
jobs=$((3 * processors))
if test "$jobs" -gt 12 ; then jobs=12 ; fi
seconds=120
terse=
build=$root
built=
while getopts b:j:t:Bn option
do
  case $option in
    b) build=$(cd "$OPTARG" && pwd) || exit 100 ;;
    j) jobs=$OPTARG ;;
    t) seconds=$OPTARG ;;
    B) built=yes ;;
    n) terse=yes ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))

if test "$#" -eq 0
then
  for file in "$build"/src/tests/bin/unit-* "$build"/src/tests/bin/fuzz-* "$root"/src/tests/e2e/*.t
  do
    case $built$file in
      *.so) continue ;;
      yes*/build-*.t|yes*/harness-*.t|yes*/docs.t) continue ;;
    esac
    if test -f "$file" ; then set -- "$@" "$file" ; fi
  done
fi
for file
do
  test -f "$file" || { echo "run-test.sh: fatal: no file $file" >&2 ; exit 100 ; }
done

results=$(mktemp -d "${TMPDIR:-/tmp}/s6-activation-results.XXXXXX") || exit 111
trap 'rm -rf "$results"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

TESTS=$root/src/tests
BUILD=$build
export TESTS BUILD results seconds terse processors
# those that are no scripts start programs, too
if test -e "$BUILD/libs6activation.so"
then
  LD_LIBRARY_PATH=$BUILD
  export LD_LIBRARY_PATH
fi
if test -n "${SANITIZED-}"
then
  ASAN_OPTIONS=exitcode=99:detect_stack_use_after_return=1
  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
  export ASAN_OPTIONS UBSAN_OPTIONS
fi

# the longest first, so that none is left alone at the end
for file
do
  case $file in
    *.t) limit=$(limit_of "$file") ;;
    *) limit= ;;
  esac
  case $file in
    /*) ;;
    *) file=$(pwd)/$file ;;
  esac
  printf '%s\n' "${limit:-0} $file"
done | sort -s -r -n -k 1,1 | sed 's/^[0-9]* //' | xargs -P "$jobs" -I '{}' sh "$root/tools/run-test.sh" --one '{}'

total=$(cat "$results"/*.sum 2>/dev/null | awk '
  NF == 3 && NR % 2 { passed += $1 ; failed += $2 ; skipped += $3 }
  END { print passed + 0 " passed, " failed + 0 " failed" (skipped ? ", " skipped " skipped" : "") }')
echo "$total"
case $total in
  '0 passed, 0 failed') exit 1 ;;
  *' 0 failed'*) exit 0 ;;
esac
exit 1
