/* engine.c - the backend that watches inference engines: finds out what answers, reads it again and again, and notices
 * when something else answers at the same place. Knows no engine by itself. */
#include "config.h"

#include "backends/engine/engine.h"
#include "backends/engine/key.h"

#include <string.h>

#define INTERVAL_MS 2000
#define FASTEST_MS  500
#define SLACK_MS    200 /* a timer that wakes us so much early is not another person's poll */

const struct engine_ops *const engine_kinds[] = {
	&ollama_ops, &vllm_ops, &llamacpp_ops, &llamaswap_ops, &comfyui_ops, &a1111_ops, &openai_ops, NULL,
};

const struct engine_ops *engine_ops_of(const char *kind)
{
	for (const struct engine_ops *const *k = engine_kinds; *k; k++)
		if (g_strcmp0(engine_kind_names[(*k)->kind], kind) == 0)
			return *k;
	return NULL;
}

bool engine_is_automatic(const struct engine *e)
{
	const char *kind = target_get(e->target, "kind");
	return !kind || !*kind || strcmp(kind, "auto") == 0;
}

static int64_t monotonic_us(void)
{
	return g_get_monotonic_time();
}

/* ---- one engine's life ---- */

static void forget_kind(struct engine *e)
{
	if (e->ops && e->ops->forget && e->state)
		e->ops->forget(e->state);
	g_clear_pointer(&e->state, g_free);
	e->ops = NULL;
}

static void take_kind(struct engine *e, const struct engine_ops *ops)
{
	forget_kind(e);
	e->ops = ops;
	e->state = ops->state_size ? g_malloc0(ops->state_size) : NULL;
	memset(e->barred_us, 0, sizeof e->barred_us);
}

static void engine_free(struct engine *e)
{
	if (!e)
		return;
	forget_kind(e);
	if (e->http)
		http_free(e->http);
	engine_url_clear(&e->url);
	if (e->addresses)
		g_ptr_array_unref(e->addresses);
	g_free(e->told);
	g_free(e);
}

static bool refuse_kind(const char *kind, GError **error)
{
	g_autoptr(GString) known = g_string_new("auto");
	for (const struct engine_ops *const *k = engine_kinds; *k; k++)
		g_string_append_printf(known, ", %s", engine_kind_names[(*k)->kind]);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "kind '%s': is none of %s", kind, known->str);
	return false;
}

static bool read_target(struct engine *e, GError **error)
{
	const char *kind = target_get(e->target, "kind");
	const struct engine_ops *ops = engine_is_automatic(e) ? &ollama_ops : engine_ops_of(kind);
	if (!ops)
		return refuse_kind(kind, error);
	if (!engine_url_parse(target_get(e->target, "url"), ops->port, &e->url, error) ||
	    !engine_key_find(e->target, &e->key, error))
		return false;
	if (!engine_is_automatic(e))
		take_kind(e, ops);
	return true;
}

static struct engine *engine_new(const struct backend *b, GError **error)
{
	struct engine *e = g_new0(struct engine, 1);
	e->target = b->target;
	e->cancel = b->cancel;
	e->clock_us = monotonic_us;
	if (!read_target(e, error)) {
		engine_free(e);
		return NULL;
	}
	const struct http_options o = {
		.tls = TLS_CA,
		.ca_file = target_get(e->target, "ca-file"),
		.proxy = target_get(e->target, "proxy"),
		.bearer = e->key,
		.allow_http = true,
		.accept_gzip = false,
	};
	e->http = http_new(&o, e->cancel, error);
	if (!e->http)
		g_clear_pointer(&e, engine_free);
	return e;
}

/* ---- observations ---- */

static void warn_bare_key(struct backend *b, const struct engine *e)
{
	if (!e->key || e->url.https || e->url.loopback)
		return;
	backend_log(b, b->target, G_LOG_LEVEL_WARNING,
		    "engine %s: its key travels readable over plain http to %s; use https or a tunnel",
		    b->target->name, e->url.host);
}

/* Beside its name: what it is, that a key is used (never which), and what is missing of it. */
static void tell_detail(struct backend *b, struct engine *e, const struct engine_row *row)
{
	g_autofree char *detail =
		g_strdup_printf("%s%s%s%s%s%s", engine_kind_names[row->kind], *row->version ? " " : "",
				row->version, e->key ? ", key: set" : "", *row->note ? "; " : "", row->note);
	if (g_strcmp0(detail, e->told) == 0)
		return;
	backend_post_state(b, b->target, SRC_LIVE, NULL, detail, b->ops->interval(b), 0);
	g_free(e->told);
	e->told = g_steal_pointer(&detail);
}

/* Only after it answered: a name that has just been reached resolves at once, where a dead name server would hold us up.
 * Behind a proxy the name may mean nothing here. */
static void find_addresses(struct engine *e, struct reading *r)
{
	if (e->addresses || target_get(e->target, "proxy"))
		return;
	e->addresses = engine_host_addresses(e->url.host);
	r->row->addresses = reading_addresses(r->box, e->addresses);
}

/* One reading, posted when the engine answered: also "not now" is a state to show. */
static bool read_once(struct backend *b, struct engine *e, GError **error)
{
	struct obs *obs = obs_new(OBS_ENGINE, b->target);
	struct reading r;
	reading_start(&r, obs->box, e);
	const bool good = e->ops->poll(e, &r, error);
	if (good) {
		find_addresses(e, &r);
		tell_detail(b, e, r.row);
	}
	reading_finish(&r);
	if (!good) {
		obs_free(obs);
		return false;
	}
	obs->u.engine = r.row;
	obs_stamp(obs);
	mailbox_post(b->out, obs);
	return true;
}

/* Nothing is known but that it wants a key. */
static void post_needs_key(const struct backend *b, const struct engine *e)
{
	struct obs *obs = obs_new(OBS_ENGINE, b->target);
	struct reading r;
	reading_start(&r, obs->box, e);
	r.row->state = ENGINE_NEEDS_KEY;
	reading_finish(&r);
	r.row->refused = true;
	obs->u.engine = r.row;
	mailbox_post(b->out, obs);
}

/* A refused key is asked for again when a person wants another try; the worker makes none by itself. Nothing is pinned for
 * engines: who signed their certificates must be named. */
static bool end_with(const struct backend *b, const struct engine *e, GError *take_why, GError **error)
{
	if (g_error_matches(take_why, LAB_ERROR, LAB_ERR_AUTH)) {
		post_needs_key(b, e);
		if (e->key)
			engine_key_refused(e->target);
	}
	if (g_error_matches(take_why, LAB_ERROR, LAB_ERR_TRUST)) {
		g_autofree char *said = take_why->message;
		take_why->message = g_strdup_printf("%s; an authority of your own is named by ca-file", said);
	}
	g_propagate_error(error, take_why);
	return false;
}

/* ---- the four functions ---- */

static void engine_close(struct backend *b)
{
	engine_free(b->priv);
	b->priv = NULL;
}

static bool engine_open(struct backend *b, GError **error)
{
	struct engine *e = engine_new(b, error);
	if (!e)
		return false;
	b->priv = e;
	warn_bare_key(b, e);
	if (e->ops)
		return true;
	g_autoptr(GError) why = NULL;
	const struct engine_ops *found = engine_detect(e, &why);
	if (found) {
		take_kind(e, found);
		return true;
	}
	return end_with(b, e, g_steal_pointer(&why), error);
}

/* True when it may be asked now. A person who presses "refresh" must not make us poll faster than is harmless. */
static bool is_turn(const struct engine *e)
{
	const int64_t wait_ms = e->polled_us ? e->ops->gap_ms - (e->clock_us() - e->polled_us) / 1000 : 0;
	if (wait_ms > SLACK_MS)
		return false;
	return wait_ms <= 0 || cancel_sleep(e->cancel, wait_ms);
}

/* The answer did not make sense: is it another engine by now? True when it is, and it is read from here on. */
static bool has_changed(struct engine *e, const GError *why)
{
	if (!engine_is_automatic(e) || !(g_error_matches(why, LAB_ERROR, LAB_ERR_PROTOCOL) ||
					 g_error_matches(why, LAB_ERROR, LAB_ERR_NOT_FOUND)))
		return false;
	const struct engine_ops *found = engine_detect(e, NULL);
	if (!found || found == e->ops)
		return false;
	take_kind(e, found);
	return true;
}

static bool engine_observe(struct backend *b, GError **error)
{
	struct engine *e = b->priv;
	g_autoptr(GError) why = NULL;
	e->refresh |= b->refresh;
	if (!is_turn(e))
		return true; /* what was told last is fresh enough, or we are being stopped */
	e->polled_us = e->clock_us();
	bool good = read_once(b, e, &why);
	if (!good && has_changed(e, why)) {
		g_clear_error(&why);
		good = read_once(b, e, &why);
	}
	e->refresh = false;
	return good || end_with(b, e, g_steal_pointer(&why), error);
}

static int64_t engine_interval(const struct backend *b)
{
	const struct engine *e = b->priv;
	const int64_t wanted_ms = MAX(FASTEST_MS, target_ms(b->target, "interval", INTERVAL_MS));
	return e && e->ops ? MAX(wanted_ms, e->ops->gap_ms) : wanted_ms;
}

const struct backend_ops engine_backend = {
	.kind = "engine",
	.interval_ms = INTERVAL_MS,
	.open = engine_open,
	.observe = engine_observe,
	.close = engine_close,
	.interval = engine_interval,
};
