# ISC license.
# nix-build -E 'with import <nixpkgs> {}; callPackage ./default.nix { src = ../../..; }'
{ lib
, stdenv
, execline
, skalibs
, mandoc
, perl
, procps
, python3
, strace
, util-linux
, src
}:

stdenv.mkDerivation {
  pname = "s6-activation";
  version = "0.1.0.0";
  inherit src;

  # every package has a directory of its own here: nothing is in the way of s6
  outputs = [ "bin" "lib" "dev" "doc" "out" ];
  dontDisableStatic = true;
  enableParallelBuilding = true;

  nativeBuildInputs = [ mandoc ];
  buildInputs = [ execline skalibs ];

  # builders set each of these in the environment, which configure expands
  configureFlags = [
    "--enable-absolute-paths"
    "--bindir=\${bin}/bin"
    "--dynlibdir=\${lib}/lib"
    "--libexecdir=\${lib}/libexec"
    "--libdir=\${dev}/lib"
    "--includedir=\${dev}/include"
    "--mandir=\${doc}/share/man"
    "--docdir=\${doc}/share/doc/s6-activation"
    "--bash-completion-dir=\${bin}/share/bash-completion/completions"
    "--zsh-completion-dir=\${bin}/share/zsh/site-functions"
    "--fish-completion-dir=\${bin}/share/fish/vendor_completions.d"
    "--with-sysdeps=${skalibs.lib}/lib/skalibs/sysdeps"
    "--with-include=${skalibs.dev}/include"
    "--with-include=${execline.dev}/include"
    "--with-lib=${skalibs.lib}/lib"
    "--with-dynlib=${skalibs.lib}/lib"
    "--enable-shared"
    "--disable-static-supervise"
    "--enable-pkgconfig"
  ];

  doCheck = true;
  nativeCheckInputs = [ execline perl procps python3 strace util-linux ];
  checkTarget = "check-built";

  postInstall = ''
    make install-html
    mkdir -p $out
  '';

  meta = {
    description = "Listening sockets that outlive their services";
    license = lib.licenses.isc;
    platforms = lib.platforms.linux;
  };
}
