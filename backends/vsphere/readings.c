/* readings.c - what is read by the clock, since no update tells of it: hardware sensors and the gpu.* counters. */
#include "config.h"
#include "backends/vsphere/readings.h"

#include <string.h>

struct sensor_reading {
	struct backend *b;
	struct post *post;
	struct known_table *known;
	int64_t interval_ms;
};

static void put_partial(struct box *box, void *row, void *data)
{
	((struct vs_host *)row)->row.partial = row_copy_strings(box, data);
}

static bool same_texts(const char *const *a, const char *const *b)
{
	static const char *const none[] = {NULL};
	return g_strv_equal(a ? a : none, b ? b : none);
}

/* That sensors may not be read is told with the host, beside what else is refused of it; and that they may be again. */
static void note_refusal(const struct sensor_reading *r, struct draft *d)
{
	const struct known *k = known_at(r->known, HOSTS, d->moref);
	const struct host_row *host = &((const struct vs_host *)k->row)->row;
	const char *const *partial = row_partial(d, host->partial);
	if (!same_texts(partial, host->partial))
		known_put(r->known, HOSTS, k->moref,
			  post_row(r->post, &host_kind, k->row, put_partial, (void *)partial));
}

static bool begin_sensors(void *data, struct draft *d)
{
	const struct sensor_reading *r = data;
	const struct host_row *host = known_host(r->known, d->moref);
	return host && (host->state == HOST_CONNECTED || host->state == HOST_MAINTENANCE);
}

static void end_sensors(void *data, struct draft *d)
{
	static const size_t texts[] = {offsetof(struct sensor_row, name), offsetof(struct sensor_row, type),
				       offsetof(struct sensor_row, unit), offsetof(struct sensor_row, state)};
	const struct sensor_reading *r = data;
	const struct vs_sensors *read = d->row;
	note_refusal(r, d);
	if (d->missing->len)
		return; /* not "no sensors": they may not be read */
	sensors_kind.finish(d, NULL);
	struct obs *obs = obs_new(OBS_SENSORS, r->b->target);
	struct obs_sensors *out = box_new0(obs->box, struct obs_sensors);
	out->host = box_raw(obs->box, d->moref, -1);
	out->n_rows = read->n_rows;
	out->interval_ms = r->interval_ms;
	out->rows = box_array0(obs->box, struct sensor_row, (size_t)MAX(read->n_rows, 1));
	for (int i = 0; i < read->n_rows; i++) {
		out->rows[i] = read->rows[i];
		row_copy_texts(obs->box, &out->rows[i], texts, G_N_ELEMENTS(texts));
	}
	obs->u.sensors = out;
	post_obs(r->post, obs);
}

static void sensors_page(void *data, enum props_page how)
{
	const struct sensor_reading *r = data;
	post_page(r->post, r->known, how);
}

bool readings_sensors(struct backend *b, struct vim *v, struct prop_limits *limits, const char *objects,
		      int64_t interval_ms, struct post *post, struct known_table *known, GError **error)
{
	static const struct prop_read reads[] = {{&sensors_kind.type, SET_LIVE}, {0}};
	static const struct props_handler handler = {begin_sensors, end_sensors, sensors_page};
	struct sensor_reading reading = {b, post, known, interval_ms};
	struct collector_query q = {.what = "reading hardware sensors",
				    .reads = reads,
				    .objects = objects,
				    .handler = &handler,
				    .data = &reading};
	bool good = collector_read(v, limits, &q, error);
	post_flush(post, false);
	return good;
}

static void put_counters(struct box *box, void *row, void *data)
{
	counters_apply(data, &((struct vs_host *)row)->row);
}

bool readings_counters(struct counters *counters, struct post *post, struct known_table *known,
		       GError **error)
{
	g_autoptr(GPtrArray) hosts = known_list(known, HOSTS);
	for (guint i = 0; i < hosts->len; i++) {
		const struct known *k = hosts->pdata[i];
		if (!host_drives_gpus(&((const struct vs_host *)k->row)->row))
			continue;
		if (!counters_read(counters, k->moref, error))
			return false;
		if (counters_any(counters))
			known_put(known, HOSTS, k->moref,
				  post_row(post, &host_kind, k->row, put_counters, counters));
	}
	post_flush(post, false);
	return true;
}
