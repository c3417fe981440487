#!/bin/sh
# ISC license.
# The recipes of distributions, those of package/dist among them: what they install, and where.
# timeout: 1800
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$SANITIZED$DAEMON_WRAPPER" || skip_all 'builds its own programs'
copy_tree tree
cd tree || exit 111
programs=$(grep '^[a-z]' package/targets.mak | sort)
sysdeps=$(../tree/configure | sed -n 's/^configure: sysdeps: //p')
triplet=$(gcc -print-multiarch)
dest=$WORK/dest

# installed DIRECTORY: the names in it, on one line
installed()
{
  ( cd "$dest/$1" 2>/dev/null && find . ! -type d | sed 's|^\./||' | sort | tr '\n' ' ' )
}

# what is installed where is the question here, not how fast it is
CFLAGS=-O0
export CFLAGS

# recipe NAME OPTION...: configure, make, install into $dest
recipe()
{
  name=$1
  shift
  rm -rf "$dest"
  ok "$name: configure" ./configure "$@"
  ok "$name: make" make -j2
  # that names are looked up through shared libraries is glibc's way, not ours to change
  is "$name: no warning" "$(grep -i warning: err | grep -v 'in statically linked applications')" ''
  ok "$name: make install" make install DESTDIR="$dest"
}

one_line()
{
  echo "$programs" | tr '\n' ' '
}

mkdir pc
printf '%s\n' 'Name: libskarnet' 'Description: x' 'Version: 2.13' 'Libs: -lskarnet' > pc/libskarnet.pc
PKG_CONFIG_PATH=$PWD/pc
export PKG_CONFIG_PATH
if command -v pkg-config >/dev/null
then
  # shellcheck disable=SC2046 # options are words
  recipe Alpine $(sh "$SRC/tools/dist-configure" alpine)
  is 'Alpine: programs' "$(installed usr/lib/s6-activation/bin)" "$(one_line)"
  is 'Alpine: libraries' "$(cd "$dest/usr/lib" && echo libs*)" 'libs6activation.a libs6activation.so libs6activation.so.0.1 libs6activation.so.0.1.0.0'
  ok 'Alpine: static library' test -f "$dest/usr/lib/libs6activation.a"
  is 'Alpine: pkg-config file' "$(installed usr/lib/pkgconfig)" 'libs6activation.pc '
  is 'Alpine: the file says which version' "$(PKG_CONFIG_PATH=$dest/usr/lib/pkgconfig:$PWD/pc pkg-config --modversion libs6activation)" "$(sed -n 's/^version=//p' "$SRC/package/info")"
  is 'Alpine: the file says where' "$(PKG_CONFIG_PATH=$dest/usr/lib/pkgconfig:$PWD/pc pkg-config --variable=includedir libs6activation)" /usr/include
  is 'Alpine: the file says how' "$(PKG_CONFIG_PATH=$dest/usr/lib/pkgconfig:$PWD/pc PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config --libs libs6activation | sed 's/ *$//')" '-L/usr/lib -ls6activation -lskarnet'
else
  skip 'Alpine' 'no pkg-config'
fi

# shellcheck disable=SC2016 # configure expands them
recipe Debian --prefix=/usr --dynlibdir='${prefix}/lib/'"$triplet" --libdir='${prefix}/lib/'"$triplet" \
  --includedir='${prefix}/include/'"$triplet" --libexecdir='${prefix}/lib/'"$triplet/s6-activation" \
  --with-sysdeps="$sysdeps" --enable-absolute-paths --enable-shared --disable-allstatic
is 'Debian: programs' "$(installed usr/bin)" "$(one_line)"
is 'Debian: libraries' "$(installed "usr/lib/$triplet")" 'libs6activation.a libs6activation.so libs6activation.so.0.1 libs6activation.so.0.1.0.0 '
like 'Debian: headers' "$(installed "usr/include/$triplet/s6-activation")" 'accessrules.h config.h'
is 'Debian: absolute paths' "$(sed -n 's/^#define S6_ACTIVATION_EXTBINPREFIX //p' "$dest/usr/include/$triplet/s6-activation/config.h")" '"/usr/bin/"'
needed=$(for name in $programs ; do readelf -d "$name" ; done | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort -u)
like 'Debian: programs use the shared libskarnet' "$needed" '^libskarnet\.so'
ok 'Debian: a shared library has its name' sh -c "readelf -d libs6activation.so | grep -q 'SONAME.*\[libs6activation.so.0.1\]'"
unlike 'it exports public names alone' "$(nm -D --defined-only libs6activation.so | sed 's/.* //')" '^(wire|frame|fdops)'
LD_LIBRARY_PATH=$PWD
export LD_LIBRARY_PATH
exits 'Debian: a program runs with it' 100 ./s6-accessrules-cdb-from-fs
unset -v LD_LIBRARY_PATH

# shellcheck disable=SC2046 # options are words
recipe Void $(sh "$SRC/tools/dist-configure" void | sed "s|^--with-sysdeps=.*|--with-sysdeps=$sysdeps|")
is 'Void: programs' "$(installed usr/lib/s6-activation/bin)" "$(one_line)"
ok 'Void: library' test -f "$dest/usr/lib/libs6activation.a"
like 'Void: headers' "$(installed usr/include/s6-activation)" accessrules.h
is 'Void: nothing beside' "$(installed lib)$(installed bin)$(installed usr/bin)" ''
needed=$(for name in $programs ; do readelf -d "$name" ; done | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort -u)
ok 'Void: completions' test -f "$dest/usr/share/zsh/site-functions/_s6-activation"
unlike 'Void: programs hold libskarnet' "$needed" skarnet

recipe s6-overlay --target="$triplet" --enable-slashpackage --enable-static-libc --disable-shared
rm -rf "$dest"
ok 's6-overlay: make strip' make strip
unlike 's6-overlay: and it is' "$(file s6-* 2>/dev/null)" 'not stripped'
ok 's6-overlay: install update global-links' make -L install update global-links DESTDIR="$dest"
home=package/admin/s6-activation-0.1.0.0
is 's6-overlay: programs' "$(installed $home/command)" "$(one_line)"
is 's6-overlay: library' "$(installed $home/library)" 'libs6activation.a '
like 's6-overlay: headers' "$(installed $home/include/s6-activation)" accessrules.h
is 's6-overlay: the name without version' "$(readlink "$dest/package/admin/s6-activation")" s6-activation-0.1.0.0
is 's6-overlay: links to programs' "$(installed command)" "$(one_line)"
is 's6-overlay: a link' "$(readlink "$dest/command/s6-ioconnect")" /package/admin/s6-activation/command/s6-ioconnect
needed=$(for name in $programs ; do readelf -d "$name" ; done | grep -c NEEDED)
is 's6-overlay: no shared library at all' "$needed" 0
exits 's6-overlay: a program runs' 100 "$dest/$home/command/s6-accessrules-cdb-from-fs"
ok 'update again' make update global-links DESTDIR="$dest"
is 'changes the link, not what it leads to' "$(readlink "$dest/package/admin/s6-activation")$(find "$dest/$home" -maxdepth 1 -type l)" s6-activation-0.1.0.0

is 's6-overlay: examples' "$(cd "$dest/$home/doc" && echo *)" 'examples logging'
ok 's6-overlay: completions' test -f "$dest/$home/share/bash-completion/completions/s6-svc"
ok 'slashpackage has a root of its own' ./configure --enable-slashpackage=/opt --enable-shared
is 'for the directories' "$(sed -n 's/^bindir := //p' config.mak)" /opt/package/admin/s6-activation-0.1.0.0/command
like 'and the programs' "$(cat src/include/s6-activation/config.h)" 'EXTBINPREFIX "/opt/command/"'

# parts: which parts of the package are in $dest
parts()
{
  find "$dest" ! -type d | sed -e 's|.*/bin/.*|bin|' -e 's|.*/include/.*|include|' -e 's|.*/man/.*|man|' -e 's|.*completions.*|completions|' -e 's|.*/site-functions/.*|completions|' \
    -e 's|.*/share/doc/s6-activation/html/.*|html|' -e 's|.*/share/doc/s6-activation/.*|examples|' -e 's|.*\.pc$|pkgconfig|' -e 's|.*\.a$|lib|' -e 's|.*\.so.*|dynlib|' | sort -u | tr '\n' ' '
}

# Each part of the installation alone, from a tree that is configured, and where nothing but
# objects was built
# shellcheck disable=SC2016 # configure expands it
ok 'configure with directories of completions' ./configure --bash-completion-dir=/b --zsh-completion-dir='${prefix}/z' --prefix=/p --fish-completion-dir=/f
is 'they are in config.mak' "$(sed -n 's/^[a-z]*completiondir := //p' config.mak | tr '\n' ' ')" '/b /p/z /f '
# shellcheck disable=SC2016 # configure expands it
is '--docdir' "$(./configure --docdir='${prefix}/d' --prefix=/p > out && sed -n 's/^docdir := //p' config.mak)" /p/d
ok 'configure for parts' ./configure --prefix=/usr --enable-shared --enable-pkgconfig
# shellcheck disable=SC2086 # names
rm -rf $programs lib*.a lib*.so lib*.so.* libs6activation.pc html completions
for part in dynlib:usr/lib/libs6activation.so.0.1.0.0 bin:usr/bin/s6-ioconnect \
  lib:usr/lib/s6-activation/libs6activation.a include:usr/include/s6-activation/accessrules.h \
  pkgconfig:usr/lib/pkgconfig/libs6activation.pc man:usr/share/man/man7/s6-activation.7 \
  completions:usr/share/zsh/site-functions/_s6-activation \
  examples:usr/share/doc/s6-activation/examples/s6/fdholder/run html:usr/share/doc/s6-activation/html/index.html
do
  test "${part%%:*}" != html || command -v mandoc >/dev/null || continue
  rm -rf "$dest"
  ok "install-${part%%:*}" make -j2 "install-${part%%:*}" DESTDIR="$dest"
  ok 'installs its part' test -f "$dest/${part#*:}"
  is 'and nothing else' "$(parts)" "${part%%:*} "
done
make -s install-completions DESTDIR="$dest"
is 'completions of bash are found by the names of programs' "$(for name in $programs ; do cmp "$dest/usr/share/bash-completion/completions/$name" completions/bash/s6-activation 2>&1 ; done)" ''
is 'those of fish too' "$(installed usr/share/fish/vendor_completions.d)" "$(for name in s6-activation $programs ; do echo "$name.fish" ; done | sort | tr '\n' ' ')"
is 'modes of programs' "$(make -s install DESTDIR="$dest" && stat -c %a "$dest/usr/bin/s6-ioconnect")" 755
# modes: of the files in these folders of the directory, by whether they can be executed
modes()
{
  ( cd "$1" && find examples logging -type f | sort | while read -r file
    do
      if test -x "$file" ; then echo "755 $file" ; else echo "644 $file" ; fi
    done )
}
(cd "$dest/usr/share/doc/s6-activation" && find examples logging -type f -exec stat -c '%a %n' {} +) | sort -k 2 > installed_modes
is 'examples are as in the source' "$(for folder in examples logging ; do diff -r "doc/$folder" "$dest/usr/share/doc/s6-activation/$folder" ; done)" ''
is 'with their modes' "$(modes doc | sort -k 2 | diff - installed_modes)" ''
is 'modes of the rest' "$(find "$dest" -type f ! -path '*/bin/*' ! -path '*/doc/s6-activation/[cel]*' ! -name '*.so*' ! -perm 644)" ''
done_testing
