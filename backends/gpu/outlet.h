/* outlet.h - stdout and the ways in which this program is told to end. Lines of JSON leave here and nowhere else. */
#ifndef GPU_OUTLET_H
#define GPU_OUTLET_H

#include <glib.h>
#include <stdbool.h>

#define OUTLET_LINE_MAX (256 * 1024)

/* Installs the handlers; call before any thread starts. wake_fd, an eventfd, is written to when a signal arrives. */
void outlet_init(int wake_fd);

/* Writes lines, their newlines included: whole, though a signal asked to end, unless the reader has stalled. False, with
 * errno, when not. */
bool outlet_write(const char *text, gsize len);

/* The signal that asked us to end, or 0. */
int outlet_signal(void);

#endif
