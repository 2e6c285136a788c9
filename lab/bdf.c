/* bdf.c - the one reader of PCI addresses. By hand, since sscanf() takes signs and blanks for digits. */
#include "config.h"
#include "lab/bdf.h"

#include <glib.h>
#include <string.h>

enum { DOMAIN, BUS, DEVICE, FUNCTION, PARTS };

static int count_colons(const char *text)
{
	int n = 0;
	for (; *text; text++)
		n += *text == ':';
	return n;
}

static bool read_parts(const char *text, uint32_t part[PARTS])
{
	static const char ends[PARTS] = {':', ':', '.', '\0'};
	static const guint64 most[PARTS] = {G_MAXUINT32, 0xff, 0x1f, 7};
	part[DOMAIN] = 0;
	for (int i = count_colons(text) == 1 ? BUS : DOMAIN; i < PARTS; i++) {
		char *end;
		if (!g_ascii_isxdigit(*text))
			return false;
		guint64 n = g_ascii_strtoull(text, &end, 16);
		if (n > most[i] || *end != ends[i])
			return false;
		part[i] = (uint32_t)n;
		text = end + 1;
	}
	return true;
}

void bdf_make(uint32_t domain, unsigned routing_id, char out[BDF_SIZE])
{
	g_snprintf(out, BDF_SIZE, "%04x:%02x:%02x.%x", domain, routing_id >> 8 & 0xff, routing_id >> 3 & 0x1f,
		   routing_id & 7);
}

bool bdf_parse(const char *text, char out[BDF_SIZE])
{
	uint32_t part[PARTS];
	out[0] = '\0';
	if (!read_parts(text, part))
		return false;
	bdf_make(part[DOMAIN], part[BUS] << 8 | part[DEVICE] << 3 | part[FUNCTION], out);
	return true;
}

bool bdf_split(const char *text, uint32_t *domain, unsigned *routing_id)
{
	uint32_t part[PARTS];
	if (!read_parts(text, part))
		return false;
	*domain = part[DOMAIN];
	*routing_id = part[BUS] << 8 | part[DEVICE] << 3 | part[FUNCTION];
	return true;
}

const char *bdf_short(const char *bdf)
{
	return g_str_has_prefix(bdf, "0000:") ? bdf + strlen("0000:") : bdf;
}
