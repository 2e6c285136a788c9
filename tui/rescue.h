/* rescue.h - whatever ends the program, the terminal is put back first. */
#ifndef TUI_RESCUE_H
#define TUI_RESCUE_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define RESCUE_BYTES 256

/* From now on a fatal signal (SEGV BUS FPE ILL ABRT TRAP SYS QUIT) writes `restore` to fd, puts `saved` back (NULL: fd is
 * no terminal), and the descriptor's flags (-1: they are as they were), says so in a line on stderr, and goes on to what would
 * have happened without us. fd must not block: the terminal may take nothing. */
void rescue_arm(int fd, const char *restore, const struct termios *saved, int flags);

/* The terminal is as it was: nothing to rescue. The handlers go back to what they were. */
void rescue_disarm(void);

#endif
