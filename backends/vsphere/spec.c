/* spec.c - see spec.h. Orders and types are those of the schema as govmomi's vim25/types has them. */
#include "config.h"
#include "backends/vsphere/spec.h"

#include <string.h>

static const char *word_of(enum tri t)
{
	return t == TRI_YES ? "true" : "false";
}

static void number(GString *out, const char *name, double v)
{
	g_string_append_printf(out, "<%s>%.0f</%s>", name, v, name);
}

static void flag(GString *out, const char *name, enum tri t)
{
	if (t != TRI_UNKNOWN)
		xml_element(out, name, word_of(t));
}

/* ---- a device ---------------------------------------------------------------------------------------------------- */

static void backing(GString *out, const struct spec_device *d)
{
	g_string_append(out, "<backing xsi:type=\"VirtualPCIPassthroughDeviceBackingInfo\">");
	xml_element(out, "deviceName", d->name);
	xml_element(out, "id", d->id);
	xml_element(out, "deviceId", d->device_id);
	xml_element(out, "systemId", d->system_id);
	xml_element(out, "vendorId", d->vendor_id);
	g_string_append(out, "</backing>");
}

static void device_change(GString *out, const struct spec_device *d)
{
	g_string_append(out, "<deviceChange xsi:type=\"VirtualDeviceConfigSpec\">");
	xml_element(out, "operation", d->remove ? "remove" : "add");
	g_string_append(out, "<device xsi:type=\"VirtualPCIPassthrough\">");
	number(out, "key", d->key);
	backing(out, d);
	g_string_append(out, "</device></deviceChange>");
}

/* ---- VirtualMachineConfigSpec ------------------------------------------------------------------------------------ */

static void change_version(GString *out, const struct vm_spec *s)
{
	if (s->change_version && *s->change_version)
		xml_element(out, "changeVersion", s->change_version);
}

static void vcpus(GString *out, const struct vm_spec *s)
{
	if (num_known(s->vcpus))
		number(out, "numCPUs", s->vcpus.v);
}

static void memory_hot_add(GString *out, const struct vm_spec *s)
{
	flag(out, "memoryHotAddEnabled", s->memory_hot_add);
}

static void cpu_hot_add(GString *out, const struct vm_spec *s)
{
	flag(out, "cpuHotAddEnabled", s->cpu_hot_add);
}

static void devices(GString *out, const struct vm_spec *s)
{
	for (int i = 0; i < s->n_devices; i++)
		device_change(out, &s->devices[i]);
}

static void reservation(GString *out, const struct vm_spec *s)
{
	if (!num_known(s->reservation_mb))
		return;
	g_string_append(out, "<memoryAllocation>");
	number(out, "reservation", s->reservation_mb.v);
	g_string_append(out, "</memoryAllocation>");
}

static void extra(GString *out, const struct vm_spec *s)
{
	if (!s->key)
		return;
	g_string_append(out, "<extraConfig xsi:type=\"OptionValue\">");
	xml_element(out, "key", s->key);
	xml_element_with(out, "value", "xsi:type", "xsd:string", s->value);
	g_string_append(out, "</extraConfig>");
}

static void firmware(GString *out, const struct vm_spec *s)
{
	if (s->firmware)
		xml_element(out, "firmware", s->firmware);
}

static void memory_locked(GString *out, const struct vm_spec *s)
{
	flag(out, "memoryReservationLockedToMax", s->memory_locked);
}

static void nested_hv(GString *out, const struct vm_spec *s)
{
	flag(out, "nestedHVEnabled", s->nested_hv);
}

static void (*const vm_spec_writers[])(GString *out, const struct vm_spec *s) = {
	change_version, vcpus, memory_hot_add, cpu_hot_add,   devices,
	reservation,    extra, firmware,       memory_locked, nested_hv,
};

const char *const vm_spec_order[] = {
	"changeVersion",    "numCPUs",      "memoryHotAddEnabled",
	"cpuHotAddEnabled", "deviceChange", "memoryAllocation",
	"extraConfig",      "firmware",     "memoryReservationLockedToMax",
	"nestedHVEnabled",  NULL,
};

void spec_vm(GString *out, const struct vm_spec *spec)
{
	g_string_append(out, "<spec>");
	for (size_t i = 0; i < G_N_ELEMENTS(vm_spec_writers); i++)
		vm_spec_writers[i](out, spec);
	g_string_append(out, "</spec>");
}

/* ---- passthrough of a host --------------------------------------------------------------------------------------- */

void spec_passthru(GString *out, const char *id, bool enabled, enum tri apply_now)
{
	g_string_append(out, "<config xsi:type=\"HostPciPassthruConfig\">");
	xml_element(out, "id", id);
	xml_element(out, "passthruEnabled", enabled ? "true" : "false");
	flag(out, "applyNow", apply_now);
	g_string_append(out, "</config>");
}

const char *spec_device_id(const char *number_text, char buf[5])
{
	gint64 v = g_ascii_strtoll(number_text, NULL, 10);
	g_snprintf(buf, 5, "%x", (unsigned)(v & 0xffff));
	return buf;
}
