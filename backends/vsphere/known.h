/* known.h - the objects of one server that the lab was told of, each with the row that was posted last.
 *
 * Knows rows, not the wire: what is read and when is inventory.c's.
 */
#ifndef BACKENDS_VSPHERE_KNOWN_H
#define BACKENDS_VSPHERE_KNOWN_H

#include "backends/vsphere/kind.h"

enum { HOSTS, VMS, DATASTORES, N_KINDS };
extern const struct kind *const known_kinds[N_KINDS];

/* Below this many VMs the settings of all are read; above, of those on hosts that lend GPUs. */
#define KNOWN_SMALL 500

struct known {
	char *moref;
	const void *row;
	struct box *box; /* holds the row */
	bool seen;       /* by the load, or the first updates after it */
	bool due;        /* its detail set is to be read; set by known_set_due() */
};

struct known_table;

struct known_table *known_new(void);
void known_free(struct known_table *t);

/* Index in known_kinds of what an answer tells of; -1: not a kind of the inventory. */
int known_kind(const struct draft *d);

/* NULL when it is not known. Borrowed until it is dropped. */
struct known *known_at(const struct known_table *t, int kind, const char *moref);
const struct host_row *known_host(const struct known_table *t, const char *moref);

/* struct known * of all objects of a kind, in no order; the caller frees the array. */
GPtrArray *known_list(const struct known_table *t, int kind);

/* Puts a row that was posted in the place of the one before, and counts as seen. Takes the reference to its box. */
void known_put(struct known_table *t, int kind, const char *moref, const void *take_row);
void known_drop(struct known_table *t, int kind, struct known *k);

/* What is put and dropped in between is kept, or undone as if it had not been. */
void known_begin(struct known_table *t);
void known_end(struct known_table *t, bool keep);

void known_set_all_seen(struct known_table *t, bool seen);

/* True when the detail set of such a row is worth reading. */
bool known_wants_detail(const struct known_table *t, int kind, const void *row);
void known_set_due(struct known_table *t, struct known *k, bool due);
guint known_count_due(const struct known_table *t);

#endif
