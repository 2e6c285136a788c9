/* toast.c - the message line. */
#include "config.h"

#include "tui/toast.h"

#include "lab/text.h"

static const struct {
	enum glyph mark;
	enum role role;
} looks[] = {
	[SAY_OK] = {G_OK, ROLE_OK},
	[SAY_INFO] = {G_ADVICE, ROLE_INFO},
	[SAY_WARN] = {G_WARN, ROLE_WARN},
	[SAY_ERROR] = {G_CRIT, ROLE_CRIT},
};

void toast_say(struct toast *t, const struct lab *lab, enum say say, const char *text)
{
	text_copy(t->text, text, sizeof t->text);
	t->say = say;
	t->until_ns = lab->now_ns + TOAST_NS;
}

bool toast_shown(const struct toast *t, const struct lab *lab)
{
	return t->text[0] && lab->now_ns < t->until_ns;
}

void toast_dismiss(struct toast *t)
{
	t->text[0] = '\0';
}

void toast_draw(const struct toast *t, struct canvas *c, struct rect r)
{
	canvas_fill(c, r, ROLE_TEXT, " ");
	canvas_glyph(c, r.x + 1, r.y, looks[t->say].role, looks[t->say].mark);
	draw_text(c, r.x + 3, r.y, r.w - 3, ALIGN_LEFT, t->say == SAY_ERROR ? ROLE_CRIT : ROLE_TEXT, t->text);
}
