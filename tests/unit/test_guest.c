/* test_guest.c - how guests are reached and followed, with an ssh of our own in PATH that says what OpenSSH says. */
#include "config.h"

#include "backends/guest/link.h"
#include "backends/guest/ssh.h"
#include "backends/worker.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs the command for a host called run, and fails as OpenSSH does for others. It counts its calls in $LABTOP_TEST_DIR. */
static const char fake_ssh[] =
	"#!/bin/sh\n"
	"while [ \"$1\" != -- ]; do shift; done\n"
	"host=$2\n"
	"echo x >>\"$LABTOP_TEST_DIR/calls-$host\"\n"
	"case $host in\n"
	"run) exec sh -c \"$3\" ;;\n"
	"unknown) echo 'No ED25519 host key is known for [unknown]:22 and you have requested strict "
	"checking.' >&2\n"
	"	echo 'Host key verification failed.' >&2; exit 255 ;;\n"
	"changed) echo '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @' >&2\n"
	"	printf 'The fingerprint is\\nSHA256:abc+/=.\\nHost key verification failed.\\r\\n' >&2; exit "
	"255 ;;\n"
	"denied) printf 'banner \\033]0;evil\\007\\nops@denied: Permission denied (publickey).\\r\\n' >&2; "
	"exit 255 ;;\n"
	"nowhere) echo 'ssh: Could not resolve hostname nowhere: Name or service not known' >&2; exit 255 "
	";;\n"
	"off) echo 'ssh: connect to host off port 22: Connection refused' >&2; exit 255 ;;\n"
	"esac\n";

#define HELLO       "echo '{\"labtop-agent\":1,\"version\":\"9\",\"interval_ms\":1000}'; "
#define SAMPLE(seq) "echo '{\"seq\":" #seq ",\"gpus\":[]}'; "

static char *dir;

/* ---- pure ---------------------------------------------------------------------------------------------------- */

static void test_places(void)
{
	static const struct {
		const char *text, *user, *host; /* host NULL: refused */
		int port;
	} cases[] = {
		{"mi50-a", NULL, "mi50-a", 0},
		{"ops@mi50-a", "ops", "mi50-a", 0},
		{"ops@mi50-a:2222", "ops", "mi50-a", 2222},
		{"fd00::1", NULL, "fd00::1", 0},
		{"ops@[fd00::1]:22", "ops", "fd00::1", 22},
		{"[fd00::1]", NULL, "fd00::1", 0},
		{"[::1%eth0]:22", NULL, "::1%eth0", 22},
		{"-oProxyCommand=evil", NULL, NULL, 0},
		{"ops@-oProxyCommand=evil", NULL, NULL, 0},
		{"-l@host", NULL, NULL, 0},
		{"host;reboot", NULL, NULL, 0},
		{"$(reboot)", NULL, NULL, 0},
		{"a b", NULL, NULL, 0},
		{"a\nb", NULL, NULL, 0},
		{"host:", NULL, NULL, 0},
		{"host:0", NULL, NULL, 0},
		{"host:65536", NULL, NULL, 0},
		{"host:22x", NULL, NULL, 0},
		{"[::1", NULL, NULL, 0},
		{"[::1]x", NULL, NULL, 0},
		{"@host", NULL, NULL, 0},
		{"", NULL, NULL, 0},
		{NULL, NULL, NULL, 0},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct ssh_place p;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i].text ? cases[i].text : "(none)");
		g_assert_cmpint(ssh_place_parse(cases[i].text, &p, &error), ==, cases[i].host != NULL);
		g_assert_cmpstr(p.user, ==, cases[i].user);
		g_assert_cmpstr(p.host, ==, cases[i].host);
		g_assert_cmpint(p.port, ==, cases[i].port);
		g_assert_true(cases[i].host || error->code == LAB_ERR_USAGE);
		ssh_place_clear(&p);
	}
}

static void test_argv(void)
{
	struct target *t = target_new(TARGET_GUEST, "a");
	g_assert_null(guest_argv(t, METHOD_AGENT, 500, NULL)); /* and not this machine's */
	target_set(t, "ssh", "ops@[fd00::1]:2222");
	target_set(t, "ssh-config", "/etc/my config");
	g_auto(GStrv) argv = guest_argv(t, METHOD_AGENT, 500, NULL);
	g_autofree char *line = g_strjoinv("|", argv);
	g_assert_nonnull(
		strstr(line, "|-F|/etc/my config|-p|2222|-l|ops|--|fd00::1|labtop-agent --interval 500"));
	g_assert_nonnull(
		strstr(line, "ssh|-o|BatchMode=yes|-o|StrictHostKeyChecking=yes|-o|Compression=yes|"));
	target_set(t, "agent", "env A=1 /opt/labtop-agent");
	target_set(t, "sudo", "yes");
	g_auto(GStrv) own = guest_argv(t, METHOD_AGENT, 1000, NULL),
		      shell = guest_argv(t, METHOD_SHELL, 1000, NULL);
	g_assert_cmpstr(own[g_strv_length(own) - 1], ==, "sudo -n env A=1 /opt/labtop-agent --interval 1000");
	g_assert_cmpstr(shell[g_strv_length(shell) - 1], ==, "sudo -n sh -s 1000");

	target_set(t, "ssh", "local");
	g_auto(GStrv) local = guest_argv(t, METHOD_AGENT, 1000, NULL);
	g_autofree char *words = g_strjoinv("|", local);
	g_assert_cmpstr(words, ==, "sudo|-n|env|A=1|/opt/labtop-agent|--interval|1000");
	target_set(t, "agent", "unbalanced '");
	g_autoptr(GError) error = NULL;
	g_assert_null(guest_argv(t, METHOD_AGENT, 1000, &error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_USAGE);
	target_free(t);
}

/* ---- following ----------------------------------------------------------------------------------------------- */

struct follow {
	struct target *targets[4];
	const struct target *borrowed[4];
	int n;
	struct mailbox *mail;
	GPtrArray *workers;
};

static void add_guest(struct follow *f, const char *name, const char *ssh, const char *agent)
{
	struct target *t = target_new(TARGET_GUEST, name);
	target_set(t, "ssh", ssh);
	if (agent)
		target_set(t, "agent", agent);
	f->targets[f->n] = t;
	f->borrowed[f->n++] = t;
}

/* A guest behind our ssh whose agent is this shell script. */
static void add_scripted(struct follow *f, const char *name, const char *script)
{
	g_autofree char *path = g_build_filename(dir, name, NULL), *agent = g_strconcat("sh ", path, NULL);
	g_assert_true(g_file_set_contents(path, script, -1, NULL));
	add_guest(f, name, "run", agent);
}

static void follow_start(struct follow *f)
{
	worker_pace.backoff_unit_ms = 1;
	f->mail = mailbox_new();
	f->workers = g_ptr_array_new();
	g_ptr_array_add(f->workers, worker_start(&guest_backend, f->borrowed, f->n, f->mail));
}

static void follow_stop(struct follow *f)
{
	g_assert_cmpint(workers_stop(f->workers, 20 * 1000), ==, 0);
	g_ptr_array_free(f->workers, TRUE);
	mailbox_free(f->mail);
	for (int i = 0; i < f->n; i++)
		target_free(f->targets[i]);
}

/* Waits for an observation of the kind (of the named guest, when one is named). The caller frees. */
static struct obs *next_of(struct follow *f, enum obs_kind kind, const char *source)
{
	for (;;) {
		g_assert_true(mailbox_wait(f->mail, 20 * 1000));
		struct obs *obs = mailbox_take(f->mail, 1);
		if (obs && obs->kind == kind && (!source || strcmp(obs->source, source) == 0))
			return obs;
		obs_free(obs);
	}
}

static struct obs *next_state(struct follow *f, enum source_state state)
{
	for (;;) {
		struct obs *obs = next_of(f, OBS_SOURCE, NULL);
		if (obs->u.src->state == state)
			return obs;
		obs_free(obs);
	}
}

/* How often a ration may have been begun since then, on a machine of any speed. */
static int spans_since(int64_t us, int64_t span_us)
{
	return 1 + (int)((g_get_monotonic_time() - us) / span_us);
}

static int calls(const char *host)
{
	g_autofree char *path = g_strdup_printf("%s/calls-%s", dir, host), *text = NULL;
	gsize n = 0;
	return g_file_get_contents(path, &text, &n, NULL) ? (int)n / 2 : 0;
}

static void test_follows(void)
{
	struct follow f = {0};
	add_scripted(&f, "a",
		     "echo Welcome; echo {}; " HELLO SAMPLE(1) "echo broken; echo also broken; " SAMPLE(
			     2) "exec sleep 1000");
	follow_start(&f);
	struct obs *obs = next_of(&f, OBS_HELLO, "a");
	g_assert_cmpint(obs->u.hello->transport, ==, TRANSPORT_SSH);
	g_assert_cmpstr(obs->u.hello->source, ==, "a");
	g_assert_cmpstr(obs->u.hello->agent_version, ==, "9");
	obs_free(obs);
	obs = next_of(&f, OBS_SAMPLE, "a");
	g_assert_cmpint(obs->u.sample->seq, ==, 1);
	obs_free(obs);
	obs = next_of(&f, OBS_LOG, "a"); /* one line about both */
	g_assert_nonnull(strstr(obs->u.log->text, "passed over a line"));
	obs_free(obs);
	obs = next_of(&f, OBS_SAMPLE, "a");
	g_assert_cmpint(obs->u.sample->seq, ==, 2);
	obs_free(obs);
	follow_stop(&f);
}

/* What an agent says to people goes to the log, and not without end. */
static void test_words(void)
{
	struct follow f = {0};
	add_scripted(&f, "a", HELLO "while :; do echo 'a word\033[2J' >&2; " SAMPLE(1) "sleep 0.01; done");
	int64_t began_us = g_get_monotonic_time();
	follow_start(&f);
	int words = 0;
	for (int samples = 0; samples < 40 || words == 0;) {
		g_assert_true(mailbox_wait(f.mail, 20 * 1000));
		struct obs *obs = mailbox_take(f.mail, 1);
		samples += obs->kind == OBS_SAMPLE;
		words += obs->kind == OBS_LOG && strcmp(obs->u.log->text, "a word^[[2J") == 0;
		obs_free(obs);
	}
	g_assert_cmpint(words, <=, 10 * spans_since(began_us, 60 * G_USEC_PER_SEC));
	follow_stop(&f);
}

/* An agent that ends is started again, and the source says why it was away. */
static void test_reconnects(void)
{
	struct follow f = {0};
	add_scripted(&f, "a", HELLO "echo driver gone >&2; exit 3");
	follow_start(&f);
	for (int i = 0; i < 3; i++) {
		obs_free(next_of(&f, OBS_HELLO, "a"));
		struct obs *down = next_state(&f, SRC_DOWN);
		g_assert_cmpstr(down->u.src->reason, ==, "the agent ended with status 3: driver gone");
		g_assert_cmpint(down->u.src->retry_ms, >=, 0);
		obs_free(down);
	}
	follow_stop(&f);
}

static void test_failures(void)
{
	static const struct {
		const char *host;
		int code;
		const char *reason;
	} cases[] = {
		{"unknown", LAB_ERR_TRUST,
		 "its host key is not known; run this once and compare the fingerprint: ssh ops@unknown"},
		{"changed", LAB_ERR_TRUST, "its host key has changed to SHA256:abc+/="},
		{"denied", LAB_ERR_AUTH, "ssh: ops@denied: Permission denied (publickey)."},
		{"nowhere", LAB_ERR_NAME, "ssh: Could not resolve hostname nowhere"},
		{"off", LAB_ERR_UNREACHABLE, "ssh: connect to host off port 22: Connection refused"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct follow f = {0};
		g_autofree char *ssh = g_strconcat("ops@", cases[i].host, NULL);
		add_guest(&f, "a", ssh, NULL);
		follow_start(&f);
		struct obs *down = next_state(&f, SRC_DOWN);
		g_assert_cmpint(down->u.src->error, ==, cases[i].code);
		g_test_message("%s", down->u.src->reason);
		g_assert_true(g_str_has_prefix(down->u.src->reason, cases[i].reason));
		obs_free(down);
		follow_stop(&f);
	}
}

/* A refusal is a person's matter: nothing is tried again until they say so, and only then. */
static void test_refused_once(void)
{
	struct follow f = {0};
	add_guest(&f, "a", "denied", NULL);
	add_scripted(&f, "b", "while :; do " HELLO "sleep 0.01; done");
	int before = calls("denied");
	follow_start(&f);
	obs_free(next_state(&f, SRC_DOWN));
	worker_request(f.workers->pdata[0], request_new(REQ_REFRESH, TARGET_GUEST, "a"));
	for (int i = 0; i < 20; i++)
		obs_free(next_of(&f, OBS_HELLO, "b"));
	g_assert_cmpint(calls("denied"), ==, before + 1);
	worker_request(f.workers->pdata[0], request_new(REQ_RETRY, TARGET_GUEST, "a"));
	obs_free(next_state(&f, SRC_CONNECTING));
	obs_free(next_state(&f, SRC_DOWN));
	g_assert_cmpint(calls("denied"), ==, before + 2);
	follow_stop(&f);
}

static void test_other_protocol(void)
{
	struct follow f = {0};
	add_scripted(&f, "a", "echo '{\"labtop-agent\":7}'; exec sleep 1000");
	follow_start(&f);
	struct obs *down = next_state(&f, SRC_DOWN);
	g_assert_cmpint(down->u.src->error, ==, LAB_ERR_UNSUPPORTED);
	g_assert_nonnull(strstr(down->u.src->reason, "protocol 7"));
	obs_free(down);
	follow_stop(&f);
}

/* Where there is no agent a shell is enough, over ssh and here. */
static void test_falls_back(void)
{
	static const char *const places[] = {"run", "local"};
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		struct follow f = {0};
		add_guest(&f, "a", places[i], "no-such-agent-anywhere");
		follow_start(&f);
		struct obs *obs = next_of(&f, OBS_HELLO, "a");
		g_assert_cmpint(obs->u.hello->transport, ==, TRANSPORT_SHELL);
		g_assert_cmpstr(obs->u.hello->hostname, !=, "");
		obs_free(obs);
		obs_free(next_of(&f, OBS_SAMPLE, "a"));
		follow_stop(&f);
	}
	/* but not when the person asked for the agent */
	struct follow f = {0};
	add_guest(&f, "a", "run", "no-such-agent-anywhere");
	target_set(f.targets[0], "method", "agent");
	follow_start(&f);
	struct obs *down = next_state(&f, SRC_DOWN);
	g_assert_cmpint(down->u.src->error, ==, LAB_ERR_NOT_FOUND);
	obs_free(down);
	follow_stop(&f);
}

/* A guest that floods delays nobody, and only a useful share of it is posted. */
static void test_flood(void)
{
	struct follow f = {0};
	add_scripted(&f, "flood", HELLO "exec yes '{\"seq\":1}'");
	add_scripted(&f, "calm", HELLO "while :; do " SAMPLE(5) "sleep 0.05; done");
	int64_t began_us = g_get_monotonic_time();
	follow_start(&f);
	int flooded = 0;
	for (int calm = 0; calm < 20;) {
		struct obs *obs = next_of(&f, OBS_SAMPLE, NULL);
		if (strcmp(obs->source, "calm") == 0)
			calm++;
		else
			flooded++;
		obs_free(obs);
	}
	g_assert_cmpint(flooded, <=, 20 * spans_since(began_us, G_USEC_PER_SEC));
	follow_stop(&f);
}

/* A title, a prompt, an echo: what a login leaves in front of the hello without ending its line. */
static void test_text_before_hello(void)
{
	struct follow f = {0};
	add_scripted(&f, "a", "printf '\\033]0;box\\007$ '; " HELLO SAMPLE(1) "exec sleep 1000");
	follow_start(&f);
	struct obs *obs = next_of(&f, OBS_HELLO, "a");
	g_assert_cmpstr(obs->u.hello->agent_version, ==, "9");
	obs_free(obs);
	obs_free(next_of(&f, OBS_SAMPLE, "a"));
	follow_stop(&f);
}

/* The source's line says what was found out, and nothing that was not: a person who wants the shell need not lack the agent. */
static void test_detail(void)
{
	static const struct {
		const char *method, *agent, *detail;
	} cases[] = {
		{"auto", "no-such-agent-anywhere", "read through a shell: no agent can be run there"},
		{"shell", NULL, "read through a shell"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct follow f = {0};
		add_guest(&f, "a", "run", cases[i].agent);
		target_set(f.targets[0], "method", cases[i].method);
		follow_start(&f);
		struct obs *live = next_state(&f, SRC_LIVE);
		g_assert_true(g_str_has_prefix(live->u.src->detail, cases[i].detail));
		g_assert_cmpint(live->u.src->detail[strlen(cases[i].detail)] & ~';', ==, 0);
		obs_free(live);
		follow_stop(&f);
	}
}

#define LIBRARY(name, state, reason) \
	"{\"name\":\"" name "\",\"state\":\"" state "\",\"reason\":\"" reason "\"}"
#define HELLO_WITH(libraries) \
	"echo '{\"labtop-agent\":1,\"version\":\"9\",\"interval_ms\":1000,\"libraries\":[" libraries "]}'; "

/* Why a vendor's part does not work stands beside the source's name, and goes when it works; what is just not there does not. */
static void test_reasons(void)
{
	static const char *const details[] = {"labtop-agent 9; nvml: driver and library differ",
					      "labtop-agent 9"};
	struct follow f = {0};
	add_scripted(&f, "a",
		     HELLO_WITH(LIBRARY("rocm-smi", "absent", "no such file") "," LIBRARY(
			     "nvml", "off", "driver and library differ"))
			     HELLO_WITH(LIBRARY("nvml", "live", "")) HELLO "exec sleep 1000");
	follow_start(&f);
	for (size_t i = 0; i < G_N_ELEMENTS(details); i++) {
		struct obs *live = next_state(&f, SRC_LIVE);
		g_assert_cmpstr(live->u.src->detail, ==, details[i]);
		obs_free(live);
		obs_free(next_of(&f, OBS_HELLO, "a"));
	}
	obs_free(next_of(&f, OBS_HELLO, "a")); /* the third says nothing new */
	follow_stop(&f);
}

/* ---- time, by a clock of our own ------------------------------------------------------------------------------------- */

#define SECOND_US G_GINT64_CONSTANT(1000000)

/* One guest without a thread: what it says is waited for, what time it is we say. */
struct alone {
	struct target *t;
	struct backend b;
	struct link *link;
};

static void alone_start(struct alone *a, const char *script)
{
	g_autofree char *path = g_build_filename(dir, "alone", NULL), *agent = g_strconcat("sh ", path, NULL);
	g_assert_true(g_file_set_contents(path, script, -1, NULL));
	a->t = target_new(TARGET_GUEST, "alone");
	target_set(a->t, "ssh", "run");
	target_set(a->t, "agent", agent);
	a->b = (struct backend){.ops = &guest_backend, .out = mailbox_new()};
	a->link = link_new(&a->b, a->t);
}

static void alone_end(struct alone *a)
{
	link_free(a->link);
	mailbox_free(a->b.out);
	target_free(a->t);
}

/* All that was posted since the last call: how many of a kind, and of the last state when asked for. */
static int told(struct alone *a, enum obs_kind kind, struct obs_source *state)
{
	int n = 0;
	for (struct obs *o = mailbox_take(a->b.out, G_MAXINT), *next; o; o = next) {
		next = o->next;
		n += o->kind == kind;
		if (o->kind == OBS_SOURCE && state)
			*state = (struct obs_source){.state = o->u.src->state,
						     .error = o->u.src->error,
						     .retry_ms = o->u.src->retry_ms};
		obs_free(o);
	}
	return n;
}

/* Reads as of now_us until something of the kind came. */
static void hear(struct alone *a, enum obs_kind kind, int64_t now_us)
{
	struct pollfd fds[LINK_FDS];
	for (int n = 0; n == 0; n += told(a, kind, NULL)) {
		link_poll_fds(a->link, fds);
		g_assert_cmpint(poll(fds, LINK_FDS, 20 * 1000), >, 0);
		link_read(a->link, now_us);
	}
}

/* A script that waits at a pipe goes on. */
static void let_go(const char *pipe)
{
	int fd = g_open(pipe, O_WRONLY, 0);
	g_assert_cmpint(write(fd, "\n", 1), ==, 1);
	g_close(fd, NULL);
}

/* A guest may be silent for ten of its intervals, and for half a minute in any case, from the last line that it said. */
static void test_silence_limit(void)
{
	static const struct {
		int interval_ms, limit_s;
	} cases[] = {{1000, 30}, {3000, 30}, {5000, 50}, {60000, 600}};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct alone a;
		struct obs_source state = {0};
		const int64_t limit_us = cases[i].limit_s * SECOND_US;
		int64_t now_us = 1000 * SECOND_US;
		g_autofree char *script = g_strdup_printf("echo '{\"labtop-agent\":1,\"interval_ms\":%d}'; "
							  "read -r go <\"$LABTOP_TEST_DIR/go\"; "
							  "echo '{\"seq\":1}'; exec sleep 1000",
							  cases[i].interval_ms);
		g_autofree char *go = g_build_filename(dir, "go", NULL);
		g_assert_cmpint(mkfifo(go, 0600), ==, 0);
		alone_start(&a, script);
		link_advance(a.link, now_us);
		hear(&a, OBS_HELLO, now_us += 2 * SECOND_US);
		g_assert_cmpint(link_due_us(a.link), ==, now_us + limit_us);
		link_advance(a.link, now_us + limit_us - 1);
		g_assert_cmpint(told(&a, OBS_SOURCE, NULL), ==, 0);
		/* a line in time: the silence counts from there */
		let_go(go);
		hear(&a, OBS_SAMPLE, now_us += 20 * SECOND_US);
		g_assert_cmpint(link_due_us(a.link), ==, now_us + limit_us);
		link_advance(a.link, now_us + limit_us);
		g_assert_cmpint(told(&a, OBS_SOURCE, &state), ==, 1);
		g_assert_cmpint(state.state, ==, SRC_DOWN);
		g_assert_cmpint(state.error, ==, LAB_ERR_TIMEOUT);
		alone_end(&a);
		g_unlink(go);
	}
}

/* No hello for half a minute is a failure too, and counts from the start whatever else is said. */
static void test_hello_limit(void)
{
	struct alone a;
	struct obs_source state = {0};
	const int64_t start_us = 1000 * SECOND_US;
	alone_start(&a, "exec sleep 1000");
	link_advance(a.link, start_us);
	g_assert_cmpint(link_due_us(a.link), ==, start_us + 30 * SECOND_US);
	link_advance(a.link, start_us + 30 * SECOND_US - 1);
	g_assert_cmpint(told(&a, OBS_SOURCE, &state), ==, 0);
	link_advance(a.link, start_us + 30 * SECOND_US);
	g_assert_cmpint(told(&a, OBS_SOURCE, &state), ==, 1);
	g_assert_cmpint(state.error, ==, LAB_ERR_TIMEOUT);
	alone_end(&a);
}

/* From the start at now_us: greets, and ends after lived_us. Tells in how many ms it is tried again. */
static int64_t live_once(struct alone *a, int64_t now_us, int64_t lived_us)
{
	struct obs_source state = {0};
	struct pollfd fds[LINK_FDS];
	link_advance(a->link, now_us);
	hear(a, OBS_HELLO, now_us);
	while (state.state != SRC_DOWN) {
		link_poll_fds(
			a->link,
			fds); /* nothing to wait for but the end of its process, once its output has ended */
		poll(fds, LINK_FDS, fds[0].fd < 0 ? 1 : 20 * 1000);
		link_read(a->link, now_us + lived_us);
		link_advance(a->link, now_us + lived_us);
		told(a, OBS_SOURCE, &state);
	}
	return state.retry_ms;
}

/* Each failure doubles the wait; one that comes after ten good seconds counts as the first again. */
static void test_backs_off(void)
{
	static const struct {
		int64_t lived_us, wait_ms;
	} lives[] = {
		{0, 1000}, {SECOND_US, 2000},        {10 * SECOND_US - 1, 4000}, {10 * SECOND_US, 1000},
		{0, 2000}, {3600 * SECOND_US, 1000},
	};
	struct alone a;
	int64_t now_us = 1000 * SECOND_US;
	const int64_t unit_ms = worker_pace.backoff_unit_ms;
	worker_pace.backoff_unit_ms = 1000;
	alone_start(&a, HELLO);
	for (size_t i = 0; i < G_N_ELEMENTS(lives); i++) {
		const int64_t wait_ms = live_once(&a, now_us, lives[i].lived_us);
		g_assert_cmpint(wait_ms, >=, lives[i].wait_ms * 8 / 10);
		g_assert_cmpint(wait_ms, <=, lives[i].wait_ms * 12 / 10);
		g_assert_cmpint(link_due_us(a.link), ==, now_us + lives[i].lived_us + wait_ms * 1000);
		now_us = link_due_us(a.link);
	}
	alone_end(&a);
	worker_pace.backoff_unit_ms = unit_ms;
}

/* The probe reads a tree of cards as the agent would. */
static void test_probe(void)
{
	g_autofree char *script = unit_data("fixtures/mi50/mkmi50tree.sh"),
			*tree = g_build_filename(dir, "tree", NULL);
	const char *make[] = {"bash", script, "-n", "2", tree, NULL};
	g_autoptr(GError) error = NULL;
	if (!g_spawn_sync(NULL, (char **)make, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
			  NULL, NULL, NULL, NULL, &error)) {
		unit_skip("no bash");
		return;
	}
	g_autofree char *probe = unit_data("../backends/guest/probe.sh");
	g_autofree char *command = g_strdup_printf("sh '%s' 1000 '%s/sys' #", probe, tree);
	struct follow f = {0};
	add_guest(&f, "a", "run", command);
	follow_start(&f);
	struct obs *obs = next_of(&f, OBS_HELLO, "a");
	const struct guest_row *row = obs->u.hello;
	g_assert_cmpint(row->n_gpus, ==, 2);
	g_assert_cmpstr(row->gpus[0].bdf, ==, "0000:03:00.0");
	g_assert_cmpstr(row->gpus[0].id, ==, row->gpus[0].unique_id);
	g_assert_cmpstr(row->gpus[0].path, ==, "0000:00:15.0/0000:03:00.0");
	g_assert_cmphex(row->gpus[0].device_id, ==, 0x66a1);
	g_assert_cmpfloat(row->gpus[0].limit[LIM_TEMP_JUNCTION_CRIT_C].v, ==, 105);
	obs_free(obs);
	obs = next_of(&f, OBS_SAMPLE, "a");
	const struct gpu_sample *g = &obs->u.sample->gpus[0];
	g_assert_cmpint(obs->u.sample->n_gpus, ==, 2);
	g_assert_cmpint(g->state, ==, GPU_LIVE);
	g_assert_cmpfloat(g->metric[M_TEMP_JUNCTION_C].v, ==, 84);
	g_assert_cmpfloat(g->metric[M_VRAM_TOTAL_BYTES].v, ==, 17179869184.0);
	g_assert_cmpint(g->metric[M_FAN_RPM].state, ==, NUM_UNKNOWN);
	g_assert_true(obs->u.sample->has_procs);
	g_assert_cmpint(obs->u.sample->n_procs, ==, 2);
	g_assert_cmpstr(obs->u.sample->procs[0].gpus[0].gpu, ==, g->id);
	g_assert_cmpfloat(obs->u.sample->procs[0].gpus[0].vram_bytes.v, ==, 13800.0 * 1048576);
	g_assert_cmpuint(g->throttle, ==, THROTTLE_NONE);
	obs_free(obs);
	follow_stop(&f);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	dir = g_dir_make_tmp("labtop-guest-XXXXXX", NULL);
	g_autofree char *ssh = g_build_filename(dir, "ssh", NULL),
			*path = g_strconcat(dir, ":", g_getenv("PATH"), NULL);
	g_setenv("LABTOP_TEST_DIR", dir, TRUE);
	g_setenv("PATH", path, TRUE);
	g_file_set_contents(ssh, fake_ssh, -1, NULL);
	g_chmod(ssh, 0755);
	g_test_add_func("/guest/places", test_places);
	g_test_add_func("/guest/argv", test_argv);
	g_test_add_func("/guest/follows", test_follows);
	g_test_add_func("/guest/words", test_words);
	g_test_add_func("/guest/reconnects", test_reconnects);
	g_test_add_func("/guest/failures", test_failures);
	g_test_add_func("/guest/refused-once", test_refused_once);
	g_test_add_func("/guest/other-protocol", test_other_protocol);
	g_test_add_func("/guest/falls-back", test_falls_back);
	g_test_add_func("/guest/flood", test_flood);
	g_test_add_func("/guest/text-before-hello", test_text_before_hello);
	g_test_add_func("/guest/detail", test_detail);
	g_test_add_func("/guest/reasons", test_reasons);
	g_test_add_func("/guest/silence-limit", test_silence_limit);
	g_test_add_func("/guest/hello-limit", test_hello_limit);
	g_test_add_func("/guest/backs-off", test_backs_off);
	g_test_add_func("/guest/probe", test_probe);
	int rc = g_test_run();
	g_free(dir);
	return rc;
}
