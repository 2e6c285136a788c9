/* collector.h - the calls of the PropertyCollector: read once, filter, wait for updates. */
#ifndef BACKENDS_VSPHERE_COLLECTOR_H
#define BACKENDS_VSPHERE_COLLECTOR_H

#include "backends/vsphere/props.h"
#include "backends/vsphere/session.h"

/* What a server is asked for in one go. */
struct collector_query {
	const char *what;              /* for messages */
	const struct prop_read *reads; /* ends with type NULL */
	const char *objects;           /* <objectSet>s: props_append_object(), props_append_traversal() */
	const struct props_handler *handler;
	void *data;
};

/* RetrievePropertiesEx and as many continuations as the server wants. A property that the server does not know
 * (InvalidProperty) is left out from then on. Objects that are gone are left out of the answer. */
bool collector_read(struct vim *v, struct prop_limits *limits, const struct collector_query *q,
		    GError **error);

/* CreateFilter; it lives as long as the session. */
bool collector_watch(struct vim *v, struct prop_limits *limits, const struct collector_query *q,
		     GError **error);

/* One WaitForUpdatesEx from *version (GString, "" at first), which is moved on. wait_s: the server answers at the latest
 * then, even with nothing. *more: it has more to tell at once. A nudge ends it (LAB_ERR_CANCELLED). */
bool collector_wait(struct vim *v, const struct collector_query *q, GString *version, int wait_s,
		    int64_t slack_ms, bool *more, GError **error);

#endif
