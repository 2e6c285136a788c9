#!/bin/bash
# sanitizers.sh - the quick tests under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer.
. "${srcdir:-.}/tests/slow/build.sh" || exit 99

# Those of the scripts with peers that run the program: all under the first, the join of everything under the second.
# (LABTOP_PEER_SCRIPTS is make's own list.)
scripts_with_peers() { # PATTERN
	local script
	for script in ${LABTOP_PEER_SCRIPTS:-}; do
		# shellcheck disable=SC2254
		case ${script##*/} in
		smoke.sh | vcsim.sh) ;;
		$1) printf '%s ' "$script" ;;
		esac
	done
}
sub_check_peers() { # WHAT SCRIPTS
	[ -z "$2" ] || sub_check "$1" check-peers "peer_scripts=$2"
}

sub_configure asan --enable-sanitizers=address,undefined CFLAGS=-O1
sub_check "address,undefined: quick tests" check
sub_check_peers "address,undefined: tests with peers" "$(scripts_with_peers '*.sh')"

sub_configure tsan --enable-sanitizers=thread CFLAGS=-O1
sub_check "thread: quick tests" check
sub_check_peers "thread: the join with peers" "$(scripts_with_peers 'join*.sh')"
done_testing
