/* gpu_metrics.c - reads the driver's binary table by a table of offsets. All ones means that a field is not filled. */
#include "config.h"
#include "backends/gpu/gpu_metrics.h"

#include <string.h>

enum field_type { F_U8, F_U16, F_S16, F_U32, F_U64 };

/* Offsets by content revision 0..3; 0 where the revision has no such field (offset 0 is the header). */
struct field {
	enum metric m;
	enum field_type type[2]; /* in 1.0, and from 1.1 on */
	uint8_t at[4];
	double scale;
};

static const struct field fields[] = {
	{M_TEMP_EDGE_C, {F_S16, F_S16}, {16, 4, 4, 4}, 1},
	{M_TEMP_JUNCTION_C, {F_S16, F_S16}, {18, 6, 6, 6}, 1},
	{M_TEMP_MEM_C, {F_S16, F_S16}, {20, 8, 8, 8}, 1},
	{M_TEMP_VRGFX_C, {F_S16, F_S16}, {22, 10, 10, 10}, 1},
	{M_TEMP_VRSOC_C, {F_S16, F_S16}, {24, 12, 12, 12}, 1},
	{M_TEMP_VRMEM_C, {F_S16, F_S16}, {26, 14, 14, 14}, 1},
	{M_BUSY_PCT, {F_U16, F_U16}, {28, 16, 16, 16}, 1},
	{M_MEM_BUSY_PCT, {F_U16, F_U16}, {30, 18, 18, 18}, 1},
	{M_POWER_W, {F_U16, F_U16}, {34, 22, 22, 22}, 1},
	{M_SCLK_MHZ, {F_U16, F_U16}, {54, 54, 54, 54}, 1},
	{M_SOCCLK_MHZ, {F_U16, F_U16}, {56, 56, 56, 56}, 1},
	{M_MCLK_MHZ, {F_U16, F_U16}, {58, 58, 58, 58}, 1},
	{M_SCLK_MHZ, {F_U16, F_U16}, {40, 40, 40, 40}, 1}, /* the average, where there is no current value */
	{M_MCLK_MHZ, {F_U16, F_U16}, {44, 44, 44, 44}, 1},
	{M_PCIE_WIDTH, {F_U8, F_U16}, {74, 74, 74, 74}, 1},
};

/* Fan speed is left out: boards without a fan report 0 or a made-up figure here. The link speed is read from sysfs. */
static const struct revision {
	uint16_t size;
	uint8_t throttle_at, independent_at;
} revisions[4] = {{80, 68, 0}, {96, 68, 0}, {104, 68, 0}, {120, 68, 112}};

static uint64_t read_field(const uint8_t *blob, size_t at, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = bytes; i > 0; i--)
		v = v << 8 | blob[at + i - 1];
	return v;
}

/* The value, or false for all ones. */
static bool field_value(const uint8_t *blob, size_t at, enum field_type type, double *out)
{
	static const uint8_t bytes[] = {[F_U8] = 1, [F_U16] = 2, [F_S16] = 2, [F_U32] = 4, [F_U64] = 8};
	size_t n = bytes[type];
	uint64_t v = read_field(blob, at, n);

	if (v == UINT64_MAX >> (64 - 8 * n))
		return false;
	*out = type == F_S16 ? (double)(int16_t)v : (double)v;
	return true;
}

static void parse_throttle(const uint8_t *blob, const struct revision *r, unsigned device_id,
			   struct gpu_values *out)
{
	uint64_t bits = read_field(blob, r->throttle_at, 4);

	if (!(out->throttle & THROTTLE_UNKNOWN))
		return;
	if (r->independent_at) {
		uint64_t independent = read_field(blob, r->independent_at, 8);
		if (independent != UINT64_MAX) {
			out->throttle = throttle_of_independent(independent);
			out->throttle_bits = independent;
			out->has_throttle_bits = true;
			return;
		}
	}
	if (bits == UINT32_MAX)
		return;
	out->throttle_bits = bits;
	out->has_throttle_bits = true;
	if (device_is_vega20(device_id))
		out->throttle = throttle_of_vega20((uint32_t)bits);
}

bool gpu_metrics_parse(const void *blob, size_t size, unsigned device_id, enum origin origin,
		       struct gpu_values *out)
{
	const uint8_t *b = blob;

	if (size < 4 || b[2] != 1 || b[3] >= G_N_ELEMENTS(revisions))
		return false;
	const struct revision *r = &revisions[b[3]];
	size_t said = read_field(b, 0, 2);
	if (said > size || said < r->size)
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		const struct field *f = &fields[i];
		double v;
		if (f->at[b[3]] && field_value(b, f->at[b[3]], f->type[b[3] > 0], &v))
			gpu_values_put(out, f->m, v * f->scale, origin);
	}
	parse_throttle(b, r, device_id, out);
	return true;
}

struct bits {
	uint8_t first, last;
	unsigned what;
};

static unsigned classify(uint64_t status, const struct bits *table, size_t n)
{
	unsigned set = THROTTLE_NONE;

	for (size_t i = 0; i < n; i++)
		for (unsigned bit = table[i].first; bit <= table[i].last; bit++)
			if (status >> bit & 1)
				set |= table[i].what;
	return set;
}

unsigned throttle_of_vega20(uint32_t status)
{
	static const struct bits table[] = {
		{1, 10, THROTTLE_THERMAL}, /* edge, hotspot, HBM, regulators, liquid, PLX, skin */
		{11, 12, THROTTLE_CURRENT},
		{13, 13, THROTTLE_POWER_CAP},
		{14, 15, THROTTLE_OTHER},
	};
	return classify(status, table, G_N_ELEMENTS(table));
}

unsigned throttle_of_independent(uint64_t status)
{
	static const struct bits table[] = {
		{0, 7, THROTTLE_POWER_CAP}, /* package power limits */
		{16, 23, THROTTLE_CURRENT}, /* TDC and EDC */
		{32, 47, THROTTLE_THERMAL}, /* sensors, VRHOT, PROCHOT */
		{56, 57, THROTTLE_OTHER},
	};
	return classify(status, table, G_N_ELEMENTS(table));
}

bool device_is_vega20(unsigned device_id)
{
	return device_id >= 0x66a0 && device_id <= 0x66af;
}
