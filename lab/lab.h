/* lab.h - the model: the only copy of what is known. Owned by the UI thread, changed only by lab_fold().
 *
 * Views, rules and status --json only read it. Pointers into it hold until the next fold or tick: who wants to find a
 * thing again later keeps a struct ref. No I/O, no clock of its own: the time is told by lab_set_time().
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include "lab/observation.h"
#include "lab/ring.h"

#include <glib.h>

/* ---- references -------------------------------------------------------------------------------------------------- */

enum thing {
	THING_NONE,
	THING_SOURCE,
	THING_HOST,
	THING_DEVICE,
	THING_VM,
	THING_GUEST,
	THING_GPU,
	THING_ENGINE,
	THING_MODEL,
	THING_ROW,
	THING_TASK,
	THING_LOG
};

struct ref {
	enum thing kind;
	char source[64]; /* target name, "" where the thing has none of its own */
	char id[128]; /* host and VM: uuid or moref; device: the host's; gpu: id; engine: target name; model: name */
	char sub[32]; /* device: bdf; else "" */
};

bool ref_equal(const struct ref *a, const struct ref *b);
/* The same for hash tables whose keys are struct ref *. */
guint ref_hash(gconstpointer ref);
gboolean ref_same(gconstpointer a, gconstpointer b);

/* A reference from its parts; NULL is "", what is too long is cut. */
struct ref ref_make(enum thing kind, const char *source, const char *id, const char *sub);

/* ---- nouns ------------------------------------------------------------------------------------------------------- */

struct lab_source {
	struct ref ref;
	const char *name;
	enum target_kind kind;
	enum source_state state; /* with staleness found by age */
	const char *reason, *hint, *detail;
	int error; /* enum lab_error or -1 */
	bool named, insecure;
	bool answered; /* it has told at least one thing, or said that it cannot: status --wait ends on all of these */
	int64_t last_ns, interval_ms, since_ns, retry_at_ns;
	int64_t age_ms; /* of the newest thing told; -1 nothing yet */
};

struct lab_sensor {
	const char *name, *type, *unit, *state; /* as in struct sensor_row */
	enum sensor_kind kind;
	bool cools_card; /* a [card] section names it among the card's fans */
	struct num value;
	enum sensor_state health;
	struct ring history; /* steps: one entry a reading */
};

/* One hardware host, however many sources know it. */
struct lab_host {
	struct ref ref;
	const char *name;  /* by the source that was configured first: does not change with freshness */
	const char *shown; /* the same for screens, with where it is behind it where names look alike */
	const struct host_row *row;  /* the freshest live source's word */
	const struct host_row *also; /* the other source's, or NULL */
	bool stale;                  /* no live source: row is the last word */
	int64_t taken_ns;            /* when row was told */
	GPtrArray *sensors;          /* struct lab_sensor *; NULL: not told yet; empty: this board has none */
	int64_t sensors_ns, sensors_interval_ms;
};

struct lab_vm {
	struct ref ref;
	const char *name;  /* by the source that was configured first */
	const char *shown; /* as of a host */
	const struct vm_row *row, *also;
	const struct lab_host *host; /* or NULL */
	bool stale;
	int64_t taken_ns;
};

/* One volume, however many sources know it. */
struct lab_store {
	const char *name; /* by the source that was configured first */
	const struct datastore_row *row, *also;
	bool stale;
	int64_t taken_ns;
};

enum guest_match {
	GUEST_NONE,
	GUEST_CONFIGURED,
	GUEST_UUID,
	GUEST_UUID_SWAPPED,
	GUEST_MAC,
	GUEST_IP,
	GUEST_HOSTNAME
};
extern const char *const
	guest_match_names[7]; /* "none", "configured", "uuid", "uuid (swapped)", "mac", "ip", "host name" */

struct lab_guest {
	struct ref ref;
	const struct guest_row *row;
	const struct lab_vm *vm; /* or NULL */
	enum guest_match match;
	const char *ambiguous; /* why no VM was taken although one looked right, or NULL */
	bool stale;
	int64_t sample_ns; /* when the newest sample arrived; 0 none */
	GPtrArray *procs;  /* const struct proc_row *; NULL: nobody told yet */
	GPtrArray
		*owners; /* const struct lab_engine *: whose process procs[i] is, or NULL; as long as procs */
	GPtrArray *mounts; /* const struct mount_row *; NULL: nobody told yet */
};

/* Metrics whose last minutes are kept for plots. */
enum {
	HIST_JUNCTION,
	HIST_MEM,
	HIST_EDGE,
	HIST_POWER,
	HIST_SCLK,
	HIST_BUSY,
	HIST_VRAM,
	HIST_THROTTLE,
	HIST_COUNT
};

/* Where the temperature is going. Everything here is an estimate and is drawn as one. */
struct lab_trend {
	int nearest; /* enum metric: the sensor with the least room to its own limit; -1 no limit is known */
	double limit_c;      /* of that sensor */
	double room_c;       /* limit - value; NAN */
	double slope_c_min;  /* of that sensor; NAN with too little history */
	bool rising, steady; /* significantly; neither: falling, or not known (slope NAN) */
	double minutes, minutes_low,
		minutes_high; /* until the limit; NAN: not rising, or it will not get there */
	double tends_to_c; /* junction (edge where there is none) if all stays as it is; NAN not meaningful */
};

struct lab_gpu {
	struct ref ref;
	const struct gpu_row *row;
	struct lab_guest *guest;
	const struct gpu_sample *sample; /* newest, or NULL */
	bool stale;                      /* sample older than three intervals */
	int64_t age_ms;                  /* of the numbers; -1 none */
	struct lab_gpu *parent;          /* MIG instance or VF: its card */
	struct ring hist[HIST_COUNT];    /* one entry a second, NAN where nothing was told */
	int64_t throttled_since_ns;      /* thermal, by the rule in heat.h; 0 not now */
	struct num slowed_ms_hour;       /* thermal throttling within the last hour */
	int64_t hot_since_ns;            /* junction or edge at or over lab->warn_c; 0 not now */
	struct lab_trend trend;
	struct num unexplained_bytes; /* VRAM used that no process and no model accounts for */
};

struct lab_engine {
	struct ref ref;
	const struct engine_row *row;
	struct lab_guest *guest; /* configured, else by address, or NULL */
	const struct lab_vm *vm; /* the guest's, else by address, or NULL */
	bool stale;
	int64_t taken_ns;
	struct ring tokens; /* tokens per second, one entry an observation */
};

enum row_match { MATCH_NONE, MATCH_SLOT, MATCH_ORDER, MATCH_GUESS };
extern const char *const row_match_names[4]; /* "none", "slot", "order", "guess" */

/* A model on a GPU: how it is known. */
struct lab_placed {
	const struct lab_engine *engine;
	const struct model_row *model; /* NULL: the engine's process, which model is not known */
	struct num vram_bytes;         /* on this GPU */
	bool estimated;                /* by VRAM arithmetic, not by processes */
};

/* What labtop is for: a device on a host, the VM that owns it, the GPU the guest sees, the model that fills it.
 * One a GPU: host devices of the graphics classes joined with the guests' GPUs; parts (vGPU, MIG, VF) follow their card. */
struct lab_row {
	struct ref ref;
	const struct lab_host *host;
	const struct pci_row *device;
	const struct lab_vm *vm;
	const struct vm_device *vm_device;
	struct lab_guest *guest;
	struct lab_gpu *gpu;
	enum row_match match;
	const char *match_why;  /* "slot 1216: bridge 00:16.1", "refused: vendor or device id differs", ... */
	struct lab_row *parent; /* the card this is a part of, or NULL */
	const struct lab_engine *engine; /* the one with the most of this GPU, or NULL */
	GArray *placed;                  /* struct lab_placed */
	GPtrArray *fans; /* const struct lab_sensor *: the card's own by configuration, else NULL */
	const struct lab_sensor
		*slowest_fan;     /* the slowest of fans, else of the host's (fans is NULL then); or NULL */
	const char *owner, *note; /* from the card's section, or "" */
	enum tri riser;
	const char *label; /* "MI50", "A40 8q": short name for tables */
	int severity;      /* worst finding on it: 0 none, 1 info, 2 advice, 3 warn, 4 block */
};

/* A process that holds VRAM, belongs to no engine and runs for more than ten minutes: training, a notebook, a stray. */
struct lab_job {
	const struct lab_guest *guest;
	const struct proc_row *proc;
	struct num vram_bytes; /* on all GPUs */
	int64_t runs_ms;
};

/* A metric of a row: the guest's, else what the host counts for a card that its vGPU driver owns. */
enum row_origin { FROM_NOBODY, FROM_GUEST, FROM_HOST };

/* ---- findings: what the model itself can tell is wrong (the rules of the doctor come on top) ------------------- */

enum severity { SEV_INFO = 1, SEV_ADVICE, SEV_WARN, SEV_BLOCK };
extern const char *const severity_names[5]; /* NULL, "info", "advice", "warn", "block" */

struct finding {
	const char *id; /* rules.md: "HOST-PT-STALE" */
	enum severity severity;
	bool unknown; /* could not be told, with the reason in text */
	struct ref subject;
	char *subject_text, *text, *evidence, *fix;
	int64_t since_ns; /* 0 not known */
	uint64_t place;   /* among those as bad: what is about one thing stands together */
	bool live;        /* goes on now and may pass, unlike a setting */
	bool last;        /* nothing is hurt by it now: a VM without a card */
	bool ticks;       /* found by a rule that looks at the clock */
};

/* ---- the lab ----------------------------------------------------------------------------------------------------- */

/* A [card HOST BDF] section: the person's own knowledge. */
struct card_note {
	char *host, *bdf;
	char **fans; /* sensor names, NULL-terminated, or NULL */
	enum tri riser;
	char *owner, *note;
};

struct log_line {
	int64_t wall_ms; /* when it was said last */
	int level;
	unsigned times;
	const char *source, *text;
};

struct lab {
	char *name;
	bool demo;
	int64_t now_ns, now_wall_ms; /* told by lab_set_time() */

	/* All arrays are in a stable order: sources as configured, the rest by name. Elements are owned by the lab. */
	GPtrArray *sources;           /* struct lab_source * */
	GPtrArray *hosts;             /* struct lab_host * */
	GPtrArray *vms;               /* struct lab_vm * */
	GPtrArray *guests;            /* struct lab_guest * */
	GPtrArray *gpus;              /* struct lab_gpu *: of all guests, parts after their card */
	GPtrArray *engines;           /* struct lab_engine * */
	GPtrArray *rows;              /* struct lab_row *: grouped by host, then address */
	GPtrArray *datastores;        /* struct lab_store * */
	GPtrArray *tasks;             /* const struct task_row *, newest first */
	GPtrArray *events;            /* const struct event_row *, newest first */
	bool tasks_told, events_told; /* by every hypervisor: else there may be some that are not known */
	GPtrArray *jobs;              /* struct lab_job * */
	GPtrArray *findings;          /* struct finding *, worst first */
	GPtrArray *runs;              /* struct run *: plans carried out here, oldest first (runs.h) */
	GPtrArray *log;               /* struct log_line *, newest last, at most 1000 */

	double warn_c; /* [thermal] warn, hold */
	int64_t hold_ms;

	uint64_t version; /* counts up with every change that can be seen */
	struct lab_private *p;
};

/* An empty lab. now_ns is CLOCK_MONOTONIC, or the demo's clock. */
struct lab *lab_new(const char *name, bool demo);
void lab_free(struct lab *lab);

/* Every source the configuration names exists from the start, as "connecting". Borrowed until lab_free(). */
void lab_add_target(struct lab *lab, const struct target *t);
/* The thermal policy where nobody sets one: at or over so many °C for so long. */
#define THERMAL_WARN_C  85
#define THERMAL_HOLD_MS 60000

/* The one temperature from which a card is called hot, by findings, cells and plots. */
void lab_set_thermal(struct lab *lab, double warn_c, int64_t hold_ms);
/* Takes the note. */
void lab_add_card_note(struct lab *lab, struct card_note *take_note);

/* Advances the clock: ages, staleness, trends. Cheap; once a second or a frame. */
void lab_set_time(struct lab *lab, int64_t now_ns, int64_t now_wall_ms);

/* Folds one observation in and owns it from then on. Returns the next of the chain (obs->next). At most 2 ms for the
 * batch sizes that observation.h names. */
struct obs *lab_fold(struct lab *lab, struct obs *take_obs);

/* Brings joins, rows and findings up to date when something they depend on was folded; views call nothing else. */
void lab_settle(struct lab *lab);

void lab_log(struct lab *lab, int level, const char *source, const char *text);

/* Look-ups; NULL when it is gone. */
const struct lab_source *lab_find_source(const struct lab *lab, enum target_kind kind, const char *name);
const struct lab_host *lab_find_host(const struct lab *lab, const struct ref *ref);
const struct lab_vm *lab_find_vm(const struct lab *lab, const struct ref *ref);
const struct lab_engine *lab_find_engine(const struct lab *lab, const struct ref *ref);
const struct lab_row *lab_find_row(const struct lab *lab, const struct ref *ref);

/* The device of a host at an address, or NULL. */
const struct pci_row *lab_host_device(const struct lab_host *host, const char *bdf);

/* A finding by rule, about one subject or (NULL) any. */
const struct finding *lab_find_finding(const struct lab *lab, const char *id, const struct ref *subject);
/* By subject (struct ref *) the worst struct finding about it, unknown ones left out. Points into the lab; the caller
 * unrefs. */
GHashTable *lab_worst_findings(const struct lab *lab);

/* What a row is: a card, or a part of one: vGPU, MIG instance, virtual function (SR-IOV). */
enum gpu_kind lab_row_kind(const struct lab_row *row);

/* A virtual function that no VM has and no guest tells of. */
bool lab_row_is_spare(const struct lab_row *row);

/* A card may have dozens of those, which would bury what is in use: how many of the card at lab->rows[at] are counted on
 * one line where people read; 0 where they are few enough to be listed. */
int lab_spares_to_fold(const struct lab *lab, guint at);

/* The row's value of a metric and who told it; *origin may be NULL. A part that somebody has (vGPU, VF) has its card's
 * temperature, never its card's power. */
struct num lab_row_metric(const struct lab_row *row, enum metric m, enum row_origin *origin);

/* The temperature that is shown first: junction, else edge, else what the host counts. */
struct num lab_row_temp(const struct lab_row *row);

/* Whether the numbers of the row are old. */
bool lab_row_stale(const struct lab_row *row);

/* What the source was refused, "path: why" each, sorted, each once however many objects lack it. Texts are borrowed until
 * the next fold; the caller unrefs the array. */
GPtrArray *lab_source_partial(const struct lab *lab, const struct lab_source *source);

/* True once every source that was asked has answered or failed (status --wait). */
bool lab_all_answered(const struct lab *lab);

#endif
