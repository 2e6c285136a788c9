/* severity.c - one table: what stands in the second column, and in which role. */
#include "config.h"

#include "tui/severity.h"

static const struct severity_look looks[] = {
	{G_DOT, ROLE_TEXT},
	[SEV_INFO] = {G_DOT, ROLE_INFO},
	[SEV_ADVICE] = {G_ADVICE, ROLE_INFO},
	[SEV_WARN] = {G_WARN, ROLE_WARN},
	[SEV_BLOCK] = {G_CRIT, ROLE_CRIT},
};

struct severity_look severity_look(enum severity severity, bool unknown)
{
	return unknown ? (struct severity_look){G_UNKNOWN, ROLE_DIM} : looks[severity];
}

int severity_mark(int severity, enum role *role)
{
	if (severity < SEV_ADVICE || severity > SEV_BLOCK)
		return 0;
	*role = looks[severity].role;
	return (int)looks[severity].mark;
}
