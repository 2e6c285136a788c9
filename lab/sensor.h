/* sensor.h - a host's fans and temperatures among the sensors that it tells of. What a fan is, and what an empty place for
 * one, is decided here for all: screens, findings, JSON. */
#ifndef LAB_SENSOR_H
#define LAB_SENSOR_H

#include "lab/lab.h"

/* Some boards write the state behind the name: "Fan 1 --- Normal". */
#define SENSOR_STATE_BEHIND " --- "

/* By the words that boards use for it. A fan has a speed: one that tells no more than a state is none of these, nor is what
 * watches over the redundancy of fans. */
enum sensor_kind sensor_kind_of(const struct sensor_row *row);

/* A fan that is there. One that stands while the board finds that good is an empty place, unless a [card] section names it. */
bool sensor_is_fan(const struct lab_sensor *s);
bool sensor_is_empty_place(const struct lab_sensor *s);
bool sensor_is_temperature(const struct lab_sensor *s);

/* The board itself calls it wrong: yellow or red. */
bool sensor_is_faulty(const struct lab_sensor *s);

/* A state and no number: there is no unit. */
bool sensor_is_state(const struct lab_sensor *s);

/* The middle speed of the host's fans of the unit; unknown where they are too few to be compared. */
struct num fan_median(const struct lab_host *host, const char *unit);

/* True for a fan that turns much slower than its twins on the same host, or stands and is called wrong for it. */
bool fan_is_slow(const struct lab_host *host, const struct lab_sensor *fan);

/* The fan with the fewest turns, or NULL when no speed is known. Of several units the one that is told first. */
const struct lab_sensor *host_slowest_fan(const struct lab_host *host);

/* The worst of the sensors that are about fans and tell no more than a state, or NULL. */
const struct lab_sensor *host_fan_state(const struct lab_host *host);

/* The temperature of the air that goes in, or NULL. */
const struct lab_sensor *host_inlet(const struct lab_host *host);

#endif
