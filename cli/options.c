/* options.c - what is known on the command line, and the reading of it. */
#include "config.h"
#include "cli/options.h"

#include "backends/demo/demo.h"
#include "cli/verbs.h"
#include "lab/nearest.h"

#include <glib.h>
#include <string.h>

#define AT(field) offsetof(struct options, field)

const struct option_info options_all[] = {
	{"demo", 0, OPTION_FLAG, AT(demo),
	 .help = "show the built-in lab; nothing outside is asked or changed"},
	{"seed", 0, OPTION_WHOLE, AT(seed), 0, UINT32_MAX, "N", NULL,
	 "the built-in lab's chance: the same number, the same lab (1)"},
	{"at", 0, OPTION_WHOLE, AT(at_s), 0, DEMO_AT_MAX, "SECONDS", NULL,
	 "the moment of the built-in lab's clock to begin at (600)"},
	{"config", 0, OPTION_TEXT, AT(config), 0, 0, "FILE", "file", "read this configuration and no other"},
	{"theme", 0, OPTION_TEXT, AT(theme), 0, 0, "NAME", "@themes", "the colour theme"},
	{"view", 0, OPTION_TEXT, AT(view), 0, 0, "NAME", "@views", "begin with this view"},
	{"ascii", 0, OPTION_FLAG, AT(ascii), .help = "draw with ASCII only"},
	{"write", 0, OPTION_FLAG, AT(write),
	 .help = "begin with changes allowed, unless the configuration locks them"},
	{"plain", 0, OPTION_FLAG, AT(plain),
	 .help = "plain lines in place of a screen, for screen readers and pipes"},
	{"frames", 0, OPTION_WHOLE, AT(frames), 1, 1000000, "N", NULL,
	 "leave after so many frames (for measuring)"},
	{"interval", 0, OPTION_WHOLE, AT(interval_ms), 10, 3600000, "MS", NULL,
	 "milliseconds between frames or samples"},
	{"trace", 0, OPTION_TEXT, AT(trace), 0, 0, "http", "http",
	 "write every HTTP exchange, without secrets, to the state directory"},
	{"help", 'h', OPTION_FLAG, AT(help), .help = "say how it is used"},
	{"version", 'V', OPTION_FLAG, AT(version), .help = "say which version this is"},
	/* not for every verb */
	{"json", 0, OPTION_FLAG, AT(json), .help = "print JSON"},
	{"wait", 0, OPTION_SECONDS, AT(wait_ms), 0, 3600, "SECONDS", NULL,
	 "how long sources may take to answer (12)"},
	{"watch", 0, OPTION_WHOLE, AT(watch_ms), 100, 3600000, "MS", NULL,
	 "print again every so many milliseconds"},
	{"size", 0, OPTION_TEXT, AT(size), 0, 0, "COLSxROWS", "80x24 120x40 200x50 60x16",
	 "the frame's size (80x24)"},
	{"keys", 0, OPTION_TEXT, AT(keys), 0, 0, "STRING", NULL, "keys to press before the frame is taken"},
	{"ansi", 0, OPTION_FLAG, AT(ansi), .help = "keep the colours"},
	{"once", 0, OPTION_FLAG, AT(once), .help = "one sample, then leave"},
	{"sysfs-root", 0, OPTION_TEXT, AT(sysfs_root), 0, 0, "DIR", "dir", "read this tree in place of /sys"},
	{"output", 'o', OPTION_TEXT, AT(output), 0, 0, "FILE", "file", "write the plan to this file"},
	{"yes", 'y', OPTION_FLAG, AT(yes),
	 .help = "answer yes to what can be taken back; the rest wants --confirm"},
	{"confirm", 0, OPTION_LINES, AT(confirm), 0, 0, "NAME", NULL,
	 "agree to what disrupts or destroys NAME; once for each"},
	{"dry-run", 0, OPTION_FLAG, AT(dry_run), .help = "say what would be done, and do nothing"},
	{"generate", 0, OPTION_TEXT, AT(generate), 0, 0, "KIND", NULL,
	 "print what is made from the program's tables"},
	{NULL},
};

const struct verb verbs_all[] = {
	{NULL, "", NULL, 0, 0, "the console: the whole lab, live",
	 "Without a verb the console starts. It is read-only until \"!\" is pressed or --write is given.",
	 "generate", verb_console},
	{"status", "", NULL, 0, 0, "print the lab once every source has answered",
	 "Prints hosts, VMs, guests, GPUs, engines and how they belong together, once every source has "
	 "answered or the time "
	 "is over. What has not answered by then is shown as such.",
	 "json wait", verb_status},
	{"gpu", "", NULL, 0, 0, "print this machine's GPUs",
	 "Prints the GPUs of this machine as its agent sees them.", "json watch wait", verb_gpu},
	{"pci", "", NULL, 0, 0, "print this machine's PCI devices",
	 "Prints this machine's PCI devices with their memory windows, links and drivers. What only root may "
	 "read says so.",
	 "json", verb_pci},
	{"engine", "ls|ps|show [ENGINE] [MODEL]", "ls ps show", 1, 3,
	 "print inference engines and their models",
	 "ls prints the models on disk, ps the loaded ones, show everything about an engine or one of its "
	 "models. Without "
	 "ENGINE all engines are meant. Only what cannot load or wake a model is asked.",
	 "json wait", verb_engine},
	{"agent", "", NULL, 0, 0, "sample this machine's GPUs as JSON lines",
	 "Runs labtop-agent, looked for beside labtop and then in PATH: a hello and then a sample every "
	 "interval on standard "
	 "output.",
	 "once sysfs-root", verb_agent},
	{"snapshot", "", NULL, 0, 0, "print one frame of the console",
	 "Prints one frame of a view, at any size, with --keys pressed first; with --ansi in colours.",
	 "size keys ansi wait", verb_snapshot},
	{"plan", "WIZARD KEY=VALUE…", "passthrough gpu-vm power host", 1, WORDS_MAX,
	 "make a plan and print it; changes nothing",
	 "Makes a plan from the answers to a wizard's questions and prints it: each step with what is there "
	 "and what "
	 "will be, what it disrupts, and whether it can be taken back. Nothing is changed. labtop plan "
	 "WIZARD prints "
	 "the wizard's questions.",
	 "json output wait", verb_plan},
	{"apply", "FILE", NULL, 1, 1, "carry out a plan",
	 "Carries out a plan that labtop plan wrote (- for standard input). Each step is checked against "
	 "fresh facts, "
	 "noted in a journal before it is sent, and proved by what is seen afterwards. --yes agrees to what "
	 "can be taken "
	 "back; what disrupts or destroys a VM or a host wants its name as well.",
	 "yes confirm dry-run json wait", verb_apply},
	{"resume", "[ID]", NULL, 0, 1, "go on with a plan that was cut off",
	 "Goes on with a plan whose journal has no end: looks at what was begun last, and never repeats it "
	 "blindly.",
	 "yes confirm json wait", verb_resume},
	{"plans", "[show|forget|undo] [ID]", "show forget undo", 0, 2,
	 "print plans that ran, run or were cut off",
	 "Without a word lists the plans that were begun here. show prints one with what became of its "
	 "steps; undo takes "
	 "back what can be taken back, last first; forget notes that a plan will not be gone on with.",
	 "yes confirm json wait", verb_plans},
	{"trust", "[NAME]", NULL, 0, 1, "look at a server's certificate and pin it",
	 "Shows the certificate of every vSphere target, or of NAME, that is not known yet and pins it on "
	 "yes, as ssh does. "
	 "Without a terminal nothing is pinned.",
	 "", verb_trust},
	{NULL},
};

bool option_is_common(const struct option_info *option)
{
	return option < option_by_name("json");
}

bool option_is_hidden(const struct option_info *option)
{
	return g_str_equal(option->name, "generate");
}

bool verb_has_option(const struct verb *verb, const struct option_info *option)
{
	if (option_is_common(option))
		return true;
	g_auto(GStrv) names = g_strsplit(verb->options, " ", -1);
	return g_strv_contains((const char *const *)names, option->name);
}

static const struct verb *verb_by_name(const char *name)
{
	for (const struct verb *v = verbs_all; v->brief; v++)
		if (v->name && g_str_equal(v->name, name))
			return v;
	return NULL;
}

const struct option_info *option_by_name(const char *name)
{
	for (const struct option_info *o = options_all; o->name; o++)
		if (g_str_equal(o->name, name))
			return o;
	return NULL;
}

/* ---- near misses ------------------------------------------------------------------------------------------------ */

static void unknown_option(const struct verb *verb, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (const struct option_info *o = options_all; o->name; o++)
		if (!verb || verb_has_option(verb, o))
			g_ptr_array_add(names, (char *)o->name);
	g_ptr_array_add(names, NULL);
	const char *near = nearest_word(name, (const char *const *)names->pdata);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--%s: no such option%s%s%s", name,
		    near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
}

static void unknown_verb(const char *word, GError **error)
{
	const char *names[32];
	int n = 0;
	for (const struct verb *v = verbs_all; v->brief && n < 31; v++)
		if (v->name)
			names[n++] = v->name;
	names[n] = NULL;
	const char *near = nearest_word(word, names);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: no such command%s%s%s", word,
		    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* "2", "0.5": in ms. */
static bool seconds(const char *text, int64_t max, int64_t *ms)
{
	char *end;
	double value = g_ascii_strtod(text, &end);
	*ms = (int64_t)(value * 1000);
	return end != text && !*end && value >= 0 && value <= (double)max;
}

/* Interned: it lives as long as the command line it came from. */
static const char *add_line(const char *lines, const char *line)
{
	g_autofree char *all = lines ? g_strdup_printf("%s\n%s", lines, line) : g_strdup(line);
	return g_intern_string(all);
}

static bool store(struct options *o, const struct option_info *option, const char *value, GError **error)
{
	void *field = (char *)o + option->offset;
	int64_t number = -1;
	switch (option->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_TEXT:
		*(const char **)field = value;
		return true;
	case OPTION_LINES:
		*(const char **)field = add_line(*(const char **)field, value);
		return true;
	case OPTION_SECONDS:
		if (seconds(value, option->max, &number))
			break;
		number = -1;
		break;
	default:
		if (!g_ascii_string_to_signed(value, 10, option->min, option->max, &number, NULL))
			number = -1;
	}
	if (number >= 0) {
		*(int64_t *)field = number;
		return true;
	}
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
		    "--%s %s: %s is a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, option->name,
		    value, option->value, option->min, option->max);
	return false;
}

struct words {
	int argc, next;
	char **argv;
};

/* One option, "--name", "--name=value" or "-x", with its value from the next word where it needs one. */
static bool read_option(struct options *o, struct words *w, GError **error)
{
	const char *word = w->argv[w->next++];
	const struct option_info *option = NULL;
	g_autofree char *name = NULL;
	const char *equals = strchr(word, '=');
	if (word[1] == '-') {
		name = equals ? g_strndup(word + 2, (gsize)(equals - word - 2)) : g_strdup(word + 2);
		option = option_by_name(name);
	} else {
		name = g_strdup(word + 1);
		equals = NULL;
		for (const struct option_info *k = options_all; k->name; k++)
			if (k->letter && word[1] == k->letter && !word[2])
				option = k;
	}
	if (!option) {
		unknown_option(o->verb, name, error);
		return false;
	}
	const char *value = equals ? equals + 1 : NULL;
	if (option->type == OPTION_FLAG && value) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--%s takes no value", option->name);
		return false;
	}
	if (option->type != OPTION_FLAG && !value) {
		if (w->next >= w->argc) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--%s needs a value: %s", option->name,
				    option->value);
			return false;
		}
		value = w->argv[w->next++];
	}
	return store(o, option, value, error);
}

static bool read_word(struct options *o, struct words *w, GError **error)
{
	const char *word = w->argv[w->next++];
	if (!o->verb) {
		o->verb = verb_by_name(word);
		if (!o->verb)
			unknown_verb(word, error);
		return o->verb != NULL;
	}
	if (o->n_words >= o->verb->max_words || o->n_words >= WORDS_MAX) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s %s: one word too many", o->verb->name, word);
		return false;
	}
	o->words[o->n_words++] = word;
	return true;
}

/* What was said may not fit what is to be done. */
static bool check(const struct options *o, const struct options *standard, GError **error)
{
	for (const struct option_info *k = options_all; k->name; k++) {
		static const size_t sizes[] = {sizeof(bool), sizeof(char *), sizeof(char *), sizeof(int64_t),
					       sizeof(int64_t)};
		bool said = memcmp((const char *)o + k->offset, (const char *)standard + k->offset,
				   sizes[k->type]) != 0;
		if (said && !verb_has_option(o->verb, k)) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--%s: not for %s%s", k->name,
				    o->verb->name ? "labtop " : "the console",
				    o->verb->name ? o->verb->name : "");
			return false;
		}
	}
	if (o->help)
		return true;
	if (o->n_words < o->verb->min_words) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: say which: %s", o->verb->name,
			    o->verb->words);
		return false;
	}
	if ((o->seed != standard->seed || o->at_s != standard->at_s) && !o->demo) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--seed and --at belong to --demo");
		return false;
	}
	if (o->trace && !g_str_equal(o->trace, "http")) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "--trace %s: only http can be traced", o->trace);
		return false;
	}
	return true;
}

bool options_parse(struct options *o, int argc, char **argv, GError **error)
{
	const struct options standard = {.seed = DEMO_SEED, .at_s = DEMO_AT_S, .wait_ms = -1};
	struct words w = {.argc = argc, .next = 1, .argv = argv};
	bool ended = false;
	*o = standard;
	while (w.next < argc) {
		const char *word = argv[w.next];
		bool ok = true;
		if (!ended && g_str_equal(word, "--")) {
			ended = true;
			w.next++;
		} else if (!ended && word[0] == '-' && word[1]) {
			ok = read_option(o, &w, error);
		} else {
			ok = read_word(o, &w, error);
		}
		if (!ok)
			return false;
	}
	if (!o->verb)
		o->verb = verbs_all;
	return check(o, &standard, error);
}
