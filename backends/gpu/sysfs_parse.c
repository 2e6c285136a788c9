/* sysfs_parse.c - parsers of single attribute files; see the header. Nothing here touches a file. */
#include "config.h"
#include "backends/gpu/sysfs_parse.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESOURCE_IS_MEMORY 0x200 /* IORESOURCE_MEM of the kernel */

enum read_result read_result_of_errno(int err)
{
	switch (err) {
	case EACCES:
		return READ_DENIED;
	case EPERM:
	case EBUSY:
	case EAGAIN:
	case ETIME:
	case ETIMEDOUT:
		return READ_BUSY;
	case ENODEV:
	case ENXIO:
	case EIO:
	case ESTALE:
		return READ_LOST;
	default: /* ENOENT, ENODATA, EOPNOTSUPP, EINVAL and what nobody has seen yet */
		return READ_ABSENT;
	}
}

enum num_state read_result_state(enum read_result r)
{
	switch (r) {
	case READ_OK:
		return NUM_OK;
	case READ_DENIED:
		return NUM_DENIED;
	case READ_BUSY:
		return NUM_BUSY;
	case READ_BAD:
		return NUM_BAD;
	case READ_ABSENT:
	case READ_LOST:
		break;
	}
	return NUM_UNKNOWN;
}

static bool only_blanks(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

bool parse_int(const char *text, gint64 *out)
{
	char *end;

	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno || end == text || !only_blanks(end))
		return false;
	*out = v;
	return true;
}

bool parse_hex(const char *text, uint64_t *out)
{
	char *end;

	text += strspn(text, " \t");
	if (!g_ascii_isxdigit(text[0]))
		return false; /* strtoull takes a sign */
	errno = 0;
	unsigned long long v = strtoull(text, &end, 16);
	if (errno || end == text || !only_blanks(end))
		return false;
	*out = v;
	return true;
}

/* One level; false for a line of another form. */
static bool parse_dpm_line(const char *line, double *mhz, bool *current)
{
	const char *colon = strchr(line, ':');
	char *end;

	if (!colon || colon == line)
		return false;
	*mhz = g_ascii_strtod(colon + 1, &end);
	if (end == colon + 1 || !isfinite(*mhz) || *mhz < 0 || g_ascii_strncasecmp(end, "mhz", 3) != 0)
		return false;
	end += 3;
	end += strspn(end, " \t");
	*current = *end == '*';
	return true;
}

bool parse_dpm(const char *text, struct dpm *out)
{
	struct dpm d = {0};

	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[128];
		double mhz;
		bool current;
		g_strlcpy(line, text, MIN(len + 1, sizeof line));
		if (parse_dpm_line(line, &mhz, &current)) {
			if (current)
				d.current_mhz = num_of(mhz);
			if (!num_known(d.max_mhz) || mhz > d.max_mhz.v)
				d.max_mhz = num_of(mhz);
		}
		text += len + (text[len] == '\n');
	}
	if (!num_known(d.max_mhz))
		return false;
	*out = d;
	return true;
}

int parse_link_gen(const char *text)
{
	static const double rates[] = {2.5, 5, 8, 16, 32, 64, 128};
	char *end;
	double rate = g_ascii_strtod(text, &end);

	if (end == text || g_ascii_strncasecmp(end + strspn(end, " "), "GT/s", 4) != 0)
		return 0;
	for (gsize i = 0; i < G_N_ELEMENTS(rates); i++)
		if (fabs(rate - rates[i]) < 0.1)
			return (int)i + 1;
	return 0;
}

static bool count_after(const char *text, const char *label, uint64_t *out)
{
	const char *at = strstr(text, label);
	char *end;

	if (!at)
		return false;
	at += strlen(label);
	at += strspn(at, " \t");
	if (!g_ascii_isdigit(*at))
		return false;
	*out = g_ascii_strtoull(at, &end, 10);
	return true;
}

bool parse_ecc(const char *text, uint64_t *uncorrectable, uint64_t *correctable)
{
	return count_after(text, "ue:", uncorrectable) && count_after(text, "ce:", correctable);
}

int parse_bars(const char *text, uint64_t sizes[6])
{
	int n = 0;

	for (int line = 0; line < 6 && *text; line++) {
		char *end;
		uint64_t first = g_ascii_strtoull(text, &end, 16);
		uint64_t last = g_ascii_strtoull(end, &end, 16);
		uint64_t flags = g_ascii_strtoull(end, &end, 16);
		if ((flags & RESOURCE_IS_MEMORY) && last > first)
			sizes[n++] = last - first + 1;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return n;
}

bool parse_property(const char *text, const char *key, uint64_t *out)
{
	size_t len = strlen(key);

	for (const char *line = text; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
		if (strncmp(line, key, len) == 0 && line[len] == ' ' && g_ascii_isdigit(line[len + 1])) {
			*out = g_ascii_strtoull(line + len + 1, NULL, 10);
			return true;
		}
	return false;
}

void gfx_name(uint64_t target_version, char *out, gsize size)
{
	out[0] = '\0';
	if (target_version >= 10000 && target_version < 1000000)
		g_snprintf(out, size, "gfx%u%u%x", (unsigned)(target_version / 10000),
			   (unsigned)(target_version / 100 % 100), (unsigned)(target_version % 100));
}
