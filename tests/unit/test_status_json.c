/* test_status_json.c - `status --json` of a small lab, whole, against a file; and what null means. */
#include "config.h"
#include "cli/status_json.h"

#include "cli/json_value.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/lab_parts.h"
#include "tests/unit/unit.h"

#define GOLDEN "data/status.json"

/* One host, one VM with a card, its guest, an engine that fills it, a source that is down: every section has something. */
static struct lab *small_lab(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_target(lab, TARGET_VSPHERE, "esx01", NULL, NULL);
	build_target(lab, TARGET_GUEST, "llm-1", NULL, NULL);
	build_target(lab, TARGET_GUEST, "gone", NULL, NULL);
	struct card_note *note = g_new0(struct card_note, 1);
	*note = (struct card_note){.host = g_strdup("esx01"),
				   .bdf = g_strdup("0000:03:00.0"),
				   .fans = g_strsplit("Fan 1", ",", -1),
				   .owner = g_strdup("jo"),
				   .riser = TRI_YES};
	lab_add_card_note(lab, note);
	build_state(lab, TARGET_VSPHERE, "esx01", SRC_LIVE, 60000, 0);
	build_state(lab, TARGET_GUEST, "gone", SRC_DOWN, 1000, 0);
	obs = build_esx01(1, 0);
	struct vm_row *vm = (struct vm_row *)obs->u.inventory->vms[0];
	vm->memory_mb = vm->memory_reserved_mb = num_of(131072);
	vm->cpu_hot_add = TRI_NO;
	vm->partial = build_words(obs->box, "config.extraConfig: this user may not do that", NULL);
	((struct host_row *)obs->u.inventory->hosts[0])->partial =
		build_words(obs->box, "hardware.numaInfo: this user may not do that",
			    "config.extraConfig: this user may not do that");
	build_store(obs, "datastore-1", "nvme", "5f1c2a77-4d0e1b3c-77aa-3cecef010203");
	build_post(lab, obs, true);
	obs = build_sensors("esx01", "ha-host", 0);
	build_sensor(obs, "Fan 1", "fan", "rpm", 5410);
	build_post(lab, obs, false);
	obs = build_obs(OBS_TASKS, TARGET_VSPHERE, "esx01", 0);
	obs->u.tasks = box_new0(obs->box, struct obs_tasks);
	obs->u.tasks->tasks = box_new0(obs->box, struct task_row);
	obs->u.tasks->has_tasks = obs->u.tasks->has_events = true;
	obs->u.tasks->n_tasks = 1;
	*obs->u.tasks->tasks = (struct task_row){.moref = "task-1",
						 .what = "VirtualMachine.powerOn",
						 .entity = "llm-1",
						 .user = "root",
						 .state = TASK_RUNNING,
						 .error = "",
						 .progress_pct = num_of(40),
						 .start_ms = BUILD_WALL_MS - 5000};
	obs->u.tasks->events = box_new0(obs->box, struct event_row);
	obs->u.tasks->n_events = 1;
	*obs->u.tasks->events = (struct event_row){.when_ms = BUILD_WALL_MS - 6000,
						   .type = "UserLoginSessionEvent",
						   .text = "User root@192.0.2.1 logged in",
						   .user = "root"};
	build_post(lab, obs, false);
	build_llm1(&obs, 0)->gpus[0].origin[M_TEMP_JUNCTION_C] = "rocm-smi";
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "llm-1", 500);
	struct gpu_sample *g = build_gpu_sample(s, "7f3a");
	g->metric[M_TEMP_JUNCTION_C] = num_of(71.25);
	g->metric[M_SCLK_MHZ] = num_of(1380.4);
	g->metric[M_TEMP_MEM_C] = num_none(NUM_DENIED);
	g->metric[M_VRAM_TOTAL_BYTES] = num_of(32 * GIB);
	g->metric[M_VRAM_USED_BYTES] = num_of(13 * GIB);
	g->throttle = THROTTLE_THERMAL | THROTTLE_POWER_CAP;
	build_proc(s, 4711, 1, "ollama", "ollama serve", "7f3a", 12 * GIB);
	build_proc(s, 4712, 1, "python3", "train.py", "7f3a", GIB)->start_ms = BUILD_WALL_MS - 3600000;
	s->has_mounts = true;
	s->mounts[s->n_mounts++] = (struct mount_row){"nas:/models", "/models",    "nfs4",
						      num_of(40),    num_of(4e12), num_none(NUM_UNKNOWN)};
	build_post(lab, obs, false);
	struct engine_row *e = build_engine(&obs, "ollama-a", ENGINE_OLLAMA, "llm-1", 500);
	e->tokens_per_second = num_of(11.24);
	e->kv_used_pct = num_of(96.43);
	e->kv_estimated = true;
	e->note = "no figures";
	build_model(e, "llama3:8b", 12 * GIB, true);
	build_model(e, "qwen2.5:14b", 9 * GIB, false);
	build_post(lab, obs, false);
	build_time(lab, 1000);
	lab_settle(lab);
	return lab;
}

static void test_golden(void)
{
	g_autofree char *path = unit_data(GOLDEN);
	struct lab *lab = small_lab();
	json_error_t error;
	json_t *got = status_json(lab), *want = json_load_file(path, 0, &error);
	if (g_getenv("UPDATE_GOLDEN"))
		json_dump_file(got, path, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
	else if (!want || !json_equal(got, want)) {
		char *text = json_dumps(got, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
		g_test_message("%s\nis not %s (make check UPDATE_GOLDEN=1 renews it)", text, path);
		free(text);
		g_test_fail();
	}
	json_decref(got);
	json_decref(want);
	lab_free(lab);
}

static json_t *first(const json_t *status, const char *section)
{
	return json_array_get(json_object_get(status, section), 0);
}

/* Keys that other programs rely on (design.md): there, whether known or not. */
static void test_keys(void)
{
	static const struct {
		const char *section, *keys;
	} promised[] = {
		{"sources", "name kind state age_ms reason partial"},
		{"hosts", "name version state numa_nodes sensors partial"},
		{"devices", "host bdf vendor_id device_id name class numa_node passthrough vm sriov physical "
			    "physical_guessed"},
		{"vms", "name moref host power uuid memory_mb memory_reserved_mb firmware cpu_hot_add vcpus "
			"snapshots devices partial"},
		{"datastores", "name type volume capacity_bytes free_bytes accessible source stale partial"},
		{"guests", "name uuid transport hostname"},
		{"gpus",
		 "id parent guest bdf name state temp_edge_c temp_junction_c temp_mem_c sclk_mhz mclk_mhz "
		 "vram_total_bytes vram_used_bytes power_w power_cap_w busy_pct throttle processes source "
		 "kind "
		 "gpu_instance compute_instance"},
		{"engines",
		 "name kind url state version models tokens_per_second queue kv_used_pct kv_estimated note"},
		{"rows", "host host_bdf vm guest guest_bdf gpu temp_junction_c engine models match kind part "
			 "parent_bdf parent_gpu passthrough"},
		{"findings", "id severity outcome subject text evidence fix since"},
	};
	struct lab *lab = small_lab();
	json_t *status = status_json(lab);
	for (gsize i = 0; i < G_N_ELEMENTS(promised); i++) {
		g_auto(GStrv) keys = g_strsplit(promised[i].keys, " ", -1);
		json_t *object = first(status, promised[i].section);
		g_assert_nonnull(object);
		for (int k = 0; keys[k]; k++) {
			g_test_message("%s.%s", promised[i].section, keys[k]);
			g_assert_nonnull(json_object_get(object, keys[k]));
		}
	}
	json_decref(status);
	lab_free(lab);
}

/* docs/status-json.md names no key that is not there: each section is a line of its table, keys in `these`. */
static void test_documented(void)
{
	g_autofree char *path = unit_data("../docs/status-json.md"), *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	struct lab *lab = small_lab();
	json_t *status = status_json(lab);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint sections = 0;
	for (char **line = lines; *line; line++) {
		if (!g_str_has_prefix(*line, "| `"))
			continue;
		g_auto(GStrv) cells = g_strsplit(*line, "|", -1);
		g_autoptr(GRegex) values = g_regex_new("\\([^)]*\\)", 0, 0, NULL);
		g_autofree char *section = g_strdelimit(g_strdup(cells[1]), "` ", ' ');
		g_autofree char *keys = g_regex_replace(values, cells[3], -1, 0, "", 0, NULL);
		json_t *object = json_object_get(status, g_strstrip(section));
		object = json_is_array(object) ? json_array_get(object, 0) : object;
		g_auto(GStrv) words = g_strsplit(keys, "`", -1);
		for (guint i = 1; i < g_strv_length(words); i += 2) {
			g_test_message("%s.%s", section, words[i]);
			g_assert_nonnull(json_object_get(object, words[i]));
		}
		sections++;
	}
	g_assert_cmpuint(sections, ==, json_object_size(status));
	json_decref(status);
	lab_free(lab);
}

static const char *text_at(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static json_t *with(const json_t *status, const char *section, const char *key, const char *value)
{
	size_t i;
	json_t *o;
	json_array_foreach(json_object_get(status, section), i,
			   o) if (g_strcmp0(text_at(o, key), value) == 0) return o;
	g_error("%s: none with %s %s", section, key, value);
}

/* A function that a VM can only have by elimination is that VM's among the devices, too; a card that is shared is nobody's. */
static void test_holders(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	build_functions(h, "0000:17:00.0", 0x10de, 0x2235, 4, 1)->pt_active = TRI_NO;
	build_pci(h, "0000:65:00.0", 0x10de, 0x20b7, 0x0302)->graphics = GRAPHICS_SHARED_DIRECT;
	struct vm_device *d = build_vm_device(build_vm(obs, "1", "vf", "ha-host"), VMDEV_DYNAMIC, "", -1);
	d->vendor_id = 0x10de, d->device_id = 0x2235;
	build_vm_device(build_vm(obs, "2", "vgpu", "ha-host"), VMDEV_VGPU, "", -1)->profile = "grid_a30-4c";
	build_post(lab, obs, true);
	lab_settle(lab);
	json_t *status = status_json(lab);
	g_assert_cmpstr(text_at(with(status, "rows", "vm", "vf"), "host_bdf"), ==, "0000:17:00.4");
	g_assert_cmpstr(text_at(with(status, "devices", "bdf", "0000:17:00.4"), "vm"), ==, "vf");
	g_assert_cmpstr(text_at(with(status, "rows", "vm", "vgpu"), "parent_bdf"), ==, "0000:65:00.0");
	g_assert_null(text_at(with(status, "devices", "bdf", "0000:65:00.0"), "vm"));
	json_decref(status);
	lab_free(lab);
}

static void tell_tasks(struct lab *lab, const char *source, bool tasks, bool events, int n)
{
	struct obs *obs = build_obs(OBS_TASKS, TARGET_VSPHERE, source, 0);
	obs->u.tasks = box_new0(obs->box, struct obs_tasks);
	*obs->u.tasks = (struct obs_tasks){.has_tasks = tasks, .has_events = events, .n_tasks = n};
	obs->u.tasks->tasks = box_array0(obs->box, struct task_row, 1);
	obs->u.tasks->tasks[0] =
		(struct task_row){.moref = "t", .what = "x", .entity = "", .user = "", .error = ""};
	build_post(lab, obs, false);
	lab_settle(lab);
}

/* "null", or how many. */
static void assert_told(const struct lab *lab, const char *section, int want)
{
	json_t *status = status_json(lab), *o = json_object_get(status, section);
	g_assert_cmpint(json_is_null(o) ? -1 : (int)json_array_size(o), ==, want);
	json_decref(status);
}

/* [] is known to be none: by every hypervisor there is. */
static void test_tasks(void)
{
	struct lab *lab = build_lab();
	lab_settle(lab);
	assert_told(lab, "tasks", 0);
	build_target(lab, TARGET_VSPHERE, "a", NULL, NULL);
	build_target(lab, TARGET_VSPHERE, "b", NULL, NULL);
	build_target(lab, TARGET_GUEST, "g", NULL, NULL);
	lab_settle(lab);
	assert_told(lab, "tasks", -1);
	assert_told(lab, "events", -1);
	tell_tasks(lab, "a", true, false, 0);
	assert_told(lab, "tasks", -1); /* b may have some */
	tell_tasks(lab, "b", true, true, 0);
	assert_told(lab, "tasks", 0);
	assert_told(lab, "events", -1); /* a's may not be read */
	tell_tasks(lab, "a", true, true, 1);
	assert_told(lab, "tasks", 1);
	assert_told(lab, "events", 0);
	tell_tasks(lab, "b", false, false, 0);
	assert_told(lab, "tasks", 1); /* what is known stands */
	lab_free(lab);
}

/* Where a function's own address is not told the card that it is cut from is nobody's. */
static void test_untold_function(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_pci(build_host(obs, "ha-host", "esx01", ""), "0000:1a:00.1", 0x15b3, 0x1015, 0x0200);
	struct vm_row *vm = build_vm(obs, "1", "router", "ha-host");
	struct vm_device *d = build_vm_device(vm, VMDEV_SRIOV, "", -1);
	g_strlcpy(d->physical, "0000:1a:00.1", BDF_SIZE);
	vm->connection = VM_ORPHANED;
	build_post(lab, obs, true);
	lab_settle(lab);
	json_t *status = status_json(lab), *told = first(status, "vms");
	json_t *device = json_array_get(json_object_get(told, "devices"), 0);
	g_assert_null(text_at(with(status, "devices", "bdf", "0000:1a:00.1"), "vm"));
	g_assert_null(text_at(device, "bdf"));
	g_assert_cmpstr(text_at(device, "physical"), ==, "0000:1a:00.1");
	g_assert_cmpuint(json_array_size(json_object_get(status, "rows")), ==, 0);
	g_assert_cmpstr(text_at(told, "connection"), ==, "orphaned");
	g_assert_cmpstr(text_at(told, "power"), ==, "on"); /* the last known */
	json_decref(status);
	lab_free(lab);
}

/* Unknown is null, nothing throttles is [], and what is silent has no state. */
static void test_null(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	lab_settle(lab);
	json_t *gpu = status_json_gpu(lab, lab->gpus->pdata[0]);
	static const char *const unknown[] = {"state", "temp_junction_c", "throttle", "processes", "power_w"};
	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
		g_assert_true(json_is_null(json_object_get(gpu, unknown[i])));
	json_decref(gpu);

	build_gpu_sample(build_sample(&obs, "llm-1", 0), "7f3a")->metric[M_TEMP_JUNCTION_C] = num_of(0);
	build_post(lab, obs, false);
	gpu = status_json_gpu(lab, lab->gpus->pdata[0]);
	g_assert_cmpint((int)json_array_size(json_object_get(gpu, "throttle")), ==, 0);
	g_assert_true(json_is_array(json_object_get(gpu, "throttle")));
	g_assert_cmpfloat(json_real_value(json_object_get(gpu, "temp_junction_c")), ==, 0);
	g_assert_cmpstr(json_string_value(json_object_get(gpu, "state")), ==, "live");
	json_decref(gpu);

	build_time(lab, 10000);
	gpu = status_json_gpu(lab, lab->gpus->pdata[0]);
	g_assert_true(json_is_null(json_object_get(gpu, "state")));
	g_assert_true(json_is_true(json_object_get(gpu, "stale")));
	g_assert_cmpint((int)json_integer_value(json_object_get(json_object_get(gpu, "source"), "age_ms")),
			==, 10000);
	json_decref(gpu);
	lab_free(lab);
}

/* What may not be read: of each object its own, of the source each once; [] is all of it, null is nobody knows. */
static void test_partial(void)
{
	struct lab *lab = small_lab();
	json_t *status = status_json(lab), *sources = json_object_get(status, "sources");
	g_autofree char *vm = json_dumps(json_object_get(first(status, "vms"), "partial"), 0);
	g_autofree char *host = json_dumps(json_object_get(first(status, "hosts"), "partial"), 0);
	g_autofree char *store = json_dumps(json_object_get(first(status, "datastores"), "partial"), 0);
	g_autofree char *source = json_dumps(json_object_get(first(status, "sources"), "partial"), 0);
	g_assert_cmpstr(vm, ==, "[\"config.extraConfig: this user may not do that\"]");
	g_assert_cmpstr(host, ==,
			"[\"hardware.numaInfo: this user may not do that\", "
			"\"config.extraConfig: this user may not do that\"]");
	g_assert_cmpstr(store, ==, "[]");
	g_assert_cmpstr(source, ==,
			"[\"config.extraConfig: this user may not do that\", "
			"\"hardware.numaInfo: this user may not do that\"]");
	g_assert_true(json_is_null(json_object_get(json_array_get(sources, 1), "partial")));
	json_decref(status);
	lab_free(lab);

	lab = build_lab();
	build_target(lab, TARGET_VSPHERE, "vc", NULL, NULL);
	status = status_json(lab);
	g_assert_true(json_is_null(json_object_get(first(status, "sources"), "partial")));
	json_decref(status);
	lab_free(lab);
}

/* Of a card that the hypervisor's driver owns its host tells; of any other the guest; of one that is free nobody. */
static void test_told_by(void)
{
	struct lab *lab = small_lab();
	struct obs *obs = build_inventory("esx01", 1, 1000);
	struct host_row *h = build_host(obs, "host-2", "esx02", "11111111-2222-3333-4444-555555555502");
	struct pci_row *a40 = build_pci(h, "0000:a1:00.0", 0x10de, 0x2235, 0x0302);
	a40->graphics = GRAPHICS_SHARED_DIRECT;
	a40->host_busy_pct = num_of(64);
	a40->host_temp_c = num_of(61);
	a40->host_mem_used_bytes = num_of(12 * GIB);
	build_post(lab, obs, false);
	lab_settle(lab);
	static const struct {
		const char *bdf, *told_by;
		double busy_pct; /* -1: not known */
	} want[] = {{"0000:03:00.0", "guest", -1}, {"0000:43:00.0", NULL, -1}, {"0000:a1:00.0", "host", 64}};
	json_t *status = status_json(lab), *rows = json_object_get(status, "rows"), *row;
	size_t at;
	guint found = 0;
	json_array_foreach(rows, at, row) for (gsize i = 0; i < G_N_ELEMENTS(want); i++)
	{
		if (g_strcmp0(json_string_value(json_object_get(row, "host_bdf")), want[i].bdf) != 0)
			continue;
		json_t *busy = json_object_get(row, "busy_pct");
		g_assert_cmpstr(json_string_value(json_object_get(row, "told_by")), ==, want[i].told_by);
		g_assert_cmpfloat(json_is_null(busy) ? -1 : json_number_value(busy), ==, want[i].busy_pct);
		found++;
	}
	g_assert_cmpuint(found, ==, G_N_ELEMENTS(want));
	json_decref(status);
	lab_free(lab);
}

static void assert_json(json_t *take_value, const char *want)
{
	g_autofree char *text = json_dumps(take_value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	g_assert_cmpstr(text, ==, want);
	json_decref(take_value);
}

static void test_values(void)
{
	assert_json(value_text(""), "null");
	assert_json(value_text(NULL), "null");
	assert_json(value_tri(TRI_UNKNOWN), "null");
	assert_json(value_tri(TRI_NO), "false");
	assert_json(value_int(num_of(1.6)), "2");
	assert_json(value_int(num_none(NUM_BAD)), "null");
	assert_json(value_int(num_of(9007199254740992.0)), "9007199254740992");
	assert_json(value_real(num_of(71.3), 1), "71.3");
	assert_json(value_id16(0), "null");
	assert_json(value_id16(0x0834), "\"0834\"");
	assert_json(value_ms(-1), "null");
	assert_json(value_wall(1767254400000), "\"2026-01-01T08:00:00Z\"");
	assert_json(value_words(NULL), "null");
}

/* Each part is a row and names its card; what nobody has says the host's word and null for the rest. */
static void test_parts(void)
{
	static const char *const unknown[] = {"vm", "guest", "guest_bdf", "gpu", "temp_junction_c", "engine"};
	struct lab *lab = lab_parts_new();
	json_t *status = status_json(lab);
	g_assert_cmpuint(json_array_size(json_object_get(status, "rows")), ==,
			 24); /* nothing is folded here */
	const json_t *spare = with(status, "rows", "host_bdf", "0000:85:1f.0"),
		     *taken = with(status, "rows", "host_bdf", "0000:86:00.7"),
		     *mig = with(status, "rows", "gpu", "MIG-2"),
		     *card = with(status, "rows", "host_bdf", "0000:85:00.0");
	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
		g_assert_true(json_is_null(json_object_get(spare, unknown[i])));
	g_assert_cmpstr(text_at(spare, "kind"), ==, "vf");
	g_assert_cmpstr(text_at(spare, "passthrough"), ==, "available");
	g_assert_cmpstr(text_at(spare, "parent_bdf"), ==, "0000:85:00.0");
	g_assert_true(json_is_null(json_object_get(spare, "parent_gpu")));
	g_assert_cmpstr(text_at(taken, "vm"), ==, "vm-3");
	g_assert_cmpstr(text_at(taken, "passthrough"), ==, "active");
	g_assert_cmpstr(text_at(taken, "parent_bdf"), ==, "0000:85:00.0");
	g_assert_cmpstr(text_at(mig, "kind"), ==, "mig");
	g_assert_cmpstr(text_at(mig, "parent_gpu"), ==, "GPU-1");
	g_assert_cmpstr(text_at(mig, "label"), ==, "A100 MIG 2 3g.40gb");
	g_assert_cmpstr(text_at(card, "kind"), ==, "gpu");
	g_assert_true(json_is_null(json_object_get(card, "parent_bdf")));

	const json_t *device = with(status, "devices", "bdf", "0000:86:00.7"),
		     *whole = with(status, "devices", "bdf", "0000:85:00.0"),
		     *sriov = json_object_get(whole, "sriov");
	g_assert_cmpstr(text_at(device, "physical"), ==, "0000:85:00.0");
	g_assert_true(json_is_true(json_object_get(device, "physical_guessed")));
	g_assert_cmpstr(text_at(device, "vm"), ==, "vm-3");
	g_assert_true(json_is_null(json_object_get(device, "sriov")));
	g_assert_true(json_is_null(json_object_get(whole, "physical")));
	g_assert_cmpint(json_integer_value(json_object_get(sriov, "functions")), ==, 16);
	g_assert_cmpint(json_integer_value(json_object_get(sriov, "max_functions")), ==, 32);
	g_assert_cmpint(
		json_integer_value(json_object_get(with(status, "gpus", "id", "MIG-2"), "gpu_instance")), ==,
		2);
	json_decref(status);
	lab_free(lab);
}

/* What an engine was before it fell silent is not what it is now. */
static void test_silent_engine(void)
{
	struct lab *lab = small_lab();
	for (int silent = 0; silent < 2; silent++) {
		if (silent)
			build_state(lab, TARGET_ENGINE, "ollama-a", SRC_DOWN, 1000, 1000);
		lab_settle(lab);
		json_t *engine = status_json_engine(lab->engines->pdata[0]);
		const json_t *state = json_object_get(engine, "state");
		g_assert_cmpstr(json_string_value(state), ==, silent ? NULL : "ok");
		g_assert_cmpint(json_is_null(state), ==, silent);
		g_assert_cmpint(json_is_true(json_object_get(engine, "stale")), ==, silent);
		g_assert_cmpstr(json_string_value(json_object_get(engine, "kind")), ==, "ollama");
		json_decref(engine);
	}
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/status-json/golden", test_golden);
	g_test_add_func("/status-json/keys", test_keys);
	g_test_add_func("/status-json/documented", test_documented);
	g_test_add_func("/status-json/parts", test_parts);
	g_test_add_func("/status-json/holders", test_holders);
	g_test_add_func("/status-json/tasks", test_tasks);
	g_test_add_func("/status-json/untold-function", test_untold_function);
	g_test_add_func("/status-json/null", test_null);
	g_test_add_func("/status-json/partial", test_partial);
	g_test_add_func("/status-json/told-by", test_told_by);
	g_test_add_func("/status-json/values", test_values);
	g_test_add_func("/status-json/silent-engine", test_silent_engine);
	return g_test_run();
}
