#!/bin/bash
# whole_output.sh - what a verb prints arrives whole or not at all, whatever its reader does and whichever signals come.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
reader() { python3 "$top_srcdir/tests/quick/slow_reader.py" "$@" 2>&1; }

# Each prints more than a page.
verbs=(
	"status --demo --json"
	"pci --demo --json"
	"gpu --demo --json"
	"snapshot --demo --size 300x80 --ansi"
	"--generate labtop.1"
	"--generate labtop.conf.5"
)
for verb in "${verbs[@]}"; do
	# shellcheck disable=SC2086 # words
	"$labtop" $verb >"$work/whole" 2>/dev/null
	like "$(reader stops "$work/whole" "$labtop" $verb)" '^whole 143 ' "$verb: whole, though it was stopped and told to end"
done
"$labtop" status --demo --json >"$work/whole"
like "$(reader stalls "$work/whole" "$labtop" status --demo --json)" '^part 143 [2-9]\.' "a reader that has stalled: it ends, after two seconds"
like "$(reader leaves "$work/whole" "$labtop" status --demo --json)" ' 0 ' "a reader that leaves has what it wanted"

# the watching goes on until nobody reads
like "$(timeout 60 bash -c '"$0" gpu --demo --json --watch 100 | head -c 100 >/dev/null; echo "${PIPESTATUS[0]}"' "$labtop")" '^0$' \
	"gpu --watch ends with its reader"

# told to end while it still waits for its sources: nothing
mkfifo "$work/fifo"
printf '[guest g]\nssh = local\nagent = sh -c "echo >%s; exec sleep 1000"\n' "$work/fifo" >"$work/conf"
chmod 600 "$work/conf"
"$labtop" status --json --config "$work/conf" --wait 60 >"$work/out" 2>"$work/err" &
pid=$!
read -r _ <"$work/fifo" # its agent runs
kill -TERM $pid
wait $pid
is "$?" 143 "TERM while it waits for its sources"
is "$(cat "$work/out" "$work/err")" "" "prints nothing"

if [ -x "$labtop_agent" ]; then
	mi50_tree "$work/tree" 11111111-2222-3333-4444-555555555555 00:50:56:00:00:01 -n 8
	like "$(reader stops lines "$labtop" agent --once --sysfs-root "$work/tree/sys")" '^whole 143 ' "agent --once: hello and sample, both whole"
fi
done_testing
