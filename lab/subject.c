/* subject.c - finding a step's subject again, and refusing what only looks like it. */
#include "config.h"
#include "lab/subject.h"

#include "lab/private.h"

#include <string.h>

static const char *vm_uuid(const struct vm_row *vm)
{
	return *vm->instance_uuid ? vm->instance_uuid : vm->uuid;
}

struct subject subject_of_vm(struct box *box, const struct lab_vm *vm)
{
	return (struct subject){.kind = THING_VM,
				.source = box_raw(box, vm->row->source, -1),
				.moref = box_raw(box, vm->row->moref, -1),
				.uuid = box_raw(box, vm_uuid(vm->row), -1),
				.name = box_text(box, vm->row->name, -1)};
}

struct subject subject_of_host(struct box *box, const struct lab_host *host)
{
	return (struct subject){.kind = THING_HOST,
				.source = box_raw(box, host->row->source, -1),
				.moref = box_raw(box, host->row->moref, -1),
				.uuid = box_raw(box, host->row->uuid, -1),
				.name = box_text(box, host->row->name, -1)};
}

bool subject_equal(const struct subject *a, const struct subject *b)
{
	return a->kind == b->kind && strcmp(a->source, b->source) == 0 && strcmp(a->moref, b->moref) == 0 &&
	       strcmp(a->uuid, b->uuid) == 0;
}

/* Without a uuid on both sides there is no saying that it is another one. */
static bool same_uuid(const char *meant, const char *seen)
{
	return !*meant || !*seen || strcmp(meant, seen) == 0;
}

static enum subject_state other_one(const struct subject *s, GString *why)
{
	g_string_append_printf(why, "the %s under the id of %s is another one now",
			       s->kind == THING_VM ? "VM" : "host", s->name);
	return SUBJECT_OTHER;
}

enum subject_state subject_see(const struct lab *lab, const struct subject *s, struct seen *out, GString *why)
{
	const struct source *src = (const struct source *)lab_find_source(lab, TARGET_VSPHERE, s->source);
	*out = (struct seen){NULL};
	if (!src) {
		g_string_append_printf(why, "%s is not configured", s->source);
		return SUBJECT_OTHER;
	}
	if (!source_live(src)) {
		g_string_append_printf(why, "%s is %s", s->source, source_state_names[src->pub.state]);
		return SUBJECT_UNKNOWN;
	}
	const struct rec *rec =
		g_hash_table_lookup(src->recs[s->kind == THING_VM ? REC_VM : REC_HOST], s->moref);
	if (!rec) {
		g_string_append_printf(why, "%s is not on %s any more", s->name, s->source);
		return src->pub.answered ? SUBJECT_OTHER : SUBJECT_UNKNOWN;
	}
	out->taken_ns = rec->taken_ns;
	if (s->kind == THING_VM) {
		out->vm = rec->row;
		return same_uuid(s->uuid, vm_uuid(out->vm)) ? SUBJECT_THERE : other_one(s, why);
	}
	out->host = rec->row;
	return same_uuid(s->uuid, out->host->uuid) ? SUBJECT_THERE : other_one(s, why);
}
