/* environment.h - what the programs that we start inherit of our environment: everything but what is secret. */
#ifndef BACKENDS_ENVIRONMENT_H
#define BACKENDS_ENVIRONMENT_H

/* No child inherits this variable any more. The common ones (GOVC_PASSWORD ...) are known without. Before the first thread. */
void environment_hide(const char *name);

/* The environment of every child: ours without secrets, then additions ("NAME=value", or NULL). NULL-terminated; the caller
 * frees the array only. */
char **environment_for_child(const char *const *additions);

#endif
