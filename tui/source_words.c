/* source_words.c - what the state of a source means, in words: nothing that is wrong out there stays without its reason. */
#include "config.h"

#include "tui/source_words.h"

#include "tui/draw.h"
#include "tui/format.h"

static const struct source_look looks[] = {
	[SRC_CONNECTING] = {G_SILENT, ROLE_INFO},
	[SRC_LIVE] = {G_LIVE, ROLE_OK},
	[SRC_STALE] = {G_SILENT, ROLE_STALE},
	[SRC_DOWN] = {G_CRIT, ROLE_CRIT},
	[SRC_OFF] = {G_DOT, ROLE_DIM},
};

struct source_look source_look(const struct lab_source *s)
{
	return looks[s->state];
}

void source_words(const struct lab_source *s, char *out, gsize size)
{
	char age[FORMAT_SIZE];
	switch (s->state) {
	case SRC_CONNECTING:
		g_strlcpy(out, "asked, no answer yet", size);
		break;
	case SRC_STALE:
		g_snprintf(out, size, "silent for %s; what is shown is the last known",
			   format_age(age, s->age_ms));
		break;
	case SRC_DOWN:
	case SRC_OFF:
		g_snprintf(out, size, "%s%s%s", s->reason, *s->reason && *s->hint ? "; " : "", s->hint);
		break;
	case SRC_LIVE:
		g_snprintf(out, size, "%s%s%s", s->detail, *s->detail && s->insecure ? "; " : "",
			   s->insecure ? "its certificate is not checked" : "");
		break;
	}
}

const char *source_silence(const struct lab *lab, enum target_kind kind, const char *name, char *out,
			   gsize size)
{
	char age[FORMAT_SIZE];
	const struct lab_source *s = lab_find_source(lab, kind, name);
	*out = '\0';
	if (s && s->state != SRC_LIVE)
		g_snprintf(out, size, "%s %s", source_state_names[s->state], format_age(age, s->age_ms));
	return out;
}

int source_draw_silence(const struct lab *lab, enum target_kind kind, const char *name, struct canvas *c,
			int x, int y)
{
	char silence[64];
	if (!*source_silence(lab, kind, name, silence, sizeof silence))
		return 0;
	return canvas_printf(c, x, y, ROLE_WARN, "%s: %s; this is the last known", name, silence);
}

static enum target_kind kind_of(const struct lab_host *host)
{
	return host->row->is_local ? TARGET_PCI : TARGET_VSPHERE;
}

const char *source_silence_of_host(const struct lab *lab, const struct lab_host *host, char *out, gsize size)
{
	return source_silence(lab, kind_of(host), host->row->source, out, size);
}

int source_draw_silence_of_host(const struct lab *lab, const struct lab_host *host, struct canvas *c, int x,
				int y)
{
	return source_draw_silence(lab, kind_of(host), host->row->source, c, x, y);
}

#define NAME_W  16
#define WORDS_X 20

int source_down_rows(const struct lab *lab, int width)
{
	int rows = 0;
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		char words[512];
		if (s->state != SRC_DOWN)
			continue;
		source_words(s, words, sizeof words);
		int wanted = draw_wrapped_rows(width - WORDS_X - 1, words);
		rows += MAX(wanted, 1);
	}
	return rows;
}

static int count_down(const struct lab *lab)
{
	int n = 0;
	for (guint i = 0; i < lab->sources->len; i++)
		n += ((const struct lab_source *)lab->sources->pdata[i])->state == SRC_DOWN;
	return n;
}

int source_draw_down(const struct lab *lab, struct canvas *c, struct rect r, int keep)
{
	int y = 0, left = count_down(lab), end = MAX(r.h - keep, MIN(left, r.h));
	for (guint i = 0; i < lab->sources->len && y < end; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		char words[512];
		if (s->state != SRC_DOWN)
			continue;
		source_words(s, words, sizeof words);
		int rows = MAX(end - y - --left, 1); /* a row stays for each that follows */
		canvas_glyph(c, r.x + 1, r.y + y, looks[SRC_DOWN].role, looks[SRC_DOWN].mark);
		draw_name(c, r.x + 3, r.y + y, NAME_W, ROLE_TEXT, s->name);
		struct rect place = rect_of(r.x + WORDS_X, r.y + y, r.w - WORDS_X - 1, rows);
		int used = draw_wrapped(c, place, ROLE_TEXT, words);
		y += MAX(used, 1);
	}
	return y;
}
