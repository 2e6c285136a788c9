/* probe.h - the shell script that stands in for labtop-agent (probe.sh, made into a string by the Makefile). */
#ifndef BACKENDS_GUEST_PROBE_H
#define BACKENDS_GUEST_PROBE_H

extern const char probe_script[];

#endif
