/* box.c - memory of one observation: rows and text in blocks that are only ever filled, never shrunk.
 *
 * Knows nothing of what is put into it. The reference count is C11 atomics, not g_atomic_rc_box, so that ThreadSanitizer
 * sees who hands the box to whom.
 */
#include "config.h"

#include "lab/box.h"

#include "lab/text.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#define FIRST_BLOCK 960 /* with its head what glibc hands out without a search: 1,032 bytes */
#define BIG_BLOCK   (64 * 1024)
#define ALIGNMENT   _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct box {
	atomic_int refs;
	struct block *blocks;
};

struct box *box_new(void)
{
	struct box *box = g_new0(struct box, 1);
	atomic_init(&box->refs, 1);
	return box;
}

struct box *box_ref(struct box *box)
{
	atomic_fetch_add_explicit(&box->refs, 1, memory_order_relaxed);
	return box;
}

void box_unref(struct box *box)
{
	if (!box || atomic_fetch_sub_explicit(&box->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (struct block *b = box->blocks, *next; b; b = next) {
		next = b->next;
		g_free(b);
	}
	g_free(box);
}

/* Zeroed memory at a multiple of alignment. Blocks double up to BIG_BLOCK, so that a sample of one GPU stays small and an
 * inventory needs few. */
static void *take(struct box *box, size_t size, size_t alignment)
{
	struct block *b = box->blocks;
	size_t at = b ? (b->used + alignment - 1) / alignment * alignment : 0;
	if (b && at <= b->size && b->size - at >= size) {
		b->used = at + size;
		return b->bytes + at;
	}
	size_t room = b ? MIN(b->size * 2, BIG_BLOCK) : FIRST_BLOCK;
	room = MAX(room, size);
	b = g_malloc0(sizeof *b + room);
	b->size = room;
	b->used = size;
	b->next = box->blocks;
	box->blocks = b;
	return b->bytes;
}

void *box_alloc(struct box *box, size_t size)
{
	g_assert(size <= SIZE_MAX / 2);
	return take(box, size, ALIGNMENT);
}

const char *box_raw(struct box *box, const char *raw, gssize len)
{
	if (!raw || len == 0 || (len < 0 && !*raw))
		return "";
	size_t n = len < 0 ? strlen(raw) : (size_t)len;
	char *text = take(box, n + 1, 1);
	memcpy(text, raw, n);
	return text;
}

const char *box_text(struct box *box, const char *raw, gssize len)
{
	if (!raw)
		return "";
	if (len < 0 ? text_is_clean(raw) : text_is_plain(raw, (size_t)len))
		return box_raw(box, raw, len);
	g_autofree char *clean = text_clean(raw, len);
	return box_raw(box, clean, -1);
}
