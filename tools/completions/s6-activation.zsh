# ISC license.
# Completions for the programs of s6-activation: see tools/gen-completions.sh.

# What the holder has, whose socket is the nearest before the cursor, or after it
(( $+functions[_s6_activation_ids] )) ||
_s6_activation_ids()
{
  local word socket
  local -a ids
  for word in ${(Oa)words[1,CURRENT-1]} $words[CURRENT+1,-1]
  do
    word=${(Q)word}
    word=${word/#\~\//$HOME/}
    if [[ -S $word ]] ; then socket=$word ; break ; fi
  done
  if [[ -z $socket ]] ; then _message id ; return 1 ; fi
  ids=(${(f)"$(s6-fdholder-list -t 3000 $socket 2>/dev/null </dev/null)"})
  # a backslash is that of s6-fdholder-list, for what does not print
  ids=(${ids:#*\\*})
  compadd -a ids
}

# Alone, these ask for the usage; the second one where it is no option of the program's own
local -a usage
(( CURRENT == 2 && $#words == 2 )) && usage=('(- *)--help[print the usage]' '(- *)-h[print the usage]')

