/* configuration.h - what the user wrote down: targets, cards, the screen. Every fault costs its line and no more. */
#ifndef CLI_CONFIGURATION_H
#define CLI_CONFIGURATION_H

#include "lab/error.h"
#include "lab/lab.h"

#include <stdbool.h>

#define COMPLAINTS_MAX 20

enum read_only { READ_ONLY_YES, READ_ONLY_NO, READ_ONLY_LOCKED };

struct config {
	char *name;   /* of the lab */
	char *theme;  /* or NULL */
	char *glyphs; /* "unicode", "block", "ascii" or NULL: by the locale */
	enum read_only read_only;
	bool mouse;
	int64_t interval_ms;
	double thermal_warn_c;
	int64_t thermal_hold_ms;
	GPtrArray *targets; /* struct target *, owned: in the order they were written */
	GPtrArray *cards;   /* struct card_note *, owned until the lab takes them: lab_add_card_note() */
	GHashTable *
		speakers; /* struct target *, of targets -> by which files it is spoken of; the reader's own */
	GHashTable *keys;    /* command -> keys as written; config_load() leaves those that hold */
	GHashTable *keys_at; /* command -> "labtop.conf:12" */
	GPtrArray *
		complaints; /* char *: "labtop.conf:12: ...", in order; config_load() counts what is over the cap */
	GPtrArray *files; /* char *: what was read */
};

/* Everything as it is without a configuration. */
struct config *config_new(void);
void config_free(struct config *c);

/* Reads the file that the user named, or (NULL) labtop.conf of the configuration directory and then the files of labtop.d
 * beside it in the order of names. Only a named file that cannot be read is an error; no configuration at all is none. */
bool config_load(struct config *c, const char *named_file, GError **error);

/* How far a file may be believed. */
struct file_standing {
	bool is_private; /* only its owner, who is us, can read it: a password in it counts */
	const char *
		distrust; /* who else may write it, in words, and what to do: what runs something does not count; or NULL */
};

/* Reads one file's text into c. */
void config_read(struct config *c, const char *name, const char *text, gssize len,
		 const struct file_standing *standing);

struct target *config_find_target(const struct config *c, enum target_kind kind, const char *name);

#endif
