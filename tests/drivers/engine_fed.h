/* engine_fed.h - the engine backend fed by a function instead of a network: poll after poll, folded into a lab.
 *
 * For tests of what engines may say; who links it links fake_http.c.
 */
#ifndef TESTS_ENGINE_FED_H
#define TESTS_ENGINE_FED_H

#include "lab/lab.h"
#include "tests/drivers/fake_http.h"

/* A lab that knows of one engine "e" of that kind ("auto" too), after so many polls two seconds apart. Failures are told
 * to the lab as a worker would; `failed` (may be NULL) is called with each. */
struct lab *engine_fed_lab(const char *kind, fake_http_fn *serve, void *data, int polls,
			   void (*failed)(const GError *error));

#endif
