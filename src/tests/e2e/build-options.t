#!/bin/sh
# ISC license.
# configure: every option is named, taken, or ignored as the manual of the build says.
# timeout: 900
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

copy_tree tree
cd tree || exit 111

setting()
{
  sed -n "s/^$1 := //p" config.mak
}

exits '--help exits 0' 0 ./configure --help
help=$(cat out)
for option in prefix exec-prefix dynlibdir libexecdir bindir libdir includedir sysconfdir \
  pkgconfdir mandir with-sysdeps with-include with-lib with-dynlib with-pkgconfig \
  without-pkgconfig enable-shared enable-static enable-allstatic enable-static-libc \
  enable-static-supervise enable-all-pic enable-rpath enable-pkgconfig enable-absolute-paths \
  enable-execline enable-epoll enable-fortify enable-slashpackage host target build
do
  like "--help names --$option" "$help" "^  --$option( |=|\[)"
done
not_ok 'and writes nothing' test -e config.mak

exits 'make before configure fails' 2 make
like 'and names the remedy' "$(cat err)" 'run ./configure first'

exits 'options of others pass' 0 ./configure --enable-other --disable-dependency-tracking \
  --with-x --without-x --localstatedir=/var --runstatedir=/run --build=x86_64-linux-gnu
is 'in silence' "$(cat err)" ''
exits 'an unknown option passes' 0 ./configure --nonsense
like 'with a message' "$(cat err)" '^configure: option --nonsense is not known'

# shellcheck disable=SC2016 # configure expands them
ok 'values may refer to the prefix and to the environment' env out=/o dev=/d doc=/e man=/m lib=/l bin=/b \
  ./configure --prefix=/pre --dynlibdir='${prefix}/lib/T' --includedir='${dev}/include' \
  --bindir='${bin}/bin' --libdir='${lib}/lib' --libexecdir='${out}/libexec' --mandir='${man}/man' --sysconfdir='${doc}/etc'
is 'prefix' "$(setting dynlibdir)" /pre/lib/T
is 'dev' "$(setting includedir)" /d/include
is 'bin' "$(setting bindir)" /b/bin
is 'lib' "$(setting libdir)" /l/lib
is 'out' "$(setting libexecdir)" /o/libexec
is 'man' "$(setting mandir)" /m/man
is 'doc' "$(setting sysconfdir)" /e/etc
# shellcheck disable=SC2016 # configure must not run it
not_ok 'but commands in values are not run' ./configure --bindir='${x$(touch ran)}'
not_ok 'indeed' test -e ran

ok 'default directories' ./configure
is 'bindir' "$(setting bindir)" /bin
is 'libdir' "$(setting libdir)" /usr/lib/s6-activation
is 'includedir' "$(setting includedir)" /usr/include
is 'no shared library' "$(setting SHARED)" ''
is 'static' "$(setting ALLSTATIC)" yes
is 'pkgconfdir' "$(setting pkgconfdir)" /usr/lib/pkgconfig
ok 'pkgconfdir follows libdir' ./configure --prefix=/usr --libdir=/usr/lib/T --enable-pkgconfig
is 'below it' "$(setting pkgconfdir)" /usr/lib/T/pkgconfig
ok 'pkg-config looks in no directory of one package' ./configure --libdir=/lib64/s6-activation
is 'so it is above that' "$(setting pkgconfdir)" /lib64/pkgconfig
ok 'unless it is given' ./configure --libdir=/usr/lib/T --pkgconfdir=/pc
is 'as it is' "$(setting pkgconfdir)" /pc
ok '--prefix moves them' ./configure --prefix=/usr/local
is 'bindir' "$(setting bindir)" /usr/local/bin
is 'libdir' "$(setting libdir)" /usr/local/lib/s6-activation
is 'mandir' "$(setting mandir)" /usr/local/share/man

ok '--disable-allstatic' ./configure --disable-allstatic
is 'implies shared' "$(setting SHARED)" yes
ok '--enable-allstatic=no' ./configure --enable-allstatic=no
is 'means the same' "$(setting SHARED)" yes
ok '--enable-static-libc' ./configure --disable-static --disable-allstatic --enable-static-libc
is 'implies allstatic' "$(setting ALLSTATIC)" yes
is 'and static' "$(setting STATIC)" yes
like 'and links so' "$(setting LDFLAGS_PROGRAM)" '-static'
is 's6-supervise like all' "$(setting STATIC_SUPERVISE)" ''
ok '--disable-allstatic --disable-shared' ./configure --disable-allstatic --disable-shared
is 'nor is s6-supervise static' "$(setting STATIC_SUPERVISE)" ''
not_ok 'links with no shared library that would not be installed' sh -c 'make -n s6-fdholder-list | grep -q libs6activation.so'
ok '--enable-shared=yes' ./configure --enable-shared=yes --enable-shared=no
is 'the last one wins' "$(setting SHARED)" ''
# linked: how s6-supervise would be
linked()
{
  make -n "$@" s6-supervise | sed -n 's/.* -o s6-supervise .* \(-static[a-z-]*\) .*/\1/p'
}
ok '--disable-static-supervise' ./configure --disable-static-supervise
is 'links s6-supervise like the others' "$(setting STATIC_SUPERVISE)$(linked)" ''
ok 'without it' ./configure
how=$(setting STATIC_SUPERVISE)
is 's6-supervise is linked as it is said' "$(linked)" "$how"
like 'it is' "$(cat out)" "^configure: s6-supervise: linked with ${how:-the shared libc}\$"
if test -n "$how"
then
  like 'static' "$how" '^-static(-pie)?$'
  is 'not by sanitizers' "$(linked CFLAGS='-O1 -fsanitize=undefined')" ''
  unlike 'and nothing else is' "$(make -n s6-svscan)" ' -static'
  ok 'code that has its place' ./configure CFLAGS='-O2 -fno-pie' LDFLAGS=-no-pie
  is 'is static as it can be' "$(setting STATIC_SUPERVISE)" -static
  ok 'sanitizers' ./configure CFLAGS='-O1 -fsanitize=undefined'
  is 'want a shared library' "$(setting STATIC_SUPERVISE)" ''
else
  skip 'static' 'the compiler finds no static C library'
fi
mkdir nostatic
cat > nostatic/cc << 'EOF'
#!/bin/sh
for arg ; do case $arg in -static*) echo "$arg: no" >&2 ; exit 1 ;; esac ; done
exec gcc "$@"
EOF
chmod 755 nostatic/cc
ok 'a compiler that links nothing static' ./configure CC="$PWD/nostatic/cc"
is 'is not told to' "$(setting STATIC_SUPERVISE)" ''
not_ok 'if nothing else will do' ./configure CC="$PWD/nostatic/cc" --enable-static-supervise
like 'it is fatal' "$(cat err)" 'fatal: --enable-static-supervise: '
ok '--enable-all-pic' ./configure --enable-all-pic
like 'compiles so' "$(setting CFLAGS_AUTO)" '-fPIC'
ok '--enable-rpath' ./configure --enable-rpath --disable-allstatic --dynlibdir=/dyn
like 'links so' "$(setting LDFLAGS_PROGRAM)" '-rpath=/dyn'
ok '--enable-absolute-paths' ./configure --enable-absolute-paths --bindir=/there
like 'reaches config.h' "$(cat src/include/s6-activation/config.h)" '_BINPREFIX "/there/"'
ok '--disable-execline' ./configure --disable-execline
like 'runs execlineb by PATH' "$(cat src/include/s6-activation/config.h)" '_EXECLINEPREFIX ""'
ok '--disable-epoll' ./configure --disable-epoll
like 'reaches probed.h' "$(cat src/include-local/probed.h)" '^#undef S6_ACTIVATION_HAS_EPOLL'
# commands ARGUMENT...: how make would compile
commands()
{
  make -n "$@" src/fdholder/s6-fdholder-stat.o
}
ok '--disable-fortify' ./configure --disable-fortify
is 'checks no bounds' "$(setting FORTIFY)" ''
ok 'without it' ./configure
if test -n "$(setting FORTIFY)"
then
  like 'bounds are checked' "$(commands)" ' -D_FORTIFY_SOURCE=[23] '
  unlike 'but not unoptimized' "$(commands CFLAGS='-O2 -O0')" FORTIFY
  unlike 'nor by sanitizers beside' "$(commands CFLAGS='-O1 -fsanitize=undefined')" FORTIFY
  unlike 'nor at another level than the one that is given' "$(commands CPPFLAGS=-U_FORTIFY_SOURCE | sed 's/-U_FORTIFY_SOURCE//')" FORTIFY
  ok 'a level of its own' ./configure CPPFLAGS=-D_FORTIFY_SOURCE=2
  is 'is left as it is' "$(setting FORTIFY)" ''
else
  skip 'bounds are checked' 'not by this C library'
fi
mkdir -p i1 i2
ok 'repeated --with-' ./configure --with-include=i1 --with-include=i2 --with-lib=i1 --with-lib=i2 --with-dynlib=i1 --disable-allstatic
like 'headers' "$(setting CPPFLAGS_AUTO)" '-Ii1 -Ii2'
like 'libraries' "$(setting LIBSKARNET)" '-Li1 -Li1 -Li2 -lskarnet'

# Where skalibs may be: by itself, below the prefix, in slashpackage
ok 'configure' ./configure
sysdeps=$(sed -n 's/^configure: sysdeps: //p' out)
archive=$(sed -n 's/^configure: skalibs: //p' out)
mkdir -p up/lib/skalibs slash/package/prog/skalibs/library
ln -s "$sysdeps" up/lib/skalibs/sysdeps
ok "upstream's place, below the prefix" ./configure --prefix="$PWD/up"
like 'is found' "$(cat out)" "sysdeps: $PWD/up/lib/skalibs/sysdeps"
ln -s "$sysdeps" slash/package/prog/skalibs/sysdeps
ln -s "$archive" slash/package/prog/skalibs/library/libskarnet.a
ok 'slashpackage' ./configure --enable-slashpackage="$PWD/slash"
like 'has its own sysdeps' "$(cat out)" "sysdeps: $PWD/slash/package/prog/skalibs/"
like 'and library' "$(cat out)" "skalibs: $PWD/slash/package/prog/skalibs/library/libskarnet.a"
cp -R "$sysdeps/" other
echo '-lspecial' > other/socket.lib
rm -f other/pthread.lib
not_ok 'what the sysdeps say is linked' ./configure --with-sysdeps=other
echo '-lm' > other/socket.lib
ok 'indeed' ./configure --with-sysdeps=other
is 'SYSTEM_LIBS' "$(setting SYSTEM_LIBS)" -lm

not_ok 'a missing sysdeps directory is fatal' ./configure --with-sysdeps=/nonexistent
not_ok '--with-pkgconfig is fatal where the .pc file is missing' env PKG_CONFIG_LIBDIR=/nonexistent ./configure --with-pkgconfig
ok 'a pkg-config that is not there is not asked' ./configure --with-pkgconfig=no-such-program
mkdir pc
printf '%s\n' 'Name: libskarnet' 'Description: x' 'Version: 2.13' 'Libs: -lskarnet' > pc/libskarnet.pc
if command -v pkg-config >/dev/null
then
  ok 'and serves where it is there' env PKG_CONFIG_PATH=pc ./configure --with-pkgconfig=pkg-config --disable-allstatic
  is 'its flags are used' "$(setting LIBSKARNET)" '-lskarnet'
else
  skip 'and serves where it is there' 'no pkg-config'
fi

ok 'VAR=VALUE is set' ./configure CFLAGS=-O1 LDLIBS=-lm AR=my-ar
is 'CFLAGS' "$(setting CFLAGS)" -O1
is 'LDLIBS' "$(setting LDLIBS)" -lm
is 'AR' "$(setting given_AR)" my-ar
ok 'the environment serves too' env CC=gcc CPPFLAGS=-DX=1 ./configure
is 'CC' "$(setting CC)" gcc
is 'CPPFLAGS' "$(setting CPPFLAGS)" -DX=1
not_ok 'a compiler that compiles nothing is fatal' ./configure CC=false

# A cross compiler by --host, CROSS_COMPILE and a bare word
mkdir cross
for tool in gcc ar ranlib strip nm
do
  printf '#!/bin/sh\necho %s >> "%s"\nexec %s "$@"\n' "$tool" "$WORK/cross-used" "$tool" > "cross/my-arch-$tool"
done
chmod +x cross/*
for words in --host=my-arch --target=my-arch my-arch CROSS_COMPILE=my-arch-
do
  ok "$words" env PATH="$PWD/cross:$PATH" ./configure "$words"
  is 'CROSS_COMPILE' "$(setting CROSS_COMPILE)" my-arch-
done
: > "$WORK/cross-used"
ok 'a build with it' env PATH="$PWD/cross:$PATH" make -j2 libfdwire.a
is 'uses its tools' "$(sort -u "$WORK/cross-used" | tr '\n' ' ')" 'ar gcc ranlib '

# What is Linux's alone
ok 'a system without abstract names' ./configure CPPFLAGS=-U__linux__
like 'is told of' "$(cat out)" 'no abstract socket names'
like 'and is known to the programs' "$(cat src/include-local/probed.h)" '^#undef S6_ACTIVATION_HAS_ABSTRACT'
not_ok 'a system without SO_PEERCRED and accept4' ./configure CPPFLAGS='-Daccept4=nothing4 -Dgetsockopt=nothing'
like 'is told of' "$(cat err)" 'fatal: this system has no SO_PEERCRED'
like 'with all that is not there' "$(cat err)" 'fatal: this system has no accept4'

ok 'options that name places of this machine' ./configure --enable-absolute-paths --prefix=/usr --with-include=/build/here --with-lib=/build/here CPPFLAGS=-I/build/here
like 'stay out of the installed header' "$(cat src/include/s6-activation/config.h)" 'Generated by: ./configure --enable-absolute-paths --prefix=/usr \*/'

# What packagers do to the files
ok 'lines that end in -Wl,--hash-style=both may go' sed -i '/-Wl,--hash-style=both$/d' configure
ok 'and so may the line that writes Generated by' sed -i '\|/\* Generated by:|d' configure
ok 'configure still works' ./configure
unlike 'without the flag' "$(cat config.mak)" hash-style
unlike 'without the line' "$(cat src/include/s6-activation/config.h)" Generated
ok 'the AR and RANLIB lines may go' sed -i -e '/AR := /d' -e '/RANLIB := /d' Makefile
: > "$WORK/cross-used"
rm -f libfdwire.a
ok 'the environment serves' env AR="$PWD/cross/my-arch-ar" RANLIB="$PWD/cross/my-arch-ranlib" make -j2 libfdwire.a
is 'both' "$(sort -u "$WORK/cross-used" | tr '\n' ' ')" 'ar ranlib '
unlike 'nothing is linked into /dev/null' "$(cat configure Makefile)" '-o */dev/null'
done_testing
