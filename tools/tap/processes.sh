# shellcheck shell=sh
# ISC license.
# Running, waiting, ending processes: sourced by tap.sh, which says what each function does.
# shellcheck disable=SC2034 # status: points and tests look at it

status=0

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

run()
{
  status=0
  "$@" > out 2> err || status=$?
}

# Whoever waits costs others their time: the clock is read without a process for it, and who
# has waited for a second looks less often.
retry()
{
  read -r tap_uptime _ < /proc/uptime
  tap_until=$((${tap_uptime%.*} + $1 * ${PATIENCE:-1} + 1))
  tap_tries=0
  shift
  while :
  do
    if "$@" >/dev/null 2>&1 ; then return 0 ; fi
    read -r tap_uptime _ < /proc/uptime
    test "${tap_uptime%.*}" -lt "$tap_until" || return 1
    tap_tries=$((tap_tries + 1))
    if test "$tap_tries" -lt 40 ; then sleep 0.02 ; else sleep 0.05 ; fi
  done
}

# tap_clock: hundredths of a second since the machine started
tap_clock()
{
  read -r tap_uptime _ < /proc/uptime
  echo "${tap_uptime%.*}${tap_uptime#*.}"
}

# The time has a name of its own: it may be what is retried. The last look is when it is over,
# however busy the machine is.
remains()
{
  tap_remains=$(($(tap_clock) + $(awk -v seconds="$1" 'BEGIN { print int(seconds * 100) }')))
  tap_over=false
  shift
  while :
  do
    "$@" >/dev/null 2>&1 || return 1
    if "$tap_over" ; then return 0 ; fi
    if test "$(tap_clock)" -ge "$tap_remains" ; then tap_over=true ; else sleep 0.02 ; fi
  done
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
  command kill "$@" || return
  case " $* " in
    *' STOP '*|*' -STOP '*) ;;
    *) return 0 ;;
  esac
  # a signal is sent before it is there: until then, who is to be stopped goes on
  for tap_word
  do
    case $tap_word in
      *[!0-9]*) ;;
      *) ( retry 5 tap_stopped "$tap_word" ) ;;
    esac
  done
  return 0
}

tap_stopped()
{
  case $(sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null) in
    ''|[TtZX]*) return 0 ;;
  esac
  return 1
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
