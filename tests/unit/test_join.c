/* test_join.c - guests and VMs, engines and guests, cards and VMs of every kind, models and jobs on cards. */
#include "config.h"
#include "lab/lab.h"

#include "tests/unit/build_lab.h"
#include "tests/unit/unit.h"

#define UUID    "00112233-4455-6677-8899-aabbccddeeff"
#define SWAPPED "33221100-5544-7766-8899-aabbccddeeff"
#define OTHER   "99112233-4455-6677-8899-aabbccddeeff"
#define MAC     "00:50:56:aa:bb:01"

/* ---- guest = VM ----------------------------------------------------------------------------------------------------- */

struct vm_told {
	const char *name, *uuid, *mac, *ip, *hostname;
	enum vm_tools tools;
	enum vm_connection connection;
	enum vm_power power;
};

struct guest_told {
	const char *uuid, *mac, *ip, *hostname, *vm; /* vm: configured */
};

static const struct {
	const char *what;
	struct vm_told vms[3];
	struct guest_told guest;
	const char *want; /* name of the VM, or NULL */
	enum guest_match match;
	const char *finding;
} guests[] = {
	{"uuid", {{"a", UUID}}, {UUID}, "a", GUEST_UUID, NULL},
	{"uuid in the other byte order", {{"a", UUID}}, {SWAPPED}, "a", GUEST_UUID_SWAPPED, NULL},
	{"configured beats uuid", {{"a", UUID}, {"b", ""}}, {UUID, .vm = "b"}, "b", GUEST_CONFIGURED, NULL},
	{"configured name that two have",
	 {{"a", UUID}, {"a", ""}},
	 {UUID, .vm = "a"},
	 NULL,
	 GUEST_NONE,
	 "JOIN-NAME"},
	{"configured as the lists show it",
	 {{"a", UUID}, {"a", ""}},
	 {.vm = "a (1)"},
	 "a",
	 GUEST_CONFIGURED,
	 NULL},
	{"configured name that none has", {{"a", UUID}}, {UUID, .vm = "z"}, "a", GUEST_UUID, NULL},
	{"mac where the uuid may not be read",
	 {{"a", UUID, MAC}, {"b", ""}},
	 {"", MAC},
	 "a",
	 GUEST_MAC,
	 NULL},
	{"two VMs with one mac", {{"a", "", MAC}, {"b", "", MAC}}, {"", MAC}, NULL, GUEST_NONE, "JOIN-MAC"},
	{"copies with one uuid, told apart by mac",
	 {{"a", UUID, "00:50:56:aa:bb:02"}, {"b", UUID, MAC}},
	 {UUID, MAC},
	 "b",
	 GUEST_UUID,
	 NULL},
	{"copies with one uuid and nothing else",
	 {{"a", UUID}, {"b", UUID}},
	 {UUID},
	 NULL,
	 GUEST_NONE,
	 "JOIN-UUID"},
	{"address", {{"a", .ip = "10.0.4.1"}}, {.ip = "10.0.4.1"}, "a", GUEST_IP, NULL},
	{"address of a VM whose tools do not run",
	 {{"a", .ip = "10.0.4.1", .tools = TOOLS_NOT_RUNNING}},
	 {.ip = "10.0.4.1"},
	 NULL,
	 GUEST_NONE,
	 NULL},
	{"address of a VM that is off",
	 {{"a", .ip = "10.0.4.1", .power = POWER_OFF}},
	 {.ip = "10.0.4.1"},
	 NULL,
	 GUEST_NONE,
	 NULL},
	{"address of a VM that vCenter lost sight of",
	 {{"a", .ip = "10.0.4.1", .connection = VM_DISCONNECTED}},
	 {.ip = "10.0.4.1"},
	 NULL,
	 GUEST_NONE,
	 NULL},
	{"docker's own address", {{"a", .ip = "172.17.0.1"}}, {.ip = "172.17.0.1"}, NULL, GUEST_NONE, NULL},
	{"host name", {{"a", .hostname = "llm"}}, {.hostname = "llm"}, "a", GUEST_HOSTNAME, NULL},
	{"every host is localhost",
	 {{"a", .hostname = "localhost.localdomain"}},
	 {.hostname = "localhost.localdomain"},
	 NULL,
	 GUEST_NONE,
	 NULL},
	{"two VMs with one mac, of which the uuid excludes one",
	 {{"a", UUID, MAC}, {"b", "", MAC}},
	 {OTHER, MAC},
	 "b",
	 GUEST_MAC,
	 NULL},
	{"a uuid, and a mac of a bridge within",
	 {{"a", UUID, "00:50:56:aa:bb:02"}},
	 {UUID, MAC},
	 "a",
	 GUEST_UUID,
	 NULL},
	{"a board that was never given a uuid",
	 {{"a", "00000000-0000-0000-0000-000000000000"}},
	 {"00000000-0000-0000-0000-000000000000"},
	 NULL,
	 GUEST_NONE,
	 NULL},
};

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static void post_vms(struct lab *lab, const struct vm_told *told)
{
	struct obs *obs = build_inventory("esx01", 1, 0);
	build_host(obs, "ha-host", "esx01", "11111111-2222-3333-4444-555555555501");
	for (int k = 0; k < 3 && told[k].name; k++) {
		char moref[8];
		g_snprintf(moref, sizeof moref, "%d", k);
		struct vm_row *vm = build_vm(obs, moref, told[k].name, "ha-host");
		vm->uuid = or_empty(told[k].uuid);
		vm->guest_ip = or_empty(told[k].ip);
		vm->guest_hostname = or_empty(told[k].hostname);
		vm->macs = told[k].mac ? build_words(obs->box, told[k].mac, NULL) : NULL;
		vm->connection = told[k].connection ? told[k].connection : VM_CONNECTED;
		vm->tools = told[k].tools ? told[k].tools : TOOLS_RUNNING;
		vm->power = told[k].power ? told[k].power : POWER_ON;
	}
	build_post(lab, obs, true);
}

static void test_guests(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(guests); i++) {
		const struct guest_told *told = &guests[i].guest;
		struct lab *lab = build_lab();
		struct obs *obs;
		build_target(lab, TARGET_GUEST, "g", told->vm ? "vm" : NULL, told->vm);
		post_vms(lab, guests[i].vms);
		struct guest_row *row = build_guest(&obs, "g", 0);
		row->uuid = or_empty(told->uuid);
		row->hostname = or_empty(told->hostname);
		row->macs = told->mac ? build_words(obs->box, "02:42:00:00:00:01", told->mac) : NULL;
		row->addresses = told->ip ? build_words(obs->box, "127.0.0.1", told->ip) : NULL;
		build_post(lab, obs, false);
		lab_settle(lab);
		g_test_message("%s", guests[i].what);
		const struct lab_guest *g = lab->guests->pdata[0];
		g_assert_cmpstr(g->vm ? g->vm->name : NULL, ==, guests[i].want);
		g_assert_cmpint(g->match, ==, guests[i].match);
		g_assert_cmpint(g->ambiguous != NULL, ==, guests[i].finding != NULL);
		if (guests[i].finding)
			g_assert_nonnull(lab_find_finding(lab, guests[i].finding, &g->ref));
		lab_free(lab);
	}
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */

static void test_rows(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 2); /* the ASPEED console is none */
	const struct lab_row *held = build_row(lab, "0000:03:00.0"),
			     *free_card = build_row(lab, "0000:43:00.0");
	g_assert_cmpstr(held->vm->name, ==, "llm-1");
	g_assert_cmpstr(held->gpu->ref.id, ==, "7f3a");
	g_assert_cmpint(held->match, ==, MATCH_SLOT);
	g_assert_cmpstr(held->match_why, ==, "slot 160: bridge 00:15.0");
	g_assert_cmpstr(held->label, ==, "MI50");
	g_assert_null(free_card->vm);
	g_assert_true(lab_find_row(lab, &held->ref) == held);
	lab_free(lab);
}

/* A console that is passed through is a row; of two VMs that name one card the one that runs has it. */
static void test_claims(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	struct vm_row *off = build_vm(obs, "0", "a-first-by-name", "ha-host");
	off->power = POWER_OFF;
	build_vm_device(off, VMDEV_FIXED, "0000:03:00.0", -1);
	build_vm_device(off, VMDEV_FIXED, "0000:02:00.0", -1);
	off = build_vm(obs, "9", "z-last-by-name", "ha-host");
	off->power = POWER_OFF;
	build_vm_device(off, VMDEV_FIXED, "0000:03:00.0", -1);
	build_vm_device(off, VMDEV_FIXED, "0000:02:00.0", -1); /* both are off: the first has it */
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 3);
	g_assert_cmpstr(build_row(lab, "0000:03:00.0")->vm->name, ==, "llm-1");
	g_assert_cmpstr(build_row(lab, "0000:02:00.0")->vm->name, ==, "a-first-by-name");
	lab_free(lab);
}

/* Accelerators of class 12h are cards as those of the display classes are; other makers' and other classes are not. */
static void test_accelerators(void)
{
	static const struct {
		uint16_t vendor, class_id;
		bool card, passed; /* a row as it is; once a VM has it */
	} cases[] = {{0x1002, 0x1200, true, true},   {0x10de, 0x1200, true, true},
		     {0x8086, 0x1200, false, true},  {0x1002, 0x1201, false, false},
		     {0x10de, 0x0302, true, true},   {0x1002, 0x0380, true, true},
		     {0x10de, 0x0403, false, false}, {0x1a03, 0x0300, false, true}};
	for (gsize i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		struct obs *obs = build_inventory("esx01", 1, 0);
		build_pci(build_host(obs, "ha-host", "esx01", ""), "0000:03:00.0", cases[i / 2].vendor,
			  0x74a1, cases[i / 2].class_id);
		if (i % 2)
			build_vm_device(build_vm(obs, "1", "llm-1", "ha-host"), VMDEV_FIXED, "0000:03:00.0",
					-1);
		build_post(lab, obs, true);
		lab_settle(lab);
		g_assert_cmpint(lab->rows->len, ==, i % 2 ? cases[i / 2].passed : cases[i / 2].card);
		lab_free(lab);
	}
}

/* A network card that is passed through is no GPU and shifts no order. */
static void test_other_devices(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "");
	build_pci(h, "0000:01:00.0", 0x15b3, 0x1017, 0x0200);
	build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *vm = build_vm(obs, "1", "llm-1", "ha-host");
	vm->uuid = UUID;
	build_vm_device(vm, VMDEV_FIXED, "0000:01:00.0", -1);
	build_vm_device(vm, VMDEV_FIXED, "0000:03:00.0", -1);
	build_post(lab, obs, true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 1);
	g_assert_cmpint(build_row(lab, "0000:03:00.0")->match, ==, MATCH_ORDER);
	lab_free(lab);
}

/* Dynamic backing: assigned, by elimination (a guess, said so), or not to be told. */
static void test_dynamic(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_esx01(1, 0);
	struct vm_row *vm = build_vm(obs, "2", "llm-2", "ha-host");
	struct vm_device *d = build_vm_device(vm, VMDEV_DYNAMIC, "", -1);
	d->vendor_id = 0x1002, d->device_id = 0x66a1;
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpstr(build_row(lab, "0000:43:00.0")->vm->name, ==, "llm-2"); /* 03:00.0 is llm-1's */

	obs = build_inventory("esx01", 1, 1000); /* llm-1 stops: either could be it */
	vm = build_vm(obs, "1", "llm-1", "ha-host");
	vm->power = POWER_OFF;
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_null(build_row(lab, "0000:43:00.0")->vm);
	g_assert_cmpint(lab->rows->len, ==, 3); /* the VM's card without an address stands on its own */
	const struct lab_row *own = lab->rows->pdata[2];
	g_assert_null(own->device);
	g_assert_cmpstr(own->vm->name, ==, "llm-2");
	g_assert_cmpstr(own->host->name, ==, "esx01");
	lab_free(lab);
}

/* A function of a network card is no GPU, and one whose address is not told is not the card that it is cut from. */
static void test_untold_function(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "");
	build_pci(h, "0000:1a:00.0", 0x15b3, 0x1015, 0x0200);
	build_pci(h, "0000:65:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *vm = build_vm(obs, "1", "router", "ha-host");
	struct vm_device *none = build_vm_device(vm, VMDEV_SRIOV, "", -1);
	g_strlcpy(none->physical, "0000:1a:00.0", BDF_SIZE);
	struct vm_device *gpu = build_vm_device(vm, VMDEV_SRIOV, "", -1);
	gpu->vendor_id = 0x1002, gpu->device_id = 0x66a1;
	g_strlcpy(gpu->physical, "0000:65:00.0", BDF_SIZE);
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpuint(lab->rows->len, ==, 1);
	g_assert_null(build_row(lab, "0000:65:00.0")->vm);
	lab_free(lab);
}

/* What a VM that is off names is free: it may be what another one was given. */
static void test_off_holds_nothing(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "");
	build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *off = build_vm(obs, "1", "off", "ha-host"), *on = build_vm(obs, "2", "on", "ha-host");
	off->power = POWER_OFF;
	build_vm_device(off, VMDEV_FIXED, "0000:03:00.0", -1);
	struct vm_device *d = build_vm_device(on, VMDEV_DYNAMIC, "", -1);
	d->vendor_id = 0x1002, d->device_id = 0x66a1;
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpstr(build_row(lab, "0000:03:00.0")->vm->name, ==, "on");
	lab_free(lab);
}

/* A guest with one card in the place of llm-1's. */
static struct guest_row *build_claimant(struct obs **obs, const char *name, const char *uuid)
{
	struct guest_row *g = build_guest(obs, name, 0);
	g->uuid = uuid;
	g->hostname = "llm-1";
	g->boot_ms = BUILD_WALL_MS - 3600 * 1000;
	build_gpu(g, name, "0000:03:00.0", "0000:00:15.0/0000:03:00.0", 0x1002, 0x66a1);
	return g;
}

static const struct lab_guest *guest_called(const struct lab *lab, const char *name)
{
	for (guint i = 0; i < lab->guests->len; i++)
		if (strcmp(((const struct lab_guest *)lab->guests->pdata[i])->ref.source, name) == 0)
			return lab->guests->pdata[i];
	g_error("no guest %s", name);
}

static const struct lab_row *row_of_card(const struct lab *lab, const char *id)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->gpu && strcmp(row->gpu->ref.id, id) == 0)
			return row;
	}
	g_error("no row shows %s", id);
}

/* One VM through its own agent here and by ssh is one machine: its cards stand there once, whoever else tells the same. */
static void test_here_and_by_ssh(void)
{
	for (int twins = 0; twins < 4; twins++) {
		struct lab *lab = build_lab();
		struct obs *obs;
		build_post(lab, build_esx01(1, 0), true);
		build_claimant(&obs, "here", UUID)->transport = TRANSPORT_LOCAL;
		build_post(lab, obs, false);
		struct guest_row *g = build_claimant(&obs, "by-ssh", SWAPPED);
		g->boot_ms += twins == 1 ? 6000 : 4000;
		g->hostname = twins == 2 ? "other" : "llm-1";
		g->uuid = twins == 3 ? "" : g->uuid;
		g->macs = build_words(obs->box, MAC, NULL);
		build_post(lab, obs, false);
		lab_settle(lab);
		g_assert_cmpint(lab->gpus->len, ==, 2);
		g_assert_cmpint(lab->rows->len, ==, twins == 0 ? 2 : 3);
		g_assert_nonnull(guest_called(lab, "here")->vm);
		g_assert_nonnull(build_row(lab, "0000:03:00.0")->gpu);
		g_assert_cmpint(guest_called(lab, "by-ssh")->vm != NULL, ==, twins == 0);
		g_assert_cmpint(lab_find_finding(lab, "JOIN-CLASH", NULL) != NULL, ==,
				twins == 1 || twins == 2);
		lab_free(lab);
	}
}

/* Two guests that are one VM by what they say: which has it, and by which claim. Sections in the order of the table. */
static const struct {
	const char *what;
	struct {
		const char *name, *vm, *ssh; /* section */
		const char *uuid, *mac;      /* told */
		bool stale;
	} guests[2];
	const char *winner, *because;
} clashes[] = {
	{"configured before claimed", {{"a", .uuid = UUID}, {"b", "llm-1"}}, "b", "as configured"},
	{"configured before everything",
	 {{"llm-1", .uuid = UUID, .mac = MAC}, {"b", "llm-1", .stale = true}},
	 "b",
	 "as configured"},
	{"configured twice", {{"z", "llm-1"}, {"b", "llm-1"}}, "z", "it stands first"},
	{"called so", {{"a", .uuid = UUID}, {"LLM-1", .mac = MAC}}, "LLM-1", "its section says so"},
	{"reached by its name",
	 {{"a", .uuid = UUID}, {"b", NULL, "ops@llm-1", .uuid = UUID}},
	 "b",
	 "its section says so"},
	{"reached by its address",
	 {{"a", .uuid = UUID}, {"b", NULL, "ssh://ops@192.0.2.7:2222", .uuid = UUID}},
	 "b",
	 "its section says so"},
	{"the UUID before the address", {{"a", .mac = MAC}, {"b", .uuid = UUID}}, "b", "by the better mark"},
	{"more marks before fewer",
	 {{"a", .uuid = UUID}, {"b", .uuid = UUID, .mac = MAC}},
	 "b",
	 "by more marks"},
	{"else the first of the file, silent or not",
	 {{"z", .uuid = UUID, .stale = true}, {"b", .uuid = UUID}},
	 "z",
	 "it stands first"},
};

static void test_clashes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(clashes); i++) {
		struct lab *lab = build_lab();
		struct obs *obs = build_esx01(1, 0);
		struct vm_row *vm = (struct vm_row *)obs->u.inventory->vms[0];
		vm->macs = build_words(obs->box, MAC, NULL);
		vm->guest_ip = "192.0.2.7";
		build_post(lab, obs, true);
		for (int k = 0; k < 2; k++) {
			struct target *t = target_new(TARGET_GUEST, clashes[i].guests[k].name);
			if (clashes[i].guests[k].vm)
				target_set(t, "vm", clashes[i].guests[k].vm);
			if (clashes[i].guests[k].ssh)
				target_set(t, "ssh", clashes[i].guests[k].ssh);
			lab_add_target(lab, t);
			target_free(t);
		}
		for (int k = 1; k >= 0; k--) { /* who speaks first decides nothing */
			const char *name = clashes[i].guests[k].name, *mac = clashes[i].guests[k].mac;
			struct guest_row *g = build_claimant(&obs, name, or_empty(clashes[i].guests[k].uuid));
			g->macs = mac ? build_words(obs->box, mac, NULL) : NULL;
			build_post(lab, obs, false);
			if (clashes[i].guests[k].stale)
				build_state(lab, TARGET_GUEST, name, SRC_DOWN, 1000, 0);
		}
		lab_settle(lab);
		g_test_message("%s", clashes[i].what);
		const char *winner = clashes[i].winner;
		bool first = strcmp(clashes[i].guests[0].name, winner) == 0;
		const char *loser = clashes[i].guests[first].name;
		const struct lab_guest *g = guest_called(lab, loser);
		const struct finding *f = lab_find_finding(lab, "JOIN-CLASH", &g->ref);
		g_assert_nonnull(f);
		g_assert_nonnull(strstr(f->evidence, clashes[i].because));
		g_assert_null(lab_find_finding(lab, "JOIN-CLASH", &guest_called(lab, winner)->ref));
		g_assert_null(g->vm);
		g_assert_cmpint(g->match, ==, GUEST_NONE);
		g_assert_cmpint(lab->rows->len, ==, 3);
		g_assert_true(build_row(lab, "0000:03:00.0") == row_of_card(lab, winner));
		const struct lab_row *own = row_of_card(lab, loser);
		g_assert_null(own->vm);
		g_assert_null(own->host);
		g_assert_true(own->guest == g);
		lab_free(lab);
	}
}

/* An engine's address that two guests say is theirs: the hypervisor's word decides, else nobody has the engine. */
static void test_contested_address(void)
{
	for (int told = 0; told < 3; told++) { /* by nobody; for llm-1; for a VM without a guest */
		struct lab *lab = build_lab();
		struct obs *obs = build_esx01(1, 0);
		if (told == 1)
			((struct vm_row *)obs->u.inventory->vms[0])->guest_ip = "10.0.4.20";
		struct vm_row *other = build_vm(obs, "2", "other", "ha-host");
		other->uuid = "77112233-4455-6677-8899-aabbccddeeff";
		other->guest_ip = told == 2 ? "10.0.4.20" : "";
		build_post(lab, obs, true);
		for (int k = 0; k < 2; k++) {
			struct guest_row *g = build_claimant(&obs, k ? "llm-1" : "a-liar", k ? UUID : OTHER);
			g->addresses = build_words(obs->box, "10.0.4.20", NULL);
			build_post(lab, obs, false);
		}
		struct engine_row *e = build_engine(&obs, "engine", ENGINE_OLLAMA, "", 0);
		e->addresses = build_words(obs->box, "10.0.4.20", NULL);
		build_post(lab, obs, false);
		lab_settle(lab);
		const struct lab_engine *engine = lab->engines->pdata[0];
		g_assert_cmpstr(engine->guest ? engine->guest->ref.source : NULL, ==,
				told == 1 ? "llm-1" : NULL);
		g_assert_cmpstr(engine->vm ? engine->vm->name : NULL, ==,
				told == 0   ? NULL
				: told == 1 ? "llm-1"
					    : "other");
		lab_free(lab);
	}
}

/* A guest that tells a UUID is no VM that has another one, whatever it says of its addresses and its name. */
static void test_contradictions(void)
{
	static const struct {
		const char *what;
		struct vm_told vms[3];
		struct guest_told guest;
		const char *finding;
	} cases[] = {
		{"another's MAC address", {{"a", UUID, MAC}}, {OTHER, MAC}, "JOIN-MAC"},
		{"another's UUID",
		 {{"a", UUID, "00:50:56:aa:bb:02"}, {"b", OTHER, MAC}},
		 {UUID, MAC},
		 "JOIN-UUID"},
		{"another's address", {{"a", UUID, .ip = "10.0.4.1"}}, {OTHER, .ip = "10.0.4.1"}, NULL},
		{"another's name", {{"a", UUID, .hostname = "llm"}}, {OTHER, .hostname = "llm"}, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct guest_told *told = &cases[i].guest;
		struct lab *lab = build_lab();
		struct obs *obs;
		post_vms(lab, cases[i].vms);
		struct guest_row *row = build_guest(&obs, "g", 0);
		row->uuid = told->uuid;
		row->hostname = or_empty(told->hostname);
		row->macs = told->mac ? build_words(obs->box, told->mac, NULL) : NULL;
		row->addresses = told->ip ? build_words(obs->box, told->ip, NULL) : NULL;
		build_post(lab, obs, false);
		lab_settle(lab);
		g_test_message("%s", cases[i].what);
		const struct lab_guest *g = lab->guests->pdata[0];
		g_assert_null(g->vm);
		if (cases[i].finding)
			g_assert_nonnull(lab_find_finding(lab, cases[i].finding, &g->ref));
		else
			g_assert_cmpint(lab->findings->len, ==, 0);
		lab_free(lab);
	}
}

static void test_elimination_is_a_guess(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx01", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx01", "");
	build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
	struct vm_row *vm = build_vm(obs, "1", "llm-1", "ha-host");
	vm->uuid = UUID;
	struct vm_device *d = build_vm_device(vm, VMDEV_DYNAMIC, "", 160);
	d->vendor_id = 0x1002, d->device_id = 0x66a1;
	build_extra(vm, "pciBridge4.pciSlotNumber", "21");
	build_post(lab, obs, true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_nonnull(row->gpu);
	g_assert_cmpint(row->match, ==, MATCH_GUESS);
	g_assert_nonnull(strstr(row->match_why, "by elimination"));
	lab_free(lab);
}

/* A vGPU follows its card; the card tells what the guest cannot. */
static void test_vgpu(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	build_pci(h, "0000:17:00.0", 0x10de, 0x20b7, 0x0302);
	struct pci_row *a40 = build_pci(h, "0000:65:00.0", 0x10de, 0x2235, 0x0302);
	a40->graphics = GRAPHICS_SHARED_DIRECT;
	a40->host_temp_c = num_of(52);
	a40->host_power_w = num_of(88);
	a40->host_mem_used_bytes = num_of(8 * GIB);
	struct vm_row *vm = build_vm(obs, "1", "vgpu-1", "ha-host");
	vm->uuid = UUID;
	build_vm_device(vm, VMDEV_VGPU, "", 33)->profile = "grid_a40-8q";
	build_extra(vm, "pciBridge0.pciSlotNumber", "17");
	build_post(lab, obs, true);
	struct guest_row *g = build_guest(&obs, "vgpu-1", 0);
	g->uuid = UUID;
	build_gpu(g, "GPU-9c41", "0000:02:01.0", "0000:00:11.0/0000:02:01.0", 0x10de, 0x2235)->kind =
		GPU_KIND_VGPU;
	build_post(lab, obs, false);
	build_gpu_sample(build_sample(&obs, "vgpu-1", 0), "GPU-9c41")->metric[M_VRAM_USED_BYTES] =
		num_of(3 * GIB);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 3);
	const struct lab_row *card = lab->rows->pdata[1], *part = lab->rows->pdata[2];
	enum row_origin from;
	g_assert_true(part->parent == card);
	g_assert_null(card->vm);
	g_assert_cmpstr(card->label, ==, "A40");
	g_assert_cmpstr(part->label, ==, "A40 8q");
	g_assert_nonnull(part->gpu);
	g_assert_cmpfloat(lab_row_metric(part, M_VRAM_USED_BYTES, &from).v, ==, 3 * GIB);
	g_assert_cmpint(from, ==, FROM_GUEST);
	g_assert_cmpfloat(lab_row_metric(card, M_VRAM_USED_BYTES, &from).v, ==, 8 * GIB);
	g_assert_cmpint(from, ==, FROM_HOST);
	g_assert_cmpfloat(lab_row_temp(part).v, ==, 52);
	g_assert_false(
		num_known(lab_row_metric(part, M_POWER_W, &from))); /* the card's watts are not one share's */
	g_assert_cmpint(from, ==, FROM_NOBODY);
	lab_free(lab);
}

/* SR-IOV: every function is a row below its card, whoever has it, also on a bus behind the card's. */
static void test_sriov(void)
{
	struct lab *lab = build_lab();
	struct card_note *note = g_new0(struct card_note, 1);
	*note = (struct card_note){
		.host = g_strdup("esx02"), .bdf = g_strdup("0000:65:00.0"), .owner = g_strdup("jo")};
	lab_add_card_note(lab, note);
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	build_functions(h, "0000:65:00.0", 0x10de, 0x2235, 0xfd, 4)->host_temp_c = num_of(52);
	h->pci[2].pt_enabled = h->pci[2].pt_active = TRI_NO;
	h->pci[2].pt_state = PT_AVAILABLE;
	build_pci(h, "0000:67:00.0", 0x10de, 0x2235, 0x0302); /* a card of its own */
	struct vm_row *vm = build_vm(obs, "1", "vf", "ha-host"),
		      *late = build_vm(obs, "2", "late", "ha-host");
	build_vm_device(vm, VMDEV_FIXED, "0000:65:1f.7", -1);
	build_vm_device(late, VMDEV_FIXED, "0000:65:1f.7", -1);
	late->power = POWER_OFF;
	build_post(lab, obs, true);
	lab_settle(lab);
	static const char *const want[] = {"0000:65:00.0", "0000:65:1f.5", "0000:65:1f.6",
					   "0000:65:1f.7", "0000:66:00.0", "0000:67:00.0"};
	g_assert_cmpint(lab->rows->len, ==, G_N_ELEMENTS(want));
	const struct lab_row *card = lab->rows->pdata[0];
	for (guint i = 0; i < G_N_ELEMENTS(want); i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		bool function = i > 0 && i < 5;
		g_assert_cmpstr(row->device->bdf, ==, want[i]);
		g_assert_cmpstr(row->ref.sub, ==, want[i]); /* the same thing whoever has it */
		g_assert_true(row->parent == (function ? card : NULL));
		g_assert_cmpint(lab_row_kind(row), ==, function ? GPU_KIND_VF : GPU_KIND_GPU);
		g_assert_cmpint(lab_row_is_spare(row), ==, function && i != 3);
		g_assert_cmpstr(row->vm ? row->vm->name : "", ==, i == 3 ? "vf" : "");
		g_assert_true(lab_find_row(lab, &row->ref) == row);
		g_assert_cmpstr(row->owner, ==,
				i < 5 ? "jo" : ""); /* what is noted of the card holds for its parts */
		/* what nobody has tells nothing of its own, and nothing of the card's */
		g_assert_cmpint(num_known(lab_row_temp(row)), ==, i == 0 || i == 3);
	}
	lab_free(lab);
}

/* A vGPU that its host's driver put on a function is that function's row, not one more. */
static void test_vgpu_on_function(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	build_functions(h, "0000:65:00.0", 0x10de, 0x2235, 4, 2);
	build_vm_device(build_vm(obs, "1", "vgpu-1", "ha-host"), VMDEV_VGPU, "0000:65:00.5", -1)->profile =
		"grid_a40-8q";
	build_post(lab, obs, true);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 3);
	const struct lab_row *part = lab->rows->pdata[2];
	g_assert_cmpint(lab_row_kind(part), ==, GPU_KIND_VGPU);
	g_assert_cmpstr(part->label, ==, "A40 8q");
	g_assert_cmpstr(part->device->bdf, ==, "0000:65:00.5");
	g_assert_cmpstr(part->vm->name, ==, "vgpu-1");
	lab_free(lab);
}

/* This machine: the agent sees a function with the driver on it, and one without is a row all the same. */
static void test_functions_here(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("pci", 1, 0);
	obs->source_kind = TARGET_PCI;
	struct host_row *h = build_host(obs, "local", "box", "");
	h->is_local = true;
	build_functions(h, "0000:03:00.0", 0x1002, 0x73a1, 2, 2);
	build_post(lab, obs, true);
	struct guest_row *g = build_guest(&obs, "local", 0);
	g->transport = TRANSPORT_LOCAL;
	struct gpu_row *vf = build_gpu(g, "vf", "0000:03:00.2", "", 0x1002, 0x73a1);
	vf->kind = GPU_KIND_VF;
	vf->parent = "card";
	build_gpu(g, "card", "0000:03:00.0", "", 0x1002, 0x73a1);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 3);
	static const char *const ids[] = {"card", "vf", NULL};
	for (guint i = 0; i < 3; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		g_assert_cmpstr(row->gpu ? row->gpu->row->id : NULL, ==, ids[i]);
		g_assert_true(row->parent == (i ? lab->rows->pdata[0] : NULL));
		g_assert_cmpint(lab_row_kind(row), ==, i ? GPU_KIND_VF : GPU_KIND_GPU);
		g_assert_cmpint(lab_row_is_spare(row), ==, i == 2);
	}
	lab_free(lab);
}

/* GPUs of a guest that no host is known for are rows; MIG instances follow their card. */
static void test_lone_gpus(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	struct guest_row *g = build_guest(&obs, "box", 0);
	struct gpu_row *mig = build_gpu(g, "MIG-1", "0000:01:00.0", "", 0x10de, 0x20f1);
	mig->kind = GPU_KIND_MIG;
	mig->parent = "GPU-1";
	mig->name = "NVIDIA A100-PCIE-40GB MIG 1g.5gb";
	build_gpu(g, "GPU-1", "0000:01:00.0", "", 0x10de, 0x20f1);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 2);
	const struct lab_row *card = lab->rows->pdata[0], *part = lab->rows->pdata[1];
	g_assert_cmpstr(card->gpu->ref.id, ==, "GPU-1");
	g_assert_null(card->host);
	g_assert_true(part->parent == card && part->gpu->parent == card->gpu);
	g_assert_cmpstr(part->label, ==, "A100 MIG 1 1g.5gb");

	/* a new hello replaces the first: the instance is gone, the card keeps its place */
	g = build_guest(&obs, "box", 1000);
	build_gpu(g, "GPU-1", "0000:01:00.0", "", 0x10de, 0x20f1);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 1);
	lab_free(lab);
}

/* Instances of one profile are told apart, and stand in the order of their numbers, not of their UUIDs. */
static void test_mig_names(void)
{
	static const struct {
		const char *id, *profile, *label;
		int gi, ci; /* -1: the driver does not tell */
	} told[] = {
		{"MIG-5c", "1g.10gb", "A100 MIG 9 1g.10gb", 9, 0},
		{"MIG-0a", "1g.10gb", "A100 MIG 13 1g.10gb", 13, 0},
		{"MIG-9f", "1c.3g.40gb", "A100 MIG 2/0 1c.3g.40gb", 2, 0},
		{"MIG-8e", "1c.3g.40gb", "A100 MIG 2/1 1c.3g.40gb", 2, 1},
		{"MIG-1111-77a0b1c2", "3g.40gb", "A100 MIG b1c2 3g.40gb", -1, -1},
		{"MIG-1111-77a0b1c3", "3g.40gb", "A100 MIG b1c3 3g.40gb", -1, -1},
	};
	static const int order[] = {4, 5, 2, 3, 0, 1}; /* those without a number first */
	struct lab *lab = build_lab();
	struct obs *obs;
	struct guest_row *g = build_guest(&obs, "box", 0);
	build_gpu(g, "GPU-1", "0000:01:00.0", "", 0x10de, 0x20b5)->name = "NVIDIA A100 80GB PCIe";
	for (gsize i = 0; i < G_N_ELEMENTS(told); i++) {
		struct gpu_row *mig = build_gpu(g, told[i].id, "0000:01:00.0", "", 0x10de, 0x20b5);
		g_autofree char *name = g_strconcat("NVIDIA A100 80GB PCIe MIG ", told[i].profile, NULL);
		mig->kind = GPU_KIND_MIG;
		mig->parent = "GPU-1";
		mig->name = box_text(g->box, name, -1);
		mig->gpu_instance = told[i].gi < 0 ? num_none(NUM_UNKNOWN) : num_of(told[i].gi);
		mig->compute_instance = told[i].ci < 0 ? num_none(NUM_UNKNOWN) : num_of(told[i].ci);
	}
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 1 + G_N_ELEMENTS(told));
	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		const struct lab_row *row = lab->rows->pdata[1 + i];
		const struct lab_gpu *gpu = lab->gpus->pdata[1 + i];
		g_assert_cmpstr(row->label, ==, told[order[i]].label);
		g_assert_cmpstr(gpu->row->id, ==, told[order[i]].id);
		g_assert_cmpint(lab_row_kind(row), ==, GPU_KIND_MIG);
	}
	lab_free(lab);
}

/* This machine without a hypervisor that is known: its own PCI devices and its own agent are one row. */
static void test_bare_metal(void)
{
	struct lab *lab = build_lab();
	struct obs *obs = build_inventory("pci", 1, 0);
	obs->source_kind = TARGET_PCI;
	struct host_row *h = build_host(obs, "local", "box", "");
	h->is_local = true;
	build_pci(h, "0000:03:00.0", 0x1002, 0x66a1, 0x0380);
	build_post(lab, obs, true);
	struct guest_row *g = build_guest(&obs, "local", 0);
	g->transport = TRANSPORT_LOCAL;
	g->uuid = UUID;
	build_gpu(g, "7f3a", "0000:03:00.0", "0000:00:15.0/0000:03:00.0", 0x1002, 0x66a1);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 1);
	const struct lab_row *row = lab->rows->pdata[0];
	g_assert_nonnull(row->device);
	g_assert_nonnull(row->gpu);
	g_assert_cmpint(row->match, ==, MATCH_SLOT);

	/* it turns out to be a VM of a host that is known: its devices stand there, not twice */
	build_post(lab, build_esx01(1, 1000), true);
	lab_settle(lab);
	g_assert_cmpint(lab->rows->len, ==, 2);
	row = build_row(lab, "0000:03:00.0");
	g_assert_cmpstr(row->host->name, ==, "esx01");
	g_assert_nonnull(row->gpu);
	lab_free(lab);
}

static void test_refused(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	struct guest_row *g = build_llm1(&obs, 0);
	g->gpus[0].device_id = 0x66af;
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_null(row->gpu);
	g_assert_cmpint(row->match, ==, MATCH_NONE);
	g_assert_cmpstr(row->match_why, ==, "refused: device id differs");
	g_assert_nonnull(lab_find_finding(lab, "JOIN-IDS", &row->vm->ref));
	lab_free(lab);
}

/* ---- engines, models, jobs ------------------------------------------------------------------------------------------------ */

static void test_engine_guest(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	struct guest_row *g = build_llm1(&obs, 0);
	g->addresses = build_words(obs->box, "10.0.4.11", NULL);
	build_post(lab, obs, false);
	struct engine_row *e = build_engine(&obs, "by-address", ENGINE_OLLAMA, "", 0);
	e->addresses = build_words(obs->box, "10.0.4.11", NULL);
	build_post(lab, obs, false);
	build_engine(&obs, "by-name", ENGINE_VLLM, "llm-1", 0);
	build_post(lab, obs, false);
	e = build_engine(&obs, "elsewhere", ENGINE_VLLM, "", 0);
	e->addresses = build_words(obs->box, "10.9.9.9", "127.0.0.1");
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_engine *by_address = lab->engines->pdata[0], *by_name = lab->engines->pdata[1],
				*elsewhere = lab->engines->pdata[2];
	g_assert_cmpstr(by_address->ref.id, ==, "by-address");
	g_assert_true(by_address->guest == lab->guests->pdata[0]);
	g_assert_true(by_name->guest == lab->guests->pdata[0]);
	g_assert_cmpstr(by_name->vm->name, ==, "llm-1");
	g_assert_null(elsewhere->guest); /* 127.0.0.1 is this machine, which is no guest here */
	lab_free(lab);
}

/* esx01, llm-1 with one card of which used_gib are in use. */
static struct lab *lab_in_use(double used_gib, struct sample **s, struct obs **sample_obs)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	*s = build_sample(sample_obs, "llm-1", 0);
	struct gpu_sample *g = build_gpu_sample(*s, "7f3a");
	g->metric[M_VRAM_TOTAL_BYTES] = num_of(32 * GIB);
	g->metric[M_VRAM_USED_BYTES] = num_of(used_gib * GIB);
	return lab;
}

static const struct lab_placed *placed(const struct lab_row *row, guint i)
{
	g_assert_cmpuint(i, <, row->placed->len);
	return &g_array_index(row->placed, struct lab_placed, i);
}

/* Ollama's child is called llama-server; it is Ollama's, and llama.cpp beside it has its own. */
static void test_processes(void)
{
	struct sample *s;
	struct obs *obs;
	struct lab *lab = lab_in_use(25, &s, &obs);
	build_proc(s, 100, 1, "ollama", "/usr/bin/ollama serve", "", 0)->unit = "ollama.service";
	build_proc(s, 101, 100, "llama-server", "/usr/lib/ollama/llama-server --model /m/blob --port 4411",
		   "7f3a", 12 * GIB);
	build_proc(s, 200, 1, "llama-server", "llama-server -m qwen.gguf --port 8080", "7f3a", 8 * GIB);
	build_proc(s, 300, 1, "python3", "train.py", "7f3a", 4 * GIB)->start_ms =
		BUILD_WALL_MS - 11 * 60 * 1000;
	build_proc(s, 301, 1, "python3", "hello.py", "7f3a", 0.5 * GIB)->start_ms =
		BUILD_WALL_MS - 9 * 60 * 1000;
	build_post(lab, obs, false);
	build_model(build_engine(&obs, "llamacpp", ENGINE_LLAMACPP, "llm-1", 0), "qwen", 8 * GIB, true);
	build_post(lab, obs, false);
	struct engine_row *e = build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0);
	build_model(e, "llama3", 12 * GIB, true);
	build_model(e, "other", 30 * GIB, false);
	build_post(lab, obs, false);
	lab_settle(lab);

	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_cmpuint(row->placed->len, ==, 2);
	g_assert_cmpstr(placed(row, 0)->model->name, ==, "llama3"); /* the biggest first */
	g_assert_cmpfloat(placed(row, 0)->vram_bytes.v, ==, 12 * GIB);
	g_assert_false(placed(row, 0)->estimated);
	g_assert_cmpstr(placed(row, 1)->model->name, ==, "qwen");
	g_assert_cmpstr(row->engine->ref.id, ==, "ollama");
	g_assert_cmpfloat(row->gpu->unexplained_bytes.v, ==, 0.5 * GIB);
	g_assert_cmpuint(lab->jobs->len, ==, 1);
	const struct lab_job *job = lab->jobs->pdata[0];
	g_assert_cmpint(job->proc->pid, ==, 300);
	g_assert_cmpint(job->runs_ms, ==, 11 * 60 * 1000);

	/* a sample that does not ask for processes leaves them as they were */
	struct sample *later = build_sample(&obs, "llm-1", 1000);
	build_gpu_sample(later, "7f3a")->metric[M_VRAM_USED_BYTES] = num_of(26 * GIB);
	build_post(lab, obs, false);
	lab_settle(lab);
	row = build_row(lab, "0000:03:00.0");
	g_assert_cmpuint(row->placed->len, ==, 2);
	g_assert_cmpfloat(row->gpu->unexplained_bytes.v, ==, 1.5 * GIB);
	lab_free(lab);
}

/* Two engines of one kind in one guest: pids, then ports tell them apart; a loop of parents ends. */
static void test_two_of_a_kind(void)
{
	struct sample *s;
	struct obs *obs;
	struct lab *lab = lab_in_use(30, &s, &obs);
	build_proc(s, 10, 11, "python3", "vllm serve a --port 8001", "7f3a", 10 * GIB);
	build_proc(s, 11, 10, "python3", "vllm serve b --port 8002", "7f3a", 20 * GIB);
	build_proc(s, 12, 13, "x", "", "", 0);
	build_proc(s, 13, 12, "y", "", "", 0);
	build_post(lab, obs, false);
	struct engine_row *e = build_engine(&obs, "first", ENGINE_VLLM, "llm-1", 0);
	e->url = "http://10.0.4.11:8001";
	build_model(e, "a", 10 * GIB, true);
	build_post(lab, obs, false);
	e = build_engine(&obs, "second", ENGINE_VLLM, "llm-1", 0);
	e->url = "http://10.0.4.11:8002";
	build_model(e, "b", 20 * GIB, true);
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_cmpuint(row->placed->len, ==, 2);
	g_assert_cmpstr(placed(row, 0)->engine->ref.id, ==, "second");
	g_assert_cmpstr(placed(row, 1)->engine->ref.id, ==, "first");
	lab_free(lab);
}

/* Several models and words that name none: what fits by size is taken, and marked. */
static void test_by_size(void)
{
	struct sample *s;
	struct obs *obs;
	struct lab *lab = lab_in_use(20, &s, &obs);
	build_proc(s, 1, 0, "ollama", "ollama runner --model /m/blobs/sha256-1", "7f3a", 12.5 * GIB);
	build_proc(s, 2, 0, "ollama", "ollama runner --model /m/blobs/sha256-2", "7f3a", 5 * GIB);
	build_post(lab, obs, false);
	struct engine_row *e = build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0);
	build_model(e, "big", 12 * GIB, true);
	build_model(e, "small", 2 * GIB, true);
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_cmpstr(placed(row, 0)->model->name, ==, "big");
	g_assert_true(placed(row, 0)->estimated);
	g_assert_null(placed(row, 1)->model); /* 5 GiB is no 2 GiB model */
	lab_free(lab);
}

/* Without a pid, a unit or a port, looks decide: the name, or what the command line runs. */
static void test_looks(void)
{
	static const struct {
		enum engine_kind kind;
		const char *name, *cmdline;
		bool owned;
	} cases[] = {
		{ENGINE_LLAMACPP, "llama-server", "", true},
		{ENGINE_LLAMACPP, "main", "/opt/llama-server-b6000 -m x", true},
		{ENGINE_LLAMACPP, "main", "/opt/llama-bench -m x", false},
		{ENGINE_VLLM, "main", "/opt/llama-server-b6000 -m x", false},
		{ENGINE_VLLM, "VLLM::EngineCor", "", true},
		{ENGINE_VLLM, "python3", "python3 -m vllm.entrypoints.openai.api_server", true},
		{ENGINE_COMFYUI, "python3", "python3 /srv/ComfyUI/main.py", true},
		{ENGINE_A1111, "python3", "python3 webui.py --api", true},
		{ENGINE_OPENAI, "python3", "python3 webui.py --api", false},
		{ENGINE_UNKNOWN, "ollama", "ollama serve", false},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		struct obs *obs;
		build_llm1(&obs, 0);
		build_post(lab, obs, false);
		struct sample *s = build_sample(&obs, "llm-1", 0);
		build_proc(s, 10, 1, cases[i].name, cases[i].cmdline, "7f3a", GIB);
		build_post(lab, obs, false);
		build_engine(&obs, "engine", cases[i].kind, "llm-1", 0);
		build_post(lab, obs, false);
		lab_settle(lab);
		g_assert_cmpint(guest_called(lab, "llm-1")->owners->pdata[0] != NULL, ==, cases[i].owned);
		lab_free(lab);
	}
}

/* A runner names its model's blob by the digest, which stands behind a prefix of its own in the list. */
static void test_by_digest(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_llm1(&obs, 0);
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "llm-1", 0);
	build_proc(s, 1, 0, "ollama", "ollama runner --model /m/blobs/sha256-0123456789abcdef", "7f3a", GIB);
	build_post(lab, obs, false);
	struct engine_row *e = build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0);
	build_model(e, "one", 20 * GIB, true)->digest = "sha256:fedcba9876543210";
	build_model(e, "two", 20 * GIB, true)->digest = "sha256:0123456789abcdef";
	build_model(e, "three", 20 * GIB, true)->digest = "sha256:0123"; /* too short to prove anything */
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = row_of_card(lab, "7f3a");
	g_assert_cmpuint(row->placed->len, ==, 1);
	const struct lab_placed *p = &g_array_index(row->placed, struct lab_placed, 0);
	g_assert_nonnull(p->model);
	g_assert_cmpstr(p->model->name, ==, "two");
	g_assert_false(p->estimated);
	lab_free(lab);
}

/* A part whose card is not there takes no VM's device; a process that holds nothing is on no card. */
static void test_part_without_card(void)
{
	struct lab *lab = build_lab();
	struct obs *obs;
	build_post(lab, build_esx01(1, 0), true);
	struct guest_row *g = build_llm1(&obs, 0);
	g->gpus[0].kind = GPU_KIND_MIG;
	g->gpus[0].parent = "gone";
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_null(build_row(lab, "0000:03:00.0")->gpu);
	g_assert_nonnull(row_of_card(lab, "7f3a"));
	build_llm1(&obs, 1000);
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "llm-1", 1000);
	build_proc(s, 10, 1, "ollama", "ollama serve", "7f3a", 0);
	build_post(lab, obs, false);
	build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 1000);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_nonnull(guest_called(lab, "llm-1")->owners->pdata[0]);
	g_assert_cmpuint(row_of_card(lab, "7f3a")->placed->len, ==, 0);
	lab_free(lab);
}

/* Of two cards in use the one that holds about as much as the model takes is its own. */
static void test_only_fit(void)
{
	static const struct {
		double used_gib[2];
		int on[2]; /* placed there */
	} cases[] = {{{13, 3}, {1, 0}}, {{3, 13}, {0, 1}}, {{13, 14}, {1, 1}}, {{6, 7}, {1, 1}}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct lab *lab = build_lab();
		struct obs *obs;
		struct guest_row *g = build_guest(&obs, "llm-1", 0);
		build_gpu(g, "a", "0000:03:00.0", "", 0x1002, 0x66a1);
		build_gpu(g, "b", "0000:04:00.0", "", 0x1002, 0x66a1);
		build_post(lab, obs, false);
		struct sample *s = build_sample(&obs, "llm-1", 0);
		for (int k = 0; k < 2; k++)
			build_gpu_sample(s, k ? "b" : "a")->metric[M_VRAM_USED_BYTES] =
				num_of(cases[i].used_gib[k] * GIB);
		build_post(lab, obs, false);
		build_model(build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0), "llama3", 12 * GIB,
			    true);
		build_post(lab, obs, false);
		lab_settle(lab);
		for (int k = 0; k < 2; k++)
			g_assert_cmpuint(row_of_card(lab, k ? "b" : "a")->placed->len, ==, cases[i].on[k]);
		lab_free(lab);
	}
}

/* Nobody tells processes: VRAM arithmetic, marked as estimated. */
static void test_arithmetic(void)
{
	struct sample *s;
	struct obs *obs;
	struct lab *lab = lab_in_use(13, &s, &obs);
	build_post(lab, obs, false);
	build_model(build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0), "llama3", 12 * GIB, true);
	build_post(lab, obs, false);
	lab_settle(lab);
	const struct lab_row *row = build_row(lab, "0000:03:00.0");
	g_assert_cmpstr(placed(row, 0)->model->name, ==, "llama3");
	g_assert_true(placed(row, 0)->estimated);
	g_assert_cmpfloat(row->gpu->unexplained_bytes.v, ==, 1 * GIB);
	g_assert_null(row->gpu->guest->procs);
	lab_free(lab);

	lab = lab_in_use(0.1, &s, &obs); /* an idle card holds no model, whatever the engine says */
	build_post(lab, obs, false);
	build_model(build_engine(&obs, "ollama", ENGINE_OLLAMA, "llm-1", 0), "llama3", 12 * GIB, true);
	build_post(lab, obs, false);
	lab_settle(lab);
	g_assert_cmpuint(build_row(lab, "0000:03:00.0")->placed->len, ==, 0);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/join/guests", test_guests);
	g_test_add_func("/join/rows", test_rows);
	g_test_add_func("/join/claims", test_claims);
	g_test_add_func("/join/other-devices", test_other_devices);
	g_test_add_func("/join/dynamic", test_dynamic);
	g_test_add_func("/join/untold-function", test_untold_function);
	g_test_add_func("/join/off-holds-nothing", test_off_holds_nothing);
	g_test_add_func("/join/accelerators", test_accelerators);
	g_test_add_func("/join/looks", test_looks);
	g_test_add_func("/join/only-fit", test_only_fit);
	g_test_add_func("/join/by-digest", test_by_digest);
	g_test_add_func("/join/part-without-card", test_part_without_card);
	g_test_add_func("/join/here-and-by-ssh", test_here_and_by_ssh);
	g_test_add_func("/join/clashes", test_clashes);
	g_test_add_func("/join/contradictions", test_contradictions);
	g_test_add_func("/join/contested-address", test_contested_address);
	g_test_add_func("/join/elimination", test_elimination_is_a_guess);
	g_test_add_func("/join/vgpu", test_vgpu);
	g_test_add_func("/join/sriov", test_sriov);
	g_test_add_func("/join/vgpu-on-function", test_vgpu_on_function);
	g_test_add_func("/join/functions-here", test_functions_here);
	g_test_add_func("/join/mig-names", test_mig_names);
	g_test_add_func("/join/lone-gpus", test_lone_gpus);
	g_test_add_func("/join/bare-metal", test_bare_metal);
	g_test_add_func("/join/refused", test_refused);
	g_test_add_func("/join/engine-guest", test_engine_guest);
	g_test_add_func("/place/processes", test_processes);
	g_test_add_func("/place/two-of-a-kind", test_two_of_a_kind);
	g_test_add_func("/place/by-size", test_by_size);
	g_test_add_func("/place/arithmetic", test_arithmetic);
	return g_test_run();
}
