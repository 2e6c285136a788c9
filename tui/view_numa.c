/* view_numa.c - one host by NUMA node: what is on each, and what crosses. ESXi does not tell where an unpinned VM runs,
 * so only settings are shown. */
#include "config.h"

#include "tui/views.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/host_facts.h"
#include "tui/source_words.h"

#include <string.h>

struct numa_view {
	struct view base;
	int first;   /* first node shown, where not all fit */
	int *across; /* how many the last draw had room for */
};

static void numa_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct numa_view *nv = (struct numa_view *)v;
	if (!nv->across)
		nv->across = g_new0(int, 1);
	nv->first = 0;
}

static void numa_leave(struct view *v)
{
	g_free(((struct numa_view *)v)->across);
}

static const struct lab_host *subject(const struct view *v, const struct lab *lab)
{
	return host_of_subject(lab, v->has_subject ? &v->subject : NULL);
}

/* The node a VM is pinned to by numa.nodeAffinity, or -1: anywhere, or more than one. */
static int pinned_node(const struct lab_vm *vm)
{
	const char *value = vm_extra(vm->row, "numa.nodeAffinity");
	guint64 node;
	if (!value || !g_ascii_string_to_unsigned(value, 10, 0, 63, &node, NULL))
		return -1;
	return (int)node;
}

static void describe_size(const struct vm_row *vm, char *out, size_t size)
{
	char vcpus[FORMAT_SIZE], memory[FORMAT_SIZE];
	struct num mb = vm->memory_mb;
	bool small = num_known(mb) && mb.v < 1024;
	if (num_known(mb) && !small)
		mb.v /= 1024;
	g_snprintf(out, size, "%s vCPU %s %s", format_num(vcpus, vm->vcpus, 0, "", false),
		   format_num(memory, mb, 0, "", false), small ? "MiB" : "GiB");
}

static bool runs_here(const struct lab_vm *vm, const struct lab_host *host)
{
	return vm->host == host && vm->row->power == POWER_ON;
}

/* ---- one node ------------------------------------------------------------------------------------------------------ */

struct pinned {
	double vcpus, mem_gib;
};

static struct pinned sum_pinned(const struct lab *lab, const struct lab_host *host, int node)
{
	struct pinned sum = {0};
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		if (!runs_here(vm, host) || pinned_node(vm) != node)
			continue;
		sum.vcpus += num_known(vm->row->vcpus) ? vm->row->vcpus.v : 0;
		sum.mem_gib += num_known(vm->row->memory_mb) ? vm->row->memory_mb.v / 1024 : 0;
	}
	return sum;
}

static void draw_share(struct canvas *c, struct rect r, const char *name, double part, const char *text)
{
	canvas_text(c, r.x + 1, r.y, -1, ROLE_DIM, name);
	draw_bar(c, r.x + 13, r.y, MAX(r.w - 24, 4), ROLE_BAR, part);
	draw_text(c, r.x + r.w - 10, r.y, 9, ALIGN_RIGHT, ROLE_TEXT, text);
}

static int draw_node_vms(const struct lab *lab, const struct lab_host *host, int node, struct canvas *c,
			 struct rect r)
{
	int y = r.y;
	for (guint i = 0; i < lab->vms->len && y < r.y + r.h; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		char size[48];
		if (!runs_here(vm, host) || pinned_node(vm) != node)
			continue;
		describe_size(vm->row, size, sizeof size);
		g_autofree char *line = g_strdup_printf("%s  %s  affinity %d", vm->shown, size, node);
		draw_text(c, r.x + 1, y++, r.w - 2, ALIGN_LEFT, ROLE_TEXT, line);
	}
	return y - r.y;
}

static int draw_node_gpus(const struct lab *lab, const struct lab_host *host, int node, struct canvas *c,
			  struct rect r)
{
	int y = r.y;
	for (guint i = 0; i < lab->rows->len && y < r.y + r.h; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->host != host || row->parent || !row->device || !num_known(row->device->numa_node) ||
		    (int)row->device->numa_node.v != node)
			continue;
		int x = r.x + 1 +
			canvas_printf(c, r.x + 1, y, ROLE_TEXT, "%s %s", row->label,
				      format_bdf(row->device->bdf));
		if (row->vm) {
			int home = pinned_node(row->vm);
			x += canvas_printf(c, x, y, ROLE_DIM, " → %s", row->vm->shown);
			draw_text(c, x + 1, y, r.x + r.w - x - 2, ALIGN_RIGHT,
				  home == node || home < 0 ? ROLE_DIM : ROLE_WARN,
				  home < 0       ? ""
				  : home == node ? "same node"
						 : "╳ crosses");
		}
		y++;
	}
	return y - r.y;
}

static void draw_pinned(const struct lab *lab, const struct lab_host *host, const struct numa_node *node,
			struct canvas *c, struct rect *in)
{
	char text[32];
	struct pinned sum = sum_pinned(lab, host, node->id);
	double gib = num_known(node->mem_bytes) ? node->mem_bytes.v / 1073741824.0 : NAN;
	g_snprintf(text, sizeof text, "%.0f", sum.vcpus);
	draw_share(c, rect_cut_top(in, 1), "pinned CPU",
		   num_known(node->cpus) ? sum.vcpus / node->cpus.v : NAN, text);
	g_snprintf(text, sizeof text, "%.0f G", sum.mem_gib);
	draw_share(c, rect_cut_top(in, 1), "pinned mem", isfinite(gib) && gib > 0 ? sum.mem_gib / gib : NAN,
		   text);
	rect_cut_top(in, in->h > 4 ? 1 : 0);
}

static void draw_node(const struct lab *lab, const struct lab_host *host, const struct numa_node *node,
		      struct canvas *c, struct rect r)
{
	char title[64];
	char buf[FORMAT_SIZE];
	g_snprintf(title, sizeof title, "node %d", node->id);
	if (num_known(node->cpus))
		g_snprintf(title + strlen(title), sizeof title - strlen(title), " · %.0f CPUs", node->cpus.v);
	if (num_known(node->mem_bytes))
		g_snprintf(title + strlen(title), sizeof title - strlen(title), " · %s",
			   format_size(buf, node->mem_bytes));
	struct rect in = draw_box(c, r, ROLE_BORDER, title);
	if (!host->row->is_local) /* no VM is pinned to this machine: nothing to show, and no 0 */
		draw_pinned(lab, host, node, c, &in);
	rect_cut_top(&in, draw_node_vms(lab, host, node->id, c, in));
	draw_node_gpus(lab, host, node->id, c, in);
}

/* Rows that a node's box needs inside. */
static int node_rows(const struct lab *lab, const struct lab_host *host, int node)
{
	int n = 3;
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		n += runs_here(vm, host) && pinned_node(vm) == node;
	}
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		n += row->host == host && !row->parent && row->device && num_known(row->device->numa_node) &&
		     (int)row->device->numa_node.v == node;
	}
	return n;
}

/* ---- sentences ------------------------------------------------------------------------------------------------------ */

static void append_unpinned(const struct lab *lab, const struct lab_host *host, GString *out)
{
	for (guint i = 0; i < lab->vms->len; i++) {
		const struct lab_vm *vm = lab->vms->pdata[i];
		char size[48];
		if (!runs_here(vm, host) || pinned_node(vm) >= 0)
			continue;
		describe_size(vm->row, size, sizeof size);
		g_string_append_printf(out, "%s%s %s",
				       out->len ? " · " : "anywhere, the host decides: ", vm->shown, size);
	}
}

/* Cards of one VM by node; a sentence when they hang on several, or on another than the VM is pinned to. */
static void append_crossing(const struct lab *lab, const struct lab_host *host, const struct lab_vm *vm,
			    GString *out)
{
	int cards = 0, foreign = 0, first = -1, home = pinned_node(vm);
	bool several = false;
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->vm != vm || row->parent || !row->device || !num_known(row->device->numa_node))
			continue;
		int node = (int)row->device->numa_node.v;
		several = several || (first >= 0 && node != first);
		first = first < 0 ? node : first;
		foreign += home >= 0 && node != home;
		cards++;
	}
	if (foreign)
		g_string_append_printf(out,
				       "%s is pinned to node %d; %d of its %d cards hang on another node: "
				       "their transfers cross the "
				       "interconnect. That costs at load time and with tensor parallel, "
				       "hardly with layer split.\n",
				       vm->shown, home, foreign, cards);
	else if (several)
		g_string_append_printf(
			out,
			"%s has cards on several nodes and is pinned to none: some transfers cross the "
			"interconnect, whichever node it runs on.\n",
			vm->shown);
}

static void draw_sentences(const struct lab *lab, const struct lab_host *host, struct canvas *c,
			   struct rect r)
{
	g_autoptr(GString) free_vms = g_string_new(NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	append_unpinned(lab, host, free_vms);
	if (free_vms->len)
		rect_cut_top(&r, draw_wrapped(c, rect_of(r.x + 1, r.y, r.w - 2, MIN(r.h, 3)), ROLE_DIM,
					      free_vms->str));
	rect_cut_top(&r, 1);
	for (guint i = 0; i < lab->vms->len; i++)
		if (runs_here(lab->vms->pdata[i], host))
			append_crossing(lab, host, lab->vms->pdata[i], text);
	g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
	for (char **line = lines; *line && **line && r.h > 0; line++)
		rect_cut_top(&r, draw_wrapped(c, rect_of(r.x + 1, r.y, r.w - 2, r.h), ROLE_TEXT, *line));
	if (r.h > 2 && !host->row->is_local)
		draw_wrapped(c, rect_of(r.x + 1, r.y + 1, r.w - 2, r.h - 1), ROLE_DIM,
			     "Cards: the host's own table. VMs: by their settings; ESXi does not tell where "
			     "an unpinned VM runs.");
}

static void numa_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct numa_view *nv = (const struct numa_view *)v;
	const struct lab_host *host = subject(v, lab);
	if (!host || !host->row->n_nodes) {
		canvas_text(c, r.x + 1, r.y + 1, -1, ROLE_DIM,
			    host ? "This host does not tell its NUMA nodes." : "No host is known yet.");
		return;
	}
	int across = CLAMP(r.w / 38, 1, host->row->n_nodes), height = 0;
	*nv->across = across;
	if (host->stale)
		source_draw_silence_of_host(lab, host, c, r.x + 1, rect_cut_top(&r, 1).y);
	int first = CLAMP(nv->first, 0, host->row->n_nodes - across);
	for (int i = 0; i < host->row->n_nodes; i++)
		height = MAX(height, node_rows(lab, host, host->row->nodes[i].id) + 2);
	rect_cut_top(&r, r.h > height + 4 ? 1 : 0);
	struct rect boxes = rect_cut_top(&r, MIN(height, r.h));
	for (int i = 0; i < across; i++) {
		struct rect box =
			rect_of(boxes.x + 1 + i * (boxes.w / across), boxes.y, boxes.w / across - 2, boxes.h);
		draw_node(lab, host, &host->row->nodes[first + i], c, box);
	}
	if (across < host->row->n_nodes)
		canvas_printf(c, r.x + 1, rect_cut_top(&r, 1).y, ROLE_DIM,
			      "nodes %d–%d of %d: ← → show others", first, first + across - 1,
			      host->row->n_nodes);
	draw_sentences(lab, host, c, r);
}

static void numa_crumb(const struct view *v, const struct lab *lab, char *out, size_t size)
{
	const struct lab_host *host = subject(v, lab);
	g_strlcpy(out, host ? host->shown : "", size);
}

/* One node further, as far as there are any that do not fit. */
static void show_others(struct view *v, const struct lab *lab, int by, struct intent *out)
{
	struct numa_view *nv = (struct numa_view *)v;
	const struct lab_host *host = subject(v, lab);
	int last = host ? MAX(host->row->n_nodes - MAX(*nv->across, 1), 0) : 0;
	int first = CLAMP(nv->first + by, 0, last);
	if (last == 0)
		intent_say(out, SAY_INFO, "all nodes are shown");
	else if (first == nv->first)
		intent_say(out, SAY_INFO, by > 0 ? "this is the last node" : "this is the first node");
	nv->first = first;
}

static void run_left(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	show_others(v, lab, -1, out);
}

static void run_right(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	show_others(v, lab, 1, out);
}

static bool numa_selected(const struct view *v, const struct lab *lab, struct ref *out)
{
	const struct lab_host *host = subject(v, lab);
	if (host)
		*out = host->ref;
	return host != NULL;
}

static void run_pci(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "pci", r);
}

static const struct command commands[] = {
	{"node-left", "left h", "", "The node to the left, where not all fit.", DANGER_NONE, THING_NONE, NULL,
	 run_left, .moves = true},
	{"node-right", "right l", "", "The node to the right, where not all fit.", DANGER_NONE, THING_NONE,
	 NULL, run_right, .moves = true},
	{"pci-devices", "p", "PCI", "Its PCI devices with their passthrough state.", DANGER_NONE, THING_HOST,
	 NULL, run_pci},
	{NULL},
};

const struct view_ops view_numa = {
	.name = "numa",
	.help = "NUMA nodes of a host, and what crosses them.",
	.size = sizeof(struct numa_view),
	.commands = commands,
	.enter = numa_enter,
	.draw = numa_draw,
	.selected = numa_selected,
	.crumb = numa_crumb,
	.leave = numa_leave,
};
