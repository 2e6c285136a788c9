/* fuzz_configuration.c - a configuration file, and the lab it describes. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "cli/configuration.h"
#include "tui/bindings.h"
#include "tui/global.h"

static void note_refused(void *data, const char *command, const char *why)
{
	g_assert_true(*command || *why);
}

/* What is left of [keys] is taken whole. */
static void fuzz_keys(struct config *c)
{
	const struct command *tables[] = {global_commands};
	bindings_check(c->keys, note_refused, NULL);
	struct keymap *map = keymap_new(c->keys);
	keymap_load(map, tables, G_N_ELEMENTS(tables));
	keymap_free(map);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct config *c = config_new();
	config_read(c, "labtop.conf", (const char *)data, (gssize)size,
		    &(struct file_standing){.is_private = true});
	struct lab *lab = lab_new(c->name, false);
	for (guint i = 0; i < c->complaints->len; i++)
		fuzz_judge(c->complaints->pdata[i]);
	for (guint i = 0; i < c->targets->len; i++)
		lab_add_target(lab, c->targets->pdata[i]);
	while (c->cards->len > 0)
		lab_add_card_note(lab, g_ptr_array_steal_index(c->cards, 0));
	fuzz_keys(c);
	config_free(c);
	fuzz_judge_lab(lab);
}
