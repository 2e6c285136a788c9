/* severity.h - how bad something is, as a mark and a role: the same everywhere. */
#ifndef TUI_SEVERITY_H
#define TUI_SEVERITY_H

#include "lab/lab.h"
#include "tui/glyph.h"
#include "tui/role.h"

struct severity_look {
	enum glyph mark;
	enum role role;
};

/* Of a finding: what could not be told has the mark of the unknown. */
struct severity_look severity_look(enum severity severity, bool unknown);

/* The mark of a table row whose worst finding has that severity: 0 (none) below advice; *role is set with it. */
int severity_mark(int severity, enum role *role);

#endif
