/* log_tap.c - see the header. What is said again within the hour is counted, whoever speaks in between. */
#include "config.h"
#include "cli/log_tap.h"

#include "backends/log.h"
#include "lab/clock.h"

#define AGAIN_NS (3600 * NS_PER_S)
#define KEPT     1000 /* different lines; with more the counting begins anew */

struct said {
	int level;
	char *source, *text;
	int64_t written_ns;
	unsigned left_out; /* since then */
};

struct log_tap {
	GHashTable *said; /* set of struct said * */
};

static guint hash_said(gconstpointer key)
{
	const struct said *s = key;
	return g_str_hash(s->source) * 31 + g_str_hash(s->text);
}

static gboolean same_said(gconstpointer a, gconstpointer b)
{
	const struct said *x = a, *y = b;
	return x->level == y->level && g_str_equal(x->source, y->source) && g_str_equal(x->text, y->text);
}

static void tell_left_out(const struct said *s)
{
	if (s->left_out == 0)
		return;
	g_autofree char *text = g_strdup_printf("%u times more: %s", s->left_out, s->text);
	log_line((GLogLevelFlags)s->level, s->source, text);
}

static void free_said(gpointer p)
{
	struct said *s = p;
	tell_left_out(s);
	g_free(s->source);
	g_free(s->text);
	g_free(s);
}

struct log_tap *log_tap_new(void)
{
	struct log_tap *tap = g_new0(struct log_tap, 1);
	tap->said = g_hash_table_new_full(hash_said, same_said, free_said, NULL);
	return tap;
}

static void remember(struct log_tap *tap, const struct said *now)
{
	if (g_hash_table_size(tap->said) >= KEPT)
		g_hash_table_remove_all(tap->said);
	struct said *s = g_memdup2(now, sizeof *now);
	s->source = g_strdup(now->source);
	s->text = g_strdup(now->text);
	g_hash_table_add(tap->said, s);
}

void log_tap_see(void *log_tap, const struct obs *obs)
{
	struct log_tap *tap = log_tap;
	if (obs->kind != OBS_LOG)
		return;
	const struct said now = {.level = obs->u.log->level,
				 .source = (char *)obs->source,
				 .text = (char *)obs->u.log->text,
				 .written_ns = obs->taken_ns};
	struct said *before = g_hash_table_lookup(tap->said, &now);
	if (before && obs->taken_ns - before->written_ns < AGAIN_NS) {
		before->left_out++;
		return;
	}
	if (before)
		g_hash_table_remove(tap->said, before); /* which tells how often it was left out */
	log_line((GLogLevelFlags)now.level, now.source, now.text);
	remember(tap, &now);
}

void log_tap_free(struct log_tap *tap)
{
	if (!tap)
		return;
	g_hash_table_destroy(tap->said);
	g_free(tap);
}
