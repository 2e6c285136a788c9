/* acting.c - see acting.h. */
#include "config.h"
#include "backends/vsphere/acting.h"

#include "backends/vsphere/newer.h"
#include "backends/vsphere/post.h"
#include "backends/vsphere/task_wait.h"
#include "backends/vsphere/version.h"

#include <string.h>

#define VOID_ANSWER_MS (120 * 1000) /* a host that rebinds a driver takes its time to answer */

struct acting {
	struct backend *b;
	struct vim *v;
	struct prop_limits limits;
	struct post *post;
};

const struct act vsphere_acts[] = {
	{"vm.shutdown", act_vm_power},
	{"vm.power-off", act_vm_power},
	{"vm.power-on", act_vm_power},
	{"vm.remove-snapshots", act_vm_remove_snapshots},
	{"vm.firmware", act_vm_setting},
	{"vm.reserve-all-memory", act_vm_setting},
	{"vm.cpu-hot-add", act_vm_setting},
	{"vm.memory-hot-add", act_vm_setting},
	{"vm.nested-hv", act_vm_setting},
	{"vm.vcpus", act_vm_setting},
	{"vm.extra-config", act_vm_setting},
	{"vm.pci-device", act_vm_pci_device},
	{"host.passthrough", act_host_passthrough},
	{"host.passthrough-active", act_host_passthrough_active},
	{"host.enter-maintenance", act_host_maintenance},
	{"host.exit-maintenance", act_host_maintenance},
	{"host.reboot", act_host_reboot},
	{NULL},
};

/* ---- life -------------------------------------------------------------------------------------------------------- */

struct acting *acting_new(struct backend *b, struct vim *v)
{
	struct acting *a = g_new0(struct acting, 1);
	a->b = b;
	a->v = v;
	a->limits.version = v->soap.version;
	a->limits.refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	a->post = post_new(b, v);
	return a;
}

void acting_free(struct acting *a)
{
	if (!a)
		return;
	g_hash_table_unref(a->limits.refused);
	post_free(a->post);
	g_free(a);
}

struct vim *acting_vim(struct acting *a)
{
	return a->v;
}

struct backend *acting_backend(struct acting *a)
{
	return a->b;
}

bool acting_knows(const struct acting *a, const char *version)
{
	return version_compare(a->limits.version, version) >= 0;
}

/* ---- seeing ------------------------------------------------------------------------------------------------------ */

bool acting_read(struct acting *a, const struct collector_query *q, GError **error)
{
	GError *failure = NULL;
	if (collector_read(a->v, &a->limits, q, &failure))
		return true;
	if (vim_session_lost(a->v)) { /* idle for long, or the server was restarted meanwhile */
		g_clear_error(&failure);
		return vim_login(a->v, error) && collector_read(a->v, &a->limits, q, error);
	}
	g_propagate_error(error, failure);
	return false;
}

static const struct kind *kind_of(const struct step *s)
{
	return s->ops->scope == THING_VM ? &vm_kind : &host_kind;
}

struct reading {
	const char *source;
	const struct kind *kind;
	struct box *box; /* holds row; NULL: nothing was told */
	void *row;
};

static void reading_clear(struct reading *r)
{
	box_unref(r->box);
	r->box = NULL;
	r->row = NULL;
}

static bool begin_row(void *data, struct draft *d)
{
	const struct reading *r = data;
	kind_begin(r->kind, d, r->source);
	return true;
}

static void end_row(void *data, struct draft *d)
{
	struct reading *r = data;
	reading_clear(r);
	if (!kind_end(r->kind, d, NULL))
		return;
	r->box = box_new();
	r->row = kind_copy(r->kind, r->box, d->row);
}

static const struct props_handler row_handler = {begin_row, end_row, NULL};

static void tell_gone(struct acting *a, const struct step *s)
{
	post_gone(a->post, s->target.moref);
	post_flush(a->post, false);
}

static bool read_row(struct acting *a, const struct step *s, struct reading *r, GError **error)
{
	const struct prop_read reads[] = {{&r->kind->type, SET_LIVE | SET_DETAIL}, {0}};
	g_autofree char *what = g_strdup_printf("reading %s", s->target.name);
	g_autoptr(GString) object = g_string_new(NULL);
	props_append_object(object, (struct vim_ref){r->kind->type.vim, s->target.moref});
	const struct collector_query q = {
		.what = what, .reads = reads, .objects = object->str, .handler = &row_handler, .data = r};
	if (!acting_read(a, &q, error))
		return false;
	if (r->row)
		return true;
	tell_gone(a, s);
	g_set_error(error, LAB_ERROR, LAB_ERR_NOT_FOUND, "%s is not there any more", s->target.name);
	return false;
}

/* A VM that was removed and made again, under the id of the one that was meant. */
static bool is_the_one(const struct step *s, const struct sight *sight, GError **error)
{
	const struct vm_row *vm = sight->vm;
	const char *uuid = !vm ? sight->host->uuid : *vm->instance_uuid ? vm->instance_uuid : vm->uuid;
	if (!*s->target.uuid || !*uuid || strcmp(uuid, s->target.uuid) == 0)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_CONFLICT, "another one stands in the place of %s",
		    s->target.name);
	return false;
}

bool acting_see(struct acting *a, const struct step *s, struct sight *out, GError **error)
{
	struct reading r = {.source = a->b->target->name, .kind = kind_of(s)};
	*out = (struct sight){.ref = {r.kind->type.vim, s->target.moref}};
	if (!read_row(a, s, &r, error)) {
		reading_clear(&r);
		return false;
	}
	newer_put(a->b->target, r.kind, s->target.moref, post_row(a->post, r.kind, r.row, NULL, NULL));
	post_flush(a->post, false);
	out->box = r.box;
	if (r.kind == &vm_kind)
		out->vm = r.row;
	else
		out->host = &((struct vs_host *)r.row)->row;
	return is_the_one(s, out, error);
}

void sight_clear(struct sight *sight)
{
	box_unref(sight->box);
	*sight = (struct sight){0};
}

bool acting_begin(struct acting *a, const struct step *s, struct sight *out, bool *as_wanted, GError **error)
{
	g_autoptr(GString) value = g_string_new(NULL);
	if (!acting_see(a, s, out, error))
		return false;
	const struct seen seen = {.vm = out->vm, .host = out->host};
	if (!s->ops->read(s, &seen, value)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "%s of %s: not known", s->ops->title,
			    s->target.name);
		return false;
	}
	*as_wanted = s->ops->once ? strcmp(value->str, s->before) != 0 : strcmp(value->str, s->want) == 0;
	if (*as_wanted || strcmp(value->str, s->before) == 0)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_CONFLICT,
		    "%s of %s is \"%s\" now and was \"%s\" when this was planned: plan again", s->ops->title,
		    s->target.name, value->str, s->before);
	return false;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

/* The other side has said no: whatever its words are filed under, it is not an answer that is missing. */
static void told_no(GError **error)
{
	if (error && *error && act_outcome(true, *error) == REPLY_LOST)
		(*error)->code = LAB_ERR_SYSTEM;
}

static bool perform(struct acting *a, const struct act_call *call, const char **task, struct box *box,
		    GError **error)
{
	static const struct leaf id_leaf[] = {{.path = "", .kind = LEAF_RAW, .offset = 0}, {0}};
	const struct soap_call soap = {.what = call->what,
				       .method = call->method,
				       .self = call->self,
				       .arguments = call->arguments,
				       .first_ms = VOID_ANSWER_MS,
				       .silence_ms = VOID_ANSWER_MS};
	if (!g_str_has_suffix(call->method, "_Task"))
		return soap_call(&a->v->soap, &soap, error);
	return soap_call_into(&a->v->soap, soap, id_leaf, task, box, error);
}

bool acting_call(struct acting *a, const struct request *rq, const struct act_call *call,
		 struct vim_ref entity, GError **error)
{
	struct box *box = box_new();
	const char *task = "";
	GError *failure = NULL;
	act_leaves(a->b);
	bool good = perform(a, call, &task, box, &failure);
	if (good)
		act_sent(a->b, rq, call->method, task);
	else if (a->v->soap.fault.box)
		told_no(&failure);
	if (good && *task && !task_wait(a, rq, task, entity, &failure))
		good = false;
	box_unref(box);
	if (failure)
		g_propagate_error(error, failure);
	return good;
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

/* A host reboots behind its task: while the boot time is older than the task's end it has not come back yet. */
static bool still_under_way(struct acting *a, const struct request *rq, const struct sight *sight, bool *yes,
			    GError **error)
{
	bool reboot = strcmp(rq->step.ops->name, "host.reboot") == 0;
	struct num pct = num_none(NUM_UNKNOWN);
	g_autofree char *what = NULL;
	GError *failure = NULL;
	*yes = task_under_way(a, sight->ref, reboot ? "HostSystem.reboot" : NULL,
			      reboot ? sight->host->boot_ms : 0, &pct, &what, &failure);
	if (*yes)
		act_under_way(a->b, rq, pct, what);
	if (failure)
		g_propagate_error(error, failure);
	return !failure;
}

bool vsphere_look(struct backend *b, const struct request *rq, GError **error)
{
	struct acting *a = vsphere_acting(b);
	struct sight sight;
	bool yes = false;
	bool good = acting_see(a, &rq->step, &sight, error);
	/* Asked for by a run that goes on: what an earlier process began may still happen. What is seen once it has ended
	 * counts, so it is read again. */
	if (good && rq->id) {
		good = still_under_way(a, rq, &sight, &yes, error);
		if (good && !yes) {
			sight_clear(&sight);
			good = acting_see(a, &rq->step, &sight, error);
		}
	}
	sight_clear(&sight);
	return good;
}
