#!/bin/sh
# ISC license.
# H14: s6-fdholder-setdump with missing or hostile variables: an error that names the variable,
# exit 100, and nothing stored. (Tables: unit-h14-environment; any bytes: fuzz-holder-environment.)
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

allow_all rules
start_holder holder s -i rules

# refused NAME ERE VAR=VALUE...
refused()
{
  refused_name=$1
  refused_like=$2
  shift 2
  exits "$refused_name: 100" 100 env "$@" s6-fdholder-setdump s
  like "$refused_name: a word on it" "$(cat err)" "^s6-fdholder-setdump: fatal: .*$refused_like"
}

refused 'nothing at all' 'S6_FD# not set: run s6-fdholder-setdump under s6-fdholder-getdump'
for value in '' x -1 1x ' 1' 4294967295 4294967296 18446744073709551615 99999999999999999999
do
  refused "a count of '$value'" 'S6_FD#' "S6_FD#=$value" S6_FD_0=0 S6_FDID_0=a
done
refused 'no descriptor' 'S6_FD_0 not set' 'S6_FD#=1' S6_FDID_0=a
refused 'no identifier' 'S6_FDID_0 not set' 'S6_FD#=1' S6_FD_0=0
for value in '' x -1 0x 2147483648 4294967296
do
  refused "a descriptor of '$value'" S6_FD_0 'S6_FD#=1' "S6_FD_0=$value" S6_FDID_0=a
done
refused 'a descriptor that is not open' 'S6_FD_0 names descriptor 99, which is not open' 'S6_FD#=1' S6_FD_0=99 S6_FDID_0=a
refused 'one of two that is not open' 'S6_FD_1 .* not open' 'S6_FD#=2' S6_FD_0=0 S6_FDID_0=a S6_FD_1=99 S6_FDID_1=b
refused 'an empty identifier' S6_FDID_0 'S6_FD#=1' S6_FD_0=0 S6_FDID_0=
for value in '' @ 1 @400000006b034e31165a081 @400000006b034e31165a0819x @400000006b034e31165a081g
do
  refused "a limit of '$value'" S6_FDLIMIT_0 'S6_FD#=1' S6_FD_0=0 S6_FDID_0=a "S6_FDLIMIT_0=$value"
done
is 'nothing was stored' "$(s6-fdholder-list s)" ''
exits 'a descriptor that is not open is found before anything is asked' 100 env 'S6_FD#=1' S6_FD_0=99 S6_FDID_0=a s6-fdholder-setdump nowhere
ok 'none at all' env 'S6_FD#=0' s6-fdholder-setdump s
ok 'one that is right' env 'S6_FD#=1' S6_FD_0=0 S6_FDID_0=a s6-fdholder-setdump s
is 'is stored' "$(s6-fdholder-list s)" a
not_ok 'one identifier twice' env 'S6_FD#=2' S6_FD_0=0 S6_FDID_0=b S6_FD_1=0 S6_FDID_1=b s6-fdholder-setdump s
is 'stores nothing' "$(s6-fdholder-list s)" a
done_testing
