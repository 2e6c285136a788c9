/* config_keys.c - the table of sections and keys, and what counts as a good value. */
#include "config.h"
#include "cli/config_keys.h"

#include "lab/bdf.h"
#include "lab/target.h"

#include <string.h>

#define TLS_CHOICES "pin|ca|insecure"

static const struct config_key lab_keys[] = {
	{"name", KEY_TEXT, NULL, "the machine's name", "What the lab is called in the header"},
	{"read-only", KEY_CHOICE, "yes|no|locked", "yes",
	 "Start read-only; with locked no key and no option lifts it"},
	{"theme", KEY_TEXT, NULL, "default", "The colour theme"},
	{"glyphs", KEY_CHOICE, "unicode|block|ascii", "by the locale", "How plots and bars are drawn"},
	{"interval", KEY_DURATION, NULL, "1s", "How often the screen is brought up to date"},
	{"mouse", KEY_BOOL, NULL, "no", "Take the mouse"},
	{"confirm-reversible", KEY_BOOL, NULL, "yes",
	 "Ask before steps that can be undone, too (not used by this version)"},
	{NULL},
};

static const struct config_key vsphere_keys[] = {
	{"url", KEY_URL, NULL, NULL, "https://[user@]host[:port]/sdk of a vCenter or an ESXi host"},
	{"user", KEY_TEXT, NULL, "of the URL", "Who logs in"},
	{"password-command", KEY_COMMAND, NULL, NULL,
	 "Run to get the password: the first line it prints, within ten seconds"},
	{"password", KEY_SECRET, NULL, NULL,
	 "The password itself, only in a file of mode 0600 that is yours; it goes before password-command"},
	{"tls", KEY_CHOICE, TLS_CHOICES, "pin",
	 "How the server is known: by its pinned certificate, by a CA, or not at all"},
	{"ca-file", KEY_TEXT, NULL, "the system's", "Certificates to believe, for tls = ca"},
	{"thumbprint", KEY_PRINT, NULL, NULL, "The certificate's SHA-256 (or SHA-1) thumbprint"},
	{"proxy", KEY_TEXT, NULL, "none", "A proxy for this target; the environment's is not used"},
	{"interval", KEY_DURATION, NULL, "60s",
	 "How often hardware sensors are read, at most once a minute; changes come by themselves"},
	{"first-answer", KEY_DURATION, NULL, "120s",
	 "How long the server may take to begin the answer of a large reading, as the whole inventory"},
	{NULL},
};

static const struct config_key guest_keys[] = {
	{"ssh", KEY_TEXT, NULL, NULL, "[user@]host[:port], or local for this machine"},
	{"ssh-config", KEY_FILE, NULL, "the user's", "A configuration file for ssh (ssh -F)"},
	{"agent", KEY_COMMAND, NULL, "labtop-agent", "What is run in the guest"},
	{"sudo", KEY_BOOL, NULL, "no", "Run the agent by sudo -n; see THE AGENT AS ROOT"},
	{"method", KEY_CHOICE, "auto|agent|shell", "auto",
	 "The agent, or a plain shell where it is not installed"},
	{"interval", KEY_DURATION, NULL, "1s", "How often the cards are read"},
	{"vm", KEY_TEXT, NULL, "found by itself",
	 "The virtual machine that this guest is, as the list of VMs names it"},
	{NULL},
};

static const struct config_key engine_keys[] = {
	{"url", KEY_URL, NULL, NULL, "http://host:port of the engine"},
	{"kind", KEY_CHOICE, "auto|ollama|vllm|llamacpp|llama-swap|comfyui|a1111|openai", "auto",
	 "What answers there"},
	{"guest", KEY_TEXT, NULL, "found by address", "The guest it runs in"},
	{"gpus", KEY_BDF, NULL, "found by processes", "The guest's addresses of the cards it uses"},
	{"unit", KEY_TEXT, NULL, NULL, "Its systemd unit in the guest"},
	{"sleeps", KEY_BOOL, NULL, "no",
	 "A llama-server with --sleep-idle-seconds: asked for less, or it would never fall asleep"},
	{"key-command", KEY_COMMAND, NULL, NULL, "Run to get the API key: the first line it prints"},
	{"key-file", KEY_FILE, NULL, NULL, "A file with the API key in its first line"},
	{"key-env", KEY_VARIABLE, NULL, NULL, "A variable with the API key; no child inherits it"},
	{"ca-file", KEY_TEXT, NULL, "the system's",
	 "Certificates to believe, for an https URL: an authority of one's own, or the engine's own "
	 "certificate"},
	{"proxy", KEY_TEXT, NULL, "none", "A proxy for this target; the environment's is not used"},
	{"interval", KEY_DURATION, NULL, "2s",
	 "How often it is asked; only what cannot wake a model is asked"},
	{NULL},
};

static const struct config_key card_keys[] = {
	{"fans", KEY_LIST, NULL, NULL, "The chassis fans that cool it, by the names of the host's sensors"},
	{"riser", KEY_BOOL, NULL, NULL, "Whether it stands on a riser"},
	{"owner", KEY_TEXT, NULL, NULL, "Whose it is"},
	{"note", KEY_TEXT, NULL, NULL, "What a colleague should know"},
	{NULL},
};

static const struct config_key veeam_keys[] = {
	{"url", KEY_URL, NULL, NULL, "https://host:9419 of the backup server"},
	{"user", KEY_TEXT, NULL, NULL, "Who logs in"},
	{"password-command", KEY_COMMAND, NULL, NULL, "Run to get the password"},
	{"password", KEY_SECRET, NULL, NULL,
	 "The password itself, only in a file of mode 0600 that is yours"},
	{"tls", KEY_CHOICE, TLS_CHOICES, "pin", "How the server is known"},
	{"ca-file", KEY_TEXT, NULL, "the system's", "Certificates to believe, for tls = ca"},
	{"thumbprint", KEY_PRINT, NULL, NULL, "The certificate's thumbprint"},
	{"proxy", KEY_TEXT, NULL, "none", "A proxy for this target"},
	{"interval", KEY_DURATION, NULL, "5m", "How often it is asked"},
	{NULL},
};

static const struct config_key prometheus_keys[] = {
	{"url", KEY_URL, NULL, NULL, "http://host:9090 of the server"},
	{"match", KEY_TEXT, NULL, NULL, "{label=\"value\"} that picks this lab's series"},
	{NULL},
};

static const struct config_key thermal_keys[] = {
	{"warn", KEY_NUMBER, NULL, "85", "Junction temperature in °C from which a card is called hot"},
	{"hold", KEY_DURATION, NULL, "60s", "How long it must stay there"},
	{NULL},
};

static const struct config_key record_keys[] = {
	{"keep", KEY_DURATION, NULL, "7d", "How long history is kept"},
	{"path", KEY_TEXT, NULL, "in the state directory", "Where"},
	{NULL},
};

static const struct config_key alert_keys[] = {
	{"when", KEY_TEXT, NULL, NULL, "METRIC OP NUMBER, as temp_junction_c > 85"},
	{"for", KEY_DURATION, NULL, "60s", "How long it must hold"},
	{"clear", KEY_NUMBER, NULL, NULL, "The value that ends it"},
	{"do", KEY_CHOICE, "bell|desktop|command|webhook", "bell", "What happens then"},
	{"command", KEY_COMMAND, NULL, NULL, "What is run"},
	{"url", KEY_URL, NULL, NULL, "Where it is posted"},
	{NULL},
};

const struct config_section config_sections[] = {
	{"lab", "lab", 0, "The lab and the screen", lab_keys},
	{"vsphere", "vsphere NAME", 1, "A vCenter or an ESXi host", vsphere_keys},
	{"guest", "guest NAME", 1, "A machine with GPUs in it: a VM over ssh, or this machine", guest_keys},
	{"engine", "engine NAME", 1, "An inference engine", engine_keys},
	{"card", "card HOST BDF", 2, "What only a person knows about a card; BDF is the host's address of it",
	 card_keys},
	{"thermal", "thermal", 0, "When a card counts as hot", thermal_keys},
	{"keys", "keys", 0, "COMMAND = KEY…: other keys for a command; see KEYS", NULL},
	{"veeam", "veeam NAME", 1, "A Veeam backup server (not used by this version)", veeam_keys},
	{"prometheus", "prometheus NAME", 1, "A Prometheus server (not used by this version)",
	 prometheus_keys},
	{"record", "record", 0, "Local history (not used by this version)", record_keys},
	{"alert", "alert NAME", 1, "What is told to whom (not used by this version)", alert_keys},
	{NULL},
};

const struct config_section *config_section_by_kind(const char *kind)
{
	for (const struct config_section *s = config_sections; s->kind; s++)
		if (g_str_equal(s->kind, kind))
			return s;
	return NULL;
}

const struct config_key *config_key_by_name(const struct config_section *section, const char *name)
{
	for (const struct config_key *k = section->keys; k && k->name; k++)
		if (g_str_equal(k->name, name))
			return k;
	return NULL;
}

static bool all_bdfs(const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ",", -1);
	for (int i = 0; words[i]; i++) {
		char bdf[BDF_SIZE];
		if (!bdf_parse(g_strstrip(words[i]), bdf))
			return false;
	}
	return true;
}

static bool one_of(const char *choices, const char *value)
{
	g_auto(GStrv) words = g_strsplit(choices, "|", -1);
	return g_strv_contains((const char *const *)words, value);
}

static bool is_number(const char *value)
{
	char *end;
	g_ascii_strtod(value, &end);
	return end != value && *end == '\0';
}

/* By its length alone: a print that was cut while it was copied would look like a changed certificate. */
static bool is_print(const char *value)
{
	static const char *const names[] = {"SHA256:", "SHA-256:", "SHA1:", "SHA-1:"};
	int digits = 0;
	if (g_str_has_prefix(value, "sha256//"))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strncasecmp(value, names[i], strlen(names[i])) == 0)
			value += strlen(names[i]);
	for (; *value; value++) {
		if (!g_ascii_isxdigit(*value) && *value != ':' && *value != ' ')
			return false;
		digits += g_ascii_isxdigit(*value) ? 1 : 0;
	}
	return digits == 64 || digits == 40;
}

static bool url_has_password(const char *value)
{
	const char *start = strstr(value, "://");
	start = start ? start + 3 : value;
	/* the last @ divides: a user may be NAME@DOMAIN */
	const char *at = g_strrstr_len(start, (gssize)strcspn(start, "/?#"), "@");
	return at && memchr(start, ':', (size_t)(at - start));
}

bool config_key_needs_trust(const struct config_key *key)
{
	return key->type == KEY_COMMAND || key->type == KEY_FILE || key->type == KEY_VARIABLE;
}

bool config_key_accepts(const struct config_key *key, const char *value, char **why_out)
{
	const char *why = NULL;
	gint64 ms;
	g_autofree char *choices = NULL;
	switch (key->type) {
	case KEY_BOOL:
		why = one_of("yes|no", value) ? NULL : "is yes or no";
		break;
	case KEY_DURATION:
		why = duration_parse(value, &ms) ? NULL : "is a duration as 500ms 30s 10m 4h 7d";
		break;
	case KEY_CHOICE:
		choices = g_strdup_printf("is one of %s", key->choices);
		why = one_of(key->choices, value) ? NULL : choices;
		break;
	case KEY_NUMBER:
		why = is_number(value) ? NULL : "is a number";
		break;
	case KEY_COMMAND:
		why = !*value ? "needs a value"
		      : g_shell_parse_argv(value, NULL, NULL, NULL)
			      ? NULL
			      : "is a command line with its quotes closed";
		break;
	case KEY_URL:
		why = !*value                   ? "is a URL"
		      : url_has_password(value) ? "is a URL without a password: use password-command"
						: NULL;
		break;
	case KEY_BDF:
		why = all_bdfs(value) ? NULL : "is a PCI address as 0000:03:00.0";
		break;
	case KEY_PRINT:
		why = is_print(value) ? NULL
				      : "is a thumbprint of 64 hexadecimal digits (SHA-256) or 40 (SHA-1)";
		break;
	default:
		why = *value ? NULL : "needs a value";
	}
	if (why)
		*why_out = g_strdup(why);
	return why == NULL;
}
