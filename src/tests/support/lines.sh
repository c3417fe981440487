# shellcheck shell=sh disable=SC2016 # variables are for the scripts
# ISC license.
#
# A service that writes numbered lines, and its logger: sourced after services.sh.
#
#   lined DIR                  makes them: what they write is in NAME.lines, who was run in
#                              NAME.lives and NAME.loggers, NAME being DIR without slashes; while
#                              DIR/hang is there, finish is
#   alive FILE                 the pids of it that live
#   one_of FILE                whether that is one (use it with retry)
#   wrong_lines DIR            prints what is wrong with the lines: of each life of the service all
#                              are there, once, in order. Nobody must be writing

# A number may be another's, a while later: when it was started goes with it.
lines_begun='read -r stat < /proc/$$/stat && set -- ${stat##*) } && echo "$$ ${20}"'

lined()
{
  lines_name=$(services_name "$1")
  mkdir -p "$lines_name.counts" "$1/log"
  service "$1" "$lines_begun >> '$WORK/$lines_name.lives'" "exec lines-write '$WORK/$lines_name.counts' 2000"
  script "$1/finish" 'echo $$ > finish.pid.new && mv finish.pid.new finish.pid' 'while test -e hang ; do sleep 0.05 ; done'
  echo 0 > "$1/timeout-finish"  # a busy machine may take more than five seconds
  service "$1/log" "$lines_begun >> '$WORK/$lines_name.loggers'" "exec lines-append '$WORK/$lines_name.lines'"
  : > "$lines_name.lives"
  : > "$lines_name.loggers"
  : > "$lines_name.lines"
}

alive()
{
  while read -r lines_pid lines_start
  do
    { read -r lines_stat < "/proc/$lines_pid/stat" ; } 2>/dev/null || continue
    # shellcheck disable=SC2086 # words
    set -- ${lines_stat##*) }
    if test "${20}" = "$lines_start" ; then echo "$lines_pid" ; fi
  done < "$1"
}

one_of()
{
  test "$(alive "$1" | wc -l)" -eq 1
}

wrong_lines()
{
  lines_name=$(services_name "$1")
  for lines_file in "$lines_name.counts"/*
  do
    echo "${lines_file##*/} $(od -An -tu4 "$lines_file")"
  done > "$lines_name.written"
  awk '
    NR == FNR { written[$1] = $2 ; next }
    NF != 2 || !($1 in written) { print FNR ": " $0 ; next }
    $2 != read[$1] + 1 { print FNR ": " $0 " after " read[$1] + 0 }
    { read[$1] = $2 }
    END {
      for (pid in written)
        if (read[pid] < written[pid] || read[pid] > written[pid] + 1) print pid ": " read[pid] + 0 " of " written[pid]
    }' "$lines_name.written" "$lines_name.lines" | head -n 5
}
