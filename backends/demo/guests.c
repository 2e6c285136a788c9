/* guests.c - the three guests of the built-in lab, as their agents would tell: hello, then a sample a second. */
#include "config.h"
#include "backends/demo/demo.h"
#include "backends/demo/guests.h"
#include "backends/demo/post.h"

#define BOOTED_MS  1765523400000 /* 2025-12-12T07:10:00Z */
#define TIB        1099511627776.0
#define PROCS_S    5   /* processes and mounts are told every so many seconds */
#define CARD_SPARE 0.2 /* GiB that the driver keeps for itself */

/* ---- the cards ------------------------------------------------------------------------------------------------- */

struct card_fact {
	enum demo_source guest;
	enum demo_card card;
	const char *id;
	enum gpu_kind kind;
	const char *bdf, *path, *slot;
	double llama_gib, qwen_gib; /* this card's part of the models */
};

/* Behind the bridges that vms.c names; bus numbers as a guest's firmware gives them out. */
static const struct card_fact cards[] = {
	{DEMO_LLM_1, CARD_03, "7f3a90c117c2e11a", GPU_KIND_GPU, "0000:0b:00.0", "0000:00:16.0/0000:0b:00.0",
	 "192", 11.3, 4.7},
	{DEMO_LLM_1, CARD_83, "7f3a90c117c2c21e", GPU_KIND_GPU, "0000:0c:00.0", "0000:00:16.1/0000:0c:00.0",
	 "1216", 11.1, 4.5},
	{DEMO_LLM_1, CARD_43, "7f3a90c117c2b34d", GPU_KIND_GPU, "0000:13:00.0", "0000:00:17.0/0000:13:00.0",
	 "224", 11.1, 4.5},
	{DEMO_LLM_1, CARD_C3, "7f3a90c117c2f080", GPU_KIND_GPU, "0000:14:00.0", "0000:00:17.1/0000:14:00.0",
	 "1248", 10.9, 4.5},
	{DEMO_VLLM_1, CARD_A30, "GPU-5b0e1c3a-0f7d-4a68-9d52-b1c2a30a3001", GPU_KIND_GPU, "0000:03:00.0",
	 "0000:00:15.0/0000:03:00.0", "160"},
	{DEMO_VGPU_1, CARD_A40, "GPU-9c41d7e2-77aa-11f0-8a40-c4d5a40b4002", GPU_KIND_VGPU, "0000:02:01.0",
	 "0000:00:11.0/0000:02:01.0", "33"},
};

static const char *const rocm_origin[M_COUNT] = {
	[M_TEMP_EDGE_C] = "rocm-smi",     [M_TEMP_JUNCTION_C] = "rocm-smi", [M_TEMP_MEM_C] = "rocm-smi",
	[M_TEMP_VRGFX_C] = "gpu_metrics", [M_TEMP_VRSOC_C] = "gpu_metrics", [M_TEMP_VRMEM_C] = "gpu_metrics",
	[M_SCLK_MHZ] = "hwmon",           [M_MCLK_MHZ] = "rocm-smi",        [M_VRAM_TOTAL_BYTES] = "rocm-smi",
	[M_VRAM_USED_BYTES] = "rocm-smi", [M_VRAM_VISIBLE_BYTES] = "sysfs", [M_GTT_USED_BYTES] = "sysfs",
	[M_POWER_W] = "rocm-smi",         [M_POWER_CAP_W] = "rocm-smi",     [M_VOLTAGE_MV] = "rocm-smi",
	[M_BUSY_PCT] = "rocm-smi",        [M_MEM_BUSY_PCT] = "rocm-smi",    [M_PCIE_GEN] = "sysfs",
	[M_PCIE_WIDTH] = "sysfs",         [M_PCIE_MAX_GEN] = "sysfs",       [M_PCIE_MAX_WIDTH] = "sysfs",
	[M_PCIE_REPLAYS] = "rocm-smi",    [M_ECC_CORRECTED] = "rocm-smi",   [M_ECC_UNCORRECTED] = "rocm-smi",
	[M_BAD_PAGES] = "rocm-smi",
};
static const char *const nvml_origin[M_COUNT] = {
	[M_TEMP_EDGE_C] = "nvml",  [M_TEMP_MEM_C] = "nvml",       [M_SCLK_MHZ] = "nvml",
	[M_MCLK_MHZ] = "nvml",     [M_VRAM_TOTAL_BYTES] = "nvml", [M_VRAM_USED_BYTES] = "nvml",
	[M_POWER_W] = "nvml",      [M_POWER_CAP_W] = "nvml",      [M_ENERGY_J] = "nvml",
	[M_BUSY_PCT] = "nvml",     [M_MEM_BUSY_PCT] = "nvml",     [M_PCIE_GEN] = "nvml",
	[M_PCIE_WIDTH] = "nvml",   [M_PCIE_MAX_GEN] = "nvml",     [M_PCIE_MAX_WIDTH] = "nvml",
	[M_PCIE_REPLAYS] = "nvml", [M_ECC_CORRECTED] = "nvml",    [M_ECC_UNCORRECTED] = "nvml",
};

static void fill_mi50(struct gpu_row *g)
{
	g->vendor_id = g->subvendor_id = PCI_VENDOR_AMD;
	g->device_id = 0x66a1;
	g->subdevice_id = 0x0834;
	g->name = "AMD Instinct MI50 32GB"; /* as the agent names this id with this much VRAM */
	g->arch = "gfx906";
	g->vbios = "113-D1631700-111";
	g->unique_id = g->id;
	g->driver = "amdgpu";
	g->passive = TRI_YES;
	g->bar_bytes[0] = (uint64_t)(32 * GIB);
	g->bar_bytes[1] = 2 << 20;
	g->bar_bytes[2] = 512 << 10;
	g->n_bars = 3;
	g->limit[LIM_TEMP_EDGE_CRIT_C] = g->limit[LIM_TEMP_JUNCTION_CRIT_C] = num_of(100);
	g->limit[LIM_TEMP_MEM_CRIT_C] = num_of(94);
	g->limit[LIM_POWER_MAX_W] = num_of(225);
	g->limit[LIM_POWER_MIN_W] = num_of(0);
	g->limit[LIM_SCLK_MAX_MHZ] = num_of(1725);
	g->limit[LIM_MCLK_MAX_MHZ] = num_of(1000);
}

static void fill_nvidia(struct gpu_row *g, bool shared)
{
	g->vendor_id = g->subvendor_id = PCI_VENDOR_NVIDIA;
	g->device_id = shared ? 0x2235 : 0x20b7;
	g->subdevice_id = shared ? 0x14df : 0x1532;
	g->name = shared ? "NVIDIA A40-8Q" : "NVIDIA A30";
	g->arch = "Ampere";
	g->vbios = shared ? "" : "92.00.66.00.0c";
	g->serial = shared ? "" : "1324321012345";
	g->driver = "nvidia";
	g->bar_bytes[0] = 16 << 20;
	g->bar_bytes[1] = (uint64_t)((shared ? 0.25 : 32) * GIB);
	g->n_bars = 2;
	if (shared)
		return;
	g->passive = TRI_YES;
	g->limit[LIM_TEMP_EDGE_CRIT_C] = num_of(92);
	g->limit[LIM_TEMP_MEM_CRIT_C] = num_of(95);
	g->limit[LIM_POWER_MAX_W] = num_of(165);
	g->limit[LIM_POWER_MIN_W] = num_of(100);
	g->limit[LIM_SCLK_MAX_MHZ] = num_of(1440);
	g->limit[LIM_MCLK_MAX_MHZ] = num_of(1215);
}

static void fill_gpu(struct gpu_row *g, const struct card_fact *f)
{
	bool amd = f->guest == DEMO_LLM_1, shared = f->card == CARD_A40;
	const char *const *origin = amd ? rocm_origin : nvml_origin;
	g->id = f->id;
	g->kind = f->kind;
	g->parent = g->unique_id = g->serial = "";
	g_strlcpy(g->bdf, f->bdf, sizeof g->bdf);
	g->path = f->path;
	g->slot = f->slot;
	g->numa_node = num_of(0);
	if (amd)
		fill_mi50(g);
	else
		fill_nvidia(g, shared);
	for (int i = 0; i < M_COUNT; i++)
		g->origin[i] = origin[i] ? origin[i] : "";
}

/* ---- hello ----------------------------------------------------------------------------------------------------- */

struct guest_fact {
	const char *uuid;
	const char *const *macs, *const *addresses;
	const char *os, *kernel, *cmdline;
	int ncpu, mem_gib;
	bool root;
	struct library_row library;
};

/* llm-1 tells its UUID as vSphere does, vgpu-1 with the first fields swapped, and vllm-1's agent is not root and cannot
 * read it: its MAC address tells. */
static const struct guest_fact guests[] = {
	[DEMO_LLM_1] = {DEMO_UUID_LLM_1,
			LIST(DEMO_MAC_LLM_1),
			LIST("10.0.4.11"),
			"Ubuntu 22.04.5 LTS",
			"5.15.0-119-generic",
			"BOOT_IMAGE=/vmlinuz-5.15.0-119-generic root=/dev/mapper/vg-root ro pcie_aspm=off",
			8,
			128,
			true,
			{"rocm-smi", "/opt/rocm/lib/librocm_smi64.so.5", "5.7.1", "6.2.4", "live", ""}},
	[DEMO_VLLM_1] = {"",
			 LIST(DEMO_MAC_VLLM_1),
			 LIST("10.0.4.12"),
			 "Ubuntu 24.04.1 LTS",
			 "6.8.0-45-generic",
			 "BOOT_IMAGE=/vmlinuz-6.8.0-45-generic root=/dev/sda2 ro",
			 8,
			 64,
			 false,
			 {"nvml", "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", "12.550.90.07", "550.90.07",
			  "live", ""}},
	[DEMO_VGPU_1] = {DEMO_UUID_VGPU_1_GUEST,
			 LIST(DEMO_MAC_VGPU_1),
			 LIST("10.0.4.13"),
			 "Debian GNU/Linux 12 (bookworm)",
			 "6.1.0-25-amd64",
			 "BOOT_IMAGE=/boot/vmlinuz-6.1.0-25-amd64 root=/dev/sda1 ro quiet",
			 4,
			 32,
			 true,
			 {"nvml", "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", "12.550.90.07", "550.90.07",
			  "live", ""}},
};

void demo_post_hello(const struct demo_post *post, enum demo_source guest)
{
	const struct guest_fact *f = &guests[guest];
	struct obs *obs = demo_obs(post, OBS_HELLO, guest);
	struct guest_row *row = box_new0(obs->box, struct guest_row);
	*row = (struct guest_row){.box = obs->box,
				  .source = post->targets[guest]->name,
				  .transport = TRANSPORT_SSH,
				  .agent_version = PACKAGE_VERSION,
				  .hostname = post->targets[guest]->name,
				  .uuid = f->uuid,
				  .macs = f->macs,
				  .addresses = f->addresses,
				  .os = f->os,
				  .kernel = f->kernel,
				  .cmdline = f->cmdline,
				  .boot_ms = BOOTED_MS,
				  .ncpu = num_of(f->ncpu),
				  .mem_bytes = num_of(f->mem_gib * GIB),
				  .is_root = tri_of(f->root),
				  .n_libraries = 1,
				  .interval_ms = 1000};
	row->libraries = box_new0(obs->box, struct library_row);
	*row->libraries = f->library;
	row->gpus = box_array0(obs->box, struct gpu_row, G_N_ELEMENTS(cards));
	for (gsize i = 0; i < G_N_ELEMENTS(cards); i++)
		if (cards[i].guest == guest)
			fill_gpu(&row->gpus[row->n_gpus++], &cards[i]);
	obs->u.hello = row;
	mailbox_post(post->out, obs);
}

/* ---- samples --------------------------------------------------------------------------------------------------- */

static void put(struct gpu_sample *g, enum metric metric, double value)
{
	g->metric[metric] = num_of(round(value));
}

static void sample_link(struct gpu_sample *g, double gen, double width)
{
	put(g, M_PCIE_GEN, gen);
	put(g, M_PCIE_WIDTH, width);
	put(g, M_PCIE_MAX_GEN, gen);
	put(g, M_PCIE_MAX_WIDTH, width);
	put(g, M_PCIE_REPLAYS, 0);
	put(g, M_ECC_CORRECTED, 0);
	put(g, M_ECC_UNCORRECTED, 0);
}

static void sample_mi50(struct gpu_sample *g, const struct thermal *th, double busy, double vram_gib)
{
	put(g, M_TEMP_EDGE_C, th->edge_c);
	put(g, M_TEMP_JUNCTION_C, th->junction_c);
	put(g, M_TEMP_MEM_C, th->mem_c);
	put(g, M_TEMP_VRGFX_C, th->sink_c + 0.05 * th->power_w);
	put(g, M_TEMP_VRSOC_C, th->sink_c + 0.03 * th->power_w);
	put(g, M_TEMP_VRMEM_C, th->sink_c + 0.04 * th->power_w);
	put(g, M_SCLK_MHZ, th->sclk_mhz);
	put(g, M_MCLK_MHZ, busy > 0.02 ? 1000 : 350);
	put(g, M_SOCCLK_MHZ, 1000);
	put(g, M_FCLK_MHZ, 1225);
	put(g, M_VRAM_TOTAL_BYTES, 32 * GIB - 16 * 1048576.0);
	put(g, M_VRAM_USED_BYTES, vram_gib * GIB);
	put(g, M_VRAM_VISIBLE_BYTES, 32 * GIB - 16 * 1048576.0);
	put(g, M_GTT_USED_BYTES, 12582912);
	put(g, M_POWER_W, th->power_w);
	put(g, M_POWER_CAP_W, 225);
	put(g, M_VOLTAGE_MV, 750 + (th->sclk_mhz - 930) * 0.42);
	put(g, M_BUSY_PCT, busy * 100);
	put(g, M_MEM_BUSY_PCT, busy * 78);
	put(g, M_BAD_PAGES, 0);
	sample_link(g, 2, 32); /* ESXi's placeholder: 5 GT/s x32, whatever the slot is */
	g->throttle = th->slowed > 0.005 ? THROTTLE_THERMAL : THROTTLE_NONE;
	g->perf_level = "auto";
}

static void sample_a30(struct gpu_sample *g, const struct sim *s)
{
	const struct thermal *th = &s->card[CARD_A30];
	double busy = s->busy[CARD_A30];
	put(g, M_TEMP_EDGE_C, th->edge_c);
	put(g, M_TEMP_MEM_C, th->mem_c);
	put(g, M_SCLK_MHZ, th->sclk_mhz);
	put(g, M_MCLK_MHZ, 1215);
	put(g, M_VRAM_TOTAL_BYTES, 24 * GIB);
	put(g, M_VRAM_USED_BYTES, (DEMO_VLLM_GIB + 0.4) * GIB);
	put(g, M_POWER_W, th->power_w);
	put(g, M_POWER_CAP_W, 165);
	put(g, M_ENERGY_J, s->a30_energy_j);
	put(g, M_BUSY_PCT, busy * 100);
	put(g, M_MEM_BUSY_PCT, busy * 62);
	sample_link(g, 4, 16);
	g->throttle = THROTTLE_NONE;
	g->perf_level = "P0";
}

/* A guest with a share of a card sees its framebuffer and its own busy time; degrees and watts are the host's. */
static void sample_vgpu(struct gpu_sample *g, const struct sim *s)
{
	put(g, M_VRAM_TOTAL_BYTES, 8 * GIB);
	put(g, M_VRAM_USED_BYTES, 2.9 * GIB);
	put(g, M_BUSY_PCT, s->busy[CARD_A40] * 100);
	put(g, M_SCLK_MHZ, s->card[CARD_A40].sclk_mhz);
	g->throttle = THROTTLE_UNKNOWN;
	g->perf_level = "P0";
}

static void fill_sample(struct gpu_sample *g, const struct card_fact *f, const struct sim *s)
{
	g->id = f->id;
	g->state = GPU_LIVE;
	g->perf_level = "";
	if (f->guest == DEMO_LLM_1)
		sample_mi50(g, &s->card[f->card], s->busy[f->card], f->llama_gib + f->qwen_gib + CARD_SPARE);
	else if (f->card == CARD_A30)
		sample_a30(g, s);
	else
		sample_vgpu(g, s);
}

/* ---- processes and mounts --------------------------------------------------------------------------------------- */

#define BLOBS "/usr/share/ollama/.ollama/models/blobs/sha256-"

static const struct process_fact {
	enum demo_source guest;
	int64_t pid, ppid, age_ms; /* age at the start of the demo */
	const char *name, *cmdline, *unit;
	enum { HOLDS_NOTHING, HOLDS_LLAMA, HOLDS_QWEN, HOLDS_CARD } holds;
	double gib, busy_share;
} processes[] = {
	{DEMO_LLM_1, DEMO_PID_OLLAMA, 1, 86400000, "ollama", "/usr/local/bin/ollama serve", "ollama.service",
	 HOLDS_NOTHING},
	{DEMO_LLM_1, DEMO_PID_LLAMA, DEMO_PID_OLLAMA, 7260000, "ollama",
	 "/usr/local/bin/ollama runner --model " BLOBS "0bd51f8f0c975ce9 --port 40071", "ollama.service",
	 HOLDS_LLAMA, 0, 0.95},
	{DEMO_LLM_1, DEMO_PID_QWEN, DEMO_PID_OLLAMA, 1860000, "ollama",
	 "/usr/local/bin/ollama runner --model " BLOBS "eabc98a9bcbfce7f --port 40113", "ollama.service",
	 HOLDS_QWEN, 0, 0.05},
	{DEMO_VLLM_1, DEMO_PID_VLLM, 1, 43200000, "vllm",
	 "/opt/vllm/bin/python3 /opt/vllm/bin/vllm serve Qwen/Qwen2.5-14B-Instruct-AWQ --api-key ***",
	 "vllm.service", HOLDS_NOTHING},
	{DEMO_VLLM_1, DEMO_PID_CORE, DEMO_PID_VLLM, 43190000, "VLLM::EngineCore", "VLLM::EngineCore",
	 "vllm.service", HOLDS_CARD, DEMO_VLLM_GIB, 1},
	{DEMO_VGPU_1, DEMO_PID_DESK, 3201, 5400000, "python3",
	 "python3 -m ipykernel_launcher -f kernel-7c1e.json", "user@1000.service", HOLDS_CARD, 2.6, 1},
};

static double held_gib(const struct process_fact *p, const struct card_fact *card)
{
	switch (p->holds) {
	case HOLDS_LLAMA:
		return card->llama_gib;
	case HOLDS_QWEN:
		return card->qwen_gib;
	case HOLDS_CARD:
		return p->gib;
	default:
		return 0;
	}
}

static void fill_process(struct proc_row *row, const struct process_fact *p, const struct sim *s,
			 struct box *box)
{
	*row = (struct proc_row){.pid = p->pid,
				 .ppid = p->ppid,
				 .start_ms = DEMO_WALL_MS - p->age_ms,
				 .name = p->name,
				 .cmdline = p->cmdline,
				 .unit = p->unit};
	row->gpus = box_array0(box, struct proc_gpu, G_N_ELEMENTS(cards));
	for (gsize i = 0; i < G_N_ELEMENTS(cards); i++)
		if (cards[i].guest == p->guest && p->holds != HOLDS_NOTHING)
			row->gpus[row->n_gpus++] = (struct proc_gpu){
				.gpu = cards[i].id,
				.vram_bytes = num_of(round(held_gib(p, &cards[i]) * GIB)),
				.busy_pct = num_of(round(s->busy[cards[i].card] * p->busy_share * 100))};
}

static void fill_processes(struct sample *sample, enum demo_source guest, const struct sim *s)
{
	sample->has_procs = sample->has_mounts = true;
	sample->procs = box_array0(sample->box, struct proc_row, G_N_ELEMENTS(processes));
	for (gsize i = 0; i < G_N_ELEMENTS(processes); i++)
		if (processes[i].guest == guest)
			fill_process(&sample->procs[sample->n_procs++], &processes[i], s, sample->box);
	if (guest == DEMO_VGPU_1)
		return;
	sample->mounts = box_new0(sample->box, struct mount_row);
	sample->n_mounts = 1;
	*sample->mounts = (struct mount_row){.source = "10.0.4.9:/models",
					     .target = "/models",
					     .fstype = "nfs4",
					     .age_ms = num_of(340),
					     .total_bytes = num_of(7.3 * TIB),
					     .free_bytes = num_of(round(2.1 * TIB))};
}

void demo_post_sample(const struct demo_post *post, const struct sim *s, enum demo_source guest)
{
	struct obs *obs = demo_obs(post, OBS_SAMPLE, guest);
	struct sample *sample = box_new0(obs->box, struct sample);
	*sample = (struct sample){.box = obs->box,
				  .seq = s->second,
				  .mono_ms = demo_wall(post->at_ms) - BOOTED_MS,
				  .wall_ms = demo_wall(post->at_ms)};
	sample->gpus = box_array0(obs->box, struct gpu_sample, MI50_COUNT);
	for (gsize i = 0; i < G_N_ELEMENTS(cards); i++)
		if (cards[i].guest == guest)
			fill_sample(&sample->gpus[sample->n_gpus++], &cards[i], s);
	if (s->second % PROCS_S == 0)
		fill_processes(sample, guest, s);
	obs->u.sample = sample;
	mailbox_post(post->out, obs);
}
