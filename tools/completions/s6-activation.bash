# shellcheck shell=bash
# ISC license.
# Completions for the programs of s6-activation: see tools/gen-completions.sh.
# They need bash 4.3, and serve with and without the package bash-completion.

declare -gA _s6_activation_options=() _s6_activation_longs=() _s6_activation_operands=()

# Sets `words` and `cword` from COMP_WORDS, where bash has cut words at : = and @, `starts`
# (which of COMP_WORDS each began with), and `cut`: what readline does not replace of the
# word at the cursor.
_s6_activation_split()
{
  local line=${COMP_LINE-} k word before joined
  words=() starts=() cut=''
  for ((k = 0 ; k < ${#COMP_WORDS[@]} ; k++))
  do
    word=${COMP_WORDS[k]}
    before=$line
    line=${line#"${line%%[![:space:]]*}"}
    joined=''
    if [[ $k -gt 0 && ${COMP_LINE-} && $line == "$before" ]] && [[ $word =~ ^[:=@]+$ || ${COMP_WORDS[k-1]} =~ ^[:=@]+$ ]]
    then
      joined=${words[-1]}
      words[-1]+=$word
    else
      words+=("$word")
      starts+=("$k")
    fi
    line=${line#"$word"}
    if ((k == COMP_CWORD))
    then
      cword=$((${#words[@]} - 1))
      cut=$joined
      if [[ $joined && $word =~ ^[:=@]+$ ]] ; then cut+=$word ; fi
      # of an @ readline thinks that the name of a host begins with it
      cut=${cut%@}
    fi
  done
}

# Sets `plain` to WORD without quotes, `quote` to the one that is open at its end, and
# `outside` to what is before that
_s6_activation_plain()
{
  local k char
  plain='' quote='' outside=''
  for ((k = 0 ; k < ${#1} ; k++))
  do
    char=${1:k:1}
    if [[ $quote && $char == "$quote" ]] ; then quote=''
    elif [[ ! $quote && $char == [\"\'] ]] ; then quote=$char outside=$plain
    elif [[ $char == \\ && $quote != \' ]] ; then k=$((k + 1)) plain+=${1:k:1}
    else plain+=$char ; fi
  done
  # shellcheck disable=SC2088 # it is looked for, not expanded
  if [[ $plain == '~/'* ]] ; then plain=$HOME${plain:1} ; fi
}

# Offers ID, so that the shell takes it as it is behind what has been typed. What an open
# quote cannot have in it is not offered.
_s6_activation_offer()
{
  local rest=${1#"$cut"} char
  case $open in
    \') rest=${rest//\'/"'\\''"} ;;
    \")
      if [[ $rest == *!* ]] ; then return ; fi
      for char in \" \$ \` ; do rest=${rest//"$char"/"\\$char"} ; done ;;
    *) printf -v rest %q "$1" ; COMPREPLY+=("$rest") ; return ;;
  esac
  COMPREPLY+=("$cut$rest")
}

# What the holder has, whose socket is the nearest before the cursor, or after it
_s6_activation_ids()
{
  local k id plain quote outside socket=''
  for ((k = cword - 1 ; k > 0 ; k--))
  do
    _s6_activation_plain "${words[k]}"
    if [[ -S $plain ]] ; then socket=$plain ; break ; fi
  done
  for ((k = cword + 1 ; k < ${#words[@]} && ${#socket} == 0 ; k++))
  do
    _s6_activation_plain "${words[k]}"
    if [[ -S $plain ]] ; then socket=$plain ; fi
  done
  if [[ ! $socket ]] ; then return ; fi
  while IFS= read -r id
  do
    # a backslash is that of s6-fdholder-list, for what does not print
    if [[ $id != *\\* && $id == "$wanted"* ]] ; then _s6_activation_offer "$id" ; fi
  done < <(s6-fdholder-list -t 3000 -- "$socket" 2>/dev/null < /dev/null)
}

# Offers what is of KIND
_s6_activation_kind()
{
  case ${1%\*} in
    socket|file) mapfile -t COMPREPLY < <(compgen -f -- "$wanted") ; compopt -o filenames 2>/dev/null ;;
    dir) mapfile -t COMPREPLY < <(compgen -d -- "$wanted") ; compopt -o filenames 2>/dev/null ;;
    id) _s6_activation_ids ;;
    user|group|service|signal|command) mapfile -t COMPREPLY < <(compgen -A "${1%\*}" -- "$wanted") ;;
    host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$wanted") ;;
    =*) mapfile -t COMPREPLY < <(IFS=, ; compgen -W "${1#=}" -- "$wanted") ;;
  esac
}

# Sets `value` to the kind of the argument that WORD, options, wants from the next word
_s6_activation_value()
{
  local k option
  value=''
  # a long one has it in the same word
  if [[ $1 == --* ]] ; then return ; fi
  for ((k = 1 ; k < ${#1} ; k++))
  do
    for option in $options
    do
      if [[ $option != "-${1:k:1}:"* ]] ; then continue ; fi
      if ((k + 1 == ${#1})) ; then value=${option#*:} ; fi
      return
    done
  done
}

# What comes at the word I of words, that begins an unknown program
_s6_activation_other()
{
  if declare -F _comp_command_offset >/dev/null
  then
    cut=''
    _comp_command_offset "${starts[$1]}"
  elif declare -F _command_offset >/dev/null
  then
    cut=''
    _command_offset "${starts[$1]}"
  else
    _s6_activation_kind file
  fi
}

# Offers what can be at the word after those of the program before word I, which may lead
# to another program of ours
_s6_activation_program()
{
  local i=$1 program=$2 options=${_s6_activation_options[$2]} operands value n k over='' alone=''
  read -ra operands <<< "${_s6_activation_operands[$program]}"
  if ((i == cword && ${#words[@]} == cword + 1)) ; then alone=1 ; fi
  while ((i < cword)) && [[ ! $over && ${words[i]} == -?* ]]
  do
    if [[ ${words[i]} == -- ]] ; then over=1 ; fi
    _s6_activation_value "${words[i]}"
    i=$((i + 1))
    if [[ ! $value ]] ; then continue ; fi
    if ((i == cword)) ; then _s6_activation_kind "$value" ; return ; fi
    i=$((i + 1))
  done
  if ((i == cword)) && [[ ! $over && $cur == -* ]]
  then
    # those that ask for the usage are alone; long ones are for who begins them
    if [[ $cur == --* ]] ; then options="${_s6_activation_longs[$program]-}${alone:+ --help}"
    elif [[ $alone && " $options" != *" -h"* ]] ; then options+=' -h' ; fi
    for n in $options
    do
      if [[ ${n%%:*} == "$cur"* ]] ; then COMPREPLY+=("${n%%:*}") ; fi
    done
    if [[ ${COMPREPLY[0]-} == --*= ]] ; then compopt -o nospace 2>/dev/null ; fi
    return
  fi
  n=$((cword - i))
  for ((k = 0 ; k <= n && k < ${#operands[@]} ; k++))
  do
    if [[ ${operands[k]} != prog ]] ; then continue ; fi
    i=$((i + k))
    program=${words[i]##*/}
    if ((i == cword)) ; then _s6_activation_kind command
    elif [[ $program && ${_s6_activation_options[$program]+set} ]] ; then _s6_activation_program "$((i + 1))" "$program"
    else _s6_activation_other "$i" ; fi
    return
  done
  k=${#operands[@]}
  if ((n < k)) ; then _s6_activation_kind "${operands[n]}"
  elif [[ $k -gt 0 && ${operands[k-1]} == *\* ]] ; then _s6_activation_kind "${operands[k-1]}" ; fi
}

_s6_activation()
{
  local IFS=$' \t\n' cword cur cut k plain quote outside wanted open
  local -a words starts
  COMPREPLY=()
  _s6_activation_split
  cur=${words[cword]}
  _s6_activation_plain "$cur"
  wanted=$plain open=$quote
  # readline puts what is offered behind a quote that is open
  if [[ $open ]] ; then cut=$outside ; fi
  _s6_activation_program 1 "${words[0]##*/}"
  if [[ ! $cut ]] ; then return ; fi
  for k in "${!COMPREPLY[@]}"
  do
    COMPREPLY[k]=${COMPREPLY[k]#"$cut"}
  done
}

