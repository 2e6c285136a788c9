/* check_host.c - passthrough that did not come up, and fans that lag behind (rules.md section 2). */
#include "config.h"
#include "lab/check.h"

#include "lab/backing.h"
#include "lab/bdf.h"

#include <stdlib.h>

#define SLOW_SHARE 0.5 /* of its twins' median */
#define LEAST_FANS 3

static void about_device(struct check_out *out, const struct lab_host *h, const struct pci_row *d)
{
	/* a GPU is talked about as its row, which everything else points to as well */
	enum thing kind = backing_is_gpu(d) ? THING_ROW : THING_DEVICE;
	struct ref ref = ref_make(kind, h->ref.source, h->ref.id, d->bdf);
	char *text = g_strdup_printf("%s %s", h->name, bdf_short(d->bdf));
	check_about(out, &ref, text);
	g_free(text);
}

static void look_stale(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_host *h = thing;
	for (int i = 0; i < h->row->n_pci; i++) {
		const struct pci_row *d = &h->row->pci[i];
		if (d->pt_state != PT_STALE)
			continue;
		about_device(out, h, d);
		check_hit(out, "passthrough enabled, not active",
			  "enabled before the last boot of %s, and not active since", h->name);
	}
}

/* ---- fans -------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* A fan that stands and is healthy to the board is an empty place. */
static bool turning_fan(const struct lab_sensor *s)
{
	return g_ascii_strcasecmp(s->type, "fan") == 0 && num_known(s->value) &&
	       (s->value.v > 0 || s->health == SENSOR_RED || s->health == SENSOR_YELLOW);
}

static void look_fans(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_host *h = thing;
	GArray *speeds = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; h->sensors && i < h->sensors->len; i++) {
		const struct lab_sensor *s = h->sensors->pdata[i];
		if (turning_fan(s))
			g_array_append_val(speeds, s->value.v);
	}
	g_array_sort(speeds, by_value);
	double median = speeds->len >= LEAST_FANS ? g_array_index(speeds, double, speeds->len / 2) : 0;
	for (guint i = 0; median > 0 && i < h->sensors->len; i++) {
		const struct lab_sensor *s = h->sensors->pdata[i];
		if (!turning_fan(s) || s->value.v >= median * SLOW_SHARE)
			continue;
		char *who = g_strdup_printf("%s %s", h->name, s->name);
		struct ref ref = ref_make(THING_HOST, h->ref.source, h->ref.id, s->name);
		check_about(out, &ref, who);
		check_hit(out, "far slower than its twins", "%.0f %s, its twins %.0f", s->value.v,
			  g_ascii_strcasecmp(s->unit, "rpm") == 0 ? "rpm" : s->unit, median);
		g_free(who);
	}
	g_array_unref(speeds);
}

const struct check check_host_table[] = {
	{"HOST-PT-STALE", SEV_BLOCK, THING_HOST, look_stale,
	 "switch its passthrough off and on again: no reboot"},
	{"HOST-TEMP-FAN", SEV_WARN, THING_HOST, look_fans,
	 "look at the fan and its cable; the BMC sets the fan profile"},
	{NULL},
};
