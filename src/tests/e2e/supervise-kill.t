#!/bin/sh
# ISC license.
# s6-supervise is killed while its service is down, or up, and started again: the service is the
# same process, once, is supervised, and what is not known of its death is said so.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck disable=SC2154 # run is what kills.sh sets
# shellcheck disable=SC2329 # functions are called by the name of a state
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"
# shellcheck source=src/tests/support/kills.sh
. "$TESTS/support/kills.sh"

# down
down_begin() { has "$1" 9 ; }
down_check() { has "$1" 9 && test "$(copies "$1")" -eq 0 ; }
down_end() { return 0 ; }
mkdir down
: > down/down
make down
rounds down down ''

# up; the events are s, and nothing else
was_told_up() { case $(cat "$WORK/$1.heard") in *u) ;; *) return 1 ;; esac ; }
up_begin() { letters "$1" u ; retry 5 has "$1" 4 && retry 5 one_copy "$1" && run=$(run_of "$1") && retry 5 was_told_up "$1" && : > "$WORK/$1.heard" ; }
up_check() { same "$1" "$wstat" 4 && retry 5 hears "$1" s ; }
up_end() { ended_unknown "$1" && wstat=65280 && retry 5 hears "$1" sdD ; }
wstat=0
make up
rounds up up

# up, and ready
up_is() { has "$1" "$2" && test "$(run_of "$1")" -gt 0 ; }
ready_begin() { letters "$1" u ; retry 5 up_is "$1" 12 && run=$(run_of "$1") ; }
ready_check() { same "$1" "$wstat" 12 ; }
ready_end() { ended_unknown "$1" && wstat=65280 ; }
wstat=0
mkdir ready
echo 3 > ready/notification-fd
make ready 'echo >&3'
rounds ready ready

# up, and paused
paused_begin() { letters "$1" u && retry 5 has "$1" 4 && retry 5 one_copy "$1" && letters "$1" p && retry 5 has "$1" 5 && run=$(run_of "$1") ; }
paused_check() { same "$1" "$wstat" 5 && letters "$1" c && retry 5 same "$1" "$wstat" 4 ; }
paused_end() { ended_unknown "$1" && wstat=65280 ; }
wstat=0
make paused
rounds paused paused

done_testing
