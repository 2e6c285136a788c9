// lab.go: a fresh model of the lab. Nothing here knows of requests or of the control address.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

type options struct {
	esx, kinds            bool
	cards, vms            int
	user, password        string
	uuid, mac, apiVersion string
}

type lab struct {
	options options
	model   *simulator.Model
	client  *vim25.Client // in the process, past the front
	hosts   map[string]*simulator.HostSystem

	apiVersion string
	stale      bool                // a reboot leaves what was enabled inactive
	left       map[string]bool     // host and device that one has left so, until it is toggled
	away       func(time.Duration) // closes the address for so long; nil: it stays open
}

func newLab(o options) (*lab, error) {
	l := &lab{options: o, hosts: map[string]*simulator.HostSystem{}, left: map[string]bool{}}
	l.model = simulator.VPX()
	hosts := hostTable
	if o.esx {
		l.model = simulator.ESX()
		hosts = hosts[:1]
	} else {
		l.model.Cluster, l.model.ClusterHost, l.model.Host = 0, 0, len(hosts)
	}
	l.model.Machine = 0
	about := &l.model.ServiceContent.About
	about.ApiVersion, about.Version, about.Build = "8.0.3.0", "8.0.3", "24022515"
	if o.esx {
		about.Version, about.Build, about.ApiVersion = hosts[0].version, hosts[0].build, hosts[0].version+".0"
	}
	if o.apiVersion != "" {
		about.ApiVersion = o.apiVersion
	}
	l.apiVersion = about.ApiVersion
	about.FullName = fmt.Sprintf("%s %s build-%s", about.Name, about.Version, about.Build)
	if err := l.model.Create(); err != nil {
		return nil, err
	}
	service := l.model.Service
	service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(o.user, o.password)}
	service.NewServer().Close() // only to register the paths: its own listener is not wanted
	var err error
	if l.client, err = vim25.NewClient(context.Background(), service); err != nil {
		return nil, err
	}
	if err = l.furnishHosts(hosts); err != nil {
		return nil, err
	}
	wrapPerfManager(l.ctx())
	if err = l.createVMs(hosts); err != nil {
		return nil, err
	}
	for _, host := range l.hosts {
		l.model.Map().Get(*host.ConfigManager.PciPassthruSystem).(*passthruSystem).l = l
	}
	l.model.Map().Handler = l.guard
	return l, nil
}

func (l *lab) handler() http.Handler { return l.model.Service.ServeMux }

// close removes what the model keeps on disk.
func (l *lab) close() { l.model.Remove() }

// ctx is a context of its own for every use: locks of the simulator belong to one.
func (l *lab) ctx() *simulator.Context {
	c := *l.model.Service.Context
	return &c
}

// update changes properties so that WaitForUpdatesEx reports them.
func (l *lab) update(obj mo.Reference, changes ...types.PropertyChange) {
	ctx := l.ctx()
	ctx.Map.AtomicUpdate(ctx, obj, changes)
}

func change(name string, value any) types.PropertyChange {
	return types.PropertyChange{Name: name, Val: value}
}

func (l *lab) furnishHosts(facts []hostFacts) error {
	entities := l.model.Map().All("HostSystem")
	if len(entities) != len(facts) {
		return fmt.Errorf("%d hosts in the model, %d wanted", len(entities), len(facts))
	}
	for _, entity := range entities {
		host := entity.(*simulator.HostSystem)
		index := 0
		if strings.HasSuffix(host.Name, "_H1") {
			index = 1
		}
		l.hosts[facts[index].name] = host
		furnishHost(l.ctx(), host, &facts[index])
	}
	return nil
}

func (l *lab) createVMs(hosts []hostFacts) error {
	for _, facts := range vmTable(l.options) {
		if l.hosts[facts.host] == nil {
			continue // a standalone host knows nothing of the others' VMs
		}
		if err := l.createVM(facts); err != nil {
			return fmt.Errorf("%s: %w", facts.name, err)
		}
	}
	if l.options.kinds {
		l.addKinds()
	}
	return l.copyVMs()
}

// volume is what both a vCenter and esx01 say that their datastore is.
const volume = "5f0c1a2b-3c4d5e6f-7081-3cecef0a0b0c"

// dressVolumes puts into an answer the URL that a real server has for a datastore, each in its own spelling; the simulator
// needs its directory in that place.
func (l *lab) dressVolumes(body *bytes.Buffer) {
	url := "ds:///vmfs/volumes/" + volume + "/"
	if l.options.esx {
		url = "/vmfs/volumes/" + volume
	}
	text := body.Bytes()
	for _, entity := range l.model.Map().All("Datastore") {
		summary := entity.(*simulator.Datastore).Summary
		text = bytes.ReplaceAll(text, []byte("<url>"+summary.Url+"</url>"), []byte("<url>"+url+"</url>"))
	}
	body.Reset()
	body.Write(text)
}

// vm finds a virtual machine by its name.
func (l *lab) vm(name string) *simulator.VirtualMachine {
	for _, entity := range l.model.Map().All("VirtualMachine") {
		if vm := entity.(*simulator.VirtualMachine); vm.Name == name {
			return vm
		}
	}
	return nil
}

func wait(task *object.Task, err error) (types.AnyType, error) {
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	info, err := task.WaitForResult(ctx, nil)
	if err != nil {
		return nil, err
	}
	return info.Result, nil
}
