/* owner.h - which engine a process of a guest belongs to. */
#ifndef LAB_OWNER_H
#define LAB_OWNER_H

#include "lab/lab.h"

/* Fills guest->owners for the engines that run in it (const struct lab_engine *). A child belongs to its parent's
 * engine, so that a llama-server that Ollama started is Ollama's and nobody else's. */
void owner_assign(struct lab_guest *guest, const GPtrArray *engines);

/* Whether a process shows in its words that it runs this model (digest of the blob, name or path). */
bool owner_runs_model(const struct proc_row *proc, const struct model_row *model);

#endif
