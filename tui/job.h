/* job.h - job control from outside: somebody stops or continues this process. GLib watches neither signal. */
#ifndef TUI_JOB_H
#define TUI_JOB_H

enum job { JOB_NOTHING, JOB_STOP, JOB_CONTINUE };

/* Catches SIGTSTP and SIGCONT from now on; the descriptor is readable when one came. -1 when there is none to be had. */
int job_watch(void);
void job_unwatch(void);

/* What came last. */
enum job job_take(void);

#endif
