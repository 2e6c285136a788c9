/* bdf.h - PCI addresses ("bus, device, function"): people and servers spell them in several ways, rows in one. */
#ifndef LAB_BDF_H
#define LAB_BDF_H

#include "lab/rows.h"

/* "0000:21:00.0", "21:00.0" and "0000:0A:1F.7" become "dddd:bb:dd.f", lower case, with as many digits of the domain as it
 * has. False and "" for anything else. */
bool bdf_parse(const char *text, char out[BDF_SIZE]);

/* The domain, and bus, device and function as the one number that PCI Express routes by. False when it is no address. */
bool bdf_split(const char *text, uint32_t *domain, unsigned *routing_id);

/* The address of a routing id in a domain. */
void bdf_make(uint32_t domain, unsigned routing_id, char out[BDF_SIZE]);

/* The short address that people say: without the domain when that is 0. Points into bdf. */
const char *bdf_short(const char *bdf);

#endif
