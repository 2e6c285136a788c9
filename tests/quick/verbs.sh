#!/bin/bash
# verbs.sh - every verb says how it is used; wrong usage is 2 with a hint; output that nobody reads makes no noise.
. "${srcdir:-.}/tests/tap.sh" || exit 99

verbs=$("$labtop" --help | awk '/^Commands/{on=1; next} /^$/{on=0} on && /^  [a-z]/{print $1}')
like "$verbs" 'status.*engine' "--help lists the verbs"
for verb in $verbs; do
	out=$("$labtop" "$verb" --help 2>&1)
	is "$?" 0 "$verb --help is good"
	like "$out" "Usage: labtop $verb" "$verb --help says how it is used"
done
like "$("$labtop" --version)" '^labtop [0-9]+\.[0-9]+\.[0-9]+$' "--version"

# says WORDS STATUS ERE: exit status and the one line on stderr
says() {
	local status=0 out
	# shellcheck disable=SC2086
	out=$("$labtop" $1 2>&1 >/dev/null) || status=$?
	is "$status" "$2" "labtop $1: exit status"
	like "$out" "$3" "labtop $1: says so"
	is "$(printf '%s\n' "$out" | wc -l)" 1 "labtop $1: in one line"
}
says "statsu" 2 '^labtop: statsu: no such command; did you mean status\?; see labtop --help$'
says "status --wiat 3" 2 'did you mean --wait\?; see labtop status --help$'
says "engine" 2 'say which: ls\|ps\|show'
says "engine pss --demo" 2 'did you mean ps\?'
says "--demo --seed many" 2 'is a number from 0'
says "--config /nowhere/labtop.conf status" 2 '^labtop: reading /nowhere/labtop.conf: No such file'
says "--generate poem" 2 'no such kind'

# what is run here has no address
printf '[guest g]\nssh = local\nagent = sh -c "kill -9 $$"\n' >"$work/killed.conf"
chmod 600 "$work/killed.conf"
says "status --config $work/killed.conf" 3 'labtop-agent was ended by signal 9$'

# pipes, closed and full files
out=$({ "$labtop" status --demo | head -1 >/dev/null; } 2>&1)
is "$out" "" "labtop | head makes no noise"
is "$("$labtop" --version 0<&-)" "$("$labtop" --version)" "stdin may be closed"
"$labtop" --version >&- 2>"$work/err"
is "$?" 6 "closed stdout: 6"
like "$(cat "$work/err")" 'writing the output' "closed stdout: said once"
"$labtop" --version 2>&- >/dev/null
is "$?" 0 "stderr may be closed"
if [ -e /dev/full ]; then
	if [ -x "$labtop_agent" ]; then
		"$labtop" agent --once >/dev/full 2>"$work/err"
		is "$?" 6 "the agent whose output is lost: 6"
		like "$(cat "$work/err")" 'writing the output' "and it is said"
	else
		skip "the agent whose output is lost" "built without the agent"
	fi
	"$labtop" status --demo >/dev/full 2>"$work/err"
	is "$?" 6 "full disk: 6"
	like "$(cat "$work/err")" 'No space left' "full disk: said"
else
	skip "full disk" "no /dev/full"
fi

# the agent is found beside labtop, and only then in PATH
if [ -x "$labtop_agent" ]; then
	like "$("$labtop" agent --once 2>/dev/null | head -1)" '^\{"labtop-agent":1' "labtop agent runs labtop-agent"
else
	skip "labtop agent" "built without the agent"
fi
mkdir -p "$work/bin"
cp "$labtop" "$work/bin/labtop"
printf '#!/bin/sh\necho "from PATH: $*"\n' >"$work/labtop-agent"
chmod +x "$work/labtop-agent"
is "$(PATH=$work:$PATH "$work/bin/labtop" agent --once --interval 50)" "from PATH: --interval=50 --once" "labtop agent looks in PATH"
PATH=/nowhere "$work/bin/labtop" agent 2>"$work/err"
is "$?" 3 "no labtop-agent anywhere: 3"
like "$(cat "$work/err")" 'labtop-agent: No such file' "no labtop-agent anywhere: said"

done_testing
