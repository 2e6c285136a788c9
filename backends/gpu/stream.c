/* stream.c - see the header. */
#include "config.h"
#include "backends/gpu/stream.h"

#include <string.h>
#include <unistd.h>

#include "backends/gpu/guest.h"
#include "backends/gpu/mounts.h"
#include "backends/gpu/outlet.h"
#include "backends/gpu/processes.h"
#include "backends/gpu/wire_write.h"

#define PROCESSES_MAX 256 /* of a line */
#define PROCESSES_EVERY_MS \
	1900 /* a look at them costs as much as one at four cards: every other second will do */

void stream_init(struct stream *s, const struct agent_options *options, int wake_fd)
{
	memset(s, 0, sizeof *s);
	s->options = options;
	s->line = g_string_new(NULL);
	s->procs = g_string_new(NULL);
	s->procs_told = g_string_new(NULL);
	guest_look(options->sysfs, options->proc, &s->guest);
	if (options->processes)
		s->processes = processes_start(options->sysfs, options->proc, wake_fd);
	if (options->mounts)
		s->mounts = mounts_new(options->proc, NULL, wake_fd);
}

void stream_clear(struct stream *s)
{
	GString *const texts[] = {s->line, s->procs, s->procs_told};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_string_free(texts[i], TRUE);
	guest_facts_clear(&s->guest);
	sampler_free(s->processes);
	mounts_free(s->mounts);
	process_list_free(s->list);
}

/* ---- asking -------------------------------------------------------------------------------------------------------- */

/* What the libraries know of processes, by what they call their cards. */
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
	request->has_amdgpu = roster_has_amdgpu(r);
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
	if (u->gpu[0])
		return roster_by_library_id(r, u->gpu);
	if (u->kfd_id)
		return roster_by_kfd(r, u->kfd_id);
	return u->bdf[0] ? roster_by_bdf(r, u->bdf) : NULL;
}

/* What the compute driver and the render nodes tell of one process is partly the same memory: the larger figure. */
static void take_larger(struct num *known, struct num n)
{
	if (num_known(n) && !(num_known(*known) && known->v >= n.v))
		*known = n;
}

static struct wire_use_told *use_on(struct wire_use_told uses[GPU_MAX], int *count, const char *id)
{
	for (int i = 0; i < *count; i++)
		if (strcmp(uses[i].gpu, id) == 0)
			return &uses[i];
	if (*count == GPU_MAX)
		return NULL;
	uses[*count] = (struct wire_use_told){.gpu = id};
	return &uses[(*count)++];
}

static void add_use(struct wire_use_told uses[GPU_MAX], int *count, const struct roster *r,
		    const struct process_use *u)
{
	const struct card *card = card_of_use(r, u);
	struct wire_use_told *use = card ? use_on(uses, count, card->info.id) : NULL;

	if (!use)
		return; /* a card that is not shown here, in a container */
	take_larger(&use->vram_bytes, u->vram_bytes);
	take_larger(&use->busy_pct, u->busy_pct);
	if (card && card->info.cu_count > 0 && num_known(u->busy_cus))
		take_larger(&use->busy_pct, num_of(MIN(u->busy_cus.v * 100 / card->info.cu_count, 100)));
}

static void write_process(GString *out, const struct process *p, const struct wire_use_told *uses, int count)
{
	json_out_open(out, NULL, '{');
	wire_write(out, &wire_process, p);
	json_out_open(out, WIRE_KEY_GPUS, '{');
	for (int i = 0; i < count; i++) {
		json_out_open_named(out, uses[i].gpu);
		wire_write(out, &wire_use, &uses[i]);
		json_out_close(out, '{');
	}
	json_out_close(out, '{');
	json_out_close(out, '{');
}

/* Both lists are in one order. */
static void write_processes(GString *out, const struct process_list *list, const struct roster *r)
{
	guint at = 0;

	json_out_open(out, NULL, '[');
	for (guint i = 0; i < list->processes->len && i < PROCESSES_MAX; i++) {
		const struct process *p = &g_array_index(list->processes, struct process, i);
		struct wire_use_told uses[GPU_MAX];
		int count = 0;
		for (; at < list->uses->len; at++) {
			const struct process_use *u = &g_array_index(list->uses, struct process_use, at);
			if (process_order(u->pid, u->foreign, p->pid, p->foreign) > 0)
				break;
			add_use(uses, &count, r, u);
		}
		if (count > 0)
			write_process(out, p, uses, count);
	}
	json_out_close(out, '[');
}

/* ---- lines --------------------------------------------------------------------------------------------------------- */

static GString *begin(struct stream *s)
{
	g_string_truncate(s->line, 0);
	json_out_open(s->line, NULL, '{');
	return s->line;
}

/* Room for what ends a line. */
static bool has_room(const GString *line)
{
	return line->len + 2 < OUTLET_LINE_MAX;
}

static const GString *finish(GString *line)
{
	json_out_close(line, '{');
	g_string_append_c(line, '\n');
	return line->len <= OUTLET_LINE_MAX ? line : NULL;
}

static void write_card(GString *out, const struct roster *r, const struct card *card)
{
	struct gpu_info info = card->info;
	const struct card *whole = roster_by_bdf(r, info.parent);

	if (whole)
		g_strlcpy(info.parent, whole->info.id, sizeof info.parent);
	json_out_open(out, NULL, '{');
	wire_write(out, &wire_gpu, &info);
	wire_write(out, &wire_origins, card);
	json_out_close(out, '{');
}

const GString *stream_hello(struct stream *s, const struct roster *r)
{
	const struct wire_hello_told told = {PACKAGE_VERSION, s->options->interval_ms, getpid()};
	GString *out = begin(s);

	json_out_int(out, WIRE_KEY_PROTOCOL, WIRE_PROTOCOL);
	wire_write(out, &wire_hello, &told);
	wire_write_object(out, WIRE_KEY_GUEST, &wire_guest, &s->guest);
	roster_write_libraries(out, r);
	json_out_open(out, WIRE_KEY_GPUS, '[');
	for (guint i = 0; i < r->cards->len; i++)
		write_card(out, r, g_ptr_array_index(r->cards, i));
	json_out_close(out, '[');
	g_string_truncate(s->procs_told, 0);
	if (s->mounts)
		mounts_retell(s->mounts);
	return finish(out);
}

static void write_values(GString *out, const struct card *card, gint64 now_ms)
{
	gint64 taken_ms = card->shown.taken_ms;
	const struct wire_reading_told told = {card->info.id, taken_ms > 0 ? MAX(now_ms - taken_ms, 0) : -1};

	json_out_open(out, NULL, '{');
	wire_write(out, &wire_reading, &told);
	wire_write(out, &wire_values, &card->shown);
	json_out_close(out, '{');
}

static void add_mounts(struct stream *s, gint64 now_ms)
{
	gsize before = s->line->len;

	if (s->mounts && mounts_write(s->mounts, s->line, now_ms) && !has_room(s->line))
		g_string_truncate(s->line, before);
}

static void add_processes(struct stream *s, const struct roster *r)
{
	gsize before = s->line->len;

	collect(s);
	if (!s->list)
		return;
	g_string_truncate(s->procs, 0);
	write_processes(s->procs, s->list, r);
	g_clear_pointer(&s->list, process_list_free);
	if (g_string_equal(s->procs, s->procs_told))
		return;
	json_out_raw(s->line, WIRE_KEY_PROCS, s->procs);
	if (has_room(s->line))
		g_string_assign(s->procs_told, s->procs->str);
	else
		g_string_truncate(s->line, before);
}

const GString *stream_sample(struct stream *s, const struct roster *r)
{
	gint64 now_ms = g_get_monotonic_time() / 1000;
	const struct wire_sample_told told = {s->seq++, now_ms, g_get_real_time() / 1000};
	GString *out = begin(s);

	wire_write(out, &wire_sample, &told);
	json_out_open(out, WIRE_KEY_GPUS, '[');
	for (guint i = 0; i < r->cards->len; i++)
		write_values(out, g_ptr_array_index(r->cards, i), now_ms);
	json_out_close(out, '[');
	add_mounts(s, now_ms);
	add_processes(s, r);
	return finish(out);
}
