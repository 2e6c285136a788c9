/* reading.c - growing one engine's row. Knows rows and boxes, no engine. */
#include "config.h"

#include "backends/engine/engine.h"
#include "lab/bdf.h"
#include "lab/clock.h"

#include <string.h>

#define GPUS_CAP 64

/* As the rows write them; people leave the domain away. */
static const char *const *gpus_of(struct box *box, const char *text)
{
	if (!text || !*text)
		return NULL;
	g_auto(GStrv) words = g_strsplit_set(text, ", ", GPUS_CAP);
	const char **list = box_array0(box, const char *, g_strv_length(words) + 1);
	char bdf[BDF_SIZE];
	int n = 0;
	for (char **w = words; *w; w++)
		if (bdf_parse(*w, bdf))
			list[n++] = box_raw(box, bdf, -1);
	return list;
}

const char *const *reading_addresses(struct box *box, const GPtrArray *found)
{
	if (!found || found->len == 0)
		return NULL;
	const char **list = box_array0(box, const char *, found->len + 1);
	for (guint i = 0; i < found->len; i++)
		list[i] = box_text(box, g_ptr_array_index(found, i), -1);
	return list;
}

void reading_start(struct reading *r, struct box *box, const struct engine *e)
{
	struct engine_row *row = box_new0(box, struct engine_row);
	*row = (struct engine_row){
		.box = box,
		.source = box_text(box, e->target->name, -1),
		.kind = e->ops ? e->ops->kind : ENGINE_UNKNOWN,
		.url = box_text(box, e->url.base, -1),
		.version = "",
		.note = "",
		.guest = box_text(box, target_get(e->target, "guest"), -1),
		.gpu_bdfs = gpus_of(box, target_get(e->target, "gpus")),
		.addresses = reading_addresses(box, e->addresses),
		.unit = box_text(box, target_get(e->target, "unit"), -1),
	};
	*r = (struct reading){
		.box = box,
		.row = row,
		.models = g_array_new(FALSE, TRUE, sizeof(struct model_row)),
		.wall_ms = clock_wall_ms(),
	};
}

void reading_finish(struct reading *r)
{
	const guint n = r->models->len;
	if (n > 0) {
		r->row->models = box_array0(r->box, struct model_row, n);
		memcpy(r->row->models, r->models->data, n * sizeof(struct model_row));
		r->row->n_models = (int)n;
	}
	g_array_unref(r->models);
	r->models = NULL;
}

struct model_row *reading_add_model(struct reading *r, const char *name)
{
	if (r->models->len >= ENGINE_MODELS_CAP)
		return NULL;
	const struct model_row blank = {
		.name = box_text(r->box, name, -1),
		.digest = "",
		.family = "",
		.quant = "",
		.params = "",
	};
	g_array_append_val(r->models, blank);
	return &g_array_index(r->models, struct model_row, r->models->len - 1);
}

struct model_row *reading_find_model(const struct reading *r, const char *name)
{
	const char *clean = box_text(r->box, name, -1);
	for (guint i = 0; i < r->models->len; i++) {
		struct model_row *m = &g_array_index(r->models, struct model_row, i);
		if (strcmp(m->name, clean) == 0)
			return m;
	}
	return NULL;
}

const char *reading_params(struct reading *r, struct num parameters)
{
	static const struct {
		double unit;
		const char *letter;
	} scale[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
	if (!num_known(parameters) || parameters.v < 1)
		return "";
	char text[32];
	for (size_t i = 0; i < G_N_ELEMENTS(scale); i++)
		if (parameters.v >= scale[i].unit) {
			const double n = parameters.v / scale[i].unit;
			char digits[16];
			g_ascii_formatd(digits, sizeof digits, n < 100 ? "%.1f" : "%.0f", n);
			g_snprintf(text, sizeof text, "%s%s", digits, scale[i].letter);
			return box_text(r->box, text, -1);
		}
	g_snprintf(text, sizeof text, "%.0f", parameters.v);
	return box_text(r->box, text, -1);
}

bool engine_due(const struct engine *e, int64_t *last_us, int64_t ms)
{
	const int64_t now_us = e->clock_us();
	if (!e->refresh && *last_us != 0 && now_us - *last_us < ms * 1000)
		return false;
	*last_us = now_us;
	return true;
}
