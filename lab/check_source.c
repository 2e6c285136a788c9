/* check_source.c - sources that are down or refuse. */
#include "config.h"
#include "lab/check.h"

#include "lab/error.h"

static bool is_on(const struct lab *lab, const void *thing)
{
	return ((const struct lab_source *)thing)->state != SRC_OFF;
}

/* Known by what it is a source of, where that is one thing: what else is wrong with it stands beside. */
static struct ref subject_of(const struct lab_source *s)
{
	enum thing kind = s->kind == TARGET_GUEST    ? THING_GUEST
			  : s->kind == TARGET_ENGINE ? THING_ENGINE
						     : THING_SOURCE;
	return ref_make(kind, s->name, s->name, "");
}

static void look_down(const struct lab *lab, const void *thing, struct check_out *out)
{
	const struct lab_source *s = thing;
	struct ref ref = subject_of(s);
	if (s->state != SRC_DOWN)
		return;
	check_about(out, &ref, s->name);
	if (s->last_ns) /* else it may have been down for longer than labtop runs */
		check_since(out, s->since_ns);
	if (*s->hint)
		check_fix(out, s->hint);
	check_hit(out, s->error >= 0 && lab_error_waits_for_person(s->error) ? "refused" : "down", "%s",
		  *s->reason ? s->reason : "no reason is known");
}

const struct check check_source_table[] = {
	{.id = "SOURCE-DOWN",
	 .severity = SEV_BLOCK,
	 .scope = THING_SOURCE,
	 .live = true,
	 .applies = is_on,
	 .look = look_down,
	 .fix = "see its reason; labtop tries again by itself"},
	{NULL},
};
