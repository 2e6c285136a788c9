/* slot.c - decoding of pciSlotNumber, safe against tables that loop or lack an entry. */
#include "config.h"
#include "lab/slot.h"

#include <string.h>

#define DEVICE_OF(n)   ((n)&31)
#define BRIDGE_OF(n)   ((n) >> 5 & 31)
#define FUNCTION_OF(n) ((n) >> 10 & 7)
#define NUMBER_MAX     0x1fff

static bool valid_number(gint64 n)
{
	return n >= 0 && n <= NUMBER_MAX;
}

static bool bridge_number(const struct vm_row *vm, int bridge, int *number)
{
	char key[40];
	g_snprintf(key, sizeof key, "pciBridge%d.pciSlotNumber", bridge);
	const char *text = vm_extra(vm, key);
	gint64 n;
	if (!text || !g_ascii_string_to_signed(text, 10, 0, NUMBER_MAX, &n, NULL))
		return false;
	*number = (int)n;
	return true;
}

static void reverse(struct slot_path *path)
{
	for (int i = 0, k = path->n - 1; i < k; i++, k--) {
		typeof(path->hop[0]) hop = path->hop[i];
		path->hop[i] = path->hop[k];
		path->hop[k] = hop;
	}
}

bool slot_decode(const struct vm_row *vm, int number, struct slot_path *out)
{
	int function = 0; /* the device's own; a bridge's is told by what hangs below it */
	out->n = 0;
	if (!valid_number(number))
		return false;
	for (;;) {
		if (out->n > SLOT_DEPTH)
			return false;
		out->hop[out->n].device = (uint8_t)DEVICE_OF(number);
		out->hop[out->n++].function = (uint8_t)function;
		if (BRIDGE_OF(number) == 0)
			break;
		function = FUNCTION_OF(number);
		if (!bridge_number(vm, BRIDGE_OF(number) - 1, &number))
			return false;
	}
	reverse(out);
	return true;
}

/* The ":dd.f" at the end of one component of a path. */
static bool component_is(const char *component, unsigned device, unsigned function)
{
	char want[8];
	gsize n = strlen(component);
	g_snprintf(want, sizeof want, ":%02x.%x", device, function);
	return n >= 5 && g_ascii_strcasecmp(component + n - 5, want) == 0;
}

bool slot_is_path(const struct slot_path *path, const char *guest_path)
{
	if (!*guest_path)
		return false;
	char **parts = g_strsplit(guest_path, "/", SLOT_DEPTH + 2);
	bool same = (int)g_strv_length(parts) == path->n;
	for (int i = 0; same && i < path->n; i++)
		same = component_is(parts[i], path->hop[i].device, path->hop[i].function);
	g_strfreev(parts);
	return same;
}

void slot_describe(const struct slot_path *path, char *out, size_t size)
{
	GString *s = g_string_new(path->n > 2 ? "bridges " : path->n == 2 ? "bridge " : "");
	for (int i = 0; i < MAX(path->n - 1, 1); i++)
		g_string_append_printf(s, "%s%02x.%x", i ? ", " : "00:", path->hop[i].device,
				       path->hop[i].function);
	g_strlcpy(out, s->str, size);
	g_string_free(s, TRUE);
}
