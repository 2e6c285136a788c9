/* first_look.h - where to look when nobody said where: this machine. */
#ifndef CLI_FIRST_LOOK_H
#define CLI_FIRST_LOOK_H

#include "lab/target.h"

/* This machine as a guest without ssh. named = false: looked for, not asked for. */
struct target *first_look_guest(void);

/* This machine's PCI devices, or NULL where labtop was built without libpci. */
struct target *first_look_pci(void);

/* Adds an engine for every known local port that takes a connection right now. */
void first_look_engines(GPtrArray *targets);

/* What to say about how the rest is added; one line. */
extern const char first_look_hint[];

#endif
