#!/bin/sh
# ISC license.
# The tree: what make leaves behind, twice the same result, other compilers and flags.
# timeout: 900
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"

test -z "$SANITIZED$DAEMON_WRAPPER" || skip_all 'builds its own programs'
copy_tree first
copy_tree a/longer/path/second
find first -type f | sort > before
is 'nothing but this is at the top' "$(sed -n 's|^first/\([^./][^/]*\)$|\1|p' before | tr '\n' ' ')" 'COPYING INSTALL Makefile NEWS README configure '
CFLAGS=-O0
export CFLAGS
programs=$(grep '^[a-z]' first/package/targets.mak)

# build DIRECTORY [make's arguments...]: configures and makes, without a warning
build()
{
  directory=$1
  shift
  ( cd "$directory" && ./configure --prefix=/usr --enable-shared --enable-pkgconfig >/dev/null && make "$@" ) 2>&1
}

# digests DIRECTORY: of all that is installed
digests()
{
  ( cd "$1" && find . -type f -exec sha256sum {} + | sort )
}

ok 'build' build first -j2
is 'without a warning' "$(grep -i warning: out)" ''
ok 'programs are in the source root' sh -c "cd first && test -x $(echo "$programs" | sed -n 1p)"
like 'make again has nothing to do' "$(make -C first)" 'Nothing to be done|is up to date'
ok 'make -j8 in another place' build a/longer/path/second -j8 all
make -s -C first install DESTDIR="$WORK/one"
make -s -C a/longer/path/second install DESTDIR="$WORK/two"
is 'the same sources make the same files' "$(digests one)" "$(digests two)"

ok 'other directories' sh -c 'cd first && ./configure --prefix=/opt --enable-shared --enable-pkgconfig'
unlike 'compile nothing again that does not name them' "$(make -C first -n)" 'src/libfdwire/.*\.c$'
like 'but what does' "$(make -C first -n)" '-c -o src/fdholder/s6-fdholder-daemon.o'
like 'other flags compile it all' "$(make -C first -n CFLAGS=-O1)" '-O1 -c -o src/libfdwire/'
touch first/src/include-local/exitcodes.h
like 'a changed header compiles what includes it' "$(make -C first -n)" '-c -o src/conn-tools/'
ok 'and it does' make -s -C first s6-connlimit
echo 'char const *const nothing = "" ;' > first/src/libfdwire/frame-zzz.c
ok 'a new source is found' make -s -C first libfdwire.a
like 'and is in its library' "$(ar t first/libfdwire.a)" '^frame-zzz.o$'
rm -f first/src/libfdwire/frame-zzz.c
ok 'a source that is gone' make -s -C first libfdwire.a
unlike 'is no longer in its library' "$(ar t first/libfdwire.a)" '^frame-zzz.o$'

cp first/src/conn-tools/s6-connlimit.c connlimit.c
echo '#include "libfdwire/frame.h"' >> first/src/conn-tools/s6-connlimit.c
ok 'a new include is found' make -s -C first s6-connlimit
like 'and followed' "$(grep '^src/conn-tools/s6-connlimit.o' first/package/deps.mak)" ' src/libfdwire/frame.h'
touch first/package/deps.mak
make -s -C first s6-connlimit
is 'with nothing new the dependencies are not worked out again' "$(make -C first -n package/deps.mak | grep gen-deps)" ''
cp first/src/conn-tools/link link
echo libnowhere >> first/src/conn-tools/link
not_ok 'a library that is misspelt in a link file' make -s -C first
like 'is an error that names the file' "$(cat err)" 'src/conn-tools/link lists libnowhere'
cp link first/src/conn-tools/link
cp connlimit.c first/src/conn-tools/s6-connlimit.c
ok 'once it is right all is well' make -s -C first s6-connlimit

if command -v mandoc >/dev/null
then
  mkdir first/html
  touch first/html/gone.8.html
  ok 'make html' make -s -C first html
  ok 'makes an index' test -s first/html/index.html
  not_ok 'leaves nothing of a page that is gone' test -e first/html/gone.8.html
else
  skip 'make html' 'no mandoc'
fi

ok 'make, one test' make -s -j2 -C first src/tests/bin/unit-wire
ok 'make clean' make -s -C first clean
like 'leaves the configuration' "$(ls first)" '^config.mak$'
is 'and no object' "$(find first -name '*.o' -o -name '*.lo' -o -name '*.a' -o -name '*.so*')" ''
ok 'make distclean' make -s -C first distclean
find first -type f | sort > after
is 'leaves a pristine tree' "$(diff before after)" ''
ok 'distclean without a configuration' make -s -C first distclean

ok 'make tgz' make -s -C first tgz
archive=$(cd first && echo *.tar.gz)
is 'names its archive' "$archive" s6-activation-0.1.0.0.tar.gz
tar -tzf "first/$archive" | grep -v '/$' | sed 's|^s6-activation-0.1.0.0|first|' | sort > packed
is 'with all sources in it' "$(diff before packed)" ''
chmod -R g+w a/longer/path/second
(umask 077 && make -s -C a/longer/path/second tgz)
ok 'the same sources make the same archive, under any umask' cmp "first/$archive" "a/longer/path/second/$archive"
make -s -C first distclean

if command -v clang >/dev/null
then
  ok 'configure finds its way with clang' sh -c 'cd first && ./configure CC=clang'
  ok 'make' make -j2 -C first libfdwire.a libfdholderd.a
  is 'without a warning' "$(grep -i warning: err)" ''
  make -s -C first distclean
else
  skip 'clang' 'no clang'
fi

ok 'configure' sh -c 'cd first && ./configure'
ok 'CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS of make win' make -j2 -C first CC='gcc -pipe' CFLAGS='-Os -DTEN=10' CPPFLAGS=-DNINE LDFLAGS=-Wl,-O1 LDLIBS=-lm s6-ioconnect
like 'in compiling' "$(cat out)" '^gcc -pipe .*-DNINE .*-Os -DTEN=10'
like 'in linking' "$(cat out)" '-Wl,-O1.* -lm$'
printf '#!/bin/sh\necho "%s" >> "%s"\nexec "$@"\n' installed "$WORK/record" > say
chmod +x say
ok 'INSTALL of make wins' make -s -C first INSTALL="$WORK/say tools/install.sh" install-include DESTDIR="$WORK/three"
ok 'and is used' test -s record
ok 'CROSS_COMPILE of make wins' sh -c 'make -s -n -C first clean all CROSS_COMPILE=other- | grep -q "^other-gcc"'
done_testing
