/* fdinfo.c - see the header. */
#include "config.h"
#include "backends/gpu/fdinfo.h"

#include <string.h>

static uint64_t size_of(const char *value)
{
	char *end;
	uint64_t n = g_ascii_strtoull(value, &end, 10);

	end += strspn(end, " \t");
	if (g_str_has_prefix(end, "KiB"))
		return n << 10;
	if (g_str_has_prefix(end, "MiB"))
		return n << 20;
	if (g_str_has_prefix(end, "GiB"))
		return n << 30;
	return n;
}

static void take_engine(struct drm_client *c, const char *name, const char *value)
{
	if (c->engines >= FDINFO_ENGINES || g_str_has_prefix(name, "capacity-"))
		return;
	g_strlcpy(c->engine[c->engines].name, name, sizeof c->engine[0].name);
	c->engine[c->engines++].ns = g_ascii_strtoull(value, NULL, 10);
}

/* One "key: value" line. */
static void take_line(struct drm_client *c, const char *key, const char *value, bool *amdgpu, bool *resident)
{
	if (strcmp(key, "drm-driver") == 0) {
		*amdgpu = strcmp(value, "amdgpu") == 0;
	} else if (strcmp(key, "drm-pdev") == 0) {
		g_strlcpy(c->bdf, value, sizeof c->bdf);
	} else if (strcmp(key, "drm-client-id") == 0) {
		c->id = g_ascii_strtoull(value, NULL, 10);
	} else if (strcmp(key, "drm-resident-vram") == 0 ||
		   (strcmp(key, "drm-memory-vram") == 0 && !*resident)) {
		*resident = key[4] == 'r'; /* the newer name is the better one */
		c->has_vram = true;
		c->vram_bytes = size_of(value);
	} else if (g_str_has_prefix(key, "drm-engine-")) {
		take_engine(c, key + strlen("drm-engine-"), value);
	}
}

bool fdinfo_parse(const char *text, struct drm_client *out)
{
	struct drm_client c = {0};
	bool amdgpu = false, resident = false;

	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[160];
		g_strlcpy(line, text, MIN(len + 1, sizeof line));
		char *colon = strchr(line, ':');
		if (colon) {
			*colon = '\0';
			take_line(&c, line, g_strstrip(colon + 1), &amdgpu, &resident);
		}
		text += len + (text[len] == '\n');
	}
	if (!amdgpu || !c.bdf[0])
		return false;
	*out = c;
	return true;
}

double fdinfo_busy_pct(const struct drm_client *before, const struct drm_client *now, gint64 elapsed_us)
{
	double most = 0;

	for (int i = 0; elapsed_us > 0 && i < now->engines; i++)
		for (int k = 0; k < before->engines; k++) {
			if (strcmp(now->engine[i].name, before->engine[k].name) != 0 ||
			    now->engine[i].ns < before->engine[k].ns)
				continue;
			double ns = (double)(now->engine[i].ns - before->engine[k].ns);
			most = MAX(most, ns / 10.0 / (double)elapsed_us); /* ns / (us * 1000) * 100 */
		}
	return MIN(most, 100);
}
