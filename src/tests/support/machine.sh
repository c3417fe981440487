# shellcheck shell=sh
# ISC license.
# shellcheck disable=SC2034 # the variables are for tests
#
# For tests of what an init does, sourced after tap.sh: a machine of their own. That is a
# root directory with this system's /usr, read-only; the rest is made there, and what was
# built is in /bin. Processes, mounts and the network are its own, so nothing of this
# machine is touched, and what a test leaves ends with it.
#
#   need_machine             skip_all where that is not to be had
#   machine_make             makes $ROOT, with the users root and nobody; /examples is a copy of
#                            doc/examples, /usr/local is $ROOT/local
#   machine_peer PACKAGE     puts into it what tools/fetch-peer has unpacked, or skips all
#   machine_start CMD...     starts CMD as its first process; that is called machine. In the
#                            control group $MACHINE_CGROUP, if it is set: a directory of cgroups
#                            of version 2, which is /sys/fs/cgroup there
#   machine_readme FOLDER N  the N-th block of commands of the README of doc/examples/FOLDER is
#                            run there, in the copy of that folder
#   inside CMD...            runs CMD there
#   start_inside NAME CMD... starts CMD there, as `start` does
#
# The mounts are seen by the processes of the machine only: $WORK is removed at the end, and
# this system's /usr must not be below it then.

# as /proc has it
ROOT=$(pwd -P)/root
MACHINE_CGROUP=
machine_path=/sbin:/bin:/usr/sbin:/usr/bin

need_machine()
{
  test -z "$SANITIZED" || skip_all 'an init clears the environment: reports would be lost'
  need ip unshare nsenter pgrep
  test -d /usr/local || skip_all 'there is no /usr/local'
  is_root || skip_all 'needs root'
  unshare -mnpuiCf sh -c 'mount -t proc proc /proc && mount -t tmpfs tmpfs /run' 2> /dev/null || skip_all 'needs namespaces of its own'
}

# What makes the mounts and becomes the machine's first process: ROOT PATH CGROUP CMD...
machine_write_begin()
{
  cat <<'END'
set -eu
mount --bind "$1" "$1"
cd "$1"
path=$2
cgroup=$3
shift 3
mount --bind -o ro /usr usr
mount --bind local usr/local
# what of /lib is not of this system is in /usr/lib, too
foreign=
for file in lib/*
do
  test -e "usr/$file" || foreign="$foreign $file"
done
if test -n "$foreign"
then
  mkdir -p .lib
  mount --bind -o ro /usr/lib .lib
  mount -t tmpfs -o mode=755 tmpfs usr/lib
  for file in .lib/* $foreign ; do ln -s "/$file" usr/lib/ ; done
fi
mount -t proc proc proc
mount --bind -o ro proc/sys proc/sys
if test -n "$cgroup" ; then mount -t cgroup2 cgroup2 sys/fs/cgroup ; fi
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty
do
  : > "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
ln -s /proc/self/fd dev/fd
ip link set lo up
exec chroot . env -i PATH="$path" HOME=/ "$@"
END
}

machine_make()
{
  for machine_dir in etc var/log run tmp dev proc sys/fs/cgroup usr bin sbin lib local/bin
  do
    mkdir -p "$ROOT/$machine_dir"
  done
  if test -e /usr/lib64 ; then ln -s usr/lib64 "$ROOT/lib64" ; fi
  ln -s /usr/lib/*-linux-* "$ROOT/lib/"
  ln -s /usr/bin/* "$ROOT/bin/"
  find "$BUILD" -maxdepth 1 -type f \( -name 's6-*' -o -name ucspilogd \) -perm -u+x -exec cp --remove-destination {} "$ROOT/bin/" \;
  cp "$BUILD"/libs6activation.so* "$ROOT/lib/" 2> /dev/null
  cp -R "$SRC/doc/examples" "$ROOT/examples"
  ln -s /run "$ROOT/var/run"
  printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' > "$ROOT/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' > "$ROOT/etc/group"
  machine_write_begin > begin
}

# --remove-destination: links of $ROOT lead into this system
machine_peer()
{
  machine_peer=$TESTS/peer/$1
  test -e "$machine_peer/complete" || skip_all "needs tools/fetch-peer $1"
  for machine_file in "$machine_peer"/lib/*-linux-*/* "$machine_peer"/usr/lib/*-linux-*/* "$machine_peer"/lib/* "$machine_peer"/usr/lib/*
  do
    case ${machine_file##*/} in
      '*'|*-linux-*|systemd) ;;
      *) cp -R --remove-destination "$machine_file" "$ROOT/lib/" ;;
    esac
  done
  for machine_dir in etc sbin bin usr/bin usr/sbin
  do
    test -d "$machine_peer/$machine_dir" || continue
    test -L "$machine_peer/$machine_dir" || cp -R --remove-destination "$machine_peer/$machine_dir/." "$ROOT/${machine_dir#usr/}/"
  done
}

machine_start()
{
  # shellcheck disable=SC2016 # for the inner shell
  start machine sh -c 'if test -n "$3" ; then echo "$$" > "$3/cgroup.procs" ; fi ; exec unshare -mnpuiCf --kill-child sh begin "$@"' sh "$ROOT" "$machine_path" "$MACHINE_CGROUP" "$@"
  retry 20 inside true
}

# The process id of its first process, as it is seen here. Until that has changed its root,
# which is this system's at first, there is none: nothing may run there.
machine_first()
{
  machine_pid=$(pid_of machine)
  machine_pid=$(tr -d ' ' < "/proc/$machine_pid/task/$machine_pid/children")
  if test "$(readlink "/proc/$machine_pid/root")" = "$ROOT" ; then echo "$machine_pid" ; else echo none ; fi
}

inside()
{
  nsenter -m -n -p -u -i -C -r -w -t "$(machine_first)" env -i PATH="$machine_path" HOME=/ "$@"
}

start_inside()
{
  machine_name=$1
  shift
  start "$machine_name" nsenter -m -n -p -u -i -C -r -w -t "$(machine_first)" env -i PATH="$machine_path" HOME=/ "$@"
}

# machine_block FILE N: the N-th block of commands of a README
machine_block()
{
  awk -v n="$2" '!/^    / { inside = 0 } /^    [^ ]/ && !inside { inside = ++count } inside == n { print substr($0, 5) }' "$1"
}

machine_readme()
{
  machine_block "$SRC/doc/examples/$1/README" "$2" > "$ROOT/block"
  test -s "$ROOT/block" && inside timeout 60 sh -c "cd /examples/$1 && exec sh -eu /block"
}
