/* host_sensors.h - a host's fans and temperatures among the sensors that it tells of. */
#ifndef TUI_HOST_SENSORS_H
#define TUI_HOST_SENSORS_H

#include "lab/lab.h"

bool sensor_is_fan(const struct lab_sensor *s);
bool sensor_is_temperature(const struct lab_sensor *s);

/* True for a fan that turns much slower than its twins on the same host (sensors of the same unit). */
bool fan_is_slow(const struct lab_host *host, const struct lab_sensor *fan);

/* The fan with the fewest turns, or NULL when none is known. */
const struct lab_sensor *host_slowest_fan(const struct lab_host *host);

/* The temperature of the air that goes in, or NULL. */
const struct lab_sensor *host_inlet(const struct lab_host *host);

#endif
