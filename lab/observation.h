/* observation.h - what a backend saw, on its way to the lab. Immutable once posted; the lab owns it after folding. */
#ifndef LAB_OBSERVATION_H
#define LAB_OBSERVATION_H

#include "lab/reply.h"
#include "lab/rows.h"
#include "lab/target.h"

enum obs_kind {
	OBS_SOURCE,    /* how the source itself is doing */
	OBS_INVENTORY, /* hosts, VMs, datastores: rows that are new or changed, and what is gone */
	OBS_SENSORS,   /* a host's hardware sensors, each reading with its own time */
	OBS_TASKS,     /* recent tasks and events, whole */
	OBS_HELLO,     /* a guest told who it is and which cards it has; replaces the hello before */
	OBS_SAMPLE,    /* one line of a guest's agent */
	OBS_ENGINE,    /* an engine, whole */
	OBS_LOG,       /* a line for the program's log */
	OBS_REPLY,     /* what became of a request; never dropped */
};

enum source_state { SRC_CONNECTING, SRC_LIVE, SRC_STALE, SRC_DOWN, SRC_OFF };
extern const char *const source_state_names[5]; /* "connecting", "live", "stale", "down", "off" */

struct obs_source {
	enum source_state state; /* SRC_STALE is never posted: the lab finds it by age */
	const char *reason;      /* for people; "" when live */
	const char *hint;        /* what to do next, or "" */
	int error;               /* enum lab_error when down, else -1 */
	int64_t interval_ms;     /* how often it means to tell something */
	const char *detail;      /* "VMware vCenter 7.0.3, pinned certificate": shown beside the name */
	bool insecure;           /* no certificate check: the header says so */
	int64_t retry_ms;        /* when down: the next try in that many ms; 0 none by itself */
};

/* An inventory arrives in batches (at most 200 rows each, so that one fold stays short). Rows of a new `generation`
 * replace those of the same moref; with `complete`, rows of this source with an older generation are gone. A change
 * later comes with the same generation, or with 0: from a lane that loads nothing, about what is known already. */
struct obs_inventory {
	uint32_t generation;
	bool complete;
	bool more; /* a first look takes more than this: the source has not answered yet (status --wait) */
	const char *product; /* about: "VMware vCenter Server" */
	const char *version, *build, *api_version, *instance_uuid;
	bool is_vcenter;
	const struct host_row **hosts;
	int n_hosts;
	const struct vm_row **vms;
	int n_vms;
	const struct datastore_row **datastores;
	int n_datastores;
	const char **gone; /* morefs (raw) that were removed */
	int n_gone;
};

struct obs_sensors {
	const char *host; /* moref, raw */
	struct sensor_row *rows;
	int n_rows;          /* 0: this board tells none ("no sensors") */
	int64_t interval_ms; /* how often they are read; 0: as often as their source speaks */
};

struct obs_tasks {
	bool has_tasks, has_events; /* false: not read yet, or they may not be read */
	struct task_row *tasks;
	int n_tasks;
	struct event_row *events;
	int n_events;
};

struct obs_log {
	int level; /* GLogLevelFlags: error, warning, info (message), debug */
	const char *text;
};

struct obs {
	enum obs_kind kind;
	enum target_kind source_kind;
	const char *source; /* target name, in the box */
	int64_t taken_ns;   /* CLOCK_MONOTONIC when the reading was complete (the demo: its own clock) */
	int64_t wall_ms;    /* wall clock then */
	struct box *box;    /* owned: one reference, dropped by obs_free() */
	struct obs *next;   /* used by the mailbox and the fold loop */
	union {
		struct obs_source *src;
		struct obs_inventory *inventory;
		struct obs_sensors *sensors;
		struct obs_tasks *tasks;
		const struct guest_row *hello;
		const struct sample *sample;
		const struct engine_row *engine;
		struct obs_log *log;
		const struct reply *reply;
	} u;
};

/* A new observation about target t in a new box, stamped now. Rows that go into it live in obs->box. */
struct obs *obs_new(enum obs_kind kind, const struct target *t);
/* Stamps it with now: the reading was not complete when it was made. */
void obs_stamp(struct obs *obs);
void obs_free(struct obs *obs);

#endif
