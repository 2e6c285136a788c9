/* status_json_vsphere.h - the sections that hypervisors fill, an element each: thing is the lab's (struct lab_host, lab_vm,
 * lab_store, task_row, event_row). All return new references. */
#ifndef CLI_STATUS_JSON_VSPHERE_H
#define CLI_STATUS_JSON_VSPHERE_H

#include "lab/lab.h"

#include <jansson.h>

json_t *status_json_host(const struct lab *lab, const void *thing);
json_t *status_json_vm(const struct lab *lab, const void *thing);
json_t *status_json_store(const struct lab *lab, const void *thing);
json_t *status_json_task(const struct lab *lab, const void *thing);
json_t *status_json_event(const struct lab *lab, const void *thing);

/* All of "devices". */
json_t *status_json_devices(const struct lab *lab);

#endif
