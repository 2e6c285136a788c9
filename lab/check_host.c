/* check_host.c - passthrough that did not come up, and fans that lag behind (rules.md section 2). */
#include "config.h"
#include "lab/check.h"

#include "lab/backing.h"
#include "lab/bdf.h"
#include "lab/clock.h"
#include "lab/sensor.h"

#include <string.h>

static void about_device(struct check_out *out, const struct lab_host *h, const struct pci_row *d)
{
	/* a GPU is talked about as its row, which everything else points to as well */
	enum thing kind = backing_is_gpu(d) ? THING_ROW : THING_DEVICE;
	struct ref ref = ref_make(kind, h->ref.source, h->ref.id, d->bdf);
	char *text = g_strdup_printf("%s %s", h->shown, bdf_short(d->bdf));
	check_about(out, &ref, text);
	g_free(text);
}

static bool pci_told(const struct lab *lab, const void *thing)
{
	return ((const struct lab_host *)thing)->row->n_pci > 0;
}

static bool sensors_told(const struct lab *lab, const void *thing)
{
	return ((const struct lab_host *)thing)->sensors != NULL;
}

/* Quiet: the host's own page has nothing where these are missing, and says why. */
static const struct check_need pci = {"its PCI devices", pci_told, true},
			       sensors = {"its sensors", sensors_told, true};

/* A moment of the wall on the lab's clock; 0 not known. */
static int64_t at_ns(const struct lab *lab, int64_t wall_ms)
{
	return wall_ms > 0 && wall_ms <= lab->now_wall_ms
		       ? lab->now_ns - (lab->now_wall_ms - wall_ms) * NS_PER_MS
		       : 0;
}

static void look_stale(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_host *h = thing;
	for (int i = 0; i < h->row->n_pci; i++) {
		const struct pci_row *d = &h->row->pci[i];
		if (d->pt_state != PT_STALE)
			continue;
		about_device(out, h, d);
		check_since(out, at_ns(lab, h->row->boot_ms));
		check_hit(out, "passthrough enabled, not active",
			  "enabled before the last boot of %s, and not active since", h->shown);
	}
}

/* ---- fans -------------------------------------------------------------------------------------------------------- */

/* Whether the event is about this fan: by its name, or by that of no sensor of the host at all. */
static bool is_of_fan(const char *text, const struct lab_host *h, const struct lab_sensor *fan)
{
	g_autofree char *low = g_ascii_strdown(text, -1);
	if (strstr(text, fan->name))
		return true;
	for (guint i = 0; i < h->sensors->len; i++)
		if (strstr(text, ((const struct lab_sensor *)h->sensors->pdata[i])->name))
			return false;
	return strstr(low, "fan") != NULL;
}

/* When the host's fan alarm was raised that has not been cleared since; 0 no event tells. The texts are those of
 * AlarmStatusChangedEvent, "Alarm 'NAME' on ENTITY changed from Green to Yellow" (vSphere 6.0 to 8.0, in English). */
static int64_t alarm_ms(const struct lab *lab, const struct lab_host *h, const struct lab_sensor *fan)
{
	int64_t since = 0;
	for (guint i = 0; i < lab->events->len; i++) {
		const struct event_row *e = lab->events->pdata[i];
		if (strcmp(e->type, "AlarmStatusChangedEvent") != 0 || !strstr(e->text, h->row->name) ||
		    !is_of_fan(e->text, h, fan))
			continue;
		if (strstr(e->text, " to Green"))
			break;
		if (strstr(e->text, " to Yellow") || strstr(e->text, " to Red"))
			since = e->when_ms;
	}
	return since;
}

static void look_fans(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_host *h = thing;
	for (guint i = 0; i < h->sensors->len; i++) {
		const struct lab_sensor *s = h->sensors->pdata[i];
		if (!fan_is_slow(h, s))
			continue;
		g_autofree char *who = g_strdup_printf("%s %s", h->shown, s->name);
		struct ref ref = ref_make(THING_HOST, h->ref.source, h->ref.id, s->name);
		struct num median = fan_median(h, s->unit);
		check_about(out, &ref, who);
		check_since(out, at_ns(lab, alarm_ms(lab, h, s)));
		if (num_known(median))
			check_hit(out, "far slower than its twins", "%.0f %s, its twins %.0f", s->value.v,
				  s->unit, median.v);
		else
			check_hit(out, "it stands", "%.0f %s", s->value.v, s->unit);
	}
}

const struct check check_host_table[] = {
	{.id = "HOST-PT-STALE",
	 .severity = SEV_BLOCK,
	 .scope = THING_HOST,
	 .needs = {&pci},
	 .look = look_stale,
	 .fix = "switch its passthrough off and on again: no reboot"},
	{.id = "HOST-TEMP-FAN",
	 .severity = SEV_WARN,
	 .scope = THING_HOST,
	 .live = true,
	 .needs = {&sensors},
	 .look = look_fans,
	 .fix = "look at the fan and its cable; the BMC sets the fan profile"},
	{NULL},
};
