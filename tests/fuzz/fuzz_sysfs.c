/* fuzz_sysfs.c - a file of sysfs, in every form that one may have. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/gpu/pci_bus.h"
#include "backends/gpu/sysfs_card.h"
#include "backends/gpu/sysfs_parse.h"

#include <math.h>
#include <string.h>

static void judge_mhz(struct num n)
{
	if (num_known(n) && (!isfinite(n.v) || n.v < 0))
		g_error("%g MHz", n.v);
}

static void try_numbers(const char *text)
{
	gint64 whole = 77;
	uint64_t hex = 77, ue, ce, property, bars[6];
	struct dpm dpm;
	if (!parse_int(text, &whole) && whole != 77)
		g_error("no number, and yet %" G_GINT64_FORMAT, whole);
	if (!parse_hex(text, &hex) && hex != 77)
		g_error("no number, and yet %" G_GUINT64_FORMAT, hex);
	if (parse_dpm(text, &dpm)) {
		judge_mhz(dpm.current_mhz);
		judge_mhz(dpm.max_mhz);
	}
	parse_ecc(text, &ue, &ce);
	parse_property(text, "gfx_target_version", &property);
	int n = parse_bars(text, bars);
	if (n < 0 || n > 6)
		g_error("%d bars", n);
	for (int i = 0; i < n; i++)
		if (bars[i] == 0)
			g_error("a bar without a size");
	int gen = parse_link_gen(text);
	if (gen < 0 || gen > 7)
		g_error("generation %d", gen);
}

static void try_words(const char *text)
{
	char path[64], name[24];
	uint64_t version;
	sysfs_is_asleep(text);
	pci_path_of(text, path, sizeof path);
	if (!memchr(path, '\0', sizeof path))
		g_error("a path without an end");
	pci_is_address(text, strlen(text));
	if (parse_hex(text, &version)) {
		gfx_name(version, name, sizeof name);
		fuzz_judge(name);
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	try_numbers(text);
	try_words(text);
}
