/* version.c - reads vimServiceVersions.xml and applies the rule of reference vsphere.md 1.3. */
#include "config.h"
#include "backends/vsphere/version.h"

#include "backends/vsphere/soap.h"
#include "lab/text.h"

#include <string.h>

bool version_is_number(const char *text)
{
	return g_ascii_isdigit(*text) && strspn(text, "0123456789.") == strlen(text) && strlen(text) < 32;
}

int version_compare(const char *a, const char *b)
{
	while (*a || *b) {
		char *end_a, *end_b;
		guint64 left = g_ascii_strtoull(a, &end_a, 10), right = g_ascii_strtoull(b, &end_b, 10);
		if (left != right)
			return left < right ? -1 : 1;
		if (end_a == a && end_b == b)
			return 0; /* neither is a number */
		a = *end_a == '.' ? end_a + 1 : end_a;
		b = *end_b == '.' ? end_b + 1 : end_b;
		if (end_a == a && *a)
			a = "";
		if (end_b == b && *b)
			b = "";
	}
	return 0;
}

/* The newest that both speak, or the oldest of the server's: it surely speaks that. A vCenter may call its own version by a
 * word ("uA046D008"); those before it have numbers. */
char *version_choose(const char *version, const char *const *prior, GError **error)
{
	const char *best = NULL, *oldest = NULL, *at = version;
	for (int i = 0; at; at = prior[i++]) {
		if (!version_is_number(at))
			continue;
		if (version_compare(at, VIM_VERSION_OURS) <= 0 && (!best || version_compare(at, best) > 0))
			best = at;
		if (!oldest || version_compare(at, oldest) < 0)
			oldest = at;
	}
	if (!oldest) {
		g_autofree char *clean = text_clean(version, (gssize)MIN(strlen(version), 40));
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL, "the server calls its API version \"%s\"",
			    clean);
		return NULL;
	}
	if (best && version_compare(best, VIM_VERSION_OLDEST) < 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_UNSUPPORTED,
			    "the server speaks API %s; %s is the oldest that labtop can use", best,
			    VIM_VERSION_OLDEST);
		return NULL;
	}
	return g_strdup(best ? best : oldest);
}

struct versions {
	bool is_vim;     /* within the namespace urn:vim25 */
	bool name;       /* the text that ends next is a name */
	bool in_version; /* or a version */
	char *version;
	GPtrArray *prior;
};

/* namespaces/namespace{name, version, priorVersions/version}: other namespaces may stand beside ours. */
static bool on_start(void *data, const struct xml_tag *tag)
{
	struct versions *v = data;
	v->name = strcmp(tag->name, "name") == 0;
	v->in_version = strcmp(tag->name, "version") == 0;
	return true;
}

static void on_end(void *data, int depth, const char *text, size_t len)
{
	struct versions *v = data;
	if (v->name)
		v->is_vim = strcmp(text, VIM_NS) == 0;
	else if (v->in_version && v->is_vim && depth == 2 && !v->version)
		v->version = g_strndup(text, 64);
	else if (v->in_version && v->is_vim && depth == 3 && v->prior->len < 256)
		g_ptr_array_add(v->prior, g_strndup(text, 64));
	v->name = v->in_version = false;
}

char *version_negotiate(const char *xml, size_t len, GError **error)
{
	static const struct xml_handler handler = {on_start, on_end};
	struct versions v = {.prior = g_ptr_array_new_with_free_func(g_free)};
	struct xml *x = xml_new(&handler, &v);
	char *chosen = NULL;
	bool whole = xml_push(x, xml, len, error) && xml_finish(x, error);
	g_ptr_array_add(v.prior, NULL);
	if (whole && v.version)
		chosen = version_choose(v.version, (const char *const *)v.prior->pdata, error);
	else if (whole)
		g_set_error(error, LAB_ERROR, LAB_ERR_PROTOCOL,
			    "the list of API versions does not name " VIM_NS);
	xml_free(x);
	g_free(v.version);
	g_ptr_array_unref(v.prior);
	return chosen;
}
