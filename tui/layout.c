/* layout.c - rectangles and column widths: pure arithmetic, no drawing. */
#include "config.h"

#include "tui/layout.h"

#include <glib.h>

struct rect rect_intersect(struct rect a, struct rect b)
{
	int x = MAX(a.x, b.x), y = MAX(a.y, b.y);
	int right = MIN(a.x + a.w, b.x + b.w), bottom = MIN(a.y + a.h, b.y + b.h);
	return rect_of(x, y, MAX(right - x, 0), MAX(bottom - y, 0));
}

struct rect rect_cut_top(struct rect *r, int n)
{
	n = CLAMP(n, 0, r->h);
	struct rect cut = rect_of(r->x, r->y, r->w, n);
	r->y += n;
	r->h -= n;
	return cut;
}

struct rect rect_cut_bottom(struct rect *r, int n)
{
	n = CLAMP(n, 0, r->h);
	r->h -= n;
	return rect_of(r->x, r->y + r->h, r->w, n);
}

struct rect rect_cut_left(struct rect *r, int n)
{
	n = CLAMP(n, 0, r->w);
	struct rect cut = rect_of(r->x, r->y, n, r->h);
	r->x += n;
	r->w -= n;
	return cut;
}

struct rect rect_cut_right(struct rect *r, int n)
{
	n = CLAMP(n, 0, r->w);
	r->w -= n;
	return rect_of(r->x + r->w, r->y, n, r->h);
}

/* Cells that the columns kept so far need, with the gaps between them. */
static int columns_used(const int *out, int n)
{
	int used = 0, kept = 0;
	for (int i = 0; i < n; i++) {
		used += out[i];
		kept += out[i] > 0;
	}
	return used + MAX(kept - 1, 0);
}

/* The next column to give up: highest priority number, rightmost among equals; -1 when only essential ones are left. */
static int column_to_drop(const struct column_want *want, int n, const int *out)
{
	int worst = -1;
	for (int i = 0; i < n; i++)
		if (out[i] > 0 && want[i].priority > 0 &&
		    (worst < 0 || want[i].priority >= want[worst].priority))
			worst = i;
	return worst;
}

/* Gives what is left to columns below their ideal, the most important first. */
static int widen_to_ideal(const struct column_want *want, int n, int left, int *out)
{
	int top = 0;
	for (int i = 0; i < n; i++)
		top = MAX(top, want[i].priority);
	for (int p = 0; p <= top; p++)
		for (int i = 0; i < n && left > 0; i++) {
			if (out[i] == 0 || want[i].priority != p)
				continue;
			int more = CLAMP(want[i].ideal - out[i], 0, left);
			out[i] += more;
			left -= more;
		}
	return left;
}

static void widen_growing(const struct column_want *want, int n, int left, int *out)
{
	int growing = 0;
	for (int i = 0; i < n; i++)
		growing += out[i] > 0 && want[i].grows;
	for (int i = 0; i < n && growing > 0; i++) {
		if (out[i] == 0 || !want[i].grows)
			continue;
		int more = left / growing--;
		if (want[i].most > 0)
			more = CLAMP(want[i].most - out[i], 0, more);
		out[i] += more;
		left -= more;
	}
}

int layout_columns(const struct column_want *want, int n, int width, int *out)
{
	int matters = 0; /* up to this priority a column is worth another one's good width */
	for (int i = 0; i < n; i++) {
		out[i] = MAX(want[i].min, want[i].good);
		matters = want[i].good ? MAX(matters, want[i].priority) : matters;
	}
	for (int drop; columns_used(out, n) > width && (drop = column_to_drop(want, n, out)) >= 0;) {
		if (want[drop].priority <= matters)
			break;
		out[drop] = 0;
	}
	for (int i = 0; i < n; i++)
		out[i] = MIN(out[i], want[i].min);
	for (int drop; columns_used(out, n) > width && (drop = column_to_drop(want, n, out)) >= 0;)
		out[drop] = 0;
	/* Only essential columns are left and still too wide: the last ones pay. */
	for (int i = n - 1; i >= 0; i--) {
		int over = columns_used(out, n) - width;
		if (over > 0)
			out[i] = MAX(out[i] - over, 0);
	}
	int left = widen_to_ideal(want, n, width - columns_used(out, n), out);
	widen_growing(want, n, left, out);
	return columns_used(out, n);
}

void layout_parts(const struct part_want *want, int n, int height, int *out)
{
	int left = height, weights = 0;
	for (int i = 0; i < n; i++) {
		out[i] = want[i].min <= left ? want[i].min : 0;
		left -= out[i];
		weights += out[i] > 0 ? want[i].weight : 0;
	}
	for (int i = 0; i < n && weights > 0; i++) {
		if (out[i] == 0)
			continue;
		int more = left * want[i].weight / weights;
		out[i] += more;
		left -= more;
		weights -= want[i].weight;
	}
}
