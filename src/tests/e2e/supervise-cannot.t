#!/bin/sh
# ISC license.
# s6-supervise, and a run or finish that cannot be executed: it is said why, and what to do. Run is
# tried again; without finish life goes on.
# shellcheck disable=SC2016 # variables are for the scripts
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
# shellcheck source=src/tests/support/services.sh
. "$TESTS/support/services.sh"

told() { grep -q "$2" "$1.err" ; }
errors() { cat "$1.err" ; }

# run cannot be executed: what it is, and what to do; a new start when it can
service r
: > r/down
# cannot NAME ERE COMMAND...: COMMAND spoils run
cannot()
{
  name=$1
  ere=$2
  shift 2
  rm -rf r/run
  "$@"
  supervise r
  letters r u
  ok "run $name" retry 5 told r "unable to start run: $ere"
  ok "run $name: down, wanted up" retry 5 has r 12 0
  rm -rf r/run
  service r
  ok "run $name: tried again" retry 5 has r 4
  letters r dx
  retry 5 ended r
}
write_run() { printf %b "$1" > r/run ; chmod "${2:-755}" r/run ; }
cannot absent 'there is no such file: create it' true
cannot 'is a directory' 'it is a directory' mkdir r/run
cannot 'is not executable' 'it is not executable: chmod +x' write_run '#!/bin/sh\n' 644
cannot 'with a carriage return' 'its first line ends in a carriage return, after /bin/sh' write_run '#!/bin/sh\r\nexit 0\r\n'
cannot 'with an absent interpreter' 'its interpreter /no/sh does not exist' write_run '#!/no/sh -e\n'
cannot 'with an interpreter that is a directory' 'its interpreter / may not be executed' write_run '#! /\n'
cannot 'that is empty' 'it is no program' write_run ''
cannot 'without an interpreter' 'it is no program' write_run 'echo\n'
cannot 'that is a fifo' 'it is no regular file' mkfifo r/run
cannot 'that is a loop' 'Too many levels of symbolic links' ln -s run r/run
is_root && noexec=$(unshare -m sh -c 'mount -t tmpfs -o noexec none /mnt && echo yes' 2>/dev/null)
if test "${noexec-}" = yes
then
  mkdir noexec
  start noexec unshare -m sh -c 'mount -t tmpfs -o noexec none noexec && mkdir noexec/x && printf "#!/bin/sh\n" > noexec/x/run && chmod 755 noexec/x/run && exec s6-supervise noexec/x'
  ok 'run on noexec' retry 5 told noexec 'unable to start run: its file system is mounted noexec'
  stop noexec
  is 'run on noexec: TERM ends it' "$status" 0
else
  skip 'run on noexec' 'nothing can be mounted here'
  skip 'run on noexec: TERM ends it' 'nothing can be mounted here'
fi

# with flag-newpidns, whatever the pipe for errors is called
if unshare -pf true 2>/dev/null
then
  rm -f r/run
  : > r/flag-newpidns
  for fd in 3 4 5 6 7 8 9 10 11 12 13 14 15
  do
    echo "$fd" > r/notification-fd
    supervise r
    letters r u
    retry 5 told r 'unable to start run: there is no such file' || { fail "flag-newpidns, run absent, notification-fd $fd" ; status_of r ; cat r.err ; }
    letters r x
    retry 5 ended r
  done
  pass 'flag-newpidns, run absent, any notification-fd: it is known'
  rm -f r/flag-newpidns r/notification-fd
else
  skip 'flag-newpidns, run absent, any notification-fd: it is known' 'no PID namespace is to be had'
fi

# finish likewise: none, with a warning, and life goes on
service r 'exit 3'
: > r/down  # once, however late it is told
cannot_finish()
{
  name=$1
  ere=$2
  shift 2
  rm -rf r/finish
  "$@"
  listen r
  supervise r
  letters r o
  ok "finish $name: dD" retry 5 hears r sudD
  like "finish $name: warning" "$(errors r)" "unable to start finish: $ere"
  letters r x
  retry 5 ended r
}
write_finish() { printf %b "$1" > r/finish ; chmod "${2:-755}" r/finish ; }
cannot_finish 'is a directory' 'it is a directory' mkdir r/finish
cannot_finish 'is not executable' 'it is not executable' write_finish '#!/bin/sh\n' 644
cannot_finish 'with a carriage return' 'its first line ends in a carriage return' write_finish '#!/bin/sh\r\n'
cannot_finish 'with an absent interpreter' 'its interpreter /no/sh does not exist' write_finish '#!/no/sh\n'
cannot_finish 'that is empty' 'it is no program' write_finish ''
rm -f r/finish
ln -s nowhere r/finish
listen r
supervise r
letters r o
ok 'finish is a dangling link: none' retry 5 hears r sudD
is 'and no warning' "$(errors r)" ''
letters r x
retry 5 ended r
done_testing
