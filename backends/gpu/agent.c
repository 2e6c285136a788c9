/* agent.c - rounds: ask every card, wait for the answers up to a deadline, print what is known by then. */
#include "config.h"
#include "backends/gpu/agent.h"

#include <jansson.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "backends/gpu/card.h"
#include "backends/gpu/gpu_json.h"
#include "backends/gpu/guest.h"
#include "backends/gpu/outlet.h"
#include "backends/gpu/pci_bus.h"

#define VENDOR_AMD   0x1002
#define RESCAN_MS    10000 /* a card that came is noticed after this long */
#define GRACE_MAX_MS 250   /* how long a line waits for its slowest card */
#define ONCE_MS      5000  /* --once waits longer, it has no next line to put things right */

struct agent {
	const struct agent_options *options;
	int wake_fd;
	bool ending;
	GPtrArray *cards;
	bool hello_due;
	gint64 rescan_ms;
	json_int_t seq;
};

static gint64 mono_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

/* ---- cards that come and go ---------------------------------------------------------------------------------------- */

static struct card *find_card(const struct agent *a, const char *bdf)
{
	for (guint i = 0; i < a->cards->len; i++) {
		struct card *card = g_ptr_array_index(a->cards, i);
		if (card->sampler && strcmp(card->info.bdf, bdf) == 0)
			return card;
	}
	return NULL;
}

static bool listed(const GPtrArray *list, const char *bdf)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)list, bdf, g_str_equal, NULL);
}

/* Compares the bus with what is known. A card that is gone has had its line with "lost" before it is dropped. */
static void rescan(struct agent *a, gint64 now_ms)
{
	g_autoptr(GPtrArray) list = pci_bus_list(a->options->sysfs, VENDOR_AMD, "amdgpu");

	a->rescan_ms = now_ms + RESCAN_MS;
	for (guint i = a->cards->len; i > 0; i--) {
		struct card *card = g_ptr_array_index(a->cards, i - 1);
		if (!card->sampler || listed(list, card->info.bdf))
			continue;
		if (!card->lost_told) {
			card->shown.state = GPU_LOST;
			card->lost_told = true;
			a->rescan_ms = now_ms;
			continue;
		}
		g_ptr_array_remove_index(a->cards, i - 1);
		a->hello_due = true;
	}
	for (guint i = 0; i < list->len && a->cards->len < GPU_MAX; i++) {
		const char *bdf = g_ptr_array_index(list, i);
		if (find_card(a, bdf))
			continue;
		g_ptr_array_add(a->cards, card_new_sysfs(a->options->sysfs, bdf, a->wake_fd));
		a->hello_due = true;
	}
}

/* ---- waiting ------------------------------------------------------------------------------------------------------- */

static void collect(struct agent *a)
{
	for (guint i = 0; i < a->cards->len; i++)
		if (card_collect(g_ptr_array_index(a->cards, i)))
			a->hello_due = true;
}

static bool all_in(struct agent *a)
{
	for (guint i = 0; i < a->cards->len; i++)
		if (card_waiting(g_ptr_array_index(a->cards, i)))
			return false;
	return true;
}

/* Sleeps until something happens or until_ms; sees to it. */
static void turn(struct agent *a, gint64 until_ms)
{
	struct pollfd fds[] = {
		{.fd = a->wake_fd, .events = POLLIN},
		{.fd = STDOUT_FILENO, .events = 0}, /* a reader that has gone */
	};
	gint64 wait_ms = until_ms - mono_ms();

	if (poll(fds, G_N_ELEMENTS(fds), (int)CLAMP(wait_ms, 0, 60000)) > 0) {
		uint64_t count;
		if ((fds[0].revents & POLLIN) && read(a->wake_fd, &count, sizeof count) > 0)
			collect(a);
		if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
			a->ending = true;
	}
	if (outlet_signal())
		a->ending = true;
}

static void wait_for(struct agent *a, bool (*done)(struct agent *), gint64 until_ms)
{
	while (!a->ending && !(done && done(a)) && mono_ms() < until_ms)
		turn(a, until_ms);
}

/* ---- lines --------------------------------------------------------------------------------------------------------- */

static void put_line(struct agent *a, json_t *take_line)
{
	g_autofree char *text = json_dumps(take_line, JSON_COMPACT | JSON_REAL_PRECISION(15));
	gsize len = text ? strlen(text) : 0;

	json_decref(take_line);
	if (len == 0 || len >= OUTLET_LINE_MAX)
		g_printerr("labtop-agent: a line of %" G_GSIZE_FORMAT " bytes was left out\n", len);
	else if (!outlet_write(text, len))
		a->ending = true;
}

/* The id by which the stream names the card at this address; the address itself where there is none. */
static const char *id_of_bdf(const struct agent *a, const char *bdf)
{
	const struct card *card = find_card(a, bdf);

	return card ? card->info.id : bdf;
}

static void put_hello(struct agent *a)
{
	json_t *hello = json_object();
	json_t *gpus = json_array();

	json_object_set_new(hello, "labtop-agent", json_integer(1));
	json_object_set_new(hello, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(hello, "interval_ms", json_integer(a->options->interval_ms));
	json_object_set_new(hello, "pid", json_integer(getpid()));
	json_object_set_new(hello, "guest", guest_to_json(a->options->sysfs, a->options->proc));
	json_object_set_new(hello, "libraries", json_array());
	for (guint i = 0; i < a->cards->len; i++) {
		const struct card *card = g_ptr_array_index(a->cards, i);
		json_t *gpu = gpu_info_to_json(&card->info, card->origin);
		if (card->info.kind == GPU_KIND_VF)
			json_set_text(gpu, "parent", id_of_bdf(a, card->info.parent));
		json_array_append_new(gpus, gpu);
	}
	json_object_set_new(hello, "gpus", gpus);
	a->hello_due = false;
	put_line(a, hello);
}

static void put_sample(struct agent *a)
{
	json_t *sample = json_object();
	json_t *gpus = json_array();
	gint64 now_ms = mono_ms();

	json_object_set_new(sample, "seq", json_integer(a->seq++));
	json_object_set_new(sample, "mono_ms", json_integer(now_ms));
	json_object_set_new(sample, "wall_ms", json_integer(g_get_real_time() / 1000));
	for (guint i = 0; i < a->cards->len; i++) {
		struct card *card = g_ptr_array_index(a->cards, i);
		json_t *gpu = json_object();
		json_t *values = gpu_values_to_json(&card->shown);
		json_set_text(gpu, "id", card->info.id);
		if (card->shown.taken_ms > 0)
			json_object_set_new(gpu, "age_ms",
					    json_integer(MAX(now_ms - card->shown.taken_ms, 0)));
		json_object_update(gpu, values);
		json_decref(values);
		json_array_append_new(gpus, gpu);
		card->lost_told = card->shown.state == GPU_LOST;
		if (card->lost_told)
			a->rescan_ms = now_ms;
	}
	json_object_set_new(sample, "gpus", gpus);
	put_line(a, sample);
}

/* ---- rounds -------------------------------------------------------------------------------------------------------- */

static void settle(struct agent *a, gint64 round_ms)
{
	for (guint i = 0; i < a->cards->len; i++)
		if (card_settle(g_ptr_array_index(a->cards, i), round_ms))
			a->hello_due = true;
}

static void do_round(struct agent *a, gint64 round_ms)
{
	gint64 grace_ms = a->options->once ? ONCE_MS : MIN(GRACE_MAX_MS, a->options->interval_ms / 2);

	if (round_ms >= a->rescan_ms)
		rescan(a, round_ms);
	for (guint i = 0; i < a->cards->len; i++)
		card_kick(g_ptr_array_index(a->cards, i), round_ms);
	wait_for(a, all_in, round_ms + grace_ms);
	collect(a);
	settle(a, round_ms);
	if (a->hello_due && !a->ending)
		put_hello(a);
	if (!a->ending)
		put_sample(a);
}

int agent_run(const struct agent_options *options)
{
	struct agent a = {.options = options, .hello_due = true};

	a.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	outlet_init(a.wake_fd);
	a.cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
	gint64 next_ms = mono_ms();
	a.rescan_ms = next_ms;
	while (!a.ending) {
		do_round(&a, next_ms);
		if (options->once)
			break;
		/* Absolute deadlines: what a round took does not add up. Rounds that were missed are left out. */
		next_ms += options->interval_ms;
		gint64 late_ms = mono_ms() - next_ms;
		if (late_ms > 0)
			next_ms += (late_ms / options->interval_ms + 1) * options->interval_ms;
		wait_for(&a, NULL, next_ms);
	}
	g_ptr_array_unref(a.cards);
	return outlet_signal() ? 128 + outlet_signal() : 0;
}
