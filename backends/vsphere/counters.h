/* counters.h - gpu.* counters of hosts whose own driver owns cards: what a guest with a vGPU cannot tell of them. */
#ifndef BACKENDS_VSPHERE_COUNTERS_H
#define BACKENDS_VSPHERE_COUNTERS_H

#include "backends/vsphere/collector.h"
#include "backends/vsphere/session.h"

struct counters;

struct counters *counters_new(struct vim *v, struct prop_limits *limits);
void counters_free(struct counters *c);

/* Reads the newest values of one host. A server without such counters, or that refuses them, is no failure: there is
 * nothing then. */
bool counters_read(struct counters *c, const char *host, GError **error);
bool counters_any(const struct counters *c);

/* Puts what was read last into the host's devices. */
void counters_apply(const struct counters *c, struct host_row *host);

#endif
