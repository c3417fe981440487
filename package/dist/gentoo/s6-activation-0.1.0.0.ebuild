# shellcheck shell=bash disable=SC2034,SC2154 # Portage reads these, and sets the others
# ISC license.

EAPI=8

inherit toolchain-funcs

DESCRIPTION="Listening sockets that outlive their services"
HOMEPAGE="https://s6-activation.invalid/"
SRC_URI="https://s6-activation.invalid/${P}.tar.gz"

LICENSE="ISC"
SLOT="0/0.1"
KEYWORDS="~amd64"
IUSE="doc replace static-libs test"
RESTRICT="!test? ( test )"

RDEPEND="
	dev-lang/execline:=
	dev-libs/skalibs:=
	replace? ( !sys-apps/s6 !net-misc/s6-networking )
"
DEPEND="${RDEPEND}"
BDEPEND="
	doc? ( app-text/mandoc )
	test? ( dev-debug/strace dev-lang/perl dev-lang/python sys-process/procps )
"

src_configure() {
	tc-export AR CC RANLIB

	local myconf=(
		--prefix="${EPREFIX}"/usr
		--bindir="${EPREFIX}"/usr/libexec/s6-activation/bin
		--libexecdir="${EPREFIX}"/usr/libexec/s6-activation
		--dynlibdir="${EPREFIX}/usr/$(get_libdir)"
		--libdir="${EPREFIX}/usr/$(get_libdir)"
		--mandir="${EPREFIX}"/usr/libexec/s6-activation/man
		--docdir="${EPREFIX}/usr/share/doc/${PF}"
		--with-dynlib="${EPREFIX}/$(get_libdir)"
		--with-sysdeps="${EPREFIX}/usr/$(get_libdir)/skalibs/sysdeps"
		--enable-absolute-paths
		--enable-shared
		--disable-allstatic
		--enable-pkgconfig
		"$(use_enable static-libs static)"
	)
	# it is none of autoconf's, and warns of options that it does not know
	./configure "${myconf[@]}" || die
}

src_compile() {
	emake
}

src_test() {
	emake check-built
}

src_install() {
	emake DESTDIR="${D}" install
	# no package of anybody else's has pages of these names
	local man="${ED}"/usr/libexec/s6-activation/man
	doman doc/s6-activation.7 doc/s6-activation-intro.7 doc/*.3
	rm -r "${man}"/man7/s6-activation.7 "${man}"/man7/s6-activation-intro.7 "${man}"/man3 || die
	docompress -x "/usr/share/doc/${PF}"
	dodoc README NEWS
	if use doc; then emake DESTDIR="${D}" install-html; fi
	if use replace; then
		local name
		grep '^[a-z]' package/targets.mak | while read -r name; do
			dosym ../libexec/s6-activation/bin/"${name}" /usr/bin/"${name}"
		done
	fi
}
