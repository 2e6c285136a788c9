// facts.go: what stands in the lab, as tables. Names and parts are those of labtop's built-in demonstration, so that a
// test, the demonstration and a person mean the same thing.
package main

// A card is a PCI device of a host that can be handed to a VM.
type card struct {
	id                             string // segment:bus:slot.function
	class, vendor, device          uint16
	subVendor, subDevice           uint16
	vendorName, name               string
	node                           int // NUMA node
	capable, enabled, active       bool
	graphics                       string // HostGraphicsInfo.graphicsType; empty: not listed there
	memoryGiB                      int64
	virtualFunctions, maxFunctions int32 // maxFunctions > 0: listed as HostSriovInfo
}

// A sensor reads reading × 10^modifier.
type sensor struct {
	name, kind, unit string
	reading          int64
	modifier         int32
}

type hostFacts struct {
	name, uuid, vendor, model, cpu string
	version, build                 string
	cores, mhz                     int
	memoryGiB                      int64
	cards                          []card
	sensors                        []sensor
}

type vmFacts struct {
	name, host, guestID, firmware string
	on, reserved, hotAdd, mmio    bool
	cpus, memoryMB                int
	fixed                         []string // host devices by id
	profile                       string   // vGPU
	address, hostName             string   // of the guest, tools running
	snapshot                      bool
}

func mi50(id string, node int) card {
	return card{id: id, class: 0x0380, vendor: 0x1002, device: 0x66a1, subVendor: 0x1002, subDevice: 0x0834,
		vendorName: "Advanced Micro Devices, Inc. [AMD/ATI]", name: "Vega 20 [Radeon Pro VII/Radeon Instinct MI50 32GB]",
		node: node, capable: true, enabled: true, active: true, graphics: "direct", memoryGiB: 32}
}

func nvidia(id string, device, sub uint16, name string, node int, memoryGiB int64) card {
	return card{id: id, class: 0x0302, vendor: 0x10de, device: device, subVendor: 0x10de, subDevice: sub,
		vendorName: "NVIDIA Corporation", name: name, node: node, capable: true, memoryGiB: memoryGiB}
}

func with(c card, change func(*card)) card {
	change(&c)
	return c
}

var hostTable = []hostFacts{
	{
		name: "esx01", uuid: "30313436-3631-5a43-3331-303130303031", vendor: "HPE", model: "ProLiant DL385 Gen10",
		cpu: "AMD EPYC 7302 16-Core Processor", version: "7.0.3", build: "20328353", cores: 16, mhz: 3000, memoryGiB: 256,
		cards: []card{
			mi50("0000:03:00.0", 0), mi50("0000:43:00.0", 0), mi50("0000:83:00.0", 1), mi50("0000:c3:00.0", 1),
		},
		sensors: []sensor{
			{"System Board 1 FAN1", "fan", "RPM", 840000, -2},
			{"System Board 1 FAN2", "fan", "RPM", 852000, -2},
			{"System Board 1 FAN3", "fan", "RPM", 360000, -2},
			{"System Board 1 FAN4", "fan", "RPM", 846000, -2},
			{"System Board 1 Inlet Temp", "temperature", "degrees C", 2650, -2},
			{"Power Supply 1 Power In", "power", "Watts", 980, 0},
			{"System Board 1 P12V", "voltage", "Volts", 12096, -3},
		},
	},
	{
		name: "esx02", uuid: "4c4c4544-0051-3410-8054-b7c04f333232", vendor: "Dell Inc.", model: "PowerEdge R7525",
		cpu: "AMD EPYC 7313 16-Core Processor", version: "8.0.2", build: "22380479", cores: 16, mhz: 3000, memoryGiB: 256,
		cards: []card{
			with(nvidia("0000:21:00.0", 0x20b7, 0x1532, "GA100GL [A30 PCIe]", 0, 24),
				func(c *card) { c.enabled, c.active, c.graphics = true, true, "direct" }),
			with(nvidia("0000:a1:00.0", 0x2235, 0x145a, "GA102GL [A40]", 1, 48),
				func(c *card) { c.graphics = "sharedDirect" }),
			// Enabled, yet not active although the host has been restarted since: what ESXi 7 sometimes leaves behind.
			with(nvidia("0000:e1:00.0", 0x20b7, 0x1532, "GA100GL [A30 PCIe]", 1, 24),
				func(c *card) { c.enabled, c.graphics = true, "direct" }),
			{id: "0000:61:00.0", class: 0x0200, vendor: 0x8086, device: 0x1572, subVendor: 0x8086, subDevice: 0x0000,
				vendorName: "Intel Corporation", name: "Ethernet Controller X710 for 10GbE SFP+", node: 0, capable: true,
				virtualFunctions: 4, maxFunctions: 64},
		},
		sensors: []sensor{
			{"Fan Device 1 Fan1A RPM", "fan", "RPM", 1104000, -2},
			{"Fan Device 2 Fan2A RPM", "fan", "RPM", 1092000, -2},
			{"System Board 1 Inlet Temp", "temperature", "degrees C", 2300, -2},
			{"System Board 1 Pwr Consumption", "power", "Watts", 61200, -2},
		},
	},
}

func vmTable(o options) []vmFacts {
	llm := vmFacts{name: "llm-1", host: "esx01", guestID: "ubuntu64Guest", firmware: "efi", on: true, reserved: true,
		mmio: true, cpus: 16, memoryMB: 131072, address: "192.0.2.11", hostName: "llm-1"}
	for i, c := range hostTable[0].cards {
		if i < o.cards {
			llm.fixed = append(llm.fixed, c.id)
		}
	}
	return []vmFacts{
		llm,
		{name: "vllm-1", host: "esx02", guestID: "ubuntu64Guest", firmware: "efi", on: true, reserved: true, mmio: true,
			cpus: 8, memoryMB: 65536, fixed: []string{"0000:21:00.0"}, address: "192.0.2.12", hostName: "vllm-1"},
		{name: "vgpu-1", host: "esx02", guestID: "ubuntu64Guest", firmware: "efi", on: true, reserved: true,
			cpus: 4, memoryMB: 16384, profile: "grid_a40-8q", address: "192.0.2.13", hostName: "vgpu-1"},
		{name: "new-llm", host: "esx01", guestID: "ubuntu64Guest", firmware: "bios", hotAdd: true,
			cpus: 8, memoryMB: 65536, snapshot: true},
		{name: "mgmt", host: "esx01", guestID: "debian11_64Guest", firmware: "efi", on: true, cpus: 2, memoryMB: 4096,
			address: "192.0.2.2", hostName: "mgmt"},
		{name: "nas", host: "esx02", guestID: "freebsd13_64Guest", firmware: "efi", on: true, cpus: 4, memoryMB: 16384,
			address: "192.0.2.3", hostName: "nas"},
	}
}

var vgpuProfiles = []string{"grid_a40-4q", "grid_a40-8q", "grid_a40-12q", "grid_a40-16q", "grid_a40-24q", "grid_a40-48q"}
