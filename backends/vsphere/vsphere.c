/* vsphere.c - the backend: what is done in which turn. All knowledge of the wire stands in its neighbours. */
#include "config.h"
#include "backends/backend.h"

#include "backends/vsphere/acting.h"
#include "backends/vsphere/inventory.h"
#include "backends/vsphere/newer.h"
#include "backends/vsphere/session.h"
#include "lab/clock.h"

#define SENSORS_MS \
	60000 /* a BMC is read by its host about once a minute: asking more often tells nothing new */
#define COUNTERS_MS    20000 /* the host's own step of real-time counters */
#define LAST_LOGOUT_MS 500
#define LEFT_TRIES     3
#define WAIT_MAX_S     15 /* a waiting server is silent: this and the slack are what a hung one costs */
#define SLACK_MAX_MS   10000

/* What outlives a connection. */
struct kept {
	int64_t sensors_ns; /* when sensors were read; 0 never */
	struct vim *left;   /* the connection before, whose session could not be ended, or NULL */
	int tries;          /* to end it */
};

struct vsphere {
	struct vim vim;
	struct inventory *inventory; /* of the watching lane, else NULL */
	struct acting *acting;       /* of the acting lane, else NULL */
	int64_t interval_ms;
	int64_t counters_due_ns; /* 0: now */
	bool asked;              /* somebody did not want to wait for the interval */
	bool settled;            /* what is read by the clock was looked at once in this session */
	bool logged_in_again;    /* and nothing was followed since */
};

static struct kept *kept(struct backend *b)
{
	if (!b->kept)
		b->kept = g_new0(struct kept, 1);
	return b->kept;
}

/* A long poll is at most half an interval, so that sensors are not late by more than that. */
static int wait_s(const struct vsphere *vs)
{
	return (int)CLAMP(vs->interval_ms / 2000, 1, WAIT_MAX_S);
}

static int64_t slack_ms(const struct vsphere *vs)
{
	return CLAMP(wait_s(vs) * INT64_C(1000), 3000, SLACK_MAX_MS);
}

static void post_live(struct backend *b)
{
	struct vsphere *vs = b->priv;
	g_autofree char *detail = vim_describe(&vs->vim);
	backend_post_state(b, b->target, SRC_LIVE, NULL, detail, wait_s(vs) * INT64_C(1000), 0);
}

static void drop_left(struct kept *k)
{
	if (k->left)
		vim_close(k->left);
	g_clear_pointer(&k->left, g_free);
	k->tries = 0;
}

/* The server answers again: the session that a hang or a lost connection left there is ended before there is another. One
 * whose log-out is never answered is not worth being kept out for. */
static bool end_left_session(struct backend *b, GError **error)
{
	struct kept *k = kept(b);
	if (!k->left)
		return true;
	if (!vim_logout(k->left, VIM_LOGOUT_MS) && ++k->tries < LEFT_TRIES) {
		g_set_error(error, LAB_ERROR, LAB_ERR_TIMEOUT,
			    "logging out of the session before: no answer for %g s", VIM_LOGOUT_MS / 1000.0);
		return false;
	}
	drop_left(k);
	return true;
}

static bool vsphere_open(struct backend *b, GError **error)
{
	struct vsphere *vs = g_new0(struct vsphere, 1);
	b->priv = vs;
	vs->interval_ms = target_ms(b->target, "interval", SENSORS_MS);
	GError *failure = NULL;
	if (!vim_connect(&vs->vim, b->target, b->cancel, &failure) || !end_left_session(b, &failure) ||
	    !vim_login(&vs->vim, &failure)) {
		vim_explain(&vs->vim, &failure);
		g_propagate_error(error, failure);
		return false;
	}
	if (b->acting)
		vs->acting = acting_new(b, &vs->vim);
	else
		vs->inventory = inventory_new(b, &vs->vim);
	return true;
}

struct acting *vsphere_acting(struct backend *b)
{
	return ((struct vsphere *)b->priv)->acting;
}

static int64_t sensors_ms(const struct vsphere *vs)
{
	return MAX(vs->interval_ms, SENSORS_MS);
}

/* However short the interval is, however often somebody asks, and over reconnections: once a minute. */
static bool sensors_due(struct backend *b)
{
	const struct vsphere *vs = b->priv;
	int64_t read_ns = kept(b)->sensors_ns;
	int64_t wait_ms = vs->asked ? SENSORS_MS : sensors_ms(vs);
	return !read_ns || clock_ns() >= read_ns + wait_ms * NS_PER_MS;
}

static bool slow_things_due(struct backend *b)
{
	const struct vsphere *vs = b->priv;
	return !vs->settled || sensors_due(b) || clock_ns() >= vs->counters_due_ns;
}

static bool read_slow_things(struct backend *b, GError **error)
{
	struct vsphere *vs = b->priv;
	if (sensors_due(b)) {
		if (!inventory_read_sensors(vs->inventory, sensors_ms(vs), error))
			return false;
		kept(b)->sensors_ns = clock_ns();
		vs->asked = false;
	}
	if (!inventory_read_counters(vs->inventory, error))
		return false;
	vs->counters_due_ns = clock_ns() + MAX(vs->interval_ms, COUNTERS_MS) * NS_PER_MS;
	if (!vs->settled && !inventory_read_recent(vs->inventory, error))
		return false;
	vs->settled = true;
	inventory_settled(vs->inventory);
	return true;
}

static bool load(struct backend *b, GError **error)
{
	struct vsphere *vs = b->priv;
	if (!inventory_load(vs->inventory, error))
		return false;
	post_live(b);
	return true;
}

static bool follow(struct backend *b, GError **error)
{
	struct vsphere *vs = b->priv;
	if (!vim_keep_alive(&vs->vim, error) ||
	    !inventory_follow(vs->inventory, wait_s(vs), slack_ms(vs), error))
		return false;
	vs->logged_in_again = false;
	post_live(b); /* nothing changed is also something told */
	return true;
}

static bool one_turn(struct backend *b, GError **error)
{
	struct vsphere *vs = b->priv;
	if (!inventory_is_loaded(vs->inventory))
		return load(b, error);
	if (inventory_details_due(vs->inventory))
		return inventory_read_details(vs->inventory, error);
	if (slow_things_due(b))
		return read_slow_things(b, error);
	return follow(b, error);
}

/* A session that ended is begun again once, by itself; everything that belonged to it is made anew. The load that follows
 * belongs to the same turn: a login that does not help is no success. */
static bool turn_in_new_session(struct backend *b, GError **error)
{
	struct vsphere *vs = b->priv;
	g_clear_error(error);
	if (!vs->logged_in_again) {
		backend_log(b, b->target, G_LOG_LEVEL_INFO, "the session has ended; logging in again");
		inventory_session_changed(vs->inventory);
		vs->logged_in_again = true;
		if (!vim_login(&vs->vim, error))
			return false;
		if (one_turn(b, error))
			return true;
		if (!vim_session_lost(&vs->vim))
			return false;
		g_clear_error(error);
	}
	g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "the server ended the session right after login");
	return false;
}

static bool vsphere_observe(struct backend *b, GError **error)
{
	struct vsphere *vs = b->priv;
	GError *failure = NULL;
	if (b->refresh) {
		inventory_forget(vs->inventory);
		vs->counters_due_ns = 0;
		vs->asked = true;
	}
	if (one_turn(b, &failure))
		return true;
	if (vim_session_lost(&vs->vim) && turn_in_new_session(b, &failure))
		return true;
	vim_explain(&vs->vim, &failure);
	g_propagate_error(error, failure);
	return false;
}

static void vsphere_close(struct backend *b)
{
	struct vsphere *vs = b->priv;
	if (!vs)
		return;
	inventory_free(vs->inventory);
	acting_free(vs->acting);
	if (vim_leaves_session(&vs->vim) && !kept(b)->left) {
		kept(b)->left = g_new(struct vim, 1);
		*kept(b)->left = vs->vim;
	} else {
		vim_close(&vs->vim);
	}
	g_free(vs);
	b->priv = NULL;
}

/* The last chance of a session that was left behind, and not worth much waiting. */
static void vsphere_release(struct backend *b)
{
	struct kept *k = b->kept;
	if (k && k->left)
		vim_logout(k->left, LAST_LOGOUT_MS);
	if (k)
		drop_left(k);
	g_free(k);
	b->kept = NULL;
	if (!b->acting)
		newer_forget(b->target);
}

const struct backend_ops vsphere_backend = {
	.kind = "vsphere",
	.open = vsphere_open,
	.observe = vsphere_observe,
	.acting = ACTS_APART,
	.acts = vsphere_acts,
	.look = vsphere_look,
	.close = vsphere_close,
	.release = vsphere_release,
};
