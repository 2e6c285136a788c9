/* hostile_text.h - texts that a terminal would act on, and recordings with such texts put where values stood.
 *
 * Where values stand is found by scanning the recording itself, so that a field which a new recording brings is covered
 * without anybody thinking of it.
 */
#ifndef TESTS_HOSTILE_TEXT_H
#define TESTS_HOSTILE_TEXT_H

#include <glib.h>
#include <stdbool.h>

#define HOSTILE_MARK "Qzq" /* begins every one of them: who shows it has shown the text */

struct hostile_text {
	const char *name;
	char *bytes; /* may hold NUL and bytes that are no UTF-8 */
	gsize len;
	bool big; /* too big to stand everywhere at once */
};

/* All of them; "mix" has a little of everything that the syntaxes let through. Owned by the module. */
const struct hostile_text *hostile_texts(gsize *n);
const struct hostile_text *hostile_mix(void);

/* ..._NAME: what says which value it is (keys, attributes, property names): hit one by one, but left alone when everything is
 * hit at once, because nothing would be recognised any more. */
enum hostile_syntax {
	SYNTAX_JSON,
	SYNTAX_JSON_NAME,
	SYNTAX_XML,
	SYNTAX_XML_NAME,
	SYNTAX_LABEL,
	SYNTAX_PLAIN
};

/* A value in a text. */
struct hostile_site {
	gsize at, len;
	enum hostile_syntax syntax;
	char *path; /* where it stands, array places left out: "gpus[].name", "HostSystem/name/val" */
};

/* Sites of a text in whatever syntax it is in, appended; the array owns the paths. */
GArray *hostile_sites(void);
void hostile_scan(GArray *sites, const char *text, gsize from, gsize to);

/* Distinct paths, in order. */
GPtrArray *hostile_paths(const GArray *sites);

/* The text with h at all sites of one path (path NULL: at all but names). wrap: before what stood there, else in place of it.
 * The caller frees. */
GString *hostile_inject(const char *text, gsize len, const GArray *sites, const char *path,
			const struct hostile_text *h, bool wrap);

/* The same at one site. */
GString *hostile_inject_at(const char *text, gsize len, const GArray *sites, guint site,
			   const struct hostile_text *h, bool wrap);

#endif
