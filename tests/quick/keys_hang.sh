#!/bin/bash
# keys_hang.sh - nothing that is asked answers: engines that hang, drip or cannot be connected to, a name server that is
# silent, a TLS server that never begins, an ssh that sleeps. The console answers keys all the same, leaves when it is told to,
# and the terminal is as it was.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3
need tmux tmux

python3 "$top_srcdir/tests/quick/hang_server.py" "$work/ports" &
servers=$!
trap 'kill $servers; tap_cleanup' EXIT
wait_for test -s "$work/ports" || skip_all "no port to listen at"
. "$work/ports"

mkdir -p "$work/bin"
printf '#!/bin/sh\necho $$ >"%s"\nexec sleep 1000\n' "$work/ssh.pid" >"$work/bin/ssh"
chmod +x "$work/bin/ssh"
export PATH=$work/bin:$PATH LABTOP_STATE=$work/state
export ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 # a preloaded library comes before the sanitizer's
conf=$work/labtop.conf
cat >"$conf" <<EOF
[lab]
name = stuck
[engine hung]
url = http://127.0.0.1:$hung
[engine hole]
url = http://127.0.0.1:$hole
[engine drip]
url = http://127.0.0.1:$drip
[engine dns]
url = http://nowhere.test:11434
[vsphere tls]
url = https://127.0.0.1:$hung/sdk
user = root
password = secret
[vsphere dns]
url = https://nowhere.test/sdk
user = root
password = secret
thumbprint = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
[guest far]
ssh = far
[guest here]
ssh = local
agent = sh -c 'echo "{\"labtop-agent\":1,\"version\":\"9\",\"interval_ms\":3600000,\"guest\":{\"hostname\":\"here\"},\"gpus\":[]}"; exec sleep 1000'
EOF
chmod 600 "$conf"

# console NAME: the console in a terminal of its own, which says afterwards how it left and whether the terminal is as before
cat >"$work/run.sh" <<'EOF'
stty -g >"$1.before"
sh -c 'echo $$ >"$0.pid"; export LD_PRELOAD="$1"; shift; exec "$@"' "$@"
status=$?
stty -g >"$1.after"
cmp -s "$1.before" "$1.after" && echo "terminal as before" || echo "terminal changed"
echo "left with $status"
read -r _
EOF
console() { screen_open "$1" 120 30 bash "$work/run.sh" "$work/$1" "$PWD/tests/stubs/silent_dns.so" "$labtop" --config "$conf"; }
left() { # NAME STATUS
	ok_if "$1: leaves with $2" screen_wait "$1" "left with $2\$"
	ok_if "$1: the terminal is as before" screen_has "$1" "terminal as before"
	ok_if "$1: and so is what stood on it" eval '! screen_has "$1" overview'
	ok_if "$1: its ssh is gone" wait_for eval '! kill -0 "$(cat "$work/ssh.pid")" 2>/dev/null'
}

console keys
ok_if "a first frame appears" screen_wait keys 'stuck › overview'
screen_keys keys 5
ok_if "a view is switched" screen_wait keys 'stuck › vms'
screen_keys keys :hosts Enter
ok_if "the palette answers" screen_wait keys 'stuck › hosts'
screen_keys keys 9
ok_if "a page with a list" screen_wait keys 'stuck › tasks'
ok_if "which tells of who does not answer" screen_wait keys 'nowhere'
screen_keys keys / esx
ok_if "the filter is typed" screen_wait keys '/ ?esx'
screen_keys keys Escape
ok_if "and dropped" wait_for eval '! screen_has keys "/ ?esx"'
screen_keys keys 2
ok_if "the next view" screen_wait keys 'stuck › gpus'
ok_if "what answers is live meanwhile" screen_wait keys '● here'
screen_keys keys ?
ok_if "help" screen_wait keys 'type to find one'
screen_keys keys Escape
ok_if "and back" wait_for eval '! screen_has keys "type to find one"'
screen_keys keys 9
ok_if "a silent TLS server is told in the end" screen_wait keys 'down +tls +.*timed out'
ok_if "and a full queue" screen_wait keys 'down +hole '
ok_if "and a silent name server" screen_wait keys 'down +dns +.*Resolving timed out .*engine'
ok_if "keys are taken still" eval 'screen_keys keys 1; screen_wait keys "stuck › overview"'
screen_keys keys q
left keys 0

for end in TERM:143 HUP:129; do
	name=${end%:*}
	console "$name"
	ok_if "$name: the console stands" screen_wait "$name" 'stuck › overview'
	wait_for test -s "$work/ssh.pid"
	kill -"$name" "$(cat "$work/$name.pid")"
	left "$name" "${end#*:}"
done

# the terminal itself goes away, as when a connection breaks
console gone
ok_if "the console stands once more" screen_wait gone 'stuck › overview'
wait_for test -s "$work/ssh.pid"
pid=$(cat "$work/gone.pid")
screen_close gone
ok_if "without its terminal it ends" wait_for eval '! kill -0 $pid 2>/dev/null'
ok_if "and so does its ssh" wait_for eval '! kill -0 "$(cat "$work/ssh.pid")" 2>/dev/null'
done_testing
