/* verb_gpu.c - labtop gpu: this machine's GPUs, once or again and again. */
#include "config.h"
#include "cli/verbs.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/status_json.h"
#include "cli/status_text.h"
#include "lab/clock.h"

#include <stdio.h>

#define FIRST_SAMPLE_MS 3000 /* a hello comes before the first sample */

static bool has_samples(const struct lab *lab)
{
	for (guint i = 0; i < lab->gpus->len; i++)
		if (!((const struct lab_gpu *)lab->gpus->pdata[i])->sample)
			return false;
	return true;
}

/* Prints them once: again says that something stands above. As output_send(). */
static int print_gpus(const struct session *s, bool json, bool again)
{
	struct output out;
	output_open(&out);
	if (!json) {
		if (again)
			fputs("\n", out.to);
		status_text_gpus(s->lab, out.to);
		return output_send(&out);
	}
	json_t *gpus = json_array();
	for (guint i = 0; i < s->lab->gpus->len; i++)
		json_array_append_new(gpus, status_json_gpu(s->lab, s->lab->gpus->pdata[i]));
	verb_print_json(json_pack("{s:o}", "gpus", gpus), out.to);
	return output_send(&out);
}

/* Until a signal comes, or nobody reads any more. */
static int watch(struct session *s, const struct options *o)
{
	int64_t next_ns = clock_ns();
	int sent = 0;
	while (sent == 0 && !signals_came() && !output_reader_gone()) {
		next_ns += o->watch_ms * NS_PER_MS;
		session_run(s, NULL, next_ns);
		sent = print_gpus(s, o->json, true);
	}
	return sent;
}

int verb_gpu(struct options *o)
{
	const struct session_wish wish = {.kinds = 0, .moving = o->watch_ms > 0};
	int status;
	struct session *s = verb_begin(o, &wish, &status);
	if (!s)
		return status;
	session_run(s, has_samples, clock_ns() + FIRST_SAMPLE_MS * NS_PER_MS);
	int sent = print_gpus(s, o->json, false);
	verb_explain(s);
	if (o->watch_ms && sent == 0)
		sent = watch(s, o);
	return verb_end(s, sent);
}
