/* newer.h - rows that the acting lane of a target has read and the watching one has not seen yet.
 *
 * The watching lane tells changes on top of the row that it posted last. After the acting lane has posted a newer one, that
 * would bring back what was changed; so the watching lane goes on from the newer row. Any thread.
 */
#ifndef BACKENDS_VSPHERE_NEWER_H
#define BACKENDS_VSPHERE_NEWER_H

#include "backends/vsphere/kind.h"
#include "lab/target.h"

/* A row that was posted by the acting lane of this target. Takes the reference to its box; the one before is dropped. */
void newer_put(const struct target *t, const struct kind *kind, const char *moref, const void *take_row);

/* It, with the reference to its box, once; NULL when there is none. */
const void *newer_take(const struct target *t, const struct kind *kind, const char *moref);

/* The target is watched no more. */
void newer_forget(const struct target *t);

#endif
