/* probe.c - probe.sh as text. */
#include "config.h"

#include "backends/guest/probe.h"

const char probe_script[] =
#include "backends/guest/probe_script.h"
	;
