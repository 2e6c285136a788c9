/* mounts.h - network file systems and how full they are. Asking a dead server hangs for ever, so each mount has a
 * sampler of its own; one that does not answer is told with its last figures and their age. */
#ifndef GPU_MOUNTS_H
#define GPU_MOUNTS_H

#include <stdbool.h>

#include "backends/gpu/gpu.h"

#define MOUNTS_EVERY_MS 10000

struct mount_size {
	bool known;
	guint64 total_bytes, free_bytes; /* free for ordinary users */
};

/* Asks the file system at target; may block. */
typedef struct mount_size (*mount_look)(const char *target);

struct mounts;

/* proc is "/proc" or a tree like it. look NULL: statvfs. */
struct mounts *mounts_new(const char *proc, mount_look look, int wake_fd);
void mounts_free(struct mounts *m);

/* Reads the list and asks every server, when it is time. */
void mounts_kick(struct mounts *m, gint64 now_ms);

/* True when every server has answered. */
bool mounts_in(struct mounts *m);

/* Writes the "mounts" array; nothing, and false, when nothing has changed since it was last told. */
bool mounts_write(struct mounts *m, GString *out, gint64 now_ms);

/* Whoever reads begins anew: all is told again. */
void mounts_retell(struct mounts *m);

/* One line of mountinfo that is a network file system; strings are owned by the caller. */
bool mounts_parse_line(const char *line, char **source, char **target, char **fstype);

#endif
