#!/bin/bash
# plans.sh - plans carried out on a vSphere server: what is sent, what is true afterwards by another client's word, what is
# refused, cut off, gone on with and taken back. (The machine itself: tests/unit/test_run.c; the verbs: quick/plans.sh.)
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/soap.sh"
need python3 python3
start_peer vc vcsim
export LABTOP_STATE=$work/state
conf=$work/labtop.conf plan=$work/plan.json
vsphere_section >"$conf" && chmod 600 "$conf"

# run WORDS…: $status, $out, $said
run() {
	status=0
	out=$("$labtop" "$@" --config "$conf" 2>"$work/err") || status=$?
	said=$(cat "$work/err")
}
the_journal() { find "$LABTOP_STATE" -name 'p-*.jsonl' | sort | tail -n 1; }
noted() { grep -c "\"ev\":\"$1\"" "$(the_journal)"; }
count_of() { control vc counts "of=$1"; }
reset() {
	control vc reset >/dev/null
	rm -rf "$LABTOP_STATE"
	log_in
}
log_in() {
	rm -f "$work/cookies"
	login "$vc_password" >/dev/null
	vms=$(view VirtualMachine) hosts=$(view HostSystem)
}
# told TYPE NAME PATH: a property by another client
told() {
	local of=$vms
	[ "$1" = VirtualMachine ] || of=$hosts
	retrieve "$(paths "$1" name "$3")$(all_of "$of")" | python3 -c '
import re, sys
for obj in re.findall("<objects>(.*?)</objects>", sys.stdin.read(), re.S):
    sets = dict(re.findall("<propSet><name>(.*?)</name><val[^>]*?(?:/>|>(.*?)</val>)</propSet>", obj, re.S))
    if sets.get("name") == sys.argv[1]: print(sets.get(sys.argv[2], ""))' "$2" "$3"
}
vm() { told VirtualMachine "$1" "$2"; }
host() { told HostSystem "$1" "$2"; }
# passthru HOST BDF: enabled and active of a device
passthru() {
	host "$1" config.pciPassthruInfo | grep -o "<id>$2</id>.\{0,300\}" |
		sed -n 's/.*\?<passthruEnabled>\([a-z]*\)<.*<passthruActive>\([a-z]*\)<.*/\1 \2/p' | head -n 1
}
apply=(apply "$plan" --yes --confirm llm-1 --confirm new-llm)
settings() {
	echo "$(vm new-llm config.firmware) $(vm new-llm config.memoryReservationLockedToMax)" \
		"$(vm new-llm config.memoryAllocation.reservation) $(vm new-llm config.cpuHotAddEnabled)" \
		"$(vm new-llm config.memoryHotAddEnabled)"
}
extra() { vm new-llm config.extraConfig | grep -o "<key>$1</key><value[^>]*>[^<]*" | sed 's/.*>//'; }
devices() { vm new-llm config.hardware.device | grep -o '<id>0000:[^<]*</id>' | sort | tr -d '\n' | sed 's/<id>//g; s,</id>, ,g'; }

# ---- a GPU VM ----
reset
before=$(settings)
run plan gpu-vm vm=new-llm gpu=03:00.0,83:00.0 host=esx01 disk=empty -o "$plan"
is "$status" 0 "plan: good"
is "$(count_of ReconfigVM_Task) $(count_of Login)" "0 2" "and nothing was sent but its own login"
run "${apply[@]}"
is "$status" 0 "apply: good"
[ "$status" = 0 ] || diag <<<"$out $said"
is "$(vm llm-1 runtime.powerState) $(vm new-llm runtime.powerState)" "poweredOff poweredOn" "who had the cards is off, the VM is on"
is "$(settings)" "efi true 65536 false false" "its settings are as planned"
is "$(extra pciPassthru.use64bitMMIO) $(extra hypervisor.cpuid.v0)" "TRUE FALSE" "and its advanced ones"
is "$(devices)" "0000:03:00.0 0000:83:00.0 " "it has both cards, each once"
like "$(vm new-llm config.hardware.device)" '<deviceId>66a1</deviceId><systemId>30313436-3631-5a43-3331-303130303031</systemId><vendorId>4098</vendorId>' \
	"by ids as the host tells them, and the host's systemId"
is "$(vm new-llm snapshot)" "" "its snapshot is gone"
is "$(count_of PowerOnVM_Task) $(count_of ShutdownGuest) $(count_of RemoveAllSnapshots_Task)" "1 1 1" "each was asked for once"
is "$(control vc requests 'contains=<ReconfigVM_Task ' 'contains=<changeVersion>')" "$(count_of ReconfigVM_Task)" \
	"every reconfiguration carries the version that was read"
is "$(noted intent) $(noted sent) $(noted verified)" "12 12 12" "and the journal has it"
is "$(grep -c '"task":"task-' "$(the_journal)")" 11 "with the task of all that have one"
is "$(control vc sessions)" 1 "every login was ended, but that of this test"

# ---- taken back ----
control vc vm vm=new-llm ip=192.0.2.14 hostname=new-llm >/dev/null # tools run: it can be shut down
id=$(basename "$(the_journal)" .jsonl)
run plans undo "$id" --yes --confirm llm-1 --confirm new-llm
is "$(settings)" "$before" "undo: the settings are those of before"
is "$(extra pciPassthru.use64bitMMIO)$(extra hypervisor.cpuid.v0)" "" "the keys are gone again"
is "$(devices)" "" "and the cards"
is "$(vm llm-1 runtime.powerState)" "poweredOn" "who had them runs again"

# ---- refused by the server, in its own words ----
refused() { # HOW METHOD ERE WHAT
	reset
	run plan power vm=new-llm state=on -o "$plan"
	control vc fail "how=$1" "method=$2" >/dev/null
	run "${apply[@]}"
	is "$status" 1 "$4: 1"
	like "$said" "$3" "$4: told"
	is "$(vm new-llm runtime.powerState)" poweredOff "$4: nothing was done"
}
refused fault:NoPermission PowerOnVM_Task 'may not do that.*NoPermission' "no privilege"
refused fault:RestrictedVersion PowerOnVM_Task 'free licence.*RestrictedVersion' "a free licence"
reset
control vc passthru host=esx01 id=0000:43:00.0 enabled=yes active=yes >/dev/null
run plan gpu-vm vm=new-llm gpu=03:00.0 host=esx01 disk=empty -o "$plan"
control vc fail how=fault:ConcurrentAccess method=ReconfigVM_Task nth=2 >/dev/null
run "${apply[@]}"
is "$status" 1 "changed by somebody else: 1"
like "$said" 'somebody else changed it meanwhile.*ConcurrentAccess' "and said so"
is "$(count_of ReconfigVM_Task) $(noted failed)" "2 1" "it ends there"
run resume --yes --confirm llm-1 --confirm new-llm
is "$status" 0 "resume goes on with it"
is "$(settings) $(vm new-llm runtime.powerState)" "efi true 65536 false false poweredOn" "to the end"

# ---- an answer that is lost ----
reset
run plan power vm=new-llm state=on -o "$plan"
control vc fail how=cut-after method=PowerOnVM_Task >/dev/null
run "${apply[@]}"
is "$status $(vm new-llm runtime.powerState)" "0 poweredOn" "an answer that is lost: it is seen all the same"
is "$(count_of PowerOnVM_Task)" 1 "and nothing was asked for twice"

# ---- ended in the middle ----
reset
run plan gpu-vm vm=new-llm gpu=03:00.0 host=esx01 disk=empty -o "$plan"
control vc fail how=late:60000 method=ReconfigVM_Task nth=3 >/dev/null
"$labtop" "${apply[@]}" --config "$conf" >"$work/killed" 2>&1 &
pid=$!
wait_for eval '[ "$(count_of ReconfigVM_Task)" = 3 ]'
wait_for eval '[ "$(vm new-llm config.cpuHotAddEnabled)" = false ]'
kill -KILL "$pid"
wait "$pid" 2>/dev/null
is "$(noted intent) $(noted verified)" "5 4" "killed: the fifth step was under way"
run resume --yes --confirm llm-1 --confirm new-llm
is "$status" 0 "resume: good"
is "$(settings) $(devices)$(vm new-llm runtime.powerState)" "efi true 65536 false false 0000:03:00.0 poweredOn" "the end is the same"
is "$(count_of ReconfigVM_Task)" $(($(noted intent) - 3)) "what was under way was not asked for again"

# ---- passthrough with a reboot ----
reset
for name in mgmt llm-1; do control vc power "vm=$name" state=off >/dev/null; done
control vc rebind host=esx01 on=no >/dev/null
run plan passthrough host=esx01 device=03:00.0 state=off -o "$plan"
[ "$status" = 0 ] || diag <<<"$out $said"
run apply "$plan" --yes --confirm esx01
is "$status" 0 "passthrough off, with a reboot: good"
[ "$status" = 0 ] || diag <<<"$out $said"
is "$(passthru esx01 0000:03:00.0) $(passthru esx01 0000:43:00.0)" "false false true true" "this device, and no other"
is "$(host esx01 runtime.inMaintenanceMode) $(count_of RebootHost_Task)" "false 1" "one reboot, and out of maintenance mode again"
control vc stale on=yes >/dev/null
run plan passthrough host=esx01 device=03:00.0 state=on -o "$plan"
run apply "$plan" --yes --confirm esx01
is "$status" 0 "on again, and a reboot that does not help: good"
[ "$status" = 0 ] || diag <<<"$out $said"
is "$(passthru esx01 0000:03:00.0)" "true true" "off and on once more does"
is "$(count_of RebootHost_Task) $(count_of UpdatePassthruConfig)" "2 4" "with no further reboot"

# ---- a host that can do it at once ----
reset
for name in mgmt llm-1; do control vc power "vm=$name" state=off >/dev/null; done
run plan passthrough host=esx01 device=03:00.0 state=off -o "$plan"
run apply "$plan" --yes --confirm esx01
is "$status $(passthru esx01 0000:03:00.0)" "0 false false" "a host that needs no reboot"
is "$(count_of RebootHost_Task) $(control vc requests 'contains=<applyNow>true')" "0 1" "gets none"
run plan passthrough host=esx01 device=03:00.0 state=on -o "$plan"
control vc fail how=fault:HostConfigFault method=UpdatePassthruConfig >/dev/null
run apply "$plan" --yes --confirm esx01
is "$status" 1 "a host that refuses: 1"
like "$said" 'the host refused the change.*HostConfigFault' "and told"
stop_peer vc

# ---- a host that is its own server: it is away while it boots, and so are its sessions ----
start_peer vc vcsim --esx
root_folder=ha-folder-root session_manager=ha-sessionmgr collector=ha-property-collector
vsphere_section >"$conf"
reset
for name in mgmt llm-1; do control vc power "vm=$name" state=off >/dev/null; done
control vc rebind host=esx01 on=no >/dev/null
run plan passthrough host=esx01 device=03:00.0 state=off -o "$plan"
run apply "$plan" --yes --confirm esx01
is "$status" 0 "a host by itself, over its reboot: good"
[ "$status" = 0 ] || diag <<<"$out $said"
log_in
is "$(passthru esx01 0000:03:00.0) $(host esx01 runtime.inMaintenanceMode)" "false false false" "the device is off, maintenance mode left"
is "$(count_of RebootHost_Task) $(count_of "Login failed")" "1 0" "with one reboot, and no login that was refused"
done_testing
