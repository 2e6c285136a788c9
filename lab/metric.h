/* metric.h - everything that is measured about one GPU, as one table.
 *
 * The agent writes by it, the console reads by it, status --json prints by it, views pick from it: a metric is added
 * in one place. Keys are those of the agent stream (design.md, Formats).
 */
#ifndef LAB_METRIC_H
#define LAB_METRIC_H

#include "lab/num.h"

enum metric {
	M_TEMP_EDGE_C,
	M_TEMP_JUNCTION_C,
	M_TEMP_MEM_C,
	M_TEMP_VRGFX_C,
	M_TEMP_VRSOC_C,
	M_TEMP_VRMEM_C,
	M_SCLK_MHZ,
	M_MCLK_MHZ,
	M_SOCCLK_MHZ,
	M_FCLK_MHZ,
	M_VRAM_TOTAL_BYTES,
	M_VRAM_USED_BYTES,
	M_VRAM_VISIBLE_BYTES,
	M_GTT_USED_BYTES,
	M_POWER_W,
	M_POWER_CAP_W,
	M_ENERGY_J,
	M_VOLTAGE_MV,
	M_BUSY_PCT,
	M_MEM_BUSY_PCT,
	M_FAN_RPM,
	M_PCIE_GEN,
	M_PCIE_WIDTH,
	M_PCIE_MAX_GEN,
	M_PCIE_MAX_WIDTH,
	M_PCIE_REPLAYS,
	M_ECC_CORRECTED,
	M_ECC_UNCORRECTED,
	M_BAD_PAGES,
	M_COUNT
};

enum limit {
	LIM_TEMP_EDGE_CRIT_C,
	LIM_TEMP_JUNCTION_CRIT_C,
	LIM_TEMP_MEM_CRIT_C,
	LIM_POWER_MAX_W,
	LIM_POWER_MIN_W,
	LIM_SCLK_MAX_MHZ,
	LIM_MCLK_MAX_MHZ,
	LIM_COUNT
};

/* How a number is written; the JSON of a metric with 0 decimals is an integer. */
struct metric_info {
	const char *key;   /* "temp_edge_c": agent stream and status --json */
	const char *label; /* "edge": screens */
	const char *unit;  /* "°C", "MHz", "B", "W", "%", "rpm", "" */
	int decimals;
	double min, max;   /* outside is nonsense (NUM_BAD), whatever the source says */
	bool zero_is_none; /* 0 is how a source says that it does not measure or has no such thing */
};

extern const struct metric_info metric_info[M_COUNT];
extern const struct metric_info limit_info[LIM_COUNT];

/* A reading as the table takes it: a number, NUM_BAD out of bounds, NUM_UNKNOWN for a zero that is none. */
struct num metric_num(enum metric m, double v);

/* Takes out what means nothing beside the others: nothing used of a memory of unknown size. */
void metrics_settle(struct num m[M_COUNT]);

/* Why a card is slower than it could be. A set of these; "nobody knows" is a flag of its own. */
enum throttle {
	THROTTLE_NONE = 0,
	THROTTLE_THERMAL = 1 << 0,
	THROTTLE_CURRENT = 1 << 1,
	THROTTLE_POWER_CAP = 1 << 2,
	THROTTLE_OTHER = 1 << 3,
	THROTTLE_UNKNOWN = 1 << 7,
};

extern const char *const throttle_names[4]; /* by bit number: "thermal", "current", "power-cap", "other" */

#endif
