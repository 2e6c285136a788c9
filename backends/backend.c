/* backend.c - the table of all backends, and how they tell how their target is doing. */
#include "config.h"

#include "backends/backend.h"

#include "lab/text.h"

const struct backend_ops *const backend_table[] = {
	&guest_backend,   &engine_backend,
	&demo_backend,    &journal_backend,
#ifdef HAVE_LIBPCI
	&pci_backend,
#endif
	&vsphere_backend, NULL,
};

const struct backend_ops *backend_for(enum target_kind kind)
{
	for (const struct backend_ops *const *ops = backend_table; *ops; ops++)
		if (g_strcmp0((*ops)->kind, target_kind_names[kind]) == 0)
			return *ops;
	return NULL;
}

static enum lab_error_place place_of(const struct target *t)
{
	if (t->kind == TARGET_PCI)
		return ERROR_HERE;
	if (t->kind == TARGET_GUEST)
		return g_strcmp0(target_get(t, "ssh"), "local") == 0 ? ERROR_HERE : ERROR_BY_SSH;
	return ERROR_AT_SERVICE;
}

void backend_post_state(struct backend *b, const struct target *t, enum source_state state,
			const GError *error, const char *detail, int64_t interval_ms, int64_t retry_ms)
{
	struct obs *obs = obs_new(OBS_SOURCE, t);
	struct obs_source *src = box_new0(obs->box, struct obs_source);
	int code = error && error->domain == LAB_ERROR ? error->code : -1;
	src->state = state;
	src->reason = box_text(obs->box, error ? error->message : NULL, -1);
	src->hint = box_text(obs->box, lab_error_hint(code, place_of(t)), -1);
	src->error = code;
	src->interval_ms = interval_ms;
	src->detail = box_text(obs->box, detail, -1);
	src->insecure = g_strcmp0(target_get(t, "tls"), "insecure") == 0;
	src->retry_ms = retry_ms;
	obs->u.src = src;
	b->state = state;
	mailbox_post(b->out, obs);
}

void backend_log(struct backend *b, const struct target *t, GLogLevelFlags level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *raw = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *text = text_redact(raw);
	struct obs *obs = obs_new(OBS_LOG, t);
	obs->u.log = box_new0(obs->box, struct obs_log);
	obs->u.log->level = (int)level;
	obs->u.log->text = box_text(obs->box, text, -1);
	mailbox_post(b->out, obs);
}
