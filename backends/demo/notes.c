/* notes.c - what a person knows about the cards of the built-in lab and no program can tell. */
#include "config.h"
#include "backends/demo/demo.h"

void demo_add_card_notes(struct lab *lab)
{
	static const struct {
		const char *bdf, *fan, *owner, *note;
	} notes[] = {
		{"0000:03:00.0", "Fan 1", "lab", ""},
		{"0000:43:00.0", "Fan 2", "lab", ""},
		{"0000:83:00.0", "Fan 3", "lab", "behind the drive cage: weak air"},
		{"0000:c3:00.0", "Fan 4", "jo", ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(notes); i++) {
		struct card_note *note = g_new0(struct card_note, 1);
		note->host = g_strdup("esx01");
		note->bdf = g_strdup(notes[i].bdf);
		note->fans = g_strsplit(notes[i].fan, ",", -1);
		note->riser = TRI_NO;
		note->owner = g_strdup(notes[i].owner);
		note->note = g_strdup(notes[i].note);
		lab_add_card_note(lab, note);
	}
}
