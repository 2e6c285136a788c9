/* view_pci.c - the PCI devices of one host: passthrough state and owner on a hypervisor, driver, link and memory window
 * on this machine. Bridges are left out until asked for. */
#include "config.h"

#include "tui/views.h"

#include "tui/format.h"
#include "tui/host_facts.h"
#include "tui/pci_facts.h"
#include "tui/severity.h"
#include "tui/source_words.h"
#include "tui/table_cell.h"

#include <string.h>

struct pci_view {
	struct view base;
	struct table table;
	bool is_local; /* which columns the table has */
	bool bridges;
	int hidden;         /* bridges left out */
	GHashTable *owners; /* bdf -> VM name; borrowed from the lab, refilled by update() */
	GArray *items;      /* struct pci_item, one a row */
};

struct pci_item {
	const struct pci_row *pci;
	const char *owner; /* VM, or NULL */
	struct ref ref;
};

static const struct pci_item *item(const struct table_row *row)
{
	return row->item;
}

static void cell_bdf(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_TEXT, item(row)->pci->bdf);
}

static void cell_class(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct pci_row *p = item(row)->pci;
	if (*p->class_name)
		table_cell_text(out, ROLE_DIM, p->class_name);
	else
		g_snprintf(out->text, sizeof out->text, "class %04x", p->class_id);
}

static void cell_name(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct pci_row *p = item(row)->pci;
	if (*p->name)
		table_cell_text(out, ROLE_TEXT, p->name);
	else
		g_snprintf(out->text, sizeof out->text, "%04x:%04x", p->vendor_id, p->device_id);
}

static void cell_ids(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct pci_row *p = item(row)->pci;
	g_snprintf(out->text, sizeof out->text, "%04x:%04x", p->vendor_id, p->device_id);
	out->role = ROLE_DIM;
}

static void cell_node(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_num(out, item(row)->pci->numa_node, 0, "", false);
}

static void cell_passthru(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	static const enum role roles[PT_COUNT] = {
		[PT_UNKNOWN] = ROLE_DIM,    [PT_UNAVAILABLE] = ROLE_DIM,
		[PT_AVAILABLE] = ROLE_TEXT, [PT_ENABLE_PENDING] = ROLE_WARN,
		[PT_ACTIVE] = ROLE_OK,      [PT_DISABLE_PENDING] = ROLE_WARN,
		[PT_STALE] = ROLE_CRIT,
	};
	enum passthru_state state = item(row)->pci->pt_state;
	table_cell_text(out, roles[state], state ? passthru_screen[state] : NULL);
}

static void cell_owner(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_TEXT, item(row)->owner);
}

static void cell_sriov(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct pci_row *p = item(row)->pci;
	if (p->sriov_capable == TRI_YES && num_known(p->sriov_max))
		g_snprintf(out->text, sizeof out->text, "%.0f of %.0f",
			   num_known(p->sriov_vfs) ? p->sriov_vfs.v : 0, p->sriov_max.v);
	else
		table_cell_text(out, ROLE_DIM, NULL);
}

static void cell_driver(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_TEXT, item(row)->pci->driver);
}

static void cell_group(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_TEXT, item(row)->pci->iommu_group);
}

/* "gen 3 x8 of 4 x16": the card's own ability; the port above may be virtual and is not asked. */
static void cell_link(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct pci_link *l = &item(row)->pci->link;
	if (!num_known(l->gen) || !num_known(l->width)) {
		table_cell_text(out, ROLE_DIM, item(row)->pci->needs_root ? "root?" : "");
		return;
	}
	g_snprintf(out->text, sizeof out->text, "gen %.0f x%.0f", l->gen.v, l->width.v);
	if (num_known(l->max_gen) && num_known(l->max_width) &&
	    (l->gen.v < l->max_gen.v || l->width.v < l->max_width.v)) {
		g_autofree char *full =
			g_strdup_printf("%s of %.0f x%.0f", out->text, l->max_gen.v, l->max_width.v);
		table_cell_text(out, ROLE_WARN, full);
	}
	out->sort = l->gen.v * 100 + l->width.v;
}

static void cell_mmio(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	struct num n = item(row)->pci->mmio_bytes;
	table_cell_value(out, n, false, format_bytes(buf, n));
}

static void tri_cell(enum tri t, bool needs_root, struct table_cell *out)
{
	static const char *const words[] = {"-", "no", "yes"};
	table_cell_text(out, t == TRI_YES ? ROLE_TEXT : ROLE_DIM,
			t == TRI_UNKNOWN && needs_root ? "root?" : words[t]);
}

static void cell_rebar(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	tri_cell(item(row)->pci->rebar, item(row)->pci->needs_root, out);
}

static void cell_atomics(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	tri_cell(item(row)->pci->atomics, item(row)->pci->needs_root, out);
}

static const struct table_column host_columns[] = {
	{"ADDRESS", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_bdf},
	{"DEVICE", {.min = 20, .ideal = 44, .priority = 0, .grows = true}, ALIGN_LEFT, cell_name},
	{"CLASS", {.min = 12, .ideal = 24, .priority = 5}, ALIGN_LEFT, cell_class},
	{"IDS", {.min = 9, .ideal = 9, .priority = 4}, ALIGN_LEFT, cell_ids},
	{"NODE", {.min = 4, .ideal = 4, .priority = 2}, ALIGN_RIGHT, cell_node},
	{"PASSTHROUGH", {.min = 22, .ideal = 22, .priority = 0}, ALIGN_LEFT, cell_passthru, true},
	{"VM", {.min = 8, .ideal = 14, .priority = 1}, ALIGN_LEFT, cell_owner, true},
	{"SR-IOV", {.min = 8, .ideal = 8, .priority = 6}, ALIGN_LEFT, cell_sriov, true},
};

static const struct table_column local_columns[] = {
	{"ADDRESS", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_bdf},
	{"DEVICE", {.min = 20, .ideal = 44, .priority = 0, .grows = true}, ALIGN_LEFT, cell_name},
	{"CLASS", {.min = 12, .ideal = 24, .priority = 7}, ALIGN_LEFT, cell_class},
	{"IDS", {.min = 9, .ideal = 9, .priority = 6}, ALIGN_LEFT, cell_ids},
	{"DRIVER", {.min = 9, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_driver},
	{"NODE", {.min = 4, .ideal = 4, .priority = 3}, ALIGN_RIGHT, cell_node},
	{"IOMMU", {.min = 5, .ideal = 5, .priority = 4}, ALIGN_RIGHT, cell_group},
	{"LINK", {.min = 9, .ideal = 18, .priority = 1}, ALIGN_LEFT, cell_link},
	{"MEMORY", {.min = 6, .ideal = 6, .priority = 2}, ALIGN_RIGHT, cell_mmio},
	{"REBAR", {.min = 5, .ideal = 5, .priority = 5}, ALIGN_LEFT, cell_rebar},
	{"ATOMICS", {.min = 7, .ideal = 7, .priority = 5}, ALIGN_LEFT, cell_atomics},
};

static void use_columns(struct pci_view *p, bool local)
{
	if (p->table.columns)
		table_clear(&p->table);
	if (local)
		table_init(&p->table, local_columns, G_N_ELEMENTS(local_columns));
	else
		table_init(&p->table, host_columns, G_N_ELEMENTS(host_columns));
	p->is_local = local;
	p->table.empty = "This host tells of no PCI devices.";
}

static void pci_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct pci_view *p = (struct pci_view *)v;
	const struct lab_host *host = host_of_subject(lab, subject);
	if (v->entered == 0) {
		p->owners = g_hash_table_new(g_str_hash, g_str_equal);
		p->items = g_array_new(FALSE, TRUE, sizeof(struct pci_item));
	}
	use_columns(p, host && host->row->is_local);
}

static void find_owners(struct pci_view *p, const struct lab *lab, const struct lab_host *host)
{
	g_hash_table_remove_all(p->owners);
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		for (int k = 0; vm->host == host && k < vm->row->n_devices; k++)
			if (*vm->row->devices[k].bdf)
				g_hash_table_insert(p->owners, (void *)vm->row->devices[k].bdf,
						    (void *)vm->shown);
	}
}

static void collect(struct pci_view *p, const struct lab_host *host)
{
	g_array_set_size(p->items, 0);
	p->hidden = 0;
	for (int i = 0; i < host->row->n_pci; i++) {
		struct pci_item it = {.pci = &host->row->pci[i]};
		if (it.pci->class_id >> 8 == 0x06 && !p->bridges) {
			p->hidden++;
			continue;
		}
		it.owner = g_hash_table_lookup(p->owners, it.pci->bdf);
		it.ref = host->ref;
		it.ref.kind = THING_DEVICE;
		g_strlcpy(it.ref.sub, it.pci->bdf, sizeof it.ref.sub);
		g_array_append_val(p->items, it);
	}
}

static void pci_update(struct view *v, const struct lab *lab)
{
	struct pci_view *p = (struct pci_view *)v;
	const struct lab_host *host = host_of_subject(lab, v->has_subject ? &v->subject : NULL);
	if (host && host->row->is_local != p->is_local)
		use_columns(p, host->row->is_local);
	g_array_set_size(p->items, 0);
	if (host) {
		find_owners(p, lab, host);
		collect(p, host);
	}
	table_begin(&p->table);
	for (guint i = 0; i < p->items->len; i++) {
		const struct pci_item *it = &g_array_index(p->items, struct pci_item, i);
		struct table_row *row = table_row(&p->table, &it->ref, it);
		row->stale = host->stale;
		const struct lab_row *gpu = pci_gpu(lab, it->pci);
		int severity = it->pci->pt_state == PT_STALE ? SEV_BLOCK : gpu ? gpu->severity : 0;
		row->mark = severity_mark(severity, &row->mark_role);
	}
	table_end(&p->table, lab);
}

static void pci_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct pci_view *p = (const struct pci_view *)v;
	const struct lab_host *host = host_of_subject(lab, v->has_subject ? &v->subject : NULL);
	if (host && host->stale && r.h > 4) {
		struct rect foot = rect_cut_bottom(&r, 1);
		source_draw_silence_of_host(lab, host, c, foot.x + 1, foot.y);
	}
	if (p->hidden && r.h > 4) {
		struct rect foot = rect_cut_bottom(&r, 1);
		canvas_printf(c, foot.x + 1, foot.y, ROLE_DIM,
			      p->hidden == 1 ? "1 bridge is left out" : "%d bridges are left out", p->hidden);
	}
	const struct table_row *current = table_current(&p->table);
	int wanted = table_lines(&p->table) + 2;
	bool room = current && r.h - wanted >= PCI_FACTS_ROWS;
	table_draw(&p->table, lab, c, rect_cut_top(&r, room ? wanted : r.h));
	if (room)
		pci_draw_facts(item(current)->pci, lab, c, r);
}

static struct table *pci_table(struct view *v)
{
	return &((struct pci_view *)v)->table;
}

static void pci_leave(struct view *v)
{
	struct pci_view *p = (struct pci_view *)v;
	table_clear(&p->table);
	g_hash_table_unref(p->owners);
	g_array_unref(p->items);
}

static void pci_crumb(const struct view *v, const struct lab *lab, char *out, size_t size)
{
	const struct lab_host *host = host_of_subject(lab, v->has_subject ? &v->subject : NULL);
	g_strlcpy(out, host ? host->shown : "", size);
}

static void run_bridges(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	struct pci_view *p = (struct pci_view *)v;
	p->bridges = !p->bridges;
}

static void run_numa(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	const struct lab_host *host = host_of_subject(lab, v->has_subject ? &v->subject : NULL);
	if (host)
		intent_go(out, "numa", &host->ref);
}

static const struct pci_row *device_of(const struct lab *lab, const struct ref *r)
{
	for (guint i = 0; r && i < lab->hosts->len; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		if (strcmp(host->ref.source, r->source) != 0 || strcmp(host->ref.id, r->id) != 0)
			continue;
		for (int k = 0; k < host->row->n_pci; k++)
			if (strcmp(host->row->pci[k].bdf, r->sub) == 0)
				return &host->row->pci[k];
	}
	return NULL;
}

static bool is_gpu(const struct lab *lab, const struct ref *r, char *why, size_t size)
{
	const struct pci_row *p = device_of(lab, r);
	g_strlcpy(why, "it is no GPU", size);
	return p && pci_gpu(lab, p);
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "gpu", &pci_gpu(lab, device_of(lab, r))->ref);
}

static const struct command commands[] = {
	{"open", "enter", "its GPU", "The GPU that it is: plots, processes, health.", DANGER_NONE,
	 THING_DEVICE, is_gpu, run_open},
	{"bridges", "b", "bridges", "Show or leave out PCI bridges.", DANGER_NONE, THING_NONE, NULL,
	 run_bridges},
	{"numa", "n", "NUMA", "Its NUMA nodes, what is on them, and what crosses.", DANGER_NONE, THING_NONE,
	 NULL, run_numa},
	{NULL},
};

const struct view_ops view_pci = {
	.name = "pci",
	.help = "PCI devices of a host and their passthrough state.",
	.size = sizeof(struct pci_view),
	.commands = commands,
	.enter = pci_enter,
	.update = pci_update,
	.draw = pci_draw,
	.table = pci_table,
	.crumb = pci_crumb,
	.leave = pci_leave,
};
