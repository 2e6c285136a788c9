#!/bin/bash
# mi50-agent.sh TREE PROGRAM ARGS… - run PROGRAM where TREE/sys stands for /sys, so that the real ROCm SMI library, whose
# paths are fixed, reads the fabricated cards. A private mount namespace if the system allows one (it also hides
# /dev/shm, where the library keeps its locks), else umockdev's preload. Exit 77 when there is neither.
# LABTOP_MI50_METHOD=namespace|umockdev picks one. It is what a test guest's "agent =" names.
set -eu
tree=${1:?TREE} && shift
[ -d "$tree/sys" ] || { echo "mi50-agent.sh: no tree at $tree" >&2; exit 1; }

method=${LABTOP_MI50_METHOD:-}
if [ -z "$method" ]; then
	if unshare -rm true 2>/dev/null; then method=namespace; else method=umockdev; fi
fi
case $method in
namespace)
	# shellcheck disable=SC2016
	exec unshare -rm sh -c 'mount --rbind "$1/sys" /sys && mount -t tmpfs none /dev/shm && shift && exec "$@"' - "$tree" "$@"
	;;
umockdev)
	command -v umockdev-run >/dev/null || { echo "no umockdev: Debian: apt-get install umockdev" >&2; exit 77; }
	# A sanitizer must be told that it is not the first library.
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
	UMOCKDEV_DIR=$tree LD_PRELOAD=libumockdev-preload.so.0 exec "$@"
	;;
*) echo "mi50-agent.sh: LABTOP_MI50_METHOD=$method: namespace or umockdev" >&2; exit 2 ;;
esac
