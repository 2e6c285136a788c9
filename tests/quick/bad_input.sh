#!/bin/bash
# bad_input.sh - everything wrong at once: each fault is one clear line, and what is well lives. Servers here are no help
# (hang_server.py), ssh says what OpenSSH says.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

python3 "$top_srcdir/tests/quick/hang_server.py" "$work/ports" &
servers=$!
trap 'kill $servers; tap_cleanup' EXIT
wait_for test -s "$work/ports" || skip_all "no port to listen at"
. "$work/ports"

# ---- ssh and agents of our own --------------------------------------------------------------------------------------
mkdir -p "$work/bin"
cat >"$work/bin/ssh" <<'EOF'
#!/bin/sh
while [ "$1" != -- ]; do shift; done
case $2 in
unknown) echo 'No ED25519 host key is known for unknown and you have requested strict checking.' >&2
	echo 'Host key verification failed.' >&2 ;;
changed) echo '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @' >&2
	echo 'The fingerprint for the ED25519 key sent by the remote host is' >&2
	echo 'SHA256:NewNewNew.' >&2
	echo 'Host key verification failed.' >&2 ;;
asks) echo 'ops@asks: Permission denied (publickey,password).' >&2 ;;
garbled) sh "${0%/*}/garbled"; exec sleep 1000 ;;
chatter) echo "Usage: nvidia-smi [OPTION]"; exit 0 ;;
older) echo '{"labtop-agent":7}'; exec sleep 1000 ;;
esac
exit 255
EOF
# Chatter before the hello, then good lines among bad ones: a card that is there must not be lost for them. What is told
# once here is told for an hour, so that it is no older news on a busy machine.
cat >"$work/bin/garbled" <<'EOF'
echo 'Welcome to the guest'
echo '{"labtop-agent":1,"version":"9","interval_ms":3600000,"guest":{"hostname":"garbled"},"gpus":[{"id":"g1","bdf":"0000:0b:00.0","name":"MI50"}]}'
echo 'Segmentation fault'
echo '{"seq":1,"mono_ms":1000,"gpus":[{"id":"g1","state":"live","temp_junction_c":'
printf '\377\376{}\n'
printf '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n'
echo '{"seq":2,"mono_ms":2000,"gpus":[{"id":"g1","state":"live","temp_junction_c":61.0}]}'
EOF
chmod +x "$work/bin/ssh"
export PATH=$work/bin:$PATH LABTOP_STATE=$work/state

# ---- the configuration ----------------------------------------------------------------------------------------------
conf=$work/labtop.conf
cat >"$conf" <<EOF
[lab]
name = wrong
colour = red
what is this
[engine]
url = http://127.0.0.1:1
[rocket one]
fuel = yes
[engine page]
url = http://127.0.0.1:$wrong
[engine closed]
url = http://127.0.0.1:1
interval = soon
[engine no-url]
kind = ollama
[engine gopher]
url = gopher://127.0.0.1:70
[engine key]
url = http://127.0.0.1:$wrong
key-file = $work/open-key
[vsphere closed]
url = https://root@127.0.0.1:1/sdk
password-command = echo hunter2
[vsphere page]
url = https://root@127.0.0.1:$wrong/sdk
password-command = echo hunter2
[guest unknown]
ssh = unknown
[guest changed]
ssh = changed
[guest asks]
ssh = ops@asks
[guest older]
ssh = older
[guest garbled]
ssh = garbled
[guest option]
ssh = -oProxyCommand=true
[guest chatter]
ssh = chatter
agent = nvidia-smi
[vsphere proxied]
url = https://root@127.0.0.1:$wrong/sdk
proxy = http://jo:hunter2@127.0.0.1:1
thumbprint = AA:BB
[engine plain]
url = https://127.0.0.1:$wrong
guest = nobody
[engine gone]
url = http://127.0.0.1:$moved
key-command =
[guest here]
ssh = local
agent = sh -c 'echo "{\"labtop-agent\":1,\"version\":\"9\",\"interval_ms\":3600000,\"guest\":{\"hostname\":\"here\"},\"gpus\":[{\"id\":\"h1\",\"bdf\":\"0000:01:00.0\",\"name\":\"MI50\"}]}"; echo "{\"seq\":1,\"mono_ms\":1,\"gpus\":[{\"id\":\"h1\",\"state\":\"live\",\"temp_junction_c\":55.0}]}"; exec sleep 1000'
EOF
chmod 600 "$conf"
echo sesame >"$work/open-key"
chmod 644 "$work/open-key"

status=0
"$labtop" status --wait 20 --config "$conf" >"$work/out" 2>"$work/err" || status=$?
is "$status" 2 "an address that is none is wrong usage, and the worst of it: 2"

# said ERE WHAT: exactly one line of stderr
said() { is "$(grep -cE -- "$1" "$work/err")" 1 "$2"; }
said '^labtop: labtop\.conf:3: "colour" is no key of \[lab\]' "an unknown key, with its line"
said '^labtop: labtop\.conf:4: not understood' "a broken line, with its number"
said '^labtop: labtop\.conf:5: \[engine\]' "a section without a name"
said '^labtop: labtop\.conf:7: \[rocket one\]: no such section' "an unknown section, once for all of its keys"
said '^labtop: labtop\.conf:13: interval ' "a bad value"
said '^labtop: engine gopher: url' "a URL that is none"
said '^labtop: engine no-url: .*url' "an engine without a URL"
said '^labtop: engine page: .*no engine' "a web page is no engine"
said '^labtop: engine closed: .*refused' "a closed port"
said "^labtop: engine key: .*chmod 600 $work/open-key(;|\$)" "a key file that others may read, and what to do"
said '^labtop: vsphere closed: .*refused' "a closed vSphere port"
said '^labtop: vsphere page: .*TLS' "plain HTTP where TLS should be"
said '^labtop: guest unknown: its host key is not known; run this once .*: ssh unknown(;|$)' "an unknown host key, and the command"
said '^labtop: guest changed: its host key has changed to SHA256:NewNewNew.*ssh-keygen -R.*: ssh changed(;|$)' "a changed one, and the command"
said '^labtop: guest asks: .*Permission denied \(publickey,password\)' "ssh that would ask for a password"
said '^labtop: guest older: .*protocol 7' "an agent of another protocol"
said '^labtop: guest option: .*ssh = -oProxyCommand=true: not of the form' "a host that is an option"
said '^labtop: guest chatter: .*without a hello; it said: Usage: .*; is agent = nvidia-smi right' "what is no agent, and what it said"
said '^labtop: vsphere proxied: through the proxy 127.0.0.1:1: certificate of .*refused' "a proxy that is not there is named"
said '^labtop: labtop\.conf:[0-9]+: thumbprint is .* 64 ' "a thumbprint that was cut"
said '^labtop: labtop\.conf:[0-9]+: \[engine plain\]: guest = nobody' "an engine in a guest that is not there"
said '^labtop: engine plain: .*does not speak TLS' "https where plain HTTP is spoken"
said '^labtop: engine gone: .*redirects to http://elsewhere/' "a redirect, and where to"
said '^labtop: labtop\.conf:[0-9]+: key-command needs a value' "a command that is empty"
is "$(grep -cE '^labtop: guest (here|garbled)' "$work/err")" 0 "of those that are well nothing"
is "$(grep -vc '^labtop: ' "$work/err")" 0 "every line is labtop's"
is "$(sort "$work/err" | uniq -d)" "" "and none comes twice"
unlike "$(cat "$work/err" "$work/out")" 'hunter2|sesame' "no secret is told"

like "$(cat "$work/out")" '^wrong, ' "the rest of the configuration holds"
like "$(cat "$work/out")" 'here .* 55°C' "a guest that is well lives"
like "$(cat "$work/out")" 'garbled .* 61°C' "and so does one among whose lines some are bad"

# ---- the same on the screen -----------------------------------------------------------------------------------------
need tmux tmux
screen_open bad 140 44 "$labtop" --config "$conf" --view tasks
ok_if "the screen: reasons" screen_wait bad 'down +changed +its host key has changed to SHA256:NewNewNew'
ok_if "the screen: a bad line of an agent is a line of the log" screen_wait bad 'warning +garbled +passed over a line of its agent'
ok_if "the screen: complaints about the configuration too" screen_wait bad 'labtop\.conf:4: not understood'
screen_keys bad 2
ok_if "the screen: the cards live" screen_wait bad '0b:00\.0 .*61°C'
screen_keys bad q

# ---- one fault alone: its exit status ----------------------------------------------------------------------------------
ends() { # STATUS SECTIONS
	printf '%s\n' "$2" >"$work/one.conf"
	status=0
	"$labtop" status --wait 20 --config "$work/one.conf" >"$work/out" 2>"$work/err" || status=$?
	is "$status" "$1" "${2//$'\n'/, }: $1"
}
here=$(sed -n '/^\[guest here\]/,$p' "$conf")
ends 4 $'[guest changed]\nssh = changed'
ends 4 $'[guest unknown]\nssh = unknown'
ends 3 $'[guest asks]\nssh = asks'
ends 3 $'[engine closed]\nurl = http://127.0.0.1:1'
ends 3 "[engine page]"$'\n'"url = http://127.0.0.1:$wrong"
ends 2 $'[engine gopher]\nurl = gopher://127.0.0.1:70'
ends 0 $'what is this\n'"$here"
ends 5 $'[engine closed]\nurl = http://127.0.0.1:1\n'"$here"
done_testing
