/* error.c - what each error code means to people and to scripts, as one table. */
#include "config.h"

#include "lab/error.h"

#include <errno.h>
#include <stdatomic.h>

/* Not G_DEFINE_QUARK: its unguarded static is a data race when two workers fail for the first time at once. */
GQuark lab_error_quark(void)
{
	static _Atomic GQuark quark;
	GQuark q = atomic_load_explicit(&quark, memory_order_relaxed);
	if (!q) {
		q = g_quark_from_static_string("labtop-error");
		atomic_store_explicit(&quark, q, memory_order_relaxed);
	}
	return q;
}

static const struct {
	int exit_status;
	const char *hint;
	enum lab_error_place place; /* the hint is good from there on */
	bool waits_for_person;
} meanings[] = {
	[LAB_ERR_USAGE] = {2, "see labtop --help and the manual page labtop.conf(5)", ERROR_HERE, true},
	[LAB_ERR_AUTH] =
		{3, "put it right, then ask again (R on the screen): what was refused is not tried by itself",
		 ERROR_BY_SSH, true},
	[LAB_ERR_TRUST] = {4, NULL, ERROR_HERE, true}, /* whoever says so knows what to run */
	[LAB_ERR_UNREACHABLE] = {3, "check address, port, and that the machine is up", ERROR_BY_SSH},
	[LAB_ERR_TIMEOUT] = {3, "it took the connection and then said nothing: is it overloaded or hung?",
			     ERROR_BY_SSH},
	[LAB_ERR_CANCELLED] = {5, NULL},
	[LAB_ERR_DENIED] = {5, "the account lacks a privilege for this", ERROR_BY_SSH},
	[LAB_ERR_NOT_FOUND] = {5, NULL},
	[LAB_ERR_CONFLICT] = {5, "somebody changed it meanwhile: look again, then decide", ERROR_HERE},
	[LAB_ERR_UNSUPPORTED] = {5, NULL},
	[LAB_ERR_PROTOCOL] = {5, "does the address lead to the service it is configured for?",
			      ERROR_AT_SERVICE},
	[LAB_ERR_SYSTEM] = {6, NULL},
	[LAB_ERR_NAME] = {3, "check the name, and that this machine's name server answers", ERROR_BY_SSH},
	[LAB_ERR_LIMIT] = {5, "raise the limit of open files (ulimit -n) or processes (ulimit -u)",
			   ERROR_HERE},
};

int lab_error_of_errno(int why)
{
	static const int passing[] = {EMFILE, ENFILE, EAGAIN, ENOMEM};
	for (size_t i = 0; i < G_N_ELEMENTS(passing); i++)
		if (why == passing[i])
			return LAB_ERR_LIMIT;
	return LAB_ERR_SYSTEM;
}

static bool is_known(int code)
{
	return code >= 0 && code < (int)G_N_ELEMENTS(meanings);
}

bool lab_error_waits_for_person(int code)
{
	return is_known(code) && meanings[code].waits_for_person;
}

const char *lab_error_hint(int code, enum lab_error_place place)
{
	return is_known(code) && place >= meanings[code].place ? meanings[code].hint : NULL;
}

int lab_error_exit_status(int code)
{
	return is_known(code) ? meanings[code].exit_status : 6;
}
