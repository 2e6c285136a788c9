/* finding_line.c - findings as lines under a table. Draws what the lab has found; finds nothing itself. */
#include "config.h"

#include "tui/finding_line.h"

#include "tui/draw.h"
#include "tui/severity.h"

#define EVIDENCE_MIN 12 /* columns worth having of it */

static void draw_line(const struct finding *f, const char *text, const char *evidence, int subject_w,
		      struct canvas *c, struct rect line)
{
	struct severity_look look = severity_look(f->severity, f->unknown);
	int x = line.x + 3, end = line.x + line.w - 1;
	canvas_glyph(c, line.x + 1, line.y, look.role, look.mark);
	if (subject_w > 0) {
		draw_text(c, x, line.y, subject_w, ALIGN_LEFT, ROLE_TEXT, f->subject_text);
		x += subject_w + 1;
	}
	int w = MAX(end - x, 0), used = MIN(canvas_text_width(c, text), w);
	draw_text(c, x, line.y, w, ALIGN_LEFT, ROLE_TEXT, text);
	x += used + 2;
	if (evidence && *evidence && x + EVIDENCE_MIN <= end)
		draw_text(c, x, line.y, end - x, ALIGN_LEFT, ROLE_DIM, evidence);
}

void finding_line_draw(const struct finding *f, int subject_w, struct canvas *c, struct rect line)
{
	draw_line(f, f->text, f->evidence, subject_w, c, line);
}

/* "+3: D" at the end of the line, which is shortened by it: no line is given up for it, however few there are. */
static struct rect draw_more(int more, const char *key, struct canvas *c, struct rect line)
{
	g_autofree char *text = g_strdup_printf("+%d: %s", more, key);
	int w = canvas_text_width(c, text);
	if (more <= 0 || line.w < w + 4)
		return line;
	canvas_text(c, line.x + line.w - w - 1, line.y, -1, ROLE_DIM, text);
	line.w -= w + 1;
	return line;
}

void finding_groups_draw(const GPtrArray *groups, int subject_w, struct canvas *c, struct rect r)
{
	for (int i = 0; i < r.h && i < (int)groups->len; i++) {
		const struct finding_group *g = groups->pdata[i];
		struct rect line = rect_of(r.x, r.y + i, r.w, 1);
		if (i == r.h - 1)
			line = draw_more((int)groups->len - r.h, "D", c, line);
		draw_line(g->first, g->sentence, g->members->len > 1 ? "" : g->first->evidence, subject_w, c,
			  line);
	}
}

static bool is_about(const struct finding *f, const struct ref *const *about, int n)
{
	for (int i = 0; i < n; i++)
		if (ref_equal(&f->subject, about[i]))
			return true;
	return false;
}

int finding_count_about(const struct lab *lab, const struct ref *const *about, int n)
{
	int count = 0;
	for (guint i = 0; i < lab->findings->len; i++)
		count += is_about(lab->findings->pdata[i], about, n);
	return count;
}

int finding_lines_about(const struct lab *lab, const struct ref *const *about, int n, int subject_w,
			struct canvas *c, struct rect r)
{
	int left = finding_count_about(lab, about, n), used = 0;
	for (guint i = 0; i < lab->findings->len && used < r.h; i++) {
		const struct finding *f = lab->findings->pdata[i];
		if (!is_about(f, about, n))
			continue;
		struct rect line = rect_of(r.x, r.y + used++, r.w, 1);
		if (used == r.h)
			line = draw_more(left - 1, "d", c, line);
		finding_line_draw(f, subject_w, c, line);
		left--;
	}
	return used;
}
