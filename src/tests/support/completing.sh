# shellcheck shell=sh
# ISC license.
# For tests of completions, sourced after tap.sh: the files as they are installed, in made/, and
# a holder and a directory of services that they find. A test ends with done_completing.
# shellcheck disable=SC2034,SC2086 # tests use them; programs are words

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

# words WORD...: one a line
words()
{
  printf '%s\n' "$@"
}

long_svscan=$(words --console-holder= --name-max= --notification-fd= --services-max= --timeout=)
long_binder=$(words --backlog= --block --no-reuse-address --tcp --udp)

done_completing()
{
  is 'no id was executed' "$(find . -name bad)" ''
  done_testing
}
