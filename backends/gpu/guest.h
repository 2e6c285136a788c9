/* guest.h - who this machine is: what the console needs to find its VM (UUID, MAC, address), and what runs here. */
#ifndef GPU_GUEST_H
#define GPU_GUEST_H

#include <jansson.h>

/* The "guest" object of a hello; a new reference. sysfs and proc are "/sys" and "/proc" or trees like them. The UUID
 * is readable by root only and otherwise left out. */
json_t *guest_to_json(const char *sysfs, const char *proc);

/* Milliseconds since the epoch when the kernel started. */
json_int_t guest_boot_ms(void);

#endif
