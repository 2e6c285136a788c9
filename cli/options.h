/* options.h - the command line as two tables, options and verbs. Parsing, --help, the manual page and the completion are
 * all made of them. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "lab/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the command line said. Zeroed, then the standards below; strings are borrowed from argv. */
struct options {
	bool demo;
	int64_t seed, at_s;
	const char *config, *theme, *view, *trace;
	bool ascii, write, plain;
	int64_t frames, interval_ms; /* 0: not given */
	bool json, ansi, once, yes, dry_run;
	int64_t wait_ms; /* -1: not given */
	int64_t watch_ms;
	const char *size, *keys, *sysfs_root, *generate, *output;
	const char *confirm; /* names, a line each; or NULL */
	bool help, version;
	const struct verb *verb; /* never NULL: the console when none was named */
	const char *words[24];   /* what stood after the verb */
	int n_words;
};

enum option_type {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_LINES, /* may be given more than once: a line each */
	OPTION_WHOLE,
	OPTION_SECONDS
}; /* seconds: kept as ms, may have a fraction */

struct option_info {
	const char *name; /* without the dashes */
	char letter;      /* or 0 */
	enum option_type type;
	size_t offset;     /* of its field in struct options */
	int64_t min, max;  /* of numbers, as typed */
	const char *value; /* "FILE", or NULL for flags */
	const char *
		complete; /* words for the completion, or "file", "dir", "@themes", "@views"; NULL: anything */
	const char *help; /* one line */
};

#define WORDS_MAX ((int)G_N_ELEMENTS(((struct options *)0)->words))

struct verb {
	const char *name;     /* NULL: the console */
	const char *words;    /* "ls|ps|show [ENGINE] [MODEL]", "" none */
	const char *complete; /* words for the completion of the first word */
	int min_words, max_words;
	const char *brief;   /* one line */
	const char *help;    /* a paragraph */
	const char *options; /* its own, by name: "json wait" */
	int (*run)(struct options *o);
};

extern const struct option_info options_all[]; /* ends with a NULL name */
extern const struct verb verbs_all[];          /* the console first; ends with a NULL brief */

/* The options that every verb takes: the first line of the command line in design.md. */
bool option_is_common(const struct option_info *option);
/* --generate is for the build: neither help nor completions offer it. */
bool option_is_hidden(const struct option_info *option);
bool verb_has_option(const struct verb *verb, const struct option_info *option);

const struct option_info *option_by_name(const char *name);

/* Reads argv; options may stand before or after the verb and its words, "--" ends them. LAB_ERR_USAGE, with the nearest
 * known word when one is near. */
bool options_parse(struct options *o, int argc, char **argv, GError **error);

#endif
