/* privilege.c - see the header. */
#include "config.h"

#include "backends/gpu/privilege.h"

#include <glib.h>
#include <sys/auxv.h>
#include <unistd.h>

/* They set these themselves, over whatever their caller had there. */
static const struct {
	const char *program, *caller_uid;
} lenders[] = {
	{"sudo", "SUDO_UID"},
	{"pkexec", "PKEXEC_UID"},
};

const char *privilege_lent_by(void)
{
	const char *doas = g_getenv("DOAS_USER");
	if (getauxval(AT_SECURE)) /* also setgid and capabilities of the file */
		return "setuid";
	for (size_t i = 0; i < G_N_ELEMENTS(lenders); i++) {
		const char *text = g_getenv(lenders[i].caller_uid);
		if (text && g_ascii_strtoull(text, NULL, 10) != geteuid())
			return lenders[i].program;
	}
	return doas && !g_str_equal(doas, g_get_user_name()) ? "doas" : NULL;
}
