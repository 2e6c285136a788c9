/* stream.h - the lines of the agent stream (design.md, Agent stream, version 1) out of what is known. */
#ifndef GPU_STREAM_H
#define GPU_STREAM_H

#include "backends/gpu/agent.h"
#include "backends/gpu/guest.h"
#include "backends/gpu/roster.h"

#define STREAM_SECOND_LOOK_MS 200

struct stream {
	const struct agent_options *options;
	struct guest_facts guest; /* does not change */
	GString *line;            /* the buffer of all lines */
	GString *procs;           /* the newest processes as JSON */
	GString *procs_told;      /* as they were last told; empty: to be told in any case */
	gint64 seq;
	struct sampler *processes; /* NULL: not asked for */
	gint64 processes_ms;       /* when they are due */
	struct mounts *mounts;
	struct process_list *list; /* the newest, not yet told; may be NULL */
};

void stream_init(struct stream *s, const struct agent_options *options, int wake_fd);
void stream_clear(struct stream *s);

/* Asks for processes and mounts; what the libraries know of processes is handed over. */
void stream_kick(struct stream *s, const struct roster *r);
bool stream_processes_in(const struct stream *s);
bool stream_mounts_in(const struct stream *s);

/* True when the last look at processes found some whose rates need another. */
bool stream_wants_second_look(struct stream *s);

/* A line with its newline, never longer than the reader takes (NULL where it cannot be made short enough): mounts and
 * processes are left out of one that would be. Processes and mounts that have not changed are not told again, except to
 * whoever has just been greeted. Holds until the next call. */
const GString *stream_hello(struct stream *s, const struct roster *r);
const GString *stream_sample(struct stream *s, const struct roster *r);

#endif
