/* test_demo.c - what the built-in lab posts: whole, in order, by its own clock, and the same each time. */
#include "config.h"
#include "backends/demo/demo.h"

#include "backends/backend.h"
#include "tests/unit/unit.h"

#include <string.h>

struct posts {
	GPtrArray *targets;
	struct mailbox *mail;
	GPtrArray *all; /* struct obs * */
};

static struct posts fill(uint32_t seed, int64_t at_s)
{
	struct posts p = {
		.targets = demo_targets(seed, at_s), .mail = mailbox_new(), .all = g_ptr_array_new()};
	demo_fill((const struct target *const *)p.targets->pdata, (int)p.targets->len, p.mail, NULL, NULL);
	for (struct obs *obs = mailbox_take(p.mail, G_MAXINT); obs; obs = obs->next)
		g_ptr_array_add(p.all, obs);
	return p;
}

static void clear(struct posts *p)
{
	for (guint i = 0; i < p->all->len; i++)
		obs_free(p->all->pdata[i]);
	g_ptr_array_unref(p->all);
	mailbox_free(p->mail);
	g_ptr_array_unref(p->targets);
}

static const struct obs *newest(const struct posts *p, enum obs_kind kind, const char *source)
{
	for (guint i = p->all->len; i > 0; i--) {
		const struct obs *obs = p->all->pdata[i - 1];
		if (obs->kind == kind && g_str_equal(obs->source, source))
			return obs;
	}
	g_error("%s posted nothing of kind %d", source, kind);
}

static int count(const struct posts *p, enum obs_kind kind, const char *source)
{
	int n = 0;
	for (guint i = 0; i < p->all->len; i++) {
		const struct obs *obs = p->all->pdata[i];
		n += obs->kind == kind && g_str_equal(obs->source, source);
	}
	return n;
}

static void test_history(void)
{
	struct posts p = fill(1, 600);
	int64_t before_ns = 0;
	for (guint i = 0; i < p.all->len; i++) {
		const struct obs *obs = p.all->pdata[i];
		g_assert_cmpint(obs->taken_ns, >=, before_ns);
		g_assert_cmpint(obs->wall_ms - DEMO_WALL_MS, ==, (obs->taken_ns - DEMO_ZERO_NS) / 1000000);
		before_ns = obs->taken_ns;
	}
	g_assert_cmpint(before_ns, ==, demo_ns(600000));
	g_assert_cmpint(count(&p, OBS_SAMPLE, "llm-1"), ==, 601);
	g_assert_cmpint(count(&p, OBS_SAMPLE, "vllm-1"), ==, 601 - 12);
	g_assert_cmpint(count(&p, OBS_ENGINE, "ollama@llm-1"), ==, 301);
	g_assert_cmpint(newest(&p, OBS_SAMPLE, "vllm-1")->taken_ns, ==, demo_ns(588000));
	g_assert_cmpint(newest(&p, OBS_SENSORS, "esx01")->taken_ns, ==, demo_ns(560000));
	clear(&p);

	/* of a long run only what the rings hold is told */
	p = fill(1, 5000);
	g_assert_cmpint(count(&p, OBS_SAMPLE, "llm-1"), ==, DEMO_FILL_S + 1);
	g_assert_cmpint(((struct obs *)p.all->pdata[0])->taken_ns, ==, demo_ns((5000 - DEMO_FILL_S) * 1000));
	clear(&p);
}

/* design.md names the hosts, VMs and cards; a device of a VM is on its host and passed through. */
static void test_inventory(void)
{
	struct posts p = fill(1, 0);
	const struct obs_inventory *esx01 = newest(&p, OBS_INVENTORY, "esx01")->u.inventory;
	const struct obs_inventory *esx02 = newest(&p, OBS_INVENTORY, "esx02")->u.inventory;
	g_assert_cmpint(esx01->n_vms, ==, 4);
	g_assert_cmpint(esx02->n_vms, ==, 2);
	const struct host_row *host = esx01->hosts[0];
	int mi50 = 0;
	for (int i = 0; i < host->n_pci; i++) {
		mi50 += host->pci[i].device_id == 0x66a1 && host->pci[i].pt_state == PT_ACTIVE;
		g_assert_true(host->pci[i].name && host->pci[i].vendor_name && *host->pci[i].class_name);
		if (i > 0)
			g_assert_cmpstr(host->pci[i - 1].bdf, <, host->pci[i].bdf);
	}
	g_assert_cmpint(mi50, ==, 4);
	const struct vm_row *llm_1 = esx01->vms[0];
	g_assert_cmpstr(llm_1->name, ==, "llm-1");
	g_assert_cmpint(llm_1->n_devices, ==, 4);
	const struct vm_row *new_llm = esx01->vms[3];
	g_assert_cmpstr(new_llm->name, ==, "new-llm");
	g_assert_cmpint(new_llm->power, ==, POWER_OFF);
	g_assert_cmpint(new_llm->firmware, ==, FIRMWARE_BIOS);
	g_assert_cmpint(new_llm->cpu_hot_add, ==, TRI_YES);
	g_assert_cmpfloat(new_llm->memory_reserved_mb.v, ==, 0);
	g_assert_cmpfloat(new_llm->snapshots.v, ==, 1);
	int stale = 0;
	for (int i = 0; i < esx02->hosts[0]->n_pci; i++)
		stale += esx02->hosts[0]->pci[i].pt_state == PT_STALE;
	g_assert_cmpint(stale, ==, 1);
	clear(&p);
}

/* The processes' VRAM, the cards' VRAM and the engine's word agree. */
static void test_vram_adds_up(void)
{
	struct posts p = fill(1, 600);
	const struct sample *sample = newest(&p, OBS_SAMPLE, "llm-1")->u.sample;
	const struct engine_row *engine = newest(&p, OBS_ENGINE, "ollama@llm-1")->u.engine;
	double held = 0, told = 0, cards = 0;
	g_assert_true(sample->has_procs);
	for (int i = 0; i < sample->n_procs; i++)
		for (int k = 0; k < sample->procs[i].n_gpus; k++)
			held += sample->procs[i].gpus[k].vram_bytes.v;
	for (int i = 0; i < engine->n_models; i++)
		if (engine->models[i].loaded == TRI_YES)
			told += engine->models[i].vram_bytes.v;
	for (int i = 0; i < sample->n_gpus; i++)
		cards += sample->gpus[i].metric[M_VRAM_USED_BYTES].v;
	g_assert_cmpfloat_with_epsilon(held, told, 64);
	g_assert_cmpfloat(cards, >, held);
	g_assert_cmpfloat(cards, <, held + 4 * 0.3 * 1073741824);
	clear(&p);
}

static void test_repeatable(void)
{
	struct posts a = fill(5, 100), b = fill(5, 100), other = fill(6, 100);
	const struct sample *sa = newest(&a, OBS_SAMPLE, "llm-1")->u.sample;
	const struct sample *sb = newest(&b, OBS_SAMPLE, "llm-1")->u.sample;
	const struct sample *so = newest(&other, OBS_SAMPLE, "llm-1")->u.sample;
	g_assert_cmpuint(a.all->len, ==, b.all->len);
	g_assert_cmpmem(sa->gpus[2].metric, sizeof sa->gpus[2].metric, sb->gpus[2].metric,
			sizeof sb->gpus[2].metric);
	g_assert_true(memcmp(sa->gpus[2].metric, so->gpus[2].metric, sizeof sa->gpus[2].metric) != 0);
	clear(&a);
	clear(&b);
	clear(&other);
}

/* The worker goes on where the fill ended, without telling it again. */
static void test_worker_goes_on(void)
{
	struct posts p = fill(1, 30);
	struct cancel *cancel = cancel_new();
	struct backend b = {.ops = &demo_backend,
			    .target = p.targets->pdata[0],
			    .out = p.mail,
			    .cancel = cancel,
			    .targets = (const struct target *const *)p.targets->pdata,
			    .n_targets = (int)p.targets->len};
	target_set(p.targets->pdata[0], "filled", "yes");
	g_autofree char *start_ns =
		g_strdup_printf("%" G_GINT64_FORMAT, g_get_monotonic_time() * 1000 - 2000000000);
	target_set(p.targets->pdata[0], "start-ns",
		   start_ns); /* two seconds ago: the next one is due at once */
	g_assert_true(demo_backend.open(&b, NULL));
	g_assert_null(mailbox_take(p.mail, G_MAXINT));
	g_assert_true(demo_backend.observe(&b, NULL));
	struct obs *obs = mailbox_take(p.mail, G_MAXINT);
	g_assert_nonnull(obs);
	for (struct obs *next; obs; obs = next) {
		g_assert_cmpint(obs->taken_ns, ==, demo_ns(31000));
		next = obs->next;
		obs_free(obs);
	}
	demo_backend.close(&b);
	g_assert_null(b.priv);
	cancel_free(cancel);
	clear(&p);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/demo/history", test_history);
	g_test_add_func("/demo/inventory", test_inventory);
	g_test_add_func("/demo/vram-adds-up", test_vram_adds_up);
	g_test_add_func("/demo/repeatable", test_repeatable);
	g_test_add_func("/demo/worker-goes-on", test_worker_goes_on);
	return g_test_run();
}
