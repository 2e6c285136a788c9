// change.go: what happens to a lab while somebody watches. Every change is one that WaitForUpdatesEx reports.
package main

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// power switches a VM. Without a task it is one update: the simulator reads everything a filter selects anew for each
// update and each object that comes, a task's own among them, which takes seconds with thousands of VMs.
func (l *lab) power(name, state string, task bool) error {
	vm := l.vm(name)
	if vm == nil {
		return fmt.Errorf("no VM %q", name)
	}
	machine, ctx := object.NewVirtualMachine(l.client, vm.Self), context.Background()
	states := map[string]struct {
		value types.VirtualMachinePowerState
		task  func(context.Context) (*object.Task, error)
	}{
		"on":        {types.VirtualMachinePowerStatePoweredOn, machine.PowerOn},
		"off":       {types.VirtualMachinePowerStatePoweredOff, machine.PowerOff},
		"suspended": {types.VirtualMachinePowerStateSuspended, machine.Suspend},
	}
	want, known := states[state]
	if !known {
		return fmt.Errorf("state %q: on, off or suspended", state)
	}
	if task {
		_, err := wait(want.task(ctx))
		return err
	}
	l.update(vm, change("runtime.powerState", want.value), change("summary.runtime.powerState", want.value))
	return nil
}

func (l *lab) renameVM(name, to string) error {
	vm := l.vm(name)
	if vm == nil {
		return fmt.Errorf("no VM %q", name)
	}
	l.update(vm, change("name", to), change("config.name", to), change("summary.config.name", to))
	return nil
}

func (l *lab) removeVM(name string) error {
	vm := l.vm(name)
	if vm == nil {
		return fmt.Errorf("no VM %q", name)
	}
	if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		if err := l.power(name, "off", true); err != nil {
			return err
		}
	}
	_, err := wait(object.NewVirtualMachine(l.client, vm.Self).Destroy(context.Background()))
	return err
}

func (l *lab) addVM(name, host string) error {
	if l.hosts[host] == nil {
		return fmt.Errorf("no host %q", host)
	}
	return l.createVM(vmFacts{name: name, host: host, guestID: "debian11_64Guest", firmware: "efi", cpus: 2, memoryMB: 4096})
}

// setVM changes what a VM says of itself; empty values leave things as they are.
func (l *lab) setVM(name, uuid, mac, address, hostName string) error {
	vm := l.vm(name)
	if vm == nil {
		return fmt.Errorf("no VM %q", name)
	}
	if uuid != "" {
		l.update(vm, change("config.uuid", uuid), change("summary.config.uuid", uuid))
	}
	if mac != "" {
		setMAC(vm, mac)
		l.update(vm, change("config.hardware.device", append([]types.BaseVirtualDevice(nil), vm.Config.Hardware.Device...)))
	}
	if address != "" || hostName != "" {
		if address == "" {
			address = vm.Guest.IpAddress
		}
		if hostName == "" {
			hostName = vm.Guest.HostName
		}
		setGuest(vm, hostName, address)
		l.update(vm, change("guest.ipAddress", address), change("guest.hostName", hostName), change("guest.net", vm.Guest.Net),
			change("guest.toolsRunningStatus", vm.Guest.ToolsRunningStatus))
	}
	return nil
}

// setHost changes a host's connection state and maintenance mode; empty values leave things as they are.
func (l *lab) setHost(name, connection, maintenance string) error {
	host := l.hosts[name]
	if host == nil {
		return fmt.Errorf("no host %q", name)
	}
	if connection != "" {
		state := types.HostSystemConnectionState(connection)
		l.update(host, change("runtime.connectionState", state))
	}
	if maintenance != "" {
		l.update(host, change("runtime.inMaintenanceMode", maintenance == "yes"))
	}
	return nil
}

// dropSensors: a board without a BMC has no health system, and the property is not set.
func (l *lab) dropSensors(name string) error {
	host := l.hosts[name]
	if host == nil {
		return fmt.Errorf("no host %q", name)
	}
	host.Runtime.HealthSystemRuntime = nil // no update tells of it: it is read by the clock
	return nil
}

// setFree changes what is free on the datastore that all hosts share.
func (l *lab) setFree(bytes int64) error {
	store, ok := l.model.Map().Any("Datastore").(*simulator.Datastore)
	if !ok {
		return fmt.Errorf("no datastore")
	}
	summary := store.Summary
	summary.FreeSpace = bytes
	l.update(store, change("summary", summary))
	return nil
}

// setSensor gives a sensor another reading, in the sensor's own units before its modifier.
func (l *lab) setSensor(name, sensor string, reading int64) error {
	host := l.hosts[name]
	if host == nil {
		return fmt.Errorf("no host %q", name)
	}
	runtime := *host.Runtime.HealthSystemRuntime
	health := *runtime.SystemHealthInfo
	list := append([]types.HostNumericSensorInfo(nil), health.NumericSensorInfo...)
	for i := range list {
		if list[i].Name == sensor {
			list[i].CurrentReading = reading
			health.NumericSensorInfo, runtime.SystemHealthInfo = list, &health
			l.update(host, change("runtime.healthSystemRuntime", &runtime))
			return nil
		}
	}
	return fmt.Errorf("no sensor %q on %s", sensor, name)
}

// setPassthru states what passthrough makes of a device.
func setPassthru(ctx *simulator.Context, host *simulator.HostSystem, id string, enabled, active bool) error {
	list := append([]types.BaseHostPciPassthruInfo(nil), host.Config.PciPassthruInfo...)
	for i, entry := range list {
		if entry.GetHostPciPassthruInfo().Id != id {
			continue
		}
		info := *entry.GetHostPciPassthruInfo()
		if !info.PassthruCapable {
			return fmt.Errorf("%s: not capable of passthrough", id)
		}
		info.PassthruEnabled, info.PassthruActive = enabled, active
		if sriov, ok := entry.(*types.HostSriovInfo); ok {
			own := *sriov
			own.HostPciPassthruInfo = info
			list[i] = &own
		} else {
			list[i] = &info
		}
		ctx.Map.AtomicUpdate(ctx, host, []types.PropertyChange{
			change("config.pciPassthruInfo", list), change("summary.rebootRequired", enabled != active)})
		return nil
	}
	return fmt.Errorf("no device %s on %s", id, host.Name)
}

// passthruSystem is the managed object that the simulator only has a reference to.
type passthruSystem struct {
	mo.HostPciPassthruSystem
	host *simulator.HostSystem
	l    *lab
}

func newPassthruSystem(ctx *simulator.Context, host *simulator.HostSystem) *types.ManagedObjectReference {
	system := &passthruSystem{host: host}
	system.Self = types.ManagedObjectReference{Type: "HostPciPassthruSystem", Value: "pciPassthruSystem-" + host.Self.Value}
	ctx.Map.Put(system)
	return &system.Self
}

// UpdatePassthruConfig: enabled at once; active at once only when asked for with applyNow on a host that can.
func (p *passthruSystem) UpdatePassthruConfig(ctx *simulator.Context, req *types.UpdatePassthruConfig) soap.HasFault {
	body := &methods.UpdatePassthruConfigBody{}
	can := p.host.Capability.DeviceRebindWithoutRebootSupported
	for _, base := range req.Config {
		config := base.GetHostPciPassthruConfig()
		now := config.ApplyNow != nil && *config.ApplyNow && can != nil && *can
		active := config.PassthruEnabled
		if !now {
			active = p.isActive(config.Id)
		}
		// Off and on again helps what a reboot has left inactive.
		if place := p.host.Name + " " + config.Id; p.l.left[place] && config.PassthruEnabled && !p.isEnabled(config.Id) {
			active, p.l.left[place] = true, false
		}
		if err := setPassthru(ctx, p.host, config.Id, config.PassthruEnabled, active); err != nil {
			body.Fault_ = simulator.Fault(err.Error(), &types.HostConfigFault{VimFault: types.VimFault{
				MethodFault: types.MethodFault{FaultMessage: []types.LocalizableMessage{
					{Key: "labsim.passthru", Message: err.Error()}}}}})
			return body
		}
	}
	body.Res = &types.UpdatePassthruConfigResponse{}
	return body
}

// Refresh has nothing to read anew here.
func (p *passthruSystem) Refresh(*simulator.Context, *types.Refresh) soap.HasFault {
	return &methods.RefreshBody{Res: &types.RefreshResponse{}}
}

func (p *passthruSystem) isEnabled(id string) bool {
	for _, entry := range p.host.Config.PciPassthruInfo {
		if info := entry.GetHostPciPassthruInfo(); info.Id == id {
			return info.PassthruEnabled
		}
	}
	return false
}

func (p *passthruSystem) isActive(id string) bool {
	for _, entry := range p.host.Config.PciPassthruInfo {
		if info := entry.GetHostPciPassthruInfo(); info.Id == id {
			return info.PassthruActive
		}
	}
	return false
}
