# shellcheck shell=sh
# ISC license.
# For tests of s6-fdholder-notifyd, sourced after tap.sh: a holder s that has tcp:80, files to
# store, and what runs a program with both.
# shellcheck disable=SC2086 # options are words

lines() { cat "$@" | tr '\n' ' ' ; }
held() { s6-fdholder-list s | sort | tr '\n' ' ' ; }
holds() { test "$(held)" = "$1" ; }
complains() { grep -q "$1" "$2" ; }

# notifyd OPTIONS... -- SCRIPT: with 5 open for reading a file, 7 for readiness
notifyd()
{
  options=
  while test "$1" != -- ; do options="$options $1" ; shift ; done
  run s6-fdholder-notifyd -p p/ $options s n sh -c "$2" 5< five.f 6< six.f 7> ready
}

# stored MESSAGE [OPTIONS of notify-send...]: text of a script that sends it and waits for the holder
stored()
{
  message=$1
  shift
  printf 'printf "%s" | notify-send %s -b 20000 || echo LATE\n' "$message" "$*"
}

echo five > five.f
echo six > six.f
allow_all rules
start_holder holder s -i rules
ready holder
s6-fdholder-store s tcp:80 < six.f 2>/dev/null
