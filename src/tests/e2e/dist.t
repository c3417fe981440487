#!/bin/sh
# ISC license.
# package/dist: each recipe is read by its shell or its own tool, its options are configure's
# and lead to a place beside s6, it runs the tests, and what it packages is complete.
# timeout: 300
# What they configure is built by build-install.t; packages for Debian by tools/check-dist.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$SANITIZED$DAEMON_WRAPPER" || skip_all 'nothing here is run under it'
need bash
recipes=$SRC/package/dist
cd "$SRC" || exit 111
# shellcheck source=package/info
. package/info
programs=$(grep '^[a-z]' package/targets.mak | sort)
known=$(./configure --help)

# what a recipe works in
mkdir "$WORK/tree"
cd "$WORK/tree" || exit 111
cp -R "$SRC/doc" "$SRC/package" "$SRC/COPYING" "$SRC/README" "$SRC/NEWS" .

for file in alpine/APKBUILD arch/PKGBUILD void/template "gentoo/$package-$version.ebuild" \
  nix/default.nix rpm/s6-activation.spec debian/changelog
do
  like "$file is for this version" "$(basename "$file" ; cat "$recipes/$file")" \
    "^(pkgver=|version=| *version = \"|Version: *|s6-activation \(|s6-activation-)$version([\";-]|\.ebuild|$)"
done

# a test without these fails, or says little
for file in alpine/APKBUILD arch/PKGBUILD void/template "gentoo/$package-$version.ebuild" \
  nix/default.nix rpm/s6-activation.spec debian/control
do
  for word in perl procps python strace
  do
    # who builds for Debian has that one
    if test "$file $word" = 'debian/control perl' ; then continue ; fi
    like "$file: its tests have $word" "$(cat "$recipes/$file")" \
      "(checkdepends|nativeCheckInputs|BuildRequires|test\?).*$word|^ +${word}3? <!nocheck>"
  done
done

like "alpine: the kernel's headers, which musl's lack" "$(cat "$recipes/alpine/APKBUILD")" '^makedepends=.* linux-headers '

# Containerfile: what it copies is made by its last RUN, here with a bundle of one file
sed -n '/^RUN sh /,/[^\\]$/p' "$recipes/Containerfile" | sed "s|^RUN sh tools/static-bundle /bundle.tar|tar -cf /bundle.tar README|
s| /bundle| $WORK/bundle|g; s| /image| $WORK/image|g" > "$WORK/image.sh"
ok 'Containerfile: an image is filled' sh -e "$WORK/image.sh"
is 'Containerfile: with the bundle' "$(ls "$WORK/image")" "$(printf '%s\n' README run service tmp)"
is 'Containerfile: everybody has a /tmp' "$(stat -c %a "$WORK/image/tmp")" 1777

# tools beside the recipes
if command -v make > /dev/null
then
  ok 'an archive is made where it is wanted' sh "$SRC/tools/gen-tgz.sh" "$WORK/packed.tar.gz"
  like 'with the sources' "$(tar -tzf "$WORK/packed.tar.gz")" "^$package-$version/package/info\$"
else
  skip 'an archive' 'no make'
fi
exits 'static-bundle: SOURCES may be relative' 111 env CC=sh SOURCES=nowhere sh "$SRC/tools/static-bundle" bundle.tar
like 'to where it is called' "$(cat err)" "no sources of skalibs in $(pwd)/nowhere"
if is_root && command -v dpkg >/dev/null
then
  exits 'check-release: dist is of this machine' 111 sh "$SRC/tools/check-release" -a another nothing dist
  like 'as it says' "$(cat err)" 'for this machine alone'
else
  skip 'check-release: dist is of this machine' 'needs root, and dpkg'
fi

# option NAME DEFAULT: what the options say
option()
{
  sed -n "s/^--$1=//p" "$WORK/options" | grep . || echo "$2"
}

# configured NAME [TOOL]: reads its options
configured()
{
  name=$1
  if test -n "${2-}" && ! test -e "$2" && ! command -v "$2" >/dev/null ; then skip "$name" "no $2" ; return 1 ; fi
  run sh "$SRC/tools/dist-configure" "$name"
  is "$name: it can be read" "$status$(grep -v nixbld err)" 0
  mv out "$WORK/options"
  is "$name: every option is known" "$(sed 's/=.*//; s/^--disable-/--enable-/' "$WORK/options" | while read -r word
    do
      printf '%s\n' "$known" | grep -Eq "^  $word( |=|\[)" || echo "$word"
    done)" ''
  binaries=$(option bindir /usr/bin)
  # shellcheck disable=SC2016 # configure expands it
  like "$name: programs are not in the way of those of s6" "$binaries" '^(\$\{bin\}/bin|/usr/lib(exec)?/s6-activation/bin)$'
  like "$name: and call each other there" "$(cat "$WORK/options")" '^--enable-absolute-paths$'
  unlike "$name: nor are the pages" "$(option mandir /usr/share/man)" '^/usr/share'
  like "$name: s6-supervise is mended with the C library" "$(cat "$WORK/options")" '^--disable-(allstatic|static-supervise)$'
  like "$name: the shared library" "$(cat "$WORK/options")" '^--enable-shared$'
}

# put DIRECTORY FILE...: makes it in $dest, with these files, which are empty
put()
{
  mkdir -p "$dest$1"
  ( cd "$dest$1" && shift && touch "$@" )
}

# installed: in $dest is what make install would make of these options
installed()
{
  # shellcheck disable=SC2086 # names are words
  put "$binaries" $programs
  # shellcheck disable=SC2086 # names are words
  put /usr/share/bash-completion/completions s6-activation $programs
  put /usr/share/fish/vendor_completions.d s6-activation.fish
  put /usr/share/zsh/site-functions _s6-activation
  put "$(option includedir /usr/include)/s6-activation" fdholder.h
  put "$(option libdir '')" libs6activation.a
  put "$(option libdir '')/pkgconfig" libs6activation.pc
  put "$(option dynlibdir /usr/lib)" libs6activation.so libs6activation.so.0.1 "libs6activation.so.$version"
  for each in 3 7 8
  do
    # shellcheck disable=SC2046 # names are words
    put "$(option mandir '')/man$each" $(cd "$SRC/doc" && echo *."$each")
  done
  each=$(option docdir /usr/share/doc/s6-activation)
  put "$each/examples" README
  put "$each/html" index.html
}

# packaged SHELL FILE TEXT KIND [REPLACED]: runs TEXT in SHELL, which has read FILE; what make
# is asked for goes to file asked. Links in /usr/bin are looked for in REPLACED.
packaged()
{
  rm -rf "$WORK/dest" "$WORK/replaced" asked
  dest=$WORK/dest
  replaced=$WORK/replaced
  installed
  # shellcheck disable=SC2016 # the other shell expands it
  ok "$name: it packages" env dest="$dest" replaced="$replaced" "$1" -euc 'make() {
  echo "$*" >> asked
  case $* in
    *install-examples*) mkdir -p "$dest/usr/share/doc/s6-activation/examples" && : > "$dest/usr/share/doc/s6-activation/examples/README" ;;
  esac
}
. "$1"
eval "$3"' "$1" "$2" x "$3"
  like "$name: it runs the tests" "$(cat asked)" '^check-built$'
  like "$name: and installs" "$(cat asked)" '(^| )install( |$)'
  like "$name: and its pages as HTML" "$(cat asked)" 'install-html'
  is "$name: all programs" "$(ls "$dest$binaries")" "$programs"
  is "$name: with pages" "$(find "$dest${binaries%bin}man/man8" -type f -exec basename -s .8 {} + | sort)" "$programs"
  is "$name: in /usr/bin they are links, of $4" "$(find "${5:-$dest}/usr/bin" -type l -exec readlink {} + | sed 's|^\.\./|/usr/|' | sort)" \
    "$(echo "$programs" | sed "s|^|$binaries/|")"
  is "$name: by their names" "$(ls "${5:-$dest}/usr/bin")" "$programs"
  is "$name: pages for everybody" "$(cd "$dest/usr/share/man" && find . -type f | sort | tr '\n' ' ')" \
    './man3/accessrules.3 ./man3/fdholder.3 ./man7/s6-activation-intro.7 ./man7/s6-activation.7 '
  ok "$name: header, library and examples" test -f "$dest/usr/include/s6-activation/fdholder.h" \
    -a -n "$(find "$dest/usr" -name 'libs6activation.so.*')" \
    -a -n "$(find "$dest/usr/share/doc" -name README -path '*/examples/*')"
  ok "$name: completions" test -f "$dest/usr/share/bash-completion/completions/s6-svc" \
    -a -f "$dest/usr/share/zsh/site-functions/_s6-activation"
}

if configured alpine
then
  # shellcheck disable=SC2016 # the other shell expands it
  packaged sh "$recipes/alpine/APKBUILD" 'pkgdir=$dest ; subpkgdir=$replaced ; check ; package ; _replace' replace "$WORK/replaced"
  ok 'alpine: replace alone has them' test ! -e "$WORK/dest/usr/bin"
fi
if configured arch
then
  ln -s . "$package-$version"
  # shellcheck disable=SC2016 # the other shell expands it
  packaged bash "$recipes/arch/PKGBUILD" 'pkgdir=$dest ; ( check ) ; ( package_s6-activation ) ; ( package_s6-activation-doc )
    pkgdir=$replaced ; ( package_s6-activation-replace )' replace "$WORK/replaced"
fi
if configured void
then
  # shellcheck disable=SC2016 # the other shell expands it
  packaged bash "$recipes/void/template" 'DESTDIR=$dest sourcepkg=$pkgname ; vmkdir() { mkdir -p "$dest/$1" ; } ; vcopy() { cp -R $1 "$dest/$2/" ; }
    vlicense() { test -f "$1" ; } ; do_check ; do_install
    vmove() { ls -d $dest/$1 >> moved ; }
    for part in libs6activation libs6activation-devel s6-activation-doc s6-activation-replace ; do
      ${part}_package ; pkg_install
    done' replace
  is 'void: what the package itself is left with' "$(find "$WORK/dest" ! -type d | grep -Fv -f moved | sed "s|^$WORK/dest\\(/usr/[a-z]*/[^/]*\\).*|\\1|" | sort -u | tr '\n' ' ')" \
    '/usr/lib/s6-activation /usr/share/bash-completion /usr/share/fish /usr/share/man /usr/share/zsh '
fi
if configured gentoo
then
  # shellcheck disable=SC2016 # the other shell expands it
  packaged bash /dev/null 'inherit() { : ; } ; use() { true ; } ; die() { exit 1 ; } ; emake() { make "$@" ; }
    doman() { for each ; do install -D "$each" "$ED/usr/share/man/man${each##*.}/${each##*/}" ; done ; }
    dodoc() { test -f "$1" ; }
    dosym() { mkdir -p "$ED/usr/bin" ; ln -s "$1" "$ED$2" ; } ; D=$dest ; ED=$dest ; P= ; PF= ; EPREFIX= ; docompress() { : ; }
    . '"$recipes"'/gentoo/*.ebuild ; src_test ; src_install' replace
fi
if configured rpm rpmspec
then
  # shellcheck disable=SC2016 # the other shell expands it
  rpmspec -D 'buildroot $dest' --parse "$recipes/rpm/s6-activation.spec" > spec
  sed -n '/^%check/,/^%post /{/^%/!p;}' spec > "$WORK/installing"
  packaged sh "$WORK/installing" : replace
  sed -n 's/[.]/[.]/g; s|\*|[^/]*|g; s|^/.*|^&(/\|$)|p' spec > packaged
  is 'rpm: all that is there is packaged' "$(cd "$WORK/dest" && find . ! -type d | sed 's/^\.//' | grep -Ev -f "$WORK/tree/packaged")" ''
  if command -v rpmlint >/dev/null
  then
    ok 'rpm: rpmlint' rpmlint -r "$recipes/rpm/rpmlintrc" "$recipes/rpm/s6-activation.spec"
  else
    skip 'rpm: rpmlint' 'no rpmlint'
  fi
fi
if configured debian /usr/share/dpkg/architecture.mk && command -v dh_fixperms > /dev/null &&
  { is_root || command -v fakeroot > /dev/null ; }
then
  mkdir "$WORK/source"
  cp -R "$recipes/debian" "$WORK/source/"
  copied=$WORK/source/debian/s6-activation-doc/usr/share/doc/s6-activation-doc
  mkdir -p "$copied"
  cp -R "$SRC/doc/examples" "$SRC/doc/logging" "$copied/"
  # it changes owners, too
  if is_root ; then as= ; else as=fakeroot ; fi
  # shellcheck disable=SC2086 # one word, or none
  ok 'debian: modes of files' env -i PATH="$PATH" $as make -C "$WORK/source" -f debian/rules override_dh_fixperms
  is 'debian: what is copied from there is executable still' "$(cd "$copied" && find . -type f -perm -u+x | sort)" \
    "$(cd "$SRC/doc" && find ./examples ./logging -type f -perm -u+x | sort)"
else
  skip 'debian: modes of files' 'no debhelper, or neither root nor fakeroot'
fi
if configured nix nix-instantiate
then
  like 'nix: it runs the tests' "$(cat "$recipes/nix/default.nix")" '^  doCheck = true;$'
fi
done_testing
