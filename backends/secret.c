/* secret.c - the one arena that holds secrets, and the places they are asked from. */
#include "config.h"

#include "backends/secret.h"

#include "backends/child.h"
#include "lab/error.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_BYTES (64 * 1024)
#define COMMAND_MS  10000
#define HIDE_MIN    4 /* shorter ones would star out innocent text */

struct secret {
	struct secret *next;
	enum target_kind kind;
	bool asked; /* from a command or file: may be asked again */
	bool stale; /* refused: hidden still, but not given any more */
	char *target, *key;
	const char *text; /* in an arena */
};

struct arena {
	struct arena *next;
	size_t used;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct secret *secrets;
static struct arena *arenas;

void secret_wipe(void *p, size_t n)
{
	if (n)
		explicit_bzero(p, n);
}

/* From now on there is something to steal. The sanitizers' leak check needs ptrace, so not under them. */
static void shut_the_doors(void)
{
	const struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_SANITIZERS
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

static struct arena *arena_new(struct arena *next)
{
	struct arena *a = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a == MAP_FAILED)
		g_error("cannot map memory for secrets: %s", g_strerror(errno));
	/* Where RLIMIT_MEMLOCK forbids locking it may be swapped out; going without a password would not be better. */
	mlock(a, ARENA_BYTES);
	madvise(a, ARENA_BYTES, MADV_DONTDUMP);
	madvise(a, ARENA_BYTES, MADV_DONTFORK);
	a->next = next;
	a->used = sizeof *a;
	return a;
}

/* With the lock held. */
static const char *arena_keep(const char *text)
{
	size_t n = strlen(text) + 1;
	g_assert(n <= SECRET_CAP + 1);
	if (!arenas)
		shut_the_doors();
	if (!arenas || arenas->used + n > ARENA_BYTES)
		arenas = arena_new(arenas);
	char *at = (char *)arenas + arenas->used;
	memcpy(at, text, n);
	arenas->used += n;
	return at;
}

static bool is_of(const struct secret *s, const struct target *t, const char *key)
{
	return s->kind == t->kind && strcmp(s->target, t->name) == 0 && strcmp(s->key, key) == 0;
}

static const char *keep(const struct target *t, const char *key, const char *text, bool asked)
{
	struct secret *s = g_new0(struct secret, 1);
	s->kind = t->kind;
	s->target = g_strdup(t->name);
	s->key = g_strdup(key);
	s->asked = asked;
	pthread_mutex_lock(&lock);
	s->text = arena_keep(text);
	s->next = secrets;
	secrets = s;
	pthread_mutex_unlock(&lock);
	return s->text;
}

void secret_put(const struct target *t, const char *key, const char *text)
{
	if (strlen(text) <= SECRET_CAP)
		keep(t, key, text, false);
}

static const char *kept(const struct target *t, const char *key)
{
	const char *text = NULL;
	pthread_mutex_lock(&lock);
	for (struct secret *s = secrets; s && !text; s = s->next)
		if (is_of(s, t, key) && !s->stale)
			text = s->text;
	pthread_mutex_unlock(&lock);
	return text;
}

void secret_ask_again(const struct target *t, const char *key)
{
	pthread_mutex_lock(&lock);
	for (struct secret *s = secrets; s; s = s->next)
		if (is_of(s, t, key) && s->asked)
			s->stale = true;
	pthread_mutex_unlock(&lock);
}

bool secret_forget(const struct target *t, const char *key)
{
	bool any = false;
	pthread_mutex_lock(&lock);
	for (struct secret *s = secrets; s; s = s->next)
		if (is_of(s, t, key) && !s->stale)
			any = s->stale = true;
	pthread_mutex_unlock(&lock);
	return any;
}

static char *ask_command(const char *command, GError **error)
{
	g_auto(GStrv) argv = NULL;
	g_autoptr(GError) bad = NULL;
	if (!g_shell_parse_argv(command, NULL, &argv, &bad)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s", bad->message);
		return NULL;
	}
	return child_first_line((const char *const *)argv, COMMAND_MS, error);
}

/* What is asked is what was opened, whatever stands under its name by now. */
static bool is_private(int fd, const char *path, GError **error)
{
	struct stat st;
	if (fstat(fd, &st) != 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: %s", path, g_strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s is no file", path);
		return false;
	}
	if (st.st_uid != geteuid()) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s holds a secret and belongs to somebody else",
			    path);
		return false;
	}
	if (st.st_mode & 077) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
			    "%s holds a secret and others may read it: chmod 600 %s", path, path);
		return false;
	}
	return true;
}

int secret_file_open(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: %s", path, g_strerror(errno));
	} else if (!is_private(fd, path, error)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static char *ask_file(const char *path, GError **error)
{
	char text[SECRET_CAP + 2]; /* a byte more than it may be, so that a longer one is seen to be */
	int fd = secret_file_open(path, error);
	if (fd < 0)
		return NULL;
	ssize_t n = read(fd, text, sizeof text - 1);
	int why = errno;
	close(fd);
	if (n < 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: %s", path, g_strerror(why));
		return NULL;
	}
	text[n] = 0;
	char *line = g_strndup(text, strcspn(text, "\r\n"));
	secret_wipe(text, sizeof text);
	return line;
}

const char *secret_find(const struct target *t, const char *key, GError **error)
{
	g_autofree char *command_key = g_strconcat(key, "-command", NULL),
			*file_key = g_strconcat(key, "-file", NULL);
	const char *command = target_get(t, command_key), *file = target_get(t, file_key),
		   *text = kept(t, key);
	const char *asked_by = command ? command_key : file_key;
	if (text || (!command && !file))
		return text;
	g_autoptr(GError) why = NULL;
	char *line = command ? ask_command(command, &why) : ask_file(file, &why);
	if (line && strlen(line) > SECRET_CAP)
		g_set_error(&why, LAB_ERROR, LAB_ERR_USAGE, "more than %d bytes", SECRET_CAP);
	else if (line)
		text = keep(t, key, line, true);
	if (line)
		secret_wipe(line, strlen(line));
	g_free(line);
	if (!text)
		/* AUTH: not tried again by itself; each try might pop up somebody's agent. */
		g_set_error(error, LAB_ERROR, LAB_ERR_AUTH, "%s: %s", asked_by, why->message);
	return text;
}

/* ---- hiding -------------------------------------------------------------------------------------------------- */

static char *as_json(const char *text)
{
	GString *out = g_string_new(NULL);
	for (; *text; text++)
		g_string_append_printf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
	return g_string_free(out, FALSE);
}

static void hide_form(GString *text, char *take_form)
{
	g_string_replace(text, take_form, "***", 0);
	secret_wipe(take_form, strlen(take_form));
	g_free(take_form);
}

void secret_hide(GString *text)
{
	pthread_mutex_lock(&lock);
	for (struct secret *s = secrets; s; s = s->next) {
		if (strlen(s->text) < HIDE_MIN)
			continue;
		hide_form(text, g_strdup(s->text));
		hide_form(text, g_markup_escape_text(s->text, -1));
		hide_form(text, g_uri_escape_string(s->text, NULL, FALSE));
		hide_form(text, as_json(s->text));
	}
	pthread_mutex_unlock(&lock);
}

void secret_wipe_all(void)
{
	pthread_mutex_lock(&lock);
	for (struct secret *s = secrets, *next; s; s = next) {
		next = s->next;
		g_free(s->target);
		g_free(s->key);
		g_free(s);
	}
	for (struct arena *a = arenas, *next; a; a = next) {
		next = a->next;
		secret_wipe(a, ARENA_BYTES);
		munmap(a, ARENA_BYTES);
	}
	secrets = NULL;
	arenas = NULL;
	pthread_mutex_unlock(&lock);
}
