/* command.c - bindings, look-ups, and the one place that says whether a command may run. */
#include "config.h"

#include "tui/command.h"

#include <string.h>

struct keymap *keymap_new(GHashTable *keys)
{
	struct keymap *map = g_new0(struct keymap, 1);
	map->bindings = g_array_new(FALSE, TRUE, sizeof(struct binding));
	map->overrides = keys ? g_hash_table_ref(keys) : g_hash_table_new(g_str_hash, g_str_equal);
	return map;
}

void keymap_free(struct keymap *map)
{
	if (!map)
		return;
	g_array_unref(map->bindings);
	g_hash_table_unref(map->overrides);
	g_free(map);
}

void keymap_load(struct keymap *map, const struct command *const *tables, int n)
{
	g_array_set_size(map->bindings, 0);
	for (int i = 0; i < n; i++)
		for (const struct command *cmd = tables[i]; cmd && cmd->name; cmd++) {
			struct binding b = {.command = cmd};
			const char *keys = g_hash_table_lookup(map->overrides, cmd->name);
			char bad[32];
			b.n_keys = keys_parse(keys ? keys : cmd->keys, b.keys, COMMAND_KEYS, bad);
			g_assert(b.n_keys >= 0); /* tables are ours, [keys] were checked */
			g_array_append_val(map->bindings, b);
		}
}

const struct binding *keymap_by_key(const struct keymap *map, int key)
{
	for (guint i = 0; i < map->bindings->len; i++) {
		const struct binding *b = &g_array_index(map->bindings, struct binding, i);
		for (int k = 0; k < b->n_keys; k++)
			if (b->keys[k] == key)
				return b;
	}
	return NULL;
}

const struct binding *keymap_by_name(const struct keymap *map, const char *name)
{
	for (guint i = 0; i < map->bindings->len; i++) {
		const struct binding *b = &g_array_index(map->bindings, struct binding, i);
		if (g_ascii_strcasecmp(b->command->name, name) == 0)
			return b;
	}
	return NULL;
}

static const char *const thing_words[] = {
	[THING_NONE] = "something",  [THING_SOURCE] = "a source",  [THING_HOST] = "a host",
	[THING_DEVICE] = "a device", [THING_VM] = "a VM",          [THING_GUEST] = "a guest",
	[THING_GPU] = "a GPU",       [THING_ENGINE] = "an engine", [THING_MODEL] = "a model",
	[THING_ROW] = "a row",       [THING_TASK] = "a task",      [THING_LOG] = "a line of the log",
};

bool command_usable(const struct command *cmd, const struct lab *lab, const struct ref *selected,
		    bool read_only, char *why, size_t size)
{
	if (read_only && cmd->danger > DANGER_NONE) {
		g_strlcpy(why, "read-only: ! lifts it", size);
		return false;
	}
	if (cmd->subject != THING_NONE && (!selected || selected->kind != cmd->subject)) {
		g_snprintf(why, size, "needs %s under the cursor", thing_words[cmd->subject]);
		return false;
	}
	bool usable = !cmd->usable || cmd->usable(lab, selected, why, size);
	if (usable)
		*why = '\0'; /* it is written before it is known whether it is needed */
	return usable;
}

int fuzzy_score(const char *typed, const char *name)
{
	int score = 1, run = 0;
	const char *at = name;
	for (const char *t = typed; *t; t++) {
		if (*t == ' ')
			continue;
		const char *start = at;
		while (*at && g_ascii_tolower(*at) != g_ascii_tolower(*t))
			at++;
		if (!*at)
			return 0;
		bool together = at == start && at > name, word = at == name || !g_ascii_isalnum(at[-1]);
		run = together ? run + 1 : 0;
		score += 1 + (together ? 3 + run : 0) + (word ? 6 : 0);
		at++;
	}
	/* Of two that fit as well the shorter name is meant. */
	int rest = (int)MIN(strlen(at), 20);
	return MAX(score * 32 - rest, 1);
}
