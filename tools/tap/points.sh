# shellcheck shell=sh
# ISC license.
# Points: sourced by tap.sh, which says what each function does.
# shellcheck disable=SC2154 # status: run sets it

tap_count=0
tap_planned=
tap_failed=0

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
