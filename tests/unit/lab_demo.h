/* lab_demo.h - the built-in lab at its usual moment, for tests of what is drawn. */
#ifndef TESTS_LAB_DEMO_H
#define TESTS_LAB_DEMO_H

#include "backends/demo/demo.h"

static inline struct lab *lab_demo_new(void)
{
	struct lab *lab = lab_new("attic", true);
	GPtrArray *targets = demo_targets(DEMO_SEED, DEMO_AT_S);
	struct mailbox *mail = mailbox_new();
	for (guint i = 0; i < targets->len; i++)
		lab_add_target(lab, targets->pdata[i]);
	demo_add_card_notes(lab);
	demo_fill((const struct target *const *)targets->pdata, (int)targets->len, mail, NULL, NULL);
	lab_set_time(lab, demo_ns(DEMO_AT_S * 1000), demo_wall(DEMO_AT_S * 1000));
	for (struct obs *obs; (obs = mailbox_take(mail, 200));)
		while (obs)
			obs = lab_fold(lab, obs);
	lab_settle(lab);
	mailbox_free(mail);
	g_ptr_array_unref(targets);
	return lab;
}

#endif
