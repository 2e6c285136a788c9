/* write_whole.h - output that arrives whole: signals do not tear it, and a reader that has stalled cannot keep us from ending. */
#ifndef BACKENDS_WRITE_WHOLE_H
#define BACKENDS_WRITE_WHOLE_H

#include <glib.h>

#define WRITE_GRACE_MS 2000

/* Writes len bytes to fd, whether or not it blocks. came tells the signal (TERM, HUP, INT) that asked us to leave, or 0: a
 * handler without SA_RESTART sets it in this thread, which must be the only one that takes signals. Once it came, writing
 * goes on for at most WRITE_GRACE_MS. 0 when all is written; else errno: EPIPE when nobody reads any more, ECANCELED when
 * that time was over. SIGPIPE is ignored by the caller. */
int write_whole(int fd, const char *text, gsize len, int (*came)(void));

#endif
