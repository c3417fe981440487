#!/bin/sh
# ISC license.
# H12, the clients' part: equal limits, the largest, limits in the past, nanoseconds of a
# billion and more, in a store and in the environment of a dump.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules
start_holder other t -i rules

# TAI64N of a second now or away from it
tai()
{
  printf '@%016x%s' $((0x400000000000000a + $(date +%s) + $1)) "${2:-00000000}"
}

# setdump ID LIMIT...
setdump()
{
  set -- "$@"
  set_count=0
  set_list=
  while test $# -gt 1
  do
    set_list="$set_list S6_FD_$set_count=0 S6_FDID_$set_count=$1 ${2:+S6_FDLIMIT_$set_count=$2}"
    set_count=$((set_count + 1))
    shift 2
  done
  # shellcheck disable=SC2086 # words
  env "S6_FD#=$set_count" $set_list s6-fdholder-setdump s
}

ok 'the largest -T' s6-fdholder-store -T 4294967295 s largest
# a millisecond may be over before the daemon looks at it
small_limit() { s6-fdholder-store -T 1 s smallest 2> small.err || grep -q 'Invalid argument' small.err ; }
ok 'the smallest' small_limit
same=$(tai 1000)
ok 'equal limits' setdump same1 "$same" same2 "$same" same3 "$same"
ok 'the largest limits' setdump max1 @ffffffffffffffff3b9ac9ff max2 @7fffffffffffffff00000000 max3 @600000000000000000000000
ok 'nanoseconds of a billion and more' setdump nano1 "$(tai 1000 3b9aca00)" nano2 "$(tai 1000 ffffffff)" nano3 @ffffffffffffffffffffffff
ok 'limits in the past' setdump past1 "$(tai -1)" past2 @000000000000000000000000 past3 @400000000000000000000000
ok 'some of them in the past' setdump live1 "$(tai 1000)" past4 "$(tai -1000)" live2 ''
without_smallest() { ! s6-fdholder-list s | grep -q smallest ; }
retry 2 without_smallest
is 'what is held' "$(s6-fdholder-list s | sort | tr '\n' ' ')" 'largest live1 live2 max1 max2 max3 nano1 nano2 nano3 same1 same2 same3 '

ok 'all of it in a dump' s6-fdholder-getdump s dump-show before
is 'no limit is in the past' "$(grep -c ' past ' before)" 0
is 'live2 has none' "$(grep -c ' - live2$' before)" 1
ok 'transferred' s6-fdholder-transferdump s t
ok 'and dumped again' s6-fdholder-getdump t dump-show after
is 'is the same' "$(sort after)" "$(sort before)"
ok 'in a circle' s6-fdholder-transferdump t s
s6-fdholder-getdump s dump-show after
is 'is still the same' "$(sort after)" "$(sort before)"
done_testing
