/* verb_trust.c - labtop trust: shows a server's certificate and pins it when a person says yes, as ssh does. */
#include "config.h"
#include "cli/verbs.h"

#include "backends/vsphere/trust.h"
#include "cli/options.h"
#include "cli/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define GUARD_MS 300 /* what is typed so soon was not typed by somebody who had read it */

/* A line typed from now on: what was typed before the certificate was shown, or just then, is no answer to it. Read from the
 * terminal itself, so that nothing typed ahead waits in a buffer of ours. */
static bool read_answer(const char *question, char *answer, size_t size)
{
	g_usleep(GUARD_MS * 1000);
	tcflush(STDIN_FILENO, TCIFLUSH);
	fputs(question, stdout);
	fflush(stdout);
	ssize_t n;
	while ((n = read(STDIN_FILENO, answer, size - 1)) < 0 && errno == EINTR)
		;
	answer[MAX(n, 0)] = '\0';
	return n > 0;
}

static bool person_says_yes(void)
{
	char answer[256];
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		complain("trust: nothing is pinned without a terminal to ask at; thumbprint = in labtop.conf "
			 "needs none");
		return false;
	}
	fflush(stdout);
	bool told = read_answer("Is this the server you mean? Type yes to pin it: ", answer, sizeof answer);
	if (told && g_str_equal(g_strstrip(answer), "yes"))
		return true;
	printf("%sNothing is pinned: it takes the whole word yes.\n", told ? "" : "\n");
	return false;
}

static void show(const struct target *t, const struct http_certificate *c)
{
	const struct {
		const char *name, *value;
	} lines[] = {
		{"target", t->name},        {"url", target_get(t, "url")}, {"subject", c->subject},
		{"issuer", c->issuer},      {"names", c->names},           {"valid from", c->not_before},
		{"valid to", c->not_after}, {"SHA-256", c->sha256},        {"SHA-1", c->sha1},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		if (lines[i].value && *lines[i].value)
			printf("%-11s %s\n", lines[i].name, lines[i].value);
	g_autofree char *note =
		http_validity_note(http_certificate_validity(c), g_get_real_time() / G_USEC_PER_SEC);
	if (note)
		printf("%-11s %s\n", "note", note);
}

/* The exit status for one target. */
static int trust_one(const struct target *t, struct cancel *cancel)
{
	struct http_certificate found = {0};
	GError *error = NULL;
	int status = 1;
	if (!vsphere_probe_certificate(t, cancel, &found, &error))
		return complain_error(error, ERROR_AT_SERVICE);
	show(t, &found);
	if (person_says_yes()) {
		if (vsphere_accept_certificate(t, found.sha256, cancel, &error)) {
			printf("Pinned.\n");
			status = 0;
		} else {
			status = complain_error(error, ERROR_AT_SERVICE);
		}
	}
	http_certificate_clear(&found);
	return status;
}

int verb_trust(struct options *o)
{
	/* no workers: a log-in with an unknown certificate is what this verb comes before */
	const struct session_wish wish = {
		.kinds = 1u << TARGET_VSPHERE, .only = o->n_words ? o->words[0] : NULL, .silent = true};
	GError *error = NULL;
	int status = 0;
	bool any = false;
	struct session *s = session_open(o, &wish, &error);
	if (!s)
		return complain_error(error, ERROR_HERE);
	struct cancel *cancel = cancel_new();
	for (guint i = 0; i < s->targets->len && !o->demo; i++) {
		any = true;
		status = exit_status_worse(status, trust_one(s->targets->pdata[i], cancel));
	}
	if (!any)
		printf("No vSphere target is configured: [vsphere NAME] in labtop.conf, or GOVC_URL.\n");
	cancel_free(cancel);
	session_close(s);
	return status;
}
