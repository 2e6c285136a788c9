/* child.h - a child process whose lines are read without ever blocking: ssh, labtop-agent, password commands. */
#ifndef BACKENDS_CHILD_H
#define BACKENDS_CHILD_H

#include "lab/error.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct child;

/* Starts argv (found in PATH) in a process group of its own, stdin from /dev/null or a pipe, stdout and stderr piped and
 * non-blocking. It dies with us. Its environment is environment.h's; env: "NAME=value" additions, or NULL. */
struct child *child_start(const char *const *argv, const char *const *env, bool with_stdin, GError **error);

int child_out_fd(const struct child *c);
int child_err_fd(const struct child *c); /* -1 once it is closed */

enum line_result { LINE_NONE, LINE_GOT, LINE_TOO_LONG, LINE_END };

/* Reads what is there and cuts lines at LF; at most cap bytes a line, a longer one is skipped to its end and told as
 * LINE_TOO_LONG. *line is owned by the child and holds until the next call. LINE_NONE: nothing whole yet; at most one
 * read() a call, so a child that floods cannot keep its reader. LINE_END: stdout is closed and all lines were given. */
enum line_result child_read_line(struct child *c, size_t cap, const char **line, size_t *len);

/* Writes text to the child's stdin, as much as a pipe takes (64 KiB), and closes that. False when not all of it went. */
bool child_give_stdin(struct child *c, const char *text, size_t n);

/* The next whole line of stderr that was not given yet, cleaned; NULL when there is none. Reads what is there. Holds until
 * the next call of this kind. */
const char *child_next_word(struct child *c);

/* The last line that it wrote to stderr, cleaned; "" when none. Reads what is there. */
const char *child_last_words(struct child *c);

/* The last 4 KiB of stderr as they came: for recognising, never for showing. Holds until the next call. */
const char *child_all_words(struct child *c);

/* True when it has ended; *status as from waitpid. Does not block. */
bool child_ended(struct child *c, int *status);

/* TERM to the group, without waiting: so that many can be told before the first is waited for. */
void child_terminate(struct child *c);

/* TERM to the group, KILL after grace_ms, waits for the end; frees. */
void child_stop(struct child *c, int64_t grace_ms);

/* Runs argv to its end: first line of stdout (one CR/LF stripped), at most 64 KiB read, or an error (exit status, time-out,
 * nothing printed). Its end is the process's, not that of stdout; what it leaves in its process group is killed. For
 * password-command and key-command. The caller wipes and frees. */
char *child_first_line(const char *const *argv, int64_t timeout_ms, GError **error);

#endif
