/* vsphere_fed.h - the vSphere backend fed with recorded answers instead of a network, turn after turn, into a lab.
 *
 * Who links it links fake_http.c.
 */
#ifndef TESTS_VSPHERE_FED_H
#define TESTS_VSPHERE_FED_H

#include "backends/http.h"
#include "lab/lab.h"

/* What a server is asked for, in the order of the first contact. */
enum vsphere_answer {
	ANSWER_VERSIONS,
	ANSWER_CONTENT,
	ANSWER_INVENTORY,
	ANSWER_DETAILS,
	ANSWER_SENSORS,
	ANSWER_COUNTER_NAMES,
	ANSWER_COUNTERS,
	ANSWER_UPDATES,
	ANSWER_COUNT
};

/* File names in tests/data/vsphere. */
extern const char *const vsphere_answer_files[ANSWER_COUNT];

struct vsphere_fed {
	const char *text[ANSWER_COUNT];
	gsize len[ANSWER_COUNT];
	int given[ANSWER_COUNT];
	bool no_recent;    /* tasks and events are refused */
	bool no_events;    /* the events may not be read */
	const char *fault; /* every call after login is refused with this whole answer; or NULL */
};

/* A lab that has seen everything there is to be read from one server "vc". Failures are told to the lab as a worker would;
 * `failed` (may be NULL) is called with each. */
struct lab *vsphere_fed_lab(struct vsphere_fed *fed, void (*failed)(const GError *error));

/* The server alone, for fake_http_serve(vsphere_fed_serve, fed). */
int vsphere_fed_serve(void *fed, const struct http_request *rq, GString *body, char **server);

#endif
