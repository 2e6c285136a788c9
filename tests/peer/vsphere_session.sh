#!/bin/bash
# vsphere_session.sh - what a session goes through: kept alive, ended before it was of use, and not allowed to see everything.
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/vsphere_watch.sh"
need python3 python3
need tmux tmux
start_peer vc vcsim
trusted=thumbprint=$vc_sha256
at_least() { [ "$(count_of "$1")" -ge "$2" ]; }

# ---- kept alive ----
watch_start "$trusted" interval=2s
ok_if "following" wait_for at_least WaitForUpdatesEx 3
is "$(count_of CurrentTime)" 0 "what waits for changes needs no sign of life"
watch_stop
watch_start "$trusted" interval=2s keep-alive=1ms
ok_if "when it is due it is given, again and again" wait_for at_least CurrentTime 3
is "$(count_of Login)" 2 "in one session"
watch_stop

# ---- ended right after login ----
control vc reset >/dev/null
control vc fail method=RetrievePropertiesEx how=fault:NotAuthenticated count=0 >/dev/null
watch_start "$trusted"
ok_if "a session that ends right after login: said" wait_told '^source down .*ended the session right after login.* retries'
is "$(count_of Login)" 2 "tried a second time, and no third"
watch_stop
control vc reset >/dev/null
control vc fail method=WaitForUpdatesEx how=fault:NotAuthenticated count=0 >/dev/null
watch_start "$trusted"
ok_if "one that ends whenever it is to wait: the same" wait_told '^source down .*ended the session right after login.* retries'
is "$(count_of Login)" 2 "after as many"
control vc rules clear=yes >/dev/null
at=$(mark)
word retry
ok_if "and it is followed when the server has come to its senses" wait_told_since "$at" '^tasks'
watch_stop

# ---- not everything may be seen ----
control vc reset >/dev/null
for path in config.extraConfig config.firmware config.hardware.device; do
	control vc fail method=RetrievePropertiesEx "how=deny:$path" "contains=<pathSet>$path</pathSet>" count=0 >/dev/null
done
watch_start "$trusted"
ok_if "a VM tells what may not be read of it" wait_told '^vm .*name="llm-1".* partial="config.extraConfig: this user may not do that"'
line=$(grep '^vm .*name="llm-1".*partial' "$work/out" | tail -n 1)
like "$line" ' settings=no' "what is not told is not taken for nothing"
unlike "$(cat "$work/out")" 'source down' "the rest goes on"
watch_stop
conf=$work/labtop.conf
vsphere_section >"$conf"
chmod 600 "$conf"
export LABTOP_STATE=$work/state
"$labtop" status --wait 20 --config "$conf" >"$work/status" 2>&1
is $? 5 "status ends with 5: partial"
like "$(cat "$work/status")" 'labtop: vsphere vc: not read: config\.extraConfig: this user may not do that; 2 more: --json' "and says why, in one line"
query() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/json" "$1"; }
"$labtop" status --json --wait 20 --config "$conf" >"$work/json" 2>/dev/null
gaps="['config.extraConfig: this user may not do that', 'config.firmware: this user may not do that', 'config.hardware.device: this user may not do that']"
is "$(query 'd["sources"][0]["partial"]')" "$gaps" "the JSON names it for the source"
is "$(query '[sorted(v["partial"]) for v in d["vms"] if v["name"] == "llm-1"][0]')" "$gaps" "and for the VM"
is "$(query '[h["partial"] for h in d["hosts"]]')" "[[], []]" "what was read whole says so"
screen_open console 120 40 "$labtop" --config "$conf"
screen_wait console '● vc' || not_ok "the console is up"
screen_keys console 5
ok_if "the list of VMs" screen_wait console 'llm-1 +on'
screen_keys console Enter
ok_if "a VM's page says it" screen_wait console 'not read: config\.[a-zA-Z.]+: this user may not do that'
screen_keys console Q

# sensors and datastores have readers of their own
sensors=runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo
control vc reset >/dev/null
for path in $sensors summary; do
	control vc fail method=RetrievePropertiesEx "how=deny:$path" "contains=<pathSet>$path</pathSet>" count=0 >/dev/null
done
control vc fail method=WaitForUpdatesEx how=deny:summary count=0 >/dev/null
"$labtop" status --json --wait 20 --config "$conf" >"$work/json" 2>/dev/null
is $? 5 "sensors that may not be read: partial as well"
is "$(query '{h["name"]: (h["sensors"], h["partial"]) for h in d["hosts"]}["esx01"]')" \
	"(None, ['$sensors: this user may not do that'])" "they are not none"
is "$(query '[s["partial"] for s in d["datastores"]]')" "[['summary: this user may not do that']]" "so is a datastore"
screen_open denied 120 40 "$labtop" --config "$conf"
screen_wait denied '● vc' || not_ok "the console is up"
screen_keys denied 4
ok_if "the hosts' page says both" screen_wait denied "not read: $sensors: this user may not do that"
ok_if "of the datastore" screen_wait denied 'not read: summary: this user may not do that'
screen_keys denied q
done_testing
