/* role.h - what a cell means; a theme says how that looks. Views speak roles, never colours. */
#ifndef TUI_ROLE_H
#define TUI_ROLE_H

enum role {
	ROLE_TEXT,
	ROLE_DIM,    /* what is secondary, or not known */
	ROLE_TITLE,  /* column headers, names of panes */
	ROLE_CRUMB,  /* where you are */
	ROLE_BORDER, /* rules, boxes, axes */
	ROLE_FOCUS,  /* the active tab, the pane that has the keys */
	ROLE_SELECT, /* the row under the cursor: laid over what is there, see canvas_select() */
	ROLE_OK,
	ROLE_WARN,
	ROLE_CRIT,
	ROLE_UNKNOWN, /* "?": read, but nonsense */
	ROLE_STALE,   /* the last value known of a source that is silent */
	ROLE_INFO,
	ROLE_KEY,  /* a key in the hint line */
	ROLE_HINT, /* what the key does */
	ROLE_BAR,  /* bars, single plots: one quiet colour */
	ROLE_BAR_LOW,
	ROLE_BAR_MID,
	ROLE_BAR_HIGH, /* only where something is wrong */
	ROLE_SERIES1,  /* plots of several lines */
	ROLE_SERIES2,
	ROLE_SERIES3,
	ROLE_SERIES4,
	ROLE_SERIES5,
	ROLE_SERIES6,
	ROLE_COUNT
};

/* The name in theme files ("bar-low") and the letter in dumps of a canvas; unique each. */
struct role_info {
	const char *name;
	char letter;
};
extern const struct role_info role_info[ROLE_COUNT];

/* The role of a name, or -1. */
int role_by_name(const char *name);

/* The i-th of the series roles, going round. */
static inline enum role role_series(unsigned i)
{
	return (enum role)(ROLE_SERIES1 + i % 6);
}

#endif
