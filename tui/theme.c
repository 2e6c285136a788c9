/* theme.c - reading theme files. What a colour becomes on a poorer terminal is colour.c's. */
#include "config.h"

#include "tui/theme.h"

#include "lab/keyfile.h"
#include "lab/text.h"

#include <stdarg.h>
#include <string.h>

struct reader {
	struct theme *theme;
	const char *file;
	int line;
	GPtrArray *problems;
};

static void problem(const struct reader *rd, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void problem(const struct reader *rd, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *line = g_strdup_printf("%s:%d: %s", rd->file, rd->line, text);
	g_ptr_array_add(rd->problems, text_clean(line, -1)); /* it may quote the file */
}

static const char *const ansi_names[8] = {"black", "red",     "green", "yellow",
					  "blue",  "magenta", "cyan",  "white"};

static bool parse_hex(const char *word, struct colour *out)
{
	if (strlen(word) != 7)
		return false;
	for (int i = 1; i < 7; i++)
		if (!g_ascii_isxdigit(word[i]))
			return false;
	*out = (struct colour){COLOUR_RGB, (uint32_t)g_ascii_strtoull(word + 1, NULL, 16)};
	return true;
}

static bool parse_colour(const char *word, struct colour *out)
{
	guint64 index;
	if (word[0] == '#')
		return parse_hex(word, out);
	if (strcmp(word, "default") == 0) {
		*out = (struct colour){COLOUR_DEFAULT, 0};
		return true;
	}
	if (g_ascii_string_to_unsigned(word, 10, 0, 255, &index, NULL)) {
		*out = (struct colour){COLOUR_INDEX, (uint32_t)index};
		return true;
	}
	bool bright = g_str_has_prefix(word, "bright-");
	for (unsigned i = 0; i < 8; i++)
		if (strcmp(word + (bright ? 7 : 0), ansi_names[i]) == 0) {
			*out = (struct colour){COLOUR_INDEX, i + (bright ? 8u : 0u)};
			return true;
		}
	return false;
}

static unsigned parse_attr(const char *word)
{
	static const struct {
		const char *name;
		unsigned attr;
	} attrs[] = {{"bold", ATTR_BOLD},
		     {"dim", ATTR_DIM},
		     {"reverse", ATTR_REVERSE},
		     {"underline", ATTR_UNDERLINE}};
	for (gsize i = 0; i < G_N_ELEMENTS(attrs); i++)
		if (strcmp(attrs[i].name, word) == 0)
			return attrs[i].attr;
	return 0;
}

/* "fg [on bg] [attributes]". */
static bool parse_look(const struct reader *rd, const char *value, struct look *out)
{
	struct look look = {.set = true};
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	bool on = false, fg = false;
	for (char **w = words; *w; w++) {
		unsigned attr = parse_attr(*w);
		if (!**w)
			continue;
		if (strcmp(*w, "on") == 0 && !on && w[1]) {
			on = true;
		} else if (attr) {
			look.attrs |= attr;
		} else if (!fg || on) {
			if (!parse_colour(*w, on ? &look.bg : &look.fg)) {
				problem(rd, "\"%s\" is no colour: #rrggbb, 0-255, default or a name", *w);
				return false;
			}
			fg = true;
			on = false;
		} else {
			problem(rd, "\"%s\" is none of bold, dim, reverse, underline", *w);
			return false;
		}
	}
	*out = look;
	return true;
}

static const struct {
	const char *name;
	enum depth depth;
} pins[] = {{"256", DEPTH_256}, {"16", DEPTH_16}, {"8", DEPTH_8}, {"mono", DEPTH_MONO}};

/* "warn" or "warn.8". */
static struct look *find_look(const struct reader *rd, const char *key)
{
	g_auto(GStrv) parts = g_strsplit(key, ".", 2);
	int role = parts[0] ? role_by_name(parts[0]) : -1;
	if (role < 0) {
		problem(rd, "no role is called \"%s\"", key);
		return NULL;
	}
	if (!parts[1])
		return &rd->theme->look[role];
	for (gsize i = 0; i < G_N_ELEMENTS(pins); i++)
		if (strcmp(pins[i].name, parts[1]) == 0)
			return &rd->theme->pinned[role][pins[i].depth];
	problem(rd, "\"%s\" is no depth: .256 .16 .8 .mono", parts[1]);
	return NULL;
}

static bool plain_text(const char *value)
{
	for (const char *p = value; *p; p++)
		if (!g_ascii_isprint(*p))
			return false;
	return true;
}

static void read_name(const struct reader *rd, const char *key, const char *value)
{
	char **field = strcmp(key, "name") == 0 ? &rd->theme->name : &rd->theme->description;
	if (strcmp(key, "name") != 0 && strcmp(key, "description") != 0) {
		problem(rd, "a theme has no \"%s\"", key);
	} else if (!plain_text(value)) {
		problem(rd, "%s must be plain ASCII text", key);
	} else {
		g_free(*field);
		*field = g_strdup(value);
	}
}

static void read_role(const struct reader *rd, const char *key, const char *value)
{
	struct look *look = find_look(rd, key);
	if (look)
		parse_look(rd, value, look);
}

static void read_line(const struct reader *rd, const struct keyfile_line *line)
{
	if (strcmp(line->section, "theme") == 0) {
		if (line->key)
			read_name(rd, line->key, line->value);
	} else if (strcmp(line->section, "roles") == 0) {
		if (line->key)
			read_role(rd, line->key, line->value);
	} else if (!line->key) {
		problem(rd, "a theme has the sections [theme] and [roles]");
	}
}

static struct theme *parse_over(const struct theme *base, const char *text, const char *file,
				GPtrArray *problems)
{
	struct theme *theme = g_new0(struct theme, 1);
	struct reader rd = {.theme = theme, .file = file, .problems = problems};
	guint first = problems->len;
	struct keyfile *kf = keyfile_read(text, -1, file, problems);
	for (guint i = 0; i < kf->lines->len; i++) {
		const struct keyfile_line *line = &g_array_index(kf->lines, struct keyfile_line, i);
		rd.line = line->line;
		read_line(&rd, line);
	}
	keyfile_free(kf);
	keyfile_sort_complaints(problems, first, file);
	for (int role = 0; base && role < ROLE_COUNT; role++)
		if (!theme->look[role].set)
			theme->look[role] = base->look[role];
	return theme;
}

struct theme *theme_builtin(void)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	struct theme *theme = parse_over(NULL, theme_builtin_text, "default.theme", problems);
	g_assert(problems->len == 0);
	return theme;
}

struct theme *theme_parse(const char *text, const char *file, GPtrArray *problems)
{
	struct theme *base = theme_builtin();
	struct theme *theme = parse_over(base, text, file, problems);
	theme_free(base);
	return theme;
}

void theme_free(struct theme *theme)
{
	if (!theme)
		return;
	g_free(theme->name);
	g_free(theme->description);
	g_free(theme);
}
