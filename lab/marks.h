/* marks.h - by what machines tell themselves apart, and what many have alike: names, addresses. UUIDs: uuid.h. */
#ifndef LAB_MARKS_H
#define LAB_MARKS_H

#include <stdbool.h>

/* True for a name that an installation has which nobody named ("localhost.localdomain"), and for none. */
bool name_is_default(const char *name);

/* True for a numeric address that every machine may have (loopback, link-local, Docker's own bridge). */
bool address_is_shared(const char *ip);

#endif
