/* plan_text.h - plans and runs for people, as plain lines. */
#ifndef CLI_PLAN_TEXT_H
#define CLI_PLAN_TEXT_H

#include "lab/run.h"

#include <stdio.h>

/* The plan, step by step, with what is true now. */
void plan_text(const struct plan *plan, const struct lab *lab, FILE *to);

/* What became of its steps. */
void run_text(const struct run *run, FILE *to);

/* "s3  new-llm: Firmware bios → efi" into out. */
void step_line(const struct step *s, GString *out);

#endif
