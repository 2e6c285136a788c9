/* host_facts.h - what the views say about one host. */
#ifndef TUI_HOST_FACTS_H
#define TUI_HOST_FACTS_H

#include "lab/lab.h"
#include "tui/canvas.h"

int host_count_gpus(const struct lab *lab, const struct lab_host *host);
int host_count_vms(const struct lab *lab, const struct lab_host *host);

/* Is it about the host, one of its fans or sensors? Those have a name of their own behind the host's. */
bool finding_is_of_host(const struct finding *f, const struct ref *host);

/* How bad the worst is that was found of the host, its fans and sensors, or its cards; 0 nothing. */
int host_severity(const struct lab *lab, const struct lab_host *host);

/* What it is, what could not be read, its vGPU profiles, and its sensors in columns. Returns the rows used. */
int host_draw_facts(const struct lab_host *host, const struct lab *lab, struct canvas *c, struct rect r);

/* The datastores of the lab below a rule, a line each, and how many more there are. */
void host_draw_datastores(const struct lab *lab, struct canvas *c, struct rect r);

/* The host that a view is about: the subject's (a host, or a row's host), else the first with a GPU, else the first. */
const struct lab_host *host_of_subject(const struct lab *lab, const struct ref *subject);

#endif
