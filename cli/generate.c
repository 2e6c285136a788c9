/* generate.c - the kinds of things that labtop --generate makes. */
#include "config.h"
#include "cli/generate.h"

#include "cli/output.h"

#include <stdio.h>

static const struct {
	const char *kind;
	void (*make)(GString *out);
} kinds[] = {
	{"labtop.1", generate_labtop_1},
	{"labtop.conf.5", generate_labtop_conf_5},
	{"labtop-themes.5", generate_labtop_themes_5},
	{"labtop.bash", generate_bash},
	{"labtop.zsh", generate_zsh},
	{"labtop.fish", generate_fish},
};

int generate(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!g_str_equal(kinds[i].kind, kind))
			continue;
		g_autoptr(GString) out = g_string_new(NULL);
		struct output page;
		kinds[i].make(out);
		output_open(&page);
		fputs(out->str, page.to);
		return output_send(&page);
	}
	fprintf(stderr, "labtop: --generate %s: no such kind; there are", kind);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		fprintf(stderr, " %s", kinds[i].kind);
	fputs("\n", stderr);
	return 2;
}
