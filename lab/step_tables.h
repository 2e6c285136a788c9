/* step_tables.h - the tables of kinds of steps; each ends with an entry without a name. */
#ifndef LAB_STEP_TABLES_H
#define LAB_STEP_TABLES_H

#include "lab/step.h"

extern const struct step_ops step_vm_table[], step_host_table[];

#endif
