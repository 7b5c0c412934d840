# kq - one makefile for everything; `make help` lists what it can do.
#
# Nothing is listed by name: sources are found by wildcard, so a new file is
# built, linted and tested by being there.  All output goes to build/
# (build-san/ with SAN=1, anywhere with BUILD=dir).  Everything that asks the
# system about compilers and libraries is a lazy variable, because `make deps`
# may only install them in the same run.

VERSION := 0.1.0

PREFIX     ?= /usr/local
DESTDIR    ?=
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
FUZZ_CC    ?= clang
FUZZ_SECONDS ?= 60

MAKEFLAGS += --no-builtin-rules
SHELL     := /bin/bash
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

ifdef SAN
BUILD ?= build-san
# -O1 keeps stack traces readable; the build's own checks see what -O2 would fold away.
override CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
BUILD ?= build
B     := $(BUILD)

TOOLS := kq-send kq-listen kq-dump kq-pipe

# ------------------------------------------------------------------ flags

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual \
        -Wwrite-strings -Wformat=2 -Wvla -Wpointer-arith -Wundef -Wold-style-definition
OPTIMISED := $(filter -O1 -O2 -O3 -Os -O,$(CFLAGS))
HARDEN := -fPIE -fstack-protector-strong \
          $(if $(OPTIMISED),$(if $(findstring -fsanitize,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
KQ_CPPFLAGS := -D_GNU_SOURCE -I$(B) -Ilibcommon
KQ_CFLAGS   := -std=c17 $(WARN) $(HARDEN) -ffunction-sections -fdata-sections
KQ_LDFLAGS  := -pie -Wl,--as-needed -Wl,--gc-sections -Wl,-O1 -Wl,-z,relro,-z,noexecstack
# Binding all symbols at the start costs kq-send 60 k instructions, as many as half the start of an
# empty program; the tools that stay take the protection.
BIND_LAZY   := -Wl,-z,lazy
BIND_NOW    := -Wl,-z,now
BIND         = $(if $(filter kq-send,$1),$(BIND_LAZY),$(BIND_NOW))

# One short line for each step; V=1 shows the commands.
say     = $(if $V,,@echo '$1 $@';)
COMPILE = $(call say,CC  )$(CC) $(KQ_CPPFLAGS) $(tool_inc) $(CPPFLAGS) $(KQ_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
LINK    = $(call say,LD  )$(CC) $(CFLAGS) $(KQ_LDFLAGS) $(LDFLAGS) -o $@

# A tool's own files are included as "q/lex.h", "opts.h": its folder is on the path, no other
# tool's is.  Tests say by their name which tool they look into: test_q_eval.c, fuzz_dump_pcap.c.
tool_of_send := kq-send
tool_of_lst  := kq-listen
tool_of_q    := kq-listen
tool_of_dump := kq-dump
tool_of_pipe := kq-pipe
tool_of  = $(if $(filter cmd/%,$1),$(word 2,$(subst /, ,$1)),$(tool_of_$(word 2,$(subst _, ,$(basename $(notdir $1))))))
tool_inc = $(addprefix -Icmd/,$(call tool_of,$<))

# ------------------------------------------------------------------ libraries
# A shared library costs every start of a program some 100 us, so what exists as an archive is
# linked as one: $(call lib,NAME,PKG).  OpenSSL is not linked: net/tls.c loads it when it is used.

lib  = $(if $(filter /%,$(shell $(CC) -print-file-name=lib$1.a)),-l:lib$1.a,$(call shared,$1,$2))
shared = $(or $(shell $(PKG_CONFIG) --libs $2 2>/dev/null),-l$1)
# Ask once, when first needed.
once = $(eval $1 := $2)$($1)

LIB_EVENT   = $(call once,LIB_EVENT,$(call lib,event_openssl,libevent_openssl) $(call lib,event_core,libevent_core))
LIB_Z       = $(call once,LIB_Z,$(call lib,z,zlib))
LIB_JANSSON = $(call once,LIB_JANSSON,$(call lib,jansson,jansson))
LIB_WSLAY   = $(call once,LIB_WSLAY,$(call lib,wslay,libwslay))
LIB_PCAP    = -lpcap

LIBS           = $(LIB_EVENT) $(LIB_Z) $(LIB_JANSSON) -lm
LIBS_kq-send   =
LIBS_kq-listen = $(LIB_WSLAY)
LIBS_kq-dump   = $(LIB_PCAP)
LIBS_kq-pipe   =

# Archives in a group: the TLS symbols libevent_openssl.a wants are defined in libcommon.a.
# $(call with_libs,TOOL): everything that a program of TOOL (or of none) is linked with.
with_libs = -Wl,--start-group $(addprefix $B/,$(addsuffix .a,$(filter $(HAVE),$1))) $B/libcommon.a $(LIBS) -Wl,--end-group $(LIBS_$1)

# ------------------------------------------------------------------ sources

obj = $(patsubst %.c,$B/obj/%.o,$1)
tool_src = $(sort $(filter-out %/main.c,$(wildcard cmd/$1/*.c cmd/$1/*/*.c)))

LIB_SRC   := $(sort $(wildcard libcommon/*/*.c))
HAVE      := $(foreach t,$(TOOLS),$(if $(call tool_src,$t),$t))
BINS      := $(patsubst cmd/%/main.c,$B/%,$(wildcard $(TOOLS:%=cmd/%/main.c)))
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
UNIT_HELP := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
FUZZ_SRC  := $(sort $(wildcard tests/fuzz/fuzz_*.c))
# Programs bench_* are benchmarks by themselves; the others are what those and the scripts use.
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
GEN       := $B/gen/kq_version.h $B/gen/prelude.inc $B/gen/page.inc

# `make check T=reader` builds and runs only what has "reader" in its name.
picked = $(if $T,$(foreach f,$1,$(if $(findstring $T,$(notdir $f)),$f)),$1)

UNIT  := $(patsubst tests/unit/%.c,$B/tests/%,$(call picked,$(UNIT_SRC)))
SEEDS := $(patsubst tests/fuzz/%.c,$B/fuzz/%,$(call picked,$(FUZZ_SRC)))
BENCH := $(patsubst tests/bench/%.c,$B/bench/%,$(call picked,$(filter tests/bench/bench_%,$(BENCH_SRC)))) \
         $(sort $(call picked,$(filter-out tests/bench/run.sh,$(wildcard tests/bench/*.sh))))
BATS  := $(sort $(call picked,$(wildcard tests/cli/*.bats tests/interop/*.bats tests/man/*.sh)))
SOAK  := $(sort $(call picked,$(wildcard tests/soak/*.bats tests/soak/*.sh)))
LINT  := $(sort $(wildcard tests/lint/*.sh))

.PHONY: all deps demo check soak bench fuzz cov format lint install uninstall check-install clean help
.PHONY: tests fuzzers completions FORCE
FORCE:

all: $(BINS) $(HAVE:%=$B/%.a) $B/libcommon.a ## build the tools

# ------------------------------------------------------------------ rules

# A stamp is rewritten only when its text changes: what depends on it is redone when a file comes
# or goes, or the flags change.  $(call stamp,TEXT)
stamp = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$1)' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$1)' >$@

$B/gen/flags: FORCE
	$(call stamp,$(CC) $(KQ_CPPFLAGS) $(CPPFLAGS) $(KQ_CFLAGS) $(CFLAGS))
$B/gen/ldflags: FORCE
	$(call stamp,$(CC) $(CFLAGS) $(KQ_LDFLAGS) $(LDFLAGS) $(LIBS))
$B/gen/libcommon.list: FORCE
	$(call stamp,$(LIB_SRC))
$(TOOLS:%=$B/gen/%.list): $B/gen/%.list: FORCE
	$(call stamp,$(call tool_src,$*))

# The one place that knows the version is this file.
$B/gen/kq_version.h: FORCE
	$(call stamp,#define KQ_VERSION "$(VERSION)")

# Files as C strings, one for each line, to be included between the braces of an array: the
# evaluator's prelude is #include "gen/prelude.inc", the web page "gen/page.inc".
PRELUDE := $(wildcard cmd/kq-listen/q/prelude.q)
PAGE    := $(wildcard cmd/kq-listen/page.html)
LINES    = @mkdir -p $(@D); sed 's/[\\"?]/\\&/g; s/^/"/; s/$$/",/' $1 </dev/null >$@
$B/gen/prelude.inc: $(PRELUDE) Makefile
	$(call LINES,$(PRELUDE))
$B/gen/page.inc: $(PAGE) Makefile
	$(call LINES,$(PAGE))

$B/obj/%.o: %.c $B/gen/flags | $(GEN)
	@mkdir -p $(@D)
	$(COMPILE)

# What must be installed first when `deps` is asked for in the same run.
ifneq (,$(filter deps,$(MAKECMDGOALS)))
$B/gen/flags $B/gen/ldflags: | deps
endif

ARCHIVE = $(call say,AR  )rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$B/libcommon.a: $(call obj,$(LIB_SRC)) $B/gen/libcommon.list
	$(ARCHIVE)

define tool_rules
$B/$1.a: $(call obj,$(call tool_src,$1)) $B/gen/$1.list
	$$(ARCHIVE)
$B/$1: $(call obj,cmd/$1/main.c) $(if $(filter $1,$(HAVE)),$B/$1.a) $B/libcommon.a $B/gen/ldflags
	$$(LINK) $$(call BIND,$1) $$(filter %.o,$$^) $$(call with_libs,$1)
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rules,$t)))

# Archives of the tool that a test belongs to.
tool_archive = $(addprefix $B/,$(addsuffix .a,$(filter $(HAVE),$(call tool_of,$1))))

# $(call program,OBJECT,TARGET,MORE OBJECTS,LIBS): a test, fuzz or bench program.
define program
$2: $(call obj,$1) $3 $(call tool_archive,$1) $B/libcommon.a $B/gen/ldflags
	@mkdir -p $$(@D)
	$$(LINK) $$(filter %.o,$$^) $$(call with_libs,$(call tool_of,$1)) $4
endef
$(foreach f,$(UNIT_SRC),$(eval $(call program,$f,$(patsubst tests/unit/%.c,$B/tests/%,$f),$(call obj,$(UNIT_HELP)),-lcmocka)))
$(foreach f,$(BENCH_SRC),$(eval $(call program,$f,$(patsubst tests/bench/%.c,$B/bench/%,$f),,)))
$(eval $(call program,tests/conformance/conformance.c,$B/conformance,,))
# What the command line tests need besides the tools.
CLI_HELP := $(patsubst tests/cli/%.c,$B/%,$(wildcard tests/cli/*.c))
$(foreach p,$(CLI_HELP),$(eval $(call program,tests/cli/$(notdir $p).c,$p,,)))
# With FUZZER set (see `fuzz`) libFuzzer has main(); otherwise ours replays the seeds.
$(foreach f,$(FUZZ_SRC),$(eval $(call program,$f,$(patsubst tests/fuzz/%.c,$B/fuzz/%,$f),$(if $(FUZZER),,$(call obj,tests/fuzz/replay.c)),$(if $(FUZZER),-fsanitize=fuzzer))))

-include $(shell test -d $B/obj && find $B/obj -name '*.d')

# ------------------------------------------------------------------ checks

tests: all $(UNIT) $(SEEDS) $B/conformance $(CLI_HELP) ## build the tools and all test programs

# The sanitizer build need not lint the same text again.
check: tests ## lint, unit tests, fuzz seeds, command line, manual examples; T=word picks
	@tests/run.sh $B $(if $(SAN)$T,,$(LINT)) $(UNIT) $(SEEDS) $(BATS)

soak: tests ## long runs against kills, faults and time; T=word picks
	@tests/run.sh $B $(SOAK)

lint: all ## the checks of tests/lint
	@tests/run.sh $B $(LINT)

completions: all ## write completions/ anew from the tools' option tables
	@mkdir -p $@ && for t in $(notdir $(BINS)); do \
	    $B/$$t -C bash >$@/$$t.bash && $B/$$t -C zsh >$@/_$$t && $B/$$t -C fish >$@/$$t.fish || exit 1; \
	done

format: ## clang-format all sources
	clang-format -i $$(find libcommon cmd tests -name '*.[ch]')

bench: all $(patsubst tests/bench/%.c,$B/bench/%,$(BENCH_SRC)) ## measure; T=word picks
	@tests/bench/run.sh $B $(BENCH)

# Another compiler and other flags are another build folder.
fuzz: ## libFuzzer on every engine, FUZZ_SECONDS each; T=word picks
	@$(MAKE) --no-print-directory BUILD=build-fuzz FUZZER=1 CC=$(FUZZ_CC) LDFLAGS= \
	    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' fuzzers
	@tests/fuzz/run.sh build-fuzz $(FUZZ_SECONDS) $(patsubst tests/fuzz/%.c,%,$(call picked,$(FUZZ_SRC)))
fuzzers: $(SEEDS)

cov: ## line coverage of the tests
	@$(MAKE) --no-print-directory BUILD=build-cov CFLAGS='-O0 -g --coverage -fprofile-update=atomic' tests
	@find build-cov -name '*.gcda' -delete
	@tests/run.sh build-cov $(patsubst $B/%,build-cov/%,$(UNIT) $(SEEDS)) $(BATS)
	@tests/cov.sh build-cov

demo: all ## show the main job of each tool
	@tests/demo.sh $B

# ------------------------------------------------------------------ packages

PACKAGES := gcc libc6-dev pkg-config libevent-dev libssl-dev zlib1g-dev libpcap-dev libwslay-dev \
            libjansson-dev libedit-dev libcmocka-dev bats bats-support bats-assert shellcheck mandoc \
            clang-format git openssl jq xxd curl tcpdump mosquitto mosquitto-clients

deps: ## install the Debian packages that building and testing need
	@want='$(PACKAGES)'; \
	command -v node >/dev/null || want="$$want nodejs"; \
	command -v npm >/dev/null || want="$$want npm"; \
	command -v chromium >/dev/null || want="$$want chromium"; \
	missing=; for p in $$want; do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q '^install ok installed' || missing="$$missing $$p"; \
	done; \
	test -z "$$missing" && exit 0; \
	sudo=; test "$$(id -u)" = 0 || sudo=sudo; \
	echo "installing:$$missing"; \
	install="$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing"; \
	$$install </dev/null || { $$sudo apt-get update -q </dev/null && $$install </dev/null; }

# ------------------------------------------------------------------ install

bindir  := $(DESTDIR)$(PREFIX)/bin
share   := $(DESTDIR)$(PREFIX)/share
# Debian's zsh reads vendor-completions below /usr and site-functions below /usr/local.
zshdir  := $(share)/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
bashdir := $(share)/bash-completion/completions
fishdir := $(share)/fish/vendor_completions.d

MAN1 := $(wildcard man/*.1)
MAN5 := $(wildcard man/*.5)
MAN7 := $(wildcard man/*.7)
BASH := $(wildcard completions/kq-*.bash)
ZSH  := $(wildcard completions/_kq-*)
FISH := $(wildcard completions/kq-*.fish)

# $(call put,MODE,DIR,FILES)
put = $(if $3,install -d '$2' && install -m $1 $3 '$2')

install: all ## install below $(DESTDIR)$(PREFIX)
	$(call put,755,$(bindir),$(BINS))
	$(call put,644,$(share)/man/man1,$(MAN1))
	$(call put,644,$(share)/man/man5,$(MAN5))
	$(call put,644,$(share)/man/man7,$(MAN7))
	$(if $(BASH),install -d '$(bashdir)')
	$(foreach f,$(BASH),install -m 644 $f '$(bashdir)/$(basename $(notdir $f))' &&) true
	$(call put,644,$(zshdir),$(ZSH))
	$(call put,644,$(fishdir),$(FISH))

uninstall: ## remove what install put there
	rm -f $(patsubst $B/%,'$(bindir)/%',$(BINS)) \
	    $(MAN1:man/%='$(share)/man/man1/%') $(MAN5:man/%='$(share)/man/man5/%') $(MAN7:man/%='$(share)/man/man7/%') \
	    $(BASH:completions/%.bash='$(bashdir)/%') $(ZSH:completions/%='$(zshdir)/%') $(FISH:completions/%='$(fishdir)/%')

check-install: all ## install and uninstall in a scratch folder; nothing may remain
	@d=$$(mktemp -d) && trap 'rm -rf "$$d"' EXIT && \
	$(MAKE) -s DESTDIR="$$d" install && n=$$(find "$$d" ! -type d | wc -l) && \
	$(MAKE) -s DESTDIR="$$d" uninstall && left=$$(find "$$d" ! -type d) && \
	if [ -n "$$left" ]; then echo "left behind: $$left"; exit 1; fi && \
	echo "check-install: $$n files came and went"

clean: ## remove all build folders
	rm -rf build build-san build-fuzz build-cov $B

help: ## this list
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z-]*\):.*## /  \1: /p' Makefile
	@echo 'Variables: SAN=1 V=1 T BUILD CC CFLAGS LDFLAGS PKG_CONFIG PREFIX DESTDIR FUZZ_SECONDS'
