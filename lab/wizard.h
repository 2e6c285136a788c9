/* wizard.h - questions, and the pure function that makes a plan of the answers.
 *
 * The screen, plain prompts, an answers file and KEY=VALUE words all go through the same questions; none of them is known
 * here. Choices come from the lab: what is impossible stays listed, with the reason.
 */
#ifndef LAB_WIZARD_H
#define LAB_WIZARD_H

#include "lab/plan.h"

enum question_kind {
	ASK_ONE,  /* of the choices */
	ASK_MANY, /* of the choices, comma-separated; "all" where the question takes it */
	ASK_TEXT,
};

struct choice {
	char *value;   /* as it is answered */
	char *label;   /* beside it, for people; or NULL */
	char *why_not; /* cannot be chosen; or NULL */
};

struct question {
	const char *name;   /* "vm" */
	const char *prompt; /* "Virtual machine" */
	const char *help;   /* why it is asked, in a sentence */
	enum question_kind kind;
	bool takes_all;       /* ASK_MANY: "all" stands for all that can be chosen */
	const char *standard; /* taken when it is not answered, "" for nothing; NULL: it has to be answered */
	/* Optional: false when earlier answers make it moot. */
	bool (*shown)(const struct lab *lab, GHashTable *given);
	/* struct choice *; given has the answers of earlier questions. NULL: any text will do. */
	void (*choices)(const struct lab *lab, GHashTable *given, GPtrArray *out);
};

struct wizard {
	const char *name;                 /* "passthrough" */
	const char *title;                /* "Passthrough on a host" */
	const char *brief;                /* one sentence, for lists and manuals */
	const struct question *questions; /* ended by one without a name */
	/* All answers have been checked. NULL with error when there is nothing sensible to plan. */
	struct plan *(*make)(const struct lab *lab, GHashTable *given, GError **error);
};

/* In the order of lists; ended by one without a name. */
extern const struct wizard wizard_table[];
const struct wizard *wizard_find(const char *name);

/* The choices of a question; the caller unrefs. */
GPtrArray *question_choices(const struct question *q, const struct lab *lab, GHashTable *given);

/* Checks an answer against the choices, and puts it into given in its full form ("all" spelled out, an address in its long
 * form). A wrong one is LAB_ERR_USAGE and names the nearest, one that cannot be chosen now LAB_ERR_CONFLICT with the reason. */
bool question_answer(const struct question *q, const struct lab *lab, GHashTable *given, const char *text,
		     GError **error);

/* The next question that has no answer and needs one; NULL when the plan can be made. */
const struct question *wizard_next(const struct wizard *wizard, const struct lab *lab, GHashTable *given);

/* All at once: words "NAME=VALUE" (NULL-terminated) in any order, as the command line has them. */
struct plan *wizard_plan(const struct wizard *wizard, const struct lab *lab, const char *const *words,
			 GError **error);

#endif
