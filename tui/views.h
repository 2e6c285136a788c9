/* views.h - the table of all views. The numbers are fixed by design.md: 1 Overview 2 GPUs 3 Thermals 4 Hosts 5 VMs
 * 6 Engines 7 Doctor 8 Backup 9 Tasks; a view that is not built yet has no row and no tab. */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

#include "tui/view.h"

/* One file each: view_NAME.c. */
extern const struct view_ops view_overview, view_gpus, view_gpu, view_hosts, view_pci, view_numa, view_vms,
	view_vm, view_engines, view_tasks, view_why;

/* All views in the order of their numbers, then those without; ends with NULL. */
extern const struct view_ops *const views_all[];

/* By name, by ":" line ("gpu" finds "gpus" when nothing is called just so), by number; NULL when there is none. */
const struct view_ops *view_by_name(const char *name);
const struct view_ops *view_by_number(int number);

#endif
