#!/bin/bash
# config.sh - faults of the configuration and of targets, as the command line tells them.
. "${srcdir:-.}/tests/tap.sh" || exit 99

conf=$work/labtop.conf
# status_of CONFIG-TEXT: exit status in $status, stderr in $said
status_of() {
	printf '%s\n' "$1" >"$conf"
	status=0
	said=$("$labtop" --config "$conf" status --wait 3 2>&1 >"$work/out") || status=$?
}

# the name of a target is looked for among those that are
printf '[engine dead]\nurl = http://127.0.0.1:1\n' >"$conf"
like "$("$labtop" engine ps deaf --config "$conf" 2>&1)" 'deaf: no target of that name.*; there are: dead;' "a name that is none, and those that are"

# a closed port: nobody listens on 1 of loopback
status_of $'[engine dead]\nurl = http://127.0.0.1:1'
is "$status" 3 "the only target is not reached: 3"
like "$said" '^labtop: engine dead: ' "and it is said which"
like "$(cat "$work/out")" 'dead +engine +down' "a lab with a dead part is shown with it"

status_of $'[lab]\nname = attic\nwhat is this\n[engine dead]\nurl = http://127.0.0.1:1\ninterval = soon'
like "$said" 'labtop: labtop.conf:3: not understood' "a broken line is told with its number"
like "$said" 'labtop: labtop.conf:6: interval is a duration' "and so is a bad value"
like "$(cat "$work/out")" '^attic, ' "and the rest holds"
is "$status" 3 "and the exit status is the targets'"

status_of $'[vsphere x]\nurl = https://127.0.0.1:1/sdk\npassword = hunter2'
chmod 644 "$conf"
like "$said" 'chmod 600' "a password that others can read is refused"
unlike "$said$(cat "$work/out")" 'hunter2' "and not shown"

# a file that is none of ours: the first mistakes, and how many more
status_of "$(seq -f 'line %g of something else' 5000)"
is "$(wc -l <<<"$said")" 21 "a flood of mistakes is capped"
like "$(head -1 <<<"$said")" ':1: ' "the first are told"
like "$(tail -1 <<<"$said")" '^labtop: 49[0-9][0-9] more mistakes in the configuration' "and the rest counted"

# without a configuration: this machine, which nobody named, so that nothing of it counts
out=$("$labtop" status --wait 3 2>"$work/err")
is "$?" 0 "a first look is good, whatever it finds"
like "$out" 'labtop\.conf' "and says how to add the rest"
is "$(cat "$work/err")" "" "without a complaint"

# where something is named, in the environment or the configuration, that line would claim too much
for named in GOVC_URL=https://root@127.0.0.1:1/sdk OLLAMA_HOST=127.0.0.1:1; do
	out=$(env "$named" "$labtop" status --wait 3 2>"$work/err")
	unlike "$out" 'This machine only' "${named%%=*}: not this machine only"
	like "$out" 'this machine|local' "which is there all the same"
done

# what the environment names is named
OLLAMA_HOST=127.0.0.1:1 "$labtop" engine ls --wait 3 >/dev/null 2>"$work/err"
is "$?" 3 "OLLAMA_HOST is named: 3 when it is not there"
like "$(cat "$work/err")" 'engine ollama: ' "and told as such"

# this machine's GPUs, by its own agent as the configuration says it is run
if [ -x "$labtop_agent" ]; then
	mi50_tree "$work/tree" 4210aabb-ccdd-eeff-0011-223344556677 00:50:56:aa:00:01 -n 4 -m 32
	printf '[guest here]\nssh = local\ninterval = 1h\nagent = %s --sysfs-root %s/sys --no-rocm-smi\n[engine dead]\nurl = http://127.0.0.1:1\n' \
		"$labtop_agent" "$work/tree" >"$conf"
	out=$("$labtop" gpu --config "$conf" 2>"$work/err")
	is "$?" 0 "labtop gpu asks this machine alone"
	is "$(grep -c ' live .*32G' <<<"$out")" 4 "and finds its four cards"
	like "$out" 'here +03:00\.0 .* live +[0-9]+°C +[0-9]+°C' "with their temperatures"
else
	skip "labtop gpu" "built without the agent"
fi

done_testing
