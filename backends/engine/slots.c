/* slots.c - see slots.h. The counters of /metrics advance only when a request ends: n_decoded of the slots is the only
 * live figure that llama-server has. Members differ between releases, all are optional. */
#include "config.h"

#include "backends/engine/engine.h"
#include "backends/engine/slots.h"

#define SHORTEST_US   (100 * 1000)
#define US_PER_SECOND 1e6

struct slot {
	int64_t id, task;
	struct num decoded, prompted;
};

struct slots *slots_new(void)
{
	struct slots *s = g_new0(struct slots, 1);
	s->seen = g_array_new(FALSE, TRUE, sizeof(struct slot));
	return s;
}

void slots_free(struct slots *s)
{
	g_array_unref(s->seen);
	g_free(s);
}

/* next_token is an array with one object today and was the object itself in 2025. */
static struct num decoded_of(const json_t *slot)
{
	const json_t *next = json_object_get(slot, "next_token");
	if (json_is_array(next))
		next = json_array_get(next, 0);
	return json_num(next, "n_decoded", 0, COUNT_MAX);
}

static const struct slot *seen_before(const struct slots *s, const struct slot *now)
{
	for (guint i = 0; i < s->seen->len; i++) {
		const struct slot *before = &g_array_index(s->seen, struct slot, i);
		if (before->id == now->id)
			return before->task == now->task ? before : NULL;
	}
	return NULL;
}

static struct num grown(struct num before, struct num now, int64_t took_us)
{
	if (!num_known(before) || !num_known(now) || now.v < before.v || took_us < SHORTEST_US)
		return num_none(NUM_UNKNOWN);
	return num_of((now.v - before.v) * US_PER_SECOND / (double)took_us);
}

static void read_busy(const struct slots *s, const json_t *slot, const struct slot *now, int64_t now_us,
		      struct slot_sums *out)
{
	const struct slot *before = seen_before(s, now);
	out->busy++;
	num_add(&out->tokens, json_num(slot, "n_prompt_tokens", 0, COUNT_MAX));
	const struct num rate =
		before ? grown(before->decoded, now->decoded, now_us - s->seen_us) : num_none(NUM_UNKNOWN);
	out->partial |= !num_known(rate);
	num_add(&out->per_second, rate);
	if (before)
		num_add(&out->prompt_per_second, grown(before->prompted, now->prompted, now_us - s->seen_us));
}

void slots_read(struct slots *s, const json_t *array, int64_t now_us, struct slot_sums *out)
{
	GArray *seen = g_array_new(FALSE, TRUE, sizeof(struct slot));
	size_t i;
	const json_t *slot;
	*out = (struct slot_sums){0};
	json_array_foreach(array, i, slot)
	{
		if (i >= SLOTS_CAP)
			break;
		out->total++;
		const struct num context = json_num(slot, "n_ctx", 0, COUNT_MAX);
		num_add(&out->context, context);
		if (num_known(context) && !(num_known(out->largest) && out->largest.v >= context.v))
			out->largest = context;
		if (json_tri(slot, "is_processing") != TRI_YES)
			continue;
		const struct slot now = {
			.id = json_int(slot, "id", INT32_MIN, INT32_MAX, (int64_t)i),
			.task = json_int(slot, "id_task", INT32_MIN, INT32_MAX, -1),
			.decoded = decoded_of(slot),
			.prompted = json_num(slot, "n_prompt_tokens_processed", 0, COUNT_MAX),
		};
		read_busy(s, slot, &now, now_us, out);
		g_array_append_val(seen, now);
	}
	if (out->busy == 0)
		out->tokens = out->per_second = out->prompt_per_second = num_of(0);
	g_array_unref(s->seen);
	s->seen = seen;
	s->seen_us = now_us;
}
