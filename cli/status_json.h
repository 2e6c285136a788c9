/* status_json.h - the lab as JSON: `labtop status --json`, and the same objects for the verbs that print one of them.
 *
 * Keys, units and words are those of design.md ("Command line"); other programs rely on them. More keys may come.
 */
#ifndef CLI_STATUS_JSON_H
#define CLI_STATUS_JSON_H

#include "lab/lab.h"

#include <jansson.h>

/* The whole object; a new reference. The lab must be settled. */
json_t *status_json(const struct lab *lab);

/* One element of "devices"; with link, BARs and what else libpci tells where it told (labtop pci --json). */
json_t *status_json_pci(const struct lab *lab, const struct lab_host *host, const struct pci_row *device);

/* One element of "guests". */
json_t *status_json_guest(const struct lab_guest *guest);

/* One element of "gpus" (labtop gpu --json). */
json_t *status_json_gpu(const struct lab *lab, const struct lab_gpu *gpu);

/* One element of "engines", and one of its "models" (labtop engine ... --json). */
json_t *status_json_engine(const struct lab_engine *engine);
json_t *status_json_model(const struct model_row *model);

#endif
