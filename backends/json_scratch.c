/* json_scratch.c - see the header. What is freed inside is given back by the end of the piece, all at once. */
#include "config.h"

#include "backends/json_scratch.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

static __thread struct json_scratch *current;
static bool installed;

static void *scratch_malloc(size_t size)
{
	struct json_scratch *s = current;
	if (!s)
		return malloc(size);
	size_t at = (s->used + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (at > sizeof s->bytes || size > sizeof s->bytes - at) {
		s->outgrown = true;
		return malloc(size);
	}
	s->used = at + size;
	return s->bytes + at;
}

static void scratch_free(void *p)
{
	const struct json_scratch *s = current;
	if (s && (uintptr_t)p >= (uintptr_t)s->bytes && (uintptr_t)p < (uintptr_t)s->bytes + sizeof s->bytes)
		return;
	free(p);
}

void json_scratch_install(void)
{
	json_set_alloc_funcs(scratch_malloc, scratch_free);
	installed = true;
}

void json_scratch_begin(struct json_scratch *s)
{
	g_assert(!current);
	s->used = 0;
	s->outgrown = !installed;
	current = s;
}

void json_scratch_end(struct json_scratch *s, json_t *take_root)
{
	g_assert(current == s);
	if (s->outgrown) /* else there is nothing that anybody would have to give back */
		json_decref(take_root);
	current = NULL;
}
