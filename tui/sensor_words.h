/* sensor_words.h - how sensors read on screens: values, states, and names where there is little room. */
#ifndef TUI_SENSOR_WORDS_H
#define TUI_SENSOR_WORDS_H

#include "lab/lab.h"
#include "tui/canvas.h"
#include "tui/format.h"

/* A fan's speed: "5,410" (rpm goes without saying), "38%". */
const char *sensor_speed(char buf[FORMAT_SIZE], const struct lab_sensor *fan, bool stale);

/* What it tells: a number with its unit; of one without a number its state, in the board's words or as vSphere's health
 * page has it; "empty" for a place without a fan. */
const char *sensor_value(char buf[FORMAT_SIZE], const struct lab_sensor *s);
/* "normal", "warning", "alert", "-" */
const char *sensor_health(const struct lab_sensor *s);

enum role sensor_role(const struct lab_host *host, const struct lab_sensor *s);

/* The glyph before what is wrong: colour alone says nothing on many terminals; G_CURSOR none. */
enum glyph sensor_mark(const struct lab_host *host, const struct lab_sensor *s);

/* A sensor's name in at most width columns, cut where it does not differ from the others of its host: boards write long
 * names whose ends tell them apart. */
void sensor_name(char *out, size_t size, const struct lab_host *host, const struct lab_sensor *s, int width);

#endif
