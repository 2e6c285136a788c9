// functions.go: SR-IOV as ESXi tells of it: the card comes as HostSriovInfo with a number, its functions as devices of their
// own below the card's bridge. Nothing says whose they are.
package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// firstFunction is where the functions begin on the card's bus; the fifth and all behind it fall onto the next bus number.
const firstFunction = 0xfc

// cutCard cuts a card into n functions, as after a restart of its host; a VM named gets the first of them.
func (l *lab) cutCard(name, id string, n int, vmName string) error {
	host := l.hosts[name]
	if host == nil {
		return fmt.Errorf("no host %q", name)
	}
	var devices []types.HostPciDevice
	var card *types.HostPciDevice
	for _, device := range host.Hardware.PciDevice {
		if device.Id == id {
			bridge := types.HostPciDevice{Id: "0000:00:03.1", ClassId: 0x0604, VendorId: 0x1022, DeviceId: 0x1483,
				DeviceName: "Starship/Matisse GPP Bridge"}
			device.ParentBridge = bridge.Id
			devices = append(devices, bridge)
			card = &device
		}
		devices = append(devices, device)
	}
	if card == nil {
		return fmt.Errorf("no device %s on %s", id, name)
	}
	var passthru []types.BaseHostPciPassthruInfo
	for _, entry := range host.Config.PciPassthruInfo {
		info := *entry.GetHostPciPassthruInfo()
		if info.Id == id {
			entry = &types.HostSriovInfo{HostPciPassthruInfo: info, SriovCapable: true, SriovEnabled: true, SriovActive: true,
				NumVirtualFunctionRequested: int32(n), NumVirtualFunction: int32(n), MaxVirtualFunctionSupported: 32}
		}
		passthru = append(passthru, entry)
	}
	for i := 0; i < n; i++ {
		at := int(card.Bus)<<8 + firstFunction + i
		function := *card
		function.Id = fmt.Sprintf("0000:%02x:%02x.%x", at>>8, at>>3&0x1f, at&7)
		function.Bus, function.Slot, function.Function = byte(at>>8), byte(at>>3&0x1f), byte(at&7)
		devices = append(devices, function)
		passthru = append(passthru, &types.HostPciPassthruInfo{Id: function.Id, DependentDevice: function.Id,
			PassthruCapable: true, PassthruEnabled: true, PassthruActive: true})
	}
	l.update(host, change("hardware.pciDevice", devices), change("config.pciPassthruInfo", passthru),
		change("runtime.bootTime", time.Now()))
	return l.giveFunction(host, fmt.Sprintf("0000:%02x:1f.4", card.Bus), vmName)
}

func (l *lab) giveFunction(host *simulator.HostSystem, id, vmName string) error {
	if vmName == "" {
		return nil
	}
	vm := l.vm(vmName)
	if vm == nil {
		return fmt.Errorf("no VM %q", vmName)
	}
	l.addFixed(vm, host, id)
	l.update(vm, change("config.hardware.device", vm.Config.Hardware.Device),
		change("config.extraConfig", vm.Config.ExtraConfig),
		change("config.changeVersion", time.Now().UTC().Format(time.RFC3339Nano)))
	return nil
}
