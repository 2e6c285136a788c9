/* library.h - the agent's side of a library child: started, asked, watched, killed, started again. Belongs to the
 * loop's thread; nothing here blocks. */
#ifndef GPU_LIBRARY_H
#define GPU_LIBRARY_H

#include "backends/gpu/gpu.h"
#include "backends/gpu/vendor.h"

struct library;

struct library *library_new(const struct vendor *vendor, const char *sysfs_root, int interval_ms);

/* Kills and reaps the child. */
void library_free(struct library *l);

/* Starts the child when it is time, kills it when it owes answers for too long. Call before each wait. */
void library_turn(struct library *l, gint64 now_ms);

/* When library_turn() has something to do next. */
gint64 library_due_ms(const struct library *l);

/* To be polled for reading; -1: no child. */
int library_fd(const struct library *l);

/* Takes what the child has written; sees to its death. */
void library_read(struct library *l, gint64 now_ms);

/* Asks for a round. */
void library_kick(struct library *l, gint64 now_ms);

/* Ends the child and starts it again at once, because the machine's cards are not what they were. */
void library_restart(struct library *l, gint64 now_ms);

/* True until the first child has said what it is. */
bool library_is_starting(const struct library *l);
bool library_is_up(const struct library *l);

/* Changes whenever what the hello says about the library or its cards changes. */
guint library_generation(const struct library *l);

int library_card_count(const struct library *l);
const struct gpu_info *library_card(const struct library *l, int index);

/* The newest reading of a card (taken_ms 0: none since it came up), and whether one is owed. */
const struct gpu_values *library_values(const struct library *l, int index);
bool library_owes(const struct library *l, int index);

/* struct vendor_process of that card's last round; never NULL. */
const GArray *library_processes(const struct library *l, int index);

enum origin library_origin(const struct library *l);

/* Writes its entry in the hello. */
void library_write(GString *out, const struct library *l);

#endif
