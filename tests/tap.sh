# tap.sh - what every shell test sources: TAP, waiting for things without sleeping for luck, a directory of its own, peers.
#
#   . "${srcdir:-.}/tests/tap.sh"
#   start_peer vc vcsim --vms 100        # then $vc_url, $vc_control …; skips the test when the peer is not there
#   ok_if "logs in" grep -q esx01 "$work/out"
#   done_testing
#
# A test is run in the build directory (make check does that). What cannot run says why and skips; under LABTOP_STRICT=1 a
# skip is a failure.
# shellcheck shell=bash
set -u

top_srcdir=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
if [ -z "${LABTOP_TEST_HOME:-}" ]; then . "$top_srcdir/tests/environment.sh"; fi
labtop=${LABTOP:-$PWD/labtop}
labtop_agent=${LABTOP_AGENT:-$PWD/labtop-agent}
work=$(mktemp -d "${TMPDIR:-/tmp}/labtop-test.XXXXXX")
tap_count=0 tap_failed=0 tap_peers=() tap_screens=()

tap_cleanup() {
	local status=$? alias screen
	for alias in ${tap_peers[@]+"${tap_peers[@]}"}; do stop_peer "$alias" 2>/dev/null; done
	for screen in ${tap_screens[@]+"${tap_screens[@]}"}; do screen_close "$screen" 2>/dev/null; done
	if [ -n "${LABTOP_KEEP:-}" ]; then echo "# kept: $work"; else rm -rf "$work"; fi
	exit $status
}
trap tap_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- TAP ------------------------------------------------------------------------------------------------------------

ok() { tap_count=$((tap_count + 1)); echo "ok $tap_count - $*"; }
not_ok() { tap_count=$((tap_count + 1)) tap_failed=$((tap_failed + 1)); echo "not ok $tap_count - $*"; }
diag() { sed 's/^/# /'; }

# ok_if WHAT CMD…: CMD succeeds; what it wrote is shown when it does not.
ok_if() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then ok "$what"; else not_ok "$what"; printf '%s\n' "failed: $*" "$out" | tail -n 20 | diag; fi
}

# is GOT WANT WHAT; like GOT ERE WHAT; unlike GOT ERE WHAT
is() { if [ "$1" = "$2" ]; then ok "$3"; else not_ok "$3"; printf 'got:  %s\nwant: %s\n' "$1" "$2" | diag; fi; }
like() { if [[ $1 =~ $2 ]]; then ok "$3"; else not_ok "$3"; printf 'got: %s\nwant a match of: %s\n' "$1" "$2" | diag; fi; }
unlike() { if [[ $1 =~ $2 ]]; then not_ok "$3"; printf 'got: %s\nwant no match of: %s\n' "$1" "$2" | diag; else ok "$3"; fi; }

# skip WHAT WHY: one check that cannot be made here. skip_all WHY: the whole script.
skip() { if [ "${LABTOP_STRICT:-0}" = 1 ]; then not_ok "$1: $2"; else tap_count=$((tap_count + 1)); echo "ok $tap_count - $1 # SKIP $2"; fi; }
skip_all() {
	if [ "${LABTOP_STRICT:-0}" = 1 ]; then
		not_ok "$*"
		done_testing
	fi
	if [ "$tap_count" -gt 0 ]; then
		skip "the rest" "$*"
		done_testing
	fi
	echo "1..0 # SKIP $*"
	exit 0
}

# need PROGRAM DEBIAN-PACKAGE
need() { command -v "$1" >/dev/null 2>&1 || PATH=$PATH:/usr/sbin command -v "$1" >/dev/null 2>&1 || skip_all "no $1: apt-get install $2"; }

done_testing() {
	echo "1..$tap_count"
	if [ $tap_failed -gt 0 ]; then exit 1; fi
	exit 0
}

# ---- waiting --------------------------------------------------------------------------------------------------------

# wait_for CMD…: until it succeeds; false after LABTOP_WAIT seconds (30), which bounds failure and measures nothing.
wait_for() {
	local deadline=$((SECONDS + ${LABTOP_WAIT:-30}))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.05
	done
}

# ---- peers ----------------------------------------------------------------------------------------------------------

# start_peer ALIAS PEER ARGS…: each NAME=VALUE it prints becomes $ALIAS_NAME.
start_peer() {
	local alias=$1 peer=$2 out status=0 line
	shift 2
	out=$("$top_srcdir/tests/peers/$peer" start --dir "$work/$alias" "$@" 2>"$work/$alias.err") || status=$?
	if [ $status = 77 ]; then skip_all "$out"; fi
	if [ $status != 0 ]; then
		not_ok "peer $peer starts"
		diag <"$work/$alias.err"
		done_testing
	fi
	declare -g "${alias}_peer=$peer"
	tap_peers+=("$alias")
	while IFS= read -r line; do declare -g "${alias}_${line%%=*}=${line#*=}"; done <<<"$out"
}

# peer ALIAS WORD ARGS…: another word of that peer's script (create, load, control, stop …).
peer() {
	local name=${1}_peer
	"$top_srcdir/tests/peers/${!name}" "$2" --dir "$work/$1" "${@:3}"
}
stop_peer() { peer "$1" stop; }
# vsphere_section: what a configuration says of the server that start_peer has started as vc.
vsphere_section() {
	printf '[vsphere vc]\nurl = %s\nuser = %s\npassword = %s\nthumbprint = %s\n' "$vc_url" "$vc_user" "$vc_password" "$vc_sha256"
}
control() { peer "$1" control "${@:2}"; }

# mi50_tree DIR UUID MAC [mkmi50tree options]: a guest's /sys with MI50 cards, and what identifies the VM.
mi50_tree() {
	local tree=$1 uuid=$2 mac=$3
	shift 3
	"$top_srcdir/tests/fixtures/mi50/mkmi50tree.sh" "$@" "$tree" >/dev/null || return
	mkdir -p "$tree/sys/class/dmi/id" "$tree/sys/class/net/ens192"
	echo "$uuid" >"$tree/sys/class/dmi/id/product_uuid"
	echo "$mac" >"$tree/sys/class/net/ens192/address"
}

# tiny_gguf FILE [options]: a complete language model of 0.6 MB.
tiny_gguf() { need python3 python3; "$top_srcdir/tests/fixtures/tiny-gguf/make_tiny_gguf.py" "$@" >/dev/null; }

# ---- a real terminal ------------------------------------------------------------------------------------------------

# screen_open NAME COLS ROWS CMD…: CMD in tmux on a socket of its own. Always wait for text, never for time.
screen_open() {
	need tmux tmux
	tap_screens+=("$1")
	tmux -S "$work/$1.tmux" -f /dev/null new-session -d -x "$2" -y "$3" "$(printf '%q ' "${@:4}")"
	tmux -S "$work/$1.tmux" set-option -g remain-on-exit on
	tmux -S "$work/$1.tmux" set-option -g status off
}
screen_text() { tmux -S "$work/$1.tmux" capture-pane -p -t 0 "${@:2}"; }
screen_has() { screen_text "$1" | grep -qE -- "$2"; }
screen_wait() { wait_for screen_has "$1" "$2"; }
screen_keys() { tmux -S "$work/$1.tmux" send-keys -t 0 "${@:2}"; }
screen_close() { tmux -S "$work/$1.tmux" kill-server; }
