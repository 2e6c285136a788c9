/* world.h - what an action can change in the built-in lab, and what a real platform would say to it. No I/O, no threads.
 *
 * The tables of vms.c and pci.c are how it begins; everything that is posted about hosts and VMs is read from here. What
 * vSphere refuses is refused here in its words, so that a plan that is wrong fails in the demo as it would outside.
 */
#ifndef BACKENDS_DEMO_WORLD_H
#define BACKENDS_DEMO_WORLD_H

#include "backends/demo/sim.h"
#include "lab/rows.h"
#include "lab/step.h"

#include <glib.h>

#define WORLD_DEVICES 8 /* of one VM */

enum demo_source {
	DEMO_ESX01,
	DEMO_ESX02,
	DEMO_LLM_1,
	DEMO_VLLM_1,
	DEMO_VGPU_1,
	DEMO_OLLAMA,
	DEMO_VLLM,
	DEMO_SOURCES
};

struct world_vm {
	enum demo_source host;
	const char *moref, *name;
	bool on, efi, reserved, cpu_hot_add, memory_hot_add, nested;
	int vcpus, memory_gib, reserved_mb, snapshots;
	GHashTable *extra; /* key -> value */
	struct vm_device devices[WORLD_DEVICES];
	int n_devices;
	int changes; /* of its settings: its change version */
};

struct world_device {
	enum demo_source host;
	const char *bdf;
	bool capable, enabled, active;
	bool stale; /* enabled, and a boot has not made it active */
};

struct world_host {
	bool maintenance;
	int64_t boot_ms;
};

struct world {
	struct world_host hosts[2]; /* by DEMO_ESX01, DEMO_ESX02 */
	GArray *vms;                /* struct world_vm */
	GArray *devices;            /* struct world_device */
};

/* As the built-in lab begins. */
struct world *world_new(void);
void world_free(struct world *w);

struct world_vm *world_vm(const struct world *w, enum demo_source host, const char *moref);
struct world_device *world_device(const struct world *w, enum demo_source host, const char *bdf);

/* Whether the VM that a guest or an engine lives in is on. */
bool world_source_runs(const struct world *w, enum demo_source source);
/* Which cards nobody can work with, for the simulation. */
void world_tell_sim(const struct world *w, struct sim *sim);

/* Carries a step out, at a moment of the demo's wall clock. False with error, in vSphere's words, when it refuses. */
bool world_apply(struct world *w, const struct step *s, int64_t wall_ms, GError **error);

/* How long the step takes in the built-in lab. */
int world_step_ms(const struct step *s);

#endif
