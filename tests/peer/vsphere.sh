#!/bin/bash
# vsphere.sh - the vSphere backend against a simulated vCenter and a standalone host: first contact, inventory, changes
# without reloads, everything that can end a session, and the way out.
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/vsphere_watch.sh"

start_peer vc vcsim --vms 20
trusted=thumbprint=$vc_sha256

# requests TEXT…: how many requests hold all of it
requests() { control vc requests "${@/#/contains=}"; }

# ---- first contact ----
watch_start
ok_if "an unknown certificate is shown" wait_told 'source down .*not known yet; run: labtop trust .*SHA256:'
is "$(control vc log)" "$(control vc log reset=yes)" "the log can be read"
is "$(count_of Login)" 0 "and no password left"
is "$(control vc counts)" '{}' "nor any request"
word accept "$(tr -d : <<<"$vc_sha256")"
ok_if "accepted, it logs in" wait_told 'source live .*pinned certificate'
ok_if "the pin is kept" grep -qi "^${vc_url#https://}" <(sed 's|^|/|; s|^/||' "$work/state/certs" | sed 's| .*|/sdk|')
watch_stop
is "$(count_of Logout)" 1 "it logs out"
is "$(control vc sessions)" 0 "and leaves no session"

# ---- inventory ----
control vc log reset=yes >/dev/null
watch_start
ok_if "the inventory is whole" wait_told '^inventory .* vcenter complete'
ok_if "settings follow" wait_told '^vm .*name="llm-1".* settings=yes'
ok_if "sensors" wait_told '^sensor .*name="System Board 1 FAN3" type="fan" value=3600 unit="rpm" health="green"'
ok_if "a unit modifier above zero" wait_told '^sensor .*type="power" value=980 unit="W"'
ok_if "counters of a card that the hypervisor drives" wait_told '^pci .*10de:2235 .*graphics="sharedDirect".*host_busy=64 .*host_temp=61'
ok_if "tasks" wait_told '^task .*what="VirtualMachine.powerOn".*state="success"'
ok_if "events" wait_told '^event type="[A-Za-z]+Event" text="'
ok_if "following" wait_told '^source live'
is "$(requests '<RetrievePropertiesEx ' ContainerView '<type>HostSystem</type>' '<type>VirtualMachine</type>' '<type>Datastore</type>')" 1 "by one read of everything"
is "$(requests '<RetrievePropertiesEx ' numericSensorInfo)" 1 "and one of the sensors"
out=$(cat "$work/out")
like "$out" 'host host-[0-9]+ name="esx01" uuid="30313436-3631-5a43-3331-303130303031" state="connected" product="VMware ESXi" version="7.0.3"' "a host"
like "$out" 'pci host-[0-9]+ 0000:03:00.0 1002:66a1 1002:0834 class=0380 [^'$'\n'']* node=0 capable=yes enabled=yes active=yes state="active"' "a card with its node"
like "$out" '0000:e1:00.0 10de:20b7 [^'$'\n'']* state="stale"' "a stale card"
like "$out" '0000:61:00.0 8086:1572 [^'$'\n'']* sriov=yes vfs=4' "a device with virtual functions, ids from signed shorts"
like "$out" 'vm vm-[0-9]+ name="llm-1" uuid="4210aabb-ccdd-eeff-0011-223344556677" [^'$'\n'']*power="on" [^'$'\n'']*ip="192.0.2.11" mac="00:50:56:aa:00:01" [^'$'\n'']*reserved_mb=131072 locked=yes firmware="efi"' "a VM"
like "$out" 'device vm-[0-9]+ 13000 fixed 1002:66a1 bdf="0000:03:00.0" [^'$'\n'']*slot=160' "a fixed device with its slot"
like "$out" 'device vm-[0-9]+ [0-9]+ vgpu [^'$'\n'']*profile="grid_a40-8q"' "a vGPU"
like "$out" 'vm vm-[0-9]+ name="new-llm" [^'$'\n'']*firmware="bios" [^'$'\n'']*cpu_hot_add=yes snapshots=1' "a snapshot"
like "$out" 'datastore datastore-[0-9]+ name="LocalDS_0" type="OTHER" capacity=' "a datastore"

# ---- changes ----
reads=$(count_of RetrievePropertiesEx) at=$(mark)
control vc power vm=llm-1 state=off >/dev/null
ok_if "a VM that went off" wait_told_since "$at" '^vm .*name="llm-1".* power="off"'
ok_if "its settings are looked at again" wait_for is_count RetrievePropertiesEx $((reads + 1))
is "$(loads)" 1 "nothing else was"
unlike "$(since "$at")" 'name="mgmt"' "no other VM was told again"
at=$(mark)
control vc remove vm=nas >/dev/null
ok_if "a VM that is gone" wait_told_since "$at" '^gone moref="vm-'
at=$(mark)
control vc add vm=fresh host=esx02 >/dev/null
ok_if "a new VM, with its settings" wait_told_since "$at" '^vm .*name="fresh".* settings=yes'
at=$(mark)
control vc rename vm=mgmt "to=$(printf 'a\302\23331mb\342\200\256c')" >/dev/null
ok_if "a name that would drive a terminal" wait_told_since "$at" '^vm .*name="a'
unlike "$(since "$at")" "$(printf '\302\233|\342\200\256')" "arrives without its claws"
at=$(mark)
control vc passthru host=esx01 id=0000:43:00.0 enabled=no active=yes >/dev/null
ok_if "a card that waits for a reboot" wait_told_since "$at" '^pci .*0000:43:00.0 .*state="disable-pending"'
at=$(mark)
control vc host host=esx01 connection=notResponding >/dev/null
ok_if "a host that does not respond" wait_told_since "$at" '^host .*name="esx01".* state="notResponding"'

# ---- the session ends ----
wait_told '^tasks'
at=$(mark) filters=$(count_of CreateFilter)
control vc expire >/dev/null
ok_if "a session that ended is begun again" wait_told_since "$at" '^inventory .*complete'
is "$(count_of Login)" 3 "with one login"
ok_if "and followed" wait_for is_count CreateFilter $((filters + 2))
control vc page max=7 >/dev/null
at=$(mark)
control vc expire >/dev/null
word refresh
ok_if "the other shape of an ended session; pages" wait_told_since "$at" '^inventory .*complete'
is "$(since "$at" | grep -c '^vm .* settings=no')" "$(since "$at" | grep '^vm .* settings=no' | sort -u | wc -l)" "no VM is told twice in a load"
control vc page max=0 >/dev/null
at=$(mark)
control vc fail method=WaitForUpdatesEx how=fault:InvalidCollectorVersion >/dev/null
word refresh
ok_if "a collector that has forgotten: loaded again" wait_told_since "$at" '^inventory .*complete'
ok_if "and live" wait_told_since "$at" '^source live'
watch_stop
is "$(control vc sessions)" 0 "no session is left"

# ---- what this server does not have ----
control vc reset >/dev/null
control vc invalid path=config.nestedHVEnabled >/dev/null
control vc invalid path=runtime.question >/dev/null
control vc notfound method=QueryPerf >/dev/null
control vc notfound method=CreateCollectorForEvents >/dev/null
watch_start "$trusted"
ok_if "unknown properties and methods: the rest comes" wait_told '^vm .*name="llm-1".* firmware="efi".* settings=yes'
ok_if "tasks as well" wait_told '^task '
unlike "$(cat "$work/out")" 'source down' "without a failure"
watch_stop

# ---- updates that are cut short ----
control vc reset >/dev/null
control vc truncate max=3 >/dev/null
watch_start "$trusted"
ok_if "updates in many answers" wait_told '^tasks'
unlike "$(cat "$work/out")" '^gone|'$'\n''gone' "what later ones tell of is not taken for gone"
at=$(mark)
control vc hang method=WaitForUpdatesEx >/dev/null
for n in 1 2 3 4 5 6 7 8; do control vc rename vm=plain-0000$n to=other-$n >/dev/null; done
control vc go >/dev/null
for n in 1 2 3 4 5 6 7 8; do wait_told_since "$at" "^vm .*name=\"other-$n\"" || not_ok "change $n arrives"; done
is "$(loads)" 1 "changes that fill several answers arrive without a reload"
watch_stop

# ---- silence ----
control vc reset >/dev/null
watch_start "$trusted" interval=2
ok_if "live" wait_told '^tasks'
control vc hang >/dev/null
ok_if "a server that hangs is down" wait_told '^source down .*retries'
at=$(mark)
control vc go >/dev/null
ok_if "and comes back" wait_told_since "$at" '^source live'
watch_stop

# ---- another certificate ----
watch_start "$trusted"
ok_if "live with the old certificate" wait_told '^source live'
logins=$(count_of Login)
new=$(control vc certificate | sed -n 's/^sha256=//p')
ok_if "a changed certificate is refused" wait_told '^source down .*another one'
is "$(count_of Login)" "$logins" "and nothing sent to it"
watch_stop

# ---- a wrong password ----
watch_start "thumbprint=$new" password=wrong
ok_if "a wrong password" wait_told '^source down .*user name or password is not accepted'
is "$(count_of Login)" $((logins + 1)) "is tried once"
unlike "$(tail -n 1 "$work/out")" retries "and not again by itself"
at=$(mark)
word retry
ok_if "only when a person asks" wait_told_since "$at" '^source down'
is "$(count_of Login)" $((logins + 2)) "and then once"
watch_stop
unlike "$(cat "$work/out" "$work/err")" 'password=|labtop"|wrong' "no password is told"
stop_peer vc

# ---- many ----
start_peer vc vcsim --vms 2000
watch_start "thumbprint=$vc_sha256"
ok_if "2,000 VMs" wait_told '^inventory .*complete'
is "$(grep '^vm ' "$work/out" | cut -d' ' -f2 | sort -u | wc -l)" 2006 "all of them"
ok_if "in batches" grep -qE '^inventory generation=1 hosts=[0-9]+ vms=(19[0-9]|200) ' "$work/out"
ok_if "settings of those near GPUs" wait_told '^device .*0000:03:00.0'
at=$(mark)
control vc power vm=plain-00001 state=on >/dev/null
ok_if "one that changes among them" wait_told_since "$at" '^vm .*name="plain-00001".* power="on"'
is "$(loads)" 1 "without a reload"
watch_stop
stop_peer vc

# ---- standalone ----
start_peer vc vcsim --esx --kinds
watch_start "thumbprint=$vc_sha1"
ok_if "a standalone host, by its SHA-1 print" wait_told '^inventory .* hosts=1 .*complete'
unlike "$(grep complete "$work/out")" vcenter "is no vCenter"
ok_if "its VMs" wait_told '^vm .* settings=yes'
ok_if "is followed" wait_told '^tasks'
ok_if "a VM with a device of every kind" wait_told '^vm .*name="kinds".* settings=yes'
kinds=$(grep '^device ' "$work/out")
like "$kinds" ' fixed 1002:66a1 bdf="0000:03:00.0"' "fixed"
like "$kinds" ' dynamic 1002:66a1 bdf="0000:43:00.0"' "dynamic, where it was assigned"
like "$kinds" ' vgpu [^'$'\n'']*profile="grid_a40-4q"' "a profile"
like "$kinds" ' sriov [^'$'\n'']*bdf="0000:61:02.0"' "a virtual function"
watch_stop

# ---- no BMC ----
control vc reset >/dev/null
control vc sensors host=esx01 none=yes >/dev/null
watch_start "thumbprint=$vc_sha1"
ok_if "a board without a BMC has no sensors, which is not that nobody knows" wait_told '^sensors [^ ]+ 0$'
unlike "$(cat "$work/out")" 'partial=' "and nothing was refused"
watch_stop
done_testing
