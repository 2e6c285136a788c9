/* source.c - how each source is doing, with staleness found by age and not by its own word. */
#include "config.h"
#include "lab/private.h"

#include <string.h>

void source_free(struct source *src)
{
	for (int i = 0; i < REC_KINDS; i++)
		g_hash_table_destroy(src->recs[i]);
	box_unref(src->state_box);
	box_unref(src->tasks_box);
	g_free(src->name);
	g_free(src->vm);
	g_free(src->host);
	g_free(src);
}

static void free_record(gpointer rec)
{
	record_free(rec);
}

static struct source *source_new(struct lab *lab, enum target_kind kind, const char *name)
{
	struct source *src = g_new0(struct source, 1);
	src->name = g_strdup(name);
	src->told = SRC_CONNECTING;
	src->rank = (int)lab->sources->len;
	src->pub = (struct lab_source){.ref = ref_make(THING_SOURCE, name, name, ""),
				       .name = src->name,
				       .kind = kind,
				       .state = SRC_CONNECTING,
				       .reason = "",
				       .hint = "",
				       .detail = "",
				       .error = -1,
				       .since_ns = lab->now_ns,
				       .age_ms = -1};
	for (int i = 0; i < REC_KINDS; i++)
		src->recs[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_record);
	g_ptr_array_add(lab->sources, src);
	return src;
}

/* A source that no target named (the demo's) comes to be with the first word it says. */
struct source *source_get(struct lab *lab, enum target_kind kind, const char *name)
{
	struct source *src = (struct source *)lab_find_source(lab, kind, name);
	return src ? src : source_new(lab, kind, name);
}

static void set_state(struct lab *lab, struct source *src, enum source_state state)
{
	if (src->pub.state == state)
		return;
	src->pub.state = state;
	src->pub.since_ns = lab->now_ns;
	lab->p->dirty |= DIRTY_SOURCES | DIRTY_FINDINGS;
	lab->version++;
}

void source_tick(struct lab *lab, struct source *src)
{
	struct lab_source *s = &src->pub;
	s->age_ms = s->last_ns ? MAX(lab->now_ns - s->last_ns, 0) / NS_PER_MS : -1;
	bool old = s->interval_ms > 0 && s->age_ms > STALE_INTERVALS * s->interval_ms;
	set_state(lab, src, src->told == SRC_LIVE && old ? SRC_STALE : src->told);
}

/* Data came: whoever tells something is there, whether its worker has said so yet or not. */
void source_told(struct lab *lab, struct source *src, const struct obs *obs)
{
	src->pub.last_ns = MAX(src->pub.last_ns, obs->taken_ns);
	if (src->told == SRC_CONNECTING)
		src->told = SRC_LIVE;
	source_tick(lab, src);
}

void source_set_state(struct lab *lab, struct source *src, const struct obs *obs)
{
	const struct obs_source *o = obs->u.src;
	struct lab_source *s = &src->pub;
	lab_bury_box(lab, src->state_box);
	src->state_box = box_ref(obs->box);
	s->reason = o->reason ? o->reason : "";
	s->hint = o->hint ? o->hint : "";
	s->detail = o->detail ? o->detail : "";
	s->error = o->state == SRC_DOWN ? o->error : -1;
	s->insecure = o->insecure;
	if (o->interval_ms > 0)
		s->interval_ms = o->interval_ms;
	s->retry_at_ns = o->retry_ms > 0 ? obs->taken_ns + o->retry_ms * NS_PER_MS : 0;
	src->told = o->state;
	if (o->state == SRC_LIVE)
		s->last_ns = MAX(s->last_ns, obs->taken_ns);
	if (o->state == SRC_DOWN || o->state == SRC_OFF)
		s->answered = true;
	lab->p->dirty |= DIRTY_FINDINGS; /* its reason */
	lab->version++;
	source_tick(lab, src);
}

bool lab_all_answered(const struct lab *lab)
{
	for (guint i = 0; i < lab->sources->len; i++)
		if (!((const struct lab_source *)lab->sources->pdata[i])->answered)
			return false;
	return true;
}
