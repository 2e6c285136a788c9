/* vm_cards.c - the cells of the GPU tables once more, where a page is about their VM. Decides nothing about values. */
#include "config.h"

#include "tui/vm_cards.h"

#include "tui/gpu_cells.h"

static const struct {
	void (*cell)(const struct table_row *row, const struct lab *lab, struct table_cell *out);
	int width;
	enum align align;
} parts[] = {
	{cell_gpu, 12, ALIGN_LEFT},   {cell_junction, 5, ALIGN_RIGHT}, {cell_power, 6, ALIGN_RIGHT},
	{cell_vram, 13, ALIGN_RIGHT}, {cell_busy, 5, ALIGN_RIGHT},     {cell_model, 24, ALIGN_LEFT},
};

/* In a list a model stands at the first of its cards; alone a card names who fills it. */
static void cell_filled_by(const struct table_row *row, const struct lab *lab, struct table_cell *out)
{
	const struct lab_row *r = row->item;
	if (r->engine)
		g_strlcpy(out->text, r->engine->ref.id, sizeof out->text);
	else
		cell_model(row, lab, out);
}

static void draw_from(guint first, const struct lab_row *row, const struct lab *lab, bool alone,
		      struct canvas *c, struct rect line)
{
	const struct table_row as_row = {.item = row};
	int x = line.x, end = line.x + line.w;
	for (guint i = first; i < G_N_ELEMENTS(parts) && x + parts[i].width <= end; i++) {
		struct table_cell cell = {.sort = NAN, .bar = NAN};
		if (alone && parts[i].cell == cell_model)
			cell_filled_by(&as_row, lab, &cell);
		else
			parts[i].cell(&as_row, lab, &cell);
		table_draw_cell(c, x, line.y, cell.span ? end - x : parts[i].width, parts[i].align, &cell);
		if (cell.span)
			break;
		x += parts[i].width + 1;
	}
}

void card_draw(const struct lab_row *row, const struct lab *lab, bool alone, struct canvas *c,
	       struct rect line)
{
	draw_from(0, row, lab, alone, c, line);
}

void card_draw_values(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect line)
{
	draw_from(1, row, lab, true, c, line);
}

const struct lab_row *vm_card(const struct lab *lab, const struct lab_vm *vm, const struct vm_device *device)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->vm == vm && row->vm_device == device)
			return row;
	}
	return NULL;
}

int vm_draw_cards(const struct lab_vm *vm, const struct lab *lab, struct canvas *c, struct rect r)
{
	int used = 0;
	for (guint i = 0; i < lab->rows->len && used < r.h; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->vm == vm)
			card_draw(row, lab, false, c, rect_of(r.x + 1, r.y + used++, r.w - 2, 1));
	}
	return used;
}
