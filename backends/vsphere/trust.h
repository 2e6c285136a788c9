/* trust.h - is this the server that the person means? Trust on first use, as ssh does it: asked, never assumed. */
#ifndef BACKENDS_VSPHERE_TRUST_H
#define BACKENDS_VSPHERE_TRUST_H

#include "backends/cancel.h"
#include "backends/http.h"
#include "lab/target.h"

/* The public key that must stand behind url ("sha256//..."), by what the configuration (thumbprint), the pins kept in the
 * state directory, or GOVC_TLS_KNOWN_HOSTS say. Where only a certificate's print is known the server is looked at, with no
 * request sent. NULL: LAB_ERR_TRUST with the prints in the message when it is unknown or not the one expected. The caller
 * frees it. */
char *trust_find_pin(const struct target *t, const struct http_url *url, struct cancel *cancel,
		     GError **error);

/* A connection failed because the key is not the pinned one: says which it is now. Replaces *error. */
void trust_explain_change(const struct target *t, const struct http_url *url, struct cancel *cancel,
			  GError **error);

/* What a person is shown before they accept: looks at the server of t, sends nothing to it. */
bool vsphere_probe_certificate(const struct target *t, struct cancel *cancel, struct http_certificate *out,
			       GError **error);

/* A person has accepted the certificate with this SHA-256 print for t: looks again, and pins it when it is that one. */
bool vsphere_accept_certificate(const struct target *t, const char *sha256, struct cancel *cancel,
				GError **error);

#endif
