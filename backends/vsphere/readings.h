/* readings.h - hardware sensors of hosts, and what their own drivers count of the cards that they keep. */
#ifndef BACKENDS_VSPHERE_READINGS_H
#define BACKENDS_VSPHERE_READINGS_H

#include "backends/backend.h"
#include "backends/vsphere/collector.h"
#include "backends/vsphere/counters.h"
#include "backends/vsphere/known.h"
#include "backends/vsphere/post.h"

/* Posts one OBS_SENSORS a connected host, and its row anew where they may not be read. objects: <objectSet> that leads to
 * them; interval_ms: how often this is called. */
bool readings_sensors(struct backend *b, struct vim *v, struct prop_limits *limits, const char *objects,
		      int64_t interval_ms, struct post *post, struct known_table *known, GError **error);

/* Posts the rows of hosts that drive cards themselves anew, with the newest values. */
bool readings_counters(struct counters *counters, struct post *post, struct known_table *known,
		       GError **error);

#endif
