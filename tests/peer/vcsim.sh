#!/bin/bash
# vcsim.sh - the vCenter that tests run against does what its control address is told: what this file shows to work, others
# rely on.
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/soap.sh"

start_peer vc vcsim --vms 30
login "$vc_password" >/dev/null
vms=$(view VirtualMachine) hosts=$(view HostSystem)
names="$(paths VirtualMachine name)$(all_of "$vms")"
count() { grep -o "<$1>" | wc -l; }

# ---- the lab ----
gpus=$(retrieve "$(paths HostSystem hardware.pciDevice config.pciPassthruInfo hardware.numaInfo)$(all_of "$hosts")")
is "$(grep -o '<deviceId>26273</deviceId>' <<<"$gpus" | wc -l)" 4 "lab: four MI50"
like "$gpus" '<pciId>0000:c3:00.0</pciId>' "lab: NUMA nodes name their devices"
like "$gpus" 'HostSriovInfo' "lab: one device has virtual functions"
sensors=$(retrieve "$(paths HostSystem runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo)$(all_of "$hosts")")
like "$sensors" '<currentReading>840000</currentReading><unitModifier>-2</unitModifier><baseUnits>RPM' "lab: sensors"
is "$(retrieve "$names" | count name)" 36 "lab: six VMs and thirty plain ones"

# ---- paging, truncation ----
control vc page max=10 >/dev/null
page=$(retrieve "$names")
like "$page" '<token>' "page: an answer has a token"
is "$(count objects <<<"$page")" 10 "page: and ten objects"
token=$(sed -n 's/.*<token>\([^<]*\)<.*/\1/p' <<<"$page")
is "$(call ContinueRetrievePropertiesEx PropertyCollector propertyCollector "<token>$token</token>" | count objects)" 10 \
	"page: the next ten"
control vc page max=0 >/dev/null
create_filter "$(paths VirtualMachine name runtime.powerState)$(all_of "$vms")" >/dev/null
control vc truncate max=20 >/dev/null
first=$(updates '')
like "$first" '<truncated>true' "truncate: the first answer is cut short"
is "$(count objectSet <<<"$first")" 20 "truncate: at twenty objects"
is "$(updates - | count objectSet)" 16 "truncate: the rest follows"
control vc truncate max=0 >/dev/null

# ---- changes ----
esc=$'\e]0;gone\a\e[2J'
control vc rename vm=mgmt "to=$esc" >/dev/null
like "$(updates -)" ']0;gone' "rename: hostile bytes travel"
control vc remove vm=nas >/dev/null
like "$(updates -)" '<kind>leave</kind>' "remove: an object leaves"
control vc passthru host=esx01 id=0000:43:00.0 enabled=yes active=no >/dev/null
like "$(retrieve "$(paths HostSystem config.pciPassthruInfo)$(all_of "$hosts")")" \
	'<id>0000:43:00.0</id><dependentDevice>0000:43:00.0</dependentDevice><passthruEnabled>true</passthruEnabled><passthruCapable>true</passthruCapable><passthruActive>false' \
	"passthru: a device waits for a reboot"
control vc vm vm=llm-1 uuid=4210ffff-0000-0000-0000-000000000001 ip=192.0.2.99 >/dev/null
like "$(vm_by_uuid 4210ffff-0000-0000-0000-000000000001)" '^vm-' "vm: has another UUID"

# ---- things going wrong ----
like "$(call CurrentTime ServiceInstance ServiceInstance '<extra>1</extra>')" 'InvalidRequest' "order: an unknown element is refused"
like "$(soap '<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><password>x</password><userName>y</userName></Login>')" \
	'InvalidRequest' "order: so is a wrong order"
control vc fail method=CurrentTime how=status:503 >/dev/null
unlike "$(current_time)" 'CurrentTimeResponse' "fail: 503 once"
like "$(current_time)" 'CurrentTimeResponse' "fail: and then no more"
control vc fail method=CurrentTime how=fault:Timedout nth=2 >/dev/null
like "$(current_time)$(current_time)" 'CurrentTimeResponse.*TimedoutFault' "fail: the second of them, a fault"
control vc fail how=cut >/dev/null
ok_if "fail: a connection is cut" eval '! current_time'
control vc fail method=CurrentTime how=half >/dev/null
ok_if "fail: half an answer" eval '! current_time'
control vc notfound method=QueryEvents >/dev/null
like "$(call QueryEvents EventManager EventManager '<filter></filter>')" 'MethodNotFoundFault' "notfound: a method is missing"
control vc invalid path=config.numaInfo >/dev/null
like "$(retrieve "$(paths VirtualMachine name config.numaInfo)$(all_of "$vms")")" 'InvalidPropertyFault' "invalid: the whole call fails"
control vc rules clear=yes >/dev/null

before=$(control vc counts of=CurrentTime)
control vc hang >/dev/null
current_time >"$work/late" &
waiting=$!
wait_for eval '[ "$(control vc counts of=CurrentTime)" -gt '"$before"' ]'
ok_if "hang: no answer" test ! -s "$work/late"
control vc go >/dev/null
wait "$waiting"
like "$(cat "$work/late")" 'CurrentTimeResponse' "go: the answer comes"

before=$(control vc counts of=WaitForUpdatesEx)
updates - >"$work/late" &
waiting=$!
wait_for eval '[ "$(control vc counts of=WaitForUpdatesEx)" -gt '"$before"' ]'
control vc expire >/dev/null
wait "$waiting"
like "$(cat "$work/late")" 'NotAuthenticated' "expire: a wait ends"
like "$(current_time)" 'NotAuthenticatedFault' "expire: a fault"
like "$(retrieve "$(paths Folder name)<objectSet><obj type=\"Folder\">group-d1</obj></objectSet>")" 'missingSet.*NotAuthenticated' "expire: and the other shape, in missingSet"
is "$(control vc sessions)" 0 "expire: nobody is logged in"

old=$vc_sha256
new=$(control vc certificate | sed -n 's/^sha256=//p')
like "$new" '^[0-9a-f]{64}$' "certificate: a new one"
unlike "$new" "$old" "certificate: which is another"
control vc down >/dev/null
ok_if "down: refused" eval '! current_time'
control vc up >/dev/null
control vc reset >/dev/null
rm -f "$work/cookies"
like "$(login "$vc_password")" 'LoginResponse' "up, reset: logs in"
like "$(vm_by_uuid 4210aabb-ccdd-eeff-0011-223344556677)" '^vm-' "reset: llm-1 is itself again"

# ---- standalone ----
stop_peer vc
start_peer vc vcsim --esx
like "$(call RetrieveServiceContent ServiceInstance ServiceInstance)" 'ha-folder-root.*<apiType>HostAgent<' "esx: a standalone host"
done_testing
