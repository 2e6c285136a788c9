/* env.h - targets that the environment names: GOVC_* as govc takes them, OLLAMA_HOST as Ollama's own client does. */
#ifndef CLI_ENV_H
#define CLI_ENV_H

#include "lab/target.h"

/* A vSphere target for GOVC_URL and its companions, or NULL. Its password is kept by secret.h. */
struct target *env_vsphere_target(void);

/* An engine target for OLLAMA_HOST, or NULL. */
struct target *env_ollama_target(void);

/* Takes secrets out of our environment, so that no child inherits them. Call once the targets are made. */
void env_forget_secrets(void);

/* "https://user:secret@host/sdk", "user@host", "host": URL without userinfo (caller frees), user and password or NULL. */
char *env_govc_url(const char *text, char **user_out, char **password_out);

/* The URL that Ollama's client makes of OLLAMA_HOST. The caller frees. */
char *env_ollama_url(const char *text);

#endif
