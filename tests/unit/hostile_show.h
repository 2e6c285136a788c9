/* hostile_show.h - a lab brought out by every way there is: JSON, plain tables, every view; each looked at by hostile_check. */
#ifndef TESTS_HOSTILE_SHOW_H
#define TESTS_HOSTILE_SHOW_H

#include "lab/lab.h"

/* Ends the test, naming what, when anything harmful comes out. True when HOSTILE_MARK was seen somewhere. thorough: views also small and in
 * ASCII, and each key of each view pressed; else each view once. */
bool hostile_show(struct lab *lab, const char *what, bool thorough);

/* The same for one line, such as an error's message; NULL is harmless. */
void hostile_show_line(const char *line, const char *what);

/* Folds everything that waits; drops the chain's need of a mailbox. */
void hostile_fold(struct lab *lab, struct obs *take_chain);

#endif
