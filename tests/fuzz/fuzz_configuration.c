/* fuzz_configuration.c - a configuration file, and the lab it describes. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "cli/configuration.h"

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
	config_free(c);
	fuzz_judge_lab(lab);
}
