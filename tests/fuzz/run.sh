#!/bin/bash
# run.sh - every fuzzer for a while, with libFuzzer and AddressSanitizer, in a build of its own ("make fuzz" calls it).
#   FUZZ_SECONDS=30   for each    FUZZ_ONLY="text soap"   not all of them
# What is found stands in the build directory as NAME-crash-*; put it into tests/fuzz/corpus/NAME once it is mended.
set -e
top=$(cd "${top_srcdir:-.}" && pwd)
dir=$PWD/fuzz-build
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n ? 0 : 0; }' >"${TMPDIR:-/tmp}/fuzz-$$.c"
clang -fsanitize=fuzzer,address "${TMPDIR:-/tmp}/fuzz-$$.c" -o "${TMPDIR:-/tmp}/fuzz-$$" 2>/dev/null || {
    echo "fuzz: no clang with libFuzzer here: apt-get install clang libclang-rt-dev"
    exit 77
}
rm -f "${TMPDIR:-/tmp}/fuzz-$$"*

mkdir -p "$dir" && cd "$dir"
[ -f Makefile ] || "$top/configure" -q CC="${CCACHE:+$CCACHE }clang" \
    CFLAGS="-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" \
    LDFLAGS="-fsanitize=address,undefined"
make -s -j"$(nproc)" all
fuzzers=${FUZZ_ONLY:-$(sed -n 's,^fuzzers += tests/fuzz/fuzz_,,p' "$top/Makefile.am")}
found=0
for name in $fuzzers; do
    make -s -j"$(nproc)" "tests/fuzz/fuzz_$name" FUZZ_ENGINE=-fsanitize=fuzzer
    mkdir -p "corpus/$name"
    echo "fuzz: $name for ${FUZZ_SECONDS:-30} s"
    export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 G_SLICE=always-malloc
    "tests/fuzz/fuzz_$name" -max_total_time="${FUZZ_SECONDS:-30}" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -close_fd_mask=2 \
        -print_final_stats=1 -artifact_prefix="$name-" "corpus/$name" "$top/tests/fuzz/corpus/$name" \
        >"$name.log" 2>&1 || found=1
    grep -E 'stat::number_of_executed|ERROR|SUMMARY|runtime error' "$name.log" | sed 's/^/  /'
done
exit $found
