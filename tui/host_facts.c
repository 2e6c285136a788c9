/* host_facts.c - counts, sensors and sentences about one host. */
#include "config.h"

#include "tui/host_facts.h"

#include "lab/sensor.h"
#include "lab/text.h"
#include "tui/draw.h"
#include "tui/format.h"
#include "tui/sensor_words.h"
#include "tui/source_words.h"

#include <string.h>

int host_count_gpus(const struct lab *lab, const struct lab_host *host)
{
	int n = 0;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		n += r->host == host && !r->parent;
	}
	return n;
}

int host_count_vms(const struct lab *lab, const struct lab_host *host)
{
	int n = 0;
	for (guint i = 0; i < lab->vms->len; i++)
		n += ((const struct lab_vm *)lab->vms->pdata[i])->host == host;
	return n;
}

bool finding_is_of_host(const struct finding *f, const struct ref *host)
{
	return f->subject.kind == THING_HOST && strcmp(f->subject.source, host->source) == 0 &&
	       strcmp(f->subject.id, host->id) == 0;
}

int host_severity(const struct lab *lab, const struct lab_host *host)
{
	int worst = 0;
	for (guint i = 0; i < lab->findings->len; i++) {
		const struct finding *f = lab->findings->pdata[i];
		if (!f->unknown && finding_is_of_host(f, &host->ref))
			worst = MAX(worst, (int)f->severity);
	}
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *r = lab->rows->pdata[i];
		worst = r->host == host ? MAX(worst, r->severity) : worst;
	}
	return worst;
}

const struct lab_host *host_of_subject(const struct lab *lab, const struct ref *subject)
{
	const struct lab_host *host = NULL;
	if (subject && subject->kind == THING_HOST)
		host = lab_find_host(lab, subject);
	if (subject && subject->kind == THING_ROW) {
		const struct lab_row *row = lab_find_row(lab, subject);
		host = row ? row->host : NULL;
	}
	for (guint i = 0; !host && !subject && i < lab->hosts->len; i++)
		if (host_count_gpus(lab, lab->hosts->pdata[i]))
			host = lab->hosts->pdata[i];
	return host ? host : !subject && lab->hosts->len ? lab->hosts->pdata[0] : NULL;
}

static void draw_what(const struct lab_host *host, const struct lab *lab, struct canvas *c, int x, int y)
{
	const struct host_row *h = host->row;
	g_autoptr(GString) line = g_string_new(NULL);
	g_string_append_printf(line, "%s %s", h->vendor, h->model);
	g_strstrip(line->str);
	g_string_set_size(line, strlen(line->str));
	if (*h->cpu_model)
		format_part(line, " · ", "%s", h->cpu_model);
	if (*h->build)
		format_part(line, " · ", "build %s", h->build);
	canvas_text(c, x, y, -1, ROLE_DIM, line->str);
}

#define SENSOR_W    40
#define VALUE_W     11
#define SENSOR_RANK 4

/* What is wrong comes first, then what is measured, then what has a state only. */
static int sensor_rank(const struct lab_host *host, const struct lab_sensor *s)
{
	if (sensor_is_faulty(s))
		return s->health == SENSOR_RED ? 0 : 1;
	if (fan_is_slow(host, s))
		return 1;
	return sensor_is_state(s) ? 3 : 2;
}

static GPtrArray *sensors_in_order(const struct lab_host *host)
{
	GPtrArray *list = g_ptr_array_sized_new(host->sensors->len);
	for (int rank = 0; rank < SENSOR_RANK; rank++)
		for (guint i = 0; i < host->sensors->len; i++)
			if (sensor_rank(host, host->sensors->pdata[i]) == rank)
				g_ptr_array_add(list, host->sensors->pdata[i]);
	return list;
}

static void draw_sensor(const struct lab_host *host, const struct lab_sensor *s, struct canvas *c,
			struct rect r)
{
	char buf[FORMAT_SIZE], name[96];
	const char *value = sensor_value(buf, s);
	int width = CLAMP(text_width(value) + 1, VALUE_W, MAX(r.w / 2, VALUE_W));
	enum glyph mark = sensor_mark(host, s);
	if (mark != G_CURSOR)
		canvas_glyph(c, r.x - 1, r.y, sensor_role(host, s), mark);
	sensor_name(name, sizeof name, host, s, r.w - width - 1);
	draw_text(c, r.x, r.y, r.w - width - 1, ALIGN_LEFT, ROLE_DIM, name);
	draw_text(c, r.x + r.w - width, r.y, width - 1, ALIGN_RIGHT,
		  sensor_is_state(s) ? sensor_role(host, s)
				     : format_num_role(s->value, false, sensor_role(host, s)),
		  value);
}

/* How wide a column is: for whole names where that takes no more than half of the rows, else for as many as there can be. */
static int sensor_width(const GPtrArray *list, struct rect r)
{
	int widest = SENSOR_W, most = MAX(r.w / SENSOR_W, 1);
	for (guint i = 0; i < list->len; i++) {
		const struct lab_sensor *s = list->pdata[i];
		widest = MAX(widest, text_width(s->name) + VALUE_W + 2);
	}
	int columns = r.w / widest, rows = columns ? ((int)list->len + columns - 1) / columns : r.h;
	return columns && columns < most && rows <= r.h / 2 ? widest : MAX(r.w / most, 1);
}

/* In columns, first down, then right; where not all of them have room the last line says how many are left out. Returns the
 * rows used. */
static int draw_sensors(const struct lab_host *host, struct canvas *c, struct rect r)
{
	g_autoptr(GPtrArray) list = sensors_in_order(host);
	int n = (int)list->len, width = sensor_width(list, r), columns = MAX(r.w / width, 1);
	int rows = (n + columns - 1) / columns;
	bool more = rows > r.h;
	rows = MIN(rows, MAX(r.h - more, 0));
	for (int i = 0; i < n && i < rows * columns; i++)
		draw_sensor(host, list->pdata[i], c,
			    rect_of(r.x + 1 + (i / rows) * width, r.y + i % rows, width - 1, 1));
	if (more && r.h > 0)
		canvas_printf(c, r.x + 1, r.y + rows, ROLE_DIM, "%d more sensors", n - rows * columns);
	return rows + more;
}

/* The kinds of share that its vGPU driver can cut a card into. */
static int draw_profiles(const struct lab_host *host, struct canvas *c, struct rect r)
{
	if (!host->row->vgpu_profiles || !host->row->vgpu_profiles[0] || r.h < 4)
		return 0;
	g_autofree char *list = g_strjoinv(" · ", (char **)host->row->vgpu_profiles);
	g_autofree char *line = g_strconcat("vGPU profiles  ", list, NULL);
	return draw_wrapped(c, rect_of(r.x + 1, r.y, r.w - 2, 2), ROLE_DIM, line);
}

int host_draw_facts(const struct lab_host *host, const struct lab *lab, struct canvas *c, struct rect r)
{
	char buf[FORMAT_SIZE];
	int top = r.y;
	g_autofree char *title = NULL;
	if (host->sensors && host->sensors->len)
		title = g_strdup_printf("%s: sensors, read %s ago, at most once a minute", host->shown,
					format_duration(buf, (lab->now_ns - host->sensors_ns) / 1000000));
	else
		title = g_strdup_printf("%s", host->shown);
	draw_rule(c, r.x, r.y, r.w, title);
	draw_what(host, lab, c, r.x + 1, r.y + 1);
	rect_cut_top(&r, 2);
	if (host->stale) {
		source_draw_silence_of_host(lab, host, c, r.x + 1, r.y);
		rect_cut_top(&r, 1);
	}
	for (int i = 0; host->row->partial && host->row->partial[i] && r.h > 2; i++) {
		canvas_printf(c, r.x + 1, r.y, ROLE_WARN, "not read: %s", host->row->partial[i]);
		rect_cut_top(&r, 1);
	}
	if (host->also) {
		canvas_printf(c, r.x + 1, r.y, ROLE_DIM,
			      "also known through %s; the fresher of both is shown", host->also->source);
		rect_cut_top(&r, 1);
	}
	rect_cut_top(&r, draw_profiles(host, c, r));
	rect_cut_top(&r, r.h > 4 ? 1 : 0);
	if (host->sensors && host->sensors->len)
		return r.y - top + draw_sensors(host, c, r);
	if (!host->sensors)
		canvas_text(c, r.x + 1, r.y, -1, ROLE_DIM,
			    host->row->is_local ? "Sensors of this machine are not read."
						: "Sensors were not told yet.");
	else
		canvas_text(c, r.x + 1, r.y, -1, ROLE_DIM,
			    "no sensors: this board tells the hypervisor of none");
	return r.y - top + 1;
}

static void draw_store(const struct lab_store *store, struct canvas *c, int x, int y)
{
	char free_bytes[FORMAT_SIZE], all[FORMAT_SIZE];
	const struct datastore_row *d = store->row;
	const char *old = store->stale ? "~" : "";
	bool known = num_known(d->capacity_bytes) && num_known(d->free_bytes) && d->capacity_bytes.v > 0;
	enum role text = store->stale ? ROLE_STALE : ROLE_TEXT;
	draw_text(c, x, y, 24, ALIGN_LEFT, d->accessible == TRI_NO ? ROLE_WARN : text,
		  *store->name ? store->name : "-");
	draw_text(c, x + 25, y, 6, ALIGN_LEFT, ROLE_DIM, d->type);
	if (known)
		draw_bar(c, x + 32, y, 10, store->stale ? ROLE_STALE : ROLE_BAR,
			 1 - d->free_bytes.v / d->capacity_bytes.v);
	if (d->partial && d->partial[0]) {
		canvas_printf(c, x + 44, y, ROLE_WARN, "not read: %s", d->partial[0]);
		return;
	}
	g_autofree char *free_now = g_strconcat(old, format_bytes(free_bytes, d->free_bytes), NULL);
	draw_text(c, x + 43, y, 6, ALIGN_RIGHT, known ? text : ROLE_DIM, free_now);
	int at = x + 50 +
		 canvas_printf(c, x + 50, y, ROLE_DIM, "free of %s", format_bytes(all, d->capacity_bytes));
	if (d->accessible == TRI_NO)
		canvas_text(c, MAX(at + 2, x + 67), y, -1, ROLE_WARN, "not accessible");
}

void host_draw_datastores(const struct lab *lab, struct canvas *c, struct rect r)
{
	int n = (int)lab->datastores->len;
	draw_rule(c, r.x, r.y, r.w, "datastores");
	rect_cut_top(&r, 1);
	int shown = n > r.h ? r.h - 1 : n;
	for (int i = 0; i < shown; i++)
		draw_store(lab->datastores->pdata[i], c, r.x + 1, r.y + i);
	if (shown >= 0 && shown < n)
		canvas_printf(c, r.x + 1, r.y + shown, ROLE_DIM, "%d more datastores", n - shown);
}
