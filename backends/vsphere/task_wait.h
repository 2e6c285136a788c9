/* task_wait.h - a task of the server, followed to its end. */
#ifndef BACKENDS_VSPHERE_TASK_WAIT_H
#define BACKENDS_VSPHERE_TASK_WAIT_H

#include "backends/vsphere/acting.h"

/* Tells its progress, and a question that holds it up, as answers to rq. True: the server says that it succeeded. False
 * with the task's own error, or with that of a connection: then the task may still come to an end by itself. */
bool task_wait(struct acting *a, const struct request *rq, const char *task, struct vim_ref entity,
	       GError **error);

/* A task of this object that has not come to an end, or, with since_ms > 0, one named `done` that ended later than that (a
 * reboot goes on behind its task). True: *pct and *what (freed by the caller) say which. */
bool task_under_way(struct acting *a, struct vim_ref entity, const char *done, int64_t since_ms,
		    struct num *pct, char **what, GError **error);

#endif
