/* fuzz_soap.c - a vSphere server that gives the same answer to whatever is read from it. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "tests/drivers/vsphere_fed.h"

#include <string.h>

static const char versions[] =
	"<namespaces version=\"1.0\"><namespace><name>urn:vim25</name><version>7.0.3.0</version>"
	"</namespace></namespaces>";
static const char content[] =
	"<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body><RetrieveServiceContentResponse "
	"xmlns=\"urn:vim25\"><returnval><rootFolder>f</rootFolder><propertyCollector>p</propertyCollector>"
	"<viewManager>v</viewManager><about><name>n</name><apiType>VirtualCenter</apiType></about>"
	"<sessionManager>s</sessionManager><perfManager>q</perfManager><eventManager>e</eventManager>"
	"<taskManager>t</taskManager></returnval></RetrieveServiceContentResponse></Body></Envelope>";

static void check(const GError *error)
{
	GError *copy = g_error_copy(error);
	fuzz_judge_error(&copy);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	struct vsphere_fed fed = {.fault = NULL};
	for (int i = 0; i < ANSWER_COUNT; i++) {
		fed.text[i] = (const char *)data;
		fed.len[i] = size;
	}
	/* The first byte may put it in place of what is read at the beginning. */
	if (size == 0 || data[0] != 'V') {
		fed.text[ANSWER_VERSIONS] = versions;
		fed.len[ANSWER_VERSIONS] = strlen(versions);
	}
	if (size == 0 || data[0] != 'C') {
		fed.text[ANSWER_CONTENT] = content;
		fed.len[ANSWER_CONTENT] = strlen(content);
	}
	if (size > 0 && strchr("VC", data[0]))
		for (int i = 0; i < ANSWER_COUNT; i++)
			if (fed.text[i] == (const char *)data)
				fed.text[i]++, fed.len[i]--;
	fuzz_judge_lab(vsphere_fed_lab(&fed, check));
}
