/* inventory.c - the two hosts of the built-in lab, their datastores and their sensors. */
#include "config.h"
#include "backends/demo/post.h"

#define HOST_GENERATION 1

struct host_fact {
	const char *name, *uuid, *version, *build, *vendor, *model, *cpu_model;
	int packages, cores, threads, mhz, memory_gib, nodes, used_mhz, used_gib;
};

static const struct host_fact facts[] = {
	[DEMO_ESX01] = {"esx01", "4c4c4544-0031-4510-8041-b1c04f443031", "7.0.3", "21930508", "Supermicro",
			"AS-4124GS-TNR", "AMD EPYC 7302 16-Core Processor", 2, 32, 64, 3000, 512, 2, 21400,
			171},
	[DEMO_ESX02] = {"esx02", "4c4c4544-0032-4610-8042-b2c04f443032", "8.0.2", "22380479", "Dell Inc.",
			"PowerEdge R750", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", 2, 64, 128, 2000, 512,
			2, 11800, 104},
};

static const char *const no_profiles[] = {NULL};
static const char *const a40_profiles[] = {
	"grid_a40-4q", "grid_a40-8q", "grid_a40-16q", "grid_a40-24q", "grid_a40-48q", "grid_a40-48c", NULL};
static const char *const a40_users[] = {"5", NULL};

static struct numa_node *numa_nodes(struct box *box, const struct host_fact *f)
{
	struct numa_node *nodes = box_array0(box, struct numa_node, (gsize)f->nodes);
	for (int i = 0; i < f->nodes; i++)
		nodes[i] = (struct numa_node){.id = i,
					      .cpus = num_of((double)f->threads / f->nodes),
					      .mem_bytes = num_of(f->memory_gib * GIB / f->nodes)};
	return nodes;
}

/* What a guest with a share of the card cannot tell, the host's own counters do. */
static void fill_shared_card(struct pci_row *a40, const struct sim *s)
{
	const struct thermal *th = &s->card[CARD_A40];
	a40->graphics = GRAPHICS_SHARED_DIRECT;
	a40->vgpu_mode = "sameSize";
	a40->graphics_mem_bytes = num_of(48 * GIB);
	a40->graphics_vms = a40_users;
	a40->host_busy_pct = num_of(round(s->busy[CARD_A40] * 100));
	a40->host_mem_used_bytes = num_of(8.4 * GIB);
	a40->host_temp_c = num_of(round(th->edge_c));
	a40->host_power_w = num_of(round(th->power_w));
}

static const struct host_row *host_row(struct box *box, const struct world *w, enum demo_source host,
				       const struct sim *s)
{
	const struct host_fact *f = &facts[host];
	const struct world_host *state = &w->hosts[host];
	struct host_row *row = box_new0(box, struct host_row);
	*row = (struct host_row){
		.box = box,
		.source = f->name,
		.moref = DEMO_HOST_MOREF,
		.name = f->name,
		.uuid = f->uuid,
		.product = "VMware ESXi",
		.version = f->version,
		.build = f->build,
		.state = state->maintenance ? HOST_MAINTENANCE : HOST_CONNECTED,
		.maintenance = tri_of(state->maintenance),
		.reboot_required = TRI_NO,
		.boot_ms = state->boot_ms,
		.vendor = f->vendor,
		.model = f->model,
		.cpu_model = f->cpu_model,
		.cpu_packages = num_of(f->packages),
		.cpu_cores = num_of(f->cores),
		.cpu_threads = num_of(f->threads),
		.cpu_mhz = num_of(f->mhz),
		.mem_bytes = num_of(f->memory_gib * GIB),
		.cpu_used_mhz = num_of(f->used_mhz),
		.mem_used_bytes = num_of(f->used_gib * GIB),
		.nodes = numa_nodes(box, f),
		.n_nodes = f->nodes,
	};
	row->pci = demo_pci_rows(box, w, host, &row->n_pci);
	row->vgpu_profiles = host == DEMO_ESX02 ? a40_profiles : no_profiles;
	if (host == DEMO_ESX02) {
		for (int i = 0; i < row->n_pci; i++)
			if (row->pci[i].device_id == 0x2235)
				fill_shared_card(&row->pci[i], s);
	}
	return row;
}

static const struct datastore_row **datastores(struct box *box, enum demo_source host, int *n_out)
{
	static const struct {
		enum demo_source host;
		const char *moref, *volume, *name, *type;
		double capacity_gib, free_gib;
	} stores[] = {
		{DEMO_ESX01, "5f1c2a77-4d0e1b3c-77aa-3cecef010203", "5f1c2a77-4d0e1b3c-77aa-3cecef010203",
		 "esx01-nvme", "VMFS", 1907, 611},
		{DEMO_ESX01, "10.0.4.9:/iso", "3e8a51f0-b2c49d17", "iso", "NFS41", 931, 402},
		{DEMO_ESX02, "61a8b0c4-9e2f7d10-11bb-b07b25040506", "61a8b0c4-9e2f7d10-11bb-b07b25040506",
		 "esx02-ssd", "VMFS", 3576, 1290},
		{DEMO_ESX02, "10.0.4.9:/iso", "3e8a51f0-b2c49d17", "iso", "NFS41", 931, 402},
	};
	const struct datastore_row **rows =
		box_array0(box, const struct datastore_row *, G_N_ELEMENTS(stores));
	int n = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(stores); i++) {
		if (stores[i].host != host)
			continue;
		struct datastore_row *row = box_new0(box, struct datastore_row);
		*row = (struct datastore_row){.box = box,
					      .source = facts[host].name,
					      .moref = stores[i].moref,
					      .url = "",
					      .volume = stores[i].volume,
					      .name = stores[i].name,
					      .type = stores[i].type,
					      .capacity_bytes = num_of(stores[i].capacity_gib * GIB),
					      .free_bytes = num_of(stores[i].free_gib * GIB),
					      .accessible = TRI_YES};
		rows[n++] = row;
	}
	*n_out = n;
	return rows;
}

static struct obs *new_inventory(const struct demo_post *post, enum demo_source host, const struct sim *s)
{
	struct obs *obs = demo_obs(post, OBS_INVENTORY, host);
	struct obs_inventory *inventory = box_new0(obs->box, struct obs_inventory);
	obs->u.inventory = inventory;
	*inventory = (struct obs_inventory){.generation = HOST_GENERATION,
					    .product = "VMware ESXi",
					    .version = facts[host].version,
					    .build = facts[host].build,
					    .api_version = facts[host].version,
					    .instance_uuid = ""};
	inventory->hosts = box_array0(obs->box, const struct host_row *, 1);
	inventory->hosts[0] = host_row(obs->box, post->world, host, s);
	inventory->n_hosts = 1;
	return obs;
}

void demo_post_inventory(const struct demo_post *post, const struct sim *s, enum demo_source host)
{
	struct obs *obs = new_inventory(post, host, s);
	struct obs_inventory *inventory = obs->u.inventory;
	inventory->vms = demo_vm_rows(obs->box, post->world, host, &inventory->n_vms);
	inventory->datastores = datastores(obs->box, host, &inventory->n_datastores);
	inventory->complete = true;
	mailbox_post(post->out, obs);
}

void demo_post_counters(const struct demo_post *post, const struct sim *s)
{
	mailbox_post(post->out, new_inventory(post, DEMO_ESX02, s));
}

static struct sensor_row reading(const char *name, const char *type, const char *unit, double value,
				 bool good)
{
	return (struct sensor_row){.name = name,
				   .type = type,
				   .unit = unit,
				   .state = "",
				   .value = num_of(value),
				   .health = good ? SENSOR_GREEN : SENSOR_YELLOW};
}

static double chassis_watts(const struct sim *s, enum demo_source host)
{
	double watts = host == DEMO_ESX01 ? 240 : 310;
	for (int i = 0; i < CARD_COUNT; i++)
		if ((i < MI50_COUNT) == (host == DEMO_ESX01))
			watts += s->card[i].power_w;
	return watts;
}

static void post_host_sensors(const struct demo_post *post, const struct sim *s, enum demo_source host)
{
	static const char *const fans[DEMO_FANS] = {"Fan 1", "Fan 2", "Fan 3", "Fan 4"};
	struct obs *obs = demo_obs(post, OBS_SENSORS, host);
	struct obs_sensors *sensors = box_new0(obs->box, struct obs_sensors);
	struct sensor_row *rows = box_array0(obs->box, struct sensor_row, DEMO_FANS + 6);
	int n = 0, chassis = host == DEMO_ESX01 ? 0 : 1;
	for (int i = 0; i < DEMO_FANS; i++) {
		double rpm = round(s->fan_rpm[chassis][i] / 10) * 10;
		rows[n++] = reading(fans[i], "fan", "rpm", rpm, rpm > 2000);
	}
	double watts = chassis_watts(s, host);
	rows[n++] = reading("Inlet Temp", "temperature", "°C", round(s->air_c[chassis]), true);
	rows[n++] =
		reading("CPU 1 Temp", "temperature", "°C", round(s->air_c[chassis] + 27 + watts / 150), true);
	rows[n++] =
		reading("CPU 2 Temp", "temperature", "°C", round(s->air_c[chassis] + 25 + watts / 150), true);
	rows[n++] = reading("PSU 1 Input Power", "power", "W", round(watts * 0.51), true);
	rows[n++] = reading("PSU 2 Input Power", "power", "W", round(watts * 0.49), true);
	rows[n++] = reading("PSU 1 Input Voltage", "voltage", "V", 230, true);
	*sensors = (struct obs_sensors){
		.host = DEMO_HOST_MOREF, .rows = rows, .n_rows = n, .interval_ms = 60000};
	obs->u.sensors = sensors;
	mailbox_post(post->out, obs);
}

void demo_post_sensors(const struct demo_post *post, const struct sim *s)
{
	post_host_sensors(post, s, DEMO_ESX01);
	post_host_sensors(post, s, DEMO_ESX02);
}
