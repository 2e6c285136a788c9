/* fuzz_options.c - a command line, a word a line. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "cli/options.h"

#include <string.h>

static void judge_numbers(const struct options *o)
{
	for (const struct option_info *i = options_all; i->name; i++) {
		int64_t value;
		if (i->type != OPTION_WHOLE && i->type != OPTION_SECONDS)
			continue;
		memcpy(&value, (const char *)o + i->offset, sizeof value);
		int64_t unit = i->type == OPTION_SECONDS ? 1000 : 1;
		if (value > 0 && (value < i->min || value > i->max * unit))
			g_error("--%s is %" G_GINT64_FORMAT, i->name, value);
	}
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *line = g_strconcat("labtop\n", text, NULL);
	g_auto(GStrv) argv = g_strsplit(line, "\n", 100);
	struct options o;
	GError *error = NULL;
	memset(&o, 0xff, sizeof o);
	if (options_parse(&o, (int)g_strv_length(argv), argv, &error)) {
		if (error || !o.verb || o.n_words < 0 || o.n_words > WORDS_MAX)
			g_error("neither good nor an error");
		if (!o.help && !o.version && !o.generate &&
		    (o.n_words < o.verb->min_words || o.n_words > o.verb->max_words))
			g_error("%d words after %s", o.n_words, o.verb->name ? o.verb->name : "nothing");
		judge_numbers(&o);
	} else if (!error || error->domain != LAB_ERROR || error->code != LAB_ERR_USAGE) {
		g_error("refused without a reason"); /* which says what was typed: complain() cleans it */
	}
	g_clear_error(&error);
}
