/* hostile_text.c - see hostile_text.h. The scanners are for recordings, which are well-formed: they find values, they judge
 * nothing. */
#include "config.h"

#include "tests/unit/hostile_text.h"

#include <string.h>

#define BIG (1024 * 1024)

static const struct {
	const char *name;
	const char *bytes;
	gsize len;
} short_texts[] = {
#define TEXT(name, literal)                                                  \
	{                                                                    \
		name, HOSTILE_MARK literal, sizeof(HOSTILE_MARK literal) - 1 \
	}
	TEXT("mix", "\033[2J\xc2\x9b"
		    "31m\xe2\x80\xae\xe2\x80\x8b\a\r\b\t\n\x7f\xf3\xa0\x81\x81"
		    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81%s%n%1000000d\xe4\xb8\x96"),
	TEXT("csi", "\033[2J\033[31m\033[6n\033c"),
	TEXT("osc52", "\033]52;c;eHh4\a\033]0;title\033\\"),
	TEXT("c1", "\xc2\x9b"
		   "2J\xc2\x9d"
		   "0;t\xc2\x9c\xc2\x85\xc2\x90q\xc2\x9c"),
	TEXT("bidi", "\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c\xe2\x80\xaa"),
	TEXT("zero-width", "\xe2\x80\x8b\xe2\x80\x8d\xe2\x81\xa0\xef\xbb\xbf\xc2\xad\xe1\xa0\x8e"),
	TEXT("movement", "\a\a\r\b\b\b\t\v\f\x7f\nsecond line"),
	TEXT("separators", "a\xe2\x80\xa8"
			   "b\xe2\x80\xa9"
			   "c\xc2\x85"
			   "d"),
	TEXT("tags", "\xf3\xa0\x81\x81\xf3\xa0\x81\xbf\xf3\xa0\x84\x81"),
	TEXT("fillers", "\xe3\x85\xa4\xef\xbe\xa0\xe1\x85\x9f\xe1\x85\xa0\xee\x80\x80\xf4\x8f\xbf\xbd"),
	TEXT("format", "%s%n%1000000d%p%%"),
	TEXT("bad utf-8", "\xff\xfe\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\xf5\x80\x80\x80\xf0\x9f\xc3"),
	TEXT("nul", "a\0b\0"),
	TEXT("markup", "<b>&amp;]]>\"'\\u001b\\x1b`$(id)"),
#undef TEXT
};

enum { LONG_MARKS, LONG_WIDE, LONG_LINE, LONG_PLAIN, LONG_COUNT };

static struct hostile_text texts[G_N_ELEMENTS(short_texts) + LONG_COUNT];

static void set_repeated(struct hostile_text *h, const char *name, const char *first, const char *then,
			 gsize times, bool big)
{
	GString *s = g_string_new(HOSTILE_MARK);
	g_string_append(s, first);
	for (gsize i = 0; i < times; i++)
		g_string_append(s, then);
	gsize len = s->len;
	*h = (struct hostile_text){.name = name, .bytes = g_string_free(s, FALSE), .len = len, .big = big};
}

const struct hostile_text *hostile_texts(gsize *n)
{
	struct hostile_text *extra = texts + G_N_ELEMENTS(short_texts);
	if (!texts[0].name) {
		for (gsize i = 0; i < G_N_ELEMENTS(short_texts); i++)
			texts[i] = (struct hostile_text){.name = short_texts[i].name,
							 .bytes = (char *)short_texts[i].bytes,
							 .len = short_texts[i].len};
		set_repeated(&extra[LONG_MARKS], "10,000 marks", "e", "\xcc\x81", 10000, true);
		set_repeated(&extra[LONG_WIDE], "wide", "", "\xe4\xb8\x96\xf0\x9f\x98\x80", 40, false);
		set_repeated(&extra[LONG_LINE], "5,000 bytes", "", "x", 5000, false);
		set_repeated(&extra[LONG_PLAIN], "1 MiB", "", "x", BIG, true);
	}
	*n = G_N_ELEMENTS(texts);
	return texts;
}

const struct hostile_text *hostile_mix(void)
{
	gsize n;
	return hostile_texts(&n);
}

/* ---- sites -------------------------------------------------------------------------------------------------------- */

static void clear_site(void *data)
{
	g_free(((struct hostile_site *)data)->path);
}

GArray *hostile_sites(void)
{
	GArray *sites = g_array_new(FALSE, FALSE, sizeof(struct hostile_site));
	g_array_set_clear_func(sites, clear_site);
	return sites;
}

static void add_site(GArray *sites, gsize at, gsize len, enum hostile_syntax syntax, const char *path)
{
	struct hostile_site s = {.at = at, .len = len, .syntax = syntax, .path = g_strdup(path)};
	g_array_append_val(sites, s);
}

/* ---- JSON --------------------------------------------------------------------------------------------------------- */

struct json_scan {
	GArray *sites;
	const char *text;
	gsize at, to;
	GString *path;
};

static void json_blanks(struct json_scan *j)
{
	while (j->at < j->to && strchr(" \t\r\n", j->text[j->at]))
		j->at++;
}

/* Past a string or a bare word; returns where it began. */
static gsize json_token(struct json_scan *j)
{
	gsize from = j->at;
	if (j->text[j->at] != '"') {
		while (j->at < j->to && !strchr(",]} \r\n\t", j->text[j->at]))
			j->at++;
		return from;
	}
	for (j->at++; j->at < j->to && j->text[j->at] != '"'; j->at++)
		if (j->text[j->at] == '\\')
			j->at++;
	j->at = MIN(j->at + 1, j->to);
	return from;
}

static void json_value(struct json_scan *j);

static void json_member(struct json_scan *j)
{
	gsize mark = j->path->len, from = json_token(j);
	g_string_append_printf(j->path, "%s%.*s", mark ? "." : "", (int)(j->at - from - 2),
			       j->text + from + 1);
	g_autofree char *key_path = g_strconcat(j->path->str, " (key)", NULL);
	add_site(j->sites, from, j->at - from, SYNTAX_JSON_NAME, key_path);
	json_blanks(j);
	j->at++; /* : */
	json_value(j);
	g_string_truncate(j->path, mark);
}

static void json_value(struct json_scan *j)
{
	gsize mark = j->path->len;
	json_blanks(j);
	if (j->at >= j->to)
		return;
	char open = j->text[j->at];
	if (open != '{' && open != '[') {
		gsize from = json_token(j);
		add_site(j->sites, from, j->at - from, SYNTAX_JSON, j->path->str);
		return;
	}
	if (open == '[')
		g_string_append(j->path, "[]");
	for (j->at++, json_blanks(j); j->at < j->to && !strchr("]}", j->text[j->at]); json_blanks(j)) {
		if (j->text[j->at] == ',')
			j->at++;
		else if (open == '[')
			json_value(j);
		else
			json_member(j);
		json_blanks(j);
	}
	j->at++;
	g_string_truncate(j->path, mark);
}

static void scan_json(GArray *sites, const char *text, gsize from, gsize to)
{
	struct json_scan j = {.sites = sites, .text = text, .at = from, .to = to};
	for (json_blanks(&j); j.at < to; json_blanks(&j)) {
		j.path = g_string_new(NULL);
		json_value(&j);
		g_string_free(j.path, TRUE);
	}
}

/* ---- XML ---------------------------------------------------------------------------------------------------------- */

/* The path is the property that the value belongs to and the elements below it. */
static char *xml_path(const GPtrArray *stack, const char *property, const char *attribute)
{
	GString *path = g_string_new(property);
	guint from = stack->len > 3 ? stack->len - 3 : 0;
	for (guint i = from; i < stack->len; i++)
		g_string_append_printf(path, "/%s", (const char *)stack->pdata[i]);
	if (attribute)
		g_string_append_printf(path, "@%s", attribute);
	return g_string_free(path, FALSE);
}

static bool in_element(const GPtrArray *stack, const char *parent, const char *name)
{
	return stack->len > 1 && strcmp(stack->pdata[stack->len - 1], name) == 0 &&
	       strcmp(stack->pdata[stack->len - 2], parent) == 0;
}

static bool is_property_name(const GPtrArray *stack)
{
	return in_element(stack, "propSet", "name") || in_element(stack, "changeSet", "name");
}

static bool is_structure(const GPtrArray *stack)
{
	return is_property_name(stack) || in_element(stack, "changeSet", "op") ||
	       in_element(stack, "objectSet", "kind");
}

/* Attribute values of <name a="..." b="...">, namespaces aside. */
static void scan_attributes(GArray *sites, const char *text, gsize at, gsize end, const GPtrArray *stack,
			    const char *property)
{
	while (at < end) {
		const char *quote = memchr(text + at, '"', end - at);
		if (!quote)
			return;
		gsize from = (gsize)(quote - text) + 1, name_end = from - 2, name = name_end;
		const char *close = memchr(text + from, '"', end - from);
		if (!close)
			return;
		while (name > at && text[name - 1] != ' ')
			name--;
		g_autofree char *attribute = g_strndup(text + name, name_end - name);
		const char *colon = strchr(attribute, ':');
		if (!g_str_has_prefix(attribute, "xmlns")) {
			g_autofree char *path = xml_path(stack, property, colon ? colon + 1 : attribute);
			add_site(sites, from, (gsize)(close - text) - from, SYNTAX_XML_NAME, path);
		}
		at = (gsize)(close - text) + 1;
	}
}

static void scan_xml(GArray *sites, const char *text, gsize from, gsize to)
{
	g_autoptr(GPtrArray) stack = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *property = g_strdup("");
	for (gsize at = from; at < to;) {
		const char *open = memchr(text + at, '<', to - at);
		gsize tag = open ? (gsize)(open - text) : to;
		g_autofree char *value = g_strstrip(g_strndup(text + at, tag - at));
		if (*value && stack->len > 0) {
			g_autofree char *path = xml_path(stack, property, NULL);
			add_site(sites, at, tag - at, is_structure(stack) ? SYNTAX_XML_NAME : SYNTAX_XML,
				 path);
			if (is_property_name(stack)) {
				g_free(property);
				property = g_steal_pointer(&value);
			}
		}
		const char *close = tag < to ? memchr(text + tag, '>', to - tag) : NULL;
		if (!close)
			return;
		gsize end = (gsize)(close - text);
		if (text[tag + 1] == '/' && stack->len > 0) {
			g_ptr_array_set_size(stack, (gint)stack->len - 1);
		} else if (text[tag + 1] != '?' && text[tag + 1] != '!') {
			gsize name = tag + 1;
			while (name < end && !strchr(" />", text[name]))
				name++;
			g_ptr_array_add(stack, g_strndup(text + tag + 1, name - tag - 1));
			scan_attributes(sites, text, name, end, stack, property);
			if (text[end - 1] == '/')
				g_ptr_array_set_size(stack, (gint)stack->len - 1);
		}
		at = end + 1;
	}
}

/* ---- Prometheus, and plain text -------------------------------------------------------------------------------------- */

static void scan_labels(GArray *sites, const char *text, gsize from, gsize to)
{
	for (gsize at = from; at < to;) {
		const char *newline = memchr(text + at, '\n', to - at);
		gsize end = newline ? (gsize)(newline - text) : to;
		for (gsize i = at; i < end && text[at] != '#'; i++) {
			if (text[i] != '"')
				continue;
			gsize value = i + 1;
			for (i++; i < end && text[i] != '"'; i++)
				if (text[i] == '\\')
					i++;
			add_site(sites, value, i - value, SYNTAX_LABEL, "label");
		}
		at = end + 1;
	}
}

void hostile_scan(GArray *sites, const char *text, gsize from, gsize to)
{
	while (from < to && g_ascii_isspace(text[from]))
		from++;
	if (from >= to)
		return;
	if (text[from] == '{' || text[from] == '[')
		scan_json(sites, text, from, to);
	else if (text[from] == '<')
		scan_xml(sites, text, from, to);
	else if (g_strstr_len(text + from, (gssize)(to - from), "# HELP") ||
		 g_strstr_len(text + from, (gssize)(to - from), "{"))
		scan_labels(sites, text, from, to);
	else
		add_site(sites, from, to - from, SYNTAX_PLAIN, "text");
}

GPtrArray *hostile_paths(const GArray *sites)
{
	GPtrArray *paths = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < sites->len; i++) {
		char *path = g_array_index(sites, struct hostile_site, i).path;
		if (g_hash_table_add(seen, path))
			g_ptr_array_add(paths, path);
	}
	return paths;
}

/* ---- putting them in -------------------------------------------------------------------------------------------------- */

/* escapes: non-ASCII as \u too, so that both ways in are tried. */
static void append_json(GString *out, const struct hostile_text *h, bool escapes)
{
	for (gsize i = 0; i < h->len;) {
		guchar b = (guchar)h->bytes[i];
		gunichar c = g_utf8_get_char_validated(h->bytes + i, (gssize)(h->len - i));
		if (b < 0x20) {
			g_string_append_printf(out, "\\u%04x", b);
			i++;
		} else if (b == '"' || b == '\\') {
			g_string_append_printf(out, "\\%c", b);
			i++;
		} else if (escapes && b >= 0x80 && c < 0x10000) {
			g_string_append_printf(out, "\\u%04x", c);
			i += (gsize)g_unichar_to_utf8(c, NULL);
		} else {
			g_string_append_c(out, (char)b);
			i++;
		}
	}
}

/* XML cannot carry C0 controls but three. "csi" and "bad utf-8" bring them all the same, the rest leaves them out so that
 * something gets through. */
static void append_xml(GString *out, const struct hostile_text *h, bool escapes)
{
	bool raw = strcmp(h->name, "csi") == 0 || strcmp(h->name, "bad utf-8") == 0;
	for (gsize i = 0; i < h->len;) {
		guchar b = (guchar)h->bytes[i];
		gunichar c = g_utf8_get_char_validated(h->bytes + i, (gssize)(h->len - i));
		if (raw && (b < 0x20 || b >= 0x80)) {
			g_string_append_c(out, (char)b);
			i++;
		} else if (b < 0x20 && !strchr("\t\r\n", b)) {
			i++;
		} else if (b < 0x20 || strchr("<>&\"'", b)) {
			g_string_append_printf(out, "&#%d;", b);
			i++;
		} else if (b >= 0x80 && escapes) {
			g_string_append_printf(out, "&#%u;", c);
			i += (gsize)g_unichar_to_utf8(c, NULL);
		} else {
			g_string_append_c(out, (char)b);
			i++;
		}
	}
}

static void append_label(GString *out, const struct hostile_text *h)
{
	for (gsize i = 0; i < h->len; i++) {
		char b = h->bytes[i];
		if (b == '\n')
			g_string_append(out, "\\n");
		else if (b == '"' || b == '\\')
			g_string_append_printf(out, "\\%c", b);
		else
			g_string_append_c(out, b);
	}
}

static void append_at(GString *out, const char *text, const struct hostile_site *s,
		      const struct hostile_text *h, bool wrap, bool escapes)
{
	const char *was = text + s->at;
	gsize len = s->len;
	switch (s->syntax) {
	case SYNTAX_JSON:
	case SYNTAX_JSON_NAME:
		g_string_append_c(out, '"');
		append_json(out, h, escapes);
		if (wrap && *was == '"')
			g_string_append_len(out, was + 1, (gssize)len - 2);
		g_string_append_c(out, '"');
		return;
	case SYNTAX_XML:
	case SYNTAX_XML_NAME:
		append_xml(out, h, escapes);
		break;
	case SYNTAX_LABEL:
		append_label(out, h);
		break;
	case SYNTAX_PLAIN:
		g_string_append_len(out, h->bytes, (gssize)h->len);
		break;
	}
	if (wrap)
		g_string_append_len(out, was, (gssize)len);
}

/* Everywhere at once numbers and truths stay what they are: replaced one by one they are tried too. */
static bool is_meant(const struct hostile_site *s, const char *text, const char *path)
{
	if (path)
		return strcmp(s->path, path) == 0;
	return s->syntax != SYNTAX_JSON_NAME && s->syntax != SYNTAX_XML_NAME &&
	       (s->syntax != SYNTAX_JSON || text[s->at] == '"');
}

GString *hostile_inject(const char *text, gsize len, const GArray *sites, const char *path,
			const struct hostile_text *h, bool wrap)
{
	GString *out = g_string_sized_new(len);
	gsize at = 0;
	for (guint i = 0; i < sites->len; i++) {
		const struct hostile_site *s = &g_array_index(sites, struct hostile_site, i);
		if (!is_meant(s, text, path))
			continue;
		g_string_append_len(out, text + at, (gssize)(s->at - at));
		append_at(out, text, s, h, wrap, i & 1);
		at = s->at + s->len;
	}
	return g_string_append_len(out, text + at, (gssize)(len - at));
}

GString *hostile_inject_at(const char *text, gsize len, const GArray *sites, guint site,
			   const struct hostile_text *h, bool wrap)
{
	const struct hostile_site *s = &g_array_index(sites, struct hostile_site, site);
	GString *out = g_string_new_len(text, (gssize)s->at);
	append_at(out, text, s, h, wrap, site & 1);
	return g_string_append_len(out, text + s->at + s->len, (gssize)(len - s->at - s->len));
}
