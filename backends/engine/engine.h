/* engine.h - what the parts of this directory share: one engine being read, one reading under way.
 *
 * Each kind of engine is one file with one struct engine_ops; engine.c drives them, detect.c picks one, ask.c makes the
 * requests. Nothing here changes anything at an engine (paths.h).
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "backends/backend.h"
#include "backends/engine/paths.h"
#include "backends/engine/url.h"
#include "backends/http.h"
#include "backends/json.h"
#include "lab/rows.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define ENGINE_MODELS_CAP 4096
#define COUNT_MAX         9007199254740992.0 /* 2^53: the largest count that a struct num holds exactly */

struct engine {
	const struct target *target;
	struct engine_url url;
	struct http *http;
	struct cancel *cancel;
	const char *key;               /* secret, or NULL; the store's */
	const struct engine_ops *ops;  /* NULL: nobody knows yet what answers */
	void *state;                   /* of ops: what it remembers between readings */
	int64_t (*clock_us)(void);     /* monotonic; a test brings its own */
	int64_t polled_us;             /* by the clock; 0: never */
	bool refresh;                  /* a person wants everything read again, also what rarely changes */
	GPtrArray *addresses;          /* NULL until it answered once */
	char *told;                    /* the detail beside its name, as told last; NULL: none yet */
	int64_t barred_us[PATH_COUNT]; /* when it answered that it has nothing for us there; 0 it never did */
};

/* One reading under way: the row and its models grow in the box. */
struct reading {
	struct box *box;
	struct engine_row *row;
	GArray *models;  /* of struct model_row; given to the row at the end */
	int64_t wall_ms; /* now */
};

struct engine_ops {
	enum engine_kind kind;
	int port;       /* where it listens when nobody says otherwise */
	int64_t gap_ms; /* it is never asked more often, whatever the configuration says */
	size_t state_size;
	/* Reads once into r; row->state says what it is doing. LAB_ERR_AUTH: it wants a key. LAB_ERR_PROTOCOL and LAB_ERR_NOT_FOUND: perhaps this is no longer an engine of
	 * this kind. */
	bool (*poll)(struct engine *e, struct reading *r, GError **error);
	void (*forget)(void *state); /* frees what the state holds, or NULL */
};

extern const struct engine_ops ollama_ops, vllm_ops, llamacpp_ops, llamaswap_ops, comfyui_ops, a1111_ops,
	openai_ops;

/* All kinds, ends with NULL. */
extern const struct engine_ops *const engine_kinds[];
const struct engine_ops *engine_ops_of(const char *kind); /* NULL: no such kind */

/* ---- detect.c ---- */

/* Finds out what answers, by the order of probes that tells look-alikes apart. NULL: nothing answered, or nothing known. */
const struct engine_ops *engine_detect(struct engine *e, GError **error);

/* ---- ask.c ---- */

/* GETs an allowed path. model: ask the router about this loaded model (per_model paths only), else NULL. False: no whole
 * answer (unreachable, time-out, cancelled, too big). out must be cleared in both cases; zero it first. */
bool engine_get(struct engine *e, enum engine_path path, const char *model, struct http_response *out,
		GError **error);

/* The same for detection: short limits, and of a long answer only the beginning. */
bool engine_probe(struct engine *e, enum engine_path path, struct http_response *out, GError **error);

/* Turns an answer that is no plain success into an error in the engine's words; true for 200. */
bool engine_judge(const struct engine *e, enum engine_path path, const struct http_response *answer,
		  GError **error);

/* "redirects to URL, which is not followed", clean; NULL when the answer is no redirect. The caller frees. */
char *engine_redirect(const struct http_response *answer);

/* The JSON of type that the path answers; *status (may be NULL) is the HTTP status, 0 when there was no answer. A 200 with
 * an "error" member is an error. The caller decrefs. */
json_t *engine_get_json(struct engine *e, enum engine_path path, const char *model, json_type type,
			int *status, GError **error);

/* False for an error that only says that this one path cannot be had: no such path, switched off, not allowed, no sense. True
 * where the engine does not answer at all, or the wait was cancelled. */
bool engine_is_gone(const GError *why);

/* Clears an error that only says that one path cannot be had, and tells so; leaves any other. */
bool engine_optional(GError **error);

/* A path that need not be there, and that has once answered an error in place of what we want, is not asked with every
 * reading: again after five minutes, or when a person wants everything read. status: what it answered; one that only fails at
 * present (5xx) is not barred. */
void engine_bar(struct engine *e, enum engine_path path, int status);
bool engine_barred(const struct engine *e, enum engine_path path);

/* JSON of such a path into *out: NULL where it cannot be had. *status (may be NULL): 0 when it was not asked. False only when
 * the engine itself is gone. */
bool engine_get_optional(struct engine *e, enum engine_path path, json_type type, json_t **out, int *status,
			 GError **error);

/* Whether its kind is to be found out, and may change. */
bool engine_is_automatic(const struct engine *e);

/* ---- reading.c ---- */

/* An engine row with every string set, what the target tells filled in. */
void reading_start(struct reading *r, struct box *box, const struct engine *e);

/* Numeric addresses as a list in the box, or NULL. */
const char *const *reading_addresses(struct box *box, const GPtrArray *found);

/* Hands the models to the row. */
void reading_finish(struct reading *r);

/* A new model with every string set; name is raw. NULL when there are too many. The pointer holds until the next add. */
struct model_row *reading_add_model(struct reading *r, const char *name);
struct model_row *reading_find_model(const struct reading *r, const char *name);

/* "7.2B" of a number of parameters, in the box; "" when not known. */
const char *reading_params(struct reading *r, struct num parameters);

/* True when ms have passed since *last_us (by the clock; 0 never) or a refresh was asked for; *last_us is then now. For what
 * changes rarely. */
bool engine_due(const struct engine *e, int64_t *last_us, int64_t ms);

#endif
