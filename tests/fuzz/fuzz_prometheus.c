/* fuzz_prometheus.c - a page of metrics: every sample lies within the page, labels fit their buffers. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/engine/prom.h"

#include <string.h>

struct page {
	const char *from, *to;
};

static void inside(const struct page *p, const char *at, size_t len)
{
	if (len > 0 && (at < p->from || at > p->to || len > (size_t)(p->to - at)))
		g_error("outside of the page");
}

static void sample(void *data, const struct prom_sample *s)
{
	static const char *const labels[] = {"model_name", "engine", "le", "a", ""};
	char value[16];
	inside(data, s->name, s->name_len);
	inside(data, s->labels, s->labels_len);
	prom_is(s, "vllm:num_requests_running");
	for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
		if (prom_label(s, labels[i], value, sizeof value) && !memchr(value, '\0', sizeof value))
			g_error("a label without an end");
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *page = g_malloc(size ? size : 1); /* no NUL behind it */
	if (size)
		memcpy(page, data, size);
	struct page p = {page, page + size};
	prom_read(page, size, sample, &p);
}
