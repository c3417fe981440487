#!/bin/sh
# ISC license.
# What zsh offers on our command lines, from the files that are installed. It has a terminal of
# its own in zpty, where what is added to the matches is written down.
# timeout: 200
# shellcheck disable=SC2016,SC2086 # other shells expand what they are given; programs are words
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/completing.sh
. "$TESTS/support/completing.sh"

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

done_completing
