/* vendor.h - what a GPU vendor's library looks like to the child process that holds it. One table a library; the child
 * (child_main.c) does everything that they have in common. */
#ifndef GPU_VENDOR_H
#define GPU_VENDOR_H

#include "backends/gpu/board.h"
#include "backends/gpu/gpu.h"

/* Calls that every library has; its own follow. */
enum { CALL_OPEN, CALL_LIST, CALL_FIRST_OWN };

enum vendor_state { VENDOR_OFF, VENDOR_ABSENT, VENDOR_LIVE, VENDOR_STATES };
extern const char *const vendor_state_names[VENDOR_STATES]; /* "off", "absent", "live" */

/* What a library says about itself, and what is said of it. */
struct vendor_facts {
	char name[16];
	char path[256];
	char version[64];
	char driver[96];
	enum vendor_state state;
	char reason[256]; /* why it is not live */
};

/* One process on one card; card is an index of the list, so that a MIG instance's processes can be told by its card. */
struct vendor_process {
	int pid, card;
	struct num vram_bytes, busy_pct;
};

enum vendor_error { VENDOR_ERR_ABSENT, VENDOR_ERR_FAILED };
#define VENDOR_ERROR vendor_error_quark()
GQuark vendor_error_quark(void);

struct vendor {
	const char *name; /* "rocm-smi" */
	enum origin origin;
	const char *soname;        /* NULL: its cards are known without it, and it may well be missing */
	const char *path_variable; /* environment: a library to use in place of the installed one */
	const char *(*call_name)(int call); /* for messages and for leaving calls out; NULL beyond the last */

	/* Opens and initialises it. VENDOR_ERR_ABSENT: not installed; VENDOR_ERR_FAILED: there, but of no use. */
	bool (*open)(const struct calls *calls, struct vendor_facts *out, GError **error);

	/* Describes its cards, at most max, without ids; returns how many. */
	int (*list)(const struct calls *calls, struct gpu_info *out, int max);

	/* Reads one card into out, which is initialised. Called from one thread a card. */
	void (*sample)(const struct calls *calls, int card, struct gpu_values *out, GArray *processes);
};

extern const struct vendor vendor_rocm_smi, vendor_nvml;

/* Opens the first library of the list that loads, or the one that the variable names. NULL with VENDOR_ERR_ABSENT. */
void *vendor_dlopen(const char *path_variable, const char *const *names, char *path, gsize size,
		    GError **error);

#endif
