/* session.h - one login at one server: who it is, whether it is the right one, in, alive, out.
 *
 * Nothing here knows of hosts or VMs. Order of contact: certificate (no request is sent before it is trusted), API
 * versions, service content, and only then the password.
 */
#ifndef BACKENDS_VSPHERE_SESSION_H
#define BACKENDS_VSPHERE_SESSION_H

#include "backends/cancel.h"
#include "backends/http.h"
#include "backends/vsphere/soap.h"
#include "lab/target.h"

/* ServiceInstance's content: ids of the managers ("" where this product has none) and what the server is. */
struct vim_content {
	struct box *box;
	const char *root_folder, *property_collector, *view_manager, *session_manager, *perf_manager,
		*event_manager, *task_manager;
	const char *product, *version, *build, *api_type, *api_version, *instance_uuid;
};

struct vim {
	const struct target *target; /* borrowed */
	struct cancel *cancel;       /* borrowed */
	struct http_url url;
	char *user;
	enum tls_mode tls;
	int64_t first_answer_ms; /* how long the first byte of a large reading may take */
	struct http *http;
	struct soap soap;
	struct vim_content content;
	bool may_be_in;        /* a login was sent and not refused, and no log-out was answered since */
	bool session_lost;     /* an answer said so; cleared by the next login */
	int64_t kept_alive_ns; /* the last CurrentTime, or login */
};

/* Reads the configuration of t, makes sure of the certificate, negotiates the version, reads the service content. False:
 * v is still to be closed. LAB_ERR_TRUST: unknown or changed certificate, its prints stand in the message. */
bool vim_connect(struct vim *v, const struct target *t, struct cancel *cancel, GError **error);

/* One attempt, after the session before was ended, if there is one. LAB_ERR_AUTH when user or password are refused: never
 * to be repeated without a person. */
bool vim_login(struct vim *v, GError **error);

/* CurrentTime, when nothing of the kind was sent for five minutes. */
bool vim_keep_alive(struct vim *v, GError **error);

/* Logs out, within ms, also when cancelled. True: there is no session any more, or none that we could end. False: nobody
 * answered; it can be tried again later. */
bool vim_logout(struct vim *v, int64_t ms);

/* True when a session is left behind at a server that does not answer at present: closing v would lose its cookie, without
 * which nobody but the server can end it, half an hour later. */
bool vim_leaves_session(const struct vim *v);

/* Logs out (within VIM_LOGOUT_MS, also when cancelled; not at a server that does not answer) and frees everything. */
#define VIM_LOGOUT_MS 2000
void vim_close(struct vim *v);

/* True when the session is gone: the last call failed by that fault, or an answer said so in its missingSet. */
bool vim_session_lost(const struct vim *v);

/* Where a connection failed because the key is not the pinned one: says which one it is now. */
void vim_explain(const struct vim *v, GError **error);

bool vim_is_vcenter(const struct vim *v);

/* "VMware vCenter Server 8.0.2 build 22385739, pinned certificate"; the caller frees it. */
char *vim_describe(const struct vim *v);

/* The URL of a target as we use it: https, /sdk where no path stands. False: LAB_ERR_USAGE. */
bool vim_url(const struct target *t, struct http_url *out, GError **error);

#endif
