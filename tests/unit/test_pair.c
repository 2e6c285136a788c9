/* test_pair.c - VM's devices and guest's cards: which evidence is used, and what is never guessed. */
#include "config.h"
#include "lab/pair.h"

#include "lab/gpu_names.h"
#include "tests/unit/build_lab.h"
#include "tests/unit/unit.h"

struct dev {
	int slot; /* -1 not known */
	uint16_t vendor, device;
	enum vm_device_kind kind;
};

struct card {
	const char *path, *slot;
	uint16_t vendor, device;
};

#define CARD_0 "0000:00:15.0/0000:03:00.0"
#define CARD_1 "0000:00:16.0/0000:04:00.0"
#define AMD    0x1002
#define MI50   0x66a1

/* Bridges 4 and 5 stand at 00:15.0 and 00:16.0, so that slots 160 and 192 are CARD_0 and CARD_1. */
static const struct {
	const char *what;
	struct dev devs[3];
	struct card cards[3];
	int want[3]; /* card of each device, -1 none */
	enum row_match match[3];
	const char *why; /* of the first device, begins so */
} cases[] = {
	{"by place, against the order",
	 {{192, AMD, MI50}, {160, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}, {CARD_1, "", AMD, MI50}},
	 {1, 0, -1},
	 {MATCH_SLOT, MATCH_SLOT},
	 "slot 192: bridge 00:16.0"},
	{"by the guest's slot name where there is no path",
	 {{192, AMD, MI50}, {160, AMD, MI50}},
	 {{"", "160", AMD, MI50}, {"", "192", AMD, MI50}},
	 {1, 0, -1},
	 {MATCH_SLOT, MATCH_SLOT},
	 "slot 192: the guest's name"},
	{"a place where the guest has no card is not filled with another",
	 {{192, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}},
	 {-1, -1, -1},
	 {MATCH_NONE},
	 "slot 192: the guest has no GPU there"},
	{"the place agrees, the ids do not",
	 {{160, AMD, 0x66af}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_NONE},
	 "refused: device id differs"},
	{"a card that is assigned at power-on is a whole one",
	 {{160, AMD, 0x66af, VMDEV_DYNAMIC}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_NONE},
	 "refused: device id differs"},
	{"a share is not of a card's kind",
	 {{-1, AMD, MI50, VMDEV_FIXED}, {-1, AMD, MI50, VMDEV_SRIOV}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_ORDER},
	 "order: 1 of these ids"},
	{"the maker alone is no kind",
	 {{-1, AMD, 0, VMDEV_FIXED}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_GUESS},
	 "guess: as many"},
	{"a guest that tells no place rules out none",
	 {{160, AMD, MI50, VMDEV_FIXED}},
	 {{"", "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_ORDER},
	 "order: 1 of these ids"},
	{"the maker differs",
	 {{160, 0x10de, MI50}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_NONE},
	 "refused: vendor id differs"},
	{"a share of a card has a device id of its own",
	 {{160, AMD, 0x1111, VMDEV_SRIOV}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_SLOT},
	 "slot 160"},
	{"never powered on: ids, as many on both sides, in order",
	 {{-1, AMD, MI50}, {-1, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}, {CARD_1, "", AMD, MI50}},
	 {0, 1, -1},
	 {MATCH_ORDER, MATCH_ORDER},
	 "order: 2 of these ids"},
	{"one slot known, one not: what is left over is in order",
	 {{192, AMD, MI50}, {-1, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}, {CARD_1, "", AMD, MI50}},
	 {1, 0, -1},
	 {MATCH_SLOT, MATCH_ORDER},
	 "slot 192"},
	{"two kinds of cards do not mix",
	 {{-1, 0x10de, 0x20b7}, {-1, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}, {CARD_1, "", 0x10de, 0x20b7}},
	 {1, 0, -1},
	 {MATCH_ORDER, MATCH_ORDER},
	 "order: 1 of these ids"},
	{"counts differ: a guess",
	 {{-1, AMD, MI50}, {-1, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_GUESS, MATCH_NONE},
	 "guess: 2 in the VM, 1 in the guest"},
	{"fewer devices than cards: a guess as well",
	 {{-1, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}, {CARD_1, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_GUESS},
	 "guess: 1 in the VM, 2 in the guest"},
	{"no ids, as many on both sides: a guess",
	 {{-1}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_GUESS},
	 "guess: as many"},
	{"no ids, other numbers: nothing",
	 {{-1}},
	 {{CARD_0, "", AMD, MI50}, {CARD_1, "", AMD, MI50}},
	 {-1, -1, -1},
	 {MATCH_NONE},
	 ""},
	{"the bridge's number is missing: ids",
	 {{224, AMD, MI50}},
	 {{CARD_0, "", AMD, MI50}},
	 {0, -1, -1},
	 {MATCH_ORDER},
	 "order: 1 of these ids"},
};

static void test_table(void)
{
	struct kv extra[] = {{"pciBridge4.pciSlotNumber", "21"}, {"pciBridge5.pciSlotNumber", "22"}};
	struct vm_row vm = {.extra = extra, .n_extra = 2};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct vm_device devices[3] = {{0}};
		struct gpu_row rows[3] = {{0}};
		struct pair pairs[3] = {{0}};
		const struct gpu_row *cards[3];
		int n = 0, m = 0;
		for (; n < 3 && cases[i].devs[n].slot; n++) {
			const struct dev *d = &cases[i].devs[n];
			devices[n] = (struct vm_device){
				.kind = d->kind, .vendor_id = d->vendor, .device_id = d->device};
			devices[n].slot = d->slot >= 0 ? num_of(d->slot) : num_none(NUM_UNKNOWN);
			pairs[n].device = &devices[n];
		}
		for (; m < 3 && cases[i].cards[m].path; m++) {
			const struct card *c = &cases[i].cards[m];
			rows[m] = (struct gpu_row){.path = c->path,
						   .slot = c->slot,
						   .vendor_id = c->vendor,
						   .device_id = c->device};
			cards[m] = &rows[m];
		}
		g_test_message("%s", cases[i].what);
		pair_devices(&vm, pairs, n, cards, m);
		for (int k = 0; k < n; k++) {
			g_assert_cmpint(pairs[k].card, ==, cases[i].want[k]);
			g_assert_cmpint(pairs[k].match, ==, cases[i].match[k]);
		}
		g_assert_true(g_str_has_prefix(pairs[0].why, cases[i].why));
		g_assert_cmpint(pairs[0].refused, ==, g_str_has_prefix(cases[i].why, "refused"));
	}
}

/* The host's device behind it adds what the VM's device does not tell: subsystem ids too. */
static void test_backing_ids(void)
{
	struct kv extra[] = {{"pciBridge4.pciSlotNumber", "21"}};
	struct vm_row vm = {.extra = extra, .n_extra = 1};
	struct vm_device d = {.slot = num_of(160)};
	struct pci_row backing = {
		.vendor_id = AMD, .device_id = MI50, .subvendor_id = AMD, .subdevice_id = 0x0834};
	struct gpu_row card = {.path = CARD_0,
			       .slot = "",
			       .vendor_id = AMD,
			       .device_id = MI50,
			       .subvendor_id = AMD,
			       .subdevice_id = 0x0834};
	const struct gpu_row *cards[] = {&card};
	struct pair pair = {.device = &d, .backing = &backing};
	pair_devices(&vm, &pair, 1, cards, 1);
	g_assert_cmpint(pair.match, ==, MATCH_SLOT);
	card.subvendor_id = 0x1043;
	pair_devices(&vm, &pair, 1, cards, 1);
	g_assert_cmpstr(pair.why, ==, "refused: subsystem id differs");
	card.subvendor_id = AMD;
	card.subdevice_id = 0x0835;
	pair_devices(&vm, &pair, 1, cards, 1);
	g_assert_cmpint(pair.match, ==, MATCH_NONE);
	g_assert_cmpstr(pair.why, ==, "refused: subsystem id differs");
	card.subdevice_id = backing.subdevice_id;
	card.subvendor_id = 0x1462;
	pair_devices(&vm, &pair, 1, cards, 1);
	g_assert_cmpint(pair.match, ==, MATCH_NONE);
}

static void test_names(void)
{
	static const struct {
		uint16_t vendor, device;
		const char *marketing, *want;
	} names[] = {
		{AMD, MI50, "Vega 20 [Radeon Pro VII/Radeon Instinct MI50 32GB]", "MI50"},
		{0x10de, 0x2235, "", "A40"},
		{AMD, 0x9999, "Navi 99 [Radeon RX 9999]", "RX 9999"},
		{0x10de, 0x9999, "NVIDIA GeForce RTX 9090", "RTX 9090"},
		{0, 0, "", "GPU"},
	};
	char out[48];
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		gpu_short_name(names[i].vendor, names[i].device, names[i].marketing, out, sizeof out);
		g_assert_cmpstr(out, ==, names[i].want);
	}
	gpu_short_name(0, 0, "ÄÄÄÄ", out, 6); /* cut between characters, never within one */
	g_assert_true(g_utf8_validate(out, -1, NULL));
	g_assert_cmpfloat(gpu_large_bar_gib(AMD, MI50), ==, 32);
	g_assert_cmpfloat(gpu_large_bar_gib(0x10de, 0x2235), ==, 64); /* 48 GB: the power of two above */
	g_assert_cmpfloat(gpu_large_bar_gib(0x10de, 0x1eb8), ==, 0);
	g_assert_cmpfloat(gpu_large_bar_gib(1, 1), ==, -1);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/pair/table", test_table);
	g_test_add_func("/pair/backing-ids", test_backing_ids);
	g_test_add_func("/gpu-names/short", test_names);
	return g_test_run();
}
