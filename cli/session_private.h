/* session_private.h - what the files of the session share and nobody else includes. */
#ifndef CLI_SESSION_PRIVATE_H
#define CLI_SESSION_PRIVATE_H

#include "cli/session.h"

/* ---- session_start.c ---- */
/* The built-in lab, filled up to its moment; moving: its worker goes on from there. */
void session_start_demo(struct session *s, const struct options *o, bool moving);
/* What is configured, or a first look at this machine. */
void session_start_real(struct session *s, const struct session_wish *wish);
/* What was named on the command line must be there. */
bool session_find_only(const struct session *s, const struct session_wish *wish, GError **error);

/* ---- session_turn.c ---- */
GArray *session_taps_new(void);

#endif
