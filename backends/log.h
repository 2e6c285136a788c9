/* log.h - the program's log file in the state directory: time, level, source, message. Never stderr: the screen is there.
 *
 * Backends do not call this; they post by backend_log(), and whoever folds observations writes what it takes out.
 */
#ifndef BACKENDS_LOG_H
#define BACKENDS_LOG_H

#include <glib.h>
#include <stdbool.h>

/* Opens it for appending; more than 4 MiB are moved to log.1, then and while it runs. Also takes what GLib would print. least: the lowest
 * level that is written (G_LOG_LEVEL_INFO: all but debug). Before the first thread. */
bool log_open(GLogLevelFlags least, GError **error);

/* Writes a line, redacted and cleaned; nothing when the log is not open. Any thread: one write() a line. */
void log_line(GLogLevelFlags level, const char *source, const char *text);

void log_close(void);

/* "error", "warn", "info", "debug". */
const char *log_level_name(int level);

#endif
