/* session.c - connect, login, keep alive, log out (reference vsphere.md 1). */
#include "config.h"
#include "backends/vsphere/session.h"

#include "backends/secret.h"
#include "backends/vsphere/trust.h"
#include "backends/vsphere/version.h"
#include "lab/clock.h"

#include <string.h>

#define KEEP_ALIVE_MS   (5 * 60 * 1000) /* sessions end after 30 idle minutes */
#define LOGIN_GRACE_MS  1000            /* less than labtop takes for its end */
#define VERSIONS_CAP    (1024 * 1024)
#define FIRST_ANSWER_MS (120 * 1000) /* a vCenter at work says nothing until it has collected all */

static const struct leaf content_leaves[] = {
	LEAF(struct vim_content, root_folder, LEAF_RAW, "rootFolder"),
	LEAF(struct vim_content, property_collector, LEAF_RAW, "propertyCollector"),
	LEAF(struct vim_content, view_manager, LEAF_RAW, "viewManager"),
	LEAF(struct vim_content, session_manager, LEAF_RAW, "sessionManager"),
	LEAF(struct vim_content, perf_manager, LEAF_RAW, "perfManager"),
	LEAF(struct vim_content, event_manager, LEAF_RAW, "eventManager"),
	LEAF(struct vim_content, task_manager, LEAF_RAW, "taskManager"),
	LEAF(struct vim_content, product, LEAF_TEXT, "about/name"),
	LEAF(struct vim_content, version, LEAF_TEXT, "about/version"),
	LEAF(struct vim_content, build, LEAF_TEXT, "about/build"),
	LEAF(struct vim_content, api_type, LEAF_TEXT, "about/apiType"),
	LEAF(struct vim_content, api_version, LEAF_TEXT, "about/apiVersion"),
	LEAF(struct vim_content, instance_uuid, LEAF_LOWER, "about/instanceUuid"),
	{0},
};

/* GOVC_URL may be a bare host name; "/sdk" is where the API is. */
bool vim_url(const struct target *t, struct http_url *out, GError **error)
{
	const char *text = target_get(t, "url");
	if (!text || !*text) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: no url is configured",
			    t->origin ? t->origin : t->name);
		return false;
	}
	g_autofree char *whole = strstr(text, "://") ? g_strdup(text) : g_strconcat("https://", text, NULL);
	if (!http_url_parse(whole, out, error))
		return false;
	/* As the browser or a careful hand writes it: https://host/ and https://host/sdk/. */
	for (size_t n = strlen(out->clean); n > 0 && out->clean[n - 1] == '/'; n--)
		out->clean[n - 1] = '\0';
	const char *path = strchr(strstr(out->clean, "://") + 3, '/');
	if (!path) {
		char *bare = out->clean;
		out->clean = g_strconcat(bare, "/sdk", NULL);
		g_free(bare);
	}
	return true;
}

static bool read_tls_mode(struct vim *v, GError **error)
{
	static const char *const modes[] = {[TLS_CA] = "ca", [TLS_PIN] = "pin", [TLS_INSECURE] = "insecure"};
	const char *text = target_get(v->target, "tls");
	v->tls = TLS_PIN;
	for (int i = 0; text && i < (int)G_N_ELEMENTS(modes); i++) {
		if (strcmp(text, modes[i]) != 0)
			continue;
		v->tls = (enum tls_mode)i;
		return true;
	}
	if (text)
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: tls = %s: it is pin, ca or insecure",
			    v->target->origin ? v->target->origin : v->target->name, text);
	return !text;
}

static bool negotiate(struct vim *v, char **version, GError **error)
{
	g_autofree char *url = g_strconcat(v->url.clean, "/vimServiceVersions.xml", NULL);
	struct http_request rq = {.method = "GET",
				  .url = url,
				  .total_ms = 30000,
				  .cap_bytes = VERSIONS_CAP,
				  .retry_once = true};
	struct http_response r = {0};
	*version = NULL;
	if (!http_perform(v->http, &rq, &r, error)) {
		/* the reason stands in error */
	} else if (r.status == 503) {
		g_set_error(error, LAB_ERROR, LAB_ERR_UNREACHABLE,
			    "%s: the server says 503: its management service is starting or overloaded",
			    v->url.clean);
	} else if (r.status != 200) {
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "%s: HTTP %d: no vSphere API answers at this URL", v->url.clean, r.status);
	} else {
		*version = version_negotiate(r.body->str, r.body->len, error);
		if (!*version)
			g_prefix_error(error, "%s: ", v->url.clean);
	}
	http_response_clear(&r);
	return *version != NULL;
}

static bool read_content(struct vim *v, GError **error)
{
	struct soap_call call = {.what = "reading what the server offers",
				 .method = "RetrieveServiceContent",
				 .self = {"ServiceInstance", "ServiceInstance"},
				 .total_ms = 30000,
				 .reads_only = true};
	v->content.box = box_new();
	for (const struct leaf *leaf = content_leaves; leaf->path; leaf++)
		leaf_unset(leaf, &v->content);
	if (!soap_call_into(&v->soap, call, content_leaves, &v->content, v->content.box, error))
		return false;
	if (*v->content.root_folder && *v->content.property_collector && *v->content.session_manager)
		return true;
	g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
		    "reading what the server offers: it names no root folder, property collector or session "
		    "manager");
	return false;
}

bool vim_connect(struct vim *v, const struct target *t, struct cancel *cancel, GError **error)
{
	g_autofree char *pin = NULL;
	g_autofree char *version = NULL;
	struct http_options o = {.accept_gzip = true, .cookies = true};
	*v = (struct vim){.target = t,
			  .cancel = cancel,
			  .first_answer_ms = target_ms(t, "first-answer", FIRST_ANSWER_MS)};
	if (!vim_url(t, &v->url, error) || !read_tls_mode(v, error))
		return false;
	const char *user = target_get(t, "user");
	v->user = g_strdup(user && *user ? user : v->url.user);
	if (!v->user) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE,
			    "%s: no user is configured: user = NAME, or url = https://NAME@host/sdk",
			    t->origin ? t->origin : t->name);
		return false;
	}
	if (v->tls == TLS_PIN && !(pin = trust_find_pin(t, &v->url, cancel, error)))
		return false;
	o.tls = v->tls;
	o.pin = pin;
	o.ca_file = target_get(t, "ca-file");
	o.proxy = target_get(t, "proxy");
	v->http = http_new(&o, cancel, error);
	if (!v->http || !negotiate(v, &version, error))
		return false;
	soap_init(&v->soap, v->http, v->url.clean, version);
	return read_content(v, error);
}

bool vim_login(struct vim *v, GError **error)
{
	const char *password = secret_find(v->target, "password", error);
	GString *arguments;
	if (error && *error)
		return false;
	/* It may hold although an answer said that it does not; and only its cookie, soon forgotten, can end it. */
	if (v->may_be_in)
		vim_logout(v, VIM_LOGOUT_MS);
	if (!password)
		password = v->url.password;
	if (!password) {
		g_set_error(error, LAB_ERROR, LAB_ERR_AUTH,
			    "logging in as %s: no password is known: set password-command for it, or "
			    "GOVC_PASSWORD",
			    v->user);
		return false;
	}
	/* Login is refused like a wrong password while the session before it still holds. */
	http_forget_cookies(v->http);
	/* Large enough at once: growing would leave the password in what was freed. */
	arguments = g_string_sized_new(6 * (strlen(v->user) + strlen(password)) + 128);
	xml_element(arguments, "userName", v->user);
	xml_element(arguments, "password", password);
	g_autofree char *what = g_strdup_printf("logging in as %s", v->user);
	struct soap_call call = {.what = what,
				 .method = "Login",
				 .self = {"SessionManager", v->content.session_manager},
				 .arguments = arguments->str,
				 .total_ms = 60000,
				 .grace_ms = LOGIN_GRACE_MS};
	GError *failure = NULL;
	bool good = soap_call(&v->soap, &call, &failure);
	/* An answer that broke off may have brought the cookie; one that we did not wait for has not. */
	v->may_be_in = good || !(v->soap.fault.box || g_error_matches(failure, LAB_ERROR, LAB_ERR_CANCELLED));
	if (failure)
		g_propagate_error(error, failure);
	v->session_lost = false;
	if (soap_fault_is(&v->soap.fault, "InvalidLogin"))
		secret_ask_again(v->target, "password");
	v->kept_alive_ns = v->soap.last_ns;
	secret_wipe(arguments->str, arguments->allocated_len);
	g_string_free(arguments, TRUE);
	return good;
}

bool vim_keep_alive(struct vim *v, GError **error)
{
	struct soap_call call = {.what = "keeping the session alive",
				 .method = "CurrentTime",
				 .self = {"ServiceInstance", "ServiceInstance"},
				 .total_ms = 30000,
				 .reads_only = true};
	/* no key of the configuration: for tests, which cannot wait so long */
	int64_t every_ms = target_ms(v->target, "keep-alive", KEEP_ALIVE_MS);
	if (clock_ns() - v->kept_alive_ns < every_ms * NS_PER_MS)
		return true;
	if (!soap_call(&v->soap, &call, error))
		return false;
	v->kept_alive_ns = v->soap.last_ns;
	return true;
}

bool vim_session_lost(const struct vim *v)
{
	return v->session_lost || soap_fault_is(&v->soap.fault, "NotAuthenticated");
}

/* Leaked sessions count against a cap of the server, so this is worth the wait even on the way out. */
bool vim_logout(struct vim *v, int64_t ms)
{
	struct soap_call call = {.what = "logging out",
				 .method = "Logout",
				 .self = {"SessionManager", v->content.session_manager},
				 .total_ms = ms,
				 .even_when_cancelled = true};
	g_autoptr(GError) error = NULL;
	soap_call(&v->soap, &call, &error);
	/* A fault: it was gone. Another certificate: the server that had it is. */
	if (v->soap.unheard && !g_error_matches(error, LAB_ERROR, LAB_ERR_TRUST))
		return false;
	v->may_be_in = false;
	return true;
}

bool vim_leaves_session(const struct vim *v)
{
	return v->may_be_in && v->soap.unheard;
}

void vim_close(struct vim *v)
{
	/* To a server that does not answer it would only be two seconds of waiting. */
	if (v->may_be_in && !v->soap.unheard)
		vim_logout(v, VIM_LOGOUT_MS);
	soap_clear(&v->soap);
	http_free(v->http);
	box_unref(v->content.box);
	http_url_clear(&v->url);
	g_free(v->user);
	*v = (struct vim){0};
}

void vim_explain(const struct vim *v, GError **error)
{
	if (v->http && v->tls == TLS_PIN && g_error_matches(*error, LAB_ERROR, LAB_ERR_TRUST))
		trust_explain_change(v->target, &v->url, v->cancel, error);
	if (v->http && v->tls == TLS_CA && g_error_matches(*error, LAB_ERROR, LAB_ERR_TRUST)) {
		g_autoptr(GError) why = g_steal_pointer(error);
		g_set_error(
			error, LAB_ERROR, LAB_ERR_TRUST,
			"%s; name its authority by ca-file, or leave tls = ca out and run: labtop trust %s",
			why->message, v->target->name);
	}
}

bool vim_is_vcenter(const struct vim *v)
{
	return strcmp(v->content.api_type, "VirtualCenter") == 0;
}

char *vim_describe(const struct vim *v)
{
	static const char *const trust[] = {[TLS_CA] = "certificate of a known authority",
					    [TLS_PIN] = "pinned certificate",
					    [TLS_INSECURE] = "certificate not checked"};
	/* A pin stands for itself: that its certificate has expired ends nothing, but should not surprise anybody later. */
	g_autofree char *note =
		http_validity_note(http_validity(v->http), g_get_real_time() / G_USEC_PER_SEC);
	return g_strdup_printf("%s %s build %s, %s%s%s", v->content.product, v->content.version,
			       v->content.build, trust[v->tls], note ? ", " : "", note ? note : "");
}
