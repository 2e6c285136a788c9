/* props.h - answers of the PropertyCollector as a stream of objects, by tables of properties.
 *
 * A table says for one type of managed object which properties are wanted, in which read, since which API version, and
 * which leaves of their values go where. The reader walks an answer (RetrievePropertiesEx, its continuations,
 * WaitForUpdatesEx) once, as it arrives, and hands over one finished draft an object. No value is ever kept as a tree.
 */
#ifndef BACKENDS_VSPHERE_PROPS_H
#define BACKENDS_VSPHERE_PROPS_H

#include "backends/vsphere/leaf.h"
#include "backends/vsphere/soap.h"

/* Which reads ask for a property. */
enum prop_set {
	SET_LIVE = 1 << 0,   /* in the first read and in the filter of WaitForUpdatesEx */
	SET_DETAIL = 1 << 1, /* read once, and again when something says that it changed */
};

#define DRAFT_LISTS 7 /* lists that one object can have */

/* One property of a managed object. */
struct prop {
	const char *path;          /* "hardware.pciDevice" */
	unsigned sets;             /* of enum prop_set */
	const char *since;         /* API version; NULL: always there */
	const struct leaf *leaves; /* below the value; below one element of it when it is a list */
	/* A list: its elements stand directly in the value (ArrayOf...) or as each `item` of it. */
	int list;         /* which of the draft's lists, from 1; 0: no list, leaves go into the row */
	const char *item; /* NULL: every child of the value is an element */
};

/* A type of managed object. */
struct prop_type {
	const char *vim;          /* "HostSystem" */
	const struct prop *props; /* ends with path NULL */
	size_t row_size;
	size_t item_size[DRAFT_LISTS + 1]; /* by list number */
};

enum prop_change { PROP_ENTER, PROP_MODIFY, PROP_LEAVE };

struct prop_missing {
	const char *path; /* "": all of the object */
	const char *fault,
		*message; /* fault: type name; "" where we left it out ourselves, and message says why */
	bool within;      /* of a list that was read: only a value in it is missing */
};

/* One object of an answer while it is read. Strings live in box, which holds until the next object. */
struct draft {
	const struct prop_type *type;
	enum prop_change change; /* PROP_ENTER for plain reads */
	const char *moref;       /* raw */
	struct box *box;
	void *row;                      /* type->row_size bytes */
	GArray *lists[DRAFT_LISTS + 1]; /* of items, by list number */
	bool arrived[DRAFT_LISTS + 1];  /* the list was told by this answer, be it empty */
	GArray *missing;                /* struct prop_missing */
	unsigned sets;                  /* all properties of these were asked for; 0 in updates */
	uint64_t told;                  /* bit n: property n of the type stood in this answer */
};

/* The object was deleted while it was being read: said of all of it, by no path. */
bool prop_object_gone(const struct prop_missing *m);

/* An answer, which is one page of a reading. */
enum props_page { PAGE_BEGINS, PAGE_WHOLE, PAGE_BROKEN };

struct props_handler {
	/* An object begins: fills d->row with what is known of it so far (all texts non-NULL). False skips the object. */
	bool (*begin)(void *data, struct draft *d);
	/* All of it was read. */
	void (*end)(void *data, struct draft *d);
	/* What end() was told since a page began counts once the page was read whole; of a broken one nothing does. May be
	 * NULL, where what was told is looked at only after the whole reading. */
	void (*page)(void *data, enum props_page how);
};

struct props_reader;

/* What a call asks for of one type. */
struct prop_read {
	const struct prop_type *type; /* NULL ends a list of these */
	unsigned sets;
};

/* reads: what was asked for, ends with type NULL; borrowed. whole: the answer tells of every property that has a value, so
 * that one which is not there is not set any more (plain reads; not updates). */
struct props_reader *props_reader_new(const struct prop_read *reads, bool whole,
				      const struct props_handler *handler, void *data);
void props_reader_free(struct props_reader *r);

/* To be given to soap_call() together with the reader as its data. */
extern const struct xml_handler props_reply;

/* What stood beside the objects in the answers so far. Borrowed. */
const char *props_token(const struct props_reader *r);   /* "" none: the answer was whole */
const char *props_version(const struct props_reader *r); /* "" none: nothing happened (time-out) */
bool props_truncated(const struct props_reader *r);      /* more updates are ready */
bool props_session_lost(const struct props_reader *r);   /* a missingSet said NotAuthenticated */

/* Around each call: forgets token, version and flags before it; tells the handler how its page went after it. */
void props_page_begin(struct props_reader *r);
void props_page_end(struct props_reader *r, bool whole);

/* ---- requests: wire order is the schema's ------------------------------------------------------------------- */

/* What a server cannot tell: paths that it refused. Kept as long as its connection. */
struct prop_limits {
	const char *version; /* API version spoken */
	GHashTable *refused; /* path -> itself */
};

bool prop_wanted(const struct prop *p, unsigned sets, const struct prop_limits *limits);

/* <propSet> of one type; nothing when no path is left. */
void props_append_set(GString *out, const struct prop_type *type, unsigned sets,
		      const struct prop_limits *limits);

/* <objectSet> of one object, or of what a traversal of one path leads to from it. */
void props_append_object(GString *out, struct vim_ref object);
void props_append_traversal(GString *out, struct vim_ref from, const char *path);

/* A leaf table for a property that is one plain value. */
#define PROP_VALUE(p, s, v, l)                                        \
	{                                                             \
		.path = (p), .sets = (s), .since = (v), .leaves = (l) \
	}

#endif
