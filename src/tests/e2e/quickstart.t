#!/bin/sh
# ISC license.
# tools/quickstart: its recipe runs with the programs on PATH, ends with one line that says
# what was shown, and leaves nothing; what is missing is named.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

quickstart=$SRC/tools/quickstart
mkdir tmp no-packages
TMPDIR=$WORK/tmp
export TMPDIR

left() # whether a process is still in the temporary directory
{
  for link in /proc/[0-9]*/cwd
  do
    case $(readlink "$link") in
      "$TMPDIR"*) return 0 ;;
    esac
  done
  return 1
}

is 'each of its programs is one of ours' \
  "$(grep -o 's6-[a-z0-9-]*' "$quickstart" | sort -u | grep -vxF "$(cat "$SRC/package/targets.mak")")" ''
exits 'the recipe runs' 0 sh "$quickstart" -r
like 'the last line says what was shown' "$(tail -n 1 out)" '^Shown: under s6-svscan, a socket '
like 'commands are printed' "$(cat out)" '^\$ s6-svlink -t 10000 service myserverd'
is 'three clients were answered by three servers' \
  "$(grep -o 'from server [0-9][0-9]*' out | sort -u | wc -l)" 3
is 'nothing is on stderr' "$(cat err)" ''
is 'no file is left' "$(ls -A tmp)" ''
not_ok 'no process is left' left

start interrupted sh "$quickstart" -r
retry 10 grep -q connected interrupted.out
stop interrupted
is 'when it is told to end, it ends' "$status" 143
is 'no file is left then' "$(ls -A tmp)" ''
not_ok 'no process is left then' left

exits 'an option that is not known' 100 sh "$quickstart" -x
exits 'an argument that is not known' 100 sh "$quickstart" -r x
like 'the usage line' "$(cat err)" '^quickstart: usage: quickstart \[-r\]$'

cat > no-packages/dpkg-query <<'E'
#!/bin/sh
case $* in
  *libexecline-dev*|*skalibs-dev*) exit 1 ;;
esac
echo 'install ok installed'
E
cat > no-packages/id <<'E'
#!/bin/sh
echo 1000
E
chmod 755 no-packages/*
exits 'packages are missing, and it is not root' 1 env PATH="$WORK/no-packages:$PATH" sh "$quickstart"
is 'one line names them, and the command' "$(cat out err)" \
  'quickstart: fatal: these packages are missing; as root: apt-get install skalibs-dev libexecline-dev'

done_testing
