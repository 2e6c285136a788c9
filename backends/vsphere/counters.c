/* counters.c - finds the ids of the gpu counters by name once a session, then asks for their newest 20 s sample. */
#include "config.h"
#include "backends/vsphere/counters.h"

#include "lab/bdf.h"

#include <string.h>

enum { LIST_COUNTERS = 1 };

struct counter_item {
	struct num id;
	const char *group, *name, *rollup;
};

static const struct leaf counter[] = {
	LEAF(struct counter_item, id, LEAF_NUM, "key"),
	LEAF(struct counter_item, name, LEAF_RAW, "nameInfo/key"),
	LEAF(struct counter_item, group, LEAF_RAW, "groupInfo/key"),
	LEAF(struct counter_item, rollup, LEAF_RAW, "rollupType"),
	{0},
};

static const struct prop props[] = {
	{.path = "perfCounter", .sets = SET_LIVE, .leaves = counter, .list = LIST_COUNTERS},
	{0},
};

static const struct prop_type manager_type = {.vim = "PerformanceManager",
					      .props = props,
					      .row_size = 1,
					      .item_size = {[LIST_COUNTERS] = sizeof(struct counter_item)}};

/* What is read, by name: percent come in hundredths, memory in KiB. */
static const struct {
	const char *name, *rollup;
	size_t offset; /* in struct pci_row */
	double scale;
} wanted[] = {
	{"utilization", "average", offsetof(struct pci_row, host_busy_pct), 0.01},
	{"mem.used", "average", offsetof(struct pci_row, host_mem_used_bytes), 1024},
	{"temperature", "average", offsetof(struct pci_row, host_temp_c), 1},
	{"power.used", "latest", offsetof(struct pci_row, host_power_w), 1},
};

struct value_item {
	struct num counter;
	const char *instance;
	const struct leaf_text *values; /* newest first */
};

static const struct leaf series[] = {
	LEAF(struct value_item, counter, LEAF_NUM, "id/counterId"),
	LEAF(struct value_item, instance, LEAF_RAW, "id/instance"),
	LEAF(struct value_item, values, LEAF_LIST, "value"),
	{0},
};

struct counters {
	struct vim *v;
	struct prop_limits *limits;
	bool looked;                      /* for the ids */
	int64_t id[G_N_ELEMENTS(wanted)]; /* -1: this server has none */
	/* The last reading */
	struct box *box;
	GArray *values; /* struct value_item */
	struct leaf_reader leaf;
};

struct counters *counters_new(struct vim *v, struct prop_limits *limits)
{
	struct counters *c = g_new0(struct counters, 1);
	c->v = v;
	c->limits = limits;
	c->values = g_array_new(FALSE, TRUE, sizeof(struct value_item));
	leaf_reader_init(&c->leaf);
	return c;
}

void counters_free(struct counters *c)
{
	if (!c)
		return;
	box_unref(c->box);
	g_array_unref(c->values);
	leaf_reader_clear(&c->leaf);
	g_free(c);
}

/* ---- the ids ------------------------------------------------------------------------------------------------- */

static bool begin_manager(void *data, struct draft *d)
{
	return true;
}

static void end_manager(void *data, struct draft *d)
{
	struct counters *c = data;
	const GArray *items = d->lists[LIST_COUNTERS];
	for (guint i = 0; i < items->len; i++) {
		const struct counter_item *item = &g_array_index(items, struct counter_item, i);
		for (size_t w = 0; strcmp(item->group, "gpu") == 0 && w < G_N_ELEMENTS(wanted); w++)
			if (strcmp(item->name, wanted[w].name) == 0 &&
			    strcmp(item->rollup, wanted[w].rollup) == 0 && item->id.state == NUM_OK)
				c->id[w] = (int64_t)item->id.v;
	}
}

static bool find_ids(struct counters *c, GError **error)
{
	static const struct prop_read reads[] = {{&manager_type, SET_LIVE}, {0}};
	static const struct props_handler handler = {begin_manager, end_manager};
	GString *from = g_string_new(NULL);
	for (size_t w = 0; w < G_N_ELEMENTS(wanted); w++)
		c->id[w] = -1;
	c->looked = true;
	props_append_object(from, (struct vim_ref){"PerformanceManager", c->v->content.perf_manager});
	struct collector_query q = {.what = "reading counter names",
				    .reads = reads,
				    .objects = from->str,
				    .handler = &handler,
				    .data = c};
	bool good = !*c->v->content.perf_manager || collector_read(c->v, c->limits, &q, error);
	g_string_free(from, TRUE);
	return good;
}

/* ---- the values ---------------------------------------------------------------------------------------------- */

/* returnval (PerfEntityMetric) / value (PerfMetricIntSeries) */
static bool start_series(void *data, const struct xml_tag *tag)
{
	struct counters *c = data;
	if (tag->depth == 0)
		return strcmp(tag->name, "returnval") == 0;
	if (tag->depth > 1)
		return leaf_start(&c->leaf, tag);
	if (strcmp(tag->name, "value") != 0 || c->values->len >= 4096)
		return false;
	g_array_set_size(c->values, c->values->len + 1);
	struct value_item *item = &g_array_index(c->values, struct value_item, c->values->len - 1);
	item->instance = "";
	leaf_begin(&c->leaf, series, item, c->box, tag);
	return true;
}

static void end_series(void *data, int depth, const char *text, size_t len)
{
	struct counters *c = data;
	if (depth > 0)
		leaf_end(&c->leaf, text, len);
}

static GString *query_spec(const struct counters *c, const char *host)
{
	GString *out = g_string_new("<querySpec>");
	soap_ref(out, "entity", (struct vim_ref){"HostSystem", host});
	g_string_append(out, "<maxSample>1</maxSample>");
	for (size_t w = 0; w < G_N_ELEMENTS(wanted); w++)
		if (c->id[w] >= 0)
			g_string_append_printf(out,
					       "<metricId><counterId>%" G_GINT64_FORMAT
					       "</counterId><instance>*</instance></metricId>",
					       c->id[w]);
	g_string_append(out, "<intervalId>20</intervalId><format>normal</format></querySpec>");
	return out;
}

static bool any_id(const struct counters *c)
{
	for (size_t w = 0; w < G_N_ELEMENTS(wanted); w++)
		if (c->id[w] >= 0)
			return true;
	return false;
}

bool counters_read(struct counters *c, const char *host, GError **error)
{
	static const struct xml_handler handler = {start_series, end_series};
	GError *failure = NULL;
	g_array_set_size(c->values, 0);
	box_unref(c->box);
	c->box = box_new();
	bool good = c->looked || find_ids(c, &failure);
	if (good && any_id(c)) {
		GString *spec = query_spec(c, host);
		struct soap_call call = {.what = "reading GPU counters",
					 .method = "QueryPerf",
					 .self = {"PerformanceManager", c->v->content.perf_manager},
					 .arguments = spec->str,
					 .reply = &handler,
					 .data = c,
					 .reads_only = true};
		good = soap_call(&c->v->soap, &call, &failure);
		g_string_free(spec, TRUE);
	}
	if (good)
		return true;
	/* Refused by a fault: an extra that this host does not have. Anything else is the connection's trouble. */
	g_array_set_size(c->values, 0);
	good = c->v->soap.fault.box && !vim_session_lost(c->v);
	if (good)
		g_error_free(failure);
	else
		g_propagate_error(error, failure);
	return good;
}

bool counters_any(const struct counters *c)
{
	return c->values->len > 0;
}

/* The instance is the card's address; a host with one shared card needs none. */
static struct pci_row *card_of(struct host_row *host, const char *instance)
{
	char bdf[BDF_SIZE];
	bool named = bdf_parse(instance, bdf);
	struct pci_row *only = NULL;
	for (int i = 0; i < host->n_pci; i++) {
		struct pci_row *p = &host->pci[i];
		if (named && strcmp(p->bdf, bdf) == 0)
			return p;
		if (!named && graphics_is_shared(p->graphics)) {
			if (only)
				return NULL;
			only = p;
		}
	}
	return only;
}

void counters_apply(const struct counters *c, struct host_row *host)
{
	for (guint i = 0; i < c->values->len; i++) {
		const struct value_item *item = &g_array_index(c->values, struct value_item, i);
		struct pci_row *card = item->values ? card_of(host, item->instance) : NULL;
		for (size_t w = 0; card && w < G_N_ELEMENTS(wanted); w++) {
			const struct leaf value = {
				.kind = LEAF_NUM, .offset = wanted[w].offset, .scale = wanted[w].scale};
			/* Negative numbers mean that there is no sample. */
			if (item->counter.state != NUM_OK || (int64_t)item->counter.v != c->id[w])
				continue;
			if (*item->values->text == '-')
				leaf_unset(&value, card);
			else
				leaf_set(&value, card, c->box, item->values->text);
		}
	}
}
