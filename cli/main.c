/* main.c - start: hand the words of the command line to the verb they name. Nothing else lives here. */
#include "config.h"

#include "backends/descriptors.h"
#include "backends/json_scratch.h"
#include "cli/generate.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/print.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Descriptors 0 to 2 are taken, so that no socket becomes "stdout"; what was closed stays unusable. */
static void hold_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(6);
}

static int print_version(void)
{
	struct output out;
	output_open(&out);
	fprintf(out.to, "labtop %s\n", PACKAGE_VERSION);
	return output_send(&out);
}

static int print_help(const struct verb *verb)
{
	struct output out;
	g_autoptr(GString) text = g_string_new(NULL);
	help_text(verb, text);
	output_open(&out);
	fputs(text->str, out.to);
	return output_send(&out);
}

static int run(int argc, char **argv)
{
	struct options o;
	g_autoptr(GError) error = NULL;
	if (!options_parse(&o, argc, argv, &error)) {
		complain("%s; see labtop %s%s--help", error->message,
			 o.verb && o.verb->name ? o.verb->name : "", o.verb && o.verb->name ? " " : "");
		return lab_error_exit_status(error->code);
	}
	if (o.version)
		return print_version();
	if (o.generate)
		return generate(o.generate);
	if (o.help)
		return print_help(o.verb);
	return o.verb->run(&o);
}

/* A UTF-8 locale that is not installed, as ssh hands on, must not cost the terminal its characters. */
static void set_locale(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *named = "";
	if (setlocale(LC_ALL, ""))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(variables) && !*named; i++)
		named = g_getenv(variables[i]) ? g_getenv(variables[i]) : "";
	g_autofree char *upper = g_ascii_strup(named, -1);
	if (strstr(upper, "UTF-8") || strstr(upper, "UTF8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
	hold_standard_files();
	descriptors_raise();
	set_locale();
	setlocale(LC_NUMERIC, "C"); /* numbers are written the same everywhere */
	signal(SIGPIPE, SIG_IGN);
	json_scratch_install();
	return run(argc, argv);
}
