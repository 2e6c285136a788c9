/* json_scratch.h - memory for a JSON tree that is read and dropped at once.
 *
 * A line of an agent makes some eighty small objects and frees them a few microseconds later. Between begin and end what
 * jansson asks for in this thread comes from a piece of the caller's stack.
 */
#ifndef BACKENDS_JSON_SCRATCH_H
#define BACKENDS_JSON_SCRATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define JSON_SCRATCH_SIZE (64 * 1024)

struct json_scratch {
	size_t used;
	bool outgrown; /* something had to come from malloc() */
	_Alignas(max_align_t) char bytes[JSON_SCRATCH_SIZE];
};

/* Once, before the first thread. Without it jansson allocates as ever, and the rest works all the same. */
void json_scratch_install(void);

/* All trees made from here on in this thread end with json_scratch_end(), which drops root (or NULL) too. No nesting. */
void json_scratch_begin(struct json_scratch *s);
void json_scratch_end(struct json_scratch *s, json_t *take_root);

#endif
