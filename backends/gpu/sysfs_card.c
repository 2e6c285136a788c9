/* sysfs_card.c - tables of files, and the loop that reads them; see the header. */
#include "config.h"
#include "backends/gpu/sysfs_card.h"

#include <stdlib.h>
#include <string.h>

#include "backends/gpu/gpu_metrics.h"
#include "backends/gpu/kfd.h"
#include "backends/gpu/pci_bus.h"
#include "backends/gpu/sysfs_file.h"

#define REFRESH_MS 5000 /* a look at the directories costs as much as ten files */

enum dir { DIR_DEVICE, DIR_HWMON, DIR_RAS, DIR_COUNT };

enum form { FORM_INT, FORM_DPM, FORM_LINK_GEN, FORM_LINES, FORM_METRICS, FORM_TEXT };

/* A file and what it tells. Rows of one metric stand in the order in which they are believed; once one has answered
 * the others are not read. */
struct row {
	enum metric m;
	enum dir dir;
	const char *name;
	enum form form;
	double scale;
	enum origin origin;
};

static const struct row rows[] = {
	{M_TEMP_EDGE_C, DIR_HWMON, "temp1_input", FORM_INT, 1e-3, ORIGIN_HWMON},
	{M_TEMP_JUNCTION_C, DIR_HWMON, "temp2_input", FORM_INT, 1e-3, ORIGIN_HWMON},
	{M_TEMP_MEM_C, DIR_HWMON, "temp3_input", FORM_INT, 1e-3, ORIGIN_HWMON},
	/* before 6.6 average only, later input instead of or beside it */
	{M_POWER_W, DIR_HWMON, "power1_average", FORM_INT, 1e-6, ORIGIN_HWMON},
	{M_POWER_W, DIR_HWMON, "power1_input", FORM_INT, 1e-6, ORIGIN_HWMON},
	{M_POWER_CAP_W, DIR_HWMON, "power1_cap", FORM_INT, 1e-6, ORIGIN_HWMON},
	{M_SCLK_MHZ, DIR_HWMON, "freq1_input", FORM_INT, 1e-6, ORIGIN_HWMON},
	{M_MCLK_MHZ, DIR_HWMON, "freq2_input", FORM_INT, 1e-6, ORIGIN_HWMON},
	{M_VOLTAGE_MV, DIR_HWMON, "in0_input", FORM_INT, 1, ORIGIN_HWMON},
	{M_FAN_RPM, DIR_HWMON, "fan1_input", FORM_INT, 1, ORIGIN_HWMON},
	{M_BUSY_PCT, DIR_DEVICE, "gpu_busy_percent", FORM_INT, 1, ORIGIN_SYSFS},
	{M_MEM_BUSY_PCT, DIR_DEVICE, "mem_busy_percent", FORM_INT, 1, ORIGIN_SYSFS},
	{M_VRAM_TOTAL_BYTES, DIR_DEVICE, "mem_info_vram_total", FORM_INT, 1, ORIGIN_SYSFS},
	{M_VRAM_USED_BYTES, DIR_DEVICE, "mem_info_vram_used", FORM_INT, 1, ORIGIN_SYSFS},
	{M_VRAM_VISIBLE_BYTES, DIR_DEVICE, "mem_info_vis_vram_total", FORM_INT, 1, ORIGIN_SYSFS},
	{M_GTT_USED_BYTES, DIR_DEVICE, "mem_info_gtt_used", FORM_INT, 1, ORIGIN_SYSFS},
	{M_PCIE_GEN, DIR_DEVICE, "current_link_speed", FORM_LINK_GEN, 1, ORIGIN_SYSFS},
	{M_PCIE_WIDTH, DIR_DEVICE, "current_link_width", FORM_INT, 1, ORIGIN_SYSFS},
	{M_PCIE_MAX_GEN, DIR_DEVICE, "max_link_speed", FORM_LINK_GEN, 1, ORIGIN_SYSFS},
	{M_PCIE_MAX_WIDTH, DIR_DEVICE, "max_link_width", FORM_INT, 1, ORIGIN_SYSFS},
	{M_PCIE_REPLAYS, DIR_DEVICE, "pcie_replay_count", FORM_INT, 1, ORIGIN_SYSFS},
	{M_BAD_PAGES, DIR_RAS, "gpu_vram_bad_pages", FORM_LINES, 1, ORIGIN_SYSFS},
	{M_COUNT, DIR_DEVICE, "power_dpm_force_performance_level", FORM_TEXT, 1, ORIGIN_SYSFS},
	/* regulator temperatures, SoC clock and throttling are only here */
	{M_COUNT, DIR_DEVICE, "gpu_metrics", FORM_METRICS, 1, ORIGIN_GPU_METRICS},
	/* each of these costs a message to the card's firmware */
	{M_SCLK_MHZ, DIR_DEVICE, "pp_dpm_sclk", FORM_DPM, 1, ORIGIN_SYSFS},
	{M_MCLK_MHZ, DIR_DEVICE, "pp_dpm_mclk", FORM_DPM, 1, ORIGIN_SYSFS},
	{M_SOCCLK_MHZ, DIR_DEVICE, "pp_dpm_socclk", FORM_DPM, 1, ORIGIN_SYSFS},
	{M_FCLK_MHZ, DIR_DEVICE, "pp_dpm_fclk", FORM_DPM, 1, ORIGIN_SYSFS},
};

#define ROWS G_N_ELEMENTS(rows)

/* Blocks whose error counts are added up, as RAS names them. */
static const char *const ecc_files[] = {
	"umc_err_count",      "sdma_err_count", "gfx_err_count",       "mmhub_err_count",
	"pcie_bif_err_count", "hdp_err_count",  "xgmi_wafl_err_count",
};

struct sysfs_card {
	char *root, *path;
	char bdf[BDF_SIZE];
	unsigned device_id;
	struct sysfs_dir dir[DIR_COUNT];
	struct sysfs_file file[ROWS];
	struct sysfs_file ecc[G_N_ELEMENTS(ecc_files)];
	struct sysfs_file runtime_status;
	gint64 refresh_ms; /* when the directories are looked at next */
	bool had_pulse;    /* it has told what only a working card tells */
};

/* The hwmon directory that amdgpu made; its number is not the card's. */
static char *find_hwmon(const char *device)
{
	g_autofree char *parent = g_build_filename(device, "hwmon", NULL);
	GDir *dir = g_dir_open(parent, 0, NULL);
	char *found = NULL;
	const char *name;

	while (dir && !found && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(parent, name, NULL);
		char driver[32];
		if (sysfs_read_once(path, "name", driver, sizeof driver) == READ_OK &&
		    strcmp(driver, "amdgpu") == 0)
			found = path;
		else
			g_free(path);
	}
	if (dir)
		g_dir_close(dir);
	return found ? found : g_steal_pointer(&parent);
}

static void close_files_of(struct sysfs_card *card, enum dir dir)
{
	for (gsize i = 0; i < ROWS; i++)
		if (rows[i].dir == dir)
			sysfs_file_close(&card->file[i]);
	if (dir == DIR_RAS)
		for (gsize i = 0; i < G_N_ELEMENTS(ecc_files); i++)
			sysfs_file_close(&card->ecc[i]);
	if (dir == DIR_DEVICE)
		sysfs_file_close(&card->runtime_status);
}

static void open_directories(struct sysfs_card *card)
{
	g_autofree char *hwmon = find_hwmon(card->path);
	g_autofree char *ras = g_build_filename(card->path, "ras", NULL);

	sysfs_dir_init(&card->dir[DIR_DEVICE], card->path);
	sysfs_dir_init(&card->dir[DIR_HWMON], hwmon);
	sysfs_dir_init(&card->dir[DIR_RAS], ras);
}

struct sysfs_card *sysfs_card_new(const char *root, const char *bdf)
{
	struct sysfs_card *card = g_new0(struct sysfs_card, 1);
	char text[32];
	uint64_t id = 0;

	card->root = g_strdup(root);
	card->path = g_build_filename(root, "bus/pci/devices", bdf, NULL);
	g_strlcpy(card->bdf, bdf, sizeof card->bdf);
	open_directories(card);
	for (gsize i = 0; i < ROWS; i++)
		sysfs_file_init(&card->file[i], &card->dir[rows[i].dir], rows[i].name);
	for (gsize i = 0; i < ROWS; i++)
		card->file[i].empty_is_text = rows[i].form == FORM_LINES;
	for (gsize i = 0; i < G_N_ELEMENTS(ecc_files); i++)
		sysfs_file_init(&card->ecc[i], &card->dir[DIR_RAS], ecc_files[i]);
	sysfs_file_init(&card->runtime_status, &card->dir[DIR_DEVICE], "power/runtime_status");
	if (sysfs_read_once(card->path, "device", text, sizeof text) == READ_OK)
		parse_hex(text, &id);
	card->device_id = (unsigned)id;
	return card;
}

void sysfs_card_free(struct sysfs_card *card)
{
	if (!card)
		return;
	for (int d = 0; d < DIR_COUNT; d++) {
		close_files_of(card, (enum dir)d);
		sysfs_dir_clear(&card->dir[d]);
	}
	g_free(card->root);
	g_free(card->path);
	g_free(card);
}

bool sysfs_is_asleep(const char *status)
{
	return g_str_has_prefix(status, "suspend") || g_str_has_prefix(status, "resuming");
}

/* Names of the Vega 20 family; pci.ids says one name for all of them, and the size of the memory tells the boards apart. */
static void choose_name(const char *dir, const struct gpu_info *info, unsigned device_id, char *out,
			gsize size)
{
	static const struct {
		unsigned device;
		const char *name;
	} known[] = {
		{0x66a0, "AMD Instinct MI60"},   {0x66a1, "AMD Instinct MI50"},
		{0x66a2, "AMD Radeon Pro V420"}, {0x66a3, "AMD Radeon Pro Vega II"},
		{0x66af, "AMD Radeon VII"},
	};
	char text[128];
	gint64 bytes = 0;

	if (sysfs_read_once(dir, "product_name", text, sizeof text) == READ_OK) {
		g_strlcpy(out, text, size);
		return;
	}
	if (sysfs_read_once(dir, "mem_info_vram_total", text, sizeof text) == READ_OK)
		parse_int(text, &bytes);
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
		if (known[i].device == device_id) {
			g_strlcpy(out, known[i].name, size);
			if (bytes >> 30 > 0)
				g_snprintf(out, size, "%s %dGB", known[i].name, (int)(bytes >> 30));
			return;
		}
	g_snprintf(out, size, "AMD GPU %s", info->device_id);
}

static void describe_limits(struct sysfs_card *card, struct gpu_info *out)
{
	static const struct {
		enum limit limit;
		const char *name;
		double scale;
		double lowest; /* at or below: a way of saying that there is none */
	} files[] = {
		{LIM_TEMP_EDGE_CRIT_C, "temp1_crit", 1e-3, 0},
		{LIM_TEMP_JUNCTION_CRIT_C, "temp2_crit", 1e-3, 0},
		{LIM_TEMP_MEM_CRIT_C, "temp3_crit", 1e-3, 0},
		{LIM_POWER_MAX_W, "power1_cap_max", 1e-6, 0},
		{LIM_POWER_MIN_W, "power1_cap_min", 1e-6, 0},
	};
	char text[SYSFS_TEXT_MAX];
	gint64 v;
	struct dpm dpm;

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
		if (sysfs_read_once(card->dir[DIR_HWMON].path, files[i].name, text, sizeof text) == READ_OK &&
		    parse_int(text, &v) && (double)v > files[i].lowest)
			out->limit[files[i].limit] = num_of((double)v * files[i].scale);
	if (sysfs_read_once(card->path, "pp_dpm_sclk", text, sizeof text) == READ_OK && parse_dpm(text, &dpm))
		out->limit[LIM_SCLK_MAX_MHZ] = dpm.max_mhz;
	if (sysfs_read_once(card->path, "pp_dpm_mclk", text, sizeof text) == READ_OK && parse_dpm(text, &dpm))
		out->limit[LIM_MCLK_MAX_MHZ] = dpm.max_mhz;
}

/* Boards without a fan whose driver may report one all the same. */
static bool fan_is_made_up(unsigned device_id)
{
	return device_id == 0x66a0 || device_id == 0x66a1;
}

static void describe_fan(struct sysfs_card *card, struct gpu_info *out)
{
	char text[64];

	if (fan_is_made_up(card->device_id))
		out->passive = TRI_YES;
	else if (card->dir[DIR_HWMON].fd >= 0)
		out->passive = tri_of(sysfs_read_once(card->dir[DIR_HWMON].path, "fan1_input", text,
						      sizeof text) == READ_ABSENT);
}

void sysfs_card_describe(struct sysfs_card *card, bool awake, struct gpu_info *out)
{
	uint64_t id;
	char text[64];

	gpu_info_init(out);
	g_strlcpy(out->bdf, card->bdf, sizeof out->bdf);
	if (pci_bus_describe(card->root, card->bdf, out)) {
		kfd_describe(card->root, out);
		if (!out->arch[0] && device_is_vega20(card->device_id))
			g_strlcpy(out->arch, "gfx906", sizeof out->arch);
		sysfs_read_once(card->path, "vbios_version", out->vbios, sizeof out->vbios);
		if (sysfs_read_once(card->path, "unique_id", text, sizeof text) == READ_OK &&
		    parse_hex(text, &id) && id)
			g_snprintf(out->unique_id, sizeof out->unique_id, "%" G_GINT64_MODIFIER "x",
				   (guint64)id);
		sysfs_read_once(card->path, "serial_number", out->serial, sizeof out->serial);
		choose_name(card->path, out, card->device_id, out->name, sizeof out->name);
		if (awake) {
			describe_limits(card, out);
			describe_fan(card, out);
		}
	}
}

/* Turns a file's text into a value; false when it is not of its form. *told is false for "nothing to tell". */
static bool parse_row(enum form form, const char *text, double *out, bool *told)
{
	gint64 v;
	struct dpm dpm;

	*told = true;
	switch (form) {
	case FORM_INT:
		if (!parse_int(text, &v))
			return false;
		*out = (double)v;
		return true;
	case FORM_DPM:
		if (!parse_dpm(text, &dpm))
			return false;
		*told = num_known(dpm.current_mhz);
		*out = dpm.current_mhz.v;
		return true;
	case FORM_LINK_GEN:
		*out = parse_link_gen(text);
		*told = *out > 0;
		return true;
	default:
		return false;
	}
}

static void sample_ecc(struct sysfs_card *card, gint64 now_ms, struct gpu_values *out)
{
	enum read_result first = READ_ABSENT;
	uint64_t ue = 0, ce = 0;
	bool any = false;

	for (gsize i = 0; i < G_N_ELEMENTS(ecc_files); i++) {
		char text[256];
		gsize len;
		uint64_t u, c;
		enum read_result r = sysfs_file_read(&card->ecc[i], now_ms, text, sizeof text, &len);
		if (r == READ_OK && !parse_ecc(text, &u, &c))
			r = READ_BAD;
		if (r == READ_OK) {
			ue += u;
			ce += c;
			any = true;
		} else if (first == READ_ABSENT) {
			first = r;
		}
	}
	if (any) {
		gpu_values_put(out, M_ECC_CORRECTED, (double)ce, ORIGIN_SYSFS);
		gpu_values_put(out, M_ECC_UNCORRECTED, (double)ue, ORIGIN_SYSFS);
	} else if (first != READ_ABSENT) {
		gpu_values_fail(out, M_ECC_CORRECTED, read_result_state(first), ORIGIN_SYSFS);
		gpu_values_fail(out, M_ECC_UNCORRECTED, read_result_state(first), ORIGIN_SYSFS);
	}
}

/* Takes one row; what it answers tells whether the card is still there. */
static enum read_result sample_row(struct sysfs_card *card, gsize i, gint64 now_ms, struct gpu_values *out)
{
	const struct row *row = &rows[i];
	char text[SYSFS_TEXT_MAX];
	gsize len = 0;
	double v = 0;
	bool told = false;

	enum read_result r = row->form == FORM_LINES
				     ? sysfs_file_lines(&card->file[i], now_ms, &v)
				     : sysfs_file_read(&card->file[i], now_ms, text, sizeof text, &len);
	if (r == READ_OK && row->form == FORM_LINES)
		told = true;
	else if (r == READ_OK && row->form == FORM_METRICS)
		gpu_metrics_parse(text, len, card->device_id, row->origin, out);
	else if (r == READ_OK && row->form == FORM_TEXT)
		g_strlcpy(out->perf_level, g_strchomp(text), sizeof out->perf_level);
	else if (r == READ_OK && !parse_row(row->form, text, &v, &told))
		r = READ_BAD;
	if (r == READ_OK && told)
		gpu_values_put(out, row->m, v * row->scale, row->origin);
	else if (row->m != M_COUNT && r != READ_OK && read_result_state(r) != NUM_UNKNOWN)
		gpu_values_fail(out, row->m, read_result_state(r), row->origin);
	return r;
}

/* What only a card that works tells: its firmware's values. Memory sizes are the driver's to tell, and stay. */
static bool has_pulse(const struct gpu_values *v)
{
	static const enum metric pulses[] = {M_TEMP_EDGE_C, M_TEMP_JUNCTION_C, M_TEMP_MEM_C,
					     M_POWER_W,     M_SCLK_MHZ,        M_MCLK_MHZ,
					     M_VOLTAGE_MV,  M_BUSY_PCT,        M_MEM_BUSY_PCT};

	for (gsize i = 0; i < G_N_ELEMENTS(pulses); i++)
		if (v->m[pulses[i]].state != NUM_UNKNOWN)
			return true;
	return false;
}

/* All of a card's values have vanished at once: its firmware does not answer. It is asked again each time. */
static void look_for_pulse(struct sysfs_card *card, struct gpu_values *out)
{
	bool pulse = has_pulse(out);

	if (!pulse && card->had_pulse) {
		out->state = GPU_LOST;
		for (int d = 0; d < DIR_COUNT; d++)
			close_files_of(card, (enum dir)d);
	}
	card->had_pulse = card->had_pulse || pulse;
}

static void sample_rows(struct sysfs_card *card, gint64 now_ms, struct gpu_values *out)
{
	int count[READ_LOST + 1] = {0};

	for (gsize i = 0; i < ROWS; i++) {
		enum metric m = rows[i].m;
		if (m != M_COUNT && out->m[m].state == NUM_OK)
			continue;
		if (m == M_FAN_RPM && fan_is_made_up(card->device_id))
			continue;
		count[sample_row(card, i, now_ms, out)]++;
	}
	sample_ecc(card, now_ms, out);
	if (count[READ_LOST])
		card->refresh_ms = 0; /* the driver has let go of what we hold */
	if (count[READ_LOST] && !count[READ_OK])
		out->state = GPU_LOST;
	else if (count[READ_BUSY])
		out->state = GPU_BUSY;
	else
		look_for_pulse(card, out);
}

/* The directories may have been made anew: a driver that was bound again, a card that came back. */
static void refresh_directories(struct sysfs_card *card, gint64 now_ms)
{
	if (now_ms < card->refresh_ms)
		return;
	card->refresh_ms = now_ms + REFRESH_MS;
	if (sysfs_dir_refresh(&card->dir[DIR_DEVICE])) {
		for (int d = 0; d < DIR_COUNT; d++) {
			close_files_of(card, (enum dir)d);
			sysfs_dir_clear(&card->dir[d]);
		}
		open_directories(card);
	}
	for (int d = DIR_DEVICE + 1; d < DIR_COUNT; d++)
		if (sysfs_dir_refresh(&card->dir[d]))
			close_files_of(card, (enum dir)d);
}

void sysfs_card_sample(struct sysfs_card *card, gint64 now_ms, struct gpu_values *out)
{
	char status[64];
	gsize len;

	gpu_values_init(out, now_ms);
	refresh_directories(card, now_ms);
	if (card->dir[DIR_DEVICE].fd < 0) {
		out->state = GPU_LOST;
		card->refresh_ms = 0;
	} else if (sysfs_file_read(&card->runtime_status, now_ms, status, sizeof status, &len) == READ_OK &&
		   sysfs_is_asleep(status))
		out->state = GPU_SUSPENDED;
	else
		sample_rows(card, now_ms, out);
}
