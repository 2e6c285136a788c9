/* kind.h - the managed objects that become rows of the lab, each a table and four functions.
 *
 * A row is kept by the worker as it was posted, never changed. A newer one starts as a shallow copy of it, takes what an
 * answer brought, and is copied whole into the box of the observation that carries it.
 */
#ifndef BACKENDS_VSPHERE_KIND_H
#define BACKENDS_VSPHERE_KIND_H

#include "backends/vsphere/props.h"

struct kind {
	struct prop_type type;
	size_t box_at, source_at, moref_at, name_at; /* offsets of what every row of the inventory has */
	const size_t *texts;                         /* offsets of the row's own texts */
	size_t n_texts;
	/* An answer was read into d->row: joins the lists that arrived into it. old: the row before, or NULL. */
	void (*finish)(struct draft *d, const void *old);
	/* Everything that the row points to, texts aside, moves into box. */
	void (*copy_lists)(struct box *box, void *row);
	/* What changed between two rows means that the detail set is to be read again. */
	bool (*detail_due)(const void *old, const void *row);
};

extern const struct kind host_kind, vm_kind, datastore_kind, task_kind, events_kind, sensors_kind;

/* All texts "". */
void row_blank(void *row, const size_t *texts, size_t n_texts);
/* All texts into box. */
void row_copy_texts(struct box *box, void *row, const size_t *texts, size_t n_texts);
const char *const *row_copy_strings(struct box *box, const char *const *strings);

/* What could not be read of an object, "path: why" each, or NULL: what was told before, but for what this answer tells
 * anew. That the spoken version lacks a property is no trouble. Lives in d->box and where before does. */
const char *const *row_partial(struct draft *d, const char *const *before);

/* An object that is not known yet begins: d->row gets its source, its moref and no other words. */
void kind_begin(const struct kind *k, struct draft *d, const char *source);

/* All of it was read: joins what arrived into d->row. old: the row before, or NULL. False: the object is gone. */
bool kind_end(const struct kind *k, struct draft *d, const void *old);

/* A whole copy of a row of a kind in box. */
void *kind_copy(const struct kind *k, struct box *box, const void *row);

/* True when nothing that the properties of the sets say differs between two rows, and no list arrived. */
bool kind_same(const struct kind *k, unsigned sets, const struct draft *d, const void *old);

/* ---- hosts -------------------------------------------------------------------------------------------------- */

/* What the lab sees of a host comes first; beyond it, what later answers are joined with. */
struct vs_host {
	struct host_row row;
	enum host_state connection; /* runtime.connectionState; row.state is derived from more */
	int standby;                /* runtime.powerState says so: 1 */
};

/* reference vsphere.md 4.1. reboot_required: summary.rebootRequired. */
enum passthru_state passthru_derive(enum tri capable, enum tri enabled, enum tri active,
				    enum tri reboot_required);

/* It has cards that VMs get: passed through, or shared by the hypervisor's vGPU driver. */
bool host_lends_gpus(const struct host_row *host);
/* Its own driver owns cards, so that its gpu.* counters tell something. */
bool host_drives_gpus(const struct host_row *host);

/* ---- sensors ------------------------------------------------------------------------------------------------ */

struct vs_sensors {
	struct sensor_row *rows;
	int n_rows;
};

/* ---- tasks and events --------------------------------------------------------------------------------------- */

struct vs_task {
	struct task_row row;
	const char *fault; /* type of its error */
	int64_t queued_ms;
};

struct vs_events {
	struct event_row *events;
	int n_events;
};

#endif
