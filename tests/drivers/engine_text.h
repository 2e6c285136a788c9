/* engine_text.h - an engine row as lines of text, for tests to compare: what is not known does not appear. */
#ifndef TESTS_ENGINE_TEXT_H
#define TESTS_ENGINE_TEXT_H

#include "lab/rows.h"

#include <glib.h>

void engine_text(GString *out, const struct engine_row *row);

#endif
