#!/bin/sh
# ISC license.
# ucspilogd under s6-ipcserver: many connections share one stdout, and their lines stay whole; one
# that is non-blocking is no error; what has an end is written before more is waited for.
# shellcheck disable=SC2016 # variables are for others
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need fdmove

start server sh -c 'exec s6-ipcserver -c 20 ./log fdmove -c 1 2 ucspilogd -D none IPCREMOTEEUID TOOL 2>> all'
listens() { test -S log ; }
retry 10 listens
start first sh -c 'exec s6-ipcclient ./log sh -c "printf \"<13>hello\\nrest\" >&7 ; exec sleep 100"'
got_first() { grep -qx "$(id -u): none: user.notice: hello" all ; }
ok 'a line is written when it has ended' retry 10 got_first
unlike 'what has none is not' "$(cat all)" rest
stop first KILL
got_rest() { grep -qx "$(id -u): none: rest" all ; }
ok 'but at the end it is' retry 10 got_rest
datagrams-send -s ./log "<13>hello\nthere\0"
both() { grep -qx "$(id -u): none: there" all ; }
ok 'NUL ends a line' retry 10 both

# lines of up to 4096 bytes of many writers
cat > writer <<'END'
#!/bin/sh
i=0
while test "$i" -lt 50
do
  i=$((i + 1))
  printf "<13>%0$1d\\n" "$1"
done > "lines.$1"
cat "lines.$1" >&7
END
chmod 755 writer
: > all
writers=
for size in 10 100 1000 2000 3000 4000 4050
do
  start "w$size" s6-ipcclient ./log "$WORK/writer" "$size"
  writers="$writers $size"
done
count() { test "$(wc -l < all)" -eq 350 ; }
retry 20 count
is 'lines of many connections stay whole' \
  "$(sed "s/^$(id -u): none: user.notice: //" all | awk '{ n[length($0) " " $0 + 0]++ } END { for (x in n) print n[x], x }' | sort -n -k 2)" \
  "$(for size in $writers ; do echo "50 $size $size" ; done)"
stop server

# whatever is read at once, writes of up to 4096 bytes are whole lines
if test -z "$SANITIZED" && command -v strace > /dev/null
then
  cat lines.1000 lines.3000 lines.10 lines.2000 lines.4050 | strace -o trace -s 4096 -e trace=write ucspilogd SANITIZED > whole
  is 'all is there' "$(wc -l < whole)" 250
  is 'each write ends with a line' "$(grep '^write(1' trace | grep -cv '\\n", [0-9]*) = ')" 0
  is 'and none is longer' "$(grep '^write(1' trace | awk '$NF > 4096' | wc -l)" 0
  most 'short lines go out together' "$(grep -c '^write(1' trace)" 240
else
  skip 'writes' 'strace and sanitizers do not go together'
fi

# a stdout that somebody made non-blocking
seq 50000 | sed 's/^/<13>/' > many
mkfifo pipe
perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK) ; exec @ARGV' ucspilogd < many > pipe 2> told &
is 'non-blocking: nothing is lost' "$( (sleep 0.2 ; cat) < pipe | cksum)" "$(seq 50000 | sed 's/^/user.notice: /' | cksum)"
wait $!
is 'and it ends' "$? $(cat told)" '0 '
done_testing
