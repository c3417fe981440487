#!/bin/sh
# ISC license.
# usage: gen-completions.sh DIRECTORY PROGRAM...
# Makes completions of the PROGRAMs from the synopses of their pages:
#   DIRECTORY/bash/s6-activation   for all; a link to it for each program is installed
#   DIRECTORY/zsh/_s6-activation   for all
#   DIRECTORY/fish/PROGRAM.fish    and s6-activation.fish, which each of them reads
# What does not depend on pages is in tools/completions.

set -eu
LC_ALL=C
export LC_ALL

target=$1
shift
cd "$(dirname "$0")/.."
mkdir -p "$target/bash" "$target/zsh" "$target/fish"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/s6-activation-completions.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

for program
do
  test -f "doc/$program.8" || { echo "gen-completions.sh: fatal: no page doc/$program.8" >&2 ; exit 1 ; }
  awk -f tools/synopsis.awk "doc/$program.8"
done > "$scratch/table"

# bash: a word for each option, with the kind of its argument; one for each operand
{
  cat tools/completions/s6-activation.bash
  awk -F '\t' '
    $1 == "program" { names[++n] = $2 }
    $1 == "option" { options[$2] = options[$2] " -" $3 ($4 == "-" ? "" : ":" $4) }
    $1 == "long" { longs[$2] = longs[$2] " --" $3 }
    $1 == "operand" { operands[$2] = operands[$2] " " $3 }
    END {
      for (i = 1 ; i <= n ; i++)
      {
        all = all " " names[i]
        print "_s6_activation_options[" names[i] "]=\"" substr(options[names[i]], 2) "\""
        if (names[i] in longs) print "_s6_activation_longs[" names[i] "]=\"" substr(longs[names[i]], 2) "\""
        print "_s6_activation_operands[" names[i] "]=\"" substr(operands[names[i]], 2) "\""
      }
      print "complete -F _s6_activation" all
    }' "$scratch/table"
} > "$target/bash/s6-activation"

# zsh: arguments of _arguments
{
  echo "#compdef $*"
  cat tools/completions/s6-activation.zsh
  awk -F '\t' '
    BEGIN {
      quote = "\047"
      does["file"] = does["socket"] = "_files"
      does["dir"] = "_files -/"
      does["id"] = "_s6_activation_ids"
      does["user"] = "_users"
      does["group"] = "_groups"
      does["host"] = "_hosts"
      does["service"] = "_ports"
      does["signal"] = "_signals"
      does["command"] = "_command_names -e"
      does["prog"] = "_normal"
      does["word"] = " "
    }
    # TEXT within single quotes and brackets
    function quoted(text,   i, c, made)
    {
      for (i = 1 ; i <= length(text) ; i++)
      {
        c = substr(text, i, 1)
        made = made (c == quote ? quote "\\" quote : index("[]:\\", c) ? "\\" : "") c
      }
      return made
    }
    function action(kind)
    {
      sub(/\*$/, "", kind)
      if (kind !~ /^=/) return does[kind]
      gsub(/[=,]/, " ", kind)
      return "(" substr(kind, 2) ")"
    }
    function finish()
    {
      if (begun) print "      $usage" (own_h ? "[1]" : "") "\n    ;;"
      place = own_h = 0
    }
    BEGIN { print "case $service in" }
    $1 == "program" { finish() ; begun = 1 ; print "  " $2 ")" ; print "    _arguments -s -S -A \"-*\" \\" ; next }
    $1 == "option" && $3 == "h" { own_h = 1 }
    $1 == "option" {
      about = $7 == "-" ? ($5 == "-" ? "" : $5) : $7
      print "      " quote ($6 == "*" ? "*" : "") "-" $3 ($4 == "-" ? "" : "+") "[" quoted(about) "]" ($4 == "-" ? "" : ":" $5 ":" action($4)) quote " \\"
    }
    $1 == "long" {
      print "      " quote "--" $3 ($3 ~ /=$/ ? "-" : "") "[" quoted($5 == "-" ? "" : $5) "]" ($3 ~ /=$/ ? ":" $4 ": " : "") quote " \\"
    }
    $1 == "operand" {
      place++
      print "      " quote ($3 == "prog" ? "*::" : $3 ~ /\*$/ ? "*" : place) ":" $4 ":" action($3) quote " \\"
    }
    END { finish() ; print "esac" }' "$scratch/table"
} > "$target/zsh/_s6-activation"

# fish: a file for each program
cp tools/completions/s6-activation.fish "$target/fish/s6-activation.fish"
for program
do
  {
    # shellcheck disable=SC2016 # fish expands it
    echo 'source (status dirname)/s6-activation.fish'
    awk -F '\t' -v program="$program" '
      function quoted(text,   i, c, made)
      {
        for (i = 1 ; i <= length(text) ; i++)
        {
          c = substr(text, i, 1)
          made = made (index("\047\\", c) ? "\\" : "") c
        }
        return "\047" made "\047"
      }
      $2 != program { next }
      $1 == "option" && $3 == "h" { own_h = 1 }
      $1 == "option" {
        about = $7 == "-" ? ($5 == "-" ? "" : $5) : $7
        lines[++n] = " -s " $3 (about == "" ? "" : " -d " quoted(about)) ($4 == "-" ? "" : " -x -a " quoted("(__s6_activation_kind " quoted($4) ")"))
        if ($4 != "-") valued = valued $3
      }
      $1 == "long" && $3 ~ /=$/ { begun[++m] = " -a --" $3 ($5 == "-" ? "" : " -d " quoted($5)) ; next }
      $1 == "long" { lines[++n] = " -l " $3 ($5 == "-" ? "" : " -d " quoted($5)) }
      $1 == "operand" { operands = operands " " quoted($3) }
      END {
        print "complete -c " program " -f"
        print "complete -c " program " -n __s6_activation_first" (own_h ? "" : " -s h") " -l help -d \"print the usage\""
        for (i = 1 ; i <= n ; i++)
          print "complete -c " program " -n " quoted("__s6_activation_options " quoted(valued)) lines[i]
        for (i = 1 ; i <= m ; i++)
          print "complete -c " program " -n " quoted("__s6_activation_long " quoted(valued)) begun[i]
        print "complete -c " program " -a " quoted("(__s6_activation_operand " quoted(valued) operands ")")
      }' "$scratch/table"
  } > "$target/fish/$program.fish"
done
