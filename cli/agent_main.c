/* agent_main.c - start of labtop-agent, the part that runs where the GPUs are: options, then the loop. */
#include "config.h"

#include <glib.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

#include "backends/gpu/agent.h"
#include "backends/gpu/child_main.h"
#include "backends/gpu/privilege.h"

#define EXIT_USAGE 2

static const char description[] =
	"Prints a hello and then one line of JSON an interval on standard output, until nobody reads it.\n"
	"LABTOP_ROCM_SMI and LABTOP_NVML name a library to use in place of the installed one.";

static int usage_error(const char *why)
{
	g_printerr("labtop-agent: %s (labtop-agent --help lists the options)\n", why);
	return EXIT_USAGE;
}

/* A tree or a library of the caller's choice, where the caller's rights are not ours: any file would be read to them, any code
 * run for them. What names the usual place (our own children are told it) is none. */
static bool may_choose(const char *sysfs, const char *proc)
{
	const char *lender = privilege_lent_by(), *chosen = NULL;
	if (g_strcmp0(sysfs, "/sys") != 0 && sysfs)
		chosen = "--sysfs-root";
	else if (g_strcmp0(proc, "/proc") != 0 && proc)
		chosen = "--proc-root";
	else if (g_getenv("LABTOP_NVML"))
		chosen = "LABTOP_NVML";
	else if (g_getenv("LABTOP_ROCM_SMI"))
		chosen = "LABTOP_ROCM_SMI";
	if (!lender || !chosen)
		return true;
	g_printerr("labtop-agent: %s is refused: %s gave this process more rights than its caller has\n",
		   chosen, lender);
	return false;
}

int main(int argc, char **argv)
{
	gint interval_ms = 1000;
	gboolean once = FALSE, no_rocm = FALSE, no_nvml = FALSE, no_procs = FALSE, no_mounts = FALSE,
		 version = FALSE;
	g_autofree char *sysfs = NULL, *proc = NULL, *child = NULL;
	g_auto(GStrv) skip = NULL;
	const GOptionEntry entries[] = {
		{"interval", 0, 0, G_OPTION_ARG_INT, &interval_ms,
		 "Milliseconds from sample to sample (1000)", "MS"},
		{"once", 0, 0, G_OPTION_ARG_NONE, &once, "One complete sample, then end", NULL},
		{"sysfs-root", 0, 0, G_OPTION_ARG_FILENAME, &sysfs, "Read this tree in place of /sys", "DIR"},
		{"proc-root", 0, 0, G_OPTION_ARG_FILENAME, &proc, "Read this tree in place of /proc", "DIR"},
		{"no-rocm-smi", 0, 0, G_OPTION_ARG_NONE, &no_rocm, "Do not open the ROCm SMI library", NULL},
		{"no-nvml", 0, 0, G_OPTION_ARG_NONE, &no_nvml, "Do not open NVML", NULL},
		{"no-processes", 0, 0, G_OPTION_ARG_NONE, &no_procs, "Leave out processes", NULL},
		{"no-mounts", 0, 0, G_OPTION_ARG_NONE, &no_mounts, "Leave out network mounts", NULL},
		{"child", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child, NULL, NULL},
		{"skip", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING_ARRAY, &skip, NULL, NULL},
		{"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- telemetry of this machine's GPUs");
	g_autoptr(GError) error = NULL;

	setlocale(LC_CTYPE, "");
	g_option_context_set_description(context, description);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage_error(error->message);
	if (argc > 1)
		return usage_error("no words are expected, only options");
	if (interval_ms < 10 || interval_ms > 3600000)
		return usage_error("--interval takes 10 to 3600000 milliseconds");
	if (version) {
		g_print("labtop-agent %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (!may_choose(sysfs, proc))
		return EXIT_USAGE;
	if (child)
		return child_main(child, sysfs ? sysfs : "/sys", (const char *const *)skip);
	const struct agent_options options = {
		.interval_ms = interval_ms,
		.once = once,
		.sysfs = sysfs ? sysfs : "/sys",
		.proc = proc ? proc : "/proc",
		.rocm_smi = !no_rocm,
		.nvml = !no_nvml,
		.processes = !no_procs,
		.mounts = !no_mounts,
	};
	return agent_run(&options);
}
