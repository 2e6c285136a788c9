/* view_hosts.c - the hardware hosts: state, version, load, GPUs, air and fans. */
#include "config.h"

#include "tui/views.h"

#include "lab/sensor.h"
#include "tui/format.h"
#include "tui/heat_plot.h"
#include "tui/host_facts.h"
#include "tui/host_plot.h"
#include "tui/sensor_words.h"
#include "tui/severity.h"
#include "tui/table_cell.h"
#include "tui/welcome.h"

struct hosts_view {
	struct view base;
	struct table table;
};

static const struct lab_host *item(const struct table_row *row)
{
	return row->item;
}

static void cell_name(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	g_strlcpy(out->text, item(row)->shown, sizeof out->text);
}

static void cell_state(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct host_row *h = item(row)->row;
	static const char *const words[HOST_STATE_COUNT] = {
		NULL,          "connected", "disconnected", "not responding",
		"maintenance", "standby",   "this machine"};
	bool good = h->state == HOST_CONNECTED || h->state == HOST_THIS_MACHINE;
	table_cell_text(out, good ? ROLE_TEXT : h->state ? ROLE_WARN : ROLE_DIM, words[h->state]);
	if (h->reboot_required == TRI_YES) {
		g_strlcat(out->text, ", needs reboot", sizeof out->text);
		out->role = ROLE_WARN;
	}
}

static void cell_version(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct host_row *h = item(row)->row;
	const char *product = g_str_has_prefix(h->product, "VMware ") ? h->product + 7 : h->product;
	g_snprintf(out->text, sizeof out->text, "%s %s", product, h->version);
}

static void part_cell(struct num used, struct num total, const char *text, struct table_cell *out)
{
	g_strlcpy(out->text, text, sizeof out->text);
	out->bar_width = 4;
	if (num_known(used) && num_known(total) && total.v > 0) {
		out->bar = used.v / total.v;
		out->sort = out->bar;
	} else if (!num_known(total)) {
		out->role = ROLE_DIM;
	}
}

static void cell_cpu(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char text[32] = "-";
	const struct host_row *h = item(row)->row;
	struct num threads = num_known(h->cpu_cores) ? h->cpu_cores : h->cpu_threads;
	struct num total = num_none(NUM_UNKNOWN);
	if (num_known(h->cpu_mhz) && num_known(h->cpu_cores))
		total = num_of(h->cpu_mhz.v * h->cpu_cores.v);
	if (num_known(threads))
		g_snprintf(text, sizeof text, "%.0f%s", threads.v,
			   num_known(h->cpu_cores) ? " cores" : " threads");
	part_cell(h->cpu_used_mhz, total, text, out);
	if (num_known(threads))
		out->role = ROLE_TEXT;
}

static void cell_memory(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	const struct host_row *h = item(row)->row;
	part_cell(h->mem_used_bytes, h->mem_bytes,
		  num_known(h->mem_used_bytes) ? format_used_of(buf, h->mem_used_bytes, h->mem_bytes)
					       : format_bytes(buf, h->mem_bytes),
		  out);
}

static void cell_nodes(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	int n = item(row)->row->n_nodes;
	g_snprintf(out->text, sizeof out->text, n ? "%d" : "-", n);
	out->role = n ? ROLE_TEXT : ROLE_DIM;
}

static void cell_gpus(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	int n = host_count_gpus(lab, item(row));
	g_snprintf(out->text, sizeof out->text, "%d", n);
	out->sort = n;
}

static void cell_vms(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	if (item(row)->row->is_local) {
		table_cell_text(out, ROLE_DIM, NULL);
		return;
	}
	int n = host_count_vms(lab, item(row));
	g_snprintf(out->text, sizeof out->text, "%d", n);
	out->sort = n;
}

static void cell_slowest(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	const struct lab_host *host = item(row);
	const struct lab_sensor *slowest = host_slowest_fan(host);
	const struct lab_sensor *state = host_fan_state(host);
	if (!slowest && state) {
		table_cell_text(out, sensor_role(host, state), sensor_health(state));
		return;
	}
	if (!slowest) {
		bool any = host->sensors && host->sensors->len;
		table_cell_text(out, ROLE_DIM, any ? "none told" : host->sensors ? "no sensors" : NULL);
		return;
	}
	g_strlcpy(out->text, sensor_speed(buf, slowest, false), sizeof out->text);
	out->sort = slowest->value.v;
	out->role = fan_is_slow(host, slowest) ? ROLE_WARN : ROLE_TEXT;
}

static void cell_air(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_sensor *air = host_inlet(item(row));
	table_cell_num(out, air ? air->value : num_none(NUM_UNKNOWN), 0, "°C", false);
}

static void cell_up(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	char buf[FORMAT_SIZE];
	int64_t boot_ms = item(row)->row->boot_ms;
	int64_t up_ms = boot_ms ? lab->now_wall_ms - boot_ms : -1;
	g_strlcpy(out->text, format_age(buf, up_ms), sizeof out->text);
	out->role = boot_ms ? ROLE_TEXT : ROLE_DIM;
	if (boot_ms)
		out->sort = (double)up_ms;
}

static void cell_source(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_host *h = item(row);
	g_snprintf(out->text, sizeof out->text, "%s%s%s", h->row->source, h->also ? ", " : "",
		   h->also ? h->also->source : "");
	out->role = ROLE_DIM;
}

static const struct table_column columns[] = {
	{"HOST", {.min = 12, .ideal = 16, .priority = 0, .fits = true, .most = 40}, ALIGN_LEFT, cell_name},
	{"STATE", {.min = 14, .ideal = 24, .priority = 1}, ALIGN_LEFT, cell_state, true},
	{"VERSION", {.min = 10, .ideal = 14, .priority = 4}, ALIGN_LEFT, cell_version},
	{"CPU", {.min = 13, .ideal = 13, .priority = 3}, ALIGN_LEFT, cell_cpu},
	{"MEMORY", {.min = 14, .ideal = 15, .priority = 2}, ALIGN_LEFT, cell_memory, true},
	{"NUMA", {.min = 4, .ideal = 4, .priority = 5}, ALIGN_RIGHT, cell_nodes},
	{"GPUS", {.min = 4, .ideal = 4, .priority = 0}, ALIGN_RIGHT, cell_gpus},
	{"VMS", {.min = 4, .ideal = 5, .priority = 2}, ALIGN_RIGHT, cell_vms, true},
	{"SLOWEST FAN", {.min = 11, .ideal = 11, .priority = 6}, ALIGN_RIGHT, cell_slowest, true},
	{"AIR", {.min = 5, .ideal = 5, .priority = 4}, ALIGN_RIGHT, cell_air, true},
	{"UP", {.min = 5, .ideal = 5, .priority = 6}, ALIGN_RIGHT, cell_up, true},
	{"SOURCE", {.min = 8, .ideal = 20, .priority = 7}, ALIGN_LEFT, cell_source},
};

static void hosts_enter(struct view *v, const struct lab *lab, const struct ref *subject)
{
	struct hosts_view *h = (struct hosts_view *)v;
	if (v->entered == 0) {
		table_init(&h->table, columns, G_N_ELEMENTS(columns));
		h->table.empty =
			"No host is known yet. Set GOVC_URL, or add a [vsphere NAME] section with url = "
			"https://user@host/sdk to labtop.conf.";
	}
	if (subject)
		table_select(&h->table, subject);
}

static void hosts_update(struct view *v, const struct lab *lab)
{
	struct hosts_view *h = (struct hosts_view *)v;
	table_begin(&h->table);
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *host = lab->hosts->pdata[i];
		struct table_row *row = table_row(&h->table, &host->ref, host);
		row->stale = host->stale;
		row->mark = severity_mark(host_severity(lab, host), &row->mark_role);
	}
	table_end(&h->table, lab);
}

#define STORES_MOST 6
#define HEAT_MOST   16

/* How hot its cards are, above how its fans ran; where one of them has room only, the fans. */
static void draw_pictures(const struct lab_host *host, const struct lab *lab, struct canvas *c, struct rect r)
{
	int fans = host_plot_any(host) ? MAX(r.h * 2 / 5, HOST_PLOT_ROWS) : 0;
	int heat = MIN(r.h - fans - 1, HEAT_MOST);
	if (heat >= HEAT_PLOT_MIN && heat_plot_any(lab, host)) {
		heat_plot_draw(lab, host, c, rect_cut_top(&r, heat));
		rect_cut_top(&r, 1);
	}
	host_plot_draw(host, lab, c, r);
}

/* Below a short list there is room for the sensors of the host under the cursor, its datastores, and
 * pictures. */
static void hosts_draw(const struct view *v, const struct lab *lab, struct canvas *c, struct rect r)
{
	const struct hosts_view *h = (const struct hosts_view *)v;
	const struct table_row *current = table_current(&h->table);
	if (!h->table.rows->len && empty_draw(lab, 1u << TARGET_VSPHERE, "No host is known yet", c, r))
		return;
	int wanted = (int)h->table.rows->len + 2;
	if (!current || r.h - wanted < 6) {
		table_draw(&h->table, lab, c, r);
		return;
	}
	table_draw(&h->table, lab, c, rect_cut_top(&r, wanted));
	const struct lab_host *host = item(current);
	rect_cut_top(&r, host_draw_facts(host, lab, c, r) + 1);
	int stores = MIN((int)lab->datastores->len, STORES_MOST);
	if (stores && r.h > stores) {
		host_draw_datastores(lab, c, rect_cut_top(&r, stores + 1));
		rect_cut_top(&r, 1);
	}
	draw_pictures(host, lab, c, r);
}

static struct table *hosts_table(struct view *v)
{
	return &((struct hosts_view *)v)->table;
}

static void hosts_leave(struct view *v)
{
	table_clear(&((struct hosts_view *)v)->table);
}

static void run_pci(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "pci", r);
}

static void run_numa(struct view *v, const struct lab *lab, const struct ref *r, struct intent *out)
{
	intent_go(out, "numa", r);
}

static const struct command commands[] = {
	{"open", "enter p", "PCI", "Its PCI devices with their passthrough state.", DANGER_NONE, THING_HOST,
	 NULL, run_pci},
	{"numa", "n", "NUMA", "Its NUMA nodes, what is on them, and what crosses.", DANGER_NONE, THING_HOST,
	 NULL, run_numa},
	{NULL},
};

const struct view_ops view_hosts = {
	.name = "hosts",
	.help = "Hosts: state, load, sensors, datastores.",
	.title = "Hosts",
	.number = 4,
	.size = sizeof(struct hosts_view),
	.commands = commands,
	.enter = hosts_enter,
	.update = hosts_update,
	.draw = hosts_draw,
	.table = hosts_table,
	.leave = hosts_leave,
};
