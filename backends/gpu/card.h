/* card.h - one row of the stream, as the agent keeps it: what sysfs and a library said, and what is shown of it.
 * Belongs to the loop's thread; the reading itself is done by a sampler. */
#ifndef GPU_CARD_H
#define GPU_CARD_H

#include "backends/gpu/gpu.h"

struct card {
	struct gpu_info info; /* as the hello tells it */
	uint8_t origin[M_COUNT];

	struct sampler *sampler; /* NULL: only a library shows this one */
	bool described;
	struct gpu_info sysfs_info, library_info;
	struct gpu_values sysfs, library; /* newest of each; taken_ms 0: none yet */
	bool library_up, library_waiting; /* its child runs; it owes an answer */
	const void *library_from;         /* whose child shows it */
	int library_index;                /* -1: it does not show it */
	bool unlisted;                    /* the bus shows it, the library that should does not: lost */

	uint64_t distrust;        /* metrics where sysfs is believed */
	uint8_t differs[M_COUNT]; /* rounds in a row */
	uint8_t origin_rounds;    /* rounds in a row with other origins than told */
	struct gpu_values shown;  /* the last line */
	double last[M_COUNT];     /* last good value, NAN before the first */
	bool gone;                /* its source does not show it any more */
	bool lost_told;           /* a line has said so */
};

/* Starts the sampler of a card that sysfs shows. */
struct card *card_new_sysfs(const char *root, const char *bdf, int wake_fd);

/* A card that the bus shows and that is a library's to tell of, which does not, or not yet. */
struct card *card_new_found(const char *root, const char *bdf);

/* A card that only a library shows; its place in the machine is looked up in sysfs all the same. */
struct card *card_new_library(const char *root, const struct gpu_info *info);

void card_free(struct card *card);

/* Starts a round of the sampler, if there is one. */
void card_kick(struct card *card, gint64 now_ms);

/* Takes what the sampler has brought. True when the card was described anew: a hello is due. */
bool card_collect(struct card *card);

/* True while a round runs. */
bool card_waiting(struct card *card);

/* The library's word on a card it describes. */
void card_set_library_info(struct card *card, const struct gpu_info *info);

/* Works out what to show now; readings further apart than an interval are not mixed. True when a hello is due because
 * origins have changed and stayed so. */
bool card_settle(struct card *card, int interval_ms);

#endif
