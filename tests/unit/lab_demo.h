/* lab_demo.h - the built-in lab at its usual moment, for tests of what is drawn. */
#ifndef TESTS_LAB_DEMO_H
#define TESTS_LAB_DEMO_H

#include "backends/backend.h"
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

/* esx02 is down; what it told stands there as the last known, in words that need no colour. */
static inline void lab_demo_silence(struct lab *lab)
{
	struct target *esx02 = target_new(TARGET_VSPHERE, "esx02");
	struct backend backend = {.out = mailbox_new()};
	g_autoptr(GError) error =
		g_error_new(LAB_ERROR, LAB_ERR_TIMEOUT, "waiting for changes: no answer for 25 s");
	backend_post_state(&backend, esx02, SRC_DOWN, error, NULL, 60000, 4000);
	for (struct obs *o = mailbox_take(backend.out, G_MAXINT); o;) {
		o->taken_ns = lab->now_ns;
		o = lab_fold(lab, o);
	}
	lab_set_time(lab, lab->now_ns + 46 * G_GINT64_CONSTANT(1000000000), lab->now_wall_ms + 46000);
	lab_settle(lab);
	mailbox_free(backend.out);
	target_free(esx02);
}

#endif
