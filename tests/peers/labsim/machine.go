// machine.go: the lab's virtual machines.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const datastore = "LocalDS_0" // as the simulator's models name it

// createVM makes one the way a client would and then sets what the simulator's CreateVM leaves out.
func (l *lab) createVM(facts vmFacts) error {
	vm, err := l.createPlainVM(facts)
	if err != nil {
		return err
	}
	l.configure(vm, facts)
	if facts.snapshot {
		if _, err = wait(object.NewVirtualMachine(l.client, vm.Self).CreateSnapshot(context.Background(),
			"before the new driver", "", false, false)); err != nil {
			return err
		}
	}
	if facts.on {
		return l.power(facts.name, "on", true)
	}
	return nil
}

func (l *lab) createPlainVM(facts vmFacts) (*simulator.VirtualMachine, error) {
	host := l.hosts[facts.host]
	spec := types.VirtualMachineConfigSpec{Name: facts.name, GuestId: facts.guestID, NumCPUs: int32(facts.cpus),
		MemoryMB: int64(facts.memoryMB), Firmware: facts.firmware,
		Files: &types.VirtualMachineFileInfo{VmPathName: "[" + datastore + "]"}}
	var devices object.VirtualDeviceList
	scsi, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return nil, err
	}
	disk := devices.CreateDisk(scsi.(types.BaseVirtualController), types.ManagedObjectReference{},
		fmt.Sprintf("[%s] %s/disk1.vmdk", datastore, facts.name))
	disk.CapacityInKB = 40 << 20
	network, err := l.network(host)
	if err != nil {
		return nil, err
	}
	card, err := devices.CreateEthernetCard("vmxnet3", network)
	if err != nil {
		return nil, err
	}
	spec.DeviceChange, _ = append(devices, scsi, disk, card).ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)

	folders, pool, err := l.places(host)
	if err != nil {
		return nil, err
	}
	result, err := wait(object.NewFolder(l.client, folders.VmFolder).CreateVM(context.Background(), spec, pool,
		object.NewHostSystem(l.client, host.Self)))
	if err != nil {
		return nil, err
	}
	return l.model.Map().Get(result.(types.ManagedObjectReference)).(*simulator.VirtualMachine), nil
}

// places says where a VM of the host belongs: the data centre's folders and the host's resource pool.
func (l *lab) places(host *simulator.HostSystem) (*simulator.Datacenter, *object.ResourcePool, error) {
	parent, ok := l.model.Map().Get(*host.Parent).(*mo.ComputeResource)
	centre, found := l.model.Map().Any("Datacenter").(*simulator.Datacenter)
	if !ok || !found {
		return nil, nil, fmt.Errorf("no compute resource or data centre for %s", host.Name)
	}
	return centre, object.NewResourcePool(l.client, *parent.ResourcePool), nil
}

func (l *lab) network(host *simulator.HostSystem) (types.BaseVirtualDeviceBackingInfo, error) {
	for _, ref := range host.Network {
		if ref.Type == "Network" {
			return object.NewNetwork(l.client, ref).EthernetCardBackingInfo(context.Background())
		}
	}
	return nil, fmt.Errorf("no network on %s", host.Name)
}

// configure sets the facts on a VM that nobody looks at yet.
func (l *lab) configure(vm *simulator.VirtualMachine, facts vmFacts) {
	config := vm.Config
	l.browse(vm)
	config.Firmware = facts.firmware
	config.CpuHotAddEnabled, config.MemoryHotAddEnabled = types.NewBool(facts.hotAdd), types.NewBool(facts.hotAdd)
	config.MemoryReservationLockedToMax = types.NewBool(facts.reserved)
	config.NestedHVEnabled = types.NewBool(false)
	if facts.reserved {
		allocation := *config.MemoryAllocation
		allocation.Reservation = types.NewInt64(int64(facts.memoryMB))
		config.MemoryAllocation = &allocation
		vm.Summary.Config.MemoryReservation = int32(facts.memoryMB)
	}
	if facts.mmio {
		addExtra(vm, "pciPassthru.use64bitMMIO", "TRUE")
		addExtra(vm, "pciPassthru.64bitMMIOSizeGB", "256")
	}
	for _, id := range facts.fixed {
		l.addFixed(vm, l.hosts[facts.host], id)
	}
	if facts.profile != "" {
		addPassthrough(vm, "NVIDIA GRID vGPU "+facts.profile,
			&types.VirtualPCIPassthroughVmiopBackingInfo{Vgpu: facts.profile})
	}
	if facts.name == "llm-1" {
		config.Uuid = l.options.uuid
		vm.Summary.Config.Uuid = config.Uuid
		setMAC(vm, l.options.mac)
	}
	if facts.address != "" {
		setGuest(vm, facts.hostName, facts.address)
	}
	vm.Summary.QuickStats.HostMemoryUsage = int32(facts.memoryMB / 2)
	vm.Summary.QuickStats.GuestMemoryUsage = int32(facts.memoryMB / 4)
	vm.Summary.QuickStats.OverallCpuUsage = int32(facts.cpus * 150)
}

func addExtra(vm *simulator.VirtualMachine, key, value string) {
	vm.Config.ExtraConfig = append(vm.Config.ExtraConfig, &types.OptionValue{Key: key, Value: value})
}

// addFixed hands the VM a physical device. The card's place in the guest is the one the fabricated sysfs tree gives it:
// the k-th card behind bridge 4 + k, which sits at 00:(15 + k).0 in hexadecimal.
func (l *lab) addFixed(vm *simulator.VirtualMachine, host *simulator.HostSystem, id string) {
	for _, d := range host.Hardware.PciDevice {
		if d.Id != id {
			continue
		}
		addPassthrough(vm, d.DeviceName, &types.VirtualPCIPassthroughDeviceBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: d.DeviceName},
			Id:                             d.Id, DeviceId: fmt.Sprintf("%x", uint16(d.DeviceId)),
			SystemId: host.Hardware.SystemInfo.Uuid, VendorId: d.VendorId})
		binding := types.HostAssignableHardwareBinding{InstanceId: "pcie:" + id, Vm: vm.Self}
		host.Config.AssignableHardwareBinding = append(host.Config.AssignableHardwareBinding, binding)
		for i := range host.Config.GraphicsInfo {
			if host.Config.GraphicsInfo[i].PciId == id {
				host.Config.GraphicsInfo[i].Vm = []types.ManagedObjectReference{vm.Self}
			}
		}
	}
}

// addPassthrough appends the next VirtualPCIPassthrough with its slot and its bridge.
func addPassthrough(vm *simulator.VirtualMachine, summary string, backing types.BaseVirtualDeviceBackingInfo) {
	k := 0
	for _, device := range vm.Config.Hardware.Device {
		if _, ok := device.(*types.VirtualPCIPassthrough); ok {
			k++
		}
	}
	unit := int32(18 + k)
	slot := &types.VirtualDevicePciBusSlotInfo{PciSlotNumber: int32(160 + 32*k)}
	vm.Config.Hardware.Device = append(vm.Config.Hardware.Device, &types.VirtualPCIPassthrough{VirtualDevice: types.VirtualDevice{
		Key: int32(13000 + k), Backing: backing, SlotInfo: slot, ControllerKey: 100, UnitNumber: &unit,
		DeviceInfo: &types.Description{Label: fmt.Sprintf("PCI device %d", k), Summary: summary}}})
	addExtra(vm, fmt.Sprintf("pciPassthru%d.pciSlotNumber", k), fmt.Sprint(slot.PciSlotNumber))
	addExtra(vm, fmt.Sprintf("pciBridge%d.pciSlotNumber", 4+k), fmt.Sprint(21+k))
}

func setMAC(vm *simulator.VirtualMachine, mac string) {
	for _, device := range vm.Config.Hardware.Device {
		if nic, ok := device.(types.BaseVirtualEthernetCard); ok {
			nic.GetVirtualEthernetCard().MacAddress = mac
			nic.GetVirtualEthernetCard().AddressType = "manual"
		}
	}
	for i := range vm.Guest.Net {
		vm.Guest.Net[i].MacAddress = mac
	}
}

// setGuest is what VMware Tools would report.
func setGuest(vm *simulator.VirtualMachine, name, address string) {
	mac := ""
	for _, device := range vm.Config.Hardware.Device {
		if nic, ok := device.(types.BaseVirtualEthernetCard); ok {
			mac = nic.GetVirtualEthernetCard().MacAddress
		}
	}
	vm.Guest.HostName, vm.Guest.IpAddress, vm.Guest.GuestState = name, address, "running"
	vm.Guest.ToolsStatus = types.VirtualMachineToolsStatusToolsOk
	vm.Guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
	vm.Guest.ToolsVersionStatus2 = string(types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged)
	vm.Guest.Net = []types.GuestNicInfo{{Network: "VM Network", MacAddress: mac, Connected: true,
		IpAddress: []string{address}, DeviceConfigId: 4000}}
	vm.Summary.Guest.HostName, vm.Summary.Guest.IpAddress = name, address
	vm.Summary.Guest.ToolsRunningStatus = vm.Guest.ToolsRunningStatus
	vm.GuestHeartbeatStatus = types.ManagedEntityStatusGreen
}

// addKinds makes a VM that holds a device of each kind, for readers of the configuration.
func (l *lab) addKinds() {
	facts := vmFacts{name: "kinds", host: "esx01", guestID: "otherGuest64", firmware: "efi", cpus: 2, memoryMB: 2048}
	vm, err := l.createPlainVM(facts)
	check(err)
	l.configure(vm, facts)
	addPassthrough(vm, "Vega 20", &types.VirtualPCIPassthroughDeviceBackingInfo{Id: "0000:03:00.0", DeviceId: "66a1",
		SystemId: "30313436-3631-5a43-3331-303130303031", VendorId: 0x1002})
	addPassthrough(vm, "dynamic", &types.VirtualPCIPassthroughDynamicBackingInfo{
		AllowedDevice: []types.VirtualPCIPassthroughAllowedDevice{{VendorId: 0x1002, DeviceId: 0x66a1}},
		CustomLabel:   "mi50", AssignedId: "0000:43:00.0"})
	addPassthrough(vm, "vGPU", &types.VirtualPCIPassthroughVmiopBackingInfo{Vgpu: "grid_a40-4q"})
	nic := &types.VirtualSriovEthernetCard{SriovBacking: &types.VirtualSriovEthernetCardSriovBackingInfo{
		VirtualFunctionBacking: &types.VirtualPCIPassthroughDeviceBackingInfo{Id: "0000:61:02.0", DeviceId: "1572",
			VendorId: -0x7f7a}}}
	nic.Key, nic.MacAddress = 4100, "00:50:56:aa:00:fe"
	vm.Config.Hardware.Device = append(vm.Config.Hardware.Device, nic)
}

// copyVMs makes the plain VMs of --vms. Creating each as a client would takes minutes for ten thousand, so they are copies
// of one: own structures where the simulator changes values in place, shared ones elsewhere.
func (l *lab) copyVMs() error {
	if l.options.vms == 0 {
		return nil
	}
	first, err := l.createPlainVM(vmFacts{name: "plain-00000", host: "esx01", guestID: "debian11_64Guest", firmware: "efi",
		cpus: 2, memoryMB: 4096})
	if err != nil {
		return err
	}
	centre, _, err := l.places(l.hosts["esx01"])
	if err != nil {
		return err
	}
	folder := l.model.Map().Get(centre.VmFolder).(*simulator.Folder)
	host := l.hosts["esx01"]
	now := time.Now()
	for i := 1; i < l.options.vms; i++ {
		vm := &simulator.VirtualMachine{VirtualMachine: first.VirtualMachine}
		config, guest := *first.Config, *first.Guest
		summary := *first.Summary.Guest
		vm.Self = types.ManagedObjectReference{Type: "VirtualMachine", Value: fmt.Sprintf("vm-%d", 100000+i)}
		vm.Name = fmt.Sprintf("plain-%05d", i)
		config.Name, config.CreateDate = vm.Name, &now
		config.Uuid = fmt.Sprintf("42110000-0000-0000-0000-%012x", i)
		config.InstanceUuid = fmt.Sprintf("50110000-0000-0000-0000-%012x", i)
		vm.Config, vm.Guest, vm.Summary.Guest, vm.Summary.Vm = &config, &guest, &summary, &vm.Self
		vm.Summary.Config.Name, vm.Summary.Config.Uuid = vm.Name, config.Uuid
		vm.Summary.Config.InstanceUuid = config.InstanceUuid
		config.Hardware.Device = append([]types.BaseVirtualDevice(nil), config.Hardware.Device...)
		for d, device := range config.Hardware.Device {
			if nic, ok := device.(*types.VirtualVmxnet3); ok {
				own := *nic
				own.MacAddress = fmt.Sprintf("00:50:56:b0:%02x:%02x", i>>8, i&255)
				config.Hardware.Device[d] = &own
			}
		}
		folder.ChildEntity = append(folder.ChildEntity, vm.Self)
		host.Vm = append(host.Vm, vm.Self)
		l.model.Map().PutEntity(folder, vm)
	}
	return nil
}
