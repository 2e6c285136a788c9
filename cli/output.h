/* output.h - what a verb prints: built in memory first, then written whole, whatever signals come meanwhile. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	FILE *to; /* print here */
	char *text;
	size_t len;
};

void output_open(struct output *out);

/* Writes it to standard output and frees it: nothing when TERM, HUP or INT came before, all of it when they come meanwhile
 * (for two seconds, should the reader have stalled). The exit status that this means: 0, also when the reader went away,
 * which has what it wanted (labtop | head); 128 + signal when one came; 6 and a line on stderr when it could not be
 * written. */
int output_send(struct output *out);

/* Whether an earlier output found nobody who reads: more of it is for nobody. */
bool output_reader_gone(void);

#endif
