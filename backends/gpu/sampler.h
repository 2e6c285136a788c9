/* sampler.h - a thread that does one slow thing at a time, so that nobody else has to wait for it.
 *
 * Reading a card, a stalled file server or another process's memory map may block for ever. Each of them has a sampler;
 * the loop kicks it, goes on, and takes the result when there is one. One that never comes back is abandoned.
 */
#ifndef GPU_SAMPLER_H
#define GPU_SAMPLER_H

#include <glib.h>
#include <stdbool.h>

struct sampler;

/* Does one round; request is what was given to the kick and belongs to it now. Returns the result, given away. */
typedef void *(*sampler_take)(void *context, void *request);

/* The context belongs to the sampler from here on. The thread is made by the first kick. wake_fd is an eventfd that is written to
 * after each round. */
struct sampler *sampler_new(const char *name, sampler_take take, void *take_context,
			    GDestroyNotify free_context, GDestroyNotify free_result, int wake_fd);

/* Starts a round; false while one is still running or its result was not collected, which may hold what is told only once,
 * or while no thread is to be had (the request is then freed with g_free). */
bool sampler_kick(struct sampler *s, void *take_request);

bool sampler_running(struct sampler *s);

/* The result of the last round, once; NULL when there is none. The caller owns it. */
void *sampler_collect(struct sampler *s);

/* Ends the thread as soon as its round is over; does not wait for that. */
void sampler_free(struct sampler *s);

#endif
