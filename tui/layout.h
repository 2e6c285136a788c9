/* layout.h - rectangles and column widths: pure arithmetic, no drawing. */
#ifndef TUI_LAYOUT_H
#define TUI_LAYOUT_H

#include <stdbool.h>

struct rect {
	int x, y, w, h;
};

static inline struct rect rect_of(int x, int y, int w, int h)
{
	return (struct rect){x, y, w, h};
}

/* What two rectangles have in common; w or h is 0 when that is nothing. */
struct rect rect_intersect(struct rect a, struct rect b);

/* Cuts n rows (columns) off one side of *r and returns them; never more than there are. */
struct rect rect_cut_top(struct rect *r, int n);
struct rect rect_cut_bottom(struct rect *r, int n);
struct rect rect_cut_left(struct rect *r, int n);
struct rect rect_cut_right(struct rect *r, int n);

/* What one column asks for. Widths are fixed by the layout, never by values: no column moves because a value did. */
struct column_want {
	int min;  /* below this it is not worth having */
	int good; /* columns that matter less than all that have one are given up before it has less; 0: min */
	int ideal;    /* it never gets more than this, unless it grows */
	int priority; /* 0 stays to the end; the highest number is dropped first, the rightmost among equals */
	bool grows;   /* shares what is left over */
	bool fits; /* a name: as wide as what stands in it wants, between min and the greater of ideal and most */
	int most; /* and stops growing here: a wide screen has no wider gaps; 0: no end */
};

/* Widths of n columns in `width` cells with one cell between neighbours: out[i] is 0 for a column that was dropped.
 * Ideal widths are approached by priority. Returns the cells used. */
int layout_columns(const struct column_want *want, int n, int width, int *out);

/* Heights for n parts in `height` rows: each gets its min, the rest goes round by weight; parts whose min does not fit
 * any more get 0, the last ones first. */
struct part_want {
	int min, weight;
};
void layout_parts(const struct part_want *want, int n, int height, int *out);

#endif
