# lib.sh - what the peer scripts share: where a peer lives, how Go is found, how a server is started, awaited and ended.
# A peer script sources this, defines get_NAME-like functions for its words and ends with: peer_main "$@".
#
#   PEER get                 build or unpack it into $LABTOP_PEERS (nothing to do when it is there)
#   PEER path                print the program's path; exit 77 with "no PEER: how to get it" when it is not there
#   PEER start --dir DIR …   start it on loopback; DIR keeps pid, log and info; prints NAME=VALUE lines once it answers
#   PEER info --dir DIR      those lines again
#   PEER stop --dir DIR      end it
#
# shellcheck shell=bash
set -euo pipefail

peers_dir=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$peers_dir/versions"
LABTOP_PEERS=${LABTOP_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/labtop-peers}
peer=$(basename -- "$0")

say() { printf '%s: %s\n' "$peer" "$*" >&2; }
die() { say "$*"; exit 1; }
missing() { printf 'no %s: %s\n' "$peer" "$*"; exit 77; }

# ---- Go -------------------------------------------------------------------------------------------------------------

# at_least HAVE WANT: is version HAVE not older than WANT?
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

go_version() { GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*//'; }

# fetch_go: Debian's own newer Go, unpacked beside the peers. It has package lists of its own: the system's stay as they are.
fetch_go() {
	local dir=$LABTOP_PEERS/$golang_package apt=$LABTOP_PEERS/.apt
	[ -x "$dir/usr/lib/${golang_package/golang/go}/bin/go" ] && return
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
	# the mirror that this system already uses
	local mirror
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
	[ -n "$mirror" ] || return 1
	say "fetching $golang_package from $golang_suite"
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/deb"
	echo "deb $mirror $golang_suite main" >"$apt/sources.list"
	local opts=(-qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User=root)
	apt-get "${opts[@]}" update >&2 || return 1
	(cd "$apt/deb" && apt-get "${opts[@]}" download "$golang_package-go" "$golang_package-src") >&2 || return 1
	local deb
	for deb in "$apt"/deb/*.deb; do dpkg-deb -x "$deb" "$dir.new" || return 1; done
	mv "$dir.new" "$dir"
	rm -rf "$apt"
}

# use_go WANT: set $go to a Go that is WANT or can fetch it, and the caches it works in.
use_go() {
	local unpacked=$LABTOP_PEERS/$golang_package/usr/lib/${golang_package/golang/go} candidate have
	go_caches=$LABTOP_PEERS/.go/$peer
	export GOMODCACHE=${GOMODCACHE:-$go_caches/mod} GOCACHE=${GOCACHE:-$go_caches/build}
	export GOFLAGS="-modcacherw -trimpath" GOWORK=off GO111MODULE=on
	for candidate in "$(command -v go || true)" /usr/lib/go-1.*/bin/go unpacked; do
		if [ "$candidate" = unpacked ]; then
			fetch_go || continue
			candidate=$unpacked/bin/go
		fi
		[ -x "$candidate" ] || continue
		have=$(go_version "$candidate")
		at_least "${have:-0}" 1.21 || continue
		at_least "$have" "$1" || export GOTOOLCHAIN=auto
		go=$candidate
		return
	done
	die "no Go: version 1.21 or newer is needed (Debian has $golang_package in $golang_suite)"
}

# go_build_from_proxy OUT MODULE VERSION PACKAGE GO_VERSION: build a program of a published module. A module of our own
# that requires it is used and not "go install", which also asks for the list of versions; mirrors may not have that.
go_build_from_proxy() {
	local out=$1 work=$LABTOP_PEERS/.build/$peer
	use_go "$5"
	rm -rf "$work" && mkdir -p "$work"
	printf 'module peer\n\ngo %s\n\nrequire %s %s\n' "$5" "$2" "$3" >"$work/go.mod"
	(cd "$work" && "$go" build -mod=mod -ldflags "-s -w" -o "$work/program" "$4")
	install_program "$work/program" "$out"
	# Gigabytes, and of no use until the version changes.
	rm -rf "$work" "$go_caches"
}

# install_program BUILT OUT: whole or not at all, so that an interrupted get leaves no half peer.
install_program() {
	mkdir -p "$(dirname -- "$2")"
	mv -f "$1" "$2.new.$$" && mv -f "$2.new.$$" "$2"
}

# ---- servers --------------------------------------------------------------------------------------------------------

# Deadline of every wait, seconds. Generous: it only bounds failure.
wait_s=${LABTOP_PEER_WAIT:-60}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# launch PROGRAM ARGS…: in the background, output to $dir/log, its pid to $dir/pid. An hour bounds what a killed test leaves.
launch() {
	mkdir -p "$dir"
	rm -f "$dir/info"
	timeout --kill-after=5 3600 "$@" </dev/null >"$dir/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
	echo $! >"$dir/pid"
}

alive() { kill -0 "$(cat "$dir/pid")" 2>/dev/null; }

# await CMD…: until it succeeds; fails when the server ends or the deadline passes, with the end of its log.
await() {
	local deadline=$((SECONDS + wait_s))
	until "$@" >/dev/null 2>&1; do
		if ! alive || [ $SECONDS -ge $deadline ]; then
			tail -n 20 "$dir/log" >&2 || true
			stop_server
			say "does not answer"
			return 1
		fi
		sleep 0.05
	done
}

answers() { curl -fsS --noproxy '*' --max-time 5 -o /dev/null "$@"; }

# publish NAME=VALUE…: what start prints and info repeats.
publish() { printf '%s\n' "$@" | tee "$dir/info"; }

stop_server() {
	[ -f "$dir/pid" ] || return 0
	local pid deadline=$((SECONDS + 10))
	pid=$(cat "$dir/pid")
	kill "$pid" 2>/dev/null || true
	while kill -0 "$pid" 2>/dev/null; do
		[ $SECONDS -lt $deadline ] || kill -KILL "$pid" 2>/dev/null || true
		sleep 0.05
	done
	rm -f "$dir/pid" "$dir/info"
}

# value NAME: one of the published values.
value() { sed -n "s/^$1=//p" "$dir/info"; }

# ---- words ----------------------------------------------------------------------------------------------------------

# A peer defines: program (prints the path its version has), get_peer, start_peer ARGS…, how (one line), and for words of
# its own functions word_NAME.
peer_main() {
	local word=${1:-}
	[ $# -eq 0 ] || shift
	dir=
	if [ "${1:-}" = --dir ]; then
		dir=${2:?}
		shift 2
	fi
	case $word in
	get)
		[ -x "$(program)" ] && { say "there: $(program)"; return; }
		# Two that want the same peer at once build it once.
		mkdir -p "$LABTOP_PEERS"
		exec 9>"$LABTOP_PEERS/.lock"
		flock 9
		[ -x "$(program)" ] && return
		local began=$SECONDS
		say "getting it, this takes $(how_long)"
		get_peer
		say "built in $((SECONDS - began)) s: $(program)"
		;;
	path) [ -x "$(program)" ] && program || missing "tests/peers/$peer get" ;;
	start)
		[ -n "$dir" ] || die "start needs --dir DIR"
		[ -x "$(program)" ] || missing "tests/peers/$peer get"
		start_peer "$@"
		;;
	info) cat "$dir/info" ;;
	stop) stop_server ;;
	*)
		if declare -F "word_$word" >/dev/null; then "word_$word" "$@"; else
			die "usage: $peer get|path|start --dir DIR|info --dir DIR|stop --dir DIR"
		fi
		;;
	esac
}
