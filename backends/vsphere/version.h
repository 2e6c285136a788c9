/* version.h - which version of the API we speak with a server. Pure. */
#ifndef BACKENDS_VSPHERE_VERSION_H
#define BACKENDS_VSPHERE_VERSION_H

#include "lab/error.h"

#include <stdbool.h>

/* The newest version that we know. */
#define VIM_VERSION_OURS "8.0.3.0"
/* Older servers are served as far as they tell; below this nothing useful is left. */
#define VIM_VERSION_OLDEST "5.5"

/* Compares dotted numbers: "7.0" < "7.0.2.0" < "10.0". Text that is none counts as 0. */
int version_compare(const char *a, const char *b);

bool version_is_number(const char *text);

/* The body of /sdk/vimServiceVersions.xml to the version to announce; the caller frees it. NULL (LAB_ERR_PROTOCOL,
 * LAB_ERR_UNSUPPORTED) when it is no such document or names no version that we can speak. A server that is newer than we
 * are is never refused. */
char *version_negotiate(const char *xml, size_t len, GError **error);

/* The rule alone: server's version and the NULL-terminated versions before it. */
char *version_choose(const char *version, const char *const *prior, GError **error);

#endif
