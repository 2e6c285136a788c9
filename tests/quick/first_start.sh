#!/bin/bash
# first_start.sh - nothing is configured: this machine and the engines on it are found, a line says how to add the rest, and
# nothing of it is an error. Then OLLAMA_HOST alone.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

export HOME=$work/home
mkdir "$HOME"
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_DATA_HOME

# ---- nothing at all -------------------------------------------------------------------------------------------------
# run VERB…: exit status in $status, what it printed in $out, and on stderr in $work/err
run() {
	status=0
	out=$("$labtop" "$@" 2>"$work/err" </dev/null) || status=$?
}
for verb in "" status snapshot gpu pci "engine ls" "engine ps"; do
	# shellcheck disable=SC2086
	run $verb
	is "$status" 0 "labtop $verb: exit status"
	is "$(cat "$work/err")" "" "labtop $verb: no complaint"
	unlike "$out" $'^\n*$' "labtop $verb: not empty"
done
run status
like "$out" 'this machine' "this machine is a host"
like "$out" 'man labtop\.conf' "and a line says how to add the rest"
run snapshot --size 100x40
like "$out" 'Who is asked' "the overview tells who is asked"
like "$out" 'GOVC_URL and OLLAMA_HOST' "and how to add the rest"
if [ -n "$(ls /sys/bus/pci/devices 2>/dev/null)" ] && "$labtop" pci >/dev/null 2>&1; then
	like "$("$labtop" snapshot --view hosts --keys p)" '[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] ' "its PCI devices are there"
fi
is "$(find "$HOME" -type f ! -path '*/labtop/log*')" "" "nothing is written but, perhaps, the log"
HOME=/nonexistent run status
is "$status" 0 "not even a home is needed"

# ---- an engine on a port that engines have ----------------------------------------------------------------------------
cat >"$work/engine.py" <<'EOF'
import http.server, json, sys
replies = {"/api/version": {"version": "0.12.3"},
           "/api/tags": {"models": [{"name": "found:1b", "model": "found:1b", "size": 12345678}]},
           "/api/ps": {"models": []}}
class Engine(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *words):
        pass
    def do_GET(self):
        body = json.dumps(replies.get(self.path, {"error": "not found"})).encode()
        if self.path == "/":
            body = b"Ollama is running"
        self.send_response(200 if self.path in replies or self.path == "/" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
for port in 11434, 8000, 8080, 8188, 7860:
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Engine)
        break
    except OSError:
        pass
else:
    sys.exit("every port is taken")
with open(sys.argv[1], "w") as out:
    out.write("%d\n" % port)
server.serve_forever()
EOF
python3 "$work/engine.py" "$work/port" 2>/dev/null &
engine=$!
trap 'kill $engine 2>/dev/null; tap_cleanup' EXIT
if wait_for eval '[ -s "$work/port" ] || ! kill -0 $engine' && [ -s "$work/port" ]; then
	port=$(cat "$work/port")
	run engine ls
	is "$status" 0 "an engine of this machine: exit status"
	like "$out" "localhost:$port +found:1b" "is found by its port"
	if command -v tmux >/dev/null 2>&1; then
		screen_open first 120 30 "$labtop"
		ok_if "and stands on the screen" screen_wait first "● localhost:$port"
		screen_keys first 6
		ok_if "with its model" screen_wait first 'found:1b'
		screen_keys first q
	else
		skip "the screen" "no tmux: apt-get install tmux"
	fi
	OLLAMA_HOST=127.0.0.1:$port run engine ls
	is "$status" 0 "OLLAMA_HOST alone is enough"
	like "$out" $'\nollama +found:1b' "and gives it its name"
	is "$(grep -c 'found:1b' <<<"$out")" 1 "and it is not there twice"
else
	skip "an engine on a known port" "all of them are taken"
fi
done_testing
