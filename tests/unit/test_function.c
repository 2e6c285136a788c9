/* test_function.c - virtual functions and their cards: told, by the card's registers, by what fits. */
#include "config.h"
#include "lab/function.h"

#include "tests/unit/unit.h"

#include <string.h>

#define NVIDIA  0x10de
#define DISPLAY 0x0302
#define BRIDGE  0x0604
#define AUDIO   0x0403

/* One device of a host as a case tells it, and the card that must be found for it. */
struct told {
	const char *bdf, *parent;
	uint16_t vendor, device, class_id;
	int functions; /* > 0: a card with SR-IOV on and so many functions; -1: nobody tells how many */
	const char *want;
};

static void make(const struct told *told, struct pci_row *row)
{
	*row = (struct pci_row){
		.vendor_id = told->vendor, .device_id = told->device, .class_id = told->class_id};
	g_strlcpy(row->bdf, told->bdf, sizeof row->bdf);
	g_strlcpy(row->parent, told->parent ? told->parent : "", sizeof row->parent);
	if (told->functions)
		row->sriov_capable = row->sriov_active = TRI_YES;
	if (told->functions > 0)
		row->sriov_vfs = num_of(told->functions);
}

#define CARD(bdf, parent, n)                                \
	{                                                   \
		bdf, parent, NVIDIA, 0x2235, DISPLAY, n, "" \
	}
#define VF(bdf, parent, want)                                 \
	{                                                     \
		bdf, parent, NVIDIA, 0x2236, DISPLAY, 0, want \
	}
#define PORT(bdf)                                      \
	{                                              \
		bdf, "", 0x8086, 0x2030, BRIDGE, 0, "" \
	}
#define A40     "0000:3b:00.0"
#define NO_CARD ""

static const struct {
	const char *what;
	struct told devices[10];
} cases[] = {
	{"on the card's own bus, whatever the number",
	 {CARD(A40, "", -1), VF("0000:3b:00.4", "", A40), VF("0000:3b:01.0", "", A40)}},
	{"a card beside it has functions of its own",
	 {CARD(A40, "", -1), CARD("0000:3b:00.1", "", -1), VF("0000:3b:00.4", "", A40)}},
	{"over the bus: as many as the card has",
	 {CARD(A40, "", 3), VF("0000:3b:1f.7", "", A40), VF("0000:3c:00.0", "", A40),
	  VF("0000:3c:00.1", "", A40), VF("0000:3c:00.2", "", NO_CARD)}},
	{"over the bus by the same bridge, number not told",
	 {PORT("0000:3a:00.0"), CARD(A40, "0000:3a:00.0", -1), VF("0000:3b:00.4", "0000:3a:00.0", A40),
	  VF("0000:3c:00.0", "0000:3a:00.0", A40)}},
	{"number and bridge not told: only its own bus",
	 {CARD(A40, "", -1), VF("0000:3b:00.4", "", A40), VF("0000:3c:00.0", "", NO_CARD)}},
	{"a bridge of its own makes a card",
	 {PORT("0000:3a:00.0"), PORT("0000:3a:01.0"), CARD(A40, "0000:3a:00.0", 16),
	  VF("0000:3c:00.0", "0000:3a:01.0", NO_CARD)}},
	{"a parent that is no bridge of the list says nothing",
	 {CARD(A40, "0000:3a:00.0", 1), VF("0000:3c:00.0", "0000:00:00.0", A40)}},
	{"another card's bus ends it, and its functions are its own",
	 {CARD(A40, "", 16), VF("0000:3b:00.4", "", A40), CARD("0000:3c:00.0", "", 16),
	  VF("0000:3c:00.4", "", "0000:3c:00.0"), VF("0000:3d:00.0", "", "0000:3c:00.0")}},
	{"so does anything else there",
	 {CARD(A40, "", 16),
	  {"0000:3c:00.0", "", 0x8086, 0x1572, 0x0200, 0, NO_CARD},
	  VF("0000:3c:00.1", "", NO_CARD)}},
	{"a bus number left out is another link", {CARD(A40, "", 16), VF("0000:3d:00.0", "", NO_CARD)}},
	{"functions have one device id",
	 {CARD(A40, "", 16),
	  VF("0000:3b:00.4", "", A40),
	  {"0000:3c:00.0", "", NVIDIA, 0x15f8, DISPLAY, 0, NO_CARD}}},
	{"the card's sound is no function",
	 {CARD(A40, "", 16),
	  {"0000:3b:00.1", "", NVIDIA, 0x1aef, AUDIO, 0, NO_CARD},
	  VF("0000:3b:00.4", "", A40)}},
	{"another maker's on the same bus",
	 {CARD(A40, "", 16), {"0000:3b:00.4", "", 0x1002, 0x66a1, DISPLAY, 0, NO_CARD}}},
	{"another segment", {CARD(A40, "", 16), VF("0001:3b:00.4", "", NO_CARD)}},
	{"before the card",
	 {VF("0000:3a:00.4", "", NO_CARD), VF("0000:3b:00.0", "", NO_CARD), CARD("0000:3b:00.1", "", 16)}},
	{"of network cards nothing is guessed",
	 {{"0000:61:00.0", "", 0x8086, 0x1572, 0x0200, 4, ""},
	  {"0000:61:02.0", "", 0x8086, 0x154c, 0x0200, 0, NO_CARD}}},
	{"SR-IOV that is off cuts nothing",
	 {{A40, "", NVIDIA, 0x2235, DISPLAY, 0, ""}, VF("0000:3b:00.4", "", NO_CARD)}},
	{"in any order, and an address that is none",
	 {VF("0000:3c:00.0", "", A40),
	  {"nonsense", "", NVIDIA, 0x2236, DISPLAY, 0, NO_CARD},
	  VF("0000:3b:00.4", "", A40),
	  CARD(A40, "", 2)}},
};

static void test_guessed(gconstpointer data)
{
	gsize n = 0, c = GPOINTER_TO_SIZE(data);
	struct pci_row rows[10];
	for (; n < G_N_ELEMENTS(rows) && cases[c].devices[n].bdf; n++)
		make(&cases[c].devices[n], &rows[n]);
	for (int pass = 0; pass < 2; pass++) { /* once more changes nothing */
		function_link(rows, (int)n);
		for (gsize i = 0; i < n; i++) {
			g_test_message("%s", rows[i].bdf);
			g_assert_cmpstr(rows[i].physical, ==, cases[c].devices[i].want);
			g_assert_cmpint(rows[i].physical_guessed, ==, *rows[i].physical != '\0');
		}
	}
	for (gsize i = 0; i < n; i++)
		rows[i].sriov_active = TRI_NO; /* switched off: what was guessed holds no longer */
	function_link(rows, (int)n);
	for (gsize i = 0; i < n; i++)
		g_assert_cmpstr(rows[i].physical, ==, "");
}

/* Offset and stride leave nothing to guess, for any class: rid + offset + n * stride. */
static void test_by_stride(void)
{
	static const struct told devices[] = {
		{"0000:3b:00.0", "", 0x8086, 0x1572, 0x0200, 3, ""},
		{"0000:3b:00.1", "", 0x8086, 0x1572, 0x0200, 3, ""},
		{"0000:3b:1f.6", "", 0x8086, 0x154c, 0x0200, 0, "0000:3b:00.0"},
		{"0000:3b:1f.7", "", 0x8086, 0x154c, 0x0200, 0, "0000:3b:00.1"},
		{"0000:3c:00.0", "", 0x8086, 0x154c, 0x0200, 0, "0000:3b:00.0"},
		{"0000:3c:00.1", "", 0x8086, 0x154c, 0x0200, 0, "0000:3b:00.1"},
		{"0000:3c:00.2", "", 0x8086, 0x154c, 0x0200, 0, "0000:3b:00.0"},
		{"0000:3c:00.4", "", 0x8086, 0x154c, 0x0200, 0, ""}, /* it has no fourth */
	};
	struct pci_row rows[G_N_ELEMENTS(devices)];
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		make(&devices[i], &rows[i]);
		rows[i].sriov_offset = num_of(0xfe);
		rows[i].sriov_stride = num_of(2);
	}
	function_link(rows, G_N_ELEMENTS(rows));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].bdf);
		g_assert_cmpstr(rows[i].physical, ==, devices[i].want);
		g_assert_false(rows[i].physical_guessed);
	}
}

/* What the source says is not doubted, and registers that say nonsense do no harm. */
static void test_told_and_nonsense(void)
{
	static const struct told devices[] = {CARD(A40, "", 65535), VF("0000:3b:00.4", "", ""),
					      VF("0000:3b:00.5", "", "")};
	static const double offsets[] = {0, 4, 65535, 1e9}, strides[] = {0, 1, 65535, 1e9};
	for (gsize i = 0; i < G_N_ELEMENTS(offsets) * G_N_ELEMENTS(strides); i++) {
		struct pci_row rows[G_N_ELEMENTS(devices)];
		for (gsize k = 0; k < G_N_ELEMENTS(rows); k++)
			make(&devices[k], &rows[k]);
		g_strlcpy(rows[1].physical, "0000:77:00.0", sizeof rows[1].physical);
		rows[0].sriov_offset = num_of(offsets[i / G_N_ELEMENTS(strides)]);
		rows[0].sriov_stride = num_of(strides[i % G_N_ELEMENTS(strides)]);
		function_link(rows, G_N_ELEMENTS(rows));
		g_assert_cmpstr(rows[0].physical, ==, "");
		g_assert_cmpstr(rows[1].physical, ==, "0000:77:00.0");
	}
}

int main(int argc, char **argv)
{
	unit_init(argv);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/function/guessed/", cases[i].what, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_guessed);
	}
	g_test_add_func("/function/by-stride", test_by_stride);
	g_test_add_func("/function/told-and-nonsense", test_told_and_nonsense);
	return g_test_run();
}
