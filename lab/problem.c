/* problem.c - findings as things that can be kept and copied. */
#include "config.h"
#include "lab/problem.h"

struct finding *finding_new(const struct problem *p)
{
	struct finding *f = g_new0(struct finding, 1);
	f->id = p->id;
	f->severity = p->severity;
	f->unknown = p->unknown;
	f->subject = p->subject;
	f->subject_text = g_strdup(p->subject_text ? p->subject_text : "");
	f->text = g_strdup(p->text ? p->text : "");
	f->evidence = g_strdup(p->evidence ? p->evidence : "");
	f->fix = g_strdup(p->fix ? p->fix : "");
	f->since_ns = p->since_ns;
	f->place = p->place;
	f->ticks = p->ticks;
	f->live = p->live;
	f->last = p->last;
	return f;
}

struct finding *finding_copy(const struct finding *f)
{
	return finding_new(&(struct problem){.id = f->id,
					     .severity = f->severity,
					     .unknown = f->unknown,
					     .subject = f->subject,
					     .subject_text = f->subject_text,
					     .text = f->text,
					     .evidence = f->evidence,
					     .fix = f->fix,
					     .since_ns = f->since_ns,
					     .place = f->place,
					     .ticks = f->ticks,
					     .live = f->live,
					     .last = f->last});
}

void finding_free(struct finding *f)
{
	g_free(f->subject_text);
	g_free(f->text);
	g_free(f->evidence);
	g_free(f->fix);
	g_free(f);
}
