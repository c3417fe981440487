#!/bin/sh
# ISC license.
# H13: dumps of 0, 1, 253, 254, 506, 507, of 2,000 with ids of 255 bytes, and of 15,000: set, got,
# transferred, restored; what arrives is what left, by device and inode.
# shellcheck disable=SC3045 # the shells of Linux have ulimit -H
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules

# round NAME COUNT IDLENGTH
round()
{
  start_holder "from$2" s -n 16000 -i rules
  start_holder "to$2" t -n 16000 -i rules
  ok "$1: set" dump-make "$2" "$3" -T 1000000 dump-show made s6-fdholder-setdump s
  is "$1: as many are held" "$(s6-fdholder-list s | wc -l)" "$2"
  ok "$1: got" s6-fdholder-getdump s dump-show got
  is "$1: is what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  ok "$1: transferred" s6-fdholder-transferdump s t
  stop "from$2"
  ok "$1: got from there" s6-fdholder-getdump t dump-show got
  is "$1: is what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  start_holder "restored$2" s -n 16000 -i rules
  ok "$1: restored" s6-fdholder-getdump t s6-fdholder-setdump s
  ok "$1: got again" s6-fdholder-getdump s dump-show got
  is "$1: is what was made" "$(sort got | cksum)" "$(sort made | cksum)"
  is "$1: as many as it says" "$(wc -l < made)" "$2"
  stop "to$2"
  stop "restored$2"
}

for count in 0 1 253 254 506 507
do
  round "$count" "$count" 20
done

hard=$(ulimit -H -n)
enough()
{
  test "$hard" = unlimited || test "$hard" -ge "$1"
}
if enough 5000
then
  round '2000 with ids of 255 bytes' 2000 255
else
  skip 2000 "at most $hard open files"
fi
if enough 16384
then
  round 15000 15000 12
else
  skip 15000 "at most $hard open files"
fi

start_holder full s -n 400 -i rules
dump-make 300 12 s6-fdholder-setdump s
exits 'a limit of open files that is too low: 1' 1 sh -c 'ulimit -n 200 ; s6-fdholder-getdump s true'
like 'and a word on it' "$(cat err)" 'Too many open files in system \(.*limit of open files'
exits 'the same for transferdump' 1 sh -c 'ulimit -n 200 ; s6-fdholder-transferdump s nowhere'
ok 'the soft limit is raised' sh -c 'ulimit -S -n 64 ; s6-fdholder-getdump s dump-show got'
is 'and all are there' "$(wc -l < got)" 300
ok 'a limit that just suffices' sh -c 'ulimit -n 320 ; s6-fdholder-getdump s true 7<&- 8<&- 9<&-'
done_testing
