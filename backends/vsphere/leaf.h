/* leaf.h - elements of a reply become fields of a struct, by tables.
 *
 * A table names the leaves that are wanted by their path below some element, what kind of value each is, and where in a
 * struct it belongs. What no table names is skipped without being looked at. Unset values stay as they were before.
 */
#ifndef BACKENDS_VSPHERE_LEAF_H
#define BACKENDS_VSPHERE_LEAF_H

#include "backends/xml.h"
#include "lab/box.h"
#include "lab/num.h"
#include "lab/rows.h"

#include <stdint.h>

enum leaf_kind {
	LEAF_TEXT,  /* const char *: clean text */
	LEAF_NAME,  /* const char *: clean text; vSphere's own %2f %5c %25 undone first */
	LEAF_LOWER, /* const char *: clean text in lower case (UUIDs, MAC addresses) */
	LEAF_RAW,   /* const char *: as it came (references, keys) */
	LEAF_TYPE, /* const char *: clean text: the element's xsi:type without its prefix, or its type attribute */
	LEAF_NUM,   /* struct num: a number times scale */
	LEAF_INT,   /* int32_t */
	LEAF_TRI,   /* enum tri: true or false */
	LEAF_ID16,  /* uint16_t: an xsd:short or xsd:int whose low 16 bits are a PCI id */
	LEAF_HEX16, /* uint16_t: the same written as hexadecimal digits */
	LEAF_BDF,   /* char[BDF_SIZE]: a PCI address in any spelling */
	LEAF_TIME,  /* int64_t: an xsd:dateTime as wall clock ms */
	LEAF_WORD,  /* int: place of the text in words (from 1), in any case; 0 when it is none of them */
	LEAF_LIST,  /* struct leaf_text *: every value of a repeated element, newest first */
	LEAF_COUNT, /* struct num: how often the element is there */
};

struct leaf_text {
	const char *text;
	const struct leaf_text *next;
	int n; /* how many from here to the end */
};

struct leaf {
	const char *path; /* "backing/id"; "" the element itself; a leading "**" slash: at any depth */
	enum leaf_kind kind;
	size_t offset;
	double scale;             /* LEAF_NUM; 0 means 1 */
	const char *const *words; /* LEAF_WORD: ends with NULL */
};

/* Rows of a table: LEAF(struct pci_row, bdf, LEAF_BDF, "id"). */
#define LEAF(type, field, k, p)                                           \
	{                                                                 \
		.path = (p), .kind = (k), .offset = offsetof(type, field) \
	}
#define LEAF_SCALED(type, field, s, p)                                                       \
	{                                                                                    \
		.path = (p), .kind = LEAF_NUM, .offset = offsetof(type, field), .scale = (s) \
	}
#define LEAF_ENUM(type, field, w, p)                                                          \
	{                                                                                     \
		.path = (p), .kind = LEAF_WORD, .offset = offsetof(type, field), .words = (w) \
	}

#define LEAF_LIST_CAP 1024 /* entries of one LEAF_LIST */

/* Where the reader stands below the element that its table speaks of. */
struct leaf_reader {
	const struct leaf *leaves; /* ends with path NULL */
	void *into;
	struct box *box; /* holds the strings */
	GString *path;
};

void leaf_reader_init(struct leaf_reader *r);
void leaf_reader_clear(struct leaf_reader *r);

/* The element that the table's paths are relative to has begun. */
void leaf_begin(struct leaf_reader *r, const struct leaf *leaves, void *into, struct box *box,
		const struct xml_tag *tag);

/* An element below it begins; false when no leaf is in it. */
bool leaf_start(struct leaf_reader *r, const struct xml_tag *tag);

/* The innermost element ends. At the end of the outermost one this is called too (path ""). */
void leaf_end(struct leaf_reader *r, const char *text, size_t len);

/* One value from its text. False when the text is no such value; *at is then "not known" (numbers: NUM_BAD). */
bool leaf_set(const struct leaf *leaf, void *at, struct box *box, const char *text);

/* Back to "not known" ("" for texts). */
void leaf_unset(const struct leaf *leaf, void *into);

/* Whether the field of a leaf says the same in two structs; a list never does. */
bool leaf_same(const struct leaf *leaf, const void *a, const void *b);

/* ---- single values, for tests and for what is no table ------------------------------------------------------- */

/* xsd:dateTime with any fraction to wall clock ms; 0 when it is none. */
int64_t leaf_parse_time(const char *text);

/* A vSphere name with its own escapes undone; the caller frees it. */
char *leaf_unescape_name(const char *text);

/* A list as a NULL-terminated array in the box, in the order of the reply; NULL when empty. */
const char *const *leaf_texts(struct box *box, const struct leaf_text *list);

#endif
