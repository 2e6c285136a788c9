/* ssh.c - see ssh.h. The user's OpenSSH client does it all: keys, agents, jump hosts, known_hosts. labtop never answers its
 * questions and never edits its files.
 */
#include "config.h"

#include "backends/guest/ssh.h"

#include "lab/text.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SSH_FAILED 255 /* ssh(1), EXIT STATUS */

/* ---- where --------------------------------------------------------------------------------------------------- */

static bool port_parse(const char *text, int *port)
{
	char *end;
	guint64 n = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
	if (n < 1 || n > 65535 || *end)
		return false;
	*port = (int)n;
	return true;
}

/* A host or user that ssh could take for an option, or that breaks a line, is refused. */
static bool is_plain_word(const char *word)
{
	if (!*word || *word == '-')
		return false;
	for (; *word; word++)
		if (!g_ascii_isgraph(*word) || strchr("\"'`$\\;&|<>(){}!*?", *word))
			return false;
	return true;
}

/* host, host:port, [v6], [v6]:port, v6 */
static bool host_parse(const char *text, struct ssh_place *out)
{
	const char *colon = strchr(text, ':');
	const char *close = *text == '[' ? strchr(text, ']') : NULL;
	if (*text == '[') {
		if (!close || (close[1] && (close[1] != ':' || !port_parse(close + 2, &out->port))))
			return false;
		out->host = g_strndup(text + 1, (gsize)(close - text - 1));
	} else if (colon && !strchr(colon + 1, ':')) {
		if (!port_parse(colon + 1, &out->port))
			return false;
		out->host = g_strndup(text, (gsize)(colon - text));
	} else {
		out->host = g_strdup(text);
	}
	return is_plain_word(out->host);
}

bool ssh_place_parse(const char *text, struct ssh_place *out, GError **error)
{
	*out = (struct ssh_place){0};
	if (!text) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
			    "its section says no place: ssh = [user@]host[:port], or ssh = local for this "
			    "machine");
		return false;
	}
	const char *at = strrchr(text, '@');
	if (at)
		out->user = g_strndup(text, (gsize)(at - text));
	if ((!at || is_plain_word(out->user)) && host_parse(at ? at + 1 : text, out))
		return true;
	ssh_place_clear(out);
	g_autofree char *clean = text_clean(text, -1);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "ssh = %s: not of the form [user@]host[:port]", clean);
	return false;
}

void ssh_place_clear(struct ssh_place *p)
{
	g_free(p->user);
	g_free(p->host);
	*p = (struct ssh_place){0};
}

bool guest_is_local(const struct target *t)
{
	return g_strcmp0(target_get(t, "ssh"), "local") == 0;
}

/* ---- what is run --------------------------------------------------------------------------------------------- */

static void add(GPtrArray *argv, const char *word)
{
	g_ptr_array_add(argv, g_strdup(word));
}

static void add_number(GPtrArray *argv, int n)
{
	g_ptr_array_add(argv, g_strdup_printf("%d", n));
}

static char **finish(GPtrArray *argv)
{
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* The agent that came with this program: beside it (also in a build directory), in the package's own place, else in PATH. */
static char *own_agent(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *here = self ? g_path_get_dirname(self) : NULL;
	const char *places[] = {here, PKGLIBEXECDIR};
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autofree char *path = places[i] ? g_build_filename(places[i], "labtop-agent", NULL) : NULL;
		if (path && access(path, X_OK) == 0)
			return g_steal_pointer(&path);
	}
	return g_strdup("labtop-agent");
}

static bool add_own_command(GPtrArray *argv, const char *command, GError **error)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) bad = NULL;
	if (!g_shell_parse_argv(command, NULL, &words, &bad)) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "agent: %s", bad->message);
		return false;
	}
	for (char **word = words; *word; word++)
		add(argv, *word);
	return true;
}

static char **local_argv(const struct target *t, enum guest_method method, int interval_ms, GError **error)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	const char *command = target_get(t, "agent");
	if (target_bool(t, "sudo", false)) {
		add(argv, "sudo");
		add(argv, "-n");
	}
	if (method == METHOD_SHELL) {
		add(argv, "sh");
		add(argv, "-s");
		add_number(argv, interval_ms);
		return finish(argv);
	}
	if (!command)
		g_ptr_array_add(argv, own_agent());
	else if (!add_own_command(argv, command, error)) {
		g_ptr_array_free(argv, TRUE);
		return NULL;
	}
	add(argv, "--interval");
	add_number(argv, interval_ms);
	return finish(argv);
}

/* No questions, no forwarding, no terminal; a peer that is gone is noticed within 15 s. */
static const char *const ssh_options[] = {
	"BatchMode=yes",           "StrictHostKeyChecking=yes", "Compression=yes", "ConnectTimeout=10",
	"ServerAliveInterval=5",   "ServerAliveCountMax=3",     "ForwardAgent=no", "ForwardX11=no",
	"ClearAllForwardings=yes", "PermitLocalCommand=no",     "EscapeChar=none", "RequestTTY=no",
};

static char **ssh_argv(const struct target *t, const struct ssh_place *place, const char *command)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	const char *config = target_get(t, "ssh-config");
	add(argv, "ssh");
	for (size_t i = 0; i < G_N_ELEMENTS(ssh_options); i++) {
		add(argv, "-o");
		add(argv, ssh_options[i]);
	}
	if (config) {
		add(argv, "-F");
		add(argv, config);
	}
	if (place->port) {
		add(argv, "-p");
		add_number(argv, place->port);
	}
	if (place->user) {
		add(argv, "-l");
		add(argv, place->user);
	}
	add(argv, "--");
	add(argv, place->host);
	add(argv, command);
	return finish(argv);
}

char **guest_argv(const struct target *t, enum guest_method method, int interval_ms, GError **error)
{
	const char *agent = target_get(t, "agent"), *sudo = target_bool(t, "sudo", false) ? "sudo -n " : "";
	struct ssh_place place;
	if (guest_is_local(t))
		return local_argv(t, method, interval_ms, error);
	if (!ssh_place_parse(target_get(t, "ssh"), &place, error))
		return NULL;
	g_autofree char *command = method == METHOD_SHELL
					   ? g_strdup_printf("%ssh -s %d", sudo, interval_ms)
					   : g_strdup_printf("%s%s --interval %d", sudo,
							     agent ? agent : "labtop-agent", interval_ms);
	char **argv = ssh_argv(t, &place, command);
	ssh_place_clear(&place);
	return argv;
}

/* ---- how it ended -------------------------------------------------------------------------------------------- */

/* What OpenSSH says in its own words, in the order in which they decide. */
static const struct {
	const char *said;
	enum lab_error code;
} ssh_words[] = {
	{"REMOTE HOST IDENTIFICATION HAS CHANGED", LAB_ERR_TRUST},
	{"Host key verification failed", LAB_ERR_TRUST},
	{"host key is known for", LAB_ERR_TRUST},
	{"Permission denied", LAB_ERR_AUTH},
	{"Too many authentication failures", LAB_ERR_AUTH},
	{"Could not resolve hostname", LAB_ERR_NAME},
	{"Bad configuration option", LAB_ERR_USAGE},
	{"Can't open user config file", LAB_ERR_USAGE},
	{"terminating, ", LAB_ERR_USAGE}, /* "FILE: terminating, 1 bad configuration options" */
};

static enum lab_error ssh_code(const char *words)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ssh_words); i++)
		if (strstr(words, ssh_words[i].said))
			return ssh_words[i].code;
	return LAB_ERR_UNREACHABLE;
}

/* The word that begins with "SHA256:", or "". */
static char *fingerprint_in(const char *words)
{
	const char *at = strstr(words, "SHA256:");
	g_autofree char *raw =
		at ? g_strndup(at, strspn(at, "SHA256:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					      "0123456789+/="))
		   : g_strdup("");
	return text_clean(raw, -1);
}

/* What a person runs to look at the key and decide; the same way in as ours, without our options. */
static char *command_to_try(const struct target *t)
{
	const char *config = target_get(t, "ssh-config");
	struct ssh_place place;
	if (!ssh_place_parse(target_get(t, "ssh"), &place, NULL))
		return g_strdup("ssh");
	GString *out = g_string_new("ssh");
	if (config)
		g_string_append_printf(out, " -F %s", config);
	if (place.port)
		g_string_append_printf(out, " -p %d", place.port);
	g_string_append_printf(out, " %s%s%s", place.user ? place.user : "", place.user ? "@" : "",
			       place.host);
	ssh_place_clear(&place);
	return g_string_free(out, FALSE);
}

static GError *trust_error(const struct target *t, const char *words)
{
	g_autofree char *command = command_to_try(t), *print = fingerprint_in(words);
	if (strstr(words, "HAS CHANGED"))
		return g_error_new(LAB_ERROR, LAB_ERR_TRUST,
				   "its host key has changed%s%s: machine reinstalled, or someone in the "
				   "middle; when you know why, "
				   "remove the old key (ssh-keygen -R) and run: %s",
				   *print ? " to " : "", print, command);
	return g_error_new(LAB_ERROR, LAB_ERR_TRUST,
			   "its host key is not known; run this once and compare the fingerprint: %s",
			   command);
}

bool guest_has_no_agent(int status, const char *words)
{
	if (!WIFEXITED(status))
		return false;
	/* 127 and 126 are the shells' words; csh and sudo end with 1 and say it. */
	return WEXITSTATUS(status) == 127 || WEXITSTATUS(status) == 126 ||
	       (WEXITSTATUS(status) == 1 && strcasestr(words, "command not found"));
}

GError *guest_end_reason(const struct target *t, int status, const char *words, const char *last_words)
{
	const char *said = *last_words ? last_words : "it says nothing";
	enum lab_error code = ssh_code(words);
	if (WIFSIGNALED(status))
		return g_error_new(LAB_ERROR, LAB_ERR_PROTOCOL, "%s was ended by signal %d",
				   guest_is_local(t) ? "labtop-agent" : "ssh", WTERMSIG(status));
	/* Without a word it was not ssh that failed to connect. */
	if (!guest_is_local(t) && WEXITSTATUS(status) == SSH_FAILED && !*last_words)
		return g_error_new(LAB_ERROR, LAB_ERR_UNREACHABLE,
				   "the connection was lost, or its agent killed");
	if (!guest_is_local(t) && WEXITSTATUS(status) == SSH_FAILED)
		return code == LAB_ERR_TRUST
			       ? trust_error(t, words)
			       : g_error_new(LAB_ERROR, (int)code, "%s%s",
					     g_str_has_prefix(said, "ssh: ") ? "" : "ssh: ", said);
	if (guest_has_no_agent(status, words))
		return g_error_new(LAB_ERROR, LAB_ERR_NOT_FOUND, "labtop-agent cannot be run there: %s",
				   said);
	if (strstr(words, "a password is required") || strstr(words, "a terminal is required"))
		return g_error_new(LAB_ERROR, LAB_ERR_DENIED, "sudo asks for a password there: %s", said);
	if (WEXITSTATUS(status) == 0)
		return g_error_new(LAB_ERROR, LAB_ERR_UNREACHABLE, "the stream ended");
	return g_error_new(LAB_ERROR, LAB_ERR_NOT_FOUND, "the agent ended with status %d: %s",
			   WEXITSTATUS(status), said);
}
