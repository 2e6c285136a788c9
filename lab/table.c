/* table.c - the rows: host's card, VM that owns it, GPU the guest sees. Models are put on them by place.c. */
#include "config.h"
#include "lab/backing.h"
#include "lab/pair.h"
#include "lab/private.h"
#include "lab/problem.h"
#include "lab/text.h"

#include <string.h>

/* One build of the table. */
struct build {
	struct lab *lab;
	GPtrArray *top;        /* struct lab_row *: cards and what has no card above it */
	GPtrArray *parts;      /* struct lab_row * with a parent */
	GHashTable *parts_of;  /* struct lab_row * -> GPtrArray of its parts, in order; once all are there */
	GHashTable *by_device; /* struct pci_row * -> the row of the card or virtual function */
	GHashTable *served;    /* set of struct lab_vm * whose guest was joined */
	struct backings backings;
};

void table_free_row(struct lab_row *row)
{
	g_array_unref(row->placed);
	if (row->fans)
		g_ptr_array_unref(row->fans);
	g_free(row);
}

static const char *word(struct build *b, const char *text)
{
	return g_string_chunk_insert(b->lab->p->words, text);
}

static struct lab_row *row_new(struct build *b, struct lab_row *parent, struct ref ref)
{
	struct lab_row *row = g_new0(struct lab_row, 1);
	row->ref = ref;
	row->parent = parent;
	row->placed = g_array_new(FALSE, TRUE, sizeof(struct lab_placed));
	row->match_why = row->owner = row->note = row->label = "";
	g_ptr_array_add(parent ? b->parts : b->top, row);
	return row;
}

static void set_row(struct lab_gpu *gpu, struct lab_row *row)
{
	((struct gpu_thing *)gpu)->row = row;
}

/* ---- the host's cards -------------------------------------------------------------------------------------------- */

/* The row of a card, or of a virtual function below its card's. Functions of functions there are none. */
static struct lab_row *card_row(struct build *b, const struct lab_host *host, const struct pci_row *device)
{
	struct lab_row *row = g_hash_table_lookup(b->by_device, device), *parent = NULL;
	if (row)
		return row;
	const struct pci_row *card = backing_physical(host->row, device);
	if (card && !*card->physical)
		parent = card_row(b, host, card);
	row = row_new(b, parent, ref_make(THING_ROW, host->ref.source, host->ref.id, device->bdf));
	row->host = host;
	row->device = device;
	g_hash_table_insert(b->by_device, (gpointer)device, row);
	return row;
}

/* A function belongs here when its card does. */
static void add_cards(struct build *b, const struct lab_host *host)
{
	for (int i = 0; i < host->row->n_pci; i++) {
		const struct pci_row *device = &host->row->pci[i];
		const struct pci_row *card = backing_physical(host->row, device);
		if (backing_is_gpu(card ? card : device))
			card_row(b, host, device);
	}
}

/* ---- VMs and their devices --------------------------------------------------------------------------------------- */

/* Who of two VMs that name one card has it: the one that runs. */
static bool has_better_claim(const struct lab_vm *vm, const struct lab_vm *holder)
{
	static const int by_power[] = {
		[POWER_UNKNOWN] = 0, [POWER_OFF] = 1, [POWER_SUSPENDED] = 2, [POWER_ON] = 3};
	return !holder || by_power[vm->row->power] > by_power[holder->row->power];
}

static struct ref device_ref(const struct lab_vm *vm, const struct vm_device *d)
{
	char sub[32];
	g_snprintf(sub, sizeof sub, "key-%d", d->key);
	return ref_make(THING_ROW, vm->ref.source, vm->ref.id, sub);
}

/* The row of a VM's device; NULL when another VM has the better claim to the card. */
static struct lab_row *device_row(struct build *b, const struct lab_vm *vm, const struct vm_device *d,
				  const struct pci_row *backing)
{
	struct lab_row *row;
	if (!backing) {
		row = row_new(b, NULL, device_ref(vm, d));
	} else if (d->kind == VMDEV_VGPU && !backing_physical(vm->host->row, backing)) {
		row = row_new(b, card_row(b, vm->host, backing),
			      device_ref(vm, d)); /* a share, one of many */
		row->device = backing;
	} else {
		row = card_row(b, vm->host, backing);
		if (!has_better_claim(vm, row->vm))
			return NULL;
	}
	row->host = vm->host;
	row->vm = vm;
	row->vm_device = d;
	return row;
}

/* ---- guests ------------------------------------------------------------------------------------------------------ */

static struct guest_thing *guest_in(struct build *b, const struct lab_vm *vm)
{
	struct guest_thing *found = NULL;
	for (guint i = 0; i < b->lab->guests->len; i++) {
		struct guest_thing *g = b->lab->guests->pdata[i];
		if (g->pub.vm == vm && (!found || (found->pub.stale && !g->pub.stale)))
			found = g;
	}
	return found;
}

static void report_refused(struct build *b, const struct lab_vm *vm, const struct pair *p,
			   const struct lab_gpu *gpu)
{
	char *who = g_strdup_printf("%s %s", vm->shown, p->backing ? p->backing->bdf : "device");
	char *why = g_strdup_printf("%s; guest %s %s has %04x:%04x", p->why, gpu->ref.source, gpu->row->bdf,
				    gpu->row->vendor_id, gpu->row->device_id);
	struct problem problem = {.id = "JOIN-IDS",
				  .severity = SEV_WARN,
				  .subject = vm->ref,
				  .subject_text = who,
				  .text = "the guest shows another card in its place",
				  .evidence = why,
				  .fix = "check that the guest's section names the right VM (vm = NAME)"};
	g_ptr_array_add(b->lab->p->join_problems, finding_new(&problem));
	g_free(who);
	g_free(why);
}

static void join_pair(struct build *b, const struct lab_vm *vm, struct lab_row *row, const struct pair *p,
		      GPtrArray *gpus)
{
	struct lab_gpu *gpu = p->card >= 0 ? gpus->pdata[p->card] : NULL;
	bool guessed = g_hash_table_contains(b->backings.guessed, p->device);
	char *why = g_strdup_printf("%s%s", p->why, guessed ? "; the host's card by elimination" : "");
	if (row)
		row->match_why = word(b, why);
	g_free(why);
	if (gpu && p->refused)
		report_refused(b, vm, p, gpu);
	if (!gpu || p->refused || !row)
		return;
	row->gpu = gpu;
	row->guest = gpu->guest;
	row->match = guessed ? MATCH_GUESS : p->match;
	set_row(gpu, row);
}

static void join_vm(struct build *b, const struct lab_vm *vm, struct pair *pairs, struct lab_row **rows,
		    int n)
{
	struct guest_thing *g = guest_in(b, vm);
	if (!g)
		return;
	g_hash_table_add(b->served, (gpointer)vm);
	GPtrArray *gpus = g_ptr_array_new(), *cards = g_ptr_array_new();
	for (guint i = 0; i < g->gpus->len; i++) {
		struct lab_gpu *gpu = g->gpus->pdata[i];
		if (gpu->parent || *gpu->row->parent)
			continue;
		g_ptr_array_add(gpus, gpu);
		g_ptr_array_add(cards, (gpointer)gpu->row);
	}
	pair_devices(vm->row, pairs, n, (const struct gpu_row *const *)cards->pdata, (int)cards->len);
	for (int i = 0; i < n; i++)
		join_pair(b, vm, rows[i], &pairs[i], gpus);
	g_ptr_array_unref(gpus);
	g_ptr_array_unref(cards);
}

static void add_vm(struct build *b, const struct lab_vm *vm)
{
	struct pair *pairs = g_new0(struct pair, vm->row->n_devices);
	struct lab_row **rows = g_new0(struct lab_row *, vm->row->n_devices);
	int n = 0;
	for (int i = 0; i < vm->row->n_devices; i++) {
		const struct vm_device *d = &vm->row->devices[i];
		const struct pci_row *backing = g_hash_table_lookup(b->backings.device, d);
		if (!backing_wants_row(d, backing))
			continue;
		pairs[n] = (struct pair){.device = d, .backing = backing};
		rows[n++] = device_row(b, vm, d, backing);
	}
	if (n > 0)
		join_vm(b, vm, pairs, rows, n);
	g_free(pairs);
	g_free(rows);
}

/* ---- GPUs without a device of a VM ------------------------------------------------------------------------------- */

static const struct lab_host *local_host(const struct lab *lab)
{
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		if (h->row->is_local)
			return h;
	}
	return NULL;
}

/* A guest that is this very machine, not a VM of a host that is known. */
static bool bare_metal(const struct lab_guest *g)
{
	return !g->vm && g->row->transport == TRANSPORT_LOCAL;
}

static struct lab_row *lone_row(struct build *b, struct lab_gpu *gpu, struct lab_row *parent)
{
	const struct lab_host *local = bare_metal(gpu->guest) ? local_host(b->lab) : NULL;
	const struct pci_row *device = local ? backing_at(local->row, gpu->row->bdf) : NULL;
	bool own_device = device && !(parent && parent->device == device); /* a MIG instance has its card's */
	struct lab_row *row;
	if (own_device) {
		row = card_row(b, local, device);
		row->match = MATCH_SLOT;
		row->match_why = "this machine's own card";
	} else {
		row = row_new(b, parent, ref_make(THING_ROW, gpu->ref.source, gpu->ref.id, "gpu"));
		row->host = parent           ? parent->host
			    : local          ? local
			    : gpu->guest->vm ? gpu->guest->vm->host
					     : NULL;
		row->device = parent ? parent->device : NULL;
		row->match = parent ? parent->match : MATCH_NONE;
		row->match_why = parent ? parent->match_why : "";
	}
	row->vm = gpu->guest->vm;
	row->vm_device = parent ? parent->vm_device : NULL;
	row->guest = gpu->guest;
	row->gpu = gpu;
	set_row(gpu, row);
	return row;
}

/* A second guest of a VM that is joined already (its agent by ssh and the local one) shows the same cards again. */
static bool seen_by_another(struct build *b, const struct lab_guest *g)
{
	return g->vm && g_hash_table_contains(b->served, g->vm) && &guest_in(b, g->vm)->pub != g;
}

/* lab->gpus has parts behind their card, so that the card's row is there when its parts come. */
static void add_lone_gpus(struct build *b)
{
	for (guint i = 0; i < b->lab->gpus->len; i++) {
		struct lab_gpu *gpu = b->lab->gpus->pdata[i];
		if (((struct gpu_thing *)gpu)->row || seen_by_another(b, gpu->guest))
			continue;
		lone_row(b, gpu, gpu->parent ? ((struct gpu_thing *)gpu->parent)->row : NULL);
	}
}

/* Where this machine is a VM of a known host, its PCI devices are the VM's and stand there already. */
static bool shows_own_cards(const struct lab *lab, const struct lab_host *host)
{
	for (guint i = 0; host->row->is_local && i < lab->guests->len; i++) {
		const struct lab_guest *g = lab->guests->pdata[i];
		if (g->vm && g->row->transport == TRANSPORT_LOCAL)
			return false;
	}
	return true;
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

/* By host, then address; what has no address behind, what has no host last. */
static int rows_in_order(gconstpointer a, gconstpointer b)
{
	const struct lab_row *x = *(struct lab_row *const *)a, *y = *(struct lab_row *const *)b;
	if (!x->host != !y->host)
		return x->host ? -1 : 1;
	int c = x->host ? text_natural(x->host->name, y->host->name) : 0;
	c = c ? c : x->host ? strcmp(x->host->ref.id, y->host->ref.id) : 0;
	c = c ? c : !x->device - !y->device;
	c = c ? c : x->device ? strcmp(x->device->bdf, y->device->bdf) : 0;
	c = c ? c : text_natural(x->vm ? x->vm->name : "", y->vm ? y->vm->name : "");
	c = c ? c : !!x->gpu - !!y->gpu;
	c = c ? c : x->gpu ? gpu_order(x->gpu->row, y->gpu->row) : 0;
	c = c ? c : strcmp(x->ref.id, y->ref.id);
	return c ? c : strcmp(x->ref.sub, y->ref.sub);
}

/* A part of a part (MIG in a VM's card) follows its own card. */
static void append_with_parts(struct build *b, struct lab_row *row)
{
	g_ptr_array_add(b->lab->rows, row);
	row_set_label(b->lab, row);
	row_set_note(b->lab, row);
	row_set_fans(b->lab, row);
	const GPtrArray *parts = g_hash_table_lookup(b->parts_of, row);
	for (guint i = 0; parts && i < parts->len; i++)
		append_with_parts(b, parts->pdata[i]);
}

static void sort_parts(struct build *b)
{
	g_ptr_array_sort(b->parts, rows_in_order);
	for (guint i = 0; i < b->parts->len; i++) {
		struct lab_row *part = b->parts->pdata[i];
		GPtrArray *parts = g_hash_table_lookup(b->parts_of, part->parent);
		if (!parts) {
			parts = g_ptr_array_new();
			g_hash_table_insert(b->parts_of, part->parent, parts);
		}
		g_ptr_array_add(parts, part);
	}
}

static void list_rows(struct build *b)
{
	g_ptr_array_sort(b->top, rows_in_order);
	sort_parts(b);
	for (guint i = 0; i < b->top->len; i++)
		append_with_parts(b, b->top->pdata[i]);
}

void table_build(struct lab *lab)
{
	struct build b = {.lab = lab,
			  .top = g_ptr_array_new(),
			  .parts = g_ptr_array_new(),
			  .parts_of =
				  g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref),
			  .by_device = g_hash_table_new(NULL, NULL),
			  .served = g_hash_table_new(NULL, NULL)};
	GPtrArray *vms = merge_gpu_vms(lab);
	backing_resolve(&b.backings, vms);
	g_ptr_array_set_size(lab->rows, 0);
	g_ptr_array_set_size(lab->p->join_problems, 0);
	g_string_chunk_clear(lab->p->words);
	for (guint i = 0; i < lab->gpus->len; i++)
		set_row(lab->gpus->pdata[i], NULL);
	for (guint i = 0; i < lab->hosts->len; i++)
		if (shows_own_cards(lab, lab->hosts->pdata[i]))
			add_cards(&b, lab->hosts->pdata[i]);
	for (guint i = 0; i < vms->len; i++)
		add_vm(&b, vms->pdata[i]);
	add_lone_gpus(&b);
	list_rows(&b);
	g_ptr_array_unref(vms);
	g_ptr_array_unref(b.top);
	g_ptr_array_unref(b.parts);
	backing_clear(&b.backings);
	g_hash_table_destroy(b.parts_of);
	g_hash_table_destroy(b.by_device);
	g_hash_table_destroy(b.served);
}
