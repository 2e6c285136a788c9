/* frame.c - one whole frame: header, tabs, the view, message and hint lines. Pure: struct ui and lab in, cells out. */
#include "config.h"

#include "lab/text.h"
#include "tui/format.h"
#include "tui/modal.h"
#include "tui/severity.h"
#include "tui/source_words.h"
#include "tui/ui.h"
#include "tui/views.h"

#include <string.h>

#define MIN_W      20 /* below this and MIN_H only a line that says so */
#define MIN_H      5
#define SMALL_W    60 /* below these the hint line says that it is small */
#define SMALL_H    16
#define ROOMY_H    30 /* from here a message has a row of its own and the tabs one below them */
#define CRUMB_SEP  " › "
#define NAME_BYTES 41 /* of a source in the header */

/* ---- header ------------------------------------------------------------------------------------------------- */

/* "gpu › esx01 83:00.0": the view and what it is about. The caller frees. */
static char *place_crumbs(const struct ui *ui, const struct lab *lab)
{
	const struct view *v = ui_view(ui);
	char more[128] = "";
	if (v->ops->crumb)
		v->ops->crumb(v, lab, more, sizeof more);
	text_mend(more);
	return g_strconcat(v->ops->name, *more ? CRUMB_SEP : "", more, NULL);
}

struct piece {
	char text[96];
	enum role role;
};

static void add_piece(GArray *pieces, enum role role, const char *text)
{
	struct piece p = {.role = role};
	g_strlcpy(p.text, text, sizeof p.text);
	g_array_append_val(pieces, p);
}

/* "● esx01", "◌ vllm-1 12s", "✗ esx02 4m". */
static void add_source(GArray *pieces, const struct lab_source *s)
{
	struct source_look look = source_look(s);
	char age[FORMAT_SIZE], name[NAME_BYTES], text[96];
	bool aged = (s->state == SRC_STALE || s->state == SRC_DOWN) && s->age_ms >= 0;
	format_age(age, s->age_ms); /* as wide at nine seconds as at ten: nothing beside it moves */
	text_copy(name, s->name, sizeof name);
	g_snprintf(text, sizeof text, "%s %s%s%*s%s", glyph_text(GLYPHS_UNICODE, look.mark), name,
		   aged ? " " : "", aged ? 3 : 0, aged ? age : "", s->insecure ? " unchecked" : "");
	add_piece(pieces, s->insecure && s->state == SRC_LIVE ? ROLE_WARN : look.role, text);
}

static int pieces_width(const GArray *pieces)
{
	int w = 0;
	for (guint i = 0; i < pieces->len; i++)
		w += text_width(g_array_index(pieces, struct piece, i).text) + 1;
	return w;
}

static bool is_quiet(const struct lab_source *s)
{
	return s->state == SRC_LIVE && !s->insecure;
}

/* As many of those that are well as have room, and how many more there are; behind them those that are not. */
static void add_some_names(GArray *pieces, const struct lab *lab, const GArray *wrong, int live, int room)
{
	char rest[32];
	int left = live;
	g_snprintf(rest, sizeof rest, "● %d more", live);
	room -= pieces_width(wrong) + text_width(rest) + 1;
	for (guint i = 0; i < lab->sources->len && left > 0; i++) {
		if (!is_quiet(lab->sources->pdata[i]))
			continue;
		add_source(pieces, lab->sources->pdata[i]);
		if (pieces_width(pieces) > room) {
			g_array_set_size(pieces, pieces->len - 1);
			break;
		}
		left--;
	}
	g_snprintf(rest, sizeof rest, left < live ? "● %d more" : "● %d live", left);
	if (left > 0)
		add_piece(pieces, ROLE_OK, rest);
	g_array_append_vals(pieces, wrong->data, wrong->len);
}

/* Where not even those that are not well have room by name. */
static void add_counts(GArray *pieces, const struct lab *lab, int live, int room)
{
	int wrong = 0;
	bool down = false, unchecked = false;
	char text[32];
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		wrong += s->state != SRC_LIVE && s->state != SRC_OFF;
		down |= s->state == SRC_DOWN;
		unchecked |= s->insecure && s->state != SRC_OFF;
	}
	g_snprintf(text, sizeof text, "● %d", live);
	if (live > 0)
		add_piece(pieces, ROLE_OK, text);
	g_snprintf(text, sizeof text, "%s %d", down ? "✗" : "◌", wrong);
	if (wrong > 0)
		add_piece(pieces, down ? ROLE_CRIT : ROLE_STALE, text);
	if (unchecked)
		add_piece(pieces, ROLE_WARN, "unchecked");
	if (pieces_width(pieces) > room)
		g_array_set_size(pieces, 0);
}

/* All sources by name in their order, as far as there is room: who is silent is told longest. */
static void add_sources(GArray *pieces, const struct lab *lab, int room)
{
	int live = 0;
	g_autoptr(GArray) wrong = g_array_new(FALSE, FALSE, sizeof(struct piece));
	for (guint i = 0; i < lab->sources->len; i++) {
		const struct lab_source *s = lab->sources->pdata[i];
		live += is_quiet(s);
		if (!is_quiet(s) && s->state != SRC_OFF)
			add_source(wrong, s);
		add_source(pieces, s);
	}
	if (pieces_width(pieces) <= room)
		return;
	g_array_set_size(pieces, 0);
	add_some_names(pieces, lab, wrong, live, room);
	if (pieces_width(pieces) <= room)
		return;
	g_array_set_size(pieces, 0);
	add_counts(pieces, lab, live, room);
}

/* "✗1 !9": what stops something, and what is worse than it should be. Returns the pieces added. */
static guint add_findings(GArray *pieces, const struct lab *lab)
{
	static const enum severity severities[] = {SEV_BLOCK, SEV_WARN};
	guint before = pieces->len;
	for (gsize k = 0; k < G_N_ELEMENTS(severities); k++) {
		struct severity_look look = severity_look(severities[k], false);
		char text[32];
		int n = 0;
		for (guint i = 0; i < lab->findings->len; i++) {
			const struct finding *f = lab->findings->pdata[i];
			n += !f->unknown && f->severity == severities[k];
		}
		g_snprintf(text, sizeof text, "%s%d", glyph_text(GLYPHS_UNICODE, look.mark), n);
		if (n > 0)
			add_piece(pieces, look.role, text);
	}
	return pieces->len - before;
}

/* For the mouse: what was drawn here is a button. */
static void remember_hit(struct ui *ui, struct rect r, const struct view_ops *ops,
			 const struct command *command)
{
	if (ui->n_hits < UI_HITS)
		ui->hits[ui->n_hits++] = (struct ui_hit){r, ops, command};
}

#define CRUMB_W 8 /* where we are has at least so much; the clock goes before it does */

/* What is said of all, the right end of the line. READ-ONLY and DEMO stand on the smallest screen. */
static GArray *say_of_all(const struct ui *ui, const struct lab *lab, int width)
{
	char clock[FORMAT_SIZE];
	GArray *right = g_array_new(FALSE, FALSE, sizeof(struct piece));
	guint findings = add_findings(right, lab);
	if (lab->demo)
		add_piece(right, ROLE_INFO, "DEMO");
	if (ui->paused)
		add_piece(right, ROLE_WARN, "PAUSED");
	add_piece(right, ui->read_only ? ROLE_DIM : ROLE_WARN, ui->read_only ? "READ-ONLY" : "WRITE");
	add_piece(right, ROLE_TEXT, format_clock(clock, lab->now_wall_ms));
	if (pieces_width(right) + CRUMB_W > width)
		g_array_set_size(right, right->len - 1);
	if (findings > 1 && pieces_width(right) + CRUMB_W + 2 > width) {
		g_array_remove_index(right, 1); /* the worst are told longest */
		findings--;
	}
	if (findings > 0 && pieces_width(right) + 1 > width)
		g_array_remove_range(right, 0, findings);
	return right;
}

/* Of findings: a mark with a number. */
static bool is_count(const struct piece *p)
{
	return g_str_has_prefix(p->text, "✗") || p->text[0] == '!';
}

static void draw_header(struct ui *ui, const struct lab *lab, struct canvas *c, struct rect r)
{
	g_autofree char *place = place_crumbs(ui, lab);
	g_autofree char *all = g_strconcat(*lab->name ? lab->name : "lab", CRUMB_SEP, place, NULL);
	g_autoptr(GArray) right = say_of_all(ui, lab, r.w);
	int fixed = pieces_width(right);
	/* the lab's name goes first where there is no room: what is shown says more */
	const char *where = text_width(all) > r.w - fixed - 2 ? place : all;
	int gap = 2; /* between the sources and what is said of all */
	int room = r.w - 1 - fixed - MIN(text_width(where), r.w / 2) - 2 - gap;
	g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(struct piece));
	add_sources(sources, lab, room);
	if (lab->sources->len > 0 && !sources->len && where == all) {
		where = place;
		add_sources(sources, lab, room + text_width(all) - text_width(place));
	}
	gap = sources->len > 0 ? gap : 0;
	g_array_prepend_vals(right, sources->data, sources->len);
	int x = r.x + r.w - pieces_width(right) - gap, left = MAX(x - r.x - 2, 0);
	draw_text(c, r.x + 1, r.y, left, ALIGN_LEFT, ROLE_CRUMB, text_width(where) > left ? place : where);
	const struct binding *all_wrong = keymap_by_name(ui->keymap, "findings");
	for (guint i = 0; i < right->len; i++) {
		const struct piece *p = &g_array_index(right, struct piece, i);
		if (i == sources->len)
			x += gap;
		int w = canvas_text(c, x, r.y, -1, p->role, p->text);
		if (i >= sources->len && all_wrong && is_count(p))
			remember_hit(ui, rect_of(x, r.y, w, 1), NULL, all_wrong->command);
		x += w + 1;
	}
}

/* ---- tabs --------------------------------------------------------------------------------------------------- */

enum tab_form { TAB_WIDE, TAB_CLOSE, TAB_NUMBER }; /* two blanks between, one, and only the lit one's name */

static int tab_gap(enum tab_form form)
{
	return form == TAB_WIDE ? 2 : 1;
}

static int tab_text(const struct view_ops *ops, enum tab_form form, bool active, char *out, gsize size)
{
	if (form == TAB_NUMBER && !active)
		g_snprintf(out, size, "%d", ops->number);
	else
		g_snprintf(out, size, "%d %s", ops->number, ops->title);
	return text_width(out);
}

/* Columns of all tabs with the gap behind each. */
static int tabs_width(const struct view_ops *active, enum tab_form form)
{
	char text[64];
	int w = 0;
	for (int i = 0; views_all[i]; i++)
		if (views_all[i]->number > 0)
			w += tab_text(views_all[i], form, views_all[i] == active, text, sizeof text) +
			     tab_gap(form);
	return w;
}

static void draw_tabs(struct ui *ui, struct canvas *c, struct rect r)
{
	const struct view_ops *active = ui->way[0].ops;
	char text[64];
	enum tab_form form = TAB_WIDE;
	while (form < TAB_NUMBER && tabs_width(active, form) > r.w)
		form++;
	int x = r.x + 1, end = r.x + r.w;
	for (int i = 0; views_all[i]; i++) {
		bool lit = views_all[i] == active;
		if (views_all[i]->number == 0)
			continue;
		int w = MIN(tab_text(views_all[i], form, lit, text, sizeof text), MAX(end - x, 0));
		canvas_text(c, x, r.y, w, lit ? ROLE_FOCUS : ROLE_DIM, text);
		remember_hit(ui, rect_of(x, r.y, w, 1), views_all[i], NULL);
		x += w + tab_gap(form);
	}
}

/* ---- hints -------------------------------------------------------------------------------------------------- */

/* Draws "key what"; returns the columns, 0 when they do not fit before `end`. */
static int draw_hint(struct ui *ui, struct canvas *c, int x, int y, int end, const struct binding *b)
{
	char key[24];
	key_label(b->keys[0], ui->glyphs == GLYPHS_UNICODE, key, sizeof key);
	int w = text_width(key) + 1 + text_width(b->command->brief);
	if (x + w > end)
		return 0;
	int at = x + canvas_text(c, x, y, -1, ROLE_KEY, key) + 1;
	canvas_text(c, at, y, -1, ROLE_HINT, b->command->brief);
	remember_hit(ui, rect_of(x, y, w, 1), NULL, b->command);
	return w + 2;
}

/* Only keys that do something here. */
static bool hinted(const struct ui *ui, const struct lab *lab, const struct binding *b)
{
	char why[128];
	const struct table *t = view_table(ui_view(ui));
	bool below = ui->depth > 1; /* where q goes back, as esc does */
	if ((b->command->op == OP_QUIT && below) || (b->command->op == OP_BACK && !below))
		return false;
	bool nothing_listed = op_is_of_list(b->command->op) && t && !t->rows->len;
	return *b->command->brief && b->n_keys > 0 && !nothing_listed &&
	       ui_usable(ui, lab, b->command, why, sizeof why);
}

/* Where the cursor is in its list, at the right end of the last line. Returns the columns it took. */
static int draw_position(const struct ui *ui, struct canvas *c, struct rect r)
{
	struct table *t = view_table(ui_view(ui));
	char position[48] = "";
	if (t)
		table_position(t, position, sizeof position);
	int w = text_width(position);
	canvas_text(c, r.x + r.w - 1 - w, r.y, w, ROLE_INFO, position);
	return w > 0 ? w + 2 : 0;
}

static void draw_hints(struct ui *ui, const struct lab *lab, struct canvas *c, struct rect r)
{
	int end = r.x + r.w - 1 - draw_position(ui, c, r), x = r.x + 1;
	/* help stands last and always has its place */
	const struct binding *help = keymap_by_name(ui->keymap, "help");
	int reserve = help && help->n_keys > 0 ? 8 : 0;
	if (r.w < SMALL_W || c->h < SMALL_H)
		x += canvas_text(c, x, r.y, MAX(end - reserve - x, 0), ROLE_DIM, "small: 60x16 shows more") +
		     2;
	for (guint i = 0; i < ui->keymap->bindings->len; i++) {
		const struct binding *b = &g_array_index(ui->keymap->bindings, struct binding, i);
		if (b->command != (help ? help->command : NULL) && hinted(ui, lab, b))
			x += draw_hint(ui, c, x, r.y, end - reserve, b);
	}
	if (reserve)
		draw_hint(ui, c, x, r.y, end, help);
}

static void draw_last_line(struct ui *ui, const struct lab *lab, struct canvas *c, struct rect r,
			   bool message_here)
{
	if (ui->modal)
		ui->modal->draw_line(
			ui, c,
			rect_of(r.x, r.y, r.w - (ui->modal->of_list ? draw_position(ui, c, r) : 0), 1));
	else if (message_here && toast_shown(&ui->toast, lab))
		toast_draw(&ui->toast, c, r);
	else
		draw_hints(ui, lab, c, r);
}

/* ---- the frame ---------------------------------------------------------------------------------------------- */

static void too_small(struct canvas *c)
{
	char text[64];
	g_snprintf(text, sizeof text, "min %dx%d; ^C quits", MIN_W, MIN_H);
	canvas_text(c, 0, 0, -1, ROLE_WARN, text);
}

/* The filter that holds, right of the tabs. Cuts its columns off r. */
static void draw_filter_mark(const struct ui *ui, struct canvas *c, struct rect *r)
{
	struct table *t = view_table(ui_view(ui));
	if (!t || !t->filter[0] || ui->modal == &modal_filter)
		return;
	struct rect mark = rect_cut_right(r, MIN(text_width(t->filter) + 2, r->w / 2));
	int x = mark.x + canvas_text(c, mark.x, mark.y, mark.w, ROLE_INFO, "/");
	draw_text(c, x, mark.y, mark.w - 1, ALIGN_LEFT, ROLE_INFO, t->filter);
}

void ui_draw(struct ui *ui, const struct lab *lab, struct canvas *c)
{
	ui_refresh(ui, lab);
	canvas_clear(c);
	ui->n_hits = 0;
	if (c->w < MIN_W || c->h < MIN_H) {
		too_small(c);
		return;
	}
	struct rect rest = rect_of(0, 0, c->w, c->h);
	bool roomy = c->h >= ROOMY_H;
	draw_header(ui, lab, c, rect_cut_top(&rest, 1));
	if (c->h >= 8) {
		struct rect tabs = rect_cut_top(&rest, roomy ? 2 : 1);
		draw_filter_mark(ui, c, &tabs);
		draw_tabs(ui, c, tabs);
	}
	struct rect last = rect_cut_bottom(&rest, 1);
	if (roomy) {
		struct rect message = rect_cut_bottom(&rest, 1);
		if (toast_shown(&ui->toast, lab))
			toast_draw(&ui->toast, c, message);
	}
	struct view *v = ui_view(ui);
	struct rect saved = canvas_clip(c, rest);
	v->ops->draw(v, lab, c, rest);
	if (ui->modal && ui->modal->draw)
		ui->modal->draw(ui, c, rest);
	canvas_unclip(c, saved);
	draw_last_line(ui, lab, c, last, !roomy);
}
