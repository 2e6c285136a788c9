/* roster.h - all rows of this machine: cards that sysfs shows, cards that only a library shows, as they come and go.
 * Belongs to the loop's thread. */
#ifndef GPU_ROSTER_H
#define GPU_ROSTER_H

#include <poll.h>

#include "backends/gpu/card.h"
#include "backends/gpu/library.h"

#define ROSTER_LIBRARIES 2

struct roster {
	const char *sysfs;
	int wake_fd, interval_ms;
	bool allowed[ROSTER_LIBRARIES]; /* by the options */
	GPtrArray *cards;               /* struct card */
	struct library *library[ROSTER_LIBRARIES];
	guint generation[ROSTER_LIBRARIES];
	gint64 rescan_ms; /* when to look at the bus next */
	gint64 reopen_ms; /* when a library is opened anew because of a lost card; 0: not */
	bool changed;     /* a hello is due; whoever writes it clears this */
};

void roster_init(struct roster *r, const char *sysfs, int wake_fd, int interval_ms, bool rocm_smi, bool nvml);
void roster_clear(struct roster *r);

/* Looks at the bus when it is time. A card that is gone stays for one more line, as lost. */
void roster_rescan(struct roster *r, gint64 now_ms);

/* Asks every card. */
void roster_kick(struct roster *r, gint64 now_ms);

/* Takes whatever has come in. */
void roster_collect(struct roster *r, gint64 now_ms);

/* True when every card has answered; when every library has said whether it is of use. */
bool roster_all_in(const struct roster *r);
bool roster_introduced(const struct roster *r);

/* Works out what each card shows now, and names those that are new. */
void roster_settle(struct roster *r, gint64 now_ms);

/* Notes which cards have been told to be lost: they may go. */
void roster_told(struct roster *r, gint64 now_ms);

/* For the loop's poll: descriptors of the libraries (-1: none), and when roster_collect() is wanted without them. */
void roster_poll(const struct roster *r, struct pollfd fds[ROSTER_LIBRARIES]);
gint64 roster_due_ms(const struct roster *r);

/* The card with this address or this KFD id; NULL when there is none. */
struct card *roster_by_bdf(const struct roster *r, const char *bdf);
struct card *roster_by_kfd(const struct roster *r, uint32_t kfd_id);

/* The row of a card that a library's child calls so. */
struct card *roster_by_library_id(const struct roster *r, const char *id);

/* True when amdgpu drives a card. */
bool roster_has_amdgpu(const struct roster *r);

/* Writes the "libraries" array of a hello. */
void roster_write_libraries(GString *out, const struct roster *r);

#endif
