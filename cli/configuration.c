/* configuration.c - key files to struct config, by the table of config_keys.c. */
#include "config.h"
#include "cli/configuration.h"

#include "backends/environment.h"
#include "backends/secret.h"
#include "backends/trusted_file.h"
#include "cli/config_keys.h"
#include "lab/bdf.h"
#include "lab/keyfile.h"
#include "lab/text.h"
#include "lab/xdg.h"
#include "tui/bindings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void card_note_free(gpointer data)
{
	struct card_note *note = data;
	if (!note)
		return;
	g_free(note->host);
	g_free(note->bdf);
	g_strfreev(note->fans);
	g_free(note->owner);
	g_free(note->note);
	g_free(note);
}

struct config *config_new(void)
{
	struct config *c = g_new0(struct config, 1);
	c->name = text_clean(g_get_host_name(), -1);
	c->interval_ms = 1000;
	c->thermal_warn_c = THERMAL_WARN_C;
	c->thermal_hold_ms = THERMAL_HOLD_MS;
	c->targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
	c->cards = g_ptr_array_new_with_free_func(card_note_free);
	c->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	c->keys_at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	c->speakers = g_hash_table_new(NULL, NULL);
	c->complaints = g_ptr_array_new_with_free_func(g_free);
	c->files = g_ptr_array_new_with_free_func(g_free);
	return c;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	g_free(c->name);
	g_free(c->theme);
	g_free(c->glyphs);
	g_ptr_array_unref(c->targets);
	g_ptr_array_unref(c->cards);
	g_hash_table_unref(c->keys);
	g_hash_table_unref(c->keys_at);
	g_hash_table_unref(c->speakers);
	g_ptr_array_unref(c->complaints);
	g_ptr_array_unref(c->files);
	g_free(c);
}

struct target *config_find_target(const struct config *c, enum target_kind kind, const char *name)
{
	for (guint i = 0; i < c->targets->len; i++) {
		struct target *t = c->targets->pdata[i];
		if (t->kind == kind && g_str_equal(t->name, name))
			return t;
	}
	return NULL;
}

/* ---- one file --------------------------------------------------------------------------------------------------- */

/* Where the pass over a file's lines is, and what the section it is in fills. */
struct reading {
	struct config *config;
	const char *file;
	struct file_standing standing;
	GString *not_run; /* keys that needed more trust than the file has */
	int line;
	const struct config_section *section; /* NULL: not known, or broken: its keys are skipped */
	struct target *target;
	struct card_note *card;
};

static void complain(struct reading *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void complain(struct reading *r, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *line = g_strdup_printf("%s:%d: %s", r->file, r->line, what);
	g_ptr_array_add(r->config->complaints, text_clean(line, -1));
}

static enum target_kind kind_of(const char *section)
{
	for (int i = 0; i < TARGET_COUNT; i++)
		if (g_str_equal(target_kind_names[i], section))
			return i;
	return TARGET_COUNT;
}

/* By which files, believed or not, a target is spoken of. */
enum { SPOKEN_BELIEVED = 1, SPOKEN_NOT = 2 };

static void note_speaker(const struct reading *r)
{
	int speakers = GPOINTER_TO_INT(g_hash_table_lookup(r->config->speakers, r->target));
	speakers |= r->standing.distrust ? SPOKEN_NOT : SPOKEN_BELIEVED;
	g_hash_table_insert(r->config->speakers, r->target, GINT_TO_POINTER(speakers));
}

static void start_target(struct reading *r, enum target_kind kind, const char *name)
{
	g_autofree char *clean = text_clean(name, -1);
	r->target = config_find_target(r->config, kind, clean);
	if (r->target) { /* labtop.d adds to what labtop.conf began */
		note_speaker(r);
		return;
	}
	g_autofree char *origin = g_strdup_printf("%s:%d", r->file, r->line);
	r->target = target_new(kind, name);
	r->target->named = true;
	r->target->origin = g_intern_string(origin);
	g_ptr_array_add(r->config->targets, r->target);
	note_speaker(r);
}

static void start_card(struct reading *r, const char *host, const char *bdf_text)
{
	char bdf[BDF_SIZE];
	if (!bdf_parse(bdf_text, bdf)) {
		complain(r, "[card %s %s]: the second word is a PCI address as 0000:03:00.0; left out", host,
			 bdf_text);
		r->section = NULL;
		return;
	}
	for (guint i = 0; i < r->config->cards->len; i++) {
		struct card_note *note = r->config->cards->pdata[i];
		if (g_str_equal(note->host, host) && g_str_equal(note->bdf, bdf)) {
			r->card = note;
			return;
		}
	}
	r->card = g_new0(struct card_note, 1);
	r->card->host = text_clean(host, -1);
	r->card->bdf = g_strdup(bdf);
	r->card->owner = g_strdup("");
	r->card->note = g_strdup("");
	g_ptr_array_add(r->config->cards, r->card);
}

static void start_section(struct reading *r, const char *title)
{
	g_auto(GStrv) words = g_strsplit(title, " ", -1);
	int names = (int)g_strv_length(words) - 1;
	r->target = NULL;
	r->card = NULL;
	r->section = config_section_by_kind(words[0]);
	if (!r->section) {
		complain(r, "[%s]: no such section; left out", title);
		return;
	}
	if (names != r->section->words) {
		complain(r, "[%s] is written [%s]; left out", title, r->section->title);
		r->section = NULL;
		return;
	}
	enum target_kind kind = kind_of(words[0]);
	if (kind != TARGET_COUNT)
		start_target(r, kind, words[1]);
	else if (g_str_equal(words[0], "card"))
		start_card(r, words[1], words[2]);
}

static enum read_only read_only_of(const char *value)
{
	return g_str_equal(value, "locked") ? READ_ONLY_LOCKED
	       : g_str_equal(value, "no")   ? READ_ONLY_NO
					    : READ_ONLY_YES;
}

static void replace(char **field, const char *value)
{
	g_free(*field);
	*field = text_clean(value, -1);
}

static void set_lab(struct config *c, const char *key, const char *value)
{
	if (g_str_equal(key, "name"))
		replace(&c->name, value);
	else if (g_str_equal(key, "read-only"))
		c->read_only = read_only_of(value);
	else if (g_str_equal(key, "theme"))
		replace(&c->theme, value);
	else if (g_str_equal(key, "glyphs"))
		replace(&c->glyphs, value);
	else if (g_str_equal(key, "interval"))
		duration_parse(value, &c->interval_ms);
	else if (g_str_equal(key, "mouse"))
		c->mouse = g_str_equal(value, "yes");
}

static void set_card(struct card_note *note, const char *key, const char *value)
{
	if (g_str_equal(key, "fans")) {
		g_autofree char *clean = text_clean(value, -1);
		g_strfreev(note->fans);
		note->fans = g_strsplit(clean, ",", -1);
		for (int i = 0; note->fans[i]; i++)
			g_strstrip(note->fans[i]);
	} else if (g_str_equal(key, "riser")) {
		note->riser = tri_of(g_str_equal(value, "yes"));
	} else if (g_str_equal(key, "owner")) {
		replace(&note->owner, value);
	} else if (g_str_equal(key, "note")) {
		replace(&note->note, value);
	}
}

static void set_thermal(struct config *c, const char *key, const char *value)
{
	if (g_str_equal(key, "warn"))
		c->thermal_warn_c = g_ascii_strtod(value, NULL);
	else
		duration_parse(value, &c->thermal_hold_ms);
}

static void set_key(struct reading *r, const char *name, const char *value)
{
	if (!r->section->keys) { /* [keys]: any command */
		g_hash_table_insert(r->config->keys, g_strdup(name), g_strdup(value));
		g_hash_table_insert(r->config->keys_at, g_strdup(name),
				    g_strdup_printf("%s:%d", r->file, r->line));
		return;
	}
	const struct config_key *key = config_key_by_name(r->section, name);
	g_autofree char *why = NULL;
	if (!key) {
		complain(r, "\"%s\" is no key of [%s]; left out", name, r->section->title);
	} else if (config_key_needs_trust(key) && r->standing.distrust) {
		g_string_append_printf(r->not_run, "%s%s", r->not_run->len ? ", " : "", name);
	} else if (key->type == KEY_SECRET && !r->standing.is_private) {
		complain(r,
			 "a password counts only in a file that is yours alone: chmod 600 %s, or use "
			 "password-command",
			 r->file);
	} else if (!config_key_accepts(key, value, &why)) {
		complain(r, "%s %s; left out", name, why);
	} else if (key->type == KEY_SECRET) {
		secret_put(r->target, name, value);
		secret_wipe((char *)value, strlen(value));
	} else if (r->target) {
		if (key->type == KEY_VARIABLE)
			environment_hide(value);
		target_set(r->target, name, value);
	} else if (r->card) {
		set_card(r->card, name, value);
	} else if (g_str_equal(r->section->kind, "lab")) {
		set_lab(r->config, name, value);
	} else if (g_str_equal(r->section->kind, "thermal")) {
		set_thermal(r->config, name, value);
	}
}

void config_read(struct config *c, const char *name, const char *text, gssize len,
		 const struct file_standing *standing)
{
	g_autoptr(GString) not_run = g_string_new(NULL);
	struct reading r = {.config = c, .file = name, .standing = *standing, .not_run = not_run};
	guint first = c->complaints->len;
	struct keyfile *kf = keyfile_read(text, len, name, c->complaints);
	for (guint i = 0; i < kf->lines->len; i++) {
		const struct keyfile_line *line = &g_array_index(kf->lines, struct keyfile_line, i);
		r.line = line->line;
		if (!line->key)
			start_section(&r, line->section);
		else if (r.section)
			set_key(&r, line->key, line->value);
	}
	keyfile_free(kf);
	keyfile_sort_complaints(c->complaints, first, name);
	if (not_run->len) {
		g_autofree char *line =
			g_strdup_printf("%s: %s: left out: %s", name, not_run->str, standing->distrust);
		g_ptr_array_add(c->complaints, text_clean(line, -1));
	}
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* The mode is that of what is read, not of what stood there a moment before: open first, then look. */
static bool read_file(struct config *c, const char *path, const char *folder_distrust, GError **error)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		g_set_error(error, LAB_ERROR, errno == ENOENT ? LAB_ERR_NOT_FOUND : LAB_ERR_SYSTEM,
			    "reading %s: %s", path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	g_autofree char *distrust = folder_distrust ? g_strdup(folder_distrust) : trusted_file(fd, path);
	const struct file_standing standing = {
		.is_private = S_ISREG(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0,
		.distrust = distrust,
	};
	g_autofree char *text = g_malloc(KEYFILE_CAP + 2);
	gssize len = 0, n;
	while (len <= KEYFILE_CAP && (n = read(fd, text + len, (size_t)(KEYFILE_CAP + 1 - len))) > 0)
		len += n;
	int why = errno;
	close(fd);
	if (len == 0 && n < 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "reading %s: %s", path, g_strerror(why));
		return false;
	}
	g_autofree char *name = g_path_get_basename(path);
	config_read(c, name, text, len, &standing);
	secret_wipe(text, (size_t)len);
	g_ptr_array_add(c->files, g_strdup(path));
	return true;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_folder(struct config *c, const char *folder)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	if (!dir)
		return;
	for (const char *name; (name = g_dir_read_name(dir));)
		if (g_str_has_suffix(name, ".conf") && *name != '.')
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(names, by_name);
	g_autofree char *distrust = trusted_folder(folder);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
		g_autoptr(GError) error = NULL;
		if (!read_file(c, path, distrust, &error))
			g_ptr_array_add(c->complaints, text_clean(error->message, -1));
	}
}

/* Only when all files are read: labtop.d may hold the guest. */
static void check_guests(struct config *c)
{
	for (guint i = 0; i < c->targets->len; i++) {
		const struct target *t = c->targets->pdata[i];
		const char *guest = t->kind == TARGET_ENGINE ? target_get(t, "guest") : NULL;
		g_autofree char *clean = guest ? text_clean(guest, -1) : NULL;
		if (clean && !config_find_target(c, TARGET_GUEST, clean))
			g_ptr_array_add(c->complaints,
					g_strdup_printf("%s: [engine %s]: guest = %s: there is no [guest %s]",
							t->origin, t->name, clean, clean));
	}
}

/* A believed file's commands and secrets for a target of which another file speaks: where they are sent might be somebody
 * else's doing. */
static void leave_out(struct config *c, struct target *t)
{
	const struct config_section *section = config_section_by_kind(target_kind_names[t->kind]);
	for (const struct config_key *key = section->keys; key->name; key++) {
		bool told = key->type == KEY_SECRET ? secret_forget(t, key->name)
						    : config_key_needs_trust(key) &&
							      g_hash_table_remove(t->values, key->name);
		if (told)
			g_ptr_array_add(
				c->complaints,
				g_strdup_printf("%s: [%s %s]: %s: left out: a file that others may write "
						"speaks of it too",
						t->origin, section->kind, t->name, key->name));
	}
}

static void leave_out_mixed(struct config *c)
{
	for (guint i = 0; i < c->targets->len; i++)
		if (GPOINTER_TO_INT(g_hash_table_lookup(c->speakers, c->targets->pdata[i])) ==
		    (SPOKEN_BELIEVED | SPOKEN_NOT))
			leave_out(c, c->targets->pdata[i]);
}

static bool is_this_machine(const char *host)
{
	if (g_hostname_is_ip_address(host))
		return g_str_has_prefix(host, "127.") || strcmp(host, "::1") == 0;
	return g_ascii_strcasecmp(host, "localhost") == 0 || g_str_has_suffix(host, ".localhost");
}

/* Whoever stands on the way reads it. Not refused: many an engine has nothing but http, in a network that is trusted. */
static void check_keys(struct config *c)
{
	static const char *const keys[] = {"key-command", "key-file", "key-env"};
	for (guint i = 0; i < c->targets->len; i++) {
		const struct target *t = c->targets->pdata[i];
		const char *url = t->kind == TARGET_ENGINE ? target_get(t, "url") : NULL, *key = NULL;
		for (gsize k = 0; k < G_N_ELEMENTS(keys) && !key; k++)
			key = target_get(t, keys[k]) ? keys[k] : NULL;
		if (!url || !key)
			continue;
		g_autofree char *whole =
			strstr(url, "://") ? g_strdup(url) : g_strconcat("http://", url, NULL);
		g_autoptr(GUri) uri = g_uri_parse(whole, G_URI_FLAGS_NONE, NULL);
		const char *host = uri ? g_uri_get_host(uri) : NULL;
		if (!host || !*host || g_ascii_strcasecmp(g_uri_get_scheme(uri), "http") != 0 ||
		    is_this_machine(host))
			continue;
		g_autofree char *line =
			g_strdup_printf("%s: [engine %s]: the key of %s goes to %s over plain http, where "
					"others can read it",
					t->origin, t->name, key, host);
		g_ptr_array_add(c->complaints, text_clean(line, -1));
	}
}

/* What only the whole configuration can tell. */
static void check_targets(struct config *c)
{
	leave_out_mixed(c);
	check_guests(c);
	check_keys(c);
}

static void refuse_binding(void *data, const char *command, const char *why)
{
	struct config *c = data;
	const char *at = g_hash_table_lookup(c->keys_at, command),
		   *keys = g_hash_table_lookup(c->keys, command);
	g_autofree char *line = g_strdup_printf("%s: [keys] %s = %s: %s; left out", at, command, keys, why);
	g_ptr_array_add(c->complaints, text_clean(line, -1));
}

static bool read_named(struct config *c, const char *file, GError **error)
{
	bool read = read_file(c, file, NULL, error);
	if (!read && error)
		(*error)->code = LAB_ERR_USAGE; /* whoever names a file means one that is there */
	return read;
}

static void read_usual(struct config *c)
{
	g_autofree char *user = xdg_folder("XDG_CONFIG_HOME", ".config");
	g_autofree char *path = g_build_filename(user, "labtop", "labtop.conf", NULL);
	g_autofree char *folder = g_build_filename(user, "labtop", "labtop.d", NULL);
	g_autoptr(GError) why = NULL;
	if (!read_file(c, path, NULL, &why) && why->code != LAB_ERR_NOT_FOUND)
		g_ptr_array_add(c->complaints, text_clean(why->message, -1));
	read_folder(c, folder);
}

/* A file that is none of ours complains of each of its lines. */
static void cap_complaints(struct config *c)
{
	if (c->complaints->len <= COMPLAINTS_MAX)
		return;
	guint more = c->complaints->len - COMPLAINTS_MAX;
	g_ptr_array_set_size(c->complaints, COMPLAINTS_MAX);
	g_ptr_array_add(c->complaints,
			g_strdup_printf("%u more mistakes in the configuration are not shown", more));
}

bool config_load(struct config *c, const char *named_file, GError **error)
{
	bool read = true;
	if (named_file)
		read = read_named(c, named_file, error);
	else
		read_usual(c);
	check_targets(c);
	bindings_check(c->keys, refuse_binding, c);
	cap_complaints(c);
	return read;
}
