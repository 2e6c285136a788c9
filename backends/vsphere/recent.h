/* recent.h - the server's recent tasks and events: followed with the inventory, posted whole when they changed. */
#ifndef BACKENDS_VSPHERE_RECENT_H
#define BACKENDS_VSPHERE_RECENT_H

#include "backends/backend.h"
#include "backends/vsphere/kind.h"
#include "backends/vsphere/session.h"

struct recent;

extern const struct prop_read recent_reads[];

struct recent *recent_new(struct backend *b, struct vim *v);
void recent_free(struct recent *r);

/* Collectors of events belong to the session. */
void recent_session_changed(struct recent *r);

/* <objectSet>s of what is to be watched, making an event collector where the product has one. */
void recent_append_objects(struct recent *r, GString *out);

/* Drafts of Task and EventHistoryCollector. */
bool recent_begin(struct recent *r, struct draft *d);
void recent_end(struct recent *r, struct draft *d);

/* The tasks were told whole: that there is none is known now, where the product has tasks. */
void recent_were_read(struct recent *r);

/* Posts OBS_TASKS when something changed since the last time. */
void recent_post(struct recent *r);

#endif
