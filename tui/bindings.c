/* bindings.c - [keys] of the configuration against the tables of commands. */
#include "config.h"

#include "tui/bindings.h"

#include "tui/global.h"
#include "tui/views.h"

#include <string.h>

#define KEYS_READ 64 /* more than a command can have, to see that they are too many */

struct check {
	GHashTable *keys;
	bindings_refused refused;
	void *data;
};

static void refuse(const struct check *c, const char *command, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void refuse(const struct check *c, const char *command, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *why = g_strdup_vprintf(format, args);
	va_end(args);
	c->refused(c->data, command, why);
	g_hash_table_remove(c->keys, command);
}

/* ---- one by itself ---------------------------------------------------------------------------------------------- */

static const struct command *find_command(const char *name)
{
	for (int v = -1; v < 0 || views_all[v]; v++)
		for (const struct command *cmd = v < 0 ? global_commands : views_all[v]->commands;
		     cmd && cmd->name; cmd++)
			if (strcmp(cmd->name, name) == 0)
				return cmd;
	return NULL;
}

/* Why no command, or not this one, can have the key; NULL: it can. */
static const char *unfit(const struct command *cmd, int key)
{
	if (key == K_CTRL('c') && cmd->op != OP_LEAVE)
		return "always leaves labtop";
	if (key & K_ALT && (key & ~K_ALT) >= K_UP)
		return "is sent by no terminal as a key of its own";
	if (global_key_reserved(key) && !(cmd->moves && global_key_moves(key)))
		return "moves, marks or chooses a view";
	return NULL;
}

static void check_one(const struct check *c, const char *name, const char *text)
{
	const struct command *cmd = find_command(name);
	int keys[KEYS_READ];
	char bad[32], spelled[24];
	if (!cmd) {
		refuse(c, name, "no such command");
		return;
	}
	int n = keys_parse(text, keys, KEYS_READ, bad);
	if (n < 0) {
		refuse(c, name, "\"%s\" is no key", bad);
	} else if (n > COMMAND_KEYS) {
		refuse(c, name, "a command has at most %d keys", COMMAND_KEYS);
	} else if (n == 0 && cmd->op == OP_QUIT) {
		refuse(c, name, "it needs a key");
	} else {
		for (int i = 0; i < n; i++) {
			const char *why = unfit(cmd, keys[i]);
			if (!why)
				continue;
			key_spell(keys[i], spelled, sizeof spelled);
			refuse(c, name, "%s %s", spelled, why);
			return;
		}
	}
}

/* ---- one beside the others -------------------------------------------------------------------------------------- */

static bool has_key(const struct binding *b, int key)
{
	for (int i = 0; i < b->n_keys; i++)
		if (b->keys[i] == key)
			return true;
	return false;
}

/* The first of `map` that shares a key with b. */
static const struct binding *shares(const struct keymap *map, const struct binding *b, int *key)
{
	for (guint i = 0; i < map->bindings->len; i++) {
		const struct binding *other = &g_array_index(map->bindings, struct binding, i);
		for (int k = 0; k < b->n_keys && other->command != b->command; k++)
			if (has_key(other, b->keys[k])) {
				*key = b->keys[k];
				return other;
			}
	}
	return NULL;
}

/* Refuses one of a view's that has another's key; false when there is none. */
static bool refuse_shared(const struct check *c, const struct keymap *map)
{
	for (guint i = 0; i < map->bindings->len; i++) {
		const struct binding *b = &g_array_index(map->bindings, struct binding, i);
		int key = K_NONE;
		char spelled[24];
		if (!g_hash_table_contains(c->keys, b->command->name))
			continue;
		const struct binding *other = shares(map, b, &key);
		if (!other)
			continue;
		key_spell(key, spelled, sizeof spelled);
		refuse(c, b->command->name, "%s is the key of %s", spelled, other->command->name);
		return true;
	}
	return false;
}

/* One that is refused has its own keys again, which another may have taken: until nothing more is to be refused. */
static bool refuse_in_any_view(const struct check *c, struct keymap *map)
{
	for (int v = 0; views_all[v]; v++) {
		const struct command *tables[] = {views_all[v]->commands, global_commands};
		keymap_load(map, tables, G_N_ELEMENTS(tables));
		if (refuse_shared(c, map))
			return true;
	}
	return false;
}

void bindings_check(GHashTable *keys, bindings_refused refused, void *data)
{
	struct check c = {keys, refused, data};
	g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(keys), (GCompareFunc)strcmp);
	for (GList *n = names; n; n = n->next)
		check_one(&c, n->data, g_hash_table_lookup(keys, n->data));
	struct keymap *map = keymap_new(keys);
	while (refuse_in_any_view(&c, map))
		continue;
	keymap_free(map);
}
