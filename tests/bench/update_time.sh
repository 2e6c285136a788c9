#!/bin/bash
# update_time.sh LABTOP CONFIG VCSIM-DIR - how long a power change takes from the server to the screen: prints seconds, one a
# line, ten times. The screen is a real terminal (tmux).
set -eu
labtop=$1 conf=$2 vc=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
socket=$vc/update.tmux
tmux -S "$socket" -f /dev/null new-session -d -x 120 -y 40 "$labtop" --config "$conf" --view vms
trap 'tmux -S "$socket" kill-server' EXIT

# shown PATTERN: looked at every 10 ms, for 20 s at most
shown() {
	for _ in $(seq 2000); do
		if tmux -S "$socket" capture-pane -p | grep -qE "$1"; then return; fi
		sleep 0.01
	done
	echo "never saw $1" >&2
	exit 1
}
shown 'llm-1 +on'
for i in 1 2 3 4 5; do
	for state in off on; do
		began=$(date +%s%N)
		"$here/../peers/vcsim" control --dir "$vc" power vm=llm-1 state=$state >/dev/null
		shown "llm-1 +$state"
		echo "$began $(date +%s%N)" | awk '{printf "%.3f\n", ($2 - $1) / 1e9}'
	done
done
