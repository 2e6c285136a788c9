/* curl.h - the part of libcurl that is used, loaded when it is first needed: curl.easy_init() is curl_easy_init(). */
#ifndef BACKENDS_CURL_H
#define BACKENDS_CURL_H

#include <curl/curl.h>
#include <glib.h>
#include <stdbool.h>

#define CURL_FUNCTIONS(X)      \
	X(easy_cleanup)        \
	X(easy_getinfo)        \
	X(easy_init)           \
	X(easy_reset)          \
	X(easy_setopt)         \
	X(easy_strerror)       \
	X(free)                \
	X(getdate)             \
	X(global_init)         \
	X(multi_add_handle)    \
	X(multi_cleanup)       \
	X(multi_info_read)     \
	X(multi_init)          \
	X(multi_perform)       \
	X(multi_poll)          \
	X(multi_remove_handle) \
	X(multi_setopt)        \
	X(slist_append)        \
	X(slist_free_all)      \
	X(url)                 \
	X(url_cleanup)         \
	X(url_get)             \
	X(url_set)

#define CURL_POINTER(name) __typeof__(curl_##name) *name;
struct curl_functions {
	CURL_FUNCTIONS(CURL_POINTER)
};

/* Filled by curl_load(); what calls them must have seen it succeed. */
extern struct curl_functions curl;

/* Loads and starts libcurl, in whichever thread comes first. */
bool curl_load(GError **error);

#endif
