/* pci_facts.c - one PCI device in a few lines: what it is, its windows and functions, and the card that it is. */
#include "config.h"

#include "tui/pci_facts.h"

#include "tui/draw.h"
#include "tui/finding_line.h"
#include "tui/format.h"
#include "tui/vm_cards.h"

#include <string.h>

const struct lab_row *pci_gpu(const struct lab *lab, const struct pci_row *p)
{
	for (guint i = 0; i < lab->rows->len; i++) {
		const struct lab_row *row = lab->rows->pdata[i];
		if (row->device == p && !row->parent)
			return row;
	}
	return NULL;
}

static void what_line(const struct pci_row *p, GString *line)
{
	if (*p->vendor_name)
		format_part(line, " · ", "%s", p->vendor_name);
	if (*p->class_name)
		format_part(line, " · ", "%s", p->class_name);
	format_part(line, " · ", "%04x:%04x", p->vendor_id, p->device_id);
	if (p->subvendor_id)
		format_part(line, " · ", "subsystem %04x:%04x", p->subvendor_id, p->subdevice_id);
}

static void windows_line(const struct pci_row *p, GString *line)
{
	char buf[FORMAT_SIZE];
	for (int i = 0; i < p->n_bars; i++)
		if (p->bars[i].size > 0)
			format_part(line, " · ", "BAR %d %s", p->bars[i].index,
				    format_bytes(buf, num_of((double)p->bars[i].size)));
	if (*p->driver)
		format_part(line, " · ", "driver %s", p->driver);
	if (*p->hardware_label)
		format_part(line, " · ", "%s", p->hardware_label);
	if (*p->dependent && strcmp(p->dependent, p->bdf) != 0)
		format_part(line, " · ", "moves together with %s", p->dependent);
	if (*p->parent)
		format_part(line, " · ", "below bridge %s", p->parent);
	if (*p->reset_method)
		format_part(line, " · ", "reset %s", p->reset_method);
	if (p->sriov_capable == TRI_YES)
		format_part(line, " · ", "SR-IOV %s", p->sriov_active == TRI_YES ? "active" : "capable");
}

static struct rect say(struct canvas *c, struct rect r, enum role role, const char *text)
{
	if (*text && r.h > 0)
		draw_text(c, r.x + 1, r.y, r.w - 2, ALIGN_LEFT, role, text);
	rect_cut_top(&r, *text ? 1 : 0);
	return r;
}

void pci_draw_facts(const struct pci_row *p, const struct lab *lab, struct canvas *c, struct rect r)
{
	g_autoptr(GString) what = g_string_new(NULL), windows = g_string_new(NULL);
	const struct lab_row *gpu = pci_gpu(lab, p);
	draw_rule(c, r.x, r.y, r.w, p->bdf);
	rect_cut_top(&r, 1);
	what_line(p, what);
	windows_line(p, windows);
	r = say(c, r, ROLE_TEXT, p->name);
	r = say(c, r, ROLE_DIM, what->str);
	r = say(c, r, ROLE_DIM, windows->str);
	if (!gpu || r.h < 1)
		return;
	const struct ref *about = &gpu->ref;
	card_draw(gpu, lab, true, c, rect_of(r.x + 1, r.y, r.w - 2, 1));
	rect_cut_top(&r, 1);
	finding_lines_about(lab, &about, 1, 0, c, r);
}
