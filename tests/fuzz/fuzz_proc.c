/* fuzz_proc.c - files of /proc: fdinfo, a line of mountinfo, stat and cgroup of a process. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/gpu/fdinfo.h"
#include "backends/gpu/mounts.h"
#include "backends/gpu/process_facts.h"

#include <math.h>
#include <string.h>

static void try_fdinfo(const char *text)
{
	struct drm_client c, later;
	if (!fdinfo_parse(text, &c))
		return;
	if (c.engines < 0 || c.engines > FDINFO_ENGINES || !memchr(c.bdf, '\0', sizeof c.bdf))
		g_error("%d engines", c.engines);
	later = c;
	for (int i = 0; i < c.engines; i++) {
		if (!memchr(c.engine[i].name, '\0', sizeof c.engine[i].name))
			g_error("an engine's name without an end");
		later.engine[i].ns += 1000000;
	}
	for (gint64 elapsed_us = 0; elapsed_us <= 1000000; elapsed_us += 500000) {
		double busy = fdinfo_busy_pct(&c, &later, elapsed_us),
		       back = fdinfo_busy_pct(&later, &c, elapsed_us);
		if (!(busy >= 0 && busy <= 100 && back >= 0 && back <= 100))
			g_error("busy %g, %g", busy, back);
	}
}

static void try_mounts(const char *text)
{
	char *source = NULL, *target = NULL, *fstype = NULL;
	if (mounts_parse_line(text, &source, &target, &fstype)) {
		if (!source || !target || !fstype)
			g_error("a mount without its words");
		g_free(source);
		g_free(target);
		g_free(fstype);
	} else if (source || target || fstype) {
		g_error("no mount, and yet words");
	}
}

static void try_process(const char *text)
{
	struct process p = {0};
	uint64_t start;
	char unit[128];
	if (parse_stat(text, &p, &start) && (p.ppid < 0 || !memchr(p.name, '\0', sizeof p.name)))
		g_error("a parent %d", p.ppid);
	unit_of_cgroup(text, unit, sizeof unit);
	if (!memchr(unit, '\0', sizeof unit))
		g_error("a unit without an end");
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 32);
	try_fdinfo(text);
	for (char **line = lines; *line; line++)
		try_mounts(*line);
	try_process(text);
}
