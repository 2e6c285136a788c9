/* post.h - rows on their way to the lab, in batches that one fold can take. */
#ifndef BACKENDS_VSPHERE_POST_H
#define BACKENDS_VSPHERE_POST_H

#include "backends/backend.h"
#include "backends/vsphere/kind.h"
#include "backends/vsphere/known.h"
#include "backends/vsphere/session.h"

struct post;

struct post *post_new(struct backend *b, const struct vim *v);
void post_free(struct post *p);

/* Rows from now on belong to a load of the whole inventory of their own. */
void post_begin_load(struct post *p);

/* A row of hosts, VMs or datastores: copied whole; what is returned is immutable and lives in row->box, of which the
 * caller gets a reference. edit (may be NULL) changes the copy before it counts as posted. */
const void *post_row(struct post *p, const struct kind *kind, const void *row,
		     void (*edit)(struct box *box, void *row, void *data), void *data);

void post_gone(struct post *p, const char *moref);

/* Any other observation, in its place among the rows. */
void post_obs(struct post *p, struct obs *take_obs);

/* What a page of an answer brings is held back until the page is whole; of a broken one nothing is sent, and nothing stays
 * known. For props_handler.page. The last rows of the last page wait for post_flush(). */
void post_page(struct post *p, struct known_table *known, enum props_page how);

/* Everything that a first look takes has been told: whoever waits for this source need not wait longer. */
void post_settled(struct post *p);

/* Sends what is waiting. complete: the load is whole, rows of older ones are gone. */
void post_flush(struct post *p, bool complete);

#endif
