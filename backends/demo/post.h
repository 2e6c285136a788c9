/* post.h - what the parts of the built-in lab share: the stamped observation, and the parts' entry points. */
#ifndef BACKENDS_DEMO_POST_H
#define BACKENDS_DEMO_POST_H

#include "backends/demo/world.h"
#include "backends/mailbox.h"
#include "lab/gpu_names.h"
#include "lab/observation.h"

/* A list of words as rows have them. */
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Who posts, and where to. targets are in the order of enum demo_source. */
struct demo_post {
	struct mailbox *out;
	const struct target *const *targets;
	const struct world *world;
	int64_t at_ms; /* the demo's clock */
};

/* An observation about one of the sources, stamped with the demo's clock. */
struct obs *demo_obs(const struct demo_post *post, enum obs_kind kind, enum demo_source source);

/* inventory.c: everything about a host; later only esx02's row, whose card counters move. */
void demo_post_inventory(const struct demo_post *post, const struct sim *s, enum demo_source host);
void demo_post_counters(const struct demo_post *post, const struct sim *s);
void demo_post_sensors(const struct demo_post *post, const struct sim *s);

/* tasks.c */
void demo_post_tasks(const struct demo_post *post);

/* guests.c */
void demo_post_hello(const struct demo_post *post, enum demo_source guest);
void demo_post_sample(const struct demo_post *post, const struct sim *s, enum demo_source guest);

/* engines.c */
void demo_post_engines(const struct demo_post *post, const struct sim *s);

/* pci.c: the devices of both hosts, without what moves; how they begin (struct world_device), and what a card is. */
struct pci_row *demo_pci_rows(struct box *box, const struct world *w, enum demo_source host, int *n_out);
void demo_begin_devices(GArray *devices);
void demo_device_ids(enum demo_source host, const char *bdf, uint16_t *vendor, uint16_t *device);

/* vms.c: rows in the box; how they begin (struct world_vm). */
const struct vm_row **demo_vm_rows(struct box *box, const struct world *w, enum demo_source host, int *n_out);
void demo_begin_vms(GArray *vms);

#define DEMO_BOOTED_MS 1765521600000 /* 2025-12-12T06:40:00Z: the boot that left b1:00.0 behind */

/* Hosts' and VMs' names in vSphere's words. */
#define DEMO_HOST_MOREF  "ha-host" /* every ESXi that is asked directly calls itself so */
#define DEMO_UUID_LLM_1  "564d4c4c-4d31-7a10-9c51-0a6b5f3e9d01"
#define DEMO_UUID_VGPU_1 "564d5647-5055-31aa-8f20-77c1d2e4b603"
/* The same sixteen bytes as the guest's firmware tells them: the first three fields swapped. */
#define DEMO_UUID_VGPU_1_GUEST "47564d56-5550-aa31-8f20-77c1d2e4b603"
#define DEMO_MAC_LLM_1         "00:0c:29:3e:9d:01"
#define DEMO_MAC_VLLM_1        "00:0c:29:4f:a2:02"
#define DEMO_MAC_VGPU_1        "00:0c:29:e4:b6:03"

#endif
