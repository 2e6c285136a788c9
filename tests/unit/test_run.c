/* test_run.c - plans carried out by the machine alone: in order, interrupted at every point, refused, lost, taken back. */
#include "config.h"
#include "tests/unit/plan_world.h"
#include "tests/unit/unit.h"

/* A card is passed through on a host whose VM has to go down for the reboot, and given to new-llm. */
static struct plan *whole_plan(struct world *w)
{
	struct plan_draft *d = plan_begin(w->lab, "gpu-vm");
	struct subject host = world_host(w, plan_box(d)), llm = world_vm(w, plan_box(d), WORLD_LLM),
		       vm = world_vm(w, plan_box(d), WORLD_NEW);
	plan_step(d, "vm.power-on", &vm, "", "on", "");
	plan_step(d, "vm.pci-device", &vm, WORLD_BDF, "attached", "");
	plan_step(d, "vm.extra-config", &vm, "pciPassthru.use64bitMMIO", "TRUE", "VM-MMIO64");
	plan_step(d, "vm.firmware", &vm, "", "efi", "VM-EFI");
	plan_step(d, "vm.reserve-all-memory", &vm, "", "all", "VM-MEMRES");
	plan_step(d, "vm.cpu-hot-add", &vm, "", "off", "VM-HOTADD");
	plan_step(d, "vm.remove-snapshots", &vm, "", "0", "VM-SNAP-EXISTS");
	plan_step(d, "host.passthrough", &host, WORLD_BDF, "enabled", "HOST-PT-OFF");
	int active = plan_step(d, "host.passthrough-active", &host, WORLD_BDF, "active", "HOST-PT-STALE");
	int down = plan_step(d, "vm.shutdown", &llm, "", "off", "OPS-REBOOT-VMS");
	int enter = plan_step(d, "host.enter-maintenance", &host, "", "on", "HOST-MAINT");
	int boot = plan_step(d, "host.reboot", &host, "", "", "HOST-PT-REBOOT");
	int leave = plan_step(d, "host.exit-maintenance", &host, "", "off", "");
	int up = plan_step(d, "vm.power-on", &llm, "", "on", "");
	plan_only_for(d, down, active);
	plan_only_for(d, enter, active);
	plan_only_for(d, boot, active);
	plan_only_if(d, leave, enter);
	plan_only_if(d, up, down);
	g_ptr_array_add(w->plans, plan_seal(d));
	return w->plans->pdata[w->plans->len - 1];
}

#define WHOLE                                                                                   \
	" host.passthrough=enabled vm.shutdown=off host.enter-maintenance=on host.reboot="      \
	" host.exit-maintenance=off vm.remove-snapshots=0 vm.extra-config=TRUE vm.firmware=efi" \
	" vm.reserve-all-memory=all vm.cpu-hot-add=off vm.pci-device=attached vm.power-on=on vm.power-on=on"

static void assert_end_state(const struct world *w)
{
	const struct world_vm *vm = &w->vm[WORLD_NEW];
	g_assert_true(w->enabled && w->active && !w->maintenance && w->vm[WORLD_LLM].on);
	g_assert_true(vm->on && vm->efi && vm->reserved && !vm->hot_add && vm->attached && !vm->snapshots);
	g_assert_cmpstr(g_hash_table_lookup(vm->extra, "pciPassthru.use64bitMMIO"), ==, "TRUE");
	g_assert_cmpint(w->boots, ==, 1);
}

static void test_whole(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_cmpstr(w->applied->str, ==, WHOLE);
	assert_end_state(w);
	const struct note *first = w->journal->pdata[0], *last = w->journal->pdata[w->journal->len - 1];
	g_assert_cmpint(first->event, ==, NOTE_PLAN);
	g_assert_cmpint(last->event, ==, NOTE_END);
	g_assert_cmpstr(last->text, ==, "done");
	run_free(run);

	g_string_truncate(w->applied, 0); /* once more: nothing is left to do, and nothing is sent */
	run = run_new(plan, 500, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_cmpstr(w->applied->str, ==, "");
	run_free(run);
	world_free(w);
}

/* Nothing is asked of the world before its intent stands in the journal, and verified comes after. */
static void test_order_of_lines(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	gsize seen = 0;
	run_advance(run, w->lab);
	while (world_turn(w, run)) {
		const struct note *last = w->journal->pdata[w->journal->len - 1];
		if (w->applied->len > seen)
			g_assert_cmpint(last->event, ==, NOTE_INTENT);
		seen = w->applied->len;
	}
	int intents = 0, verified = 0;
	for (guint i = 0; i < w->journal->len; i++) {
		const struct note *n = w->journal->pdata[i];
		intents += n->event == NOTE_INTENT;
		verified += n->event == NOTE_VERIFIED;
		g_assert_cmpint(intents - verified, >=, 0);
		g_assert_cmpint(intents - verified, <=, 1);
	}
	g_assert_cmpint(intents, ==, 13);
	g_assert_cmpint(verified, ==, 13);
	run_free(run);
	world_free(w);
}

/* ---- interrupted ------------------------------------------------------------------------------------------------- */

enum cut { CUT_BEFORE, CUT_AFTER };

/* The process dies at the n-th want, before or after the world has done it; another one goes on. False: it had ended. */
static bool cut_at(int n, enum cut cut)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	run_advance(run, w->lab);
	for (int i = 0; i < n && world_turn(w, run); i++)
		;
	struct world_want *next = g_queue_peek_head(&w->wants);
	bool cut_something = next != NULL;
	if (next && cut == CUT_AFTER && next->want.kind == WANT_NOTE)
		world_write(w, &next->want.note);
	if (next && cut == CUT_AFTER && next->want.kind == WANT_APPLY)
		world_apply(w, next->want.step);
	run_free(run);
	if (w->journal->len == 0) /* not even the plan was noted: nothing to resume, and nothing done */
		g_assert_cmpuint(w->applied->len, ==, 0);
	run = w->journal->len ? world_resume(w, plan) : run_new(plan, 1, world_want, w);
	world_forget_wants(w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_cmpstr(w->applied->str, ==, WHOLE); /* each once, whatever was cut */
	assert_end_state(w);
	run_free(run);
	world_free(w);
	return cut_something;
}

static void test_cut_everywhere(void)
{
	int n = 0;
	while (cut_at(n, CUT_BEFORE)) {
		g_assert_true(cut_at(n, CUT_AFTER));
		n++;
	}
	g_assert_cmpint(n, >, 40);
}

/* A run that stands at a given step with its request under way. */
static struct run *run_up_to(struct world *w, struct plan *plan, const char *op)
{
	struct run *run = run_new(plan, 1, world_want, w);
	run_advance(run, w->lab);
	for (;;) {
		const struct world_want *next = g_queue_peek_head(&w->wants);
		if (next->want.kind == WANT_APPLY && strcmp(next->want.step->ops->name, op) == 0)
			return run;
		g_assert_true(world_turn(w, run));
	}
}

static uint64_t pop_id(struct world *w, enum want_kind kind)
{
	struct world_want *next = g_queue_pop_head(&w->wants);
	g_assert_nonnull(next);
	g_assert_cmpint(next->want.kind, ==, kind);
	uint64_t id = next->want.id;
	g_free(next);
	return id;
}

/* What an earlier process began is still under way: it is waited for, however often the world is looked at. */
static void test_still_under_way(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_up_to(w, plan, "vm.firmware");
	run_free(run);
	g_string_truncate(w->applied, 0);
	run = world_resume(w, plan);
	run_advance(run, w->lab);
	uint64_t look = pop_id(w, WANT_LOOK);
	g_assert_cmpuint(look, >, 0);
	world_reply(w, run, look, REPLY_PROGRESS);
	world_post(w);
	run_advance(run, w->lab);
	g_assert_cmpuint(g_queue_get_length(&w->wants), ==, 0);
	g_assert_cmpint(run->steps[run->at].state, ==, STEP_LOOKING);
	w->at_ms += 3000; /* it asks again, and nothing but that */
	world_post(w);
	run_advance(run, w->lab);
	look = pop_id(w, WANT_LOOK);
	world_reply(w, run, look, REPLY_PROGRESS);
	g_assert_cmpuint(g_queue_get_length(&w->wants), ==, 0);
	w->vm[WORLD_NEW].efi = true; /* there it is */
	world_post(w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_null(strstr(w->applied->str, "vm.firmware"));
	run_free(run);
	world_free(w);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void let_time_pass(struct world *w, struct run *run, int seconds)
{
	w->at_ms += seconds * 1000;
	world_post(w);
	run_advance(run, w->lab);
}

/* DONE is no proof: what nobody sees has failed. */
static void test_done_and_not_seen(void)
{
	static const struct {
		enum reply_state state;
		const char *why;
	} cases[] = {{REPLY_DONE, "reported done; not seen"}, {REPLY_LOST, "sent, no answer; not seen"}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct world *w = world_new();
		struct plan *plan = whole_plan(w);
		struct run *run = run_up_to(w, plan, "vm.firmware");
		world_reply(w, run, pop_id(w, WANT_APPLY), cases[i].state);
		let_time_pass(w, run, 59);
		g_assert_cmpint(run->state, ==, RUN_GOES);
		world_forget_wants(w); /* what it looked for meanwhile */
		let_time_pass(w, run, 2);
		g_assert_cmpint(run->state, ==, RUN_FAILED);
		g_assert_true(g_str_has_prefix(run->why, cases[i].why));
		g_assert_false(w->vm[WORLD_NEW].efi);
		run_free(run);
		world_free(w);
	}
}

/* The answer was lost and the world did it: seen, not repeated. */
static void test_lost_and_seen(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_up_to(w, plan, "host.reboot");
	struct world_want *next = g_queue_peek_head(&w->wants);
	world_apply(w, next->want.step);
	world_reply(w, run, pop_id(w, WANT_APPLY), REPLY_LOST);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_cmpint(w->boots, ==, 1);
	run_free(run);
	world_free(w);
}

static void test_refused(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_up_to(w, plan, "vm.firmware");
	world_reply(w, run, pop_id(w, WANT_APPLY), REPLY_FAILED);
	while (world_turn(w, run))
		;
	g_assert_cmpint(run->state, ==, RUN_FAILED);
	g_assert_cmpstr(run->why, ==, "it says no");
	const struct note *last = w->journal->pdata[w->journal->len - 1];
	g_assert_cmpint(last->event, ==, NOTE_FAILED);
	run_free(run);
	run = world_resume(w, plan); /* it said no and nothing changed: a person may try again */
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	assert_end_state(w);
	run_free(run);
	world_free(w);
}

/* What cannot be noted is not done. */
static void test_no_journal(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	run_advance(run, w->lab);
	g_assert_true(world_turn(w, run)); /* the plan */
	world_reply(w, run, pop_id(w, WANT_NOTE), REPLY_FAILED);
	g_assert_cmpint(run->state, ==, RUN_FAILED);
	g_assert_nonnull(strstr(run->why, "could not be noted: it says no"));
	g_assert_cmpstr(w->applied->str, ==, "");
	run_free(run);

	world_forget_wants(w); /* a line that is not waited for: the step ends, the next one is not begun */
	run = run_up_to(w, plan, "host.passthrough");
	g_assert_cmpuint(w->applied->len, ==, 0);
	uint64_t apply = pop_id(w, WANT_APPLY);
	world_reply(w, run, apply, REPLY_SENT);
	world_reply(w, run, pop_id(w, WANT_NOTE), REPLY_FAILED);
	w->enabled = true;
	world_reply(w, run, apply, REPLY_DONE);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_FAILED);
	g_assert_cmpstr(run->why, ==, "the journal could not be written: it says no");
	g_assert_cmpstr(w->applied->str, ==, "");
	run_free(run);
	world_free(w);
}

static void test_stop(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_up_to(w, plan, "vm.firmware");
	run_stop(run);
	while (world_turn(w, run))
		;
	g_assert_cmpint(run->state, ==, RUN_STOPPED);
	g_assert_true(w->vm[WORLD_NEW].efi); /* the step under way was finished */
	g_assert_false(w->vm[WORLD_NEW].reserved);
	run_free(run);
	run = world_resume(w, plan);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_cmpstr(w->applied->str, ==, WHOLE);
	run_free(run);
	world_free(w);
}

/* ---- facts that changed ------------------------------------------------------------------------------------------ */

static void test_active_without_reboot(void)
{
	struct world *w = world_new();
	w->rebind = true;
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_cmpint(w->boots, ==, 0);
	g_assert_null(strstr(w->applied->str, "vm.shutdown"));
	g_assert_null(strstr(w->applied->str, "maintenance"));
	g_assert_true(w->active && w->vm[WORLD_LLM].on && w->vm[WORLD_NEW].attached);
	run_free(run);
	world_free(w);
}

/* ESXi 7.x: enabled, rebooted and not active. One repair. */
static void test_stale_after_reboot(void)
{
	struct world *w = world_new();
	w->stale_bug = true;
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_nonnull(strstr(w->applied->str, " host.reboot= host.passthrough-active=active"));
	assert_end_state(w);
	run_free(run);
	world_free(w);
}

/* Maintenance mode that somebody else set is not left, and a VM that was off is not started. */
static void test_others_work_stays(void)
{
	struct world *w = world_new();
	w->maintenance = true;
	w->vm[WORLD_LLM].on = false;
	world_post(w);
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_DONE);
	g_assert_true(w->maintenance);
	g_assert_false(w->vm[WORLD_LLM].on);
	run_free(run);
	world_free(w);
}

static void test_changed_meanwhile(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	w->vm[WORLD_NEW].snapshots = 2;
	world_post(w);
	struct run *run = run_new(plan, 1, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_BLOCKED);
	g_assert_cmpstr(run->why, ==, "is \"2\" now and was \"1\" when this was planned: plan again");
	g_assert_null(strstr(w->applied->str, "snapshots"));
	run_free(run);
	world_free(w);
}

static void test_another_vm(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	w->vm[WORLD_LLM].uuid = "50112233-4455-6677-8899-aabbccddee99";
	world_post(w);
	struct run *run = run_new(plan, 1, world_want, w);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_BLOCKED);
	g_assert_cmpstr(run->why, ==, "the VM under the id of llm-1 is another one now");
	g_assert_true(w->vm[WORLD_LLM].on);
	run_free(run);
	world_free(w);
}

/* Facts that are not known are waited for, and never taken for ready. */
static void test_unknown(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_new(plan, 1, world_want, w);
	run_advance(run, w->lab);
	build_state(w->lab, TARGET_VSPHERE, "esx01", SRC_DOWN, 3600000, w->at_ms);
	lab_settle(w->lab);
	world_reply(w, run, pop_id(w, WANT_NOTE), REPLY_DONE);
	pop_id(w, WANT_LOOK);
	build_time(w->lab, w->at_ms + 59000);
	run_advance(run, w->lab);
	g_assert_cmpint(run->state, ==, RUN_GOES);
	g_assert_cmpstr(run->steps[0].why, ==, "esx01 is down");
	build_time(w->lab, w->at_ms + 61000);
	run_advance(run, w->lab);
	g_assert_cmpint(run->state, ==, RUN_BLOCKED);
	g_assert_cmpstr(w->applied->str, ==, "");
	run_free(run);
	world_free(w);
}

/* ---- taken back -------------------------------------------------------------------------------------------------- */

static void test_undo(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct run *run = run_up_to(w, plan, "vm.pci-device");
	world_reply(w, run, pop_id(w, WANT_APPLY), REPLY_FAILED);
	while (world_turn(w, run))
		;
	g_string_truncate(w->applied, 0);
	run_undo(run, w->lab);
	world_go(w, run);
	g_assert_cmpint(run->state, ==, RUN_UNDONE);
	/* last first; a reboot and deleted snapshots cannot be taken back, what others set was never ours */
	g_assert_cmpstr(w->applied->str, ==,
			" vm.cpu-hot-add=on vm.reserve-all-memory=0 MB vm.firmware=bios vm.extra-config="
			" host.enter-maintenance=on host.exit-maintenance=off vm.power-on=on"
			" host.passthrough=disabled");
	g_assert_false(w->vm[WORLD_NEW].efi);
	g_assert_cmpuint(g_hash_table_size(w->vm[WORLD_NEW].extra), ==, 0);
	g_assert_false(w->enabled);
	const struct note *last = w->journal->pdata[w->journal->len - 1];
	g_assert_cmpstr(last->text, ==, "undone");
	run_free(run);
	world_free(w);
}

/* ---- plans ------------------------------------------------------------------------------------------------------- */

static void test_plan(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w), *again = whole_plan(w);
	g_assert_cmpint(plan->n_steps, ==, 14);
	g_assert_cmpstr(plan->steps[0].ops->name, ==, "host.passthrough");
	g_assert_cmpstr(plan->steps[0].id, ==, "s1");
	g_assert_cmpstr(plan->id, ==, again->id); /* the same answers in the same lab: the same plan */
	const struct step *last = &plan->steps[13], *start = &plan->steps[12];
	g_assert_cmpstr(last->target.name, ==, "llm-1");
	g_assert_cmpstr(last->before, ==, "off"); /* what the shutdown before it leaves */
	g_assert_cmpstr(start->before, ==, "off");
	g_assert_cmpstr(plan->steps[last->only_if].ops->name, ==, "vm.shutdown");
	world_free(w);
}

static void test_plan_sum(void)
{
	struct world *w = world_new();
	struct plan *plan = whole_plan(w);
	struct plan_sum sum;
	plan_sum(plan, w->lab, &sum);
	g_assert_cmpint(sum.n[V_READY], ==, 14);
	g_assert_cmpint(sum.worst, ==, EFFECT_DATA_LOSS);
	g_assert_true(sum.irreversible);
	g_assert_cmpuint(sum.disrupted->len, ==, 3);
	g_assert_cmpstr(sum.disrupted->pdata[0], ==, "llm-1");
	g_assert_cmpstr(sum.disrupted->pdata[1], ==, "esx01");
	g_assert_cmpstr(sum.disrupted->pdata[2], ==, "new-llm");
	plan_sum_clear(&sum);
	w->vm[WORLD_LLM].tools = false; /* nobody in there hears a shutdown */
	world_post(w);
	plan_sum(plan, w->lab, &sum);
	g_assert_cmpint(sum.n[V_BLOCKED], ==, 1);
	plan_sum_clear(&sum);
	world_free(w);
}

/* Every kind of step has what the plan's page and the journal need. */
static void test_tables(void)
{
	const struct step_ops *ops;
	for (guint i = 0; (ops = step_ops_nth(i)); i++) {
		g_assert_true(step_ops_find(ops->name) == ops);
		g_assert_true(*ops->title && ops->read && ops->patience_s > 0 && ops->phase > 0);
		g_assert_true(ops->scope == THING_VM || ops->scope == THING_HOST);
		g_assert_true(g_str_has_prefix(ops->name, ops->scope == THING_VM ? "vm." : "host."));
		if (ops->inverse) {
			const struct step_ops *back = step_ops_find(ops->inverse);
			g_assert_nonnull(back);
			g_assert_true(back->read == ops->read && back->scope == ops->scope);
		}
		for (const struct step_need *need = ops->needs; need && need->op; need++)
			g_assert_nonnull(step_ops_find(need->op));
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/step/tables", test_tables);
	g_test_add_func("/plan/order", test_plan);
	g_test_add_func("/plan/sum", test_plan_sum);
	g_test_add_func("/run/whole", test_whole);
	g_test_add_func("/run/order-of-lines", test_order_of_lines);
	g_test_add_func("/run/cut-everywhere", test_cut_everywhere);
	g_test_add_func("/run/still-under-way", test_still_under_way);
	g_test_add_func("/run/done-and-not-seen", test_done_and_not_seen);
	g_test_add_func("/run/lost-and-seen", test_lost_and_seen);
	g_test_add_func("/run/refused", test_refused);
	g_test_add_func("/run/no-journal", test_no_journal);
	g_test_add_func("/run/stop", test_stop);
	g_test_add_func("/run/active-without-reboot", test_active_without_reboot);
	g_test_add_func("/run/stale-after-reboot", test_stale_after_reboot);
	g_test_add_func("/run/others-work-stays", test_others_work_stays);
	g_test_add_func("/run/changed-meanwhile", test_changed_meanwhile);
	g_test_add_func("/run/another-vm", test_another_vm);
	g_test_add_func("/run/unknown", test_unknown);
	g_test_add_func("/run/undo", test_undo);
	return g_test_run();
}
