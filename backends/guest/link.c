/* link.c - see link.h. Knows of lines and their rows, not of threads or loops. */
#include "config.h"

#include "backends/guest/link.h"

#include "backends/child.h"
#include "backends/descriptors.h"
#include "backends/guest/agent_line.h"
#include "backends/guest/card_names.h"
#include "backends/guest/probe.h"
#include "backends/guest/ssh.h"
#include "backends/worker.h"
#include "lab/text.h"

#include <string.h>

#define SECOND_US      G_GINT64_CONSTANT(1000000)
#define HELLO_US       (30 * SECOND_US) /* login and the first look at the cards */
#define SILENCE_MIN_US (30 * SECOND_US) /* or ten intervals: then it hangs */
#define END_US         (2 * SECOND_US)  /* from the end of stdout to the end of the process */
#define LINES_A_TURN   64
#define LINES_A_SECOND 20 /* more are left out: nobody samples so fast, and others want to be read */
#define WORDS_A_MINUTE 10 /* of its stderr that go to our log */

/* At most so many of something in a span of time. */
struct quota {
	int64_t began_us;
	int used, denied;
};

struct link {
	struct backend *b;
	const struct target *t;
	struct child *child;
	enum guest_method method;
	bool greeted;     /* a hello has come */
	bool refused;     /* waits for a person */
	bool told_bad;    /* a malformed line was logged */
	char chatter[96]; /* what came in place of a hello, last line, cleaned */
	char *detail;     /* told last beside its name, or NULL */
	int interval_ms;
	struct backoff backoff;
	int64_t started_us, heard_us; /* of the child; the last line */
	int64_t next_try_us;
	int64_t turn_us;  /* booked in the ration for the next start; 0: not yet */
	int64_t ended_us; /* stdout was closed; 0 not yet */
	struct quota lines, words;
	struct card_names *names;
	GRand *rand;
};

/* Grants one more within span; *denied is told when a new span begins. */
static bool quota_take(struct quota *r, int64_t now_us, int64_t span_us, int most, int *denied)
{
	*denied = 0;
	if (now_us - r->began_us >= span_us) {
		*denied = r->denied;
		*r = (struct quota){.began_us = now_us};
	}
	if (r->used < most) {
		r->used++;
		return true;
	}
	r->denied++;
	return false;
}

/* ---- start and end ------------------------------------------------------------------------------------------- */

/* A person wants no agent there. */
static bool wants_shell(const struct link *l)
{
	return g_strcmp0(target_get(l->t, "method"), "shell") == 0;
}

struct link *link_new(struct backend *b, const struct target *t)
{
	struct link *l = g_new0(struct link, 1);
	l->b = b;
	l->t = t;
	l->interval_ms = (int)CLAMP(target_ms(t, "interval", 1000), 10, 3600 * 1000);
	l->method = wants_shell(l) ? METHOD_SHELL : METHOD_AGENT;
	l->names = card_names_new();
	l->rand = g_rand_new();
	return l;
}

void link_part(struct link *l)
{
	if (l->child)
		child_terminate(l->child);
}

static void drop_child(struct link *l)
{
	child_stop(l->child, 50);
	l->child = NULL;
}

void link_free(struct link *l)
{
	drop_child(l);
	g_free(l->detail);
	card_names_free(l->names);
	g_rand_free(l->rand);
	g_free(l);
}

const struct target *link_target(const struct link *l)
{
	return l->t;
}

static bool may_fall_back(const struct link *l)
{
	const char *method = target_get(l->t, "method");
	return l->method == METHOD_AGENT && (!method || strcmp(method, "auto") == 0);
}

static void fail(struct link *l, GError *take_error, int64_t now_us)
{
	int64_t ms = worker_retry_ms(&l->backoff, take_error, now_us / 1000, l->rand);
	l->refused = take_error->domain == LAB_ERROR && lab_error_waits_for_person(take_error->code);
	l->next_try_us = now_us + ms * 1000;
	drop_child(l);
	backend_post_state(l->b, l->t, SRC_DOWN, take_error, NULL, l->interval_ms, l->refused ? 0 : ms);
	g_error_free(take_error);
}

/* Books a turn when it wants to start, and waits for that. This machine is no connection. */
static bool is_its_turn(struct link *l, int64_t now_us)
{
	if (guest_is_local(l->t) || !l->b->ration)
		return true;
	if (!l->turn_us)
		l->turn_us = ration_book(l->b->ration, now_us);
	return now_us >= l->turn_us;
}

static void start(struct link *l, int64_t now_us)
{
	GError *error = NULL;
	bool shell = l->method == METHOD_SHELL;
	g_auto(GStrv) argv = guest_argv(l->t, l->method, l->interval_ms, &error);
	l->greeted = l->told_bad = false;
	*l->chatter = '\0';
	l->ended_us = l->turn_us = 0;
	l->started_us = l->heard_us = now_us;
	l->child = argv && descriptors_room(&error)
			   ? child_start((const char *const *)argv, NULL, shell, &error)
			   : NULL;
	if (shell && l->child)
		child_give_stdin(l->child, probe_script, strlen(probe_script));
	/* Only our own side is asked here: no agent beside us means the shell, no ssh means that there is no way. */
	if (!l->child && guest_is_local(l->t) && may_fall_back(l) &&
	    g_error_matches(error, LAB_ERROR, LAB_ERR_NOT_FOUND)) {
		g_clear_error(&error);
		l->method = METHOD_SHELL;
		l->next_try_us = now_us;
	} else if (!l->child) {
		fail(l, error, now_us);
	}
}

/* Something runs there that is no agent: what it said tells a wrong agent = from a login that waits. */
static GError *no_hello_error(const struct link *l, const char *what)
{
	const char *agent = target_get(l->t, "agent");
	return g_error_new(LAB_ERROR, LAB_ERR_NOT_FOUND, "%s; %s%s; is agent = %s right?", what,
			   *l->chatter ? "it said: " : "it says nothing", l->chatter,
			   agent ? agent : "labtop-agent");
}

/* The child has ended: why, and what next. */
static void bury(struct link *l, int status, int64_t now_us)
{
	g_autofree char *words = g_strdup(child_all_words(l->child)),
			*last = g_strdup(child_last_words(l->child));
	if (!l->greeted && may_fall_back(l) && guest_has_no_agent(status, words)) {
		backend_log(l->b, l->t, G_LOG_LEVEL_INFO,
			    "no labtop-agent there (%s): reading it through a shell", last);
		drop_child(l);
		l->method = METHOD_SHELL;
		l->next_try_us = now_us;
		return;
	}
	if (!l->greeted && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		fail(l, no_hello_error(l, "what is run there ended without a hello"), now_us);
	else
		fail(l, guest_end_reason(l->t, status, words, last), now_us);
}

static int64_t silence_us(const struct link *l)
{
	return MAX(SILENCE_MIN_US, (int64_t)l->interval_ms * 1000 * 10);
}

int64_t link_due_us(const struct link *l)
{
	if (!l->child)
		return l->refused ? INT64_MAX : MAX(l->next_try_us, l->turn_us);
	if (l->ended_us)
		return l->ended_us; /* it is looked at in short turns until the process has ended too */
	return l->greeted ? l->heard_us + silence_us(l) : l->started_us + HELLO_US;
}

void link_advance(struct link *l, int64_t now_us)
{
	int status;
	if (!l->child) {
		if (!l->refused && now_us >= l->next_try_us && is_its_turn(l, now_us))
			start(l, now_us);
	} else if (l->ended_us) {
		if (child_ended(l->child, &status))
			bury(l, status, now_us);
		else if (now_us >= l->ended_us + END_US)
			fail(l, g_error_new(LAB_ERROR, LAB_ERR_UNREACHABLE, "the stream ended"), now_us);
	} else if (now_us >= link_due_us(l)) {
		g_autofree char *what =
			g_strdup_printf("%s for %d s", l->greeted ? "it has said nothing" : "no hello came",
					(int)((now_us - l->heard_us) / SECOND_US));
		fail(l,
		     !l->greeted && *l->chatter ? no_hello_error(l, what)
						: g_error_new_literal(LAB_ERROR, LAB_ERR_TIMEOUT, what),
		     now_us);
	}
}

void link_retry(struct link *l, bool after_refusal)
{
	if (l->child || (l->refused && !after_refusal))
		return;
	if (l->refused)
		backend_post_state(l->b, l->t, SRC_CONNECTING, NULL, NULL, l->interval_ms, 0);
	l->refused = false;
	l->next_try_us = 0;
	if (!wants_shell(l))
		l->method = METHOD_AGENT;
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

static enum transport transport(const struct link *l)
{
	return l->method == METHOD_SHELL ? TRANSPORT_SHELL
	       : guest_is_local(l->t)    ? TRANSPORT_LOCAL
					 : TRANSPORT_SSH;
}

/* What reads it, and what a vendor's part of it complains of, where there is one. That there is no agent is known only where
 * one was tried. */
static char *detail_of(const struct link *l, const struct guest_row *hello)
{
	GString *out = g_string_new(NULL);
	if (l->method == METHOD_AGENT)
		g_string_printf(out, "labtop-agent %s", hello->agent_version);
	else
		g_string_assign(out, wants_shell(l) ? "read through a shell"
						    : "read through a shell: no agent can be run there");
	for (int i = 0; i < hello->n_libraries; i++) {
		const struct library_row *lib = &hello->libraries[i];
		if (library_trouble(lib))
			g_string_append_printf(out, "; %s: %s", lib->name, library_trouble(lib));
	}
	return g_string_free(out, FALSE);
}

static void tell_detail(struct link *l, const struct guest_row *hello)
{
	g_autofree char *detail = detail_of(l, hello);
	if (l->greeted && g_strcmp0(detail, l->detail) == 0)
		return;
	backend_post_state(l->b, l->t, SRC_LIVE, NULL, detail, hello->interval_ms, 0);
	for (int i = 0; i < hello->n_libraries; i++)
		if (library_trouble(&hello->libraries[i]))
			backend_log(l->b, l->t, G_LOG_LEVEL_WARNING, "%s: %s", hello->libraries[i].name,
				    library_trouble(&hello->libraries[i]));
	g_free(l->detail);
	l->detail = g_steal_pointer(&detail);
}

static void greet(struct link *l, struct obs *obs, struct guest_row *hello)
{
	hello->source = obs->source;
	hello->transport = transport(l);
	card_names_hello(l->names, hello);
	if (hello->gpus_left_out > 0 && !l->greeted)
		backend_log(l->b, l->t, G_LOG_LEVEL_WARNING, "it has %d cards: the first %d are shown",
			    hello->n_gpus + hello->gpus_left_out, hello->n_gpus);
	obs->kind = OBS_HELLO;
	obs->u.hello = hello;
	tell_detail(l, hello);
	l->greeted = true;
	backoff_lives(&l->backoff, l->started_us / 1000);
	l->interval_ms = hello->interval_ms;
	mailbox_post(l->b->out, obs);
}

/* One malformed line is a word in the log, not the end; before the first hello it is a login shell's chatter. */
static void bad_line(struct link *l, const char *why)
{
	if (l->greeted && !l->told_bad)
		backend_log(l->b, l->t, G_LOG_LEVEL_WARNING, "passed over a line of its agent: %s", why);
	l->told_bad = l->told_bad || l->greeted;
}

static void keep_chatter(struct link *l, const char *line, size_t len)
{
	g_autofree char *clean = text_clean(line, (gssize)MIN(len, sizeof l->chatter));
	if (*g_strstrip(clean))
		g_strlcpy(l->chatter, clean, sizeof l->chatter);
}

static void take_line(struct link *l, const char *line, size_t len, int64_t now_us)
{
	struct agent_line what;
	int denied;
	GError *error = NULL;
	if (!l->greeted) {
		const char *hello = agent_line_hello(line, &len);
		if (!hello) {
			keep_chatter(l, line, len);
			return;
		}
		line = hello;
	}
	bool granted = quota_take(&l->lines, now_us, SECOND_US,
				  LINES_A_SECOND * MAX(1, 1000 / l->interval_ms), &denied);
	if (denied)
		backend_log(l->b, l->t, G_LOG_LEVEL_WARNING,
			    "%d lines more than can be of use in a second: left out", denied);
	if (!granted)
		return;
	struct obs *obs = obs_new(OBS_SAMPLE, l->t);
	if (!agent_line_parse(obs->box, line, len, &what, &error)) {
		obs_free(obs);
		if (error->code == LAB_ERR_UNSUPPORTED) {
			fail(l, error, now_us);
			return;
		}
		bad_line(l, error->message);
		g_error_free(error);
		return;
	}
	l->heard_us = now_us;
	if (what.hello) {
		greet(l, obs, what.hello);
	} else if (what.sample) {
		card_names_sample(l->names, what.sample);
		obs->u.sample = what.sample;
		mailbox_post(l->b->out, obs);
	} else {
		obs_free(obs);
	}
}

static void read_words(struct link *l, int64_t now_us)
{
	const char *word;
	int denied;
	/* Before the hello it is ssh's and the login's; what matters of it is told as the reason when it fails. */
	while ((word = child_next_word(l->child)))
		if (l->greeted && *word &&
		    quota_take(&l->words, now_us, 60 * SECOND_US, WORDS_A_MINUTE, &denied))
			backend_log(l->b, l->t, G_LOG_LEVEL_INFO, "%s", word);
}

void link_poll_fds(const struct link *l, struct pollfd out[LINK_FDS])
{
	bool open = l->child && !l->ended_us;
	out[0] = (struct pollfd){.fd = open ? child_out_fd(l->child) : -1, .events = POLLIN};
	out[1] = (struct pollfd){.fd = open ? child_err_fd(l->child) : -1, .events = POLLIN};
}

/* Lines, at most a fair share of them. True when the buffer may hold more. */
static bool read_lines(struct link *l, int64_t now_us)
{
	for (int i = 0; i < LINES_A_TURN; i++) {
		const char *line;
		size_t len;
		switch (child_read_line(l->child, AGENT_LINE_CAP, &line, &len)) {
		case LINE_GOT:
			take_line(l, line, len, now_us);
			break;
		case LINE_TOO_LONG:
			bad_line(l, "longer than 256 KiB");
			break;
		case LINE_END:
			l->ended_us = now_us;
			return false;
		case LINE_NONE:
			return false;
		}
		if (!l->child) /* it was sent away for what it said */
			return false;
	}
	return true;
}

bool link_read(struct link *l, int64_t now_us)
{
	if (!l->child || l->ended_us)
		return false;
	bool more = read_lines(l, now_us);
	if (l->child && !l->ended_us)
		read_words(l, now_us);
	return more;
}
