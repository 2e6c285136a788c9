/* verb_console.c - labtop: the live screen; plain lines where there is no terminal or where a person asks for them. */
#include "config.h"
#include "cli/verbs.h"

#include "cli/options.h"

int verb_console(struct options *o)
{
	return verb_status(o);
}
