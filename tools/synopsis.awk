# ISC license.
# usage: awk -f synopsis.awk PAGE...
# What a page of a program says of its command line, as a table for gen-completions.sh.
# The fields have a tab between them; what is not there is a dash:
#   program NAME ABOUT
#   option NAME LETTER KIND ARGUMENT REPEATED TEXT     KIND and ARGUMENT: of its argument
#   long NAME WORD ARGUMENT TEXT                       another name of such an option: it ends in =
#                                                      where its argument is in the same word
#   operand NAME KIND ARGUMENT                         in their order
# KIND is what can be offered there: socket, file, dir, id (of a holder), user, group, host,
# service, signal, command, prog (it, its options and operands), =A,B,C (one of these), or
# word: nothing. Operands that may be repeated have a star behind it.
# A line of a synopsis is one option or several with | between, or one operand.

# what is meant by the argument that pages call ARGUMENT
function kind(argument)
{
  if (argument ~ /socket/) return "socket"
  if (argument ~ /^(path|file|rulesfile|cdb|cdbfile|bindpath|stampfile|cursor|script)$/) return "file"
  if (argument ~ /dir$/) return "dir"
  if (argument == "glob") return "id"
  if (argument ~ /^(id|group|host|signal|prog)$/) return argument
  if (argument == "account") return "user"
  if (argument == "port") return "service"
  if (argument == "checkprog") return "command"
  return "word"
}

function add_option(letter)
{
  if (letter in seen) repeated[letter] = "*"
  else { seen[letter] = 1 ; order[++options] = letter ; repeated[letter] = "-" ; kinds[letter] = "-" ; arguments[letter] = "-" }
  last = letter
}

function add_letters(letters,   k)
{
  for (k = 1 ; k <= length(letters) ; k++) add_option(substr(letters, k, 1))
}

function add_argument(argument)
{
  sub(/[,.]*\.\.\.$/, "", argument)
  if (argument == "") return
  if (last != "")
  {
    if (last != "-" && kinds[last] == "-") { kinds[last] = kind(argument) ; arguments[last] = argument }
  }
  else if (forms == 1 && !named++) operands[++places] = kind(argument) (star ? "*" : "") "\t" argument
}

function synopsis_line(   i, choosing)
{
  last = ""
  named = 0
  star = $NF == "..." && $(NF - 1) != "Ar" && $0 !~ /Ar prog/
  for (i = 1 ; i <= NF ; i++)
  {
    if ($i == "Fl" || $i == ".Fl")
    {
      choosing = 0
      i++
      if ($i == "-") last = "-" ; else add_letters($i)
    }
    else if ($i == "Ar" || $i == ".Ar") add_argument($++i)
    else if ($i == "Cm") { choosing = 1 ; kinds[last] = "=" $++i ; arguments[last] = "one" }
    else if ($i == "|" && choosing) kinds[last] = kinds[last] "," $++i
    else if ($i == "|" && $(i + 1) != "Fl" && $(i + 1) != "Ar") add_letters($++i)
    else if ($i == "..." && last != "" && last in repeated) repeated[last] = "*"
  }
}

# TEXT without the escapes of pages
function plain(text)
{
  gsub(/\\&/, "", text)
  gsub(/\\-/, "-", text)
  gsub(/\\e/, "\\", text)
  return text
}

# plain text of a line of a page, from field I on
function flat(i,   text, glue, word)
{
  text = ""
  glue = 1
  if ($0 !~ /^\./ && $0 !~ / Ta /) return plain($0)
  for ( ; i <= NF ; i++)
  {
    word = $i
    sub(/^\./, "", word)
    if (word ~ /^(Ar|Cm|Pa|Ev|Dv|Li|Em|Sy|No|Ta)$/) continue
    if (word == "Ns") { glue = 1 ; continue }
    if (word == "Nm") word = name
    else if (word == "Xr") { word = $++i ; i++ }
    else if (word == "Ql") word = $++i
    else if (word == "Fl") word = "-" $++i
    else word = $i
    word = plain(word)
    gsub(/"/, "", word)
    if (word == "") continue
    text = text (glue || word ~ /^[.,:;)]$/ ? "" : " ") word
    glue = word == "("
  }
  return text
}

function finish(   k, letter)
{
  if (name == "") return
  for (k = 1 ; k <= options ; k++)
  {
    letter = order[k]
    if (kinds[letter] == "id" && !holder) kinds[letter] = "word"
    sub(/[.,:; ]+$/, "", texts[letter])
    if (texts[letter] == "") texts[letter] = "-"
    print "option\t" name "\t" letter "\t" kinds[letter] "\t" arguments[letter] "\t" repeated[letter] "\t" texts[letter]
    if (letter in longs) print "long\t" name "\t" longs[letter] "\t" arguments[letter] "\t" texts[letter]
  }
  for (k = 1 ; k <= places ; k++) print "operand\t" name "\t" operands[k]
}

FNR == 1 {
  finish()
  name = section = about = telling = called = ""
  options = places = forms = holder = 0
  split("", seen) ; split("", repeated) ; split("", kinds) ; split("", arguments) ; split("", texts) ; split("", longs)
}
/^\.\\"/ { next }
/^\.Sh / { section = $2 ; telling = "" ; next }
section == "NAME" && $1 == ".Nm" { name = $2 }
section == "NAME" && $1 == ".Nd" { print "program\t" name "\t" flat(2) }
section == "SYNOPSIS" && $1 == ".Nm" { forms++ }
section == "SYNOPSIS" && $1 == ".Ar" && $2 ~ /socket/ { holder = 1 }
section == "SYNOPSIS" && $1 == ".Brq" && forms == 1 { operands[++places] = "file*\tblock" ; forms = 2 }
section == "SYNOPSIS" && forms && $1 ~ /^\.(Op|Fl|Ar)$/ { synopsis_line() }
section == "OPTIONS" && $1 == ".It" && $2 == "Cm" && ($3 in seen) && / Ta / && texts[$3] == "" {
  text = $0
  letter = $3
  sub(/^.* Ta /, ".Ta ")
  texts[letter] = flat(1)
  $0 = text
}
# .It Fl C Ar services , Fl -services-max= Ns Ar services
section == "OPTIONS" && $1 == ".It" && $2 == "Fl" && ($3 in seen) && match($0, / Fl -[a-z-]+=?/) {
  longs[$3] = substr($0, RSTART + 5, RLENGTH - 5)
}
# .Fl -backlog Ns = Ns Ar backlog, and two lines further .Fl b
section == "OPTIONS" && $1 == ".Fl" && called != "" && ($2 in seen) { longs[$2] = called ; called = "" }
section == "OPTIONS" && $1 == ".Fl" && $2 ~ /^-[a-z]/ { called = substr($2, 2) ($3 == "Ns" ? $4 : "") }
section == "OPTIONS" && telling != "" && /^\.(Bl|El|Pp|It|Bd|Ed)/ { telling = "" }
section == "OPTIONS" && telling != "" {
  texts[telling] = texts[telling] (texts[telling] == "" || $0 ~ /^[.,:;]/ && $1 !~ /^\.[A-Z]/ ? "" : " ") flat(1)
  if (texts[telling] ~ /[.:;]$/) telling = ""
}
section == "OPTIONS" && $1 == ".It" && $2 == "Fl" && / Fl .* , Fl [^-]/ == 0 && $4 != "Ns" && ($3 in seen) && texts[$3] == "" { telling = $3 }
END { finish() }
