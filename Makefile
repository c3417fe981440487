# ISC license.
#
# Needs GNU make, and config.mak from ./configure. Sources and libraries are found by
# tools/gen-deps.sh, programs are named in package/targets.mak.

all:

-include config.mak
include package/info
BIN_TARGETS := $(shell grep '^[a-z]' package/targets.mak)

AR := $(or $(given_AR),$(if $(filter environment command,$(origin AR)),$(AR)),$(CROSS_COMPILE)ar)
RANLIB := $(or $(given_RANLIB),$(if $(filter environment command,$(origin RANLIB)),$(RANLIB)),$(CROSS_COMPILE)ranlib)
NM := $(CROSS_COMPILE)nm
STRIP := $(or $(given_STRIP),$(if $(filter environment command,$(origin STRIP)),$(STRIP)),$(CROSS_COMPILE)strip)
INSTALL := $(or $(given_INSTALL),./tools/install.sh)

DESTDIR :=
soname := libs6activation.so.$(basename $(basename $(version)))

# not where other flags say how, or do not optimize: the C library warns there
fortify = $(if $(findstring -fsanitize,$(CFLAGS))$(findstring _FORTIFY_SOURCE,$(CC) $(CPPFLAGS) $(CFLAGS)),,$(if $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS)))),$(FORTIFY)))
compile = $(CC) $(fortify) $(CPPFLAGS_AUTO) $(CPPFLAGS) $(CFLAGS_AUTO) $(CFLAGS)
link = $(CC) $(CFLAGS_AUTO) $(CFLAGS) $(LDFLAGS_AUTO) $(LDFLAGS)
# no sanitizer links statically
libraries_last = $(filter-out $(if $(findstring -fsanitize,$(CC) $(CFLAGS) $(LDFLAGS)),-static -static-pie),$(LINKED_FLAGS)) $(LIBSKARNET) $(SYSTEM_LIBS) $(LDLIBS)

# without a shared library to install, none is linked with
PUBLIC_LIBRARY := $(if $(ALLSTATIC),libs6activation.a,$(if $(SHARED),libs6activation.so,libs6activation.a))
HEADERS := $(sort $(wildcard src/include/s6-activation/*.h) src/include/s6-activation/config.h)
PAGES := $(wildcard doc/*.3 doc/*.7 doc/*.8)

# Everything but these needs config.mak and the dependencies.
standalone := clean distclean tgz html completions
ifneq ($(filter-out $(standalone),$(or $(MAKECMDGOALS),all)),)
ifeq ($(wildcard config.mak),)
$(error There is no config.mak: run ./configure first)
endif
include package/deps.mak
endif

# They are worked out again when a file that they come from is new, changed or gone.
deps_sources := find src -path src/tests/peer -prune -o -type f \( -name '*.[ch]' -o -name link -o -name '*.link' -o -name contains \) -print
deps_isfresh := $(if $(wildcard package/deps.mak package/deps.list),$(shell \
  $(deps_sources) | sort | cmp -s - package/deps.list && \
  test -z "$$(find $$(cat package/deps.list) package/targets.mak tools/gen-deps.sh tools/includes.awk -newer package/deps.list | head -n 1)" && echo yes))

package/deps.mak: $(if $(deps_isfresh),,FORCE)
	@$(deps_sources) | sort > package/deps.list.new
	@sh tools/gen-deps.sh > $@.new && { cmp -s $@.new $@ && rm -f $@.new || mv -f $@.new $@ ; }
	@mv -f package/deps.list.new package/deps.list

FORCE:
.PHONY: FORCE all check check-built bench tests clean distclean tgz html completions strip update global-links \
  install install-dynlib install-bin install-lib install-include install-pkgconfig \
  install-man install-completions install-examples install-html
.DELETE_ON_ERROR:
.SUFFIXES:

# Building

public_static := $(if $(STATIC),$(filter libs6activation.a,$(ARCHIVES)))
public_shared := $(if $(SHARED),$(patsubst %.a,%.so,$(filter libs6activation.a,$(ARCHIVES))))

all: $(BIN_TARGETS) $(ARCHIVES) $(public_shared) $(if $(PKGCONFIG),libs6activation.pc) completions

# Objects are compiled again when the command that compiles changes; other settings of
# config.mak reach them through config.h.
ifneq ($(filter-out $(standalone),$(or $(MAKECMDGOALS),all)),)
quoted_compile := '$(subst ','\'',$(compile))'
$(shell printf '%s\n' $(quoted_compile) | cmp -s - compile.command || printf '%s\n' $(quoted_compile) > compile.command)
endif

compile.command: ;

src/%.o: src/%.c compile.command
	$(compile) -c -o $@ $<

src/%.lo: src/%.c compile.command
	$(compile) -fPIC -c -o $@ $<

# An archive is made afresh: a member whose source is gone goes too.
$(ARCHIVES) src/tests/bin/support.a: config.mak package/deps.mak
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rc $@ $(filter %.o,$^)
	$(RANLIB) $@

libs6activation.so: config.mak package/deps.mak
	$(link) -shared -Wl,-soname,$(soname) $(VERSION_SCRIPT) -o $@ $(filter %.lo,$^) $(SHARED_LIBSKARNET) $(SYSTEM_LIBS) $(LDLIBS)
	@ln -sf libs6activation.so $(soname)

$(BIN_TARGETS): config.mak
	$(link) $(LDFLAGS_PROGRAM) -o $@ $(filter %.o %.a %.so,$^) $(libraries_last)

s6-supervise: LINKED_FLAGS := $(STATIC_SUPERVISE)

libs6activation.pc: tools/gen-dotpc.sh config.mak package/info
	sh tools/gen-dotpc.sh '$(version)' '$(prefix)' '$(includedir)' '$(if $(SHARED),$(dynlibdir),$(libdir))' \
	  '$(WITH_PKGCONFIG)' $(SYSTEM_LIBS) > $@

html:
	@rm -rf html
	@sh tools/gen-html.sh html

completions: completions/made

completions/made: tools/gen-completions.sh tools/synopsis.awk $(wildcard tools/completions/*) package/targets.mak $(PAGES)
	@rm -rf completions
	@sh tools/gen-completions.sh completions $(BIN_TARGETS)
	@touch $@

strip: all
	$(STRIP) $(BIN_TARGETS)
	$(if $(public_shared),$(STRIP) --strip-unneeded $(public_shared))
	$(if $(public_static),$(STRIP) --strip-debug $(public_static))

# Tests

$(filter-out %.so,$(TEST_PROGRAMS)): config.mak
	@mkdir -p $(@D)
	$(link) -o $@ $(filter %.o %.a,$^) $(libraries_last)

$(filter %.so,$(TEST_PROGRAMS)): config.mak
	@mkdir -p $(@D)
	$(link) -shared -o $@ $(filter %.lo,$^) -ldl $(LDLIBS)

tests: $(TEST_PROGRAMS)

check: all tests
	@sh tools/run-test.sh

# as packages are checked: without the tests that build programs of their own or judge the sources
check-built: all tests
	@MAKE='$(MAKE)' sh tools/check-built

bench: all tests
	@test -x src/tests/bin/bench || { echo 'make bench: there is no src/tests/bench.c' >&2 ; exit 1 ; }
	@src/tests/bin/bench
	@src/tests/bin/bench-idle
	@src/tests/bin/bench-upgrade
	@src/tests/bin/bench-keeper
	@src/tests/bin/unit-keeper-kills 67
	@src/tests/bin/bench-servers
	@src/tests/bin/bench-supervision
	@src/tests/bin/bench-log

# Installing

install: install-dynlib install-bin install-lib install-include install-pkgconfig install-man \
  install-completions install-examples

install-dynlib: $(public_shared)
	@for f in $(public_shared) ; do \
	  $(INSTALL) -D -m 0755 $$f $(DESTDIR)$(dynlibdir)/$$f.$(version) && \
	  $(INSTALL) -D -l $$f.$(version) $(DESTDIR)$(dynlibdir)/$(soname) && \
	  $(INSTALL) -D -l $(soname) $(DESTDIR)$(dynlibdir)/$$f || exit 1 ; \
	done

install-bin: $(BIN_TARGETS)
	@for f in $(BIN_TARGETS) ; do \
	  mode=$$(sed -n "s/^$$f  *\([0-7][0-7]*\)$$/\1/p" package/modes) ; \
	  $(INSTALL) -D -m $${mode:-0755} $$f $(DESTDIR)$(bindir)/$$f || exit 1 ; \
	done

install-lib: $(public_static)
	@for f in $(public_static) ; do \
	  $(INSTALL) -D -m 0644 $$f $(DESTDIR)$(libdir)/$$f || exit 1 ; \
	done

install-include:
	@for f in $(HEADERS) ; do \
	  $(INSTALL) -D -m 0644 $$f $(DESTDIR)$(includedir)/s6-activation/$${f##*/} || exit 1 ; \
	done

install-pkgconfig: $(if $(PKGCONFIG),libs6activation.pc)
	@for f in $^ ; do \
	  $(INSTALL) -D -m 0644 $$f $(DESTDIR)$(pkgconfdir)/$$f || exit 1 ; \
	done

install-man:
	@for f in $(PAGES) ; do \
	  $(INSTALL) -D -m 0644 $$f $(DESTDIR)$(mandir)/man$${f##*.}/$${f##*/} || exit 1 ; \
	done

install-completions: completions
	@$(INSTALL) -D -m 0644 completions/bash/s6-activation $(DESTDIR)$(bashcompletiondir)/s6-activation
	@$(INSTALL) -D -m 0644 completions/zsh/_s6-activation $(DESTDIR)$(zshcompletiondir)/_s6-activation
	@$(INSTALL) -D -m 0644 completions/fish/s6-activation.fish $(DESTDIR)$(fishcompletiondir)/s6-activation.fish
	@for f in $(BIN_TARGETS) ; do \
	  $(INSTALL) -D -l s6-activation $(DESTDIR)$(bashcompletiondir)/$$f && \
	  $(INSTALL) -D -m 0644 completions/fish/$$f.fish $(DESTDIR)$(fishcompletiondir)/$$f.fish || exit 1 ; \
	done

# what can be executed in doc/ can be where it is installed
install-examples:
	@( cd doc && find examples logging ! -type d ) | while read -r f ; do \
	  mode=0644 ; if test -x "doc/$$f" ; then mode=0755 ; fi ; \
	  $(INSTALL) -D -m $$mode "doc/$$f" "$(DESTDIR)$(docdir)/$$f" || exit 1 ; \
	done

# not part of install: it needs mandoc
install-html: html
	@for f in html/* ; do \
	  $(INSTALL) -D -m 0644 $$f $(DESTDIR)$(docdir)/$$f || exit 1 ; \
	done

# With --enable-slashpackage: the name without version, and links to all programs

update global-links: slashpackage_name := $(slashpackage_root)/package/$(category)/$(package)

update:
	$(if $(slashpackage_home),,$(error make update: configure with --enable-slashpackage))
	@$(INSTALL) -D -l $(package)-$(version) $(DESTDIR)$(slashpackage_name)

global-links:
	$(if $(slashpackage_home),,$(error make global-links: configure with --enable-slashpackage))
	@for f in $(BIN_TARGETS) ; do \
	  $(INSTALL) -D -l $(slashpackage_name)/command/$$f $(DESTDIR)$(slashpackage_root)/command/$$f || exit 1 ; \
	done
	@for f in $(if $(public_shared),$(soname) $(public_shared)) ; do \
	  $(INSTALL) -D -l $(slashpackage_name)/library.so/$$f $(DESTDIR)$(slashpackage_root)/library.so/$$f || exit 1 ; \
	done

# Source archive, cleaning

tgz:
	@sh tools/gen-tgz.sh

clean:
	@rm -f $(BIN_TARGETS) lib*.a lib*.so lib*.so.* libs6activation.pc compile.command
	@find src -type f \( -name '*.o' -o -name '*.lo' \) -exec rm -f {} +
	@rm -rf src/tests/bin html completions

distclean: clean
	@rm -rf src/tests/peer fuzz.build
	@rm -f config.mak package/deps.mak package/deps.mak.new package/deps.list package/deps.list.new src/include/s6-activation/config.h src/include-local/probed.h $(package)-*.tar.gz
