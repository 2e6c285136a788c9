/* wire.h - the agent's wire (design.md, Agent stream): every key of every object, once.
 *
 * The agent writes its structs by these tables, reads what its library children say by them, and the console reads rows
 * by them: a key cannot be written in one way and read in another. Units stand in the keys; metrics and limits have
 * theirs, with their bounds, in lab/metric.h. This is data only: gpu/wire_write.c has the agent's side,
 * guest/wire_read.c the console's, both with a function a form.
 */
#ifndef GPU_WIRE_H
#define GPU_WIRE_H

#include <stdint.h>

#include "lab/num.h"

#define WIRE_PROTOCOL 1

/* How a value stands in a line, in the agent's struct ("told") and in the console's row. */
enum wire_form {
	WIRE_TEXT,   /* told char[], row text; "" is left out */
	WIRE_STRING, /* told char *, row text; NULL and "" are left out */
	WIRE_COMMAND, /* as STRING: a command line, from which the reader takes what looks like a secret as the agent did */
	WIRE_LOWER,  /* as TEXT; lower case in the row, where it is compared */
	WIRE_LIST,   /* told GPtrArray of texts, row a list that ends with NULL */
	WIRE_LOWERS, /* as LIST and LOWER */
	WIRE_BDF,    /* told char[], row char[BDF_SIZE]: a whole address or nothing at all */
	WIRE_ID,     /* told char[] of hex digits, row uint16_t */
	WIRE_IDS,    /* told char[] "1002:0834", row two uint16_t, the second right behind the first */
	WIRE_WORD,   /* told an enum, row the same or text; what has no word is left out */
	WIRE_NUMBER, /* a number of any wire_type on both sides; left out where it is not within min and max */
	WIRE_TRI,    /* a boolean; left out where it is not known */
	WIRE_LIMITS,   /* an object by limit_info */
	WIRE_METRICS,  /* by metric_info, beside the object's other keys: the field has none of its own */
	WIRE_ORIGINS,  /* an object by metric_info: who told it */
	WIRE_BARS,     /* a list of sizes, in order */
	WIRE_THROTTLE, /* a list by throttle_names; left out where nobody knows */
	WIRE_BITS,     /* throttle_bits, of those who have them */
	WIRE_ERRORS,   /* an object by metric_info: why there is no value now; left out where all is well */
	WIRE_FORMS
};

enum wire_type { WIRE_NONE, WIRE_INT, WIRE_UNSIGNED, WIRE_INT64, WIRE_NUM, WIRE_OTHER };

/* Where a value is in a struct; WIRE_NONE: this side does not have it. */
struct wire_place {
	uint16_t offset, size;
	enum wire_type type;
};

struct wire_field {
	const char *key;
	enum wire_form form;
	struct wire_place told, row;
	/* of a NUMBER */
	double min, max;
	int decimals;
	/* of a WORD; entries that are NULL have none */
	const char *const *words;
	int n_words;
};

struct wire_table {
	const struct wire_field *fields;
	int count;
};

/* The objects; in brackets the agent's struct and the console's. */
extern const struct wire_table wire_hello;   /* struct wire_hello_told, struct guest_row */
extern const struct wire_table wire_guest;   /* struct guest_facts, struct guest_row */
extern const struct wire_table wire_library; /* struct vendor_facts, struct library_row */
extern const struct wire_table wire_gpu;     /* struct gpu_info, struct gpu_row */
extern const struct wire_table wire_origins; /* struct card, struct gpu_row */
extern const struct wire_table wire_sample;  /* struct wire_sample_told, struct sample */
extern const struct wire_table wire_reading; /* struct wire_reading_told, struct gpu_sample */
extern const struct wire_table wire_values;  /* struct gpu_values, struct gpu_sample */
extern const struct wire_table wire_process; /* struct process, struct proc_row */
extern const struct wire_table wire_use;     /* struct wire_use_told, struct proc_gpu */
extern const struct wire_table wire_mount;   /* struct wire_mount_told, struct mount_row */
/* Between a library's child and the agent only. */
extern const struct wire_table wire_answer;         /* struct wire_answer_told */
extern const struct wire_table wire_vendor_process; /* struct vendor_process */

/* What objects and lists within objects are called. */
#define WIRE_KEY_PROTOCOL  "labtop-agent"
#define WIRE_KEY_GUEST     "guest"
#define WIRE_KEY_LIBRARIES "libraries"
#define WIRE_KEY_GPUS      "gpus"
#define WIRE_KEY_ID        "id"
#define WIRE_KEY_SEQ       "seq"
#define WIRE_KEY_PROCS     "procs"
#define WIRE_KEY_MOUNTS    "mounts"
#define WIRE_KEY_LIBRARY   "library" /* this and "values": of a library's child */
#define WIRE_KEY_VALUES    "values"

/* Why a value is missing, as "err" says it: by enum num_state, NULL for what is no reason. */
extern const char *const wire_reasons[NUM_STATES];

/* Structs of the wire alone. */
struct wire_hello_told {
	const char *version;
	int interval_ms, pid;
};

struct wire_sample_told {
	int64_t seq, mono_ms, wall_ms;
};

struct wire_reading_told {
	const char *id;
	int64_t age_ms; /* -1: nothing was read yet */
};

/* What one process does with one card. */
struct wire_use_told {
	const char *gpu; /* id: the name of the object, so not in the table */
	struct num vram_bytes, busy_pct;
};

struct wire_mount_told {
	const char *source, *target, *fstype;
	int64_t age_ms;
	struct num total_bytes, free_bytes;
};

struct wire_answer_told {
	int card;
	int64_t taken_ms;
};

#endif
