/* guest.c - the backend of all guests: one thread, one poll() over all their pipes (reliability: one that floods, hangs or
 * lies delays nobody). */
#include "config.h"

#include "backends/guest/link.h"

#define END_TURN_MS 20 /* how often a child whose stdout has ended is looked at */

struct guests {
	struct link **links;
	int n;
	struct pollfd *fds; /* the cancel's, then LINK_FDS a link */
	bool more;          /* a link has lines in its buffer already */
};

static bool guests_open(struct backend *b, GError **error)
{
	struct guests *g = g_new0(struct guests, 1);
	if (b->acting) {
		g_free(g);
		g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED, "nothing can be changed in guests yet");
		return false;
	}
	g->n = b->n_targets;
	g->links = g_new0(struct link *, g->n);
	g->fds = g_new0(struct pollfd, 1 + g->n * LINK_FDS);
	for (int i = 0; i < g->n; i++)
		g->links[i] = link_new(b, b->targets[i]);
	b->priv = g;
	return true;
}

/* Until something is due, in ms as poll() wants it: -1 for ever. */
static int wait_ms(const struct guests *g, int64_t now_us)
{
	int64_t due_us = INT64_MAX;
	if (g->more)
		return 0;
	for (int i = 0; i < g->n; i++) {
		int64_t at_us = link_due_us(g->links[i]);
		due_us = MIN(due_us, at_us);
	}
	if (due_us == INT64_MAX)
		return -1;
	/* What is overdue is an end that is being waited for. */
	return due_us <= now_us ? END_TURN_MS : (int)MIN((due_us - now_us + 999) / 1000, 3600 * 1000);
}

static bool has_events(const struct pollfd *fds)
{
	for (int i = 0; i < LINK_FDS; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			return true;
	return false;
}

/* One turn: wait, then give every guest its share. */
static bool guests_observe(struct backend *b, GError **error)
{
	struct guests *g = b->priv;
	int64_t now_us = g_get_monotonic_time();
	for (int i = 0; i < g->n; i++) {
		link_advance(g->links[i], now_us);
		link_poll_fds(g->links[i], &g->fds[1 + i * LINK_FDS]);
	}
	g->fds[0] = (struct pollfd){.fd = cancel_fd(b->cancel), .events = POLLIN};
	if (poll(g->fds, (nfds_t)(1 + g->n * LINK_FDS), wait_ms(g, now_us)) < 0)
		return true; /* EINTR: the next turn looks again */
	now_us = g_get_monotonic_time();
	bool more = g->more;
	g->more = false;
	for (int i = 0; i < g->n; i++)
		if (more || has_events(&g->fds[1 + i * LINK_FDS]))
			g->more |= link_read(g->links[i], now_us);
	return true;
}

/* REQ_REFRESH and REQ_RETRY of one guest, or of all when it names none. */
static void guests_ask(struct backend *b, const struct request *rq)
{
	struct guests *g = b->priv;
	for (int i = 0; i < g->n; i++)
		if (!rq->target || g_strcmp0(rq->target, link_target(g->links[i])->name) == 0)
			link_retry(g->links[i], rq->kind == REQ_RETRY);
}

static void guests_close(struct backend *b)
{
	struct guests *g = b->priv;
	if (!g)
		return;
	for (int i = 0; i < g->n; i++)
		link_part(g->links[i]);
	for (int i = 0; i < g->n; i++)
		link_free(g->links[i]);
	g_free(g->links);
	g_free(g->fds);
	g_free(g);
	b->priv = NULL;
}

const struct backend_ops guest_backend = {
	.kind = "guest",
	.many = true,
	.open = guests_open,
	.observe = guests_observe,
	.ask = guests_ask,
	.close = guests_close,
};
