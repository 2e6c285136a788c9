/* note.c - what a person wrote about a card (owner, note, riser, fans), and which fan cools it. */
#include "config.h"
#include "lab/private.h"
#include "lab/sensor.h"

#include <string.h>

static bool names_host(const char *word, const struct lab_host *host)
{
	size_t n = strlen(word);
	const char *name = host->name;
	return g_ascii_strcasecmp(word, name) == 0 ||
	       (g_ascii_strncasecmp(word, name, n) == 0 && name[n] == '.') ||
	       g_ascii_strcasecmp(word, host->row->name) == 0;
}

static const struct card_note *note_at(const struct lab *lab, const struct lab_row *row)
{
	for (guint i = 0; row->host && row->device && i < lab->p->notes->len; i++) {
		const struct card_note *note = lab->p->notes->pdata[i];
		if (names_host(note->host, row->host) && g_ascii_strcasecmp(note->bdf, row->device->bdf) == 0)
			return note;
	}
	return NULL;
}

/* What is noted of a card holds for its parts, too. */
static const struct card_note *note_of(const struct lab *lab, const struct lab_row *row)
{
	const struct card_note *note = NULL;
	for (; row && !note; row = row->parent)
		note = note_at(lab, row);
	return note;
}

static void slower_fan(const struct lab_sensor **slowest, const struct lab_sensor *s)
{
	if (num_known(s->value) && (!*slowest || s->value.v < (*slowest)->value.v))
		*slowest = s;
}

/* As the sensors are called here, or with the state behind the name as some boards write it. */
static bool names_fan(const char *word, const struct lab_sensor *s)
{
	size_t n = strlen(s->name);
	return strncmp(word, s->name, n) == 0 &&
	       (!word[n] || g_str_has_prefix(word + n, SENSOR_STATE_BEHIND));
}

static bool cools(const struct card_note *note, const struct lab_sensor *s)
{
	for (int i = 0; note && note->fans && note->fans[i]; i++)
		if (names_fan(note->fans[i], s))
			return true;
	return false;
}

bool note_names_fan(const struct lab *lab, const struct lab_host *host, const struct lab_sensor *s)
{
	for (guint i = 0; i < lab->p->notes->len; i++) {
		const struct card_note *note = lab->p->notes->pdata[i];
		if (names_host(note->host, host) && cools(note, s))
			return true;
	}
	return false;
}

void row_set_fans(struct lab *lab, struct lab_row *row)
{
	const struct card_note *note = note_of(lab, row);
	if (row->fans)
		g_ptr_array_unref(row->fans);
	row->fans = NULL;
	row->slowest_fan = NULL;
	GPtrArray *sensors = row->host ? row->host->sensors : NULL;
	for (guint i = 0; sensors && i < sensors->len; i++) {
		const struct lab_sensor *s = sensors->pdata[i];
		if (!cools(note, s))
			continue;
		if (!row->fans)
			row->fans = g_ptr_array_new();
		g_ptr_array_add(row->fans, (gpointer)s);
		slower_fan(&row->slowest_fan, s);
	}
	if (!row->fans && row->host)
		row->slowest_fan = host_slowest_fan(row->host);
}

void row_set_note(struct lab *lab, struct lab_row *row)
{
	const struct card_note *note = note_of(lab, row);
	if (!note)
		return;
	row->owner = note->owner ? note->owner : "";
	row->note = note->note ? note->note : "";
	row->riser = note->riser;
}

void table_fans(struct lab *lab)
{
	for (guint i = 0; i < lab->rows->len; i++)
		row_set_fans(lab, lab->rows->pdata[i]);
}
