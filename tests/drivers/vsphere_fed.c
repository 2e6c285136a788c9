/* vsphere_fed.c - see vsphere_fed.h. */
#include "config.h"

#include "tests/drivers/vsphere_fed.h"

#include "backends/backend.h"
#include "tests/drivers/fake_http.h"

#include <string.h>

#define TURNS    7 /* load, details twice, sensors, updates */
#define START_NS (3600 * G_GINT64_CONSTANT(1000000000))
#define WALL_MS  1767254400000 /* 2026-01-01T08:00:00Z */

#define ANSWER(method, inner)                                                                      \
	"<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body><" method "Response " \
	"xmlns=\"urn:vim25\">" inner "</" method "Response></Body></Envelope>"
#define REFUSED                                                                         \
	"<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body><Fault>"   \
	"<faultstring>no</faultstring><detail><NoPermissionFault xmlns=\"urn:vim25\"/>" \
	"</detail></Fault></Body></Envelope>"
#define DENIED                                                                                           \
	ANSWER("RetrievePropertiesEx",                                                                   \
	       "<returnval><objects><obj type=\"EventHistoryCollector\">e</obj><missingSet>"             \
	       "<path>latestPage</path><fault><fault "                                                   \
	       "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:type=\"NoPermission\"/></fault>" \
	       "</missingSet></objects></returnval>")
#define EMPTY(method) ANSWER(method, "")

const char *const vsphere_answer_files[ANSWER_COUNT] = {
	[ANSWER_VERSIONS] = "versions.xml",     [ANSWER_CONTENT] = "content.xml",
	[ANSWER_INVENTORY] = "inventory.xml",   [ANSWER_DETAILS] = "details.xml",
	[ANSWER_SENSORS] = "sensors.xml",       [ANSWER_COUNTER_NAMES] = "counter-names.xml",
	[ANSWER_COUNTERS] = "gpu-counters.xml", [ANSWER_UPDATES] = "updates.xml",
};

/* By the words of the request; the first that fits. what: a recorded answer, given once (0: whenever it is asked for). */
static const struct {
	const char *words;
	int what; /* -1: fixed */
	const char *fixed;
	bool once;
} answers[] = {
	{"<RetrieveServiceContent ", ANSWER_CONTENT, NULL, false},
	{"<Login ", -1, ANSWER("Login", "<returnval><key>k</key></returnval>"), false},
	{"<Logout ", -1, EMPTY("Logout"), false},
	{"<CreateContainerView ", -1,
	 ANSWER("CreateContainerView", "<returnval type=\"ContainerView\">v</returnval>"), false},
	{"<CreateCollectorForEvents ", -1,
	 ANSWER("CreateCollectorForEvents", "<returnval type=\"EventHistoryCollector\">e</returnval>"),
	 false},
	{"<CreateFilter ", -1, ANSWER("CreateFilter", "<returnval type=\"PropertyFilter\">f</returnval>"),
	 false},
	{"latestPage</pathSet>", -1,
	 ANSWER("RetrievePropertiesEx",
		"<returnval><objects><obj type=\"EventHistoryCollector\">e</obj></objects></returnval>"),
	 false},
	{"numericSensorInfo</pathSet>", ANSWER_SENSORS, NULL, false},
	{"perfCounter</pathSet>", ANSWER_COUNTER_NAMES, NULL, false},
	{"type=\"ContainerView\"", ANSWER_INVENTORY, NULL, false},
	{"<RetrievePropertiesEx ", ANSWER_DETAILS, NULL, false},
	{"<QueryPerf ", ANSWER_COUNTERS, NULL, false},
	{"<WaitForUpdatesEx ", ANSWER_UPDATES, NULL, true},
	{"<WaitForUpdatesEx ", -1, EMPTY("WaitForUpdatesEx"), false},
};

static const char *answer_of(const char *words)
{
	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
		if (strcmp(answers[i].words, words) == 0)
			return answers[i].fixed;
	return "";
}

static int give(struct vsphere_fed *fed, int what, GString *body)
{
	fed->given[what]++;
	g_string_append_len(body, fed->text[what], (gssize)fed->len[what]);
	return 200;
}

int vsphere_fed_serve(void *data, const struct http_request *rq, GString *body, char **server)
{
	struct vsphere_fed *fed = data;
	if (!rq->body)
		return give(fed, ANSWER_VERSIONS, body);
	if (fed->fault && !strstr(rq->body, "<Login ") && !strstr(rq->body, "<RetrieveServiceContent ")) {
		g_string_append(body, fed->fault);
		return 500;
	}
	if (fed->no_recent && strstr(rq->body, "latestPage</pathSet>")) {
		g_string_append(body, REFUSED);
		return 500;
	}
	if (fed->no_events && strstr(rq->body, "latestPage</pathSet>")) {
		g_string_append(body,
				strstr(rq->body, "<CreateFilter ") ? answer_of("<CreateFilter ") : DENIED);
		return 200;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		if (!strstr(rq->body, answers[i].words) ||
		    (answers[i].once && fed->given[answers[i].what] > 0))
			continue;
		if (answers[i].what >= 0)
			return give(fed, answers[i].what, body);
		g_string_append(body, answers[i].fixed);
		return 200;
	}
	return 404;
}

static void fold(struct lab *lab, struct mailbox *mail)
{
	for (struct obs *o = mailbox_take(mail, G_MAXINT); o;) {
		o->taken_ns = lab->now_ns;
		o = lab_fold(lab, o);
	}
}

static void tell(struct backend *b, const GError *error, void (*failed)(const GError *error))
{
	if (!error)
		return; /* that it is live the backend tells itself */
	if (failed)
		failed(error);
	backend_post_state(b, b->target, SRC_DOWN, error, NULL, 60000, 0);
}

struct lab *vsphere_fed_lab(struct vsphere_fed *fed, void (*failed)(const GError *error))
{
	struct lab *lab = lab_new("attic", false);
	struct target *target = target_new(TARGET_VSPHERE, "vc");
	struct backend b = {
		.ops = &vsphere_backend, .target = target, .out = mailbox_new(), .cancel = cancel_new()};
	target->named = true;
	target_set(target, "url", "https://root:correct%20horse@127.0.0.1");
	target_set(target, "tls", "insecure");
	lab_add_target(lab, target);
	lab_set_time(lab, START_NS, WALL_MS);
	memset(fed->given, 0, sizeof fed->given);
	fake_http_serve(vsphere_fed_serve, fed);
	GError *error = NULL;
	bool good = b.ops->open(&b, &error);
	for (int i = 0; good && i < TURNS; i++)
		good = b.ops->observe(&b, &error);
	tell(&b, error, failed);
	g_clear_error(&error);
	fold(lab, b.out);
	b.ops->close(&b);
	b.ops->release(&b);
	fold(lab, b.out);
	lab_settle(lab);
	mailbox_free(b.out);
	cancel_free(b.cancel);
	target_free(target);
	return lab;
}
