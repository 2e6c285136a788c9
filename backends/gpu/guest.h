/* guest.h - who this machine is: what the console needs to find its VM (UUID, MAC, address), and what runs here. */
#ifndef GPU_GUEST_H
#define GPU_GUEST_H

#include <glib.h>

/* Writes the "guest" object of a hello. sysfs and proc are "/sys" and "/proc" or trees like them. The UUID is readable by
 * root only and otherwise left out. */
void guest_write(GString *out, const char *sysfs, const char *proc);

/* Milliseconds since the epoch when the kernel started. */
gint64 guest_boot_ms(void);

#endif
