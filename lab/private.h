/* private.h - what the files of the model share and nobody else includes.
 *
 * A *record* is one source's word about one object (source, moref). A *thing* (lab_host, lab_vm) is what one or more
 * records are about. Folding stores records and marks what changed; lab_settle() does the rest, for what changed only.
 */
#ifndef LAB_PRIVATE_H
#define LAB_PRIVATE_H

#include "lab/clock.h"
#include "lab/lab.h"

/* What is stale is what is older than this many of its intervals. */
#define STALE_INTERVALS 3

enum rec_kind { REC_HOST, REC_VM, REC_DATASTORE, REC_KINDS };

struct source {
	struct lab_source pub; /* first: the lab's array points here */
	char *name;
	enum source_state told;      /* pub.state before age is looked at */
	struct box *state_box;       /* holds reason, hint, detail */
	GHashTable *recs[REC_KINDS]; /* moref -> struct rec * */
	struct box *tasks_box;
	const struct obs_tasks *tasks;
	int rank;        /* order of configuration */
	char *vm;        /* a guest's `vm =`: overrides the join; or NULL */
	char *host;      /* a guest's: where `ssh =` leads, without user and port; or NULL */
	bool is_vcenter; /* its hosts are known to others as well; else it is a host itself */
	/* what it tells of, once it did; borrowed */
	struct guest_thing *guest;
	struct engine_thing *engine;
};

struct rec {
	enum rec_kind kind;
	struct source *src;
	struct box *box;
	const char *moref; /* in box */
	const void *row;   /* host_row, vm_row or datastore_row */
	uint32_t generation;
	int64_t taken_ns;
	struct things *of; /* what it is about, or NULL before the next settle */
	struct rec *next;  /* another source's word about the same thing */
	bool queued;
};

/* What lab_host, lab_vm and lab_store have in common: the records they are made of. Stands behind the public part. */
struct things {
	struct rec *recs; /* by source, as configured: the first one names the thing */
	void *thing;      /* struct lab_host * or struct lab_vm * */
	char *label;      /* what screens show where the name is not enough; or NULL */
	bool dead;
};

#define HOST_KEY_SIZE 128

struct host_thing {
	struct lab_host pub;
	struct things of;
	char key[HOST_KEY_SIZE]; /* what merges it: canonical uuid or name */
};

struct vm_thing {
	struct lab_vm pub;
	struct things of;
};

struct guest_thing {
	struct lab_guest pub;
	struct source *src;
	struct box *hello_box, *procs_box, *mounts_box;
	GPtrArray *gpus; /* struct gpu_thing * */
	int64_t wall_ms; /* the guest's clock at the newest sample */
};

/* The thermal rule's memory (heat.c). */
struct heat {
	int streak;         /* samples in a row that meet the rule */
	int misses;         /* samples in a row that do not, within a spell */
	int64_t streak_ns;  /* first of them */
	int64_t last_ns;    /* last of them */
	int64_t seen_ns;    /* last sample of any kind */
	int64_t watched_ns; /* since when throttling is told; 0 never */
	GArray *spells;     /* struct spell: finished ones of the last hour */
};

struct gpu_thing {
	struct lab_gpu pub;
	struct guest_thing *guest;
	struct box *sample_box;
	struct gpu_sample sample; /* pub.sample points here: the newest, whichever line told it */
	int64_t sample_ns;
	struct lab_row *row; /* its row in the table, or NULL */
	struct heat heat;
	int64_t trend_ns; /* when the trend was last worked out */
	bool seen;        /* mark while a hello is folded */
};

struct engine_thing {
	struct lab_engine pub;
	struct source *src;
	struct box *box;
};

/* What must be brought up to date. */
enum dirty {
	DIRTY_RECORDS = 1 << 0,  /* records are queued, or things died */
	DIRTY_SOURCES = 1 << 1,  /* a source came or went: which record speaks may change */
	DIRTY_JOIN = 1 << 2,     /* guest = VM, engine = guest, rows */
	DIRTY_PLACE = 1 << 3,    /* models and processes on GPUs */
	DIRTY_FINDINGS = 1 << 4, /* anything a finding looks at */
	DIRTY_TASKS = 1 << 5,
	DIRTY_STORES = 1 << 6,
	DIRTY_FANS = 1 << 7,   /* sensors were replaced: rows point to them */
	DIRTY_MATCH = 1 << 8,  /* a VM without devices: only guests and engines may match it */
	DIRTY_TRENDS = 1 << 9, /* samples came: a fit is too dear to be made for each */
	DIRTY_CLOCK = 1 << 10, /* a second went by: what rules say that look at the clock */
};

/* How much was done, for tests: what is incremental must not grow with the lab. */
struct lab_work {
	uint64_t merged, indexed, picked, sorted, joined, placed, checked;
};

struct lab_private {
	unsigned dirty;        /* enum dirty */
	GPtrArray *queue;      /* struct rec * to merge */
	GPtrArray *dead_boxes; /* kept until the next settle: joins may still point into them */
	GPtrArray *dead_hosts, *dead_vms, *dead_gpus, *dead_sensors;
	bool hosts_unsorted, vms_unsorted;
	bool names_moved; /* names, or where their bearers are: which look alike is looked at again */
	guint vms_sorted; /* so many of lab->vms, from the first on, stand in order: those behind are new */

	GHashTable *refs; /* struct ref * -> struct lab_host or struct lab_vm */
	GHashTable *hosts_by_key;
	/* struct rec * of VMs */
	GHashTable *vms_by_instance, *vms_by_uuid, *vms_by_mac, *vms_by_ip, *vms_by_name;
	GHashTable *gpu_vms; /* set of struct rec *: VMs that have passthrough devices, or settings of such */

	GHashTable *by_process;    /* set of struct lab_engine *: seen on a GPU by their processes */
	GPtrArray *notes;          /* struct card_note * */
	GPtrArray *match_problems; /* struct finding *: of guest = VM, copied into findings */
	GPtrArray *join_problems;  /* struct finding *: found while joining, copied into findings */
	GStringChunk *words;       /* texts of rows: match_why, labels; emptied with each join */
	GHashTable *since;         /* finding key -> first seen, int64_t */
	GPtrArray *wanted;         /* struct request *: what runs have asked for and nobody has sent yet */
	bool seen_whole;           /* every source had answered when findings were last looked for */
	struct lab_work work;
};

/* ---- source.c ---- */
struct source *source_get(struct lab *lab, enum target_kind kind, const char *name);
void source_told(struct lab *lab, struct source *src, const struct obs *obs);
void source_set_state(struct lab *lab, struct source *src, const struct obs *obs);
void source_tick(struct lab *lab, struct source *src);
void source_free(struct source *src);
static inline bool source_live(const struct source *src)
{
	return src->pub.state == SRC_LIVE;
}

/* ---- record.c ---- */
/* What rows of every kind have. */
struct row_head {
	struct box *box;
	const char *moref;
	const char *const *partial;
};
struct row_head row_head(enum rec_kind kind, const void *row);
void record_fold(struct lab *lab, struct source *src, enum rec_kind kind, const void *row,
		 const struct obs *obs, uint32_t generation);
void record_remove(struct lab *lab, struct source *src, enum rec_kind kind, const char *moref);
void record_sweep(struct lab *lab, struct source *src, uint32_t generation);
void record_free(struct rec *rec);

/* ---- merge.c ---- */
void merge_records(struct lab *lab);
void merge_repick(struct lab *lab);
void merge_detach(struct lab *lab, struct rec *rec);
/* struct lab_vm * that have passthrough devices, or settings of such, by name; the caller unrefs the array. */
GPtrArray *merge_gpu_vms(const struct lab *lab);
void host_thing_free(struct host_thing *h);
void sensor_free(struct lab_sensor *s);
void vm_thing_free(struct vm_thing *vm);
static inline struct lab_host *rec_host(const struct rec *rec)
{
	return rec && rec->of ? rec->of->thing : NULL;
}
static inline struct lab_vm *rec_vm(const struct rec *rec)
{
	return rec && rec->of ? rec->of->thing : NULL;
}
void things_add(struct things *of, struct rec *rec);
/* Two objects of one source are never one thing. */
bool things_know(const struct things *of, const struct source *src);
/* The record that is to be believed, and the next best or NULL: one of a live source, of these one that the source is in
 * touch with, of these the one with settings, of these the newest. */
void things_pick(const struct things *of, const struct rec **best, const struct rec **second);

/* ---- names.c ---- */
/* Sets what hosts and VMs are called on screens. */
void names_tell_apart(struct lab *lab);

/* ---- stores.c ---- */
void stores_gather(struct lab *lab);
void store_free(struct lab_store *store);

/* ---- guest.c ---- */
void guest_fold_hello(struct lab *lab, struct source *src, const struct obs *obs);
void guest_fold_sample(struct lab *lab, struct source *src, const struct obs *obs);
void guest_tick(struct lab *lab, struct guest_thing *g);
void guest_thing_free(struct guest_thing *g);
void gpu_thing_free(struct gpu_thing *gpu);

/* ---- claim.c ---- */
/* Of several guests that were found to be one VM one stays, and a finding says so of the others. */
void claims_settle(struct lab *lab);
/* Two ways to one machine: its own agent here, and a guest that is it too. */
bool guests_are_twins(const struct lab_guest *a, const struct lab_guest *b);

/* ---- runs.c ---- */
void runs_reply(struct lab *lab, const struct reply *reply);
void runs_advance(struct lab *lab);

/* ---- join.c, table.c, place.c, check.c: the steps of lab_settle() ---- */
/* Both: true when one of them runs elsewhere than before. */
bool join_guests(struct lab *lab);
bool join_engines(struct lab *lab);
/* How many kinds of marks of the guest point to the VM. */
int join_marks(const struct lab *lab, const struct guest_thing *g, const struct lab_vm *vm);
void table_build(struct lab *lab);
void table_fans(struct lab *lab);
void table_free_row(struct lab_row *row);
void place_models(struct lab *lab);
/* Only those rules that look at the clock; the other findings stay. */
void check_lab(struct lab *lab, bool only_ticking);

/* ---- row.c ---- */
/* GPUs of one guest: by address, the instances of a card by their numbers. */
int gpu_order(const struct gpu_row *a, const struct gpu_row *b);

/* ---- label.c, note.c ---- */
void row_set_label(struct lab *lab, struct lab_row *row);
void row_set_note(struct lab *lab, struct lab_row *row);
void row_set_fans(struct lab *lab, struct lab_row *row);
/* A [card] section says that this sensor of the host is a fan of its card. */
bool note_names_fan(const struct lab *lab, const struct lab_host *host, const struct lab_sensor *s);

/* ---- lab.c ---- */
/* For sorting arrays of things that begin with their ref: by the name of their source. */
int ref_by_source(gconstpointer a, gconstpointer b);
/* The observation's box, or the row's own when it comes from an earlier one; a reference the caller owns. */
struct box *lab_hold(struct box *row_box, const struct obs *obs);
/* Drops a box with the next settle. */
void lab_bury_box(struct lab *lab, struct box *take_box);
const struct lab_work *lab_work(const struct lab *lab);

#endif
