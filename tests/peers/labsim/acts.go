// acts.go: what real servers refuse and the simulator accepts, and the methods that it lacks. All of it is belief, taken from
// documentation and from what people report, and no ESXi's own word.
package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// rebootTime is how long a host is away: longer than an update takes, so that a watcher sees it go.
const rebootTime = 600 * time.Millisecond

// guard stands before every method: a fault of the method itself, another receiver for it, or nothing. A receiver is put into
// the caller's session, whose own objects the simulator prefers.
func (l *lab) guard(ctx *simulator.Context, m *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil {
		return nil, nil
	}
	object := ctx.Map.Get(m.This)
	switch req := m.Body.(type) {
	case *types.ReconfigVM_Task:
		if vm, ok := object.(*simulator.VirtualMachine); ok {
			return nil, l.checkSpec(vm, &req.Spec)
		}
	case *types.PowerOnVM_Task, *types.CreateSnapshot_Task:
		if vm, ok := object.(*simulator.VirtualMachine); ok {
			ctx.Session.Put(&guardedVM{vm, l})
		}
	case *types.EnterMaintenanceMode_Task, *types.RebootHost_Task:
		if host, ok := object.(*simulator.HostSystem); ok {
			ctx.Session.Put(&guardedHost{host, l})
		}
	case *types.QueryConfigTarget:
		if browser, ok := object.(*simulator.EnvironmentBrowser); ok {
			ctx.Session.Put(&environment{browser, l})
		}
	}
	return nil, nil
}

func said(text string) types.VimFault {
	return types.VimFault{MethodFault: types.MethodFault{FaultMessage: []types.LocalizableMessage{{Key: "labsim", Message: text}}}}
}

// ---- settings ----

func isOn(vm *simulator.VirtualMachine) bool {
	return vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
}

func wantsOff(spec *types.VirtualMachineConfigSpec) bool {
	return spec.Firmware != "" || spec.CpuHotAddEnabled != nil || spec.MemoryHotAddEnabled != nil || spec.NumCPUs != 0 ||
		spec.NestedHVEnabled != nil
}

func (l *lab) checkSpec(vm *simulator.VirtualMachine, spec *types.VirtualMachineConfigSpec) types.BaseMethodFault {
	if spec.ChangeVersion != "" && spec.ChangeVersion != vm.Config.ChangeVersion {
		return &types.ConcurrentAccess{VimFault: said("The virtual machine was changed since it was read.")}
	}
	wrongState := &types.InvalidPowerState{RequestedState: types.VirtualMachinePowerStatePoweredOff,
		ExistingState: vm.Runtime.PowerState}
	if isOn(vm) && wantsOff(spec) {
		return wrongState
	}
	if a := spec.MemoryAllocation; a != nil && a.Reservation != nil && *a.Reservation > int64(vm.Config.Hardware.MemoryMB) {
		return &types.InvalidArgument{InvalidProperty: "configSpec.memoryAllocation.reservation"}
	}
	for _, change := range spec.DeviceChange {
		c := change.GetVirtualDeviceConfigSpec()
		device, fixed := c.Device.(*types.VirtualPCIPassthrough)
		if !fixed {
			continue
		}
		if isOn(vm) {
			return wrongState
		}
		if fault := l.checkDevice(vm, c.Operation, device); fault != nil {
			return fault
		}
	}
	return nil
}

func (l *lab) checkDevice(vm *simulator.VirtualMachine, operation types.VirtualDeviceConfigSpecOperation,
	device *types.VirtualPCIPassthrough) types.BaseMethodFault {
	backing, ok := device.Backing.(*types.VirtualPCIPassthroughDeviceBackingInfo)
	if !ok || operation != types.VirtualDeviceConfigSpecOperationAdd {
		return nil
	}
	refused := func(property string) types.BaseMethodFault {
		fault := &types.InvalidDeviceBacking{}
		fault.Property = "virtualDeviceSpec.device.backing." + property
		return fault
	}
	host := l.hostOf(vm)
	for _, d := range host.Hardware.PciDevice {
		if d.Id != backing.Id {
			continue
		}
		switch {
		case !passesThrough(host, d.Id):
			return refused("id")
		case d.VendorId != backing.VendorId || fmt.Sprintf("%x", uint16(d.DeviceId)) != backing.DeviceId:
			return refused("deviceId")
		case backing.SystemId != host.Hardware.SystemInfo.Uuid:
			return refused("systemId")
		}
		return nil
	}
	return refused("id")
}

func (l *lab) hostOf(vm *simulator.VirtualMachine) *simulator.HostSystem {
	return l.model.Map().Get(*vm.Runtime.Host).(*simulator.HostSystem)
}

func passesThrough(host *simulator.HostSystem, id string) bool {
	for _, base := range host.Config.PciPassthruInfo {
		if info := base.GetHostPciPassthruInfo(); info.Id == id {
			return info.PassthruActive
		}
	}
	return false
}

// ---- virtual machines: refusals that come as errors of a task ----

type guardedVM struct {
	*simulator.VirtualMachine
	l *lab
}

func failed(ctx *simulator.Context, vm *simulator.VirtualMachine, name string, fault types.BaseMethodFault) types.ManagedObjectReference {
	return simulator.CreateTask(vm, name, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		return nil, fault
	}).Run(ctx)
}

func (g *guardedVM) PowerOnVMTask(ctx *simulator.Context, req *types.PowerOnVM_Task) soap.HasFault {
	if fault := g.checkPower(); fault != nil {
		return &methods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{
			Returnval: failed(ctx, g.VirtualMachine, "powerOn", fault)}}
	}
	return g.VirtualMachine.PowerOnVMTask(ctx, req)
}

func (g *guardedVM) CreateSnapshotTask(ctx *simulator.Context, req *types.CreateSnapshot_Task) soap.HasFault {
	if isOn(g.VirtualMachine) && len(passthroughs(g.VirtualMachine)) > 0 {
		return &methods.CreateSnapshot_TaskBody{Res: &types.CreateSnapshot_TaskResponse{
			Returnval: failed(ctx, g.VirtualMachine, "createSnapshot", &types.InvalidState{
				VimFault: said("The virtual machine has passthrough devices.")})}}
	}
	return g.VirtualMachine.CreateSnapshotTask(ctx, req)
}

func (g *guardedVM) checkPower() types.BaseMethodFault {
	mine := passthroughs(g.VirtualMachine)
	config := g.Config
	locked := config.MemoryReservationLockedToMax != nil && *config.MemoryReservationLockedToMax
	a := config.MemoryAllocation
	full := a != nil && a.Reservation != nil && *a.Reservation >= int64(config.Hardware.MemoryMB)
	if len(mine) > 0 && !locked && !full {
		return power(fmt.Sprintf("Invalid memory setting: memory reservation (sched.mem.min) should be equal to memsize(%d).",
			config.Hardware.MemoryMB))
	}
	for _, entity := range g.l.model.Map().All("VirtualMachine") {
		other := entity.(*simulator.VirtualMachine)
		if other == g.VirtualMachine || !isOn(other) || *other.Runtime.Host != *g.Runtime.Host {
			continue
		}
		for _, id := range passthroughs(other) {
			for _, own := range mine {
				if own == id {
					return power(fmt.Sprintf("Device %s is already in use by %s.", id, other.Name))
				}
			}
		}
	}
	return nil
}

func power(text string) types.BaseMethodFault {
	return &types.GenericVmConfigFault{VmConfigFault: types.VmConfigFault{VimFault: said(text)}, Reason: text}
}

// passthroughs are the host's addresses of a VM's fixed devices.
func passthroughs(vm *simulator.VirtualMachine) []string {
	var ids []string
	for _, d := range vm.Config.Hardware.Device {
		if p, ok := d.(*types.VirtualPCIPassthrough); ok {
			if b, ok := p.Backing.(*types.VirtualPCIPassthroughDeviceBackingInfo); ok {
				ids = append(ids, b.Id)
			}
		}
	}
	return ids
}

// ---- hosts ----

type guardedHost struct {
	*simulator.HostSystem
	l *lab
}

// EnterMaintenanceModeTask: with a VM that runs a real host waits until the timeout; here that is over at once.
func (h *guardedHost) EnterMaintenanceModeTask(ctx *simulator.Context, req *types.EnterMaintenanceMode_Task) soap.HasFault {
	body := &methods.EnterMaintenanceMode_TaskBody{}
	for _, entity := range h.l.model.Map().All("VirtualMachine") {
		if vm := entity.(*simulator.VirtualMachine); isOn(vm) && *vm.Runtime.Host == h.Self {
			task := simulator.CreateTask(h.HostSystem, "enterMaintenanceMode",
				func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
					return nil, &types.Timedout{VimFault: said(vm.Name + " is running.")}
				})
			body.Res = &types.EnterMaintenanceMode_TaskResponse{Returnval: task.Run(ctx)}
			return body
		}
	}
	return h.HostSystem.EnterMaintenanceModeTask(ctx, req)
}

func (h *guardedHost) RebootHostTask(ctx *simulator.Context, req *types.RebootHost_Task) soap.HasFault {
	body := &methods.RebootHost_TaskBody{}
	if !h.Runtime.InMaintenanceMode && !req.Force {
		body.Fault_ = simulator.Fault("not in maintenance mode", &types.InvalidState{})
		return body
	}
	task := simulator.CreateTask(h.HostSystem, "reboot", func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		go h.l.reboot(h.HostSystem)
		return nil, nil
	})
	body.Res = &types.RebootHost_TaskResponse{Returnval: task.Run(ctx)}
	return body
}

// reboot: what was enabled is active afterwards, unless the host is told to forget it, as some ESXi 7 do. A standalone
// host's own interface is away as long.
func (l *lab) reboot(host *simulator.HostSystem) {
	l.update(host, change("runtime.connectionState", types.HostSystemConnectionStateNotResponding))
	if l.options.esx && l.away != nil {
		l.away(rebootTime)
	} else {
		time.Sleep(rebootTime)
	}
	var list []types.BaseHostPciPassthruInfo
	for _, base := range host.Config.PciPassthruInfo {
		info := *base.GetHostPciPassthruInfo()
		stale := l.stale && info.PassthruEnabled && !info.PassthruActive
		l.left[host.Name+" "+info.Id] = stale
		info.PassthruActive = info.PassthruEnabled && !stale
		if sriov, ok := base.(*types.HostSriovInfo); ok {
			own := *sriov
			own.HostPciPassthruInfo = info
			list = append(list, &own)
		} else {
			list = append(list, &info)
		}
	}
	now := time.Now().UTC().Truncate(time.Second)
	l.update(host, change("config.pciPassthruInfo", list), change("summary.rebootRequired", false),
		change("runtime.bootTime", &now), change("runtime.connectionState", types.HostSystemConnectionStateConnected))
}

// ---- what can be attached ----

type environment struct {
	*simulator.EnvironmentBrowser
	l *lab
}

// QueryConfigTarget offers the devices that are active on the host now.
func (e *environment) QueryConfigTarget(ctx *simulator.Context, req *types.QueryConfigTarget) soap.HasFault {
	result := e.EnvironmentBrowser.QueryConfigTarget(ctx, req)
	body, ok := result.(*methods.QueryConfigTargetBody)
	if !ok || body.Res == nil || req.Host == nil {
		return result
	}
	host, ok := e.l.model.Map().Get(*req.Host).(*simulator.HostSystem)
	if !ok {
		return result
	}
	target := *body.Res.Returnval
	for _, d := range host.Hardware.PciDevice {
		if passesThrough(host, d.Id) {
			target.PciPassthrough = append(target.PciPassthrough, &types.VirtualMachinePciPassthroughInfo{
				VirtualMachineTargetInfo: types.VirtualMachineTargetInfo{Name: d.DeviceName}, PciDevice: d,
				SystemId: host.Hardware.SystemInfo.Uuid})
		}
	}
	return &methods.QueryConfigTargetBody{Res: &types.QueryConfigTargetResponse{Returnval: &target}}
}

// browse gives a VM the environment of its host, which the simulator leaves out.
func (l *lab) browse(vm *simulator.VirtualMachine) {
	if compute, ok := l.model.Map().Get(*l.hostOf(vm).Parent).(*mo.ComputeResource); ok && compute.EnvironmentBrowser != nil {
		vm.EnvironmentBrowser = *compute.EnvironmentBrowser
	}
}
