/* prom.c - see prom.h. A page is some hundred KB of other libraries' series around a dozen of ours, read every two
 * seconds: so nothing is copied or kept, and every line stands for itself. */
#include "config.h"

#include "backends/engine/prom.h"

#include <glib.h>
#include <math.h>
#include <string.h>

struct cursor {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && is_blank(*c->at))
		c->at++;
}

static bool is_name(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == ':';
}

static size_t take_name(struct cursor *c)
{
	const char *from = c->at;
	while (c->at < c->end && is_name(*c->at))
		c->at++;
	return (size_t)(c->at - from);
}

/* Past a quoted value that starts at the quote; model paths hold braces, commas and escaped quotes. */
static bool skip_quoted(struct cursor *c)
{
	for (c->at++; c->at < c->end; c->at++) {
		if (*c->at == '\\' && c->at + 1 < c->end)
			c->at++;
		else if (*c->at == '"') {
			c->at++;
			return true;
		}
	}
	return false;
}

static bool take_labels(struct cursor *c, struct prom_sample *s)
{
	s->labels = ++c->at;
	while (c->at < c->end && *c->at != '}') {
		if (*c->at != '"')
			c->at++;
		else if (!skip_quoted(c))
			return false;
	}
	if (c->at == c->end)
		return false;
	s->labels_len = (size_t)(c->at - s->labels);
	c->at++;
	return true;
}

/* A number up to the next blank; a time stamp or an exemplar may follow and is of no interest here. */
static bool take_value(struct cursor *c, double *value)
{
	char text[64];
	size_t n = 0;
	while (c->at < c->end && !is_blank(*c->at) && n < sizeof text - 1)
		text[n++] = *c->at++;
	text[n] = '\0';
	if (n == 0 || (c->at < c->end && !is_blank(*c->at)))
		return false;
	char *end;
	*value = g_ascii_strtod(text, &end);
	return *end == '\0';
}

static bool read_line(struct cursor c, prom_sample_fn *fn, void *data)
{
	struct prom_sample s = {0};
	if (c.end > c.at && c.end[-1] == '\r')
		c.end--;
	skip_blanks(&c);
	if (c.at == c.end || *c.at == '#')
		return true;
	s.name = c.at;
	s.name_len = take_name(&c);
	skip_blanks(&c);
	if (s.name_len == 0 || (c.at < c.end && *c.at == '{' && !take_labels(&c, &s)))
		return false;
	skip_blanks(&c);
	if (!take_value(&c, &s.value))
		return false;
	fn(data, &s);
	return true;
}

size_t prom_read(const char *page, size_t len, prom_sample_fn *fn, void *data)
{
	size_t bad = 0;
	for (const char *at = page, *end = page + len; at < end;) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl : end;
		bad += !read_line((struct cursor){at, stop}, fn, data);
		at = nl ? nl + 1 : end;
	}
	return bad;
}

bool prom_is(const struct prom_sample *s, const char *name)
{
	return strlen(name) == s->name_len && memcmp(name, s->name, s->name_len) == 0;
}

static void unescape(const char *from, const char *end, char *out, size_t size)
{
	size_t n = 0;
	for (; from < end && n + 1 < size; from++) {
		if (*from == '\\' && from + 1 < end) {
			from++;
			out[n++] = *from == 'n' ? '\n' : *from;
		} else {
			out[n++] = *from;
		}
	}
	out[n] = '\0';
}

bool prom_label(const struct prom_sample *s, const char *name, char *out, size_t size)
{
	if (!s->labels || size == 0)
		return false;
	struct cursor c = {s->labels, s->labels + s->labels_len};
	while (c.at < c.end) {
		while (c.at < c.end && (is_blank(*c.at) || *c.at == ','))
			c.at++;
		const char *label = c.at;
		const size_t n = take_name(&c);
		while (c.at < c.end && *c.at != '"')
			c.at++;
		const char *quote = c.at;
		if (c.at == c.end || !skip_quoted(&c))
			return false;
		if (n == strlen(name) && memcmp(label, name, n) == 0) {
			unescape(quote + 1, c.at - 1, out, size);
			return true;
		}
	}
	return false;
}
