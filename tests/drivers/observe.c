/* observe.c - runs one backend against something real, without threads or screen, and prints what it posts.
 *
 *   observe KIND [polls=N] KEY=VALUE...      KIND as in the configuration: engine, vsphere, guest ...
 *
 * Each observation is printed as lines of text; "poll N" stands before each turn. Exit status 0 when all turns succeeded, 1
 * with the error on stderr.
 */
#include "config.h"

#include "backends/backend.h"
#include "tests/drivers/engine_text.h"

#include <stdio.h>
#include <string.h>

static void print_source(const struct obs *o, GString *out)
{
	g_string_append_printf(out, "source %s %s\n", source_state_names[o->u.src->state], o->u.src->reason);
}

static void print_log(const struct obs *o, GString *out)
{
	g_string_append_printf(out, "log %s\n", o->u.log->text);
}

static void print_engine(const struct obs *o, GString *out)
{
	engine_text(out, o->u.engine);
}

static void (*const printers[])(const struct obs *o, GString *out) = {
	[OBS_SOURCE] = print_source,
	[OBS_ENGINE] = print_engine,
	[OBS_LOG] = print_log,
};

static void print_posted(struct mailbox *mailbox)
{
	g_autoptr(GString) out = g_string_new(NULL);
	for (struct obs *o = mailbox_take(mailbox, G_MAXINT), *next; o; o = next) {
		next = o->next;
		if ((size_t)o->kind < G_N_ELEMENTS(printers) && printers[o->kind])
			printers[o->kind](o, out);
		obs_free(o);
	}
	fputs(out->str, stdout);
	fflush(stdout);
}

static const struct backend_ops *ops_of(const char *kind)
{
	for (const struct backend_ops *const *ops = backend_table; *ops; ops++)
		if (strcmp((*ops)->kind, kind) == 0)
			return *ops;
	return NULL;
}

static enum target_kind target_kind_of(const char *kind)
{
	for (int i = 0; i < TARGET_COUNT; i++)
		if (strcmp(target_kind_names[i], kind) == 0)
			return (enum target_kind)i;
	return TARGET_ENGINE;
}

static bool run(struct backend *b, int polls, GError **error)
{
	bool good = b->ops->open(b, error);
	print_posted(b->out);
	for (int i = 1; good && i <= polls; i++) {
		const int64_t pause_ms = b->ops->interval ? b->ops->interval(b) : b->ops->interval_ms;
		if (i > 1)
			cancel_sleep(b->cancel, pause_ms);
		good = b->ops->observe(b, error);
		printf("poll %d\n", i);
		print_posted(b->out);
	}
	b->ops->close(b);
	if (b->ops->release)
		b->ops->release(b);
	return good;
}

int main(int argc, char **argv)
{
	const struct backend_ops *ops = argc > 1 ? ops_of(argv[1]) : NULL;
	g_autoptr(GError) error = NULL;
	int polls = 1;
	if (!ops) {
		fprintf(stderr, "usage: observe KIND [polls=N] KEY=VALUE...\n");
		return 2;
	}
	struct target *t = target_new(target_kind_of(argv[1]), "observed");
	for (int i = 2; i < argc; i++) {
		g_auto(GStrv) word = g_strsplit(argv[i], "=", 2);
		if (g_strcmp0(word[0], "polls") == 0 && word[1])
			polls = (int)g_ascii_strtoll(word[1], NULL, 10);
		else if (word[1])
			target_set(t, word[0], word[1]);
	}
	const struct target *const targets[] = {t};
	struct backend b = {.ops = ops,
			    .target = t,
			    .targets = targets,
			    .n_targets = 1,
			    .out = mailbox_new(),
			    .cancel = cancel_new()};
	bool good = run(&b, polls, &error);
	if (!good)
		fprintf(stderr, "observe: %s\n", error ? error->message : "failed without a word");
	mailbox_free(b.out);
	cancel_free(b.cancel);
	target_free(t);
	return good ? 0 : 1;
}
