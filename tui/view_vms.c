/* view_vms.c - virtual machines: those with GPUs, or prepared for them, first; their settings against what a GPU VM
 * needs. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/finding_line.h"
#include "tui/format.h"
#include "tui/severity.h"
#include "tui/table_cell.h"
#include "tui/vm_cards.h"
#include "tui/vm_facts.h"
#include "tui/welcome.h"

#include <string.h>

struct vms_view {
	struct view base;
	struct table table;
};

static const struct lab_vm *item(const struct table_row *row)
{
	return row->item;
}

static void cell_name(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->shown, sizeof out->text);
}

static void cell_power(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	static const enum role roles[] = {ROLE_DIM, ROLE_DIM, ROLE_OK, ROLE_INFO};
	enum vm_power power = item(row)->row->power;
	table_cell_text(out, roles[power], vm_power_names[power]);
	out->sort = power == POWER_ON ? 0 : power == POWER_SUSPENDED ? 1 : 2;
}

static void cell_host(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_host *host = item(row)->host;
	table_cell_text(out, ROLE_TEXT, host ? host->shown : NULL);
}

static void cell_devices(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	vm_describe_devices(item(row), lab, out->text, sizeof out->text);
	out->sort = item(row)->row->n_devices;
	out->role = item(row)->row->n_devices ? ROLE_TEXT : ROLE_DIM;
}

static void setting_cell(const struct table_row *row, const struct lab *lab, enum vm_setting setting,
			 struct table_cell *out)
{
	static const enum role roles[] = {[VERDICT_UNKNOWN] = ROLE_DIM,
					  [VERDICT_GOOD] = ROLE_TEXT,
					  [VERDICT_WRONG] = ROLE_WARN,
					  [VERDICT_MOOT] = ROLE_DIM};
	const struct lab_vm *vm = item(row);
	char now[64];
	enum setting_verdict verdict = vm_setting_now(lab, vm, setting, now, sizeof now);
	/* the mark that the VM's page has: colour alone would lose it in mono */
	g_snprintf(out->text, sizeof out->text, "%s%s", verdict == VERDICT_WRONG ? "!" : "", now);
	out->role = roles[verdict];
}

static void cell_firmware(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	setting_cell(row, lab, VMSET_FIRMWARE, out);
}

static void cell_reserved(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	setting_cell(row, lab, VMSET_RESERVATION, out);
}

static void cell_hot_add(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	setting_cell(row, lab, VMSET_HOT_ADD, out);
}

static void cell_mmio(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	setting_cell(row, lab, VMSET_MMIO_SIZE, out);
}

static void cell_snapshots(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	setting_cell(row, lab, VMSET_SNAPSHOTS, out);
}

static void cell_vcpus(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_num(out, item(row)->row->vcpus, 0, "", false);
}

static void cell_memory(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	struct num mb = item(row)->row->memory_mb;
	bool whole = num_known(mb) && mb.v >= 1024 && fmod(mb.v, 1024) == 0;
	table_cell_value(out, mb, false,
			 whole ? format_num(buf, num_of(mb.v / 1024), 0, "G", false)
			       : format_bytes(buf, vm_memory_bytes(item(row)->row)));
}

static void cell_tools(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	static const char *const words[TOOLS_COUNT] = {NULL, "running", "not running", "in a script"};
	table_cell_text(out, ROLE_DIM, words[item(row)->row->tools]);
}

static void cell_ip(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	table_cell_text(out, ROLE_TEXT, item(row)->row->guest_ip);
}

static void cell_guest(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_guest *g = vm_guest(lab, item(row));
	table_cell_text(out, ROLE_DIM, NULL);
	if (g)
		g_snprintf(out->text, sizeof out->text, "%s by %s", g->ref.source,
			   guest_match_names[g->match]);
}

static void cell_connection(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct vm_row *vm = item(row)->row;
	table_cell_text(out, vm_is_in_reach(vm) ? ROLE_DIM : ROLE_WARN, vm_connection_names[vm->connection]);
}

static const struct table_column columns[] = {
	{"VM", {.min = 12, .ideal = 18, .priority = 0, .fits = true, .most = 40}, ALIGN_LEFT, cell_name},
	{"POWER", {.min = 5, .ideal = 9, .priority = 0}, ALIGN_LEFT, cell_power, true},
	{"HOST", {.min = 8, .ideal = 14, .priority = 2, .fits = true, .most = 32}, ALIGN_LEFT, cell_host},
	{"GPUS", {.min = 10, .ideal = 16, .priority = 0}, ALIGN_LEFT, cell_devices},
	{"VCPU", {.min = 4, .ideal = 4, .priority = 4}, ALIGN_RIGHT, cell_vcpus, true},
	{"MEM", {.min = 6, .ideal = 6, .priority = 3}, ALIGN_RIGHT, cell_memory, true},
	{"BOOT", {.min = 5, .ideal = 5, .priority = 1}, ALIGN_LEFT, cell_firmware},
	{"RESERVED", {.min = 8, .ideal = 8, .priority = 1}, ALIGN_LEFT, cell_reserved},
	{"HOT ADD", {.min = 7, .ideal = 7, .priority = 3}, ALIGN_LEFT, cell_hot_add},
	{"MMIO", {.min = 8, .ideal = 8, .priority = 2}, ALIGN_LEFT, cell_mmio},
	{"SNAP", {.min = 5, .ideal = 5, .priority = 2}, ALIGN_RIGHT, cell_snapshots, true},
	{"TOOLS", {.min = 11, .ideal = 12, .priority = 6}, ALIGN_LEFT, cell_tools, true},
	{"ADDRESS", {.min = 15, .ideal = 15, .priority = 5}, ALIGN_LEFT, cell_ip},
	{"GUEST", {.min = 12, .ideal = 28, .priority = 7}, ALIGN_LEFT, cell_guest},
	{"STATE", {.min = 12, .ideal = 12, .priority = 0}, ALIGN_LEFT, cell_connection},
};
#define WITH_STATE ((int)G_N_ELEMENTS(columns)) /* the last column is there when it has something to say */

static void draw_group(const struct table_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, row->item);
}

static void vms_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct vms_view *s = (struct vms_view *)v;
	if (v->entered == 0) {
		table_init(&s->table, columns, WITH_STATE - 1);
		s->table.group = draw_group;
		s->table.empty = "No VM is known yet: VMs come from vCenter or ESXi ([vsphere NAME] in "
				 "labtop.conf, or GOVC_URL).";
	}
	if (subject)
		table_select(&s->table, subject);
}

static void fill_group(struct table *t, const struct lab *lab, const char *title, const GPtrArray *vms,
		       GHashTable *worst)
{
	if (vms->len > 0)
		table_group(t, NULL, title);
	for (guint i = 0; i < vms->len; i++) {
		const struct lab_vm *vm = vms->pdata[i];
		struct table_row *row = table_row(t, &vm->ref, vm);
		row->stale = vm->stale || !vm_is_in_reach(vm->row);
		row->mark = severity_mark(worst ? vm_severity(lab, vm, worst) : 0, &row->mark_role);
	}
}

static void vms_update(struct view *v, const struct lab *lab)
{
	struct vms_view *s = (struct vms_view *)v;
	g_autoptr(GPtrArray) with_gpus = g_ptr_array_new(), others = g_ptr_array_new();
	g_autoptr(GHashTable) worst = lab_worst_findings(lab);
	bool out_of_reach = false;
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		out_of_reach |= !vm_is_in_reach(vm->row);
		if (vm->row->is_template != TRI_YES)
			g_ptr_array_add(vm_is_about_gpus(vm) ? with_gpus : others, (gpointer)vm);
	}
	s->table.n_columns = WITH_STATE - !out_of_reach;
	table_begin(&s->table);
	fill_group(&s->table, lab, "with GPUs, or prepared for them", with_gpus, worst);
	fill_group(&s->table, lab, "others", others, NULL);
	table_end(&s->table, lab);
}

#define PANE_MIN 5 /* rows below a short list from which on there is more about the VM under the cursor */

/* What is on the cards of the VM under the cursor, and what is wrong with it or with them. */
static void draw_pane(const struct lab_vm *vm, const struct lab *lab, struct canvas *c, struct rect r)
{
	g_autoptr(GPtrArray) about = g_ptr_array_new();
	g_ptr_array_add(about, (gpointer)&vm->ref);
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->vm == vm)
			g_ptr_array_add(about, (gpointer)&row->ref);
	}
	draw_rule(c, r.x, r.y, r.w, vm->shown);
	rect_cut_top(&r, 1);
	rect_cut_top(&r, vm_draw_cards(vm, lab, c, r));
	if (r.h > 0 && !finding_lines_about(lab, (const struct ref *const *)about->pdata, (int)about->len,
					    FINDING_SUBJECT_W, c, r))
		canvas_text(c, r.x + 1, r.y, -1, ROLE_DIM,
			    vm_is_about_gpus(vm) ? "nothing that labtop knows of is wrong with it"
						 : "it has no GPU, and nothing of one in its settings");
}

static void vms_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct vms_view *s = (const struct vms_view *)v;
	const struct table_row *current = table_current(&s->table);
	if (!s->table.rows->len && empty_draw(lab, 1u << TARGET_VSPHERE, "No VM is known yet", c, r))
		return;
	int wanted = table_lines(&s->table) + 1;
	bool room = current && r.h - wanted >= PANE_MIN;
	table_draw(&s->table, lab, c, rect_cut_top(&r, room ? wanted + 1 : r.h));
	if (room)
		draw_pane(item(current), lab, c, r);
}

static struct table *vms_table(struct view *v)
{
	return &((struct vms_view *)v)->table;
}

static void vms_leave(struct view *v)
{
	table_clear(&((struct vms_view *)v)->table);
}

static void run_open(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "vm", r);
}

static const struct command commands[] = {
	{"open", "enter", "open", "Its settings against what a GPU VM needs, devices.", DANGER_NONE, THING_VM,
	 NULL, run_open},
	{NULL},
};

const struct view_ops view_vms = {
	.name = "vms",
	.help = "Virtual machines and their settings for GPUs.",
	.title = "VMs",
	.number = 5,
	.size = sizeof(struct vms_view),
	.commands = commands,
	.enter = vms_enter,
	.update = vms_update,
	.draw = vms_draw,
	.table = vms_table,
	.leave = vms_leave,
};
