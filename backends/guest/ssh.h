/* ssh.h - how a guest is reached: the argv that runs something there, and what the end of it means. Pure but for the search
 * for our own agent. */
#ifndef BACKENDS_GUEST_SSH_H
#define BACKENDS_GUEST_SSH_H

#include "lab/error.h"
#include "lab/target.h"

enum guest_method { METHOD_AGENT, METHOD_SHELL };

struct ssh_place {
	char *user; /* or NULL */
	char *host; /* no brackets */
	int port;   /* 0: whatever ssh's configuration says */
};

/* "[user@]host[:port]", an IPv6 address bare or in brackets. False with LAB_ERR_USAGE, also for NULL: a section without the
 * key must not pass this machine's cards off as the guest's. */
bool ssh_place_parse(const char *text, struct ssh_place *out, GError **error);
void ssh_place_clear(struct ssh_place *p);

/* True for `ssh = local`. */
bool guest_is_local(const struct target *t);

/* What is run to follow the guest: NULL-terminated, from g_malloc; METHOD_SHELL reads the probe on stdin. The agent's command
 * is the user's own and is read by the shell over there, as with ssh itself; nothing else is put into that line but numbers.
 * NULL with LAB_ERR_USAGE. Free with g_strfreev(). */
char **guest_argv(const struct target *t, enum guest_method method, int interval_ms, GError **error);

/* Why the child ended, from its exit status (as of waitpid) and what it wrote to stderr. */
GError *guest_end_reason(const struct target *t, int status, const char *words, const char *last_words);

/* True when the end says that there is no agent: then the shell probe may be tried. */
bool guest_has_no_agent(int status, const char *words);

#endif
