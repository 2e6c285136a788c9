/* engine_fed.c - see engine_fed.h. */
#include "config.h"

#include "tests/drivers/engine_fed.h"

#include "backends/engine/engine.h"

#define START_NS (3600 * G_GINT64_CONSTANT(1000000000))
#define WALL_MS  1767254400000 /* 2026-01-01T08:00:00Z */
#define STEP_MS  2000

static int64_t clock_us;

static int64_t now_us(void)
{
	return clock_us;
}

/* Everything that was posted, as of now. */
static void fold(struct lab *lab, struct mailbox *mail, int64_t now_ns)
{
	for (struct obs *o = mailbox_take(mail, G_MAXINT); o;) {
		o->taken_ns = now_ns;
		o = lab_fold(lab, o);
	}
}

static void tell(struct backend *b, const GError *error, void (*failed)(const GError *error))
{
	if (error && failed)
		failed(error);
	backend_post_state(b, b->target, error ? SRC_DOWN : SRC_LIVE, error, NULL, STEP_MS, 0);
}

struct lab *engine_fed_lab(const char *kind, fake_http_fn *serve, void *data, int polls,
			   void (*failed)(const GError *error))
{
	struct lab *lab = lab_new("attic", false);
	struct target *target = target_new(TARGET_ENGINE, "e");
	struct backend b = {
		.ops = &engine_backend, .target = target, .out = mailbox_new(), .cancel = cancel_new()};
	target->named = true;
	target_set(target, "url", "http://127.0.0.1:11434");
	target_set(target, "kind", kind);
	lab_add_target(lab, target);
	fake_http_serve(serve, data);
	GError *error = NULL;
	bool opened = b.ops->open(&b, &error);
	if (!opened)
		tell(&b, error, failed);
	for (int i = 0; i < polls; i++) {
		g_clear_error(&error);
		clock_us += STEP_MS * 1000;
		if (opened) {
			((struct engine *)b.priv)->clock_us = now_us;
			b.ops->observe(&b, &error);
			tell(&b, error, failed);
		}
		lab_set_time(lab, START_NS + i * STEP_MS * G_GINT64_CONSTANT(1000000), WALL_MS + i * STEP_MS);
		fold(lab, b.out, lab->now_ns);
	}
	g_clear_error(&error);
	b.ops->close(&b);
	fold(lab, b.out, lab->now_ns);
	lab_settle(lab);
	mailbox_free(b.out);
	cancel_free(b.cancel);
	target_free(target);
	return lab;
}
