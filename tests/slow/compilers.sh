#!/bin/bash
# compilers.sh - gcc and clang have nothing to say about the program and its tests, with everything and with the least.
. "${srcdir:-.}/tests/slow/build.sh" || exit 99

builds() { # NAME WHAT OPTIONS…
	local name=$1 what=$2
	shift 2
	sub_configure "$name" --enable-werror "$@"
	# "check" without tests builds the tests' programs too.
	if sub_make all && sub_make check TESTS=; then ok "$what: builds"; else not_ok "$what: builds"; fi
	grep -E 'warning:|error:' "$sub/make.log" | head -n 20 | diag
}

builds gcc "gcc" CC=gcc CFLAGS=-O2
builds least "gcc, without agent and libpci" CC=gcc CFLAGS=-O1 --disable-agent --disable-pci
if command -v clang >/dev/null; then
	builds clang "clang" CC=clang CFLAGS=-O1
else
	skip "clang" "no clang: apt-get install clang"
fi
done_testing
