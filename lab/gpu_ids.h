/* gpu_ids.h - what the cards of one guest are called.
 *
 * The unique id, else the serial, where it tells the card from all others there; else its address. Boards come without
 * either, with zeros, and with the same serial twice. Whoever first sees a card decides, by this one function: the agent
 * for its stream, the console for what a shell or an older agent told.
 */
#ifndef LAB_GPU_IDS_H
#define LAB_GPU_IDS_H

#include <stdbool.h>

#define GPU_ID_SIZE 96

/* What one card is known by; "" where it is not told. Borrowed. */
struct gpu_identity {
	const char *unique_id, *serial, *bdf;
	char id[GPU_ID_SIZE]; /* "": to be chosen; one that was chosen before stays, whatever is known by now */
};

/* Chooses what is not chosen yet. Ids differ afterwards. */
void gpu_ids_choose(struct gpu_identity *cards, int n);

/* False for "" and for what firmware and tools write in its place: zeros, all ones, "N/A", "unknown". */
bool gpu_id_is_told(const char *text);

#endif
