/* gpu_rows.c - tables of GPUs are grouped by host: how the groups come about, and the line above each. */
#include "config.h"

#include "tui/gpu_rows.h"

#include "lab/sensor.h"
#include "lab/text.h"
#include "tui/draw.h"
#include "tui/format.h"
#include "tui/sensor_words.h"
#include "tui/severity.h"
#include "tui/source_words.h"

#include <string.h>

#define HOST_NAME_MIN 12
#define BESIDE_FANS   20 /* columns that stay for what stands right of them */

/* The host's fans, those that are slow first; the rest in its own order. */
static GPtrArray *fans_in_order(const struct lab_host *host)
{
	GPtrArray *list = g_ptr_array_new();
	for (int slow = 1; slow >= 0; slow--)
		for (guint i = 0; i < host->sensors->len; i++) {
			const struct lab_sensor *s = host->sensors->pdata[i];
			if (sensor_is_fan(s) && fan_is_slow(host, s) == slow)
				g_ptr_array_add(list, host->sensors->pdata[i]);
		}
	return list;
}

/* "fans !1,240 5,410 5,380 +9 rpm · 40s": as many as have room, the first of them always. */
static int draw_fans(const struct lab_host *host, const struct lab *lab, struct canvas *c, int x,
		     struct rect r)
{
	g_autoptr(GPtrArray) fans = fans_in_order(host);
	int end = r.x + MAX(r.w - BESIDE_FANS, r.w / 2);
	bool rpm = false;
	guint i = 0;
	if (!fans->len)
		return x + canvas_text(c, x, r.y, -1, ROLE_DIM,
				       host->sensors->len ? "no fan speeds told" : "no sensors");
	for (; i < fans->len; i++) {
		char buf[FORMAT_SIZE];
		const struct lab_sensor *s = fans->pdata[i];
		bool slow = fan_is_slow(host, s);
		const char *speed = sensor_speed(buf, s, false);
		if (i > 0 && x + slow + text_width(speed) > end)
			break;
		x += canvas_text(c, x, r.y, -1, ROLE_DIM, i ? " " : "fans ");
		if (slow)
			x += canvas_text(c, x, r.y, -1, ROLE_WARN, "!");
		x += canvas_text(c, x, r.y, -1, slow ? ROLE_WARN : ROLE_DIM, speed);
		rpm |= g_ascii_strcasecmp(s->unit, "rpm") == 0;
	}
	if (i < fans->len)
		x += canvas_printf(c, x, r.y, ROLE_DIM, " +%u", fans->len - i);
	char age[FORMAT_SIZE];
	int64_t age_ms = (lab->now_ns - host->sensors_ns) / 1000000;
	return x + canvas_printf(c, x, r.y, ROLE_DIM, "%s · %s", rpm ? " rpm" : "", format_age(age, age_ms));
}

/* Watts of the cards of one host together; not known when no card tells. */
static struct num cards_power(const struct lab *lab, const struct lab_host *host)
{
	struct num sum = num_none(NUM_UNKNOWN);
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		struct num n = lab_row_metric(r, M_POWER_W, NULL);
		if (r->host == host && !r->parent && num_known(n))
			sum = num_of((num_known(sum) ? sum.v : 0) + n.v);
	}
	return sum;
}

static void draw_right(const struct lab_host *host, const struct lab *lab, struct canvas *c, struct rect r,
		       int from)
{
	char buf[FORMAT_SIZE], line[96] = "";
	const struct lab_sensor *air = host_inlet(host);
	struct num power = cards_power(lab, host);
	if (air)
		g_snprintf(line, sizeof line, "air %s", format_num(buf, air->value, 0, "°C", false));
	if (num_known(power)) {
		g_autofree char *watts = g_strdup_printf("%scards %s", *line ? "   " : "",
							 format_num(buf, power, 0, " W", false));
		g_strlcat(line, watts, sizeof line);
	}
	int x = r.x + r.w - text_width(line) - 1;
	if (*line && x > from + 1)
		canvas_text(c, x, r.y, -1, ROLE_DIM, line);
}

void gpu_rows_draw_group(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct lab_row *first = row->item;
	const struct lab_host *host = first->host;
	int x = r.x + 1;
	if (!host) {
		const char *name = first->guest ? first->guest->ref.source : "elsewhere";
		x += canvas_text(c, x, r.y, -1, ROLE_TITLE, name);
		if (first->guest && first->guest->row->transport == TRANSPORT_LOCAL)
			canvas_text(c, x + 2, r.y, -1, ROLE_DIM, "this machine");
		return;
	}
	int name_w = MIN(text_width(host->shown), MAX(r.w / 3, HOST_NAME_MIN));
	draw_name(c, x, r.y, name_w, host->stale ? ROLE_STALE : ROLE_TITLE, host->shown);
	x += name_w + 2;
	if (host->stale) {
		char silence[64];
		source_silence_of_host(lab, host, silence, sizeof silence);
		x += canvas_text(c, x, r.y, -1, ROLE_STALE, silence) + 2;
	}
	if (host->sensors)
		x = draw_fans(host, lab, c, x, r);
	draw_right(host, lab, c, r, x);
}

static bool same_group(const struct lab_row *a, const struct lab_row *b)
{
	if (a->host || b->host)
		return a->host == b->host;
	return a->guest == b->guest;
}

bool gpu_rows_fold(const struct lab *lab)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (!r->parent && lab_spares_to_fold(lab, i) > 0)
			return true;
	}
	return false;
}

static struct table_row *add_row(struct table *t, const struct lab_row *r)
{
	struct table_row *row = table_row(t, &r->ref, r);
	row->depth = r->parent ? 1 : 0;
	row->mark = severity_mark(r->severity, &row->mark_role);
	return row;
}

/* Behind the parts of a card: the line for those that are folded. */
static void end_card(struct table *t, const struct lab_row *worst, int folded)
{
	if (worst)
		add_row(t, worst)->counts = folded;
}

void gpu_rows_fill(struct table *t, const struct lab *lab, bool spares)
{
	const struct lab_row *last = NULL, *worst = NULL;
	int folded = 0;
	table_begin(t);
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		if (!r->parent) {
			end_card(t, worst, folded);
			worst = NULL;
			folded = spares ? 0 : lab_spares_to_fold(lab, i);
		}
		if (!last || !same_group(last, r))
			table_group(t, NULL, r);
		last = r;
		struct table_row *row = add_row(t, r);
		row->folded = folded > 0 && lab_row_is_spare(r);
		if (row->folded && (!worst || r->severity > worst->severity))
			worst = r;
	}
	end_card(t, worst, folded);
	table_end(t, lab);
}
