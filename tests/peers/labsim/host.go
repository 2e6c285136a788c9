// host.go: a host's facts put into the simulator's HostSystem.
package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// bootAge is how long the hosts have been up.
const bootAge = 72 * time.Hour

// furnishHost gives a host its own copies of what the simulator's hosts share, with the facts in them.
func furnishHost(ctx *simulator.Context, host *simulator.HostSystem, facts *hostFacts) {
	rename(ctx, host, facts.name)
	boot := time.Now().UTC().Add(-bootAge).Truncate(time.Second)
	host.Runtime.BootTime = &boot
	product := *host.Summary.Config.Product
	product.Version, product.Build, product.ApiVersion = facts.version, facts.build, facts.version+".0"
	product.FullName = fmt.Sprintf("VMware ESXi %s build-%s", facts.version, facts.build)
	host.Summary.Config.Product = &product
	host.Config.Product = product

	furnishHardware(host, facts)
	furnishDevices(host, facts)
	host.Runtime.HealthSystemRuntime = &types.HealthSystemRuntime{
		SystemHealthInfo: &types.HostSystemHealthInfo{NumericSensorInfo: sensors(facts)},
	}
	host.Summary.Runtime = &host.Runtime
	host.Summary.RebootRequired = false
	host.Summary.QuickStats = types.HostListSummaryQuickStats{OverallCpuUsage: 5400, OverallMemoryUsage: 171000,
		Uptime: int32(bootAge.Seconds())}
	host.Capability.DeviceRebindWithoutRebootSupported = types.NewBool(facts.version >= "7")
	host.ConfigManager.PciPassthruSystem = newPassthruSystem(ctx, host)
}

func rename(ctx *simulator.Context, host *simulator.HostSystem, name string) {
	host.Name, host.Summary.Config.Name = name, name
	if parent, ok := ctx.Map.Get(*host.Parent).(*mo.ComputeResource); ok {
		parent.Name = name
	}
}

func furnishHardware(host *simulator.HostSystem, facts *hostFacts) {
	memory := facts.memoryGiB << 30
	threads := facts.cores * 2
	sum := *host.Summary.Hardware
	sum.Vendor, sum.Model, sum.Uuid, sum.CpuModel = facts.vendor, facts.model, facts.uuid, facts.cpu
	sum.CpuMhz, sum.NumCpuPkgs = int32(facts.mhz), 2
	sum.NumCpuCores, sum.NumCpuThreads, sum.MemorySize = int16(2*facts.cores), int16(2*threads), memory
	host.Summary.Hardware = &sum

	hw := *host.Hardware
	hw.SystemInfo.Vendor, hw.SystemInfo.Model, hw.SystemInfo.Uuid = facts.vendor, facts.model, facts.uuid
	hw.MemorySize = memory
	hw.CpuInfo = types.HostCpuInfo{NumCpuPackages: 2, NumCpuCores: int16(2 * facts.cores),
		NumCpuThreads: int16(2 * threads), Hz: int64(facts.mhz) * 1e6}
	hw.CpuPkg = nil
	numa := &types.HostNumaInfo{Type: "NUMA", NumNodes: 2}
	for node := range 2 {
		var ids []int16
		for thread := range threads {
			ids = append(ids, int16(node*threads+thread))
		}
		hw.CpuPkg = append(hw.CpuPkg, types.HostCpuPackage{Index: int16(node), Vendor: "amd", Hz: int64(facts.mhz) * 1e6,
			BusHz: 100e6, Description: facts.cpu, ThreadId: ids})
		entry := types.HostNumaNode{TypeId: byte(node), CpuID: ids, MemorySize: memory / 2,
			MemoryRangeBegin: int64(node) * memory / 2, MemoryRangeLength: memory / 2}
		for _, c := range facts.cards {
			if c.node == node {
				entry.PciId = append(entry.PciId, c.id)
			}
		}
		numa.NumaNode = append(numa.NumaNode, entry)
	}
	hw.NumaInfo = numa
	host.Hardware = &hw
}

// furnishDevices adds the cards to the simulator's own list of chipset devices and states what passthrough makes of each.
func furnishDevices(host *simulator.HostSystem, facts *hostFacts) {
	own := map[string]bool{}
	for _, c := range facts.cards {
		own[c.id] = true
	}
	var devices []types.HostPciDevice
	for _, device := range host.Hardware.PciDevice {
		if !own[device.Id] {
			devices = append(devices, device)
		}
	}
	config := host.Config
	config.PciPassthruInfo, config.GraphicsInfo = nil, nil
	for _, device := range devices {
		config.PciPassthruInfo = append(config.PciPassthruInfo,
			&types.HostPciPassthruInfo{Id: device.Id, DependentDevice: device.Id})
	}
	for _, c := range facts.cards {
		devices = append(devices, c.pciDevice())
		config.PciPassthruInfo = append(config.PciPassthruInfo, c.passthruInfo())
		if c.graphics == "" {
			continue
		}
		info := types.HostGraphicsInfo{DeviceName: c.name, VendorName: c.vendorName, PciId: c.id, GraphicsType: c.graphics,
			MemorySizeInKB: c.memoryGiB << 20}
		if c.graphics == "sharedDirect" {
			info.VgpuMode = "sameSize"
			config.GraphicsConfig = &types.HostGraphicsConfig{HostDefaultGraphicsType: "sharedDirect",
				SharedPassthruAssignmentPolicy: "performance",
				DeviceType:                     []types.HostGraphicsConfigDeviceType{{DeviceId: c.id, GraphicsType: "sharedDirect"}}}
			config.SharedPassthruGpuTypes, config.SharedGpuCapabilities = vgpuProfiles, nil
			for _, profile := range vgpuProfiles {
				config.SharedGpuCapabilities = append(config.SharedGpuCapabilities, types.HostSharedGpuCapabilities{
					Vgpu: profile, SuspendSupported: true, MigrateSupported: true})
			}
		}
		config.GraphicsInfo = append(config.GraphicsInfo, info)
	}
	host.Hardware.PciDevice = devices
}

// pciDevice: the identifiers are signed 16-bit numbers on the wire.
func (c *card) pciDevice() types.HostPciDevice {
	var segment, bus, slot, function int
	fmt.Sscanf(c.id, "%x:%x:%x.%x", &segment, &bus, &slot, &function)
	return types.HostPciDevice{Id: c.id, ClassId: int16(c.class), Bus: byte(bus), Slot: byte(slot), Function: byte(function),
		VendorId: int16(c.vendor), DeviceId: int16(c.device), SubVendorId: int16(c.subVendor),
		SubDeviceId: int16(c.subDevice), VendorName: c.vendorName, DeviceName: c.name}
}

func (c *card) passthruInfo() types.BaseHostPciPassthruInfo {
	info := types.HostPciPassthruInfo{Id: c.id, DependentDevice: c.id, PassthruCapable: c.capable,
		PassthruEnabled: c.enabled, PassthruActive: c.active}
	if c.maxFunctions == 0 {
		return &info
	}
	on := c.virtualFunctions > 0
	return &types.HostSriovInfo{HostPciPassthruInfo: info, SriovCapable: true, SriovEnabled: on, SriovActive: on,
		NumVirtualFunctionRequested: c.virtualFunctions, NumVirtualFunction: c.virtualFunctions,
		MaxVirtualFunctionSupported: c.maxFunctions}
}

func sensors(facts *hostFacts) []types.HostNumericSensorInfo {
	var list []types.HostNumericSensorInfo
	for i, s := range facts.sensors {
		list = append(list, types.HostNumericSensorInfo{
			Name: s.name, CurrentReading: s.reading, UnitModifier: s.modifier, BaseUnits: s.unit, SensorType: s.kind,
			Id: fmt.Sprintf("0.%d.32.%d", 30+i, i+1), SensorNumber: int64(i + 1),
			TimeStamp: time.Now().UTC().Format(time.RFC3339),
			HealthState: &types.ElementDescription{Key: "green", Description: types.Description{Label: "Green",
				Summary: "Sensor is operating under normal conditions"}},
		})
	}
	return list
}
