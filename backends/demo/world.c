/* world.c - the built-in lab's state, and the steps that change it. */
#include "config.h"
#include "backends/demo/world.h"

#include "backends/demo/post.h"
#include "lab/error.h"
#include "lab/mmio.h"

#include <string.h>

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct world *world_new(void)
{
	struct world *w = g_new0(struct world, 1);
	w->hosts[DEMO_ESX01].boot_ms = w->hosts[DEMO_ESX02].boot_ms = DEMO_BOOTED_MS;
	w->vms = g_array_new(FALSE, TRUE, sizeof(struct world_vm));
	w->devices = g_array_new(FALSE, TRUE, sizeof(struct world_device));
	demo_begin_vms(w->vms);
	demo_begin_devices(w->devices);
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	for (guint i = 0; i < w->vms->len; i++)
		g_hash_table_unref(g_array_index(w->vms, struct world_vm, i).extra);
	g_array_unref(w->vms);
	g_array_unref(w->devices);
	g_free(w);
}

struct world_vm *world_vm(const struct world *w, enum demo_source host, const char *moref)
{
	for (guint i = 0; i < w->vms->len; i++) {
		struct world_vm *vm = &g_array_index(w->vms, struct world_vm, i);
		if (vm->host == host && strcmp(vm->moref, moref) == 0)
			return vm;
	}
	return NULL;
}

struct world_device *world_device(const struct world *w, enum demo_source host, const char *bdf)
{
	for (guint i = 0; i < w->devices->len; i++) {
		struct world_device *d = &g_array_index(w->devices, struct world_device, i);
		if (d->host == host && strcmp(d->bdf, bdf) == 0)
			return d;
	}
	return NULL;
}

/* ---- who lives where --------------------------------------------------------------------------------------------- */

static const struct {
	enum demo_source source, host;
	const char *moref;
} homes[] = {
	{DEMO_LLM_1, DEMO_ESX01, "4"}, {DEMO_OLLAMA, DEMO_ESX01, "4"}, {DEMO_VLLM_1, DEMO_ESX02, "3"},
	{DEMO_VLLM, DEMO_ESX02, "3"},  {DEMO_VGPU_1, DEMO_ESX02, "5"},
};

bool world_source_runs(const struct world *w, enum demo_source source)
{
	for (gsize i = 0; i < G_N_ELEMENTS(homes); i++) {
		const struct world_vm *vm =
			homes[i].source == source ? world_vm(w, homes[i].host, homes[i].moref) : NULL;
		if (vm)
			return vm->on;
	}
	return true;
}

void world_tell_sim(const struct world *w, struct sim *sim)
{
	static const enum demo_source users[CARD_COUNT] = {
		[CARD_03] = DEMO_LLM_1,      [CARD_43] = DEMO_LLM_1,   [CARD_83] = DEMO_LLM_1,
		[CARD_C3] = DEMO_LLM_1,      [CARD_A30] = DEMO_VLLM_1, [CARD_A40] = DEMO_VGPU_1,
		[CARD_IDLE_A30] = DEMO_ESX02};
	for (int i = 0; i < CARD_COUNT; i++)
		sim->idle[i] = !world_source_runs(w, users[i]);
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, LAB_ERROR, LAB_ERR_CONFLICT, "%s", text);
	return false;
}

static const struct world_vm *holder(const struct world *w, const struct world_vm *but, const char *bdf)
{
	for (guint i = 0; i < w->vms->len; i++) {
		const struct world_vm *vm = &g_array_index(w->vms, struct world_vm, i);
		for (int k = 0; vm != but && vm->host == but->host && vm->on && k < vm->n_devices; k++)
			if (strcmp(vm->devices[k].bdf, bdf) == 0)
				return vm;
	}
	return NULL;
}

static bool mmio_fits(const struct world_vm *vm)
{
	double sum = 0;
	for (int i = 0; i < vm->n_devices; i++) {
		const struct pci_row card = {.vendor_id = vm->devices[i].vendor_id,
					     .device_id = vm->devices[i].device_id};
		sum += vm->devices[i].kind == VMDEV_VGPU ? 0 : MAX(mmio_card_gib(&card), 0);
	}
	const char *size = g_hash_table_lookup(vm->extra, MMIO_SIZE_KEY);
	return mmio_window_gb(sum) == 0 || (g_hash_table_contains(vm->extra, MMIO_USE_KEY) && vm->efi &&
					    mmio_size_gb(size) >= mmio_window_gb(sum));
}

static bool may_start(const struct world *w, const struct world_vm *vm, GError **error)
{
	if (w->hosts[vm->host].maintenance)
		return refuse(error, "The operation is not allowed in the current state: the host is in "
				     "maintenance mode");
	if (vm->n_devices > 0 && !vm->reserved)
		return refuse(error,
			      "Invalid memory setting: memory reservation (sched.mem.min) should be equal to "
			      "memsize(%d)",
			      vm->memory_gib * 1024);
	for (int i = 0; i < vm->n_devices; i++) {
		const char *bdf = vm->devices[i].bdf;
		const struct world_device *d = world_device(w, vm->host, bdf);
		const struct world_vm *other = vm->devices[i].kind == VMDEV_VGPU ? NULL : holder(w, vm, bdf);
		if (other)
			return refuse(error, "Device %s is already in use by %s", bdf, other->name);
		if (vm->devices[i].kind == VMDEV_FIXED && !(d && d->active))
			return refuse(error, "Device %s is not a passthrough device", bdf);
	}
	return mmio_fits(vm) ||
	       refuse(error, "Module 'DevicePowerOn' power on failed: the 64-bit MMIO window "
			     "is too small");
}

/* ---- VMs --------------------------------------------------------------------------------------------------------- */

static bool yes(const struct step *s)
{
	return strcmp(s->want, "on") == 0;
}

static bool set_power(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	if (yes(s) == vm->on)
		return refuse(error, "The attempted operation cannot be performed in the current state (%s)",
			      vm->on ? "Powered on" : "Powered off");
	if (yes(s) && !may_start(w, vm, error))
		return false;
	vm->on = yes(s);
	return true;
}

static bool attach(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	const struct world_device *d = world_device(w, vm->host, s->key);
	if (!d || !d->active)
		return refuse(error, "Device %s is not a passthrough device", s->key);
	if (vm->snapshots > 0)
		return refuse(error, "The operation is not supported on the object: it has snapshots");
	if (vm->n_devices == WORLD_DEVICES)
		return refuse(error, "The virtual machine has the maximum of %d PCI devices", WORLD_DEVICES);
	struct vm_device *device = &vm->devices[vm->n_devices];
	*device = (struct vm_device){
		.key = 13000 + vm->n_devices, .kind = VMDEV_FIXED, .profile = "", .label = "PCI device"};
	g_strlcpy(device->bdf, d->bdf, sizeof device->bdf);
	demo_device_ids(d->host, d->bdf, &device->vendor_id, &device->device_id);
	vm->n_devices++;
	return true;
}

static bool set_device(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	if (strcmp(s->want, "attached") == 0)
		return attach(w, vm, s, error);
	for (int i = 0; i < vm->n_devices; i++)
		if (strcmp(vm->devices[i].bdf, s->key) == 0) {
			vm->devices[i] = vm->devices[--vm->n_devices];
			return true;
		}
	return refuse(error, "The device %s does not exist on the virtual machine", s->key);
}

static bool set_extra(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	if (*s->want)
		g_hash_table_replace(vm->extra, g_strdup(s->key), g_strdup(s->want));
	else
		g_hash_table_remove(vm->extra, s->key);
	return true;
}

static bool set_reservation(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->reserved = strcmp(s->want, "all") == 0;
	vm->reserved_mb = (int)g_ascii_strtoll(s->want, NULL, 10);
	return true;
}

static bool set_firmware(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->efi = strcmp(s->want, "efi") == 0;
	return true;
}

static bool set_cpu_hot_add(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->cpu_hot_add = yes(s);
	return true;
}

static bool set_memory_hot_add(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->memory_hot_add = yes(s);
	return true;
}

static bool set_nested(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->nested = yes(s);
	return true;
}

static bool set_vcpus(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->vcpus = (int)g_ascii_strtoll(s->want, NULL, 10);
	return true;
}

static bool remove_snapshots(struct world *w, struct world_vm *vm, const struct step *s, GError **error)
{
	vm->snapshots = 0;
	return true;
}

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

static bool set_passthrough(struct world *w, enum demo_source host, const struct step *s, int64_t wall_ms,
			    GError **error)
{
	g_auto(GStrv) bdfs = g_strsplit(s->key, ",", -1), wants = g_strsplit(s->want, ",", -1);
	for (char **bdf = bdfs; *bdf; bdf++) {
		const struct world_device *d = world_device(w, host, *bdf);
		if (!d || !d->capable)
			return refuse(error, "Device %s cannot be passed through", *bdf);
	}
	for (guint i = 0; bdfs[i]; i++) {
		const char *want = wants[MIN(i, g_strv_length(wants) - 1)];
		struct world_device *d = world_device(w, host, bdfs[i]);
		if (!d)
			continue;
		d->enabled = strcmp(want, "enabled") == 0;
		d->stale = d->stale && d->enabled;
	}
	return true;
}

static bool set_maintenance(struct world *w, enum demo_source host, const struct step *s, int64_t wall_ms,
			    GError **error)
{
	for (guint i = 0; yes(s) && i < w->vms->len; i++) {
		const struct world_vm *vm = &g_array_index(w->vms, struct world_vm, i);
		if (vm->host == host && vm->on)
			return refuse(error, "Operation timed out: %s is still powered on", vm->name);
	}
	w->hosts[host].maintenance = yes(s);
	return true;
}

/* esx01 is an ESXi 7.0: devices that were enabled before this boot do not become active by it (HOST-PT-STALE). */
static bool reboot(struct world *w, enum demo_source host, const struct step *s, int64_t wall_ms,
		   GError **error)
{
	if (!w->hosts[host].maintenance)
		return refuse(error, "The operation is not allowed in the current state: the host is not in "
				     "maintenance mode");
	w->hosts[host].boot_ms = wall_ms;
	for (guint i = 0; i < w->devices->len; i++) {
		struct world_device *d = &g_array_index(w->devices, struct world_device, i);
		if (d->host != host || d->enabled == d->active)
			continue;
		d->stale = d->enabled && (host == DEMO_ESX01 || d->stale);
		d->active = d->enabled && !d->stale;
	}
	return true;
}

/* Off and on once more: what the bounded repair does. */
static bool repair(struct world *w, enum demo_source host, const struct step *s, int64_t wall_ms,
		   GError **error)
{
	g_auto(GStrv) bdfs = g_strsplit(s->key, ",", -1);
	for (char **bdf = bdfs; *bdf; bdf++) {
		struct world_device *d = world_device(w, host, *bdf);
		if (!d)
			return refuse(error, "There is no device %s", *bdf);
		d->active = d->enabled;
		d->stale = false;
	}
	return true;
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *op;
	int ms;   /* how long it takes here: enough to be seen */
	bool off; /* InvalidPowerState while the VM is on */
	bool (*vm)(struct world *w, struct world_vm *vm, const struct step *s, GError **error);
	bool (*host)(struct world *w, enum demo_source host, const struct step *s, int64_t wall_ms,
		     GError **error);
} deeds[] = {
	{"vm.shutdown", 800, .vm = set_power},
	{"vm.power-off", 200, .vm = set_power},
	{"vm.power-on", 400, .vm = set_power},
	{"vm.remove-snapshots", 600, .vm = remove_snapshots},
	{"vm.firmware", 50, true, .vm = set_firmware},
	{"vm.reserve-all-memory", 50, true, .vm = set_reservation},
	{"vm.cpu-hot-add", 50, true, .vm = set_cpu_hot_add},
	{"vm.memory-hot-add", 50, true, .vm = set_memory_hot_add},
	{"vm.nested-hv", 50, true, .vm = set_nested},
	{"vm.vcpus", 50, true, .vm = set_vcpus},
	{"vm.extra-config", 50, true, .vm = set_extra},
	{"vm.pci-device", 100, true, .vm = set_device},
	{"host.passthrough", 300, .host = set_passthrough},
	{"host.enter-maintenance", 300, .host = set_maintenance},
	{"host.exit-maintenance", 300, .host = set_maintenance},
	{"host.reboot", 2500, .host = reboot},
	{"host.passthrough-active", 300, .host = repair},
};

static int deed_of(const struct step *s)
{
	for (gsize i = 0; i < G_N_ELEMENTS(deeds); i++)
		if (strcmp(deeds[i].op, s->ops->name) == 0)
			return (int)i;
	return -1;
}

int world_step_ms(const struct step *s)
{
	int deed = deed_of(s);
	return deed < 0 ? 0 : deeds[deed].ms;
}

bool world_apply(struct world *w, const struct step *s, int64_t wall_ms, GError **error)
{
	int deed = deed_of(s);
	enum demo_source host = strcmp(s->target.source, "esx02") == 0 ? DEMO_ESX02 : DEMO_ESX01;
	if (deed < 0)
		return refuse(error, "%s: the built-in lab cannot do that", s->ops->name);
	if (deeds[deed].host)
		return deeds[deed].host(w, host, s, wall_ms, error);
	struct world_vm *vm = world_vm(w, host, s->target.moref);
	if (!vm)
		return refuse(error,
			      "The object has already been deleted or has not been completely created");
	if (deeds[deed].off && vm->on)
		return refuse(error, "The attempted operation cannot be performed in the current state "
				     "(Powered on)");
	vm->changes++;
	return deeds[deed].vm(w, vm, s, error);
}
