# shellcheck shell=sh
# ISC license.
#
# Scan directories, for shell tests: sourced after tap.sh and services.sh.
#
#   scan NAME DIR [OPTIONS...]   starts s6-svscan OPTIONS DIR as NAME, and waits until it
#                                accepts orders
#   with_fakes                   from now on the s6-supervise that is found is a script, which
#                                tells what happens to it in the file told: start NAME,
#                                TERM NAME, HUP NAME; it ends with either signal, with the code
#                                that is in the file code.NAME (0), a slash being a _; at once
#                                if that file is there when it starts. When it started is in the
#                                file times.NAME, in seconds
#   told LINE                    prints how often that was told
#   tells LINE [N]               whether it was told N times (1)
#   supervisors NAME             prints the pids of NAME's children, a line each
#   supervisor NAME SERVICE      prints the pid of the one for SERVICE
#   count NAME N                 whether there are N of them (use it with retry)
#   order LETTERS DIR            s6-svscanctl -LETTERS DIR

scan()
{
  scandir_name=$1
  scandir_dir=$2
  shift 2
  # shellcheck disable=SC2086 # the wrapper is words
  start "$scandir_name" env --default-signal=INT,QUIT sh -c 'exec "$@" 3>&1' sh $DAEMON_WRAPPER s6-svscan -d 3 "$@" "$scandir_dir"
  ready "$scandir_name"
}

with_fakes()
{
  mkdir -p fakes
  cat > fakes/s6-supervise <<END
#!/bin/sh
code() { cat "$WORK/code.\$name" 2>/dev/null || echo 0 ; }
cd "\$1" || exit 111  # so that nothing new has the inode of what is supervised
name=\$(printf %s "\$1" | tr / _)
trap 'echo "TERM \$1" >> "$WORK/told" ; exit "\$(code)"' TERM
trap 'echo "HUP \$1" >> "$WORK/told" ; exit "\$(code)"' HUP
read -r uptime _ < /proc/uptime
echo "start \$1" >> "$WORK/told"
if test "\${#name}" -lt 100 ; then echo "\$uptime" >> "$WORK/times.\$name" ; fi
if test -e "$WORK/code.\$name" ; then exit "\$(code)" ; fi
while : ; do sleep 0.05 ; done
END
  chmod 755 fakes/s6-supervise
  : > told
  PATH=$WORK/fakes:$PATH
}

told()
{
  grep -c -x -e "$1" "$WORK/told"
}

tells()
{
  test "$(told "$1")" -eq "${2-1}"
}

supervisors()
{
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) .*) /\1 /' | awk -v parent="$(pid_of "$1")" '$3 == parent && $2 != "Z" { print $1 }'
}

supervisor()
{
  for scandir_pid in $(supervisors "$1")
  do
    # the last word of a supervisor is what it supervises
    if test "$(tr '\0' '\n' < "/proc/$scandir_pid/cmdline" | tail -n 1)" = "$2" ; then echo "$scandir_pid" ; fi
  done
}

count()
{
  test "$(supervisors "$1" | wc -l)" -eq "$2"
}

order()
{
  s6-svscanctl "-$1" "$2"
}
