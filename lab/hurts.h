/* hurts.h - who loses what by a plan: VMs that stop, jobs and engines in them, mounts that others have of them, and about how
 * long it takes. What nobody tells is said to be not known, never left out. Pure. */
#ifndef LAB_HURTS_H
#define LAB_HURTS_H

#include "lab/plan.h"

enum hurt_kind {
	HURT_VM,      /* stops, by itself or with its host */
	HURT_JOB,     /* a process that holds VRAM and is no engine's */
	HURT_ENGINE,  /* with its requests */
	HURT_CLIENTS, /* who is connected to it */
	HURT_MOUNT,   /* another guest has a file system of it mounted */
	HURT_BACKUP,
	HURT_KINDS,
};
extern const char *const hurt_kind_names[HURT_KINDS]; /* "vm", "job", ... */

struct hurt {
	enum hurt_kind kind;
	char *who;  /* "llm-1", "ollama@llm-1" */
	char *what; /* "is shut down", "2 requests running, queue not known" */
};

/* By VM in the order in which the plan comes to them; nothing of steps that have nothing to do. struct hurt *; the caller
 * unrefs the array, which frees them. */
GPtrArray *plan_hurts(const struct plan *plan, const struct lab *lab);

/* Seconds that the steps which are left usually take, by their kinds: an estimate, and drawn as one. */
int plan_usual_s(const struct plan *plan, const struct lab *lab);

#endif
