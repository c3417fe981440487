# shellcheck shell=sh
# ISC license.
# For tests of s6-rollover, sourced after tap.sh: a program that can be well, slow or broken,
# what is known of its lives, and what begins and ends one process that has it rolled over.
# shellcheck disable=SC2119,SC2120,SC2154 # tests give arguments; status: run sets it

# prog: what the file mode says when it starts. Each life is a line of the file said.
cat > prog <<'END'
#!/bin/sh
me=$$
say() { echo "$me $*" >> said ; }
for signal in INT QUIT USR1 USR2 WINCH CONT HUP
do
  trap "say $signal" "$signal"
done
trap 'say TERM ; exit 0' TERM
mode=$(cat mode)
say began
case $mode in
  broken) exit 3 ;;
  crashing) kill -KILL $$ ;;
  mute) exec 5>&- ;;
  slow) until test -e go ; do sleep 0.02 ; done ;;
  deaf) trap 'say TERM' TERM ;;
esac
case $mode in
  slow|deaf|well) echo ready >&5 ; exec 5>&- ; say ready ;;
esac
until test -s "end.$me" ; do sleep 0.02 ; done
exit "$(cat "end.$me")"
END
chmod 755 prog

fresh() # MODE
{
  rm -f said go told end.*
  : > said
  echo "$1" > mode
}
lives() { sed -n 's/ began$//p' said ; }
life() { lives | sed -n "$1p" ; }
count() { lives | wc -l ; }
are() { test "$(count)" -eq "$1" ; }
says() { grep -qx "$(life "$1") $2" said ; } # N WHAT: the N-th life
gone() { test "$(count)" -ge "$1" && tap_gone "$(life "$1")" ; }
alive() { ! gone "$1" ; }
warns() { grep -Eq "s6-rollover: warning: $1" roll.err ; }
hup() { kill -s HUP "$(pid_of roll)" ; }
# begin MODE OPTIONS...: under s6-rollover, which says to the file told that it is ready
begin()
{
  fresh "$1"
  shift
  start roll env --default-signal=INT,QUIT s6-rollover -d 5 "$@" ./prog 5> told
}
ready_begin() # OPTIONS...: and the first one is ready
{
  begin well "$@"
  retry 20 says 1 ready
  retry 10 test -s told
}
both() # the first one is ready, the second one starts, until there is a file go
{
  ready_begin
  echo slow > mode
  hup
  retry 20 are 2
}
over() # NAME: TERM ends it well
{
  stop roll
  is "$1: it ends" "$status" 0
  for pid in $(lives) ; do tap_gone "$pid" || fail "$1: $pid is left" ; done
}
