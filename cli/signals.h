/* signals.h - TERM, HUP and INT as something that waiting and writing notice: for verbs that have no main loop. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/* From now on they end waiting in an orderly way. One that whoever started us ignores (nohup) stays ignored. They interrupt
 * a call that blocks (EINTR). */
void signals_catch(void);

/* 0, or the signal that came. */
int signals_came(void);

/* How many came: what has to be brought to an end goes on after the first, and not after the second. */
int signals_count(void);

/* Readable from the moment that one came on; -1 before signals_catch(). */
int signals_fd(void);

#endif
