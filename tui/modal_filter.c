/* modal_filter.c - the prompt "/": filters the list as one types. */
#include "config.h"

#include "tui/modal.h"

static void open_filter(struct ui *ui, const struct lab *lab)
{
	struct table *t = view_table(ui_view(ui));
	prompt_open(&ui->filter, t ? t->filter : "");
}

static const struct command *filter_key(struct ui *ui, const struct lab *lab, const struct key_event *e)
{
	struct table *t = view_table(ui_view(ui));
	enum prompt_result result = prompt_key(&ui->filter, e, true);
	if (result == PROMPT_IGNORED && t) {
		table_key(t, e->key == K_SPACE ? K_NONE : e->key); /* pages move the list under the prompt */
		return NULL;
	}
	if (result == PROMPT_CANCELLED)
		g_string_truncate(ui->filter.text, 0);
	if (result == PROMPT_DONE)
		prompt_remember(&ui->filter, ui->filter.text->str);
	if (result == PROMPT_DONE || result == PROMPT_CANCELLED)
		ui_modal_close(ui);
	if (t)
		table_set_filter(t, ui->filter.text->str);
	ui_update(ui, lab);
	return NULL;
}

static void draw_filter(const struct ui *ui, struct canvas *c, struct rect r)
{
	prompt_draw(&ui->filter, c, r);
}

const struct modal_ops modal_filter = {
	.open = open_filter,
	.key = filter_key,
	.draw_line = draw_filter,
	.of_list = true,
};
