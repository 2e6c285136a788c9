# build.sh - what the slow scripts share: further builds of the tree, each in a directory of its own below slow/ of the
# build directory, which stays, so that the next run compiles only what changed.
# shellcheck shell=bash
. "${srcdir:-.}/tests/tap.sh" || exit 99

# The outer make hands its variables down, TESTS among them; these builds start afresh.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
jobs=$(nproc 2>/dev/null || echo 2)

# sub_configure NAME OPTIONS…: sets $sub to the directory; configures when that was not done with these options.
sub_configure() {
	sub=$PWD/slow/$1
	shift
	mkdir -p "$sub"
	if [ -f "$sub/Makefile" ] && [ "$(cat "$sub/options" 2>/dev/null)" = "$*" ]; then return; fi
	if (cd "$sub" && "$top_srcdir/configure" -q "$@") >"$sub/make.log" 2>&1; then
		echo "$*" >"$sub/options"
	else
		not_ok "configure $*"
		tail -n 20 "$sub/make.log" | diag
		done_testing
	fi
}

# sub_make TARGETS…: without a word unless something is wrong: output to $sub/make.log.
sub_make() { make -C "$sub" -s -k -j"$jobs" "$@" >"$sub/make.log" 2>&1; }

# sub_failures DIR: what failed in $sub/make.log, and what the failed tests below DIR said but for what went well.
sub_failures() {
	grep -E '^(FAIL|ERROR|XPASS)|error:|warning:|Error |No rule|Sanitizer|runtime error' "$sub/make.log" | head -n 40 | diag
	find "$1" -name '*.trs' -exec grep -lE '^:test-result: (FAIL|XPASS|ERROR)' {} + | while read -r result; do
		echo "== ${result%.trs}.log"
		grep -vE '^(PASS: |ok )' "${result%.trs}.log" | tail -n 40
	done | head -n 200 | diag
}

# sub_check WHAT TARGET…: tests in $sub; what failed is shown.
sub_check() {
	local what=$1
	shift
	if sub_make "$@"; then
		ok "$what"
	else
		not_ok "$what"
		sub_failures "$sub"
	fi
}
