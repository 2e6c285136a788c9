/* target.c - one section of the configuration as plain data, and the small formats its values are written in. */
#include "config.h"

#include "lab/target.h"

#include "lab/text.h"

const char *const target_kind_names[TARGET_COUNT] = {
	[TARGET_VSPHERE] = "vsphere", [TARGET_GUEST] = "guest", [TARGET_ENGINE] = "engine",
	[TARGET_PCI] = "pci",         [TARGET_DEMO] = "demo",   [TARGET_JOURNAL] = "journal",
};

struct target *target_new(enum target_kind kind, const char *name)
{
	struct target *t = g_new0(struct target, 1);
	t->kind = kind;
	t->name = text_clean(name, -1);
	t->origin = "";
	t->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return t;
}

void target_free(struct target *t)
{
	if (!t)
		return;
	g_free((char *)t->name);
	g_hash_table_unref(t->values);
	g_free(t);
}

const char *target_get(const struct target *t, const char *key)
{
	return g_hash_table_lookup(t->values, key);
}

void target_set(struct target *t, const char *key, const char *value)
{
	g_hash_table_insert(t->values, g_strdup(key), g_strdup(value));
}

gint64 target_ms(const struct target *t, const char *key, gint64 fallback_ms)
{
	const char *value = target_get(t, key);
	if (value)
		duration_parse(value, &fallback_ms);
	return fallback_ms;
}

bool target_bool(const struct target *t, const char *key, bool fallback)
{
	const char *value = target_get(t, key);
	if (!value)
		return fallback;
	if (g_ascii_strcasecmp(value, "yes") == 0)
		return true;
	if (g_ascii_strcasecmp(value, "no") == 0)
		return false;
	return fallback;
}

bool duration_parse(const char *text, gint64 *ms)
{
	static const struct {
		const char *unit;
		gint64 ms;
	} units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
	const gint64 longest_ms = G_GINT64_CONSTANT(36500) * 86400000;

	if (!text || !g_ascii_isdigit(*text))
		return false;
	char *end;
	guint64 n = g_ascii_strtoull(text, &end, 10);
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		if (n > (guint64)(longest_ms / units[i].ms))
			return false;
		*ms = (gint64)n * units[i].ms;
		return true;
	}
	return false;
}
