#!/bin/sh
# ISC license.
# usage: install.sh [-D] -m MODE FILE TARGET    copies FILE to TARGET
#        install.sh [-D] -l CONTENT TARGET      makes TARGET a symbolic link to CONTENT
# -D makes the directories above TARGET. TARGET changes in one step.

usage()
{
  echo 'usage: install.sh [-D] { -m MODE FILE | -l CONTENT } TARGET' >&2
  exit 100
}

set -eu
umask 022
make_directories=false
mode=0644
content=

while getopts Dm:l: option
do
  case $option in
    D) make_directories=true ;;
    m) mode=$OPTARG ;;
    l) content=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))

if test -n "$content"
then
  test "$#" -eq 1 || usage
  target=$1
else
  test "$#" -eq 2 || usage
  file=$1
  target=$2
fi

if "$make_directories"
then
  case $target in
    */*) test -d "${target%/*}" || mkdir -p "${target%/*}" ;;
  esac
fi

fresh=$target.new.$$
trap 'rm -f "$fresh"' EXIT
if test -n "$content"
then
  ln -s "$content" "$fresh"
  # mv would move into a directory that TARGET leads to
  if test -L "$target" ; then rm -f "$target" ; fi
else
  cat < "$file" > "$fresh"
  chmod "$mode" "$fresh"
fi
mv -f "$fresh" "$target"
trap - EXIT
