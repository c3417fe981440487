#!/bin/sh
# ISC license.
# usage: gen-dotpc.sh VERSION PREFIX INCLUDEDIR LIBDIR PKGCONFIG-TOOL [SYSTEM-LIBRARY...]
# Prints libs6activation.pc. PKGCONFIG-TOOL is empty where skalibs has no .pc file.

set -eu
version=$1
prefix=$2
includedir=$3
libdir=$4
tool=$5
shift 5

# under DIR: DIR, said by ${prefix} where it begins with it
under()
{
  case $1 in
    "$prefix"/*) printf '%s\n' "\${prefix}${1#"$prefix"}" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

echo "prefix=$prefix"
echo "includedir=$(under "$includedir")"
echo "libdir=$(under "$libdir")"
echo
echo 'Name: libs6activation'
echo 'Description: client library of the file descriptor holder, and access rules'
echo "Version: $version"
if test -n "$tool"
then
  echo 'Requires: libskarnet'
else
  set -- -lskarnet "$@"
fi
# shellcheck disable=SC2016 # pkg-config expands them
{
  echo 'Cflags: -I${includedir}'
  echo 'Libs: -L${libdir} -ls6activation'
}
echo "Libs.private: $*"
