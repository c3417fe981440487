# ISC license.
# Reads a page as `mandoc -Thtml -Ofragment,man=%N.%S.html` makes it, and prints the middle
# of ours. Variables:
#   self     NAME.SECTION of the page
#   about    what it is, in a line
#   names    a file with NAME.SECTION of each page, one a line
#   picture  a file: what stands in place of the literal text of the section THE PICTURE
#   index_to a file that is told what the search field is to know of the page
# What it changes: mandoc's head and foot are left out, and headings are one level lower.
# References to pages that are not ours are no links. In tables, and where a command stands
# in the text, names of our programs are links. What may be wide is in a box that scrolls.

BEGIN {
  while ((getline line < names) > 0)
  {
    pages[line] = 1
    if (line ~ /\.8$/) programs[substr(line, 1, length(line) - 2)] = line
  }
  while ((getline line < picture) > 0) drawing = drawing line "\n"
  self_name = self
  sub(/\.[0-9]$/, "", self_name)
  everywhere = "^(NAME|SYNOPSIS|DESCRIPTION|OPTIONS|EXIT_STATUS|SEE_ALSO)$"
  RS = "<"
}

# attribute NAME: its value in the tag
function attribute(name,    value)
{
  if (!match(tag, " " name "=\"[^\"]*\"")) return ""
  value = substr(tag, RSTART, RLENGTH)
  sub(/^[^"]*"/, "", value)
  sub(/"$/, "", value)
  return value
}

# what a person reads of a piece of HTML
function plain(text)
{
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&amp;/, "\\&", text)
  gsub(/&#x[0-9A-Fa-f]*;/, " ", text)
  return text
}

function quoted(text)
{
  gsub(/[\001-\037]/, " ", text)
  gsub(/  */, " ", text)
  sub(/^ /, "", text)
  sub(/ $/, "", text)
  gsub(/\\/, "\\\\", text)
  gsub(/"/, "\\\"", text)
  return "\"" text "\""
}

# the text, with a link for each word that is one of our programs
function linked(text,    done, word, name)
{
  done = ""
  while (match(text, /[A-Za-z0-9_.\/:@+-]+/))
  {
    word = substr(text, RSTART, RLENGTH)
    name = word
    sub(/[.:]+$/, "", name)
    done = done substr(text, 1, RSTART - 1)
    if (name in programs && name != self_name)
      done = done "<a href=\"" programs[name] ".html\">" name "</a>" substr(word, length(name) + 1)
    else done = done word
    text = substr(text, RSTART + RLENGTH)
  }
  return done text
}

# a permalink, or a reference to a page, which may be none of ours: sets tag and closing
function link(    class, target)
{
  class = attribute("class")
  target = attribute("href")
  closing = "/a"
  if (class == "Xr")
  {
    sub(/\.html$/, "", target)
    if (target in pages) return
    tag = "span class=\"Xr\""
    closing = "/span"
  }
  else if (class == "permalink")
  {
    anchor = substr(target, 2)
    label = ""
    sub(/^#/, "", target)
    sub(/~[0-9]*$/, "", target)
    if (!in_heading && target in programs && target != self_name)
    {
      tag = "a href=\"" programs[target] ".html\""
      anchor = ""
    }
  }
}

function heading(    slash, level)
{
  slash = tag ~ /^\// ? "/" : ""
  level = substr(tag, length(slash) + 2, 1)
  sub(/^\/*h[12]/, slash "h" (level + 1), tag)
  in_heading = slash == ""
  if (in_heading) section = attribute("id")
}

NR == 1 { next }

{
  end = index($0, ">")
  tag = substr($0, 1, end - 1)
  text = substr($0, end + 1)
  element = tag
  sub(/[ \n\/].*$/, "", element)
  if (tag ~ /^\//) element = tag
}

# mandoc's head and foot
element == "table" && attribute("class") ~ /^(head|foot)$/ { leave_out = 1 }
leave_out {
  if (element == "/table") { leave_out = 0 ; printf "%s", substr(text, 2) }
  next
}

# the picture
element == "div" && section == "THE_PICTURE" && attribute("class") ~ /^Bd/ && drawing != "" { in_picture = 1 }
in_picture {
  if (element == "/div")
  {
    in_picture = 0
    printf "<figure>\n%s</figure>%s", drawing, text
  }
  next
}

element ~ /^\/?h[12]$/ { heading() }
element == "a" { in_link = 1 ; anchor = "" ; link() }
element == "/a" {
  if (anchor != "" && label != "" && !(anchor in noted) && anchor !~ everywhere)
  {
    noted[anchor] = 1
    anchors = anchors ",[" quoted(anchor) "," quoted(plain(label)) "]"
  }
  tag = closing
  in_link = 0
  anchor = ""
}
# of two items that share a text, the first has a blank
element == "dd" && text == "&#x00A0;" { tag = "dd" ; text = "" }
element == "pre" { in_pre = 1 ; tag = "pre tabindex=\"0\"" }
element == "/pre" { in_pre = 0 }
element == "table" {
  in_synopsis = attribute("class") == "Nm"
  in_table = !in_synopsis
  if (in_table)
  {
    if (attribute("class") == "tbl") tag = "table class=\"tbl\""
    printf "<div class=\"wide\" tabindex=\"0\">\n"
  }
}
element == "code" { in_command = attribute("class") ~ /^(Ic|Nm)$/ }
element == "/code" { in_command = 0 }

{
  if (in_link && anchor != "") label = label text
  words = words " " text
  shown = (in_table || in_command) && !(in_link || in_pre || in_heading || in_synopsis) ? linked(text) : text
  printf "<%s>", tag
  if (element == "/table" && in_table) { printf "\n</div>" ; in_table = 0 }
  printf "%s", shown
}

END {
  line = "page(" quoted(self) ", " quoted(plain(about)) ", [" substr(anchors, 2) "], "
  text = tolower(plain(words))
  n = split(text, list, /[^a-z0-9_-]+/)
  text = ""
  for (i = 1 ; i <= n ; i++)
  {
    word = list[i]
    gsub(/^-+|-+$/, "", word)
    if (length(word) < 3 || word in seen) continue
    seen[word] = 1
    text = text " " word
  }
  print line quoted(text) ") ;" >> index_to
}
