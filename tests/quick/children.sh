#!/bin/bash
# children.sh - no kind of child is handed a secret: what stands in /proc/PID/environ of the agent, of ssh and of a key-command
# (test_state has password-command, which wants a server), however labtop was told it. And nothing runs that others may have
# written.
. "${srcdir:-.}/tests/tap.sh" || exit 99
export LABTOP_STATE=$work/state

# A child that writes down its environment as the kernel shows it.
cat >"$work/spy" <<EOF2
#!/bin/sh
tr '\\0' '\\n' </proc/\$\$/environ >"$work/env.\$1.tmp" && mv "$work/env.\$1.tmp" "$work/env.\$1"
echo c4nary-of-\$1
exit 1
EOF2
printf '#!/bin/sh\nexec "%s/spy" ssh\n' "$work" >"$work/ssh"
chmod 755 "$work/spy" "$work/ssh"
cat >"$work/children.conf" <<EOF2
[guest here]
ssh = local
method = agent
agent = $work/spy agent
[guest there]
ssh = ops@there
[vsphere v]
url = https://127.0.0.1:1/sdk
user = root
tls = insecure
password-command = $work/spy password
[engine e]
url = http://127.0.0.1:1
key-command = $work/spy key
[engine f]
url = http://127.0.0.1:1
key-env = LAB_KEY
EOF2
chmod 600 "$work/children.conf"
export GOVC_URL=https://root:c4nary@127.0.0.1:1/sdk GOVC_USERNAME=root GOVC_PASSWORD=c4nary OLLAMA_API_KEY=c4nary \
	OPENAI_API_KEY=c4nary LAB_KEY=c4nary OLLAMA_HOST=http://u:c4nary@127.0.0.1:1 HARMLESS=kept

# run WORDS…: labtop with our ssh, after which the children have written
run() { PATH=$work:$PATH "$labtop" --config "$work/children.conf" "$@" >"$work/out" 2>&1 </dev/null; }
# clean KIND: its environment is there, with what is harmless, and without what is secret
clean() {
	if ! [ -s "$work/env.$1" ]; then not_ok "$2: was started"; return; fi
	like "$(cat "$work/env.$1")" 'HARMLESS=kept' "$2: has the environment"
	is "$(grep -c 'c4nary\|^GOVC_PASSWORD\|^LAB_KEY' "$work/env.$1")" 0 "$2: and no secret in it"
}
run status --wait 10
clean agent "agent"
clean ssh "ssh"
clean key "key-command"
rm -f "$work"/env.*
run gpu
clean agent "the agent of labtop gpu"

# labtop agent becomes the agent
mkdir "$work/bin"
cp "$labtop" "$work/bin/labtop"
printf '#!/bin/sh\nexec "%s/spy" verb\n' "$work" >"$work/bin/labtop-agent"
chmod 755 "$work/bin/labtop-agent"
"$work/bin/labtop" agent --once >/dev/null 2>&1
is "$(grep -c '^GOVC_PASSWORD\|^OLLAMA_API_KEY' "$work/env.verb")" 0 "labtop agent hands none on"

# ---- a file that everyone may write ---------------------------------------------------------------------------------
unset GOVC_URL GOVC_USERNAME GOVC_PASSWORD OLLAMA_HOST
rm -f "$work"/env.*
chmod 666 "$work/children.conf"
run status --wait 10
is "$(ls "$work" | grep -c '^env\.\(agent\|password\|key\)')" 0 "of a file that everyone may write nothing is run"
like "$(cat "$work/out")" "labtop: children.conf: agent, password-command, key-command, key-env: left out: everyone may write $work/children.conf; chmod o-w" "one line says what, why and what to do"
like "$(cat "$work/out")" 'there +guest' "and the rest of it counts"
chmod 600 "$work/children.conf"
run status --wait 10
ok_if "put right, it is run" test -s "$work/env.agent"
done_testing
