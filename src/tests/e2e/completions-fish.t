#!/bin/sh
# ISC license.
# What fish offers on our command lines, from the files that are installed: it completes a line
# that it is given.
# timeout: 200
# shellcheck disable=SC2016,SC2086 # other shells expand what they are given; programs are words
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/completing.sh
. "$TESTS/support/completing.sh"

# in_fish LINE: what is offered at its end, one a line, without what it says of each
in_fish()
{
  fish --no-config -c 'set fish_complete_path made/fish $fish_complete_path ; complete -C $argv[1]' "$1" 2>&1 | sed 's/\t.*//' | sort
}

if command -v fish >/dev/null
then
  is 'fish: each program has one' "$(ls made/fish)" "$(words $programs s6-activation | sed 's/$/.fish/' | sort)"
  for name in s6-svc s6-svstat s6-multibind s6-socklog ; do is "fish: options of $name" "$(in_fish "$name -")" "$(words --help "$(options $name)" | sort)" ; done
  like 'fish: and what they do' "$(fish --no-config -c 'set fish_complete_path made/fish ; complete -C "s6-svc -"')" '^-k	SIGKILL$'
  is 'fish: long options' "$(in_fish 's6-svscan --')" "$(words --help "$long_svscan" | sort)"
  is 'fish: neither --help nor -h behind an option' "$(in_fish 's6-fdholder-list -t 5 -')" "$(words -l -o -t)"
  is 'fish: none of these where no option begins' "$(in_fish 's6-svscan ')" "$(in_fish 's6-svok ')"
  is 'fish: others' "$(in_fish 's6-setsid s6-tcpserver-socketbinder -m --')" "$long_binder"
  is 'fish: no word behind one is its argument' "$(in_fish 's6-svscan --services-max=d --timeout=t ser')" services/
  is 'fish: an argument' "$(in_fish 's6-svc -w ')" "$(words D R U d r u)"
  is 'fish: ids of a holder, past an option and its argument' "$(in_fish 's6-fdholder-retrieve -t 100 sock tcp')" "$(words tcp:80 tcp:81)"
  is 'fish: of one whose path has a space' "$(in_fish 's6-fdholder-delete the\ socket t')" "$(words tcp:80 tcp:81)"
  is 'fish: files' "$(in_fish 's6-fdholder-list so')" sock
  is 'fish: directories' "$(in_fish 's6-svc -u x serv')" services/
  is 'fish: no more operands than there are' "$(in_fish 's6-svok x serv')" ''
  is 'fish: a program to chain to' "$(in_fish 's6-fdholder-retrieve sock tcp:80 s6-ipcserverd -1 s6-fdholder-li')" "$(words s6-fdholder-list s6-fdholder-listenfds)"
  is 'fish: its options' "$(in_fish 's6-setsid -d 3 s6-svlink -')" "$(words --help "$(options s6-svlink)" | sort)"
  is 'fish: what follows in a chain' "$(in_fish 's6-setsid s6-fdholder-retrieve -D sock tcp:80 s6-svok serv')" services/
else
  skip 'fish' 'it is not installed'
fi

done_completing
