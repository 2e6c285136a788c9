/* wizard.c - asking, checking and collecting answers, the same way for every front. */
#include "config.h"
#include "lab/wizard.h"

#include "lab/bdf.h"
#include "lab/error.h"
#include "lab/nearest.h"
#include "lab/wizards.h"

#include <string.h>

const struct wizard wizard_table[] = {
	{"passthrough", "Passthrough on a host",
	 "Hands PCI devices of a host to VMs, or takes them back: toggles, reboots where it must, and proves "
	 "it.",
	 wizard_passthrough_questions, wizard_passthrough},
	{"gpu-vm", "GPU VM",
	 "Gives cards to an existing VM: finds what its settings and its host lack, and changes just that.",
	 wizard_gpu_vm_questions, wizard_gpu_vm},
	{"power", "Power of a VM", "Powers VMs on or off, through the guest where that is possible.",
	 wizard_power_questions, wizard_power},
	{"host", "Host maintenance and reboot",
	 "Takes a host into maintenance mode, reboots it, or makes it ready again, with the VMs on it.",
	 wizard_host_questions, wizard_host},
	{NULL},
};

const struct wizard *wizard_find(const char *name)
{
	for (const struct wizard *w = wizard_table; w->name; w++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

/* ---- choices ----------------------------------------------------------------------------------------------------- */

static void choice_free(gpointer p)
{
	struct choice *c = p;
	g_free(c->value);
	g_free(c->label);
	g_free(c->why_not);
	g_free(c);
}

GPtrArray *question_choices(const struct question *q, const struct lab *lab, GHashTable *given)
{
	GPtrArray *choices = g_ptr_array_new_with_free_func(choice_free);
	if (q->choices)
		q->choices(lab, given, choices);
	return choices;
}

struct choice *choice_add(GPtrArray *choices, const char *value, const char *label)
{
	struct choice *c = g_new0(struct choice, 1);
	c->value = g_strdup(value);
	c->label = g_strdup(label);
	g_ptr_array_add(choices, c);
	return c;
}

void choice_refuse(struct choice *c, const char *format, ...)
{
	va_list args;
	if (c->why_not)
		return;
	va_start(args, format);
	c->why_not = g_strdup_vprintf(format, args);
	va_end(args);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

const char *answer(GHashTable *given, const char *name)
{
	const char *value = g_hash_table_lookup(given, name);
	return value ? value : "";
}

bool answer_is(GHashTable *given, const char *name, const char *value)
{
	return strcmp(answer(given, name), value) == 0;
}

static bool no_such(const struct question *q, const GPtrArray *choices, const char *text, GError **error)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autoptr(GString) known = g_string_new(NULL);
	for (guint i = 0; i < choices->len; i++) {
		const struct choice *c = choices->pdata[i];
		g_ptr_array_add(words, c->value);
		if (i < 12)
			g_string_append_printf(known, "%s%s", i ? ", " : "", c->value);
	}
	g_ptr_array_add(words, NULL);
	const char *near = nearest_word(text, (const char *const *)words->pdata);
	if (near)
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s=%s: no such choice; did you mean %s?",
			    q->name, text, near);
	else if (choices->len == 0)
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s=%s: there is nothing to choose from",
			    q->name, text);
	else
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s=%s: no such choice; there are: %s%s",
			    q->name, text, known->str, choices->len > 12 ? ", …" : "");
	return false;
}

/* As it is spelled in the list: addresses may be typed short. */
static const struct choice *find_choice(const GPtrArray *choices, const char *text)
{
	char bdf[BDF_SIZE];
	bool address = bdf_parse(text, bdf);
	for (guint i = 0; i < choices->len; i++) {
		const struct choice *c = choices->pdata[i];
		if (strcmp(c->value, text) == 0 || (address && strcmp(c->value, bdf) == 0))
			return c;
	}
	return NULL;
}

static bool take_one(const struct question *q, const GPtrArray *choices, const char *text, GString *full,
		     GError **error)
{
	const struct choice *c = find_choice(choices, text);
	if (!c)
		return no_such(q, choices, text, error);
	if (c->why_not) {
		g_set_error(error, LAB_ERROR, LAB_ERR_CONFLICT, "%s=%s: %s", q->name, c->value, c->why_not);
		return false;
	}
	g_string_append_printf(full, "%s%s", full->len ? "," : "", c->value);
	return true;
}

static bool take_all(const struct question *q, const GPtrArray *choices, GString *full, GError **error)
{
	for (guint i = 0; i < choices->len; i++) {
		const struct choice *c = choices->pdata[i];
		if (!c->why_not)
			g_string_append_printf(full, "%s%s", full->len ? "," : "", c->value);
	}
	if (full->len > 0)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_CONFLICT, "%s=all: none can be chosen%s%s", q->name,
		    choices->len ? ": " : "",
		    choices->len ? ((struct choice *)choices->pdata[0])->why_not : "");
	return false;
}

static bool take_many(const struct question *q, const GPtrArray *choices, const char *text, GString *full,
		      GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);
	for (char **part = parts; *part; part++)
		if (*g_strstrip(*part) && !take_one(q, choices, *part, full, error))
			return false;
	if (full->len > 0)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s=: names nothing", q->name);
	return false;
}

static bool take_answer(const struct question *q, const GPtrArray *choices, const char *text, GString *full,
			GError **error)
{
	if (!q->choices) {
		g_string_append(full, text);
		return true;
	}
	if (q->kind == ASK_ONE)
		return take_one(q, choices, text, full, error);
	if (q->takes_all && strcmp(text, "all") == 0)
		return take_all(q, choices, full, error);
	return take_many(q, choices, text, full, error);
}

bool question_answer(const struct question *q, const struct lab *lab, GHashTable *given, const char *text,
		     GError **error)
{
	g_autoptr(GString) full = g_string_new(NULL);
	g_autoptr(GPtrArray) choices = question_choices(q, lab, given);
	if (!take_answer(q, choices, text, full, error))
		return false;
	g_hash_table_replace(given, g_strdup(q->name), g_strdup(full->str));
	return true;
}

static bool is_shown(const struct question *q, const struct lab *lab, GHashTable *given)
{
	return !q->shown || q->shown(lab, given);
}

const struct question *wizard_next(const struct wizard *wizard, const struct lab *lab, GHashTable *given)
{
	for (const struct question *q = wizard->questions; q->name; q++)
		if (!q->standard && !g_hash_table_contains(given, q->name) && is_shown(q, lab, given))
			return q;
	return NULL;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static bool unknown_name(const struct wizard *wizard, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GString) known = g_string_new(NULL);
	for (const struct question *q = wizard->questions; q->name; q++) {
		g_ptr_array_add(names, (gpointer)q->name);
		g_string_append_printf(known, " %s=", q->name);
	}
	g_ptr_array_add(names, NULL);
	const char *near = nearest_word(name, (const char *const *)names->pdata);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: %s has no such question; %s%s%s", name,
		    wizard->name, near ? "did you mean " : "there are:", near ? near : known->str,
		    near ? "=?" : "");
	return false;
}

/* name -> text, as they were typed. */
static GHashTable *split_words(const struct wizard *wizard, const char *const *words, GError **error)
{
	g_autoptr(GHashTable) typed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (; *words; words++) {
		const char *equals = strchr(*words, '=');
		g_autofree char *name =
			equals ? g_strndup(*words, (gsize)(equals - *words)) : g_strdup(*words);
		const struct question *q = wizard->questions;
		while (q->name && strcmp(q->name, name) != 0)
			q++;
		if (!q->name) {
			unknown_name(wizard, name, error);
			return NULL;
		}
		if (!equals || g_hash_table_contains(typed, name)) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
				    equals ? "%s=: given twice" : "%s: needs a value, %s=…", name, name);
			return NULL;
		}
		g_hash_table_insert(typed, g_steal_pointer(&name), g_strdup(equals + 1));
	}
	return g_steal_pointer(&typed);
}

/* In the order of the questions: later ones depend on the answers of earlier ones. */
static bool give_answers(const struct wizard *wizard, const struct lab *lab, GHashTable *typed,
			 GHashTable *given, GError **error)
{
	for (const struct question *q = wizard->questions; q->name; q++) {
		const char *text = g_hash_table_lookup(typed, q->name);
		bool shown = is_shown(q, lab, given);
		if (text && !shown) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s=%s: has no meaning here", q->name,
				    text);
			return false;
		}
		if (!text && shown)
			text = q->standard;
		if (text && *text && !question_answer(q, lab, given, text, error))
			return false;
	}
	return true;
}

struct plan *wizard_plan(const struct wizard *wizard, const struct lab *lab, const char *const *words,
			 GError **error)
{
	g_autoptr(GHashTable) typed = split_words(wizard, words, error);
	g_autoptr(GHashTable) given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!typed || !give_answers(wizard, lab, typed, given, error))
		return NULL;
	const struct question *missing = wizard_next(wizard, lab, given);
	if (missing) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s needs %s=…: %s", wizard->name, missing->name,
			    missing->help);
		return NULL;
	}
	return wizard->make(lab, given, error);
}
