#!/bin/sh
# ISC license.
# usage: check-model.sh [OPERATIONS [KILLS]]
# Checks the model of the keeper, src/tests/model/keeper.pml, with spin: the design holds
# for so many operations (4) and kills (3), and with any one of its rules broken it does not.

set -eu
LC_ALL=C
export LC_ALL
model=$(cd "$(dirname "$0")/.." && pwd)/src/tests/model/keeper.pml
operations=${1-4}
kills=${2-3}
for program in spin gcc
do
  command -v "$program" >/dev/null || { echo "check-model.sh: fatal: needs $program" >&2 ; exit 111 ; }
done
scratch=$(mktemp -d "${TMPDIR:-/tmp}/s6-activation-model.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# explore MUTANT: its errors, and its states; what spin says is in log
explore()
{
  spin -a "-DOPERATIONS=$operations" "-DKILLS=$kills" "-D$1" "$model" > log 2>&1 || return 1
  gcc -O1 -w -DSAFETY -o pan pan.c >> log 2>&1 || return 1
  ./pan -E -m1000000 >> log 2>&1 || return 1
  errors=$(sed -n 's/.*errors: \([0-9][0-9]*\).*/\1/p' log)
  states=$(sed -n 's/^ *\([0-9][0-9]*\) states, stored.*/\1/p' log)
  test -n "$errors" && test -n "$states" && ! grep -q 'max search depth too small' log
}

code=0
for mutant in NONE ACKFIRST DELETESTORE NOBATCH RESPAWNEARLY NOSNAP
do
  if ! explore "$mutant"
  then
    cat log >&2
    echo "check-model.sh: fatal: spin has not explored $mutant" >&2
    exit 111
  fi
  case $mutant.$errors in
    NONE.0) echo "the keeper holds in all $states states" ;;
    NONE.*) cat log ; echo 'the keeper does not hold' ; code=1 ;;
    *.0) echo "$mutant is not found in $states states" ; code=1 ;;
    *) echo "$mutant is found" ;;
  esac
done
exit "$code"
