/* leaf.c - one value at a time from text to field. All conversions of the SOAP replies stand here, checked and without
 * the locale; nothing here knows what a host or a VM is. */
#include "config.h"
#include "backends/vsphere/leaf.h"

#include "lab/bdf.h"

#include <errno.h>
#include <string.h>

#define ANY "**/"

void leaf_reader_init(struct leaf_reader *r)
{
	*r = (struct leaf_reader){.path = g_string_sized_new(64)};
}

void leaf_reader_clear(struct leaf_reader *r)
{
	if (r->path)
		g_string_free(r->path, TRUE);
	r->path = NULL;
}

/* ---- single values ------------------------------------------------------------------------------------------ */

int64_t leaf_parse_time(const char *text)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) when = g_date_time_new_from_iso8601(text, utc);
	return when ? g_date_time_to_unix(when) * 1000 + g_date_time_get_microsecond(when) / 1000 : 0;
}

/* The server stores "/", "\" and "%" in names as %2f, %5c and %25, whatever else the name holds. */
char *leaf_unescape_name(const char *text)
{
	GString *out = g_string_sized_new(strlen(text));
	while (*text) {
		static const struct {
			const char *code;
			char c;
		} codes[] = {{"%2f", '/'}, {"%5c", '\\'}, {"%25", '%'}};
		size_t i = 0;
		while (i < G_N_ELEMENTS(codes) && g_ascii_strncasecmp(text, codes[i].code, 3) != 0)
			i++;
		g_string_append_c(out, i < G_N_ELEMENTS(codes) ? codes[i].c : *text);
		text += i < G_N_ELEMENTS(codes) ? 3 : 1;
	}
	return g_string_free(out, FALSE);
}

/* Decimal digits only: what xsd:short, int, long, float and double look like on this wire. */
static struct num parse_num(const char *text, double scale)
{
	char *end = NULL;
	double v = 0;
	if (strspn(text, "+-.0123456789") > 0)
		v = g_ascii_strtod(text, &end);
	if (!end || end == text || *end || strpbrk(text, "xXpPnN") || !(v >= -9.3e18 && v <= 9.3e18))
		return num_none(NUM_BAD);
	return num_of(v * (scale != 0 ? scale : 1));
}

static bool parse_int(const char *text, int base, gint64 min, gint64 max, gint64 *out)
{
	char *end = NULL;
	errno = 0;
	gint64 v = g_ascii_strtoll(text, &end, base);
	if (end == text || *end || errno || v < min || v > max || g_ascii_isspace(*text))
		return false;
	*out = v;
	return true;
}

static void add_text(const struct leaf_text **list, struct box *box, const char *text)
{
	struct leaf_text *entry;
	if (*list && (*list)->n >= LEAF_LIST_CAP)
		return;
	entry = box_new0(box, struct leaf_text);
	entry->text = box_raw(box, text, -1);
	entry->next = *list;
	entry->n = *list ? (*list)->n + 1 : 1;
	*list = entry;
}

/* ---- the kinds of leaves: from text --------------------------------------------------------------------------- */

static bool set_text(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	*(const char **)at = box_text(box, text, -1);
	return true;
}

static bool set_name(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	g_autofree char *name = leaf_unescape_name(text);
	return set_text(leaf, at, box, name);
}

static bool set_lower(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);
	return set_text(leaf, at, box, lower);
}

static bool set_raw(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	*(const char **)at = box_raw(box, text, -1);
	return true;
}

static bool set_num(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	struct num n = parse_num(text, leaf->scale);
	*(struct num *)at = n;
	return num_known(n);
}

static bool set_count(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	struct num *n = at;
	*n = num_of(n->state == NUM_OK ? n->v + 1 : 1);
	return true;
}

static bool set_int(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	gint64 v = 0;
	bool good = parse_int(text, 10, G_MININT32, G_MAXINT32, &v);
	*(int32_t *)at = (int32_t)v;
	return good;
}

/* A short is signed on this wire: 0x8086 arrives as -32634. */
static bool set_id16(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	gint64 v = 0;
	bool good = parse_int(text, 10, G_MININT16, 0xFFFF, &v);
	*(uint16_t *)at = (uint16_t)(v & 0xFFFF);
	return good;
}

static bool set_hex16(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	gint64 v = 0;
	/* Some tools write it in decimal: five digits are no 16 bits in hexadecimal. */
	bool decimal = strlen(text) == 5 && strspn(text, "0123456789") == 5;
	bool good = parse_int(text, decimal ? 10 : 16, 0, G_MAXUINT32, &v);
	*(uint16_t *)at = (uint16_t)(v & 0xFFFF);
	return good;
}

static bool set_tri(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	bool yes = g_ascii_strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
	bool known = yes || g_ascii_strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0;
	*(enum tri *)at = known ? tri_of(yes) : TRI_UNKNOWN;
	return known;
}

static bool set_bdf(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	return bdf_parse(text, at);
}

static bool set_time(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	*(int64_t *)at = leaf_parse_time(text);
	return *(int64_t *)at != 0;
}

/* Servers and boards write the same word in different case ("Green"). */
static bool set_word(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	int place = 0;
	for (int i = 0; leaf->words[i] && !place; i++)
		if (g_ascii_strcasecmp(leaf->words[i], text) == 0)
			place = i + 1;
	*(int *)at = place;
	return place != 0;
}

static bool set_list(const struct leaf *leaf, void *at, struct box *box, const char *text)
{
	add_text(at, box, text);
	return true;
}

/* ---- the kinds of leaves: whether two say the same ------------------------------------------------------------ */

static bool same_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
}

static bool same_num(const void *a, const void *b)
{
	const struct num *x = a, *y = b;
	return x->state == y->state && (x->state != NUM_OK || x->v == y->v);
}

static bool same_int(const void *a, const void *b)
{
	return *(const int32_t *)a == *(const int32_t *)b;
}

static bool same_tri(const void *a, const void *b)
{
	return *(const enum tri *)a == *(const enum tri *)b;
}

static bool same_id(const void *a, const void *b)
{
	return *(const uint16_t *)a == *(const uint16_t *)b;
}

static bool same_bdf(const void *a, const void *b)
{
	return strcmp(a, b) == 0;
}

static bool same_time(const void *a, const void *b)
{
	return *(const int64_t *)a == *(const int64_t *)b;
}

static bool same_word(const void *a, const void *b)
{
	return *(const int *)a == *(const int *)b;
}

/* A list is made anew by each answer that tells it. */
static bool same_list(const void *a, const void *b)
{
	return false;
}

/* ---- the kinds of leaves: the table --------------------------------------------------------------------------- */

static const char *const no_text = "";
static const struct num no_num = {.v = NAN, .state = NUM_UNKNOWN};
static const char zeros[BDF_SIZE];

static const struct {
	bool (*set)(const struct leaf *leaf, void *at, struct box *box, const char *text);
	bool (*same)(const void *a, const void *b);
	const void *unset; /* what "not known" looks like in memory, and how much of it there is */
	size_t size;
} kinds[] = {
	[LEAF_TEXT] = {set_text, same_text, &no_text, sizeof no_text},
	[LEAF_NAME] = {set_name, same_text, &no_text, sizeof no_text},
	[LEAF_LOWER] = {set_lower, same_text, &no_text, sizeof no_text},
	[LEAF_RAW] = {set_raw, same_text, &no_text, sizeof no_text},
	[LEAF_TYPE] = {set_text, same_text, &no_text, sizeof no_text},
	[LEAF_NUM] = {set_num, same_num, &no_num, sizeof no_num},
	[LEAF_INT] = {set_int, same_int, zeros, sizeof(int32_t)},
	[LEAF_TRI] = {set_tri, same_tri, zeros, sizeof(enum tri)},
	[LEAF_ID16] = {set_id16, same_id, zeros, sizeof(uint16_t)},
	[LEAF_HEX16] = {set_hex16, same_id, zeros, sizeof(uint16_t)},
	[LEAF_BDF] = {set_bdf, same_bdf, zeros, 1},
	[LEAF_TIME] = {set_time, same_time, zeros, sizeof(int64_t)},
	[LEAF_WORD] = {set_word, same_word, zeros, sizeof(int)},
	[LEAF_LIST] = {set_list, same_list, zeros, sizeof(struct leaf_text *)},
	[LEAF_COUNT] = {set_count, same_num, &no_num, sizeof no_num},
};

bool leaf_set(const struct leaf *leaf, void *into, struct box *box, const char *text)
{
	return kinds[leaf->kind].set(leaf, (char *)into + leaf->offset, box, text);
}

void leaf_unset(const struct leaf *leaf, void *into)
{
	memcpy((char *)into + leaf->offset, kinds[leaf->kind].unset, kinds[leaf->kind].size);
}

bool leaf_same(const struct leaf *leaf, const void *a, const void *b)
{
	return kinds[leaf->kind].same((const char *)a + leaf->offset, (const char *)b + leaf->offset);
}

/* ---- the walk ----------------------------------------------------------------------------------------------- */

static bool is_any(const struct leaf *leaf)
{
	return strncmp(leaf->path, ANY, strlen(ANY)) == 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool leaf_is_at(const struct leaf *leaf, const char *path)
{
	return is_any(leaf) ? strcmp(last_part(path), leaf->path + strlen(ANY)) == 0
			    : strcmp(leaf->path, path) == 0;
}

/* True when the leaf is at path or below it. */
static bool leaf_is_under(const struct leaf *leaf, const char *path, size_t len)
{
	return is_any(leaf) || len == 0 ||
	       (strncmp(leaf->path, path, len) == 0 && (leaf->path[len] == '/' || !leaf->path[len]));
}

static void set_types(struct leaf_reader *r, const struct xml_tag *tag)
{
	char buf[96];
	for (const struct leaf *leaf = r->leaves; leaf->path; leaf++) {
		if (leaf->kind != LEAF_TYPE || !leaf_is_at(leaf, r->path->str))
			continue;
		const char *type = xml_type(tag, buf, sizeof buf);
		if (!type || strcmp(type, "ManagedObjectReference") == 0)
			type = xml_attribute(tag, "", "type", buf, sizeof buf);
		if (type)
			leaf_set(leaf, r->into, r->box, type);
	}
}

void leaf_begin(struct leaf_reader *r, const struct leaf *leaves, void *into, struct box *box,
		const struct xml_tag *tag)
{
	r->leaves = leaves;
	r->into = into;
	r->box = box;
	g_string_truncate(r->path, 0);
	set_types(r, tag);
}

bool leaf_start(struct leaf_reader *r, const struct xml_tag *tag)
{
	size_t before = r->path->len;
	bool wanted = false;
	if (before)
		g_string_append_c(r->path, '/');
	g_string_append(r->path, tag->name);
	for (const struct leaf *leaf = r->leaves; leaf->path && !wanted; leaf++)
		wanted = leaf_is_under(leaf, r->path->str, r->path->len);
	if (!wanted || xml_is_nil(tag)) {
		g_string_truncate(r->path, before);
		return false;
	}
	set_types(r, tag);
	return true;
}

void leaf_end(struct leaf_reader *r, const char *text, size_t len)
{
	for (const struct leaf *leaf = r->leaves; leaf->path; leaf++)
		if (leaf->kind != LEAF_TYPE && leaf_is_at(leaf, r->path->str))
			leaf_set(leaf, r->into, r->box, text);
	const char *slash = strrchr(r->path->str, '/');
	g_string_truncate(r->path, slash ? (gsize)(slash - r->path->str) : 0);
}

const char *const *leaf_texts(struct box *box, const struct leaf_text *list)
{
	const char **out;
	if (!list)
		return NULL;
	out = box_array0(box, const char *, (size_t)list->n + 1);
	for (int i = list->n - 1; list; list = list->next)
		out[i--] = list->text;
	return out;
}
