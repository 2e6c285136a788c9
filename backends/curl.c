/* curl.c - see the header. */
#include "config.h"

#include "backends/curl.h"

#include "backends/library.h"

LIBRARY_NOTE(LIBCURL_SONAME, "network", "vSphere and inference engines over HTTP");

#define CURL_NAME(name) "curl_" #name,
static const char *const names[] = {CURL_FUNCTIONS(CURL_NAME) NULL};

struct curl_functions curl;

static void start(void)
{
	curl.global_init(CURL_GLOBAL_DEFAULT);
}

bool curl_load(GError **error)
{
	static struct library library = LIBRARY(LIBCURL_SONAME, names, &curl, start);
	return library_load(&library, error);
}
