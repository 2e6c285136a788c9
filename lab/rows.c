/* rows.c - the words that rows are told in, and what is kept of a VM's extraConfig. */
#include "config.h"
#include "lab/rows.h"
#include "lab/text.h"

#include <glib.h>

const char *const passthru_json[PT_COUNT] = {
	[PT_UNAVAILABLE] = "unavailable",         [PT_AVAILABLE] = "available",
	[PT_ENABLE_PENDING] = "enable-pending",   [PT_ACTIVE] = "active",
	[PT_DISABLE_PENDING] = "disable-pending", [PT_STALE] = "stale",
};

const char *const passthru_screen[PT_COUNT] = {
	[PT_UNKNOWN] = "-",           [PT_UNAVAILABLE] = "unavailable",
	[PT_AVAILABLE] = "available", [PT_ENABLE_PENDING] = "enabled: needs reboot",
	[PT_ACTIVE] = "active",       [PT_DISABLE_PENDING] = "off: needs reboot",
	[PT_STALE] = "stale",
};

const char *const vm_device_kind_names[4] = {"fixed", "dynamic", "sriov", "vgpu"};
const char *const vm_power_names[4] = {NULL, "off", "on", "suspended"};
const char *const host_state_names[HOST_STATE_COUNT] = {
	[HOST_CONNECTED] = "connected",
	[HOST_DISCONNECTED] = "disconnected",
	[HOST_NOT_RESPONDING] = "notResponding",
	[HOST_MAINTENANCE] = "maintenance",
	[HOST_STANDBY] = "standby",
	[HOST_THIS_MACHINE] = "this machine",
};
const char *const vm_tools_names[TOOLS_COUNT] = {NULL, "running", "notRunning", "executingScripts"};
const char *const vm_firmware_names[FIRMWARE_COUNT + 1] = {NULL, "bios", "efi"};
const char *const vm_connection_names[VM_CONNECTION_COUNT + 1] = {
	NULL, "connected", "disconnected", "inaccessible", "invalid", "orphaned",
};
const char *const transport_names[TRANSPORT_COUNT] = {NULL, "local", "ssh", "shell"};
const char *const gpu_kind_names[GPU_KIND_COUNT] = {"gpu", "vgpu", "mig", "vf"};
const char *const graphics_names[GRAPHICS_COUNT + 1] = {NULL, "basic", "shared", "direct", "sharedDirect"};
const char *const sensor_state_names[SENSOR_STATE_COUNT + 1] = {NULL, "green", "yellow", "red"};
const char *const task_state_names[TASK_STATE_COUNT + 1] = {NULL, "queued", "running", "success", "error"};
const char *const gpu_state_names[5] = {NULL, "live", "busy", "suspended", "lost"};

const char *library_trouble(const struct library_row *library)
{
	bool wanted = strcmp(library->state, "off") == 0 ||
		      (strcmp(library->state, "absent") == 0 && *library->path);
	return wanted && *library->reason ? library->reason : NULL;
}

double model_on_cpu(const struct model_row *model)
{
	struct num vram = model->vram_bytes, all = model->mem_bytes;
	if (model->loaded != TRI_YES || !num_known(vram) || !num_known(all) || all.v <= 0 ||
	    vram.v >= 0.99 * all.v)
		return 0;
	return 1 - vram.v / all.v;
}

const char *const model_state_names[MODEL_STATE_COUNT] = {
	[MODEL_LOADED] = "loaded", [MODEL_LOADING] = "loading", [MODEL_SLEEPING] = "sleeping",
	[MODEL_ON_DISK] = "disk",  [MODEL_FAILED] = "failed",   [MODEL_REMOTE] = "remote",
};
const char *const engine_kind_names[ENGINE_KIND_COUNT] = {
	[ENGINE_OLLAMA] = "ollama",         [ENGINE_VLLM] = "vllm",       [ENGINE_LLAMACPP] = "llamacpp",
	[ENGINE_LLAMA_SWAP] = "llama-swap", [ENGINE_COMFYUI] = "comfyui", [ENGINE_A1111] = "a1111",
	[ENGINE_OPENAI] = "openai",
};
const char *const engine_state_names[ENGINE_STATE_COUNT] = {
	[ENGINE_OK] = "ok",
	[ENGINE_LOADING] = "loading",
	[ENGINE_SLEEPING] = "sleeping",
	[ENGINE_NEEDS_KEY] = "needs key",
};

/* With prefix: every key that begins so. */
static const struct {
	const char *key;
	bool prefix;
} extra_wanted[] = {
	{"pciPassthru", true},      {"pciBridge", true},
	{"hypervisor.cpuid", true}, {"numa.", true},
	{"sched.", true},           {"monitor_control", true},
	{"svga.present", false},    {"cpuid.coresPerSocket", false},
};

bool vm_extra_wanted(const char *key)
{
	for (gsize i = 0; i < G_N_ELEMENTS(extra_wanted); i++) {
		const char *want = extra_wanted[i].key;
		if (extra_wanted[i].prefix ? g_ascii_strncasecmp(key, want, strlen(want)) == 0
					   : g_ascii_strcasecmp(key, want) == 0)
			return true;
	}
	return false;
}

const char *vm_extra(const struct vm_row *vm, const char *key)
{
	for (int i = 0; i < vm->n_extra; i++)
		if (g_ascii_strcasecmp(vm->extra[i].key, key) == 0)
			return vm->extra[i].value;
	return NULL;
}
