#!/bin/bash
# descriptors.sh - ten engines and open files for a few: those that get none are down with the reason, the others live, and
# nothing aborts. Where the hard limit allows it the soft one is raised, and given back to children.
. "${srcdir:-.}/tests/tap.sh" || exit 99
need python3 python3

cat >"$work/engines.py" <<'EOF2'
import http.server, sys
class Engine(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *words):
        pass
    def do_GET(self):
        good = self.path == "/v1/models"
        body = b'{"object":"list","data":[{"id":"m","object":"model"}]}' if good else b"{}"
        self.send_response(200 if good else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
server = Server(("127.0.0.1", 0), Engine)
with open(sys.argv[1], "w") as out:
    out.write("%d\n" % server.server_address[1])
server.serve_forever()
EOF2
python3 "$work/engines.py" "$work/port" &
engines=$!
trap 'kill $engines 2>/dev/null; tap_cleanup' EXIT
wait_for test -s "$work/port" || skip_all "the engines do not start"
for i in 0 1 2 3 4 5 6 7 8 9; do
	printf '[engine e%d]\nurl = http://127.0.0.1:%s\nkind = openai\ninterval = 500ms\n' "$i" "$(cat "$work/port")"
done >"$work/ten.conf"
export LABTOP_STATE=$work/state

# count STATE: sources in that state
count() { grep -c "\"state\": *\"$1\"" <(python3 -c 'import json,sys
for s in json.load(open(sys.argv[1]))["sources"]: print(json.dumps(s))' "$work/out"); }
reasons() { python3 -c 'import json,sys
print("\n".join(sorted({s["reason"] for s in json.load(open(sys.argv[1]))["sources"] if s["state"] == "down"})))' "$work/out"; }

# run ULIMIT-WORDS: status in $status
run() {
	status=0
	(ulimit "$@" && exec "$labtop" --config "$work/ten.conf" status --json --wait 20) >"$work/out" 2>"$work/err" || status=$?
}

run -n 24
is "$status" 5 "24 open files: partial"
live=$(count live) down=$(count down)
ok_if "some live ($live)" test "$live" -ge 2
ok_if "the others are down ($down)" test "$down" -ge 1 -a $((live + down)) = 10
is "$(reasons | grep -cv 'Too many open files$')" 0 "each says why"
like "$(cat "$work/err")" 'labtop: engine e[0-9]: .*Too many open files; raise the limit of open files \(ulimit -n\)' "and what to do"

run -Sn 24
is "$status $(count live)" "0 10" "24 as the soft limit: it is raised"

# ---- on the screen --------------------------------------------------------------------------------------------------
if command -v tmux >/dev/null 2>&1; then
	screen_open few 120 30 sh -c "ulimit -n 24; '$labtop' --config '$work/ten.conf'; echo \$? >'$work/ended'"
	ok_if "the screen is there" screen_wait few '● e[0-9]'
	ok_if "and says that there is no room" screen_wait few 'Too many open files'
	screen_keys few '?'
	ok_if "keys are heard" screen_wait few 'esc closes'
	screen_keys few Escape
	ok_if "and again" screen_wait few 'Who is asked'
	screen_keys few q
	ok_if "and it ends" wait_for grep -qx 0 "$work/ended"
else
	skip "the screen" "no tmux: apt-get install tmux"
fi

# ---- children -------------------------------------------------------------------------------------------------------
printf '#!/bin/sh\nulimit -Sn >"%s/limit"\nexit 1\n' "$work" >"$work/agent"
chmod 755 "$work/agent"
printf '[guest g]\nssh = local\nmethod = agent\nagent = %s/agent\n' "$work" >"$work/guest.conf"
(ulimit -Sn 100 && "$labtop" --config "$work/guest.conf" status --wait 5) >/dev/null 2>&1
is "$(cat "$work/limit")" 100 "a child has the limit that labtop was started with"
done_testing
