#!/bin/bash
# distcheck.sh - the archive is complete: it configures, builds, passes the quick tests from read-only sources, installs
# and leaves nothing behind.
. "${srcdir:-.}/tests/slow/build.sh" || exit 99

sub_configure dist CFLAGS=-O0
if sub_make distcheck; then
	ok "make distcheck"
else
	not_ok "make distcheck"
	sub_failures "$sub"
fi
done_testing
