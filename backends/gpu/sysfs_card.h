/* sysfs_card.h - one amdgpu card read through sysfs: sees every card, cannot abort, costs microseconds.
 *
 * On gfx906 hwmon and the single files are believed before gpu_metrics, which has been seen wrong there; gpu_metrics
 * only fills what they lack. `pcie_bw` is never read: it sleeps for a second. A card that is asleep is not touched.
 */
#ifndef GPU_SYSFS_CARD_H
#define GPU_SYSFS_CARD_H

#include "backends/gpu/gpu.h"

struct sysfs_card;

/* root is "/sys" or a tree like it. Never fails; a card that is not there reads as lost. */
struct sysfs_card *sysfs_card_new(const char *root, const char *bdf);
void sysfs_card_free(struct sysfs_card *card);

/* What does not change. Ids, names and places are the driver's to tell; limits come from the card, which is asked only
 * where it is awake. May block as long as the driver does. */
void sysfs_card_describe(struct sysfs_card *card, bool awake, struct gpu_info *out);

/* One reading. now_ms is CLOCK_MONOTONIC. */
void sysfs_card_sample(struct sysfs_card *card, gint64 now_ms, struct gpu_values *out);

/* True when power/runtime_status below this device directory says that reading would wake the card. */
bool sysfs_is_asleep(const char *status);

#endif
