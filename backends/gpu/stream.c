/* stream.c - see the header. */
#include "config.h"
#include "backends/gpu/stream.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "backends/gpu/gpu_json.h"
#include "backends/gpu/guest.h"
#include "backends/gpu/mounts.h"
#include "backends/gpu/outlet.h"
#include "backends/gpu/processes.h"

#define PROCESSES_MAX 256 /* of a line */
#define PROCESSES_EVERY_MS \
	1900 /* a look at them costs as much as one at four cards: every other second will do */

void stream_init(struct stream *s, const struct agent_options *options, int wake_fd)
{
	memset(s, 0, sizeof *s);
	s->options = options;
	s->guest = guest_to_json(options->sysfs, options->proc);
	if (options->processes)
		s->processes = processes_start(options->sysfs, options->proc, wake_fd);
	if (options->mounts)
		s->mounts = mounts_new(options->proc, NULL, wake_fd);
}

void stream_clear(struct stream *s)
{
	json_decref(s->guest);
	sampler_free(s->processes);
	mounts_free(s->mounts);
	process_list_free(s->list);
}

/* ---- asking -------------------------------------------------------------------------------------------------------- */

/* What the libraries know of processes, by the ids of their rows. */
static struct process_request *library_uses(const struct roster *r)
{
	g_autoptr(GArray) uses = g_array_new(FALSE, TRUE, sizeof(struct process_use));

	for (int i = 0; i < ROSTER_LIBRARIES; i++) {
		const struct library *l = r->library[i];
		for (int c = 0; l && library_is_up(l) && c < library_card_count(l); c++) {
			const GArray *list = library_processes(l, c);
			for (guint k = 0; k < list->len; k++) {
				const struct vendor_process *p =
					&g_array_index(list, struct vendor_process, k);
				struct process_use u = {
					.pid = p->pid, .vram_bytes = p->vram_bytes, .busy_pct = p->busy_pct};
				g_strlcpy(u.gpu, library_card(l, p->card)->id, sizeof u.gpu);
				g_array_append_val(uses, u);
			}
		}
	}
	struct process_request *request =
		g_malloc0(sizeof *request + (uses->len + 1) * sizeof(struct process_use));
	request->count = uses->len;
	if (uses->len > 0)
		memcpy(request->uses, uses->data, uses->len * sizeof(struct process_use));
	return request;
}

void stream_kick(struct stream *s, const struct roster *r)
{
	gint64 now_ms = g_get_monotonic_time() / 1000;

	if (s->processes && (s->options->once || now_ms >= s->processes_ms)) {
		sampler_kick(s->processes, library_uses(r));
		s->processes_ms = now_ms + PROCESSES_EVERY_MS;
	}
	if (s->mounts)
		mounts_kick(s->mounts, now_ms);
}

bool stream_processes_in(const struct stream *s)
{
	return !s->processes || !sampler_running(s->processes);
}

bool stream_mounts_in(const struct stream *s)
{
	return !s->mounts || mounts_in(s->mounts);
}

static void collect(struct stream *s)
{
	struct process_list *list = s->processes ? sampler_collect(s->processes) : NULL;

	if (!list)
		return;
	process_list_free(s->list);
	s->list = list;
}

bool stream_wants_second_look(struct stream *s)
{
	collect(s);
	return s->list && s->list->wants_second_look;
}

/* ---- processes ----------------------------------------------------------------------------------------------------- */

static const struct card *card_of_use(const struct roster *r, const struct process_use *u)
{
	if (u->kfd_id)
		return roster_by_kfd(r, u->kfd_id);
	return u->bdf[0] ? roster_by_bdf(r, u->bdf) : NULL;
}

/* What the compute driver and the render nodes tell of one process is partly the same memory: the larger figure. */
static void put_larger(json_t *o, const char *key, struct num n, bool integer)
{
	const json_t *known = json_object_get(o, key);

	if (!num_known(n) || (known && json_number_value(known) >= n.v))
		return;
	json_object_set_new(o, key,
			    integer ? json_integer((json_int_t)n.v) : json_real(round(n.v * 10) / 10));
}

static void add_use(json_t *gpus, const struct roster *r, const struct process_use *u)
{
	const struct card *card = card_of_use(r, u);
	const char *id = u->gpu[0] ? u->gpu : card ? card->info.id : NULL;
	json_t *o;

	if (!id)
		return; /* a card that is not shown here, in a container */
	o = json_object_get(gpus, id);
	if (!o) {
		o = json_object();
		json_object_set_new(gpus, id, o);
	}
	put_larger(o, "vram_bytes", u->vram_bytes, true);
	put_larger(o, "busy_pct", u->busy_pct, false);
	if (card && card->info.cu_count > 0 && num_known(u->busy_cus))
		put_larger(o, "busy_pct", num_of(MIN(u->busy_cus.v * 100 / card->info.cu_count, 100)), false);
}

static json_t *process_to_json(const struct process *p, const struct process_list *list,
			       const struct roster *r)
{
	json_t *o = json_object();
	json_t *gpus = json_object();

	json_object_set_new(o, "pid", json_integer(p->pid));
	if (p->ppid > 0)
		json_object_set_new(o, "ppid", json_integer(p->ppid));
	if (p->start_ms > 0)
		json_object_set_new(o, "start_ms", json_integer(p->start_ms));
	json_set_text(o, "name", p->name);
	json_set_text(o, "cmdline", p->cmdline);
	json_set_text(o, "unit", p->unit);
	for (guint i = 0; i < list->uses->len; i++) {
		const struct process_use *u = &g_array_index(list->uses, struct process_use, i);
		if (u->pid == p->pid)
			add_use(gpus, r, u);
	}
	json_object_set_new(o, "gpus", gpus);
	return o;
}

static json_t *processes_to_json(const struct process_list *list, const struct roster *r)
{
	json_t *out = json_array();

	for (guint i = 0; i < list->processes->len && i < PROCESSES_MAX; i++) {
		json_t *o = process_to_json(&g_array_index(list->processes, struct process, i), list, r);
		if (json_object_size(json_object_get(o, "gpus")) > 0)
			json_array_append(out, o);
		json_decref(o);
	}
	return out;
}

/* ---- lines --------------------------------------------------------------------------------------------------------- */

json_t *stream_hello(struct stream *s, const struct roster *r)
{
	json_t *hello = json_object();
	json_t *gpus = json_array();

	json_object_set_new(hello, "labtop-agent", json_integer(1));
	json_object_set_new(hello, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(hello, "interval_ms", json_integer(s->options->interval_ms));
	json_object_set_new(hello, "pid", json_integer(getpid()));
	json_object_set(hello, "guest", s->guest);
	json_object_set_new(hello, "libraries", roster_libraries_to_json(r));
	for (guint i = 0; i < r->cards->len; i++) {
		const struct card *card = g_ptr_array_index(r->cards, i);
		json_t *gpu = gpu_info_to_json(&card->info, card->origin);
		const struct card *physical =
			card->info.kind == GPU_KIND_VF ? roster_by_bdf(r, card->info.parent) : NULL;
		if (physical)
			json_set_text(gpu, "parent", physical->info.id);
		json_array_append_new(gpus, gpu);
	}
	json_object_set_new(hello, "gpus", gpus);
	return hello;
}

static json_t *card_to_json(const struct card *card, gint64 now_ms)
{
	json_t *gpu = json_object();

	json_set_text(gpu, "id", card->info.id);
	if (card->shown.taken_ms > 0)
		json_object_set_new(gpu, "age_ms", json_integer(MAX(now_ms - card->shown.taken_ms, 0)));
	gpu_values_add_json(&card->shown, gpu);
	return gpu;
}

json_t *stream_sample(struct stream *s, const struct roster *r)
{
	gint64 now_ms = g_get_monotonic_time() / 1000;
	json_t *sample = json_object();
	json_t *gpus = json_array();
	json_t *mounts = s->mounts ? mounts_to_json(s->mounts, now_ms) : NULL;

	json_object_set_new(sample, "seq", json_integer(s->seq++));
	json_object_set_new(sample, "mono_ms", json_integer(now_ms));
	json_object_set_new(sample, "wall_ms", json_integer(g_get_real_time() / 1000));
	for (guint i = 0; i < r->cards->len; i++)
		json_array_append_new(gpus, card_to_json(g_ptr_array_index(r->cards, i), now_ms));
	json_object_set_new(sample, "gpus", gpus);
	collect(s);
	if (s->list)
		json_object_set_new(sample, "procs", processes_to_json(s->list, r));
	process_list_free(s->list);
	s->list = NULL;
	if (mounts)
		json_object_set_new(sample, "mounts", mounts);
	return sample;
}

char *stream_line(json_t *take_line, gsize *len)
{
	static const char *const spare[] = {"procs", "mounts", NULL};
	char *text = json_dumps(take_line, JSON_COMPACT | JSON_REAL_PRECISION(15));

	*len = text ? strlen(text) : 0;
	for (const char *const *key = spare; *len >= OUTLET_LINE_MAX && *key; key++) {
		json_object_del(take_line, *key);
		g_free(text);
		text = json_dumps(take_line, JSON_COMPACT | JSON_REAL_PRECISION(15));
		*len = text ? strlen(text) : 0;
	}
	json_decref(take_line);
	if (*len >= OUTLET_LINE_MAX)
		g_clear_pointer(&text, g_free);
	return text;
}
