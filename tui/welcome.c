/* welcome.c - for the first minute with labtop, and for the day on which nothing answers. */
#include "config.h"

#include "tui/welcome.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/source_words.h"

#include <string.h>

/* ---- sources ------------------------------------------------------------------------------------------------------ */

/* `keep` rows stay for those that follow. */
static void draw_source(const struct lab_source *s, int keep, struct canvas *c, struct rect *r)
{
	struct source_look look = source_look(s);
	char words[512];
	canvas_glyph(c, r->x + 1, r->y, look.role, look.mark);
	draw_text(c, r->x + 3, r->y, 8, ALIGN_LEFT, ROLE_DIM, target_kind_names[s->kind]);
	draw_name(c, r->x + 12, r->y, 18, ROLE_TEXT, s->name);
	draw_text(c, r->x + 31, r->y, 11, ALIGN_LEFT, look.role, source_state_names[s->state]);
	source_words(s, words, sizeof words);
	if (s->state != SRC_DOWN)
		draw_text(c, r->x + 43, r->y, r->w - 44, ALIGN_LEFT, ROLE_DIM, words);
	rect_cut_top(r, 1);
	if (s->state == SRC_DOWN)
		rect_cut_top(r, draw_wrapped(c,
					     rect_of(r->x + 12, r->y, r->w - 13,
						     CLAMP(r->h - keep, MIN(r->h, 2), r->h)),
					     ROLE_WARN, words));
}

/* ---- what is known anyway ------------------------------------------------------------------------------------------- */

static void say_hosts(const struct lab *lab, GString *out)
{
	char buf[FORMAT_SIZE];
	for (guint i = 0; i < lab->hosts->len; i++) {
		const struct lab_host *h = lab->hosts->pdata[i];
		format_part(out, "\n", "%s: %s %s, %s memory, %d PCI devices", h->shown, h->row->product,
			    h->row->version, format_bytes(buf, h->row->mem_bytes), h->row->n_pci);
	}
}

static void say_counts(const struct lab *lab, GString *out)
{
	if (lab->vms->len)
		g_string_append_printf(out, "\n%u VMs, none with a GPU that is known (5)", lab->vms->len);
	for (guint i = 0; i < lab->engines->len; i++) {
		const struct lab_engine *e = lab->engines->pdata[i];
		const char *kind = engine_kind_names[e->row->kind];
		g_string_append_printf(out, "\n%s %s at %s, %d models (6)", kind ? kind : "an engine",
				       e->row->version, e->row->url, e->row->n_models);
	}
}

static void draw_lines(struct canvas *c, struct rect *r, enum role role, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line && r->h > 0; line++) {
		draw_text(c, r->x + 1, r->y, r->w - 2, ALIGN_LEFT, role, *line);
		rect_cut_top(r, 1);
	}
}

/* ---- the page --------------------------------------------------------------------------------------------------------- */

static const char how_to[] = "To watch a lab set GOVC_URL and OLLAMA_HOST, or write labtop.conf:\n"
			     "  [vsphere esx01]\n"
			     "  url = https://root@esx01/sdk\n"
			     "  [guest llm-1]\n"
			     "  ssh = ops@llm-1\n"
			     "  [engine ollama]\n"
			     "  url = http://llm-1:11434\n"
			     "man labtop.conf has the rest. labtop --demo shows a lab that is built in.";

static bool anything_configured(const struct lab *lab, unsigned kinds)
{
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		if (s->named && (kinds & 1u << s->kind))
			return true;
	}
	return false;
}

/* Who is asked, and what to do about those who do not answer. */
static void draw_sources(const struct lab *lab, unsigned kinds, struct canvas *c, struct rect *r)
{
	bool down = false;
	for (guint i = 0; i < lab->sources->len && r->h > 0; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		if (!(kinds & 1u << s->kind))
			continue;
		draw_source(s, 2 * (int)(lab->sources->len - i), c, r);
		down |= s->state == SRC_DOWN;
	}
	if (!down || r->h < 2)
		return;
	rect_cut_top(r, 1);
	draw_text(c, r->x + 1, r->y, r->w - 2, ALIGN_LEFT, ROLE_DIM,
		  "Retried automatically: r refreshes now, R also what was refused. 9: details.");
	rect_cut_top(r, 1);
}

bool empty_draw(const struct lab *lab, unsigned kinds, const char *none, struct canvas *c, struct rect r)
{
	if (!anything_configured(lab, kinds))
		return false;
	canvas_printf(c, r.x + 1, r.y, ROLE_TITLE, "%s. Who is asked:", none);
	rect_cut_top(&r, 1);
	draw_sources(lab, kinds, c, &r);
	return true;
}

void welcome_draw(const struct lab *lab, struct canvas *c, struct rect r)
{
	g_autoptr(GString) known = g_string_new(NULL);
	canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, "No GPU is known yet. Who is asked:");
	rect_cut_top(&r, 1);
	draw_sources(lab, ~0u, c, &r);
	say_hosts(lab, known);
	say_counts(lab, known);
	if (known->len && r.h > 2) {
		rect_cut_top(&r, 1);
		canvas_text(c, r.x + 1, r.y, -1, ROLE_TITLE, "What is known:");
		rect_cut_top(&r, 1);
		draw_lines(c, &r, ROLE_TEXT, known->str);
	}
	if (!anything_configured(lab, ~0u) && r.h > 2) {
		rect_cut_top(&r, 1);
		draw_lines(c, &r, ROLE_DIM, how_to);
	}
}
