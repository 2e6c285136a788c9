/* config_keys.h - every section and key of the configuration, once: the reader checks by it, the manual page is made of
 * it. Formats: design.md, Configuration keys. */
#ifndef CLI_CONFIG_KEYS_H
#define CLI_CONFIG_KEYS_H

#include <glib.h>
#include <stdbool.h>

enum key_type {
	KEY_TEXT,
	KEY_BOOL,     /* yes, no */
	KEY_DURATION, /* 500ms 30s 10m 4h 7d, bare seconds */
	KEY_CHOICE,   /* one of choices */
	KEY_LIST,     /* comma-separated */
	KEY_NUMBER,
	KEY_COMMAND,  /* split as a shell would, run without one */
	KEY_URL,      /* no password in it */
	KEY_SECRET,   /* only from a 0600 file of the user's own */
	KEY_BDF,      /* PCI addresses, comma-separated */
	KEY_FILE,     /* a file that is obeyed, or whose text is sent away */
	KEY_VARIABLE, /* of the environment: its value is sent away */
	KEY_PRINT,    /* a certificate's thumbprint, or sha256//… of its key */
	KEY_TYPE_COUNT,
};

struct config_key {
	const char *name;
	enum key_type type;
	const char *choices;  /* KEY_CHOICE: "tls|ca|insecure" */
	const char *standard; /* what holds without it, or NULL */
	const char *help;     /* one sentence without a full stop */
};

struct config_section {
	const char *kind;
	const char *title; /* as the manual writes the heading: "guest NAME" */
	int words;         /* names after the kind */
	const char *help;
	const struct config_key *keys; /* ends with a NULL name; NULL: any key */
};

extern const struct config_section config_sections[]; /* ends with a NULL kind */

const struct config_section *config_section_by_kind(const char *kind);
const struct config_key *config_key_by_name(const struct config_section *section, const char *name);

/* True for what runs something, or reads a secret and sends it away: it counts only in a file that nobody else can write. */
bool config_key_needs_trust(const struct config_key *key);

/* Is value good for the key? When not, why is told ("is no duration: 500ms 30s 10m 4h 7d"); owned by the caller. */
bool config_key_accepts(const struct config_key *key, const char *value, char **why_out);

#endif
