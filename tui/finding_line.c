/* finding_line.c - findings as lines under a table. Draws what the lab has found; finds nothing itself. */
#include "config.h"

#include "tui/finding_line.h"

#include "tui/draw.h"
#include "tui/severity.h"

#define EVIDENCE_MIN 12 /* columns worth having of it */

void finding_line_draw(const struct finding *f, int subject_w, struct canvas *c, struct rect line)
{
	struct severity_look look = severity_look(f->severity, f->unknown);
	int x = line.x + 3, end = line.x + line.w - 1;
	canvas_glyph(c, line.x + 1, line.y, look.role, look.mark);
	if (subject_w > 0) {
		draw_text(c, x, line.y, subject_w, ALIGN_LEFT, ROLE_TEXT, f->subject_text);
		x += subject_w + 1;
	}
	int w = MAX(end - x, 0), used = MIN(canvas_text_width(c, f->text), w);
	draw_text(c, x, line.y, w, ALIGN_LEFT, ROLE_TEXT, f->text);
	x += used + 2;
	if (f->evidence && *f->evidence && x + EVIDENCE_MIN <= end)
		draw_text(c, x, line.y, end - x, ALIGN_LEFT, ROLE_DIM, f->evidence);
}

void finding_more_draw(int more, const char *key, struct canvas *c, struct rect line)
{
	canvas_printf(c, line.x + 3, line.y, ROLE_DIM, "%d more: %s shows them", more, key);
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
		if (used == r.h && left > 1 && r.h >= FINDING_MORE_FROM)
			finding_more_draw(left, "d", c, line);
		else
			finding_line_draw(f, subject_w, c, line);
		left--;
	}
	return used;
}
