/* log_tap.h - the tap that writes what sources say into the program's log, each thing once an hour and then how often. */
#ifndef CLI_LOG_TAP_H
#define CLI_LOG_TAP_H

#include "lab/observation.h"

struct log_tap;

struct log_tap *log_tap_new(void);

/* A session_see_fn. */
void log_tap_see(void *log_tap, const struct obs *obs);

/* Writes what is still counted, and frees. */
void log_tap_free(struct log_tap *tap);

#endif
