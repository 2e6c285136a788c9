/* device_facts.c - the page of a GPU that nobody measures: what host and VM say of it, and its parts. */
#include "config.h"

#include "tui/gpu_facts.h"

#include "tui/draw.h"
#include "tui/format.h"
#include "tui/gpu_words.h"
#include "tui/vm_cards.h"

static void draw_part(const struct lab_row *part, const struct lab *lab, struct canvas *c, struct rect r)
{
	enum role role = ROLE_DIM;
	const char *sentence = row_sentence(part, &role);
	draw_text(c, r.x + 1, r.y, 16, ALIGN_LEFT, ROLE_TEXT, row_part_name(part));
	draw_text(c, r.x + 18, r.y, 16, ALIGN_LEFT, part->vm ? ROLE_TEXT : ROLE_DIM,
		  part->vm ? part->vm->shown : "-");
	g_autofree char *why = g_strconcat(row_sentence_mark(part), sentence, NULL);
	if (sentence)
		draw_text(c, r.x + 35, r.y, MAX(r.w - 36, 0), ALIGN_LEFT, role, why);
	else
		card_draw_values(part, lab, c, rect_of(r.x + 35, r.y, MAX(r.w - 36, 0), 1));
}

/* What a card is cut into: what somebody has, then what is spare, as far as there is room. */
static void draw_parts(const struct lab_row *card, const struct lab *lab, struct canvas *c, struct rect r)
{
	int n = 0;
	if (r.h < 2)
		return;
	for (guint k = 0; k < 2 * lab->rows->len; k++) {
		const struct lab_row *part = lab->rows->pdata[k % lab->rows->len];
		bool spare = k >= lab->rows->len;
		if (part->parent == card && lab_row_is_spare(part) == spare && n++ < r.h - 1)
			draw_part(part, lab, c, rect_of(r.x, r.y + n - 1, r.w, 1));
	}
	if (n >= r.h)
		canvas_printf(c, r.x + 1, r.y + r.h - 1, ROLE_DIM, "and %d more", n - (r.h - 1));
}

/* Handed on by the hypervisor, or driven by this machine; and what SR-IOV makes of it. */
static void draw_device(const struct lab_row *row, struct canvas *c, struct rect r)
{
	const struct pci_row *d = row->device;
	canvas_printf(c, r.x + 1, r.y, ROLE_TEXT, "%s  %04x:%04x", d->name, d->vendor_id, d->device_id);
	if (row->host && row->host->row->is_local)
		canvas_printf(c, r.x + 1, r.y + 1, ROLE_TEXT, "driver: %s", *d->driver ? d->driver : "none");
	else
		canvas_printf(c, r.x + 1, r.y + 1, ROLE_TEXT, "passthrough: %s",
			      d->pt_state ? passthru_screen[d->pt_state] : "not known");
	if (*d->physical)
		canvas_printf(c, r.x + 1, r.y + 2, ROLE_TEXT, "virtual function of %s%s",
			      format_bdf(d->physical),
			      d->physical_guessed ? ", by its address: the host does not tell" : "");
	else if (d->sriov_active == TRI_YES && num_known(d->sriov_vfs) && num_known(d->sriov_max))
		canvas_printf(c, r.x + 1, r.y + 2, ROLE_TEXT, "SR-IOV: %.0f of %.0f functions",
			      d->sriov_vfs.v, d->sriov_max.v);
}

/* What the hypervisor counts of a card that its own driver has. */
static void draw_counted(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect line)
{
	int used = canvas_text(c, line.x, line.y, line.w, ROLE_DIM, "as the host counts: ");
	card_draw_values(row, lab, c, rect_of(line.x + used, line.y, MAX(line.w - used, 0), 1));
}

void facts_device(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	enum role role = ROLE_DIM;
	const char *sentence = row_sentence(row, &role);
	struct rect saved = canvas_clip(c, r);
	bool told = row->host && row->host->row->is_local; /* who drives it stands there already */
	draw_device(row, c, r);
	if (sentence && !told)
		canvas_printf(c, r.x + 1, r.y + 3, role, "%s%s", row_sentence_mark(row), sentence);
	else
		draw_counted(row, lab, c, rect_of(r.x + 1, r.y + 3, r.w - 2, 1));
	canvas_unclip(c, saved);
}

void facts_without_gpu(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r)
{
	canvas_printf(c, r.x + 1, r.y, ROLE_TITLE, "%s %s", row->label, row_address(row));
	facts_whose(row, c, rect_of(r.x, r.y + 1, r.w, 1));
	if (row->device)
		facts_device(row, lab, c, rect_of(r.x, r.y + 3, r.w, DEVICE_ROWS));
	rect_cut_top(&r, 8);
	rect_cut_top(&r, facts_findings(row, lab, c, r));
	if (row->vm && !row->guest)
		canvas_printf(c, r.x + 1, r.y + 1, ROLE_DIM,
			      "To see its temperatures add to labtop.conf:  [guest %s]  ssh = user@%s",
			      row->vm->shown,
			      *row->vm->row->guest_hostname ? row->vm->row->guest_hostname : row->vm->shown);
	else
		draw_parts(row, lab, c, r);
}
