/* error.h - one error domain; codes are for programs, messages for people.
 *
 * A message says what was attempted: why it failed, in the other side's words. It ends without a full stop.
 */
#ifndef LAB_ERROR_H
#define LAB_ERROR_H

#include <glib.h>
#include <stdbool.h>

#define LAB_ERROR lab_error_quark()
GQuark lab_error_quark(void);

enum lab_error {
	LAB_ERR_USAGE,       /* wrong words from the user or the configuration */
	LAB_ERR_AUTH,        /* refused: password, key, session. Never retried by itself */
	LAB_ERR_TRUST,       /* certificate or host key is not the pinned one, or not known yet */
	LAB_ERR_UNREACHABLE, /* no connection */
	LAB_ERR_TIMEOUT,     /* connected, then silence */
	LAB_ERR_CANCELLED,   /* we asked it to stop */
	LAB_ERR_DENIED,      /* logged in, but may not */
	LAB_ERR_NOT_FOUND,
	LAB_ERR_CONFLICT,    /* somebody else changed it meanwhile */
	LAB_ERR_UNSUPPORTED, /* this product or version cannot */
	LAB_ERR_PROTOCOL,    /* the answer makes no sense, or breaks a cap */
	LAB_ERR_SYSTEM,      /* this machine: files, processes, memory */
	LAB_ERR_NAME,  /* the name has no address, or no name server answered: asked again only after 10 s */
	LAB_ERR_LIMIT, /* this machine has no more open files, processes or threads for us at present */
};

/* LAB_ERR_LIMIT for what passes when others let go (EMFILE, EAGAIN ...), else LAB_ERR_SYSTEM. */
int lab_error_of_errno(int why);

/* True for what is not tried again by itself: a second try with the same password locks accounts, a changed certificate and
 * a mistake in the configuration are a person's to judge. */
bool lab_error_waits_for_person(int code);

/* Where something failed: on this machine (a file, the terminal, a program that is run here), on a machine that ssh leads
 * to, or at a service's address. */
enum lab_error_place { ERROR_HERE, ERROR_BY_SSH, ERROR_AT_SERVICE };

/* What to do next about such an error there, in a few words, or NULL. The text is static. */
const char *lab_error_hint(int code, enum lab_error_place place);

/* The exit status that a failure of this code means (design.md, Command line): 2, 3, 4, 5 or 6. */
int lab_error_exit_status(int code);

#endif
