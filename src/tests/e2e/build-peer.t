#!/bin/sh
# ISC license.
# tools/fetch-peer: it asks the Depends of a package for the names of its libraries, lets
# the programs find each other below .peerbin, and leaves nothing of what it could not finish.
# shellcheck source=tools/tap.sh
. "${TESTS:-$(dirname "$0")/..}/../../tools/tap.sh"
need dpkg-deb dpkg-query

# A registry of our own: what apt would download lies in debs.
mkdir -p tree/tools debs stand-in
cp "$SRC/tools/fetch-peer" tree/tools/
cat > stand-in/apt-get <<END
#!/bin/sh
test "\$2" = download && cp $WORK/debs/"\$3"_*.deb .
END
cat > stand-in/apt-cache <<END
#!/bin/sh
test "\$1" = show || exit 1
shift
case \$1 in -*) shift ;; esac
dpkg-deb -f $WORK/debs/"\$1"_*.deb
END
chmod 755 stand-in/*
PATH=$WORK/stand-in:$PATH

deb() # NAME DEPENDS: from what is in deb.NAME
{
  mkdir -p "deb.$1/DEBIAN"
  printf 'Package: %s\nVersion: 9.99-1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\nDepends: %s\n' "$1" "$2" > "deb.$1/DEBIAN/control"
  dpkg-deb --build "deb.$1" "debs/$1_9.99-1_all.deb" > /dev/null
}

mkdir -p deb.s6/usr/bin deb.libs6-9.99/usr/lib/one-two-three/s6 deb.libbelow1
for name in s6-svscan s6-ipcserver
do
  printf '#!/bin/sh\necho /usr/bin/s6-ipcserverd\n' > "deb.s6/usr/bin/$name"
done
printf 'x/usr/lib/one-two-three/s6/s6-ftrigrd\0y' > deb.libs6-9.99/usr/lib/one-two-three/libs6.so.9.99
echo reader > deb.libs6-9.99/usr/lib/one-two-three/s6/s6-ftrigrd
deb s6 'libc6 (>= 2.34), execline, libs6-9.99 (>= 9.99), libbelow1 | libother1'
deb libs6-9.99 'libc6, libbelow1 (>= 1)'

peer=tree/src/tests/peer/s6
not_ok 'one of the libraries is not to be had' sh tree/tools/fetch-peer
like 'and it says which' "$(cat err)" 'fetch-peer: fatal: apt-get cannot download libbelow1'
ok 'nothing is left of it' test ! -e "$peer"

deb libbelow1 libc6
ok 'now it is' sh tree/tools/fetch-peer
ok 'its library is there, by its name of that release' test -s "$peer/lib/libs6.so.9.99"
is 'programs call each other below .peerbin' "$(sed -n 2p "$peer/bin/s6-svscan")" 'echo .peerbin/s6-ipcserverd'
called=$(tr '\0' '\n' < "$peer/lib/libs6.so.9.99" | sed -n 's/^x//p')
is 'a name in usr/lib keeps its length' "${#called}" "$(printf %s /usr/lib/one-two-three/s6/s6-ftrigrd | wc -c)"
like 'and is below .peerbin' "$called" '^.peerbin//*s6-ftrigrd$'
is 'where it is' "$(cat "$peer/bin/${called##*/}")" reader
rm -r debs
ok 'what is whole is not fetched again' sh tree/tools/fetch-peer

done_testing
