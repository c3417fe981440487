#!/bin/sh
# ISC license.
# usage: gen-tgz.sh [FILE]
# Packs the sources into FILE, by default PACKAGE-VERSION.tar.gz; where it is relative, at the
# top of the tree. In a git work tree those are the files that git knows; elsewhere, all but
# what the build makes.

set -eu
LC_ALL=C
export LC_ALL

cd "$(dirname "$0")/.."
# shellcheck source=package/info
. package/info
name=$package-$version
scratch=$(mktemp -d "${TMPDIR:-/tmp}/$package-tgz.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if test -e .git && command -v git >/dev/null
then
  git ls-files > "$scratch/list"
else
  find . -type f ! -path './.git/*' ! -name '*.tar.gz' | sed 's|^\./||' > "$scratch/list"
fi
mkdir "$scratch/$name"
# git also lists what was deleted and not committed
while read -r file
do
  if test -f "$file" ; then echo "$file" ; fi
done < "$scratch/list" > "$scratch/there"
tar -cf - -T "$scratch/there" | tar -xf - -C "$scratch/$name"
if test -e "$scratch/$name/config.mak"
then
  make -s -C "$scratch/$name" distclean
fi
# one order, owner, time and umask: the same sources make the same file
tar --sort=name --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --mtime='2026-01-01 00:00:00 UTC' \
  -C "$scratch" -cf "$scratch/tar" "$name"
gzip -9n < "$scratch/tar" > "${1:-$name.tar.gz}"
