#!/bin/bash
# sanitizers.sh - the quick tests under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer.
. "${srcdir:-.}/tests/slow/build.sh"

sub_configure asan --enable-sanitizers=address,undefined CFLAGS=-O1
sub_check "address,undefined: quick tests"

sub_configure tsan --enable-sanitizers=thread CFLAGS=-O1
sub_check "thread: quick tests"
done_testing
