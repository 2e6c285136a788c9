/* sampler.c - the thread behind a sampler; see the header. pthread, not GThread's locks: ThreadSanitizer sees them. */
#include "config.h"
#include "backends/gpu/sampler.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

struct sampler {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	sampler_take take;
	void *context;
	GDestroyNotify free_context, free_result;
	int wake_fd;
	/* under the lock */
	void *request, *result;
	bool threaded; /* the thread was made */
	bool kicked, running, quit;
	char name[16]; /* the kernel's limit */
	int users;     /* the owner and the thread; the last one frees */
};

static void release(struct sampler *s)
{
	pthread_mutex_lock(&s->lock);
	bool last = --s->users == 0;
	pthread_mutex_unlock(&s->lock);
	if (!last)
		return;
	g_free(s->request); /* given, and never begun */
	if (s->result && s->free_result)
		s->free_result(s->result);
	if (s->free_context)
		s->free_context(s->context);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	g_free(s);
}

static void store_result(struct sampler *s, void *result)
{
	const uint64_t one = 1;

	s->result = result;
	s->running = false;
	/* Under the lock, so that the descriptor is not used after the owner has left; an eventfd does not block here. */
	if (!s->quit && write(s->wake_fd, &one, sizeof one) < 0)
		return;
}

static void *sampler_main(void *data)
{
	struct sampler *s = data;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->kicked && !s->quit)
			pthread_cond_wait(&s->wake, &s->lock);
		if (s->quit)
			break;
		void *request = s->request;
		s->request = NULL;
		s->kicked = false;
		pthread_mutex_unlock(&s->lock);
		void *result = s->take(s->context, request);
		pthread_mutex_lock(&s->lock);
		store_result(s, result);
	}
	pthread_mutex_unlock(&s->lock);
	release(s);
	return NULL;
}

/* With the lock held: makes the thread if there is none yet. False when this machine has none to give at present. */
static bool have_thread(struct sampler *s)
{
	sigset_t all, before;
	pthread_t thread;

	if (s->threaded)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the loop */
	s->threaded = pthread_create(&thread, NULL, sampler_main, s) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!s->threaded)
		return false;
	s->users++;
	pthread_setname_np(thread, s->name);
	pthread_detach(thread);
	return true;
}

struct sampler *sampler_new(const char *name, sampler_take take, void *take_context,
			    GDestroyNotify free_context, GDestroyNotify free_result, int wake_fd)
{
	struct sampler *s = g_new0(struct sampler, 1);

	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	s->take = take;
	s->context = take_context;
	s->free_context = free_context;
	s->free_result = free_result;
	s->wake_fd = wake_fd;
	s->users = 1;
	g_strlcpy(s->name, name, sizeof s->name);
	return s;
}

bool sampler_kick(struct sampler *s, void *take_request)
{
	pthread_mutex_lock(&s->lock);
	bool idle = !s->running && !s->result && have_thread(s);
	if (idle) {
		s->request = take_request;
		s->kicked = s->running = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (idle)
		pthread_cond_signal(&s->wake); /* without the lock, which it would only wait for */
	else
		g_free(take_request);
	return idle;
}

bool sampler_running(struct sampler *s)
{
	pthread_mutex_lock(&s->lock);
	bool running = s->running;
	pthread_mutex_unlock(&s->lock);
	return running;
}

void *sampler_collect(struct sampler *s)
{
	pthread_mutex_lock(&s->lock);
	void *result = s->result;
	s->result = NULL;
	pthread_mutex_unlock(&s->lock);
	return result;
}

void sampler_free(struct sampler *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->quit = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	release(s);
}
