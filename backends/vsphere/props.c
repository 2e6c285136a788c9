/* props.c - the walk through a PropertyCollector answer: a table of moves between places, and drafts that are filled on
 * the way. Knows the shape of the answers, not what the objects are. */
#include "config.h"
#include "backends/vsphere/props.h"

#include "backends/vsphere/version.h"

#include <string.h>

#define LIST_CAP    8192 /* elements of one list of one object */
#define MISSING_CAP 256

enum place {
	AT_REPLY,
	AT_RESULT,
	AT_TOKEN,
	AT_VERSION,
	AT_TRUNCATED,
	AT_FILTER,
	AT_OBJECT,
	AT_KIND,
	AT_OBJ,
	AT_PROP,
	AT_NAME,
	AT_OP,
	AT_VALUE,
	IN_VALUE, /* below a value that is no list, or within a list's element */
	AT_MISSING,
	AT_PATH,
	AT_FAULT,
	AT_FAULT_TYPE,
	AT_FAULT_MESSAGE,
};

static const struct {
	enum place from;
	const char *name;
	enum place to;
} moves[] = {
	{AT_REPLY, "returnval", AT_RESULT},
	/* RetrieveResult */
	{AT_RESULT, "token", AT_TOKEN},
	{AT_RESULT, "objects", AT_OBJECT},
	/* UpdateSet */
	{AT_RESULT, "version", AT_VERSION},
	{AT_RESULT, "truncated", AT_TRUNCATED},
	{AT_RESULT, "filterSet", AT_FILTER},
	{AT_FILTER, "objectSet", AT_OBJECT},
	/* ObjectContent and ObjectUpdate */
	{AT_OBJECT, "kind", AT_KIND},
	{AT_OBJECT, "obj", AT_OBJ},
	{AT_OBJECT, "propSet", AT_PROP},
	{AT_OBJECT, "changeSet", AT_PROP},
	{AT_OBJECT, "missingSet", AT_MISSING},
	{AT_PROP, "name", AT_NAME},
	{AT_PROP, "op", AT_OP},
	{AT_PROP, "val", AT_VALUE},
	{AT_MISSING, "path", AT_PATH},
	{AT_MISSING, "fault", AT_FAULT},
	{AT_FAULT, "fault", AT_FAULT_TYPE},
	{AT_FAULT, "localizedMessage", AT_FAULT_MESSAGE},
};

struct props_reader {
	const struct prop_read *reads;
	bool whole;
	const struct props_handler *handler;
	void *data;
	enum place place[8]; /* the way down to here */
	int n_places;
	const struct prop_read *read; /* of this object's type; NULL: not asked for */
	struct draft draft;
	bool wanted; /* the handler wants this object */
	enum prop_change change;
	char *name; /* of the property that is read */
	const struct prop *prop;
	bool removed;  /* its op says that it is unset now */
	bool too_deep; /* some of it was not told */
	struct leaf_reader leaf;
	int value_depth; /* depth of the element that the leaf reader's paths start at */
	char token[512], version[256];
	bool truncated, session_lost;
};

/* ---- drafts ------------------------------------------------------------------------------------------------- */

static const struct prop_read *read_of(const struct props_reader *r, const char *vim)
{
	for (const struct prop_read *read = r->reads; read->type; read++)
		if (strcmp(read->type->vim, vim) == 0)
			return read;
	return NULL;
}

static const struct prop *prop_named(const struct prop_type *type, const char *path)
{
	for (const struct prop *p = type->props; p->path; p++)
		if (strcmp(p->path, path) == 0)
			return p;
	return NULL;
}

/* The property has no value (any more). */
static void prop_unset(struct draft *d, const struct prop *p)
{
	if (p->list) {
		g_array_set_size(d->lists[p->list], 0);
		d->arrived[p->list] = true;
		return;
	}
	for (const struct leaf *leaf = p->leaves; leaf->path; leaf++)
		leaf_unset(leaf, d->row);
}

static void draft_clear(struct draft *d)
{
	for (int i = 0; i <= DRAFT_LISTS; i++)
		g_clear_pointer(&d->lists[i], g_array_unref);
	g_clear_pointer(&d->row, g_free);
	box_unref(d->box);
	d->box = NULL;
}

static void draft_begin(struct props_reader *r, const char *moref)
{
	const struct prop_type *type = r->read->type;
	struct draft *d = &r->draft;
	draft_clear(d);
	d->type = type;
	d->change = r->change;
	d->box = box_new();
	d->moref = box_raw(d->box, moref, -1);
	d->sets = r->whole ? r->read->sets : 0;
	d->row = g_malloc0(type->row_size);
	for (int i = 1; i <= DRAFT_LISTS; i++) {
		d->arrived[i] = false;
		if (type->item_size[i])
			d->lists[i] = g_array_new(FALSE, TRUE, (guint)type->item_size[i]);
	}
	d->told = 0;
	g_array_set_size(d->missing, 0);
	r->wanted = r->handler->begin(r->data, d);
	for (const struct prop *p = type->props; r->wanted && r->whole && p->path; p++)
		if (p->sets & r->read->sets)
			prop_unset(d, p);
}

bool prop_object_gone(const struct prop_missing *m)
{
	return !*m->path && strcmp(m->fault, "ManagedObjectNotFound") == 0;
}

static void mark_told(struct draft *d, const struct prop *p)
{
	gsize n = (gsize)(p - d->type->props);
	g_assert(n < 64); /* of all tables */
	d->told |= UINT64_C(1) << n;
}

static struct prop_missing *add_missing(struct draft *d)
{
	static const struct prop_missing none = {"", "", "", false};
	if (d->missing->len >= MISSING_CAP)
		return NULL;
	g_array_append_val(d->missing, none);
	return &g_array_index(d->missing, struct prop_missing, d->missing->len - 1);
}

/* ---- values ------------------------------------------------------------------------------------------------- */

static bool start_value(struct props_reader *r, const struct xml_tag *tag)
{
	struct draft *d = &r->draft;
	r->prop = r->wanted && r->name ? prop_named(d->type, r->name) : NULL;
	if (!r->prop || r->removed)
		return false;
	prop_unset(d, r->prop);
	mark_told(d, r->prop);
	if (xml_is_nil(tag))
		return false;
	r->value_depth = tag->depth;
	if (!r->prop->list) {
		leaf_begin(&r->leaf, r->prop->leaves, d->row, d->box, tag);
		r->place[r->n_places - 1] = IN_VALUE;
	}
	return true;
}

/* A child of a list's value: an element of the list, or something else that stands beside them. */
static bool start_item(struct props_reader *r, const struct xml_tag *tag)
{
	struct draft *d = &r->draft;
	GArray *list = d->lists[r->prop->list];
	if ((r->prop->item && strcmp(r->prop->item, tag->name) != 0) || list->len >= LIST_CAP)
		return false;
	g_array_set_size(list, list->len + 1);
	void *item = list->data + (size_t)(list->len - 1) * d->type->item_size[r->prop->list];
	for (const struct leaf *leaf = r->prop->leaves; leaf->path; leaf++)
		leaf_unset(leaf, item);
	leaf_begin(&r->leaf, r->prop->leaves, item, d->box, tag);
	r->value_depth = tag->depth;
	r->place[r->n_places++] = IN_VALUE;
	return true;
}

/* ---- the walk ----------------------------------------------------------------------------------------------- */

static enum place now(const struct props_reader *r)
{
	return r->n_places ? r->place[r->n_places - 1] : AT_REPLY;
}

static bool enter(struct props_reader *r, enum place to, const struct xml_tag *tag)
{
	char type[96];
	r->place[r->n_places++] = to;
	switch (to) {
	case AT_OBJECT:
		r->read = NULL;
		r->wanted = false;
		r->change = PROP_ENTER;
		break;
	case AT_OBJ: {
		const char *vim = xml_attribute(tag, "", "type", type, sizeof type);
		r->read = vim ? read_of(r, vim) : NULL;
		break;
	}
	case AT_PROP:
		g_clear_pointer(&r->name, g_free);
		r->removed = r->too_deep = false;
		break;
	case AT_VALUE:
		if (start_value(r, tag))
			return true;
		r->n_places--;
		return false;
	case AT_MISSING:
		if (r->wanted)
			add_missing(&r->draft);
		break;
	case AT_FAULT_TYPE:
		if (xml_type(tag, type, sizeof type) && r->wanted && r->draft.missing->len)
			g_array_index(r->draft.missing, struct prop_missing, r->draft.missing->len - 1)
				.fault = box_text(r->draft.box, xml_type(tag, type, sizeof type), -1);
		break;
	default:
		break;
	}
	return true;
}

static bool on_start(void *data, const struct xml_tag *tag)
{
	struct props_reader *r = data;
	enum place at = now(r);
	if (at == IN_VALUE)
		return leaf_start(&r->leaf, tag);
	if (at == AT_VALUE)
		return start_item(r, tag);
	for (size_t i = 0; i < G_N_ELEMENTS(moves); i++)
		if (moves[i].from == at && strcmp(moves[i].name, tag->name) == 0)
			return enter(r, moves[i].to, tag);
	return false;
}

static enum prop_change change_named(const char *kind)
{
	if (strcmp(kind, "leave") == 0)
		return PROP_LEAVE;
	return strcmp(kind, "modify") == 0 ? PROP_MODIFY : PROP_ENTER;
}

static void end_object(struct props_reader *r)
{
	struct draft *d = &r->draft;
	for (guint i = 0; r->wanted && i < d->missing->len; i++) {
		const struct prop_missing *m = &g_array_index(d->missing, struct prop_missing, i);
		const struct prop *p = prop_named(d->type, m->path);
		if (p && p->list && !m->within) /* a list that may not be read is no empty one */
			d->arrived[p->list] = false;
		if (strcmp(m->fault, "NotAuthenticated") == 0)
			r->session_lost = true;
	}
	/* What an ended session does not tell is not what is not there. */
	if (r->wanted && !r->session_lost)
		r->handler->end(r->data, &r->draft);
	r->wanted = false;
}

static struct prop_missing *last_missing(struct props_reader *r)
{
	GArray *missing = r->draft.missing;
	return r->wanted && missing->len ? &g_array_index(missing, struct prop_missing, missing->len - 1)
					 : NULL;
}

/* A property was removed: by its op, or by an assignment without a value. */
static void end_prop(struct props_reader *r)
{
	const struct prop *p = r->wanted && r->name ? prop_named(r->draft.type, r->name) : NULL;
	if (p && r->too_deep && !p->list)
		prop_unset(&r->draft, p);
	if (p && (r->removed || !r->prop)) {
		prop_unset(&r->draft, p);
		mark_told(&r->draft, p);
	}
	r->prop = NULL;
}

/* Something of a value is over a cap. A text costs itself: it is empty, and the rest of the property stands. What is nested too
 * deeply costs the property, since nobody knows what was down there. Where it is not a value that is lost (a token, a name)
 * nothing could be made of the rest. */
static bool on_lost(void *data, enum xml_loss what)
{
	struct props_reader *r = data;
	enum place at = now(r);
	if (at == AT_FAULT_MESSAGE)
		return true;
	if (!r->prop)
		return false;
	struct prop_missing *m = last_missing(r);
	if (!m || m->path != r->prop->path) /* told once of each property */
		m = add_missing(&r->draft);
	r->too_deep = r->too_deep || what == XML_LOST_DEPTH;
	if (m) {
		m->path = r->prop->path;
		m->message = r->too_deep ? "it is nested too deeply" : "a value is longer than 1 MiB";
		m->within = r->prop->list && !r->too_deep;
	}
	return true;
}

static void leave(struct props_reader *r, enum place from, const char *text)
{
	struct prop_missing *missing = last_missing(r);
	switch (from) {
	case AT_TOKEN:
		g_strlcpy(r->token, text, sizeof r->token);
		break;
	case AT_VERSION:
		g_strlcpy(r->version, text, sizeof r->version);
		break;
	case AT_TRUNCATED:
		r->truncated = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
		break;
	case AT_KIND:
		r->change = change_named(text);
		break;
	case AT_OBJ:
		if (r->read)
			draft_begin(r, text);
		break;
	case AT_NAME:
		g_free(r->name);
		r->name = g_strdup(text);
		break;
	case AT_OP:
		r->removed = strcmp(text, "remove") == 0 || strcmp(text, "indirectRemove") == 0;
		break;
	case AT_PROP:
		end_prop(r);
		break;
	case AT_PATH:
		if (missing)
			missing->path = box_text(r->draft.box, text, -1);
		break;
	case AT_FAULT_MESSAGE:
		if (missing)
			missing->message = box_text(r->draft.box, text, -1);
		break;
	case AT_OBJECT:
		end_object(r);
		break;
	default:
		break;
	}
}

static void on_end(void *data, int depth, const char *text, size_t len)
{
	struct props_reader *r = data;
	enum place at = now(r);
	if (at == IN_VALUE) {
		leaf_end(&r->leaf, text, len);
		if (depth > r->value_depth)
			return;
	}
	if (r->n_places)
		r->n_places--;
	leave(r, at, text);
}

const struct xml_handler props_reply = {on_start, on_end, on_lost};

/* ---- life --------------------------------------------------------------------------------------------------- */

struct props_reader *props_reader_new(const struct prop_read *reads, bool whole,
				      const struct props_handler *handler, void *data)
{
	struct props_reader *r = g_new0(struct props_reader, 1);
	r->reads = reads;
	r->whole = whole;
	r->handler = handler;
	r->data = data;
	r->draft.missing = g_array_new(FALSE, TRUE, sizeof(struct prop_missing));
	leaf_reader_init(&r->leaf);
	return r;
}

void props_reader_free(struct props_reader *r)
{
	if (!r)
		return;
	draft_clear(&r->draft);
	g_array_unref(r->draft.missing);
	leaf_reader_clear(&r->leaf);
	g_free(r->name);
	g_free(r);
}

static void tell_page(struct props_reader *r, enum props_page how)
{
	if (r->handler->page)
		r->handler->page(r->data, how);
}

void props_page_begin(struct props_reader *r)
{
	r->token[0] = r->version[0] = '\0';
	r->truncated = false;
	r->n_places = 0;
	r->wanted = false;
	tell_page(r, PAGE_BEGINS);
}

void props_page_end(struct props_reader *r, bool whole)
{
	tell_page(r, whole ? PAGE_WHOLE : PAGE_BROKEN);
}

const char *props_token(const struct props_reader *r)
{
	return r->token;
}

const char *props_version(const struct props_reader *r)
{
	return r->version;
}

bool props_truncated(const struct props_reader *r)
{
	return r->truncated;
}

bool props_session_lost(const struct props_reader *r)
{
	return r->session_lost;
}

/* ---- requests ----------------------------------------------------------------------------------------------- */

bool prop_wanted(const struct prop *p, unsigned sets, const struct prop_limits *limits)
{
	return (p->sets & sets) && (!p->since || version_compare(limits->version, p->since) >= 0) &&
	       !g_hash_table_contains(limits->refused, p->path);
}

void props_append_set(GString *out, const struct prop_type *type, unsigned sets,
		      const struct prop_limits *limits)
{
	gsize before = out->len;
	bool any = false;
	g_string_append(out, "<propSet>");
	xml_element(out, "type", type->vim);
	for (const struct prop *p = type->props; p->path; p++) {
		if (!prop_wanted(p, sets, limits))
			continue;
		xml_element(out, "pathSet", p->path);
		any = true;
	}
	g_string_append(out, "</propSet>");
	if (!any)
		g_string_truncate(out, before);
}

void props_append_object(GString *out, struct vim_ref object)
{
	g_string_append(out, "<objectSet>");
	soap_ref(out, "obj", object);
	g_string_append(out, "</objectSet>");
}

void props_append_traversal(GString *out, struct vim_ref from, const char *path)
{
	g_string_append(out, "<objectSet>");
	soap_ref(out, "obj", from);
	g_string_append(out, "<skip>true</skip><selectSet xsi:type=\"TraversalSpec\">");
	xml_element(out, "name", path);
	xml_element(out, "type", from.type);
	xml_element(out, "path", path);
	g_string_append(out, "<skip>false</skip></selectSet></objectSet>");
}
