/* nvml_calls.c - names of the entries; struct and function go in pairs (nvml_abi.h). */
#include "config.h"
#include "backends/gpu/nvml_calls.h"

#include <dlfcn.h>
#include <string.h>

struct nvml_calls nv;

/* Candidates by preference; a second name of the same struct. */
static const struct {
	void *slot;
	const char *names[3];
} symbols[] = {
	{&nv.init_with_flags, {"nvmlInitWithFlags"}},
	{&nv.init, {"nvmlInit_v2", "nvmlInit"}},
	{&nv.driver_version, {"nvmlSystemGetDriverVersion"}},
	{&nv.library_version, {"nvmlSystemGetNVMLVersion"}},
	{&nv.count, {"nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"}},
	{&nv.by_index, {"nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"}},
	{&nv.pci, {"nvmlDeviceGetPciInfo_v3"}},
	{&nv.name, {"nvmlDeviceGetName"}},
	{&nv.uuid, {"nvmlDeviceGetUUID"}},
	{&nv.serial, {"nvmlDeviceGetSerial"}},
	{&nv.vbios, {"nvmlDeviceGetVbiosVersion"}},
	{&nv.num_fans, {"nvmlDeviceGetNumFans"}},
	{&nv.virtualization, {"nvmlDeviceGetVirtualizationMode"}},
	{&nv.temperature, {"nvmlDeviceGetTemperature"}},
	{&nv.threshold, {"nvmlDeviceGetTemperatureThreshold"}},
	{&nv.fields, {"nvmlDeviceGetFieldValues"}},
	{&nv.clock, {"nvmlDeviceGetClockInfo"}},
	{&nv.max_clock, {"nvmlDeviceGetMaxClockInfo"}},
	{&nv.memory_v2, {"nvmlDeviceGetMemoryInfo_v2"}},
	{&nv.memory, {"nvmlDeviceGetMemoryInfo"}},
	{&nv.bar1, {"nvmlDeviceGetBAR1MemoryInfo"}},
	{&nv.power, {"nvmlDeviceGetPowerUsage"}},
	{&nv.power_limit, {"nvmlDeviceGetEnforcedPowerLimit"}},
	{&nv.power_limits, {"nvmlDeviceGetPowerManagementLimitConstraints"}},
	{&nv.energy, {"nvmlDeviceGetTotalEnergyConsumption"}},
	{&nv.utilization, {"nvmlDeviceGetUtilizationRates"}},
	{&nv.perf_state, {"nvmlDeviceGetPerformanceState"}},
	{&nv.reasons,
	 {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"}},
	{&nv.link_gen, {"nvmlDeviceGetCurrPcieLinkGeneration"}},
	{&nv.link_width, {"nvmlDeviceGetCurrPcieLinkWidth"}},
	{&nv.max_link_gen, {"nvmlDeviceGetMaxPcieLinkGeneration"}},
	{&nv.max_link_width, {"nvmlDeviceGetMaxPcieLinkWidth"}},
	{&nv.replays, {"nvmlDeviceGetPcieReplayCounter"}},
	{&nv.ecc, {"nvmlDeviceGetTotalEccErrors"}},
	{&nv.remapped, {"nvmlDeviceGetRemappedRows"}},
	{&nv.retired, {"nvmlDeviceGetRetiredPages"}},
	{&nv.mig_mode, {"nvmlDeviceGetMigMode"}},
	{&nv.mig_max, {"nvmlDeviceGetMaxMigDeviceCount"}},
	{&nv.mig_by_index, {"nvmlDeviceGetMigDeviceHandleByIndex"}},
	{&nv.gpu_instance, {"nvmlDeviceGetGpuInstanceId"}},
	{&nv.compute_instance, {"nvmlDeviceGetComputeInstanceId"}},
	{&nv.compute, {"nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"}},
	{&nv.graphics,
	 {"nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v2"}},
	{&nv.compute_v1, {"nvmlDeviceGetComputeRunningProcesses"}},
	{&nv.process_utilization, {"nvmlDeviceGetProcessUtilization"}},
};

void nvml_calls_find(void *handle)
{
	for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
		void *address = NULL;
		for (const char *const *name = symbols[i].names; !address && *name; name++)
			address = dlsym(handle, *name);
		memcpy(symbols[i].slot, &address, sizeof address);
	}
}
