/* guest_facts.c - what a guest tells beside its GPUs. */
#include "config.h"

#include "tui/guest_facts.h"

#include "tui/draw.h"
#include "tui/format.h"

#define DEAD_MS 60000 /* a mount that has not answered for so long */

void guest_draw_mounts(const struct lab_guest *g, struct canvas *c, struct rect r)
{
	if (!g || !g->mounts || !g->mounts->len || r.h < 2)
		return;
	canvas_text(c, r.x + 3, r.y, -1, ROLE_TITLE, "NETWORK MOUNTS");
	canvas_text(c, r.x + 31, r.y, -1, ROLE_TITLE, "FREE");
	canvas_text(c, r.x + 46, r.y, -1, ROLE_TITLE, "FROM");
	for (guint i = 0; i < g->mounts->len && (int)i + 1 < r.h; i++) {
		char free_bytes[FORMAT_SIZE], total[FORMAT_SIZE], age[FORMAT_SIZE];
		const struct mount_row *m = g->mounts->pdata[i];
		int y = r.y + 1 + (int)i;
		bool old = num_known(m->age_ms) && m->age_ms.v > DEAD_MS;
		draw_text(c, r.x + 3, y, 27, ALIGN_LEFT, old ? ROLE_WARN : ROLE_TEXT, m->target);
		canvas_printf(c, r.x + 31, y, old ? ROLE_WARN : ROLE_TEXT, "%s of %s",
			      format_bytes(free_bytes, m->free_bytes), format_bytes(total, m->total_bytes));
		int x = r.x + 46 + canvas_printf(c, r.x + 46, y, ROLE_DIM, "%s %s", m->fstype, m->source);
		if (!num_known(m->age_ms))
			continue;
		format_age(age, (int64_t)m->age_ms.v);
		canvas_printf(c, x + 2, y, old ? ROLE_WARN : ROLE_DIM, old ? "no answer for %s" : "%s ago",
			      age);
	}
}
