# ISC license.
# usage: awk -f includes.awk FILE...
# Which of these files include which of them: USER USED NAME-AS-WRITTEN, a line for each.
# A quoted name is looked for beside the file first; then, as the compiler does, in
# src/include-local, src/include and src.

function resolve(name, quoted, from,    path) {
  if (quoted) {
    path = from
    sub(/[^\/]*$/, "", path)
    path = path name
    while (sub(/[^\/.][^\/]*\/\.\.\//, "", path)) ;
    if (path in known) return path
  }
  if (("src/include-local/" name) in known) return "src/include-local/" name
  if (("src/include/" name) in known) return "src/include/" name
  if (("src/" name) in known) return "src/" name
  return ""
}

BEGIN { for (i = 1 ; i < ARGC ; i++) known[ARGV[i]] = 1 }

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
  name = $0
  sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
  mark = substr(name, 1, 1)
  name = substr(name, 2)
  sub(/[>"].*$/, "", name)
  used = resolve(name, mark == "\"", FILENAME)
  if (used != "") print FILENAME, used, name
}
