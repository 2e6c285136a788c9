/* lab_parts.h - cards that are cut into parts, which the built-in lab has none of: SR-IOV functions on a host, taken and
 * free, also on the bus behind the card's; MIG instances of one profile in a guest. */
#ifndef TESTS_LAB_PARTS_H
#define TESTS_LAB_PARTS_H

#include "tests/unit/build_lab.h"

/* esx02: a card with three functions, of which one is free; one with sixteen that run over onto bus 86, of which the third
 * and the last are taken and two are not passed through. here: the same as this machine's own cards, half of the
 * functions without a driver. */
static inline struct obs *lab_parts_host(bool here)
{
	static const char *const taken[] = {"0000:17:00.4", "0000:17:00.5", "0000:85:1f.2", "0000:86:00.7"};
	struct obs *obs = build_inventory("esx02", 1, 0);
	struct host_row *h = build_host(obs, "ha-host", "esx02", "");
	h->is_local = here;
	build_functions(h, "0000:17:00.0", 0x10de, 0x2235, 4, 3);
	build_functions(h, "0000:85:00.0", 0x10de, 0x2235, 0xf8, 16);
	for (int i = 0; here && i < h->n_pci; i++) {
		h->pci[i].pt_state = PT_UNKNOWN;
		h->pci[i].driver = i % 2 ? "vfio-pci" : "";
	}
	for (int i = 5; !here && i < 7; i++)
		h->pci[i].pt_state = PT_AVAILABLE;
	for (gsize i = 0; !here && i < G_N_ELEMENTS(taken); i++) {
		g_autofree char *name = g_strdup_printf("vm-%" G_GSIZE_FORMAT, i);
		build_vm_device(build_vm(obs, name, name, "ha-host"), VMDEV_FIXED, taken[i], -1);
	}
	return obs;
}

/* A guest with an A100 in two instances of 3g.40gb. */
static inline void lab_parts_guest(struct lab *lab)
{
	static const struct {
		const char *id, *name;
		int instance, used_gib;
	} told[] = {{"GPU-1", "NVIDIA A100 80GB PCIe", -1, 41},
		    {"MIG-7", "NVIDIA A100 80GB PCIe MIG 3g.40gb", 1, 30},
		    {"MIG-2", "NVIDIA A100 80GB PCIe MIG 3g.40gb", 2, 11}};
	struct obs *obs;
	struct guest_row *g = build_guest(&obs, "box", 0);
	for (gsize i = 0; i < G_N_ELEMENTS(told); i++) {
		struct gpu_row *gpu = build_gpu(g, told[i].id, "0000:01:00.0", "", 0x10de, 0x20b5);
		gpu->name = told[i].name;
		if (told[i].instance < 0)
			continue;
		gpu->kind = GPU_KIND_MIG;
		gpu->parent = "GPU-1";
		gpu->gpu_instance = num_of(told[i].instance);
		gpu->compute_instance = num_of(0);
	}
	build_post(lab, obs, false);
	struct sample *s = build_sample(&obs, "box", 0);
	for (gsize i = 0; i < G_N_ELEMENTS(told); i++) {
		struct gpu_sample *sample = build_gpu_sample(s, told[i].id);
		sample->metric[M_VRAM_TOTAL_BYTES] = num_of((i ? 40 : 80) * GIB);
		sample->metric[M_VRAM_USED_BYTES] = num_of(told[i].used_gib * GIB);
		if (i == 0)
			sample->metric[M_TEMP_EDGE_C] = num_of(61);
	}
	build_post(lab, obs, false);
}

static inline struct lab *lab_parts_new(void)
{
	struct lab *lab = build_lab();
	build_target(lab, TARGET_VSPHERE, "esx02", NULL, NULL);
	build_target(lab, TARGET_GUEST, "box", NULL, NULL);
	build_state(lab, TARGET_VSPHERE, "esx02", SRC_LIVE, 60000, 0);
	build_state(lab, TARGET_GUEST, "box", SRC_LIVE, 1000, 0);
	build_post(lab, lab_parts_host(false), true);
	lab_parts_guest(lab);
	lab_settle(lab);
	return lab;
}

#endif
