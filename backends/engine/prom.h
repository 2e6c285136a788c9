/* prom.h - the Prometheus text format and OpenMetrics, one sample at a time. Pure; stores nothing. */
#ifndef ENGINE_PROM_H
#define ENGINE_PROM_H

#include <stdbool.h>
#include <stddef.h>

/* Pointers go into the page. */
struct prom_sample {
	const char *name;
	size_t name_len;
	const char *labels; /* between the braces, escapes as written */
	size_t labels_len;
	double value; /* NaN and infinities as told */
};

typedef void prom_sample_fn(void *data, const struct prom_sample *sample);

/* Calls fn for every sample of a page of len bytes, in order; comments, types and blank lines are passed over. Returns how
 * many lines made no sense (they are skipped, the rest counts). */
size_t prom_read(const char *page, size_t len, prom_sample_fn *fn, void *data);

bool prom_is(const struct prom_sample *s, const char *name);

/* The value of a label, unescaped, cut to size; false when the sample has no such label. */
bool prom_label(const struct prom_sample *s, const char *name, char *out, size_t size);

#endif
