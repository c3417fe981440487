#!/bin/sh
# ISC license.
# What bash offers on our command lines, from the files that are installed: by the functions that
# COMP_WORDS is set for.
# timeout: 200
# shellcheck disable=SC2016,SC2086 # other shells expand what they are given; programs are words
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/completing.sh
. "$TESTS/support/completing.sh"

cat > bash.driver <<'END'
# usage: bash bash.driver COMPLETIONS LINE: what is offered at its end, or at ^ in it
if test -n "$BASH_COMPLETION_SCRIPT" ; then . "$BASH_COMPLETION_SCRIPT" ; fi
. "$1" || exit
# sets COMP_WORDS to LINE as readline cuts it: at spaces that are not quoted, and around colons
cut_words()
{
  mapfile -t COMP_WORDS < <(printf '%s' "$1" | sed -E 's/\\ /\x01/g; s/ +/\n/g; s/(:)/\n\1\n/g; s/\x01/\\ /g')
  if [[ $1 == *[\ :] ]] ; then COMP_WORDS+=("") ; fi
}
cut_words "${2%^*}"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_LINE=${2/^/}
before=${2%^*}
COMP_POINT=${#before}
cut_words "$COMP_LINE"
_s6_activation "${COMP_WORDS[0]##*/}" "${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\n' "${COMPREPLY[@]}" | sort
END
BASH_COMPLETION_SCRIPT=
export BASH_COMPLETION_SCRIPT

# in_bash LINE: what is offered at its end, one a line
in_bash()
{
  bash --norc --noprofile bash.driver made/bash/s6-activation "$@" 2>&1
}

# bash_points WHERE: what holds with and without the package bash-completion
bash_points()
{
  is "$1: ids of a holder, past an option and its argument" "$(in_bash 's6-fdholder-retrieve -t 100 sock ')" "$(words "it\\'s\\ \\\$\\(touch\\ bad\\)" tcp:80 tcp:81)"
  is "$1: of one whose path has a space" "$(in_bash 's6-fdholder-delete the\ socket t')" "$(words tcp:80 tcp:81)"
  is "$1: what is behind the colon" "$(in_bash 's6-fdholder-retrieve sock tcp:8')" "$(words 80 81)"
  is "$1: also when nothing is" "$(in_bash 's6-fdholder-retrieve sock tcp:')" "$(words 80 81)"
  is "$1: an option's, of the holder that comes later" "$(in_bash 's6-fdholder-listenfds -w -i tcp:8^ sock cat')" "$(words 80 81)"
  is "$1: no holder, no id" "$(in_bash 's6-fdholder-retrieve nowhere ')" ''
  is "$1: a program to chain to" "$(in_bash 's6-fdholder-retrieve sock tcp:80 s6-ipcserverd -1 s6-fdholder-li')" "$(words s6-fdholder-list s6-fdholder-listenfds)"
  is "$1: its options" "$(in_bash 's6-setsid -d 3 s6-svlink -')" "$(options s6-svlink)"
  is "$1: what follows in a chain, ours" "$(in_bash 's6-setsid s6-fdholder-retrieve -D sock tcp:80 s6-svok se')" services
  is "$1: and others" "$(in_bash 's6-setsid cat made/bas')" made/bash
}

if command -v bash >/dev/null
then
  for name in $programs ; do echo "$name" "$(options "$name")" ; done > want
  bash -c '. made/bash/s6-activation ; for name ; do
    COMP_WORDS=("$name" -) COMP_CWORD=1
    _s6_activation
    echo "$name" "$(printf "%s\n" "${COMPREPLY[@]}" | sort)"
  done' bash $programs > got 2>&1
  least 'bash: there are options' "$(grep -c ^- want)" 200
  is 'bash: options of all programs' "$(diff want got)" ''
  is 'bash: long options' "$(in_bash 's6-svscan --')" "$(words --help "$long_svscan" | sort)"
  is 'bash: others' "$(in_bash 's6-setsid s6-tcpserver-socketbinder -m --')" "$long_binder"
  is 'bash: --help, in a chain too' "$(in_bash 's6-setsid s6-svok --')" --help
  is 'bash: neither this nor -h behind an option' "$(in_bash 's6-setsid -d 3 --' ; in_bash 's6-fdholder-delete -t 5 -')" "$(words '' -t)"
  is 'bash: nor before a word' "$(in_bash 's6-setsid -^ cat')" "$(options s6-setsid | grep -v h)"
  is 'bash: one of them' "$(in_bash 's6-svscan --na')" --name-max=
  is 'bash: no word behind one is its argument' "$(in_bash 's6-svscan --services-max=d --timeout=t ser')" services
  is 'bash: none behind --' "$(in_bash 's6-svok -- -')" ''
  is 'bash: letters together, and an argument' "$(in_bash 's6-svc -abw U')" U
  is 'bash: files' "$(in_bash 's6-fdholder-list so')" sock
  is 'bash: directories' "$(in_bash 's6-svok s')" services
  is 'bash: many' "$(in_bash 's6-svc -u x y s')" services
  is 'bash: no more operands than there are' "$(in_bash 's6-svok x s')" ''
  is 'bash: nothing for a number' "$(in_bash 's6-fdholder-list -t s')" ''
  is 'bash: signals' "$(in_bash 's6-svc -s SIGTER')" SIGTERM
  is 'bash: users' "$(in_bash 's6-setuidgid roo')" root
  bash_points bash
  # gone ID: whether the holder has it no more
  gone()
  {
    ! s6-fdholder-list sock | grep -qxF "$1"
  }
  # typing LINE ID: a tab is typed behind it; what is offered is executed, and deletes ID
  typing()
  {
    printf 's6-fdholder-delete sock %s\t\n' "$1"
    retry 10 gone "$2"
  }
  if command -v script >/dev/null
  then
    second="d'q\" \$(touch bad) \`touch bad\` c"
    third="e'\$(touch bad) d"
    for id in "$second" "$third" user@host ; do s6-fdholder-store -d 0 sock "$id" < /dev/null ; done
    is 'bash: there are odd identifiers' "$(s6-fdholder-list sock | wc -l)" 6
    # the first tab is typed when there is a prompt
    {
      retry 20 grep -q PROMPT log.script
      typing it "$odd"
      typing "\"d'" "$second"
      typing "'e" "$third"
      typing user@ user@host
      # an interrupt, for a quote that is still open
      printf '\003exit\n'
    } | env PS1=PROMPT script -qfc 'bash --rcfile made/bash/s6-activation --noprofile -i' log.script >/dev/null 2>&1
    is 'bash: typed, and given to the program as they are, behind open quotes too' "$(s6-fdholder-list sock | sort)" "$(words tcp:80 tcp:81)"
    is 'bash: and nothing of them is executed' "$(find . -name bad)" ''
    rm -f bad
    ok 'which goes back' s6-fdholder-store sock "$odd"
  else
    skip 'bash: typed' 'no script(1)'
  fi
  registered=$(bash -c '. made/bash/s6-activation ; complete -p' | sed 's/.* //' | sort)
  is 'bash: each program has one' "$registered" "$(words $programs | sort)"
  if test -f /usr/share/bash-completion/bash_completion
  then
    BASH_COMPLETION_SCRIPT=/usr/share/bash-completion/bash_completion
    bash_points 'with bash-completion'
    is 'with bash-completion: options of others' "$(in_bash 's6-setsid ls --revers')" --reverse
  else
    skip 'bash with bash-completion' 'it is not installed'
  fi
else
  skip 'bash' 'it is not installed'
fi

done_completing
