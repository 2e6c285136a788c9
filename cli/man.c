/* man.c - the manual pages labtop(1), labtop.conf(5) and labtop-themes(5). */
#include "config.h"
#include "cli/generate.h"

#include "cli/config_keys.h"
#include "cli/help.h"
#include "tui/global.h"
#include "tui/role.h"
#include "tui/views.h"

#include <string.h>

#define KEYS_MAX 16 /* of one command or motion */

/* Text so that troff prints it as it stands. */
static void put(GString *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		bool line_start = out->len == 0 || out->str[out->len - 1] == '\n';
		if (*p == '\\')
			g_string_append(out, "\\e");
		else if (*p == '-')
			g_string_append(out, "\\-");
		else if (line_start && (*p == '.' || *p == '\''))
			g_string_append_printf(out, "\\&%c", *p);
		else
			g_string_append_c(out, *p);
	}
}

static void bold(GString *out, const char *text)
{
	g_string_append(out, "\\fB");
	put(out, text);
	g_string_append(out, "\\fR");
}

static void page(GString *out, const char *title, const char *section, const char *name, const char *brief)
{
	g_string_append_printf(out,
			       ".\\\" Made by labtop --generate; edit the tables in the source instead.\n"
			       ".TH %s %s \"\" \"labtop " PACKAGE_VERSION "\" \"labtop\"\n"
			       ".ad l\n" /* a line of two long words cannot be stretched to both margins */
			       ".SH NAME\n",
			       title, section);
	put(out, name);
	g_string_append(out, " \\- ");
	put(out, brief);
	g_string_append(out, "\n");
}

static void heading(GString *out, const char *title)
{
	g_string_append_printf(out, ".SH %s\n", title);
}

static void paragraph(GString *out, const char *text)
{
	g_string_append(out, ".PP\n");
	put(out, text);
	g_string_append(out, "\n");
}

static void item(GString *out, const char *name, const char *text)
{
	g_string_append(out, ".TP\n");
	bold(out, name);
	g_string_append_c(out, '\n');
	put(out, text);
	g_string_append(out, "\n");
}

/* Lines as they stand. None is too long here, so what has any length, as a path of the installation, goes here too. */
static void verbatim(GString *out, const char *text)
{
	g_string_append(out, ".PP\n.nf\n.RS\n");
	put(out, text);
	g_string_append(out, ".RE\n.fi\n");
}

/* ---- labtop(1) -------------------------------------------------------------------------------------------------- */

static void options(GString *out, const struct verb *verb, bool common)
{
	for (const struct option_info *o = options_all; o->name; o++) {
		if (!verb_has_option(verb, o) || option_is_common(o) != common)
			continue;
		g_autoptr(GString) name = g_string_new(NULL);
		help_option_name(o, name);
		item(out, name->str, o->help);
	}
}

static void verbs(GString *out)
{
	for (const struct verb *v = verbs_all + 1; v->brief; v++) {
		g_autofree char *name = g_strconcat(v->name, *v->words ? " " : "", v->words, NULL);
		g_string_append(out, ".SS ");
		put(out, name);
		g_string_append_c(out, '\n');
		put(out, v->help);
		g_string_append_c(out, '\n');
		options(out, v, false);
	}
}

/* "q, ctrl-c", as [keys] takes them; of a command without keys how it is called by its name. */
static char *spell_keys(const char *text, const char *name)
{
	int keys[KEYS_MAX];
	char bad[32], spelled[24];
	GString *out = g_string_new(NULL);
	int n = keys_parse(text, keys, KEYS_MAX, bad);
	for (int i = 0; i < n; i++) {
		key_spell(keys[i], spelled, sizeof spelled);
		g_string_append_printf(out, "%s%s", i ? ", " : "", spelled);
	}
	if (n <= 0)
		g_string_append_printf(out, ":%s", name);
	return g_string_free(out, FALSE);
}

static void commands(GString *out, const struct command *table)
{
	for (const struct command *cmd = table; cmd && cmd->name; cmd++) {
		g_autofree char *keys = spell_keys(cmd->keys, cmd->name);
		g_autofree char *text = g_strdup_printf("%s (%s)", cmd->help, cmd->name);
		item(out, keys, text);
	}
}

static void keys(GString *out)
{
	heading(out, "KEYS");
	paragraph(out,
		  "? shows the keys of the view that is shown, : calls any command by its name, which "
		  "stands in brackets here and gets other keys in [keys] of labtop.conf(5). Keys only look; "
		  "a command that changes something is reached by a or :.");
	g_string_append(out, ".SS In every view\n");
	for (const struct motion *m = global_motions; m->keys; m++) {
		g_autofree char *spelled = spell_keys(m->keys, "");
		g_autofree char *text = g_strdup_printf("%s.", m->help);
		item(out, m->label ? m->label : spelled, text);
	}
	commands(out, global_commands);
	for (int v = 0; views_all[v]; v++) {
		if (!views_all[v]->commands)
			continue;
		g_string_append_printf(out, ".SS In %s\n", views_all[v]->name);
		commands(out, views_all[v]->commands);
	}
}

/* What keys are called, for labtop(1) and labtop.conf(5). */
static void key_names(GString *out)
{
	g_autoptr(GString) words =
		g_string_new("A key is a character, f1 to f12, ctrl- and a letter, alt- and "
			     "any other, or one of these words:");
	for (guint i = 0; key_word(i); i++)
		g_string_append_printf(words, "%s %s", i ? "," : "", key_word(i));
	g_string_append(words, ". Upper and lower case count for single characters only.");
	paragraph(out, words->str);
}

static void script_syntax(GString *out)
{
	heading(out, "KEYS OF SNAPSHOT");
	paragraph(out, "--keys STRING is pressed key by key before the frame is taken: characters as they "
		       "stand, names in angle brackets, and \\e esc, \\r and \\n enter, \\t tab, \\xHH the "
		       "character of that number, "
		       "\\\\ and \\< the characters themselves.");
	verbatim(out, "labtop snapshot --demo --view vms --keys '/llm<enter><down><enter>'\n");
	key_names(out);
}

static void environment(GString *out)
{
	static const char *const rows[][2] = {
		{"GOVC_URL, GOVC_USERNAME, GOVC_PASSWORD, GOVC_INSECURE, GOVC_TLS_KNOWN_HOSTS",
		 "as govc takes them: a vCenter or an ESXi host to show. They are taken out of the "
		 "environment at the start."},
		{"OLLAMA_HOST", "as Ollama's client takes it: an engine to show."},
		{"NO_COLOR", "no colours when it is set and not empty."},
		{"ACCESSIBLE",
		 "plain lines in place of a screen, as with --plain, when it is set and not empty."},
		{"LABTOP_STATE",
		 "the state directory, in place of $XDG_STATE_HOME/labtop. One that is there already must "
		 "be yours, no link, and nobody else may write in it; its mode is left as it is."},
		{"XDG_CONFIG_HOME, XDG_STATE_HOME", "a relative path is ignored."},
		{"LABTOP_NVML, LABTOP_ROCM_SMI",
		 "the path of NVIDIA's or AMD's library. labtop-agent refuses them, as it does "
		 "--sysfs-root and --proc-root, where sudo or a set-user-ID bit gave it more rights than its "
		 "caller has."},
	};
	heading(out, "ENVIRONMENT");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		item(out, rows[i][0], rows[i][1]);
}

void generate_labtop_1(GString *out)
{
	page(out, "LABTOP", "1", "labtop",
	     "a console for GPU labs on vSphere: host, guest, GPU and model in one row");
	heading(out, "SYNOPSIS");
	for (const struct verb *v = verbs_all; v->brief; v++) {
		g_autoptr(GString) synopsis = g_string_new(NULL);
		help_synopsis(v, synopsis);
		if (v != verbs_all)
			g_string_append(out, ".br\n");
		put(out, synopsis->str);
		g_string_append_c(out, '\n');
	}
	heading(out, "DESCRIPTION");
	paragraph(out, "labtop shows what the hypervisor hands out, what the GPU feels and what the model "
		       "does with it, live "
		       "and joined: a passthrough device of a host, the VM that owns it, the GPU that the "
		       "guest's driver sees "
		       "and the model that fills its memory are one row.");
	paragraph(out, "Without a verb the console starts. It is read-only until told otherwise. Without a "
		       "configuration it "
		       "shows this machine. labtop --demo shows a whole lab that is built in.");
	heading(out, "OPTIONS");
	options(out, verbs_all, true);
	heading(out, "COMMANDS");
	verbs(out);
	keys(out);
	script_syntax(out);
	heading(out, "EXIT STATUS");
	for (int i = 0; help_exit_statuses[i]; i++) {
		g_autofree char *number = g_strdup_printf("%d", i);
		item(out, number, help_exit_statuses[i]);
	}
	paragraph(out,
		  "Where several hold: 6, 2, 4, 3, 5, 1. Only what was named counts for 3 and 5, not what "
		  "was merely "
		  "looked for. Killed by TERM or HUP: 128 and the signal's number, after an orderly end.");
	environment(out);
	heading(out, "FILES");
	item(out, "~/.config/labtop/labtop.conf, ~/.config/labtop/labtop.d/*.conf",
	     "the configuration; see labtop.conf(5).");
	item(out, "~/.local/state/labtop", "pinned certificates, the log, traces.");
	heading(out, "SEE ALSO");
	paragraph(out, "labtop.conf(5), labtop-themes(5)");
}

/* Exactly what ssh.c runs at the usual interval. */
#define AGENT_SUDOERS "ops ALL = (root) NOPASSWD: /usr/bin/labtop-agent --interval 1000"

/* ---- labtop.conf(5) --------------------------------------------------------------------------------------------- */

static const char *type_text(const struct config_key *key)
{
	static const char *const texts[KEY_TYPE_COUNT] = {
		[KEY_TEXT] = "TEXT",     [KEY_BOOL] = "yes|no",   [KEY_DURATION] = "DURATION",
		[KEY_LIST] = "TEXT,...", [KEY_NUMBER] = "NUMBER", [KEY_COMMAND] = "COMMAND",
		[KEY_URL] = "URL",       [KEY_SECRET] = "SECRET", [KEY_BDF] = "ADDRESS,...",
		[KEY_PRINT] = "PRINT",   [KEY_FILE] = "FILE",     [KEY_VARIABLE] = "VARIABLE",
	};
	return key->type == KEY_CHOICE ? key->choices : texts[key->type];
}

static void section_keys(GString *out, const struct config_section *s)
{
	for (const struct config_key *k = s->keys; k && k->name; k++) {
		g_autofree char *name = g_strdup_printf("%s = %s", k->name, type_text(k));
		g_autofree char *text = k->standard
						? g_strdup_printf("%s. Without it: %s.", k->help, k->standard)
						: g_strdup_printf("%s.", k->help);
		item(out, name, text);
	}
}

static void bindings(GString *out)
{
	heading(out, "KEYS");
	paragraph(out,
		  "A line of [keys] gives a command these keys in place of its own, divided by blanks or "
		  "commas; labtop(1) has the commands. Nothing after the = leaves it to : alone.");
	verbatim(out, "[keys]\nfilter = ctrl-f /\nrefresh = f5 r\nfindings = alt-d\n");
	key_names(out);
	paragraph(out,
		  "Left out, with the reason in the log, on the screen and in labtop status, is a line "
		  "that gives a command a key that moves, marks or chooses a view (arrows, h j k l, g G, "
		  "home, end, pgup, pgdn, space, digits), a key that another command of the same view "
		  "has, or ctrl-c, which always leaves labtop; and one that leaves quit without a key.");
}

static void who_may_write(GString *out)
{
	heading(out, "WHO MAY WRITE IT");
	paragraph(out,
		  "What others can write must not run as you. COMMAND, FILE and VARIABLE keys are left out, "
		  "with a line that says why and what to do, where a file belongs to somebody else than you "
		  "or root, or where everyone or a group may write it, its folder, or a folder that a link "
		  "leads through (in one like /tmp what is yours is safe). A group of the owner's name with "
		  "nobody else in it counts as the owner. "
		  "The rest of the file holds. Where such a file and another one speak of the same target, "
		  "that target's keys of these kinds and its password are left out in both.");
	paragraph(out, "No child inherits GOVC_PASSWORD, a GOVC_URL or OLLAMA_HOST with a user in it, "
		       "OLLAMA_API_KEY, OPENAI_API_KEY, VLLM_API_KEY, LLAMA_API_KEY, or what key-env names.");
}

static void agent_as_root(GString *out)
{
	heading(out, "THE AGENT AS ROOT");
	paragraph(out,
		  "sudo = yes runs sudo -n labtop-agent --interval MS in the guest, with MS as interval says "
		  "(1000 without it). The line for sudoers(5), with the user's name and the agent's place "
		  "there, and with no wildcard:");
	verbatim(out, AGENT_SUDOERS "\n");
	paragraph(out,
		  "method = shell with sudo = yes runs a shell as root; no line of sudoers(5) makes that "
		  "safe.");
}

void generate_labtop_conf_5(GString *out)
{
	page(out, "LABTOP.CONF", "5", "labtop.conf", "the configuration of labtop");
	heading(out, "DESCRIPTION");
	paragraph(out, "labtop reads ~/.config/labtop/labtop.conf and then labtop.d/*.conf beside it in the "
		       "order of their "
		       "names; a later value replaces an earlier one. It never writes labtop.conf. A line is "
		       "a comment (#), a "
		       "[section] or key = value. A line that is not understood is told with its number, and "
		       "the rest is read.");
	paragraph(out, "Durations are 500ms 30s 10m 4h 7d, a bare number is seconds. Lists are divided by "
		       "commas. A COMMAND is "
		       "split as a shell would split it and run without a shell; the first line it prints is "
		       "taken. A SECRET "
		       "counts only in a file of mode 0600 that belongs to you.");
	heading(out, "EXAMPLE");
	verbatim(out,
		 "[lab]\nname = attic\n[vsphere esxi1]\nurl = https://root@esxi1/sdk\npassword-command = "
		 "pass show lab/esxi1\n"
		 "[guest mi50-a]\nssh = ops@mi50-a\n[engine ollama-a]\nurl = http://mi50-a:11434\nguest "
		 "= mi50-a\n");
	heading(out, "SECTIONS");
	for (const struct config_section *s = config_sections; s->kind; s++) {
		g_string_append(out, ".SS [");
		put(out, s->title);
		g_string_append(out, "]\n");
		put(out, s->help);
		g_string_append(out, ".\n");
		section_keys(out, s);
	}
	bindings(out);
	who_may_write(out);
	agent_as_root(out);
	heading(out, "SEE ALSO");
	paragraph(out, "labtop(1), labtop-themes(5)");
}

/* ---- labtop-themes(5) ------------------------------------------------------------------------------------------- */

void generate_themes_page(GString *out, const char *installed)
{
	page(out, "LABTOP-THEMES", "5", "labtop-themes", "colour themes of labtop");
	heading(out, "DESCRIPTION");
	paragraph(out, "A theme is a text file NAME.theme in one of these folders:");
	g_autofree char *folders = g_strconcat("~/.config/labtop/themes\n", installed, "\n", NULL);
	verbatim(out, folders);
	paragraph(out, "It is chosen by --theme NAME or by theme = NAME in labtop.conf(5). A line is a "
		       "comment (#), a [section], or key = value: [theme] has its name and description, "
		       "[roles] role = colours. Roles "
		       "that a theme does not name look as in the default theme.");
	verbatim(out, "[theme]\nname = dusk\ndescription = quiet colours on a dark background\n[roles]\n"
		      "warn = #e69f00 bold\nselect = default on #303846\nwarn.8 = yellow bold\n");
	paragraph(out, "Colours are foreground, then on background, then any of bold dim reverse underline. "
		       "A colour is "
		       "#rrggbb, a number from 0 to 255, default, or a name: black red green yellow blue "
		       "magenta cyan white, "
		       "each also as bright-red and so on. What the terminal cannot show is brought down to "
		       "the nearest that "
		       "it can; role.256, role.16, role.8 and role.mono pin what is taken there.");
	heading(out, "ROLES");
	g_autoptr(GString) roles = g_string_new(NULL);
	for (int i = 0; i < ROLE_COUNT; i++)
		g_string_append_printf(roles, "%s%s", i ? ", " : "", role_info[i].name);
	paragraph(out, roles->str);
	heading(out, "SEE ALSO");
	paragraph(out, "labtop(1), labtop.conf(5)");
}

void generate_labtop_themes_5(GString *out)
{
	generate_themes_page(out, PKGDATADIR "/themes");
}
