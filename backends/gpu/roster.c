/* roster.c - see the header. */
#include "config.h"
#include "backends/gpu/roster.h"

#include <string.h>
#include <unistd.h>

#include "backends/gpu/pci_bus.h"
#include "backends/gpu/wire_write.h"

#define RESCAN_MS 5000
#define REOPEN_MS 30000 /* a card that a library has lost: it is opened anew after this long */

enum { AMD, NVIDIA }; /* of kinds */

/* The libraries, and whose cards they serve. */
static const struct {
	const struct vendor *vendor;
	unsigned pci_vendor;
	const char *driver;
	const char
		*device_file; /* there when the driver is, even where sysfs shows no card (WSL, containers) */
	const char *no_card;
} kinds[ROSTER_LIBRARIES] = {
	{&vendor_rocm_smi, 0x1002, "amdgpu", "/dev/kfd", "no AMD GPU here"},
	{&vendor_nvml, 0x10de, "nvidia", "/dev/nvidiactl", "no NVIDIA GPU here"},
};

void roster_init(struct roster *r, const char *sysfs, int wake_fd, int interval_ms, bool rocm_smi, bool nvml)
{
	memset(r, 0, sizeof *r);
	r->sysfs = sysfs;
	r->wake_fd = wake_fd;
	r->interval_ms = interval_ms;
	r->allowed[0] = rocm_smi;
	r->allowed[1] = nvml;
	r->cards = g_ptr_array_new_with_free_func((GDestroyNotify)card_free);
	r->changed = true;
}

void roster_clear(struct roster *r)
{
	for (int i = 0; i < ROSTER_LIBRARIES; i++)
		library_free(r->library[i]);
	g_ptr_array_unref(r->cards);
}

static struct card *card_at(const struct roster *r, guint i)
{
	return g_ptr_array_index(r->cards, i);
}

struct card *roster_by_bdf(const struct roster *r, const char *bdf)
{
	for (guint i = 0; i < r->cards->len; i++)
		if (card_at(r, i)->info.kind != GPU_KIND_MIG && strcmp(card_at(r, i)->info.bdf, bdf) == 0)
			return card_at(r, i);
	return NULL;
}

struct card *roster_by_kfd(const struct roster *r, uint32_t kfd_id)
{
	for (guint i = 0; i < r->cards->len; i++)
		if (kfd_id && card_at(r, i)->info.kfd_id == kfd_id)
			return card_at(r, i);
	return NULL;
}

struct card *roster_by_library_id(const struct roster *r, const char *id)
{
	for (guint i = 0; i < r->cards->len; i++)
		if (card_at(r, i)->library_from && strcmp(card_at(r, i)->library_info.id, id) == 0)
			return card_at(r, i);
	return NULL;
}

bool roster_has_amdgpu(const struct roster *r)
{
	for (guint i = 0; i < r->cards->len; i++)
		if (card_at(r, i)->sampler)
			return true;
	return false;
}

/* ---- libraries ----------------------------------------------------------------------------------------------------- */

/* Why a library is not opened at all, or NULL. A tree in place of /sys is another machine than the one the libraries
 * would read, so there they are opened only when somebody names one. */
static const char *why_not(const struct roster *r, int i)
{
	const char *named = g_getenv(kinds[i].vendor->path_variable);
	bool real = strcmp(r->sysfs, "/sys") == 0;

	if (!r->allowed[i])
		return ""; /* whoever started us knows */
	if (named && named[0])
		return NULL;
	if (!real)
		return "another sysfs root is read";
	g_autoptr(GPtrArray) list = pci_bus_list(r->sysfs, kinds[i].pci_vendor, NULL);
	return list->len > 0 || access(kinds[i].device_file, F_OK) == 0 ? NULL : kinds[i].no_card;
}

static void open_libraries(struct roster *r)
{
	for (int i = 0; i < ROSTER_LIBRARIES; i++)
		if (!r->library[i] && !why_not(r, i)) {
			r->library[i] = library_new(kinds[i].vendor, r->sysfs, r->interval_ms);
			r->changed = true;
		}
}

void roster_write_libraries(GString *out, const struct roster *r)
{
	json_out_open(out, WIRE_KEY_LIBRARIES, '[');
	for (int i = 0; i < ROSTER_LIBRARIES; i++) {
		if (r->library[i]) {
			library_write(out, r->library[i]);
			continue;
		}
		struct vendor_facts facts = {.state = r->allowed[i] ? VENDOR_ABSENT : VENDOR_OFF};
		g_strlcpy(facts.name, kinds[i].vendor->name, sizeof facts.name);
		g_strlcpy(facts.reason, why_not(r, i), sizeof facts.reason);
		wire_write_object(out, NULL, &wire_library, &facts);
	}
	json_out_close(out, '[');
}

/* A library that cannot say which card it has lost leaves out all that tells cards apart. */
static bool is_nameless(const struct gpu_info *info)
{
	return !info->bdf[0] && !info->unique_id[0];
}

static struct card *add(struct roster *r, struct card *card)
{
	g_ptr_array_add(r->cards, card);
	r->changed = true;
	return card;
}

/* The row of a library's card: the one at its address, else one of its own. NULL where there is no room. */
static struct card *row_for(struct roster *r, const struct library *l, const struct gpu_info *info)
{
	struct card *card = info->kind == GPU_KIND_MIG ? NULL : roster_by_bdf(r, info->bdf);

	if (card && strcmp(card->info.vendor_id, info->vendor_id) == 0 &&
	    (card->sampler || !card->library_from || card->library_from == l))
		return card;
	for (guint i = 0; i < r->cards->len; i++)
		if (card_at(r, i)->library_from == l && strcmp(card_at(r, i)->library_info.id, info->id) == 0)
			return card_at(r, i);
	return r->cards->len < GPU_MAX ? add(r, card_new_library(r->sysfs, info)) : NULL;
}

/* The row of a card that was lost before the library could say which it is: one that it showed and does not show now, else
 * one that the bus shows and nobody tells of. */
static struct card *row_for_lost(struct roster *r, int i, const struct gpu_info *info)
{
	g_autoptr(GPtrArray) bus = pci_bus_list(r->sysfs, kinds[i].pci_vendor, kinds[i].driver);

	for (guint c = 0; c < r->cards->len; c++) {
		struct card *card = card_at(r, c);
		bool ours = card->library_from == r->library[i] || (!card->library_from && !card->sampler);
		if (ours && card->library_index < 0 && card->info.kind != GPU_KIND_MIG)
			return card;
	}
	if (r->cards->len >= GPU_MAX)
		return NULL;
	for (guint b = 0; b < bus->len; b++)
		if (!roster_by_bdf(r, g_ptr_array_index(bus, b)))
			return add(r, card_new_found(r->sysfs, g_ptr_array_index(bus, b)));
	return add(r, card_new_library(r->sysfs, info));
}

static void link_card(struct card *card, const struct library *l, int index)
{
	const struct gpu_info *info = library_card(l, index);

	card->library_from = l;
	card->library_index = index;
	card->unlisted = false;
	if (!is_nameless(info) || !card->info.bdf[0])
		card_set_library_info(card, info);
}

/* Ties the rows to what a library lists now. */
static void link_library(struct roster *r, int i)
{
	const struct library *l = r->library[i];

	r->changed = true;
	r->rescan_ms = 0; /* whether the bus shows more than it tells of */
	if (!library_is_up(l))
		return;
	for (guint c = 0; c < r->cards->len; c++)
		if (card_at(r, c)->library_from == l)
			card_at(r, c)->library_index = -1;
	for (int pass = 0; pass < 2; pass++)
		for (int k = 0; k < library_card_count(l); k++) {
			const struct gpu_info *info = library_card(l, k);
			if (is_nameless(info) != (pass == 1))
				continue;
			struct card *card = pass ? row_for_lost(r, i, info) : row_for(r, l, info);
			if (card)
				link_card(card, l, k);
		}
}

static void collect_library(struct roster *r, int i, gint64 now_ms)
{
	struct library *l = r->library[i];

	if (library_fd(l) >= 0)
		library_read(l, now_ms);
	library_turn(l, now_ms);
	if (library_generation(l) != r->generation[i]) {
		r->generation[i] = library_generation(l);
		link_library(r, i);
	}
	for (guint c = 0; c < r->cards->len; c++) {
		struct card *card = card_at(r, c);
		if (card->library_from != l || card->library_index < 0)
			continue;
		card->library_waiting = library_is_up(l) && library_owes(l, card->library_index);
		card->library_up = library_is_up(l);
		if (library_is_up(l) && library_values(l, card->library_index)->taken_ms > 0)
			card->library = *library_values(l, card->library_index);
	}
}

/* ---- the bus ------------------------------------------------------------------------------------------------------- */

static bool listed(const GPtrArray *list, const char *bdf)
{
	for (guint i = 0; i < list->len; i++)
		if (strcmp(g_ptr_array_index(list, i), bdf) == 0)
			return true;
	return false;
}

/* True when the row's source shows it no longer. A card that its library does not show any more is lost as long as the bus
 * shows it; an instance of it is gone. */
static bool is_gone(const struct card *card, const GPtrArray *amd, const GPtrArray *nvidia)
{
	if (card->sampler)
		return !listed(amd, card->info.bdf);
	if (card->info.kind != GPU_KIND_MIG && listed(nvidia, card->info.bdf))
		return false;
	return card->library_index < 0 && (card->library_up || !card->library_from);
}

/* Drops what is gone; it had its last line before. */
static bool drop_gone(struct roster *r, const GPtrArray *amd, const GPtrArray *nvidia, gint64 now_ms)
{
	bool dropped = false;

	for (guint i = r->cards->len; i > 0; i--) {
		struct card *card = card_at(r, i - 1);
		card->gone = is_gone(card, amd, nvidia);
		if (!card->gone)
			continue;
		if (!card->lost_told) {
			r->rescan_ms = now_ms; /* again before the next line */
			continue;
		}
		dropped = dropped || card->sampler;
		g_ptr_array_remove_index(r->cards, i - 1);
		r->changed = true;
	}
	return dropped;
}

/* Rows for the cards of NVIDIA's driver that its library does not tell of; before it had its say, nothing is missing. */
static void find_missing(struct roster *r, const GPtrArray *nvidia)
{
	const struct library *l = r->library[NVIDIA];

	if (l && library_is_starting(l))
		return;
	for (guint i = 0; i < nvidia->len && r->cards->len < GPU_MAX; i++)
		if (!roster_by_bdf(r, g_ptr_array_index(nvidia, i)))
			add(r, card_new_found(r->sysfs, g_ptr_array_index(nvidia, i)));
	for (guint i = 0; l && library_is_up(l) && i < r->cards->len; i++) {
		struct card *card = card_at(r, i);
		if (!card->sampler && card->library_index < 0 && listed(nvidia, card->info.bdf))
			card->unlisted = true;
	}
}

void roster_rescan(struct roster *r, gint64 now_ms)
{
	if (now_ms < r->rescan_ms)
		return;
	g_autoptr(GPtrArray) list = pci_bus_list(r->sysfs, kinds[AMD].pci_vendor, kinds[AMD].driver);
	g_autoptr(GPtrArray) nvidia = pci_bus_list(r->sysfs, kinds[NVIDIA].pci_vendor, kinds[NVIDIA].driver);
	bool had_library = r->library[AMD] != NULL;
	r->rescan_ms = now_ms + RESCAN_MS;
	bool moved = drop_gone(r, list, nvidia, now_ms);
	for (guint i = 0; i < list->len && r->cards->len < GPU_MAX; i++) {
		const char *bdf = g_ptr_array_index(list, i);
		if (roster_by_bdf(r, bdf))
			continue;
		g_ptr_array_add(r->cards, card_new_sysfs(r->sysfs, bdf, r->wake_fd));
		r->changed = moved = true;
	}
	open_libraries(r);
	find_missing(r, nvidia);
	/* ROCm SMI sees a new card only when it is opened anew. */
	if (moved && had_library)
		library_restart(r->library[AMD], now_ms);
}

/* ---- rounds -------------------------------------------------------------------------------------------------------- */

void roster_kick(struct roster *r, gint64 now_ms)
{
	for (int i = 0; i < ROSTER_LIBRARIES; i++)
		if (r->library[i])
			library_kick(r->library[i], now_ms);
	for (guint i = 0; i < r->cards->len; i++)
		card_kick(card_at(r, i), now_ms);
	roster_collect(r, now_ms);
}

void roster_collect(struct roster *r, gint64 now_ms)
{
	for (int i = 0; i < ROSTER_LIBRARIES; i++)
		if (r->library[i])
			collect_library(r, i, now_ms);
	for (guint i = 0; i < r->cards->len; i++)
		if (card_collect(card_at(r, i)))
			r->changed = true;
}

bool roster_all_in(const struct roster *r)
{
	for (guint i = 0; i < r->cards->len; i++)
		if (card_waiting(card_at(r, i)))
			return false;
	return true;
}

bool roster_introduced(const struct roster *r)
{
	for (int i = 0; i < ROSTER_LIBRARIES; i++)
		if (r->library[i] && library_is_starting(r->library[i]))
			return false;
	return true;
}

/* What a card is called is decided once, when it is first told of. */
static void name_cards(struct roster *r)
{
	struct gpu_info *infos[GPU_MAX];

	for (guint i = 0; i < r->cards->len; i++)
		infos[i] = &card_at(r, i)->info;
	gpu_infos_name(infos, (int)r->cards->len);
}

void roster_settle(struct roster *r, gint64 now_ms)
{
	bool library_lost = false;

	name_cards(r);

	for (guint i = 0; i < r->cards->len; i++) {
		struct card *card = card_at(r, i);
		if (card_settle(card, r->interval_ms))
			r->changed = true;
		if (!card->sampler && card->shown.state == GPU_LOST)
			library_lost = true;
	}
	if (!library_lost)
		r->reopen_ms = 0;
	else if (r->reopen_ms == 0)
		r->reopen_ms = now_ms + REOPEN_MS;
	else if (now_ms >= r->reopen_ms && r->library[NVIDIA]) {
		library_restart(r->library[NVIDIA], now_ms);
		r->reopen_ms = now_ms + REOPEN_MS;
	}
}

void roster_told(struct roster *r, gint64 now_ms)
{
	for (guint i = 0; i < r->cards->len; i++) {
		struct card *card = card_at(r, i);
		card->lost_told = card->shown.state == GPU_LOST;
		if (card->lost_told && card->sampler)
			r->rescan_ms = now_ms;
	}
}

void roster_poll(const struct roster *r, struct pollfd fds[ROSTER_LIBRARIES])
{
	for (int i = 0; i < ROSTER_LIBRARIES; i++) {
		fds[i].fd = r->library[i] ? library_fd(r->library[i]) : -1;
		fds[i].events = POLLIN;
		fds[i].revents = 0;
	}
}

gint64 roster_due_ms(const struct roster *r)
{
	gint64 due = G_MAXINT64;

	for (int i = 0; i < ROSTER_LIBRARIES; i++)
		if (r->library[i])
			due = MIN(due, library_due_ms(r->library[i]));
	return due;
}
