/* target.h - something to talk to, as the configuration, the environment or a first look named it. Plain data. */
#ifndef LAB_TARGET_H
#define LAB_TARGET_H

#include <glib.h>
#include <stdbool.h>

enum target_kind {
	TARGET_VSPHERE,
	TARGET_GUEST,
	TARGET_ENGINE,
	TARGET_PCI,     /* this machine's devices; no section of its own */
	TARGET_DEMO,    /* the built-in lab */
	TARGET_JOURNAL, /* plans and what became of them, in the state directory; no section of its own */
	TARGET_COUNT
};

#define TARGET_JOURNAL_NAME "journal" /* there is one */

extern const char *const target_kind_names[TARGET_COUNT]; /* "vsphere", "guest", ... */

/* One section of the configuration. Values are as written; the backend reads what it knows through target_get(). */
struct target {
	enum target_kind kind;
	const char *name; /* clean text, unique within its kind */
	bool named; /* a person named it (configuration, environment, option): it counts for exit status 3 and 5 */
	const char *origin; /* "labtop.conf:12", "GOVC_URL", "first look": for messages */
	GHashTable *values; /* owned: key -> value, both char * */
};

struct target *target_new(enum target_kind kind, const char *name);
void target_free(struct target *t);

/* The value, or NULL when the section does not have it. Borrowed. */
const char *target_get(const struct target *t, const char *key);
void target_set(struct target *t, const char *key, const char *value);

/* Duration of a key in ms ("500ms", "30s", "10m", "4h", "7d", bare seconds), or fallback when absent or malformed. */
gint64 target_ms(const struct target *t, const char *key, gint64 fallback_ms);

/* yes / no, or fallback. */
bool target_bool(const struct target *t, const char *key, bool fallback);

/* Parses a duration as above; false leaves *ms alone. */
bool duration_parse(const char *text, gint64 *ms);

#endif
