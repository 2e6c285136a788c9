/* redact.c - takes secrets out of text that people will read: command lines, log lines, traces.
 *
 * Works by the name before the value ("--api-key X", "TOKEN=X", "password: X", <password>X<), by well-known shapes of
 * keys, and on the userinfo of URLs. It errs on the side of hiding.
 */
#include "config.h"

#include "lab/text.h"

#include <string.h>

#define HIDDEN "***"

/* A name that ends with one of these is followed by a secret. ("max_tokens" and "tokenizer" are not.) */
static const char *const secret_names[] = {
	"token", "password",     "passwd",       "passphrase",  "pwd",        "secret",    "apikey",
	"-key",  "_key",         "cookie",       "credentials", "bearer",     "--pass",    "authorization",
	"auth",  "soap_session", "soap-session", "session-id",  "session_id", "sessionid",
};

/* Keys that are known by their first letters, wherever they stand. */
static const char *const secret_prefixes[] = {"hf_",   "sk-",  "ghp_", "github_pat_", "glpat-", "xoxb-",
					      "xoxp-", "AKIA", "gsk_", "nvapi-",      "eyJ"};

static const char *const schemes[] = {"bearer", "basic", "digest", "token", "negotiate", "ntlm"};

static bool in_name(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-';
}

static bool in_value(char c)
{
	return c && !g_ascii_isspace(c) && !strchr("\"'<>&,;)]}", c);
}

static size_t span(const char *s, bool (*holds)(char))
{
	size_t n = 0;
	while (holds(s[n]))
		n++;
	return n;
}

static bool names_a_secret(const char *name, size_t len)
{
	for (size_t i = 0; i < G_N_ELEMENTS(secret_names); i++) {
		size_t n = strlen(secret_names[i]);
		if (len >= n && g_ascii_strncasecmp(name + len - n, secret_names[i], n) == 0)
			return true;
	}
	return false;
}

static bool looks_like_a_key(const char *word, size_t len)
{
	for (size_t i = 0; len >= 16 && i < G_N_ELEMENTS(secret_prefixes); i++)
		if (g_str_has_prefix(word, secret_prefixes[i]))
			return true;
	return false;
}

static bool is_scheme(const char *word, size_t len)
{
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (len == strlen(schemes[i]) && g_ascii_strncasecmp(word, schemes[i], len) == 0)
			return true;
	return false;
}

/* What stands between a name and its value: "=", ": ", '":"', ">" of a start tag, or blanks after an option or a scheme. 0
 * when no value follows. */
static size_t separator(const char *s, bool blank_is_enough)
{
	size_t n = 0;
	bool sign = false;
	for (; s[n] && strchr(" \t\"'=:>", s[n]); n++)
		if (strchr("=:>", s[n])) {
			if (sign && s[n] != '>')
				break;
			sign = true;
		}
	return sign || blank_is_enough ? n : 0;
}

/* A word of a shell: "--api-key=a;b", "TOKEN=a&b". */
static bool in_word(char c)
{
	return c && !g_ascii_isspace(c) && !strchr("\"'<>", c);
}

/* The parts of a signed token are divided by dots. */
static bool in_key(char c)
{
	return in_name(c) || c == '.';
}

/* The end of the value at s; open is the quote that was opened before it, or 0. */
static size_t value_length(const char *s, char open, bool is_word)
{
	if (!open)
		return span(s, is_word ? in_word : in_value);
	size_t n = 0;
	while (s[n] && s[n] != open)
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n;
}

/* A cookie header is hidden to its end: there may be several in it, quoted as they like. */
static bool is_cookie(const char *name, size_t len)
{
	return len >= 6 && g_ascii_strncasecmp(name + len - 6, "cookie", 6) == 0;
}

/* Copies the separator between name and value and hides the value; gives the bytes behind the name that are done with. */
static size_t hide_value(GString *out, const char *begin, const char *name, size_t name_len)
{
	const char *s = name + name_len;
	bool is_word = *s == '=' && (name == begin || g_ascii_isspace(name[-1]));
	bool blank_is_enough = *name == '-' || (name_len == 6 && g_ascii_strncasecmp(name, "bearer", 6) == 0);
	size_t gap = separator(s, blank_is_enough);
	if (!gap)
		return 0;
	char open = s[gap - 1] == '"' || s[gap - 1] == '\'' ? s[gap - 1] : 0;
	g_string_append_len(out, s, (gssize)gap);
	size_t word = span(s + gap, in_name);
	if (is_scheme(s + gap, word) && s[gap + word] == ' ') {
		g_string_append_len(out, s + gap, (gssize)word + 1);
		gap += word + 1;
	}
	size_t n =
		is_cookie(name, name_len) ? strcspn(s + gap, "'\r\n") : value_length(s + gap, open, is_word);
	if (n)
		g_string_append(out, HIDDEN);
	return gap + n;
}

/* In an element everything up to the next tag is its value, whatever stands in it. */
static size_t hide_content(GString *out, const char *begin, const char *name, size_t name_len)
{
	const char *s = name + name_len, *close = s + strcspn(s, "<>");
	size_t n = *close == '>' ? strcspn(close + 1, "<") : 0;
	if (name == begin || !strchr("<:", name[-1]) || *close != '>' || close[-1] == '/' || !close[1 + n])
		return hide_value(out, begin, name, name_len);
	g_string_append_len(out, s, close + 1 - s);
	if (n)
		g_string_append(out, HIDDEN);
	return (size_t)(close + 1 - s) + n;
}

/* "//user:password@": true when s stands behind "//" and a userinfo with a password follows. Its last @ ends it. */
static bool has_userinfo(const char *s, size_t *user, size_t *all)
{
	const char *at = g_strrstr_len(s, (gssize)strcspn(s, "/?# \t\n\"'"), "@");
	*all = at ? (size_t)(at - s) : 0;
	*user = strcspn(s, ":");
	return at && *user < *all;
}

/* "session[5286f8b4-...]52a4...": vSphere names views and collectors by the session that made them, and whoever has its id is
 * logged in. Bytes up to its bracket; 0: it is none. */
static size_t session_id(const char *s, size_t word)
{
	if (word != strlen("session") || strncmp(s, "session[", word + 1) != 0)
		return 0;
	size_t n = span(s + word + 1, in_name);
	return n >= 8 && s[word + 1 + n] == ']' ? n : 0;
}

char *text_redact(const char *s)
{
	const char *begin = s;
	GString *out = g_string_new(NULL);
	for (size_t used; *s; s += used) {
		size_t user, all, word = span(s, in_name);
		if (g_str_has_prefix(s, "//") && has_userinfo(s + 2, &user, &all)) {
			g_string_append_len(out, s, (gssize)user + 3);
			g_string_append(out, HIDDEN);
			used = all + 2;
		} else if (session_id(s, word)) {
			g_string_append(out, "session[" HIDDEN);
			used = word + 1 + session_id(s, word);
		} else if (looks_like_a_key(s, word)) {
			g_string_append(out, HIDDEN);
			used = span(s, in_key);
		} else if (word) {
			g_string_append_len(out, s, (gssize)word);
			used = word;
			if (names_a_secret(s, word))
				used += hide_content(out, begin, s, word);
		} else {
			g_string_append_c(out, *s);
			used = 1;
		}
	}
	return g_string_free(out, FALSE);
}
