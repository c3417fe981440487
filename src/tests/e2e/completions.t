#!/bin/sh
# ISC license.
# What bash, zsh and fish offer on our command lines, from the files that are installed.
# timeout: 400
# shellcheck disable=SC2016,SC2086 # other shells expand what they are given; programs are words
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

need mandoc
test -z "$SANITIZED$DAEMON_WRAPPER" || skip_all 'it is of shells: the usual build is enough'
programs=$(grep '^[a-z]' "$SRC/package/targets.mak")
HOME=$WORK
unset -v XDG_CONFIG_HOME XDG_DATA_HOME XDG_DATA_DIRS
export HOME
ok 'completions are made from the pages' sh "$SRC/tools/gen-completions.sh" "$WORK/made" $programs
is 'without a word' "$(cat out err)" ''
not_ok 'not for a program without a page' sh "$SRC/tools/gen-completions.sh" "$WORK/none" s6-no-such-page
allow_all rules
start_holder holder 'the socket' -i rules
ok 'an id with a colon is stored' s6-fdholder-store 'the socket' tcp:80
ok 'another' s6-fdholder-store 'the socket' tcp:81
odd="it's \$(touch bad)"
ok 'and one that shells could mistake' s6-fdholder-store 'the socket' "$odd"
ln -s 'the socket' sock
mkdir services

# options PROGRAM: all that its synopsis has, and -h, one a line, found in another way than the
# tool does: by rendering the page
options()
{
  {
    echo ' -h'
    mandoc -Tascii "$SRC/doc/$1.8" | sed 's/.\x08//g' | sed -n '/^SYNOPSIS/,/^DESC/p'
  } | grep -oE '(^|[^a-z0-9-])-[0-9a-zA-Z]+' |
    sed 's/^.*-//' | grep -o . | sed 's/^/-/' | sort -u
}

# bash: the lines are completed by the functions that COMP_WORDS is set for

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

# words WORD...: one a line
words()
{
  printf '%s\n' "$@"
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

long_svscan=$(words --console-holder= --name-max= --notification-fd= --services-max= --timeout=)
long_binder=$(words --backlog= --block --no-reuse-address --tcp --udp)
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
# fish completes a line that it is given

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

# zsh has a terminal of its own in zpty, where what is added to the matches is written down

cat > zsh.driver <<'END'
# usage: zsh -f zsh.driver COMPLETIONS LINE: what is offered at its end, or at ^ in it
zmodload zsh/zpty
cat > zsh.rc <<'RC'
PS1=
PROMPT=
fpath=($COMPLETIONS $fpath)
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' use-compctl false
compadd()
{
  builtin compadd "$@"
  local code=$?
  # -O, -A and -D only look what would be added
  if [[ ${@[(r)-[OAD]*]} ]] ; then return $code ; fi
  local -a hits
  builtin compadd -O hits "$@"
  print -rl -- $hits >> offered
  return $code
}
finish()
{
  : > finished
}
zle -N finish
bindkey '^I' list-choices
bindkey '^X' finish
: > prompt
RC
rm -f offered finished prompt
COMPLETIONS=$1 zpty shell env COMPLETIONS=$1 zsh -f -i
zpty -w shell 'source ./zsh.rc'
integer k
# reads: what nobody reads would stop the shell
for (( k = 0 ; k < 2000 ; k++ ))
do
  [[ -e prompt ]] && break
  zpty -rt shell >/dev/null
  sleep 0.01
done
after=
[[ $2 != *^* ]] || after=${2#*^}
zpty -wn shell "${2/^/}${(pl:$#after::\x02:)}"$'\t\x18'
for (( k = 0 ; k < 2000 ; k++ ))
do
  [[ -e finished ]] && break
  zpty -rt shell >/dev/null
  sleep 0.01
done
zpty -d shell
[[ -e finished ]] || print 'it did not end'
[[ ! -e offered ]] || grep . offered | sort -u
END

in_zsh()
{
  zsh -f zsh.driver made/zsh "$1" 2>&1
}

if command -v zsh >/dev/null && zsh -f -c 'zmodload zsh/zpty' 2>/dev/null
then
  is 'zsh: each program has one' "$(sed -n '1s/^#compdef //p' made/zsh/_s6-activation | tr ' ' '\n')" "$programs"
  for name in s6-svstat s6-svc s6-socklog ; do is "zsh: options of $name" "$(in_zsh "$name -")" "$(words --help "$(options $name)" | sort)" ; done
  like 'zsh: what may be repeated is' "$(in_zsh 's6-multibind -e -b x -')" '^-b$'
  unlike 'zsh: and the rest is not' "$(in_zsh 's6-multibind -e -b x -')" '^-e$'
  # which has the = as a suffix
  is 'zsh: long options' "$(in_zsh 's6-svscan --')" "$(words --help "$long_svscan" | sed 's/=$//' | sort)"
  is 'zsh: neither --help nor -h behind an option' "$(in_zsh 's6-fdholder-list -t 5 -')" "$(words -l -o)"
  is 'zsh: others' "$(in_zsh 's6-setsid s6-tcpserver-socketbinder -m --')" "$(words "$long_binder" | sed 's/=$//')"
  is 'zsh: five of them with an argument in the same word' "$(sed -n '/ s6-svscan)/,/;;/p' made/zsh/_s6-activation | grep -c "^ *'--[a-z-]*=-")" 5
  is 'zsh: no word behind one is its argument' "$(in_zsh 's6-svscan --services-max=d --timeout=t ser')" services
  is 'zsh: an argument' "$(in_zsh 's6-svc -w ')" "$(words D R U d r u)"
  is 'zsh: ids of a holder, past an option and its argument' "$(in_zsh 's6-fdholder-retrieve -t 100 sock tcp')" "$(words tcp:80 tcp:81)"
  is 'zsh: of one whose path has a space' "$(in_zsh 's6-fdholder-delete the\ socket t')" "$(words tcp:80 tcp:81)"
  is 'zsh: of the holder that comes later' "$(in_zsh 's6-fdholder-listenfds -w -i tcp:8^ sock cat')" "$(words tcp:80 tcp:81)"
  like 'zsh: what an option does' "$(sed -n '/ s6-svc)/,/;;/p' made/zsh/_s6-activation)" "^ *'-k\[SIGKILL\]'"
  is 'zsh: files' "$(in_zsh 's6-fdholder-list so')" sock
  is 'zsh: directories' "$(in_zsh 's6-svc -u x serv')" services
  is 'zsh: a program to chain to' "$(in_zsh 's6-fdholder-retrieve sock tcp:80 s6-ipcserverd -1 s6-fdholder-li')" "$(words s6-fdholder-list s6-fdholder-listenfds)"
  is 'zsh: its options' "$(in_zsh 's6-setsid -d 3 s6-svlink -')" "$(words --help "$(options s6-svlink)" | sort)"
  is 'zsh: what follows in a chain' "$(in_zsh 's6-setsid s6-fdholder-retrieve -D sock tcp:80 s6-svok serv')" services
else
  skip 'zsh' 'it is not installed'
fi

is 'no id was executed' "$(find . -name bad)" ''
done_testing
