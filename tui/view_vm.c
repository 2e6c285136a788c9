/* view_vm.c - one VM: its settings against what a GPU VM needs, its devices, what it is and where. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/guest_facts.h"
#include "tui/source_words.h"
#include "tui/vm_cards.h"
#include "tui/vm_facts.h"

#define GAPS_SHOWN 3
#define WIDE       110 /* from here on there is room for why a GPU VM wants a setting so */

static const struct lab_vm *subject(const struct view *v, const struct lab *lab)
{
	return v->has_subject ? lab_find_vm(lab, &v->subject) : NULL;
}

static const char *const out_of_reach[VM_CONNECTION_COUNT] = {
	[VM_DISCONNECTED] = "vCenter is not in touch with its host",
	[VM_ORPHANED] = "vCenter knows it, its host does not",
	[VM_INACCESSIBLE] = "its files cannot be read",
	[VM_INVALID] = "its configuration cannot be read",
};

static void draw_what(const struct lab_vm *vm, const struct lab *lab, struct canvas *c, struct rect r)
{
	char buf[FORMAT_SIZE], vcpus[FORMAT_SIZE];
	const struct vm_row *row = vm->row;
	const struct lab_guest *g = vm_guest(lab, vm);
	int x = r.x + 1 + canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, vm->shown);
	bool old = vm->stale || !vm_is_in_reach(row);
	int notes = r.y + 3;
	x += canvas_printf(c, x + 2, r.y,
			   old                      ? ROLE_STALE
			   : row->power == POWER_ON ? ROLE_OK
						    : ROLE_DIM,
			   "%s%s", old && row->power ? "~" : "",
			   row->power ? vm_power_names[row->power] : "-");
	canvas_printf(c, x + 4, r.y, ROLE_DIM, "host %s · %s vCPU · %s · %s",
		      vm->host ? vm->host->shown : "-", format_num(vcpus, row->vcpus, 0, "", false),
		      format_bytes(buf, vm_memory_bytes(row)), row->hw_version);
	canvas_printf(c, r.x + 1, r.y + 1, ROLE_DIM, "%s · %s · uuid %s",
		      *row->guest_hostname ? row->guest_hostname : "no host name",
		      *row->guest_ip ? row->guest_ip : "no address", row->uuid);
	if (g)
		canvas_printf(c, r.x + 1, r.y + 2, ROLE_DIM, "guest source %s, matched by %s", g->ref.source,
			      guest_match_names[g->match]);
	else
		canvas_text(c, r.x + 1, r.y + 2, -1, ROLE_DIM,
			    "no guest source: what happens inside is not known");
	if (!vm_is_in_reach(row))
		canvas_printf(c, r.x + 1, notes++, ROLE_WARN, "%s: %s; what stands here is the last known",
			      vm_connection_names[row->connection], out_of_reach[row->connection]);
	if (*row->question)
		canvas_printf(c, r.x + 1, notes, ROLE_WARN, "waits for an answer: %s", row->question);
}

/* So many lines draw_what() takes. */
static int what_lines(const struct vm_row *row)
{
	return 3 + !vm_is_in_reach(row) + (*row->question ? 1 : 0);
}

/* What the server would not tell, as for hosts; the first few stand for what is often all of them. Cuts its lines off r. */
static void draw_gaps(const struct lab_vm *vm, struct canvas *c, struct rect *r)
{
	const char *const *partial = vm->row->partial;
	int n = partial ? (int)g_strv_length((char **)partial) : 0;
	int shown = n > GAPS_SHOWN ? GAPS_SHOWN - 1 : n;
	for (int i = 0; i < shown; i++)
		canvas_printf(c, r->x + 1, r->y + i, ROLE_WARN, "not read: %s", partial[i]);
	if (n > shown)
		canvas_printf(c, r->x + 1, r->y + shown, ROLE_WARN, "not read: %d more properties",
			      n - shown);
	rect_cut_top(r, n ? shown + (n > shown) + 1 : 0);
}

static void draw_settings(const struct lab *lab, const struct lab_vm *vm, struct canvas *c, struct rect r)
{
	static const struct {
		enum glyph mark;
		enum role role;
	} look[] = {
		[VERDICT_UNKNOWN] = {G_UNKNOWN, ROLE_DIM},
		[VERDICT_GOOD] = {G_SAME, ROLE_DIM},
		[VERDICT_WRONG] = {G_WARN, ROLE_WARN},
		[VERDICT_MOOT] = {G_DOT, ROLE_DIM},
	};
	bool wide = r.w >= WIDE;
	canvas_text(c, r.x + 3, r.y, -1, ROLE_TITLE, "SETTING");
	canvas_text(c, r.x + 31, r.y, -1, ROLE_TITLE, "NOW");
	canvas_text(c, r.x + 46, r.y, -1, ROLE_TITLE, "A GPU VM WANTS");
	if (wide)
		canvas_text(c, r.x + 77, r.y, -1, ROLE_TITLE, "BECAUSE");
	for (int s = 0; s < VMSET_COUNT && s + 1 < r.h; s++) {
		char now[64];
		int y = r.y + 1 + s;
		enum setting_verdict v = vm_setting_now(lab, vm, (enum vm_setting)s, now, sizeof now);
		canvas_glyph(c, r.x + 1, y, look[v].role, look[v].mark);
		draw_text(c, r.x + 3, y, 27, ALIGN_LEFT, ROLE_TEXT, vm_setting_info[s].name);
		draw_text(c, r.x + 31, y, 14, ALIGN_LEFT,
			  v == VERDICT_WRONG  ? ROLE_WARN
			  : v == VERDICT_GOOD ? ROLE_TEXT
					      : ROLE_DIM,
			  now);
		draw_text(c, r.x + 46, y, wide ? 30 : r.w - 47, ALIGN_LEFT, ROLE_DIM,
			  vm_setting_info[s].wants);
		if (wide)
			draw_text(c, r.x + 77, y, r.w - 78, ALIGN_LEFT, ROLE_DIM, vm_setting_info[s].why);
	}
}

/* Its own address, else the card that it is a function of. */
static void describe_place(const struct vm_device *d, char *out, size_t size)
{
	if (!*d->bdf && *d->physical)
		g_snprintf(out, size, "of %s", format_bdf(d->physical));
	else
		g_strlcpy(out, *d->bdf ? d->bdf : "-", size);
}

static void draw_devices(const struct lab_vm *vm, const struct lab *lab, struct canvas *c, struct rect r)
{
	canvas_text(c, r.x + 3, r.y, -1, ROLE_TITLE, "PASSED THROUGH");
	canvas_text(c, r.x + 31, r.y, -1, ROLE_TITLE, "ON THE HOST");
	canvas_text(c, r.x + 46, r.y, -1, ROLE_TITLE, "SLOT");
	for (int i = 0; i < vm->row->n_devices && i + 1 < r.h; i++) {
		char buf[FORMAT_SIZE], place[32];
		const struct vm_device *d = &vm->row->devices[i];
		int y = r.y + 1 + i;
		draw_text(c, r.x + 3, y, 27, ALIGN_LEFT, ROLE_TEXT,
			  *d->profile ? d->profile
			  : *d->label ? d->label
				      : vm_device_kind_names[d->kind]);
		describe_place(d, place, sizeof place);
		draw_text(c, r.x + 31, y, 14, ALIGN_LEFT, *d->bdf ? ROLE_TEXT : ROLE_DIM, place);
		draw_text(c, r.x + 46, y, 8, ALIGN_LEFT, format_num_role(d->slot, false, ROLE_TEXT),
			  format_id(buf, d->slot));
		canvas_text(c, r.x + 56, y, -1, ROLE_DIM, vm_device_kind_names[d->kind]);
		const struct lab_row *card = vm_card(lab, vm, d);
		if (card)
			card_draw(card, lab, false, c, rect_of(r.x + 65, y, r.w - 66, 1));
	}
	if (!vm->row->n_devices && r.h > 1)
		canvas_text(c, r.x + 3, r.y + 1, -1, ROLE_DIM, "none");
}

static void vm_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct lab_vm *vm = subject(v, lab);
	if (!vm) {
		canvas_text(c, r.x + 1, r.y + 1, -1, ROLE_DIM,
			    v->has_subject ? "This VM is not there any more."
					   : "Choose a VM in the list (5).");
		return;
	}
	if (vm->stale)
		source_draw_silence(lab, TARGET_VSPHERE, vm->row->source, c, r.x + 1, rect_cut_top(&r, 1).y);
	bool gaps = vm->row->partial && vm->row->partial[0];
	draw_what(vm, lab, c, rect_cut_top(&r, what_lines(vm->row) + 1 - gaps));
	draw_gaps(vm, c, &r);
	draw_settings(lab, vm, c, rect_cut_top(&r, MIN(VMSET_COUNT + 1, r.h)));
	rect_cut_top(&r, 1);
	draw_devices(vm, lab, c, rect_cut_top(&r, MAX(vm->row->n_devices, 1) + 1));
	rect_cut_top(&r, 1);
	guest_draw_mounts(vm_guest(lab, vm), c, r);
}

static bool vm_selected(const struct view *v, const struct lab *lab, struct ref *out)
{
	const struct lab_vm *vm = subject(v, lab);
	if (vm)
		*out = vm->ref;
	return vm != NULL;
}

static void vm_crumb(const struct view *v, const struct lab *lab, char *out, size_t size)
{
	const struct lab_vm *vm = subject(v, lab);
	g_strlcpy(out, vm ? vm->shown : "", size);
}

static const struct lab_row *first_card(const struct lab *lab, const struct ref *r)
{
	const struct lab_vm *vm = r ? lab_find_vm(lab, r) : NULL;
	for (guint i = 0; vm && i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->vm == vm)
			return row;
	}
	return NULL;
}

static bool has_card(const struct lab *lab, const struct ref *r, char *why, size_t size)
{
	g_strlcpy(why, "it has no GPU", size);
	return first_card(lab, r) != NULL;
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "gpu", &first_card(lab, r)->ref);
}

static void run_host(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	const struct lab_vm *vm = lab_find_vm(lab, r);
	if (vm && vm->host)
		intent_go(out, "hosts", &vm->host->ref);
	else
		intent_say(out, SAY_INFO, "no host is known for this VM");
}

static const struct command commands[] = {
	{"open", "enter", "its GPU", "The first of its GPUs: plots, processes, health.", DANGER_NONE,
	 THING_VM, has_card, run_open},
	{"host", "o", "host", "The host that it is on.", DANGER_NONE, THING_VM, NULL, run_host},
	{NULL},
};

const struct view_ops view_vm = {
	.name = "vm",
	.size = sizeof(struct view),
	.commands = commands,
	.draw = vm_draw,
	.selected = vm_selected,
	.crumb = vm_crumb,
};
