// perf.go: counters of cards that the hypervisor's own driver owns. The simulator knows the counters' names but has no
// numbers for them, and noise in all others; these are exact, so that a test can tell where a number came from.
package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// What each shared card shows; the instance of the counter is the card's address. Percentages are hundredths.
var gpuCounters = map[string]int64{"utilization": 6400, "mem.used": 12 << 20, "mem.usage": 2500, "temperature": 61}

type perfManager struct {
	*simulator.PerformanceManager
	gpu map[int32]int64 // counter id -> value
}

func wrapPerfManager(ctx *simulator.Context) {
	base, ok := ctx.Map.Get(*ctx.Map.Get(serviceInstance).(*simulator.ServiceInstance).Content.PerfManager).(*simulator.PerformanceManager)
	if !ok {
		return
	}
	p := &perfManager{PerformanceManager: base, gpu: map[int32]int64{}}
	for _, counter := range base.PerfCounter {
		if counter.GroupInfo.GetElementDescription().Key != "gpu" || counter.RollupType != types.PerfSummaryTypeAverage {
			continue
		}
		if value, ok := gpuCounters[counter.NameInfo.GetElementDescription().Key]; ok {
			p.gpu[counter.Key] = value
		}
	}
	ctx.Map.Put(p)
}

var serviceInstance = types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"}

// sharedCards are the addresses of a host's cards that serve vGPUs.
func sharedCards(ctx *simulator.Context, ref types.ManagedObjectReference) []string {
	host, ok := ctx.Map.Get(ref).(*simulator.HostSystem)
	if !ok {
		return nil
	}
	var cards []string
	for _, card := range host.Config.GraphicsInfo {
		if card.GraphicsType == "sharedDirect" {
			cards = append(cards, card.PciId)
		}
	}
	return cards
}

// QueryAvailablePerfMetric names the GPU counters only where a card is shared.
func (p *perfManager) QueryAvailablePerfMetric(ctx *simulator.Context, req *types.QueryAvailablePerfMetric) soap.HasFault {
	res := p.PerformanceManager.QueryAvailablePerfMetric(ctx, req)
	body, ok := res.(*methods.QueryAvailablePerfMetricBody)
	if !ok || body.Res == nil {
		return res
	}
	var list []types.PerfMetricId
	for _, id := range body.Res.Returnval {
		if _, gpu := p.gpu[id.CounterId]; !gpu {
			list = append(list, id)
		}
	}
	for _, card := range sharedCards(ctx, req.Entity) {
		for counter := range p.gpu {
			list = append(list, types.PerfMetricId{CounterId: counter, Instance: card})
		}
	}
	body.Res.Returnval = list
	return res
}

// QueryPerf: a GPU counter has a series for each shared card that was asked for ("*": all), and none elsewhere.
func (p *perfManager) QueryPerf(ctx *simulator.Context, req *types.QueryPerf) soap.HasFault {
	own := make([][]types.PerfMetricId, len(req.QuerySpec))
	for i := range req.QuerySpec {
		spec := &req.QuerySpec[i]
		var rest []types.PerfMetricId
		for _, id := range spec.MetricId {
			if _, gpu := p.gpu[id.CounterId]; !gpu {
				rest = append(rest, id)
				continue
			}
			for _, card := range sharedCards(ctx, spec.Entity) {
				if id.Instance == "*" || id.Instance == card {
					own[i] = append(own[i], types.PerfMetricId{CounterId: id.CounterId, Instance: card})
				}
			}
		}
		spec.MetricId = append(rest, own[i]...)
	}
	res := p.PerformanceManager.QueryPerf(ctx, req)
	body, ok := res.(*methods.QueryPerfBody)
	if !ok || body.Res == nil {
		return res
	}
	for _, entity := range body.Res.Returnval {
		if metrics, ok := entity.(*types.PerfEntityMetric); ok {
			for _, series := range metrics.Value {
				p.fill(series)
			}
		}
	}
	return res
}

func (p *perfManager) fill(base types.BasePerfMetricSeries) {
	series, ok := base.(*types.PerfMetricIntSeries)
	if !ok {
		return
	}
	if value, gpu := p.gpu[series.Id.CounterId]; gpu {
		for i := range series.Value {
			series.Value[i] = value
		}
	}
}
