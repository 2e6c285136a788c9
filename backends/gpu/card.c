/* card.c - joins the two readings of a card; see the header. */
#include "config.h"
#include "backends/gpu/card.h"

#include <math.h>
#include <string.h>

#include "backends/gpu/pci_bus.h"
#include "backends/gpu/sampler.h"
#include "backends/gpu/sysfs_card.h"

#define DISTRUST_ROUNDS 3 /* one odd reading is drift, three in a row are not */
#define SLACK_MS        250
#define ORIGIN_ROUNDS   2 /* a value that comes and goes must not make a hello each time */

/* What the sampler's thread brings. */
struct reading {
	bool described;
	struct gpu_info info;
	struct gpu_values values;
};

struct card_reader {
	struct sysfs_card *sysfs;
	bool described, limits_known;
};

static void reader_free(void *data)
{
	struct card_reader *r = data;

	sysfs_card_free(r->sysfs);
	g_free(r);
}

static void *reader_take(void *context, void *request)
{
	struct card_reader *r = context;
	gint64 *now_ms = request;
	struct reading *out = g_new0(struct reading, 1);

	sysfs_card_sample(r->sysfs, *now_ms, &out->values);
	/* A card that sleeps is described again when it has woken up. */
	bool awake = out->values.state == GPU_LIVE || out->values.state == GPU_BUSY;
	if (!r->described || (awake && !r->limits_known)) {
		sysfs_card_describe(r->sysfs, awake, &out->info);
		out->described = r->described = true;
		r->limits_known = awake;
	}
	g_free(request);
	return out;
}

static struct card *card_new(void)
{
	struct card *card = g_new0(struct card, 1);

	gpu_info_init(&card->info);
	gpu_info_init(&card->sysfs_info);
	gpu_info_init(&card->library_info);
	gpu_values_init(&card->sysfs, 0);
	gpu_values_init(&card->library, 0);
	gpu_values_init(&card->shown, 0);
	for (int m = 0; m < M_COUNT; m++)
		card->last[m] = NAN;
	card->library_index = -1;
	return card;
}

struct card *card_new_sysfs(const char *root, const char *bdf, int wake_fd)
{
	struct card *card = card_new();
	struct card_reader *r = g_new0(struct card_reader, 1);

	r->sysfs = sysfs_card_new(root, bdf);
	card->sampler = sampler_new(bdf, reader_take, r, reader_free, g_free, wake_fd);
	g_strlcpy(card->sysfs_info.bdf, bdf, sizeof card->sysfs_info.bdf);
	pci_bus_describe(root, bdf, &card->sysfs_info);
	card->info = card->sysfs_info;
	return card;
}

struct card *card_new_library(const char *root, const struct gpu_info *info)
{
	struct card *card = card_new();

	if (info->bdf[0])
		pci_bus_describe(root, info->bdf, &card->sysfs_info);
	card->described = true;
	card_set_library_info(card, info);
	return card;
}

void card_free(struct card *card)
{
	if (!card)
		return;
	sampler_free(card->sampler);
	g_free(card);
}

void card_kick(struct card *card, gint64 now_ms)
{
	if (card->sampler)
		sampler_kick(card->sampler, g_memdup2(&now_ms, sizeof now_ms));
}

bool card_waiting(struct card *card)
{
	return card->library_waiting || (card->sampler && sampler_running(card->sampler));
}

static void take_text(char *out, gsize size, const char *other)
{
	if (!out[0])
		g_strlcpy(out, other, size);
}

/* sysfs knows best where the card sits, and for its own cards everything else; the library fills the rest. */
static void merge_info(struct card *card)
{
	struct gpu_info *out = &card->info;
	const struct gpu_info *library = &card->library_info;

	char id[GPU_ID_SIZE];

	g_strlcpy(id, out->id, sizeof id); /* what was told stays, whatever is known by now */
	*out = card->sysfs_info;
	g_strlcpy(out->id, id, sizeof out->id);
	if (!card->sampler) {
		out->kind = library->kind;
		g_strlcpy(out->parent, library->parent, sizeof out->parent);
		out->gpu_instance = library->gpu_instance;
		out->compute_instance = library->compute_instance;
	}
	take_text(out->bdf, sizeof out->bdf, library->bdf);
	take_text(out->vendor_id, sizeof out->vendor_id, library->vendor_id);
	take_text(out->device_id, sizeof out->device_id, library->device_id);
	take_text(out->subsystem, sizeof out->subsystem, library->subsystem);
	take_text(out->driver, sizeof out->driver, library->driver);
	if (!card->sampler && library->name[0])
		g_strlcpy(out->name, library->name, sizeof out->name); /* the bus knows a number only */
	take_text(out->name, sizeof out->name, library->name);
	take_text(out->vbios, sizeof out->vbios, library->vbios);
	take_text(out->unique_id, sizeof out->unique_id, library->unique_id);
	take_text(out->serial, sizeof out->serial, library->serial);
	if (out->passive == TRI_UNKNOWN)
		out->passive = library->passive;
	for (int i = 0; i < LIM_COUNT; i++)
		if (!num_known(out->limit[i]))
			out->limit[i] = library->limit[i];
}

struct card *card_new_found(const char *root, const char *bdf)
{
	struct card *card = card_new();

	g_strlcpy(card->sysfs_info.bdf, bdf, sizeof card->sysfs_info.bdf);
	pci_bus_describe(root, bdf, &card->sysfs_info);
	g_snprintf(card->sysfs_info.name, sizeof card->sysfs_info.name, "NVIDIA GPU %s",
		   card->sysfs_info.device_id);
	card->described = true;
	merge_info(card);
	return card;
}

void card_set_library_info(struct card *card, const struct gpu_info *info)
{
	card->library_info = *info;
	card->distrust = 0; /* another child may see better */
	memset(card->differs, 0, sizeof card->differs);
	merge_info(card);
}

bool card_collect(struct card *card)
{
	g_autofree struct reading *got = card->sampler ? sampler_collect(card->sampler) : NULL;

	if (!got)
		return false;
	card->sysfs = got->values;
	if (!got->described)
		return false;
	card->described = true;
	card->sysfs_info = got->info;
	merge_info(card);
	return true;
}

/* Where library and sysfs contradict each other round after round, the agent's own eye is believed. */
static void compare(struct card *card)
{
	uint64_t bits = gpu_values_differ(&card->library, &card->sysfs);

	for (int m = 0; m < M_COUNT; m++) {
		uint64_t bit = UINT64_C(1) << m;
		card->differs[m] = bits & bit ? (uint8_t)MIN(card->differs[m] + 1, DISTRUST_ROUNDS) : 0;
		if (card->differs[m] >= DISTRUST_ROUNDS)
			card->distrust |= bit;
	}
}

/* A metric that is busy now keeps its last value; the error says that it is old. */
static void keep_last(struct card *card)
{
	for (int m = 0; m < M_COUNT; m++) {
		struct num *n = &card->shown.m[m];
		if (n->state == NUM_OK)
			card->last[m] = n->v;
		else if (n->state == NUM_BUSY)
			n->v = card->last[m];
	}
}

static bool origins_changed(struct card *card)
{
	bool changed = false, first = true;

	for (int m = 0; m < M_COUNT; m++) {
		first = first && card->origin[m] == ORIGIN_NONE;
		if (card->shown.m[m].state == NUM_OK && card->shown.origin[m] != card->origin[m])
			changed = true;
	}
	if (!changed) {
		card->origin_rounds = 0;
		return false;
	}
	if (!first && ++card->origin_rounds < ORIGIN_ROUNDS)
		return false;
	for (int m = 0; m < M_COUNT; m++)
		if (card->shown.m[m].state == NUM_OK)
			card->origin[m] = card->shown.origin[m];
	card->origin_rounds = 0;
	return true;
}

/* Nobody may be shown a fan that a passive board does not have. */
static void hide_fan(struct card *card)
{
	if (card->info.passive == TRI_YES)
		card->shown.m[M_FAN_RPM] = num_none(NUM_UNKNOWN);
}

bool card_settle(struct card *card, int interval_ms)
{
	gint64 newest_ms = MAX(card->sysfs.taken_ms, card->library.taken_ms);
	gint64 oldest_ms = newest_ms - MAX(interval_ms, SLACK_MS);
	bool sysfs = card->sysfs.taken_ms > 0 && card->sysfs.taken_ms >= oldest_ms;
	bool library = card->library.taken_ms > 0 && card->library.taken_ms >= oldest_ms &&
		       (card->library_up || !card->sampler);

	if (sysfs && library)
		compare(card);
	gpu_values_merge(library ? &card->library : NULL, sysfs ? &card->sysfs : NULL, card->distrust,
			 &card->shown);
	if (card->gone || card->unlisted)
		card->shown.state = GPU_LOST;
	else if (!card->sampler && !card->library_from)
		card->shown.state = GPU_UNKNOWN; /* nobody can be asked */
	hide_fan(card);
	metrics_settle(card->shown.m);
	keep_last(card);
	return origins_changed(card);
}
