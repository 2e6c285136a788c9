/* guest.h - who this machine is: what the console needs to find its VM (UUID, MAC, address), and what runs here. */
#ifndef GPU_GUEST_H
#define GPU_GUEST_H

#include <glib.h>
#include <stdint.h>

#include "lab/num.h"

struct guest_facts {
	char hostname[256];
	char uuid[64]; /* readable by root only, and otherwise "" */
	GPtrArray *macs, *addresses;
	char os[128], kernel[96];
	char *cmdline;   /* redacted */
	int64_t boot_ms; /* since the epoch */
	int ncpu;
	int64_t mem_bytes;
	enum tri root;
};

/* sysfs and proc are "/sys" and "/proc" or trees like them. */
void guest_look(const char *sysfs, const char *proc, struct guest_facts *out);
void guest_facts_clear(struct guest_facts *g);

/* Milliseconds since the epoch when the kernel started. */
gint64 guest_boot_ms(void);

#endif
