#!/bin/bash
# vcsim_acts.sh - the vCenter that tests run against refuses what real servers are believed to refuse, and has what plans need:
# asked by a client of curl, so that no check of the program's own is in the way.
. "${srcdir:-.}/tests/tap.sh" || exit 99
. "${srcdir:-.}/tests/peer/soap.sh"

start_peer vc vcsim
begin() {
	control vc reset >/dev/null
	login "$vc_password" >/dev/null
	vms=$(view VirtualMachine) hosts=$(view HostSystem)
}
# id TYPE NAME
id() {
	local of=$vms
	[ "$1" = VirtualMachine ] || of=$hosts
	retrieve "$(paths "$1" name)$(all_of "$of")" | sed 's/<objects>/\n&/g' | grep ">$2<" | sed 's/.*<obj [^>]*>\([^<]*\)<.*/\1/'
}
# value TYPE ID PATH
value() { retrieve "$(paths "$1" "$3")<objectSet><obj type=\"$1\">$2</obj></objectSet>" | sed -n 's/.*<val[^>]*>\(.*\)<\/val>.*/\1/p'; }
# result: the end of the task that the answer on stdin names, with its error
result() {
	local task
	task=$(returned)
	wait_for eval '[[ $(value Task "'"$task"'" info.state) =~ success|error ]]'
	value Task "$task" info
}
vm_call() { call "$1" VirtualMachine "$vm" "${2:-}"; }
host_call() { call "$1" HostSystem "$host" "${2:-}"; }
spec() { vm_call ReconfigVM_Task "<spec>$1</spec>"; }
card() { # BDF DEVICE SYSTEM
	spec '<deviceChange xsi:type="VirtualDeviceConfigSpec"><operation>add</operation><device xsi:type="VirtualPCIPassthrough">'"
		<key>-100</key><backing xsi:type=\"VirtualPCIPassthroughDeviceBackingInfo\"><deviceName>x</deviceName><id>$1</id>
		<deviceId>$2</deviceId><systemId>$3</systemId><vendorId>4098</vendorId></backing></device></deviceChange>"
}
system=30313436-3631-5a43-3331-303130303031

# ---- settings ----
begin
vm=$(id VirtualMachine mgmt)
like "$(spec '<firmware>bios</firmware>')" 'InvalidPowerState' "firmware while it is on"
like "$(spec '<numCPUs>4</numCPUs>')" 'InvalidPowerState' "vCPUs while it is on"
like "$(card 0000:03:00.0 66a1 $system)" 'InvalidPowerState' "a card while it is on"
vm=$(id VirtualMachine new-llm)
version=$(value VirtualMachine "$vm" config.changeVersion)
like "$(spec "<changeVersion>$version</changeVersion><firmware>efi</firmware>" | result)" '<state>success' "the version that was read"
like "$(spec "<changeVersion>$version</changeVersion><firmware>bios</firmware>")" 'ConcurrentAccess' "and no second time"
is "$(value VirtualMachine "$vm" config.firmware)" efi "what was refused is not done"
like "$(spec '<memoryAllocation><reservation>65537</reservation></memoryAllocation>')" 'InvalidArgument' "more than its memory"

# ---- cards ----
browser=$(value VirtualMachine "$vm" environmentBrowser) host=$(id HostSystem esx01)
targets() { call QueryConfigTarget EnvironmentBrowser "$browser" "<host type=\"HostSystem\">$host</host>"; }
like "$(targets)" "<id>0000:03:00.0</id>.*<systemId>$system</systemId>" "what can be attached, with its systemId"
is "$(targets | grep -o '<pciPassthrough' | wc -l)" 4 "which is what is active"
like "$(card 0000:99:00.0 66a1 $system)" 'InvalidDeviceBacking' "a card that is not there"
like "$(card 0000:03:00.0 66a0 $system)" 'InvalidDeviceBacking.*deviceId' "of another id"
like "$(card 0000:03:00.0 66a1 other)" 'InvalidDeviceBacking.*systemId' "of another system"
control vc passthru host=esx01 id=0000:43:00.0 enabled=yes active=no >/dev/null
like "$(card 0000:43:00.0 66a1 $system)" 'InvalidDeviceBacking' "one that is not active"
is "$(targets | grep -o '<pciPassthrough' | wc -l)" 3 "which is not offered"
like "$(card 0000:03:00.0 66a1 $system | result)" '<state>success' "a good one"

# ---- power, as errors of the task ----
like "$(vm_call PowerOnVM_Task | result)" 'GenericVmConfigFault.*reservation .sched.mem.min. should be equal to memsize.65536' \
	"power-on without all memory reserved"
spec '<memoryReservationLockedToMax>true</memoryReservationLockedToMax>' | result >/dev/null
like "$(vm_call PowerOnVM_Task | result)" 'GenericVmConfigFault.*0000:03:00.0 is already in use by llm-1' "with a card that another one has"
is "$(value VirtualMachine "$vm" runtime.powerState)" poweredOff "it stays off"
control vc power vm=llm-1 state=off >/dev/null
like "$(vm_call PowerOnVM_Task | result)" '<state>success' "with all of it"
like "$(vm_call CreateSnapshot_Task '<name>s</name><memory>false</memory><quiesce>false</quiesce>' | result)" 'InvalidState' \
	"a snapshot with a card"

# ---- hosts ----
like "$(host_call RebootHost_Task '<force>false</force>')" 'InvalidState' "a reboot outside maintenance mode"
like "$(host_call EnterMaintenanceMode_Task '<timeout>1</timeout>' | result)" 'Timedout' "maintenance mode with VMs that run"
for name in mgmt new-llm; do control vc power "vm=$name" state=off >/dev/null; done
like "$(host_call EnterMaintenanceMode_Task '<timeout>1</timeout>' | result)" '<state>success' "and without"
boot=$(value HostSystem "$host" runtime.bootTime)
like "$(host_call RebootHost_Task '<force>false</force>' | result)" '<state>success' "a reboot"
ok_if "it goes away" wait_for eval '[ "$(value HostSystem "$host" runtime.connectionState)" = notResponding ]'
ok_if "and comes back" wait_for eval '[ "$(value HostSystem "$host" runtime.connectionState)" = connected ]'
unlike "$(value HostSystem "$host" runtime.bootTime)" "$boot" "booted anew"
like "$(value HostSystem "$host" config.pciPassthruInfo)" \
	'<id>0000:43:00.0</id>.{0,200}<passthruEnabled>true</passthruEnabled><passthruCapable>true</passthruCapable><passthruActive>true' \
	"what was enabled is active"
done_testing
