/* plan_world.h - a host and two VMs that take every step, for tests of plans and runs: the world, its journal, and the
 * queue of what a run asks for. */
#ifndef TESTS_PLAN_WORLD_H
#define TESTS_PLAN_WORLD_H

#include "lab/plan_make.h"
#include "lab/run.h"
#include "tests/unit/build_lab.h"

#define WORLD_BDF "0000:43:00.0"

enum { WORLD_LLM, WORLD_NEW, WORLD_VMS };

struct world_vm {
	const char *moref, *name, *uuid;
	bool on, efi, reserved, hot_add, tools, attached;
	int snapshots;
	GHashTable *extra;
};

struct world {
	struct lab *lab;
	int64_t at_ms;
	struct world_vm vm[WORLD_VMS];
	bool enabled, active, rebind, maintenance, stale_bug;
	int boots;
	GPtrArray *plans;   /* struct plan *, let go of with the world */
	GPtrArray *journal; /* struct note *, with texts of their own */
	GString *applied;   /* " vm.firmware=efi" each */
	GQueue wants;       /* struct world_want * */
};

/* A want with a copy of what it borrows. */
struct world_want {
	struct want want;
	struct step step;
};

static inline void world_post(struct world *w)
{
	w->at_ms += 100;
	build_time(w->lab, w->at_ms);
	struct obs *obs = build_inventory("esx01", 1, w->at_ms);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "11111111-2222-3333-4444-555555555501");
	h->maintenance = tri_of(w->maintenance);
	h->state = w->maintenance ? HOST_MAINTENANCE : HOST_CONNECTED;
	h->boot_ms = 1000 * (1 + w->boots);
	struct pci_row *card = build_pci(h, WORLD_BDF, 0x1002, 0x66a1, 0x0380);
	card->pt_enabled = tri_of(w->enabled);
	card->pt_active = tri_of(w->active);
	for (int i = 0; i < WORLD_VMS; i++) {
		const struct world_vm *v = &w->vm[i];
		struct vm_row *vm = build_vm(obs, v->moref, v->name, "ha-host");
		GHashTableIter iter;
		gpointer key, value;
		vm->instance_uuid = box_raw(obs->box, v->uuid, -1);
		vm->power = v->on ? POWER_ON : POWER_OFF;
		vm->firmware = v->efi ? FIRMWARE_EFI : FIRMWARE_BIOS;
		vm->tools = v->tools && v->on ? TOOLS_RUNNING : TOOLS_NOT_RUNNING;
		vm->memory_mb = num_of(65536);
		vm->memory_reserved_mb = num_of(v->reserved ? 65536 : 0);
		vm->memory_locked = tri_of(v->reserved);
		vm->cpu_hot_add = tri_of(v->hot_add);
		vm->snapshots = num_of(v->snapshots);
		if (v->attached)
			build_vm_device(vm, VMDEV_FIXED, WORLD_BDF, 160);
		g_hash_table_iter_init(&iter, v->extra);
		while (g_hash_table_iter_next(&iter, &key, &value))
			build_extra(vm, key, value);
	}
	build_post(w->lab, obs, true);
	build_state(w->lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 3600000, w->at_ms);
	lab_settle(w->lab);
}

static inline void world_note_free(gpointer p)
{
	struct note *n = p;
	g_free((char *)n->value);
	g_free((char *)n->call);
	g_free((char *)n->task);
	g_free((char *)n->text);
	g_free(n);
}

/* llm-1 runs and holds the card's slot; new-llm is off, with BIOS, a snapshot and hot add on. */
static inline struct world *world_new(void)
{
	struct world *w = g_new0(struct world, 1);
	w->lab = build_lab();
	build_target(w->lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	w->vm[WORLD_LLM] = (struct world_vm){.moref = "1",
					     .name = "llm-1",
					     .uuid = "50112233-4455-6677-8899-aabbccddee01",
					     .on = true,
					     .efi = true,
					     .reserved = true,
					     .tools = true};
	w->vm[WORLD_NEW] = (struct world_vm){.moref = "2",
					     .name = "new-llm",
					     .uuid = "50112233-4455-6677-8899-aabbccddee02",
					     .hot_add = true,
					     .tools = true,
					     .snapshots = 1};
	for (int i = 0; i < WORLD_VMS; i++)
		w->vm[i].extra = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	w->plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_unref);
	w->journal = g_ptr_array_new_with_free_func(world_note_free);
	w->applied = g_string_new(NULL);
	g_queue_init(&w->wants);
	world_post(w);
	return w;
}

static inline void world_forget_wants(struct world *w)
{
	g_queue_clear_full(&w->wants, g_free);
}

static inline void world_free(struct world *w)
{
	world_forget_wants(w);
	for (int i = 0; i < WORLD_VMS; i++)
		g_hash_table_unref(w->vm[i].extra);
	g_ptr_array_unref(w->plans);
	g_ptr_array_unref(w->journal);
	g_string_free(w->applied, TRUE);
	lab_free(w->lab);
	g_free(w);
}

static inline struct subject world_vm(struct world *w, struct box *box, int which)
{
	for (guint i = 0; i < w->lab->vms->len; i++) {
		const struct lab_vm *vm = w->lab->vms->pdata[i];
		if (strcmp(vm->name, w->vm[which].name) == 0)
			return subject_of_vm(box, vm);
	}
	g_error("no such VM");
}

static inline struct subject world_host(struct world *w, struct box *box)
{
	return subject_of_host(box, w->lab->hosts->pdata[0]);
}

/* ---- what a run asks for ----------------------------------------------------------------------------------------- */

static inline void world_want(void *data, const struct want *want)
{
	struct world *w = data;
	struct world_want *copy = g_new0(struct world_want, 1);
	copy->want = *want;
	if (want->step) {
		copy->step = *want->step;
		copy->want.step = &copy->step;
	}
	if (want->kind ==
	    WANT_NOTE) { /* it is written when it is delivered; its texts are borrowed until then only */
		struct note *n = &copy->want.note;
		struct box *keep = want->plan->box;
		n->value = box_raw(keep, n->value, -1);
		n->call = box_raw(keep, n->call, -1);
		n->task = box_raw(keep, n->task, -1);
		n->text = box_raw(keep, n->text, -1);
	}
	g_queue_push_tail(&w->wants, copy);
}

static inline void world_write(struct world *w, const struct note *note)
{
	struct note *n = g_new0(struct note, 1);
	*n = *note;
	n->value = g_strdup(note->value);
	n->call = g_strdup(note->call);
	n->task = g_strdup(note->task);
	n->text = g_strdup(note->text);
	g_ptr_array_add(w->journal, n);
}

static inline struct world_vm *world_target(struct world *w, const struct step *s)
{
	for (int i = 0; i < WORLD_VMS; i++)
		if (strcmp(w->vm[i].moref, s->target.moref) == 0)
			return &w->vm[i];
	g_error("no such VM");
}

static inline bool world_yes(const struct step *s)
{
	static const char *const yes[] = {"on", "efi", "all", "attached", "enabled", "active", NULL};
	return g_strv_contains(yes, s->want);
}

static inline void world_apply_host(struct world *w, const struct step *s)
{
	if (strcmp(s->ops->name, "host.passthrough") == 0) {
		w->enabled = world_yes(s);
		if (w->rebind)
			w->active = w->enabled;
	} else if (strcmp(s->ops->name, "host.passthrough-active") == 0) {
		w->active = world_yes(s);
	} else if (strcmp(s->ops->name, "host.reboot") == 0) {
		w->boots++;
		w->active = w->enabled && !w->stale_bug;
	} else {
		w->maintenance = world_yes(s);
	}
}

/* The world does it; replies are the caller's. */
static inline void world_apply(struct world *w, const struct step *s)
{
	g_string_append_printf(w->applied, " %s=%s", s->ops->name, s->want);
	if (s->ops->scope == THING_HOST) {
		world_apply_host(w, s);
		return;
	}
	struct world_vm *v = world_target(w, s);
	const struct {
		const char *op;
		bool *field;
	} flags[] = {{"vm.power-on", &v->on},         {"vm.shutdown", &v->on},
		     {"vm.firmware", &v->efi},        {"vm.reserve-all-memory", &v->reserved},
		     {"vm.cpu-hot-add", &v->hot_add}, {"vm.pci-device", &v->attached}};
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
		if (strcmp(s->ops->name, flags[i].op) == 0)
			*flags[i].field = world_yes(s);
	if (strcmp(s->ops->name, "vm.remove-snapshots") == 0)
		v->snapshots = 0;
	if (strcmp(s->ops->name, "vm.extra-config") == 0 && *s->want)
		g_hash_table_replace(v->extra, g_strdup(s->key), g_strdup(s->want));
	else if (strcmp(s->ops->name, "vm.extra-config") == 0)
		g_hash_table_remove(v->extra, s->key);
}

static inline void world_reply(struct world *w, struct run *run, uint64_t id, enum reply_state state)
{
	const struct reply reply = {.id = id,
				    .state = state,
				    .call = "Call_Task",
				    .task = "task-1",
				    .text = state == REPLY_FAILED ? "it says no" : ""};
	run_reply(run, w->lab, &reply);
}

/* The next want is done and answered as it should be. False: nothing was asked for. */
static inline bool world_turn(struct world *w, struct run *run)
{
	struct world_want *next = g_queue_pop_head(&w->wants);
	if (!next)
		return false;
	uint64_t id = next->want.id;
	switch (next->want.kind) {
	case WANT_NOTE:
		world_write(w, &next->want.note);
		break;
	case WANT_APPLY:
		world_reply(w, run, id, REPLY_SENT);
		world_apply(w, next->want.step);
		break;
	case WANT_LOOK:
		world_post(w);
		break;
	}
	world_reply(w, run, id, REPLY_DONE);
	run_advance(run, w->lab);
	g_free(next);
	return true;
}

/* Until it has nothing left to ask for. */
static inline void world_go(struct world *w, struct run *run)
{
	run_advance(run, w->lab);
	while (world_turn(w, run))
		;
}

/* The run as an own process would make it of the journal. */
static inline struct run *world_resume(struct world *w, struct plan *plan)
{
	g_autofree struct note *notes = g_new0(struct note, w->journal->len + 1);
	for (guint i = 0; i < w->journal->len; i++)
		notes[i] = *(struct note *)w->journal->pdata[i];
	world_forget_wants(w);
	world_post(w);
	return run_resume(plan, notes, (int)w->journal->len, 1000, world_want, w);
}

#endif
