#!/bin/sh
# ISC license.
# s6-svscan: options, what it makes in its directory, which entries it takes, and what it says of
# those that it does not.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/scandir.sh
. "$TESTS/support/scandir.sh"
with_fakes

# usage

mkdir empty
for options in '' '-C x empty' '-c -1 empty' '-L x empty' '-t x empty' '-t empty' '-Z empty' '-d 2 empty' '-d 9 empty' \
  '-d x empty' '-X 0 empty' '-X 77 empty' '--services-max empty' '--nothing empty' '--timeout=x empty' '--console-holder=1 empty'
do
  # shellcheck disable=SC2086 # words
  exits "s6-svscan $options: 100" 100 s6-svscan $options
done
exits '-d and -X: not the same' 100 sh -c 'exec s6-svscan -d 3 -X 3 empty 3>/dev/null'
ok 'none of them has made anything' test ! -e empty/.s6-svscan
exits 'no such directory: 111' 111 s6-svscan none
like 'which is said' "$(cat err)" 'unable to chdir to none: No such file'
: > file
exits 'a file is none: 111' 111 s6-svscan file
mkdir notours
mkdir notours/.s6-svscan
: > notours/.s6-svscan/control
exits 'a control that is no fifo: 111' 111 s6-svscan notours
like 'which is said' "$(cat err)" 'open notours/.s6-svscan/control: Invalid argument'
for options in '' '-x empty' '--scan empty' '-a' "-$(printf '%065d' 0 | tr 0 a) empty" '-a empty'
do
  # shellcheck disable=SC2086 # words
  exits "s6-svscanctl $options: 100" 100 s6-svscanctl $options
done
exits 's6-svscanctl, a control that is no fifo: 111' 111 s6-svscanctl -z notours
exits 's6-svscanctl, no such directory: 111' 111 s6-svscanctl -a none

# the start

umask 077
scan s empty
umask 022
is 'modes' "$(cd empty && stat -c '%a %F %n' .s6-svscan .s6-svscan/lock .s6-svscan/control)" '700 directory .s6-svscan
600 regular empty file .s6-svscan/lock
600 fifo .s6-svscan/control'
exits 'a second one: 100' 100 s6-svscan empty
like 'which says why' "$(cat err)" 'another instance of s6-svscan is running on empty'
exits 's6-svscanctl without an order, and somebody listens: 0' 0 s6-svscanctl empty
exits 'an order' 0 s6-svscanctl -a empty
exits '64 orders' 0 s6-svscanctl "-$(printf '%064d' 0 | tr 0 z)" empty
unlike 'the lock is an open file'"'"'s' "$(cat /proc/locks)" "POSIX .* $(pid_of s) .*:$(stat -c %i empty/.s6-svscan/lock) "
stop s
is 'its end: 0' "$status" 0
exits 'then nobody listens' 100 s6-svscanctl -a empty

for options in '-C 10 -L 20 -t 5000' '-c 10' '-C 1 -L 1' '-C 4000000000 -L 2000' '-C 10 -C 20' '--services-max=10 --name-max=20 --timeout=0'
do
  # shellcheck disable=SC2086 # words
  if scan s empty $options ; then pass "$options" ; else fail "$options" ; fi
  stop s
done
start s sh -c 'exec 3>&1 ; exec s6-svscan --notification-fd=3 empty extra'
ok '--notification-fd; more arguments than it needs' ready s
is 'a newline' "$(od -An -c s.out | tr -d ' ')" '\n'
ok 'and then it is closed' sh -c 'test ! -e "/proc/$1/fd/3" || test "$(readlink "/proc/$1/fd/3")" != "$2"' sh "$(pid_of s)" "$WORK/s.out"
stop s

start s sh -c 'exec 3>&1 ; exec s6-svscan -d 3 empty <&- >&- 2>&-'
ready s
is '0, 1 and 2 were closed: nothing of its own has their numbers' "$(for n in 0 1 2 ; do readlink "/proc/$(pid_of s)/fd/$n" ; done | sort -u)" /dev/null
stop s

# paths

part=$(printf '%0200d' 0)
long=$WORK/long
while test "${#long}" -lt 3800 ; do long=$long/$part ; done
mkdir long
cd long || exit 1
while test "${#PWD}" -lt "${#long}" ; do mkdir "$part" && cd "$part" || exit 1 ; done
mkdir here
for path in . ./ here/ "$long"
do
  if scan s "$path" ; then pass "as $path" ; else fail "as $path" ; fi
  exits 's6-svscanctl, too' 0 s6-svscanctl -z "$path"
  exits 'it knows itself' 100 s6-svscan "$path"
  stop s
done
cd "$WORK" || exit 1
for path in '' "$long$long"
do
  exits "${#path} bytes: 111" 111 s6-svscan "$path"
  exits 's6-svscanctl, too' 111 s6-svscanctl -z "$path"
done

# entries

mkdir d
mkdir d/plain d/.hidden d/logged d/logged/log d/filelog real target
: > d/file
: > d/filelog/log
mkfifo d/fifo
ln -s ../target d/link
ln -s nowhere d/dangling
ln -s looping d/looping
ln -s ../real d/real
ln -s ../real d/real-too
ln -s / d/root
mkdir "d/$(printf 'new\nline')" 'd/"quoted"' "d/$(printf '%0252d' 0)" "d/$(printf '%0251d' 1)"
ln -s nothing "d/$(printf 'bad\n"\\x')"
scan s d
ok 'each directory has a supervisor, and each link to one' retry 10 count s 10
for name in plain logged logged/log link filelog root '"quoted"' "$(printf '%0251d' 1)"
do
  isnt "one for $name" "$(retry 5 tells "start $name" && supervisor s "$name")" ''
done
is 'one for a directory with two names' "$(grep -c '^start real' told)" 1
ok 'one for a name with a newline' grep -q -x line told
is 'none for hidden ones, files and fifos' "$(grep -c -e hidden -e file$ -e fifo told)" 0
is 'each bad entry is named, in a line' "$(sort s.err)" "$(sort <<END
s6-svscan: warning: passing over "bad\\x0a\\"\\\\x": a link that leads nowhere
s6-svscan: warning: passing over "dangling": a link that leads nowhere
s6-svscan: warning: passing over "looping": Too many levels of symbolic links
s6-svscan: warning: passing over "$(printf '%0252d' 0)": File name too long
END
)"
cp s.err before
order a d
: > target/x
mkdir d/later
order a d
ok 'a directory that is new' retry 10 count s 11
ok 'what was said is not said again' cmp s.err before
rm d/dangling
mkdir d/seen
order a d
retry 5 count s 12
ln -s nowhere d/dangling
order a d
ok 'but when it is so anew' retry 5 sh -c 'test "$(grep -c dangling s.err)" -eq 2'
ok 'the link is left alone' test -h d/dangling
stop s
is 'its end' "$status" 0

# too many, and too many of them

mkdir many
(cd many && seq 5000 | xargs mkdir)
: > told
scan s many -C 4
ok '5,000 entries with -C 4' retry 20 grep -q 'passing over' s.err
retry 10 count s 4
like 'one line' "$(cat s.err)" '^s6-svscan: warning: passing over "[0-9]+" and 4995 more: no more than 4 services and loggers: raise -C$'
is 'and no other' "$(wc -l < s.err)" 1
ok 'four are served' retry 5 sh -c 'test "$(grep -c start told)" -eq 4'
stop s

: > told
mkdir small small/abcdefghijk small/abcdefghijkl
scan s small -L 11
ok '-L' retry 5 grep -q 'passing over "abcdefghijkl": File name too long' s.err
retry 5 count s 1
isnt 'one that is just short enough' "$(supervisor s abcdefghijk)" ''
stop s

# -t

: > told
mkdir timed
scan s timed -t 100
mkdir timed/late
ok '-t: it looks by itself' retry 5 tells 'start late'
stop s
done_testing
