/* http_error.c - what a libcurl failure means to us, and how it is said. */
#include "config.h"

#include "backends/http_private.h"

#include "backends/descriptors.h"
#include "lab/error.h"
#include "lab/text.h"

#include <errno.h>
#include <string.h>

/* How far it came before the time was over. On a kept connection libcurl tells no connect time, only what was sent. */
static enum lab_error timeout_kind(CURL *easy)
{
	curl_off_t looked_up = 0, connected = 0;
	long sent = 0;
	curl.easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
	curl.easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
	curl.easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
	return connected || sent ? LAB_ERR_TIMEOUT : looked_up ? LAB_ERR_UNREACHABLE : LAB_ERR_NAME;
}

/* What a libcurl code means to us. words: said in place of libcurl's, where it can be said better. */
static const struct {
	CURLcode code;
	enum lab_error error;
	const char *words;
} meanings[] = {
	{CURLE_COULDNT_RESOLVE_HOST, LAB_ERR_NAME, NULL},
	{CURLE_COULDNT_RESOLVE_PROXY, LAB_ERR_NAME, "its address is not understood, or its name not found"},
#if LIBCURL_VERSION_NUM >= 0x074900
	{CURLE_PROXY, LAB_ERR_UNREACHABLE, NULL},
#endif
	{CURLE_COULDNT_CONNECT, LAB_ERR_UNREACHABLE, NULL},
	{CURLE_GOT_NOTHING, LAB_ERR_UNREACHABLE, "the server closed the connection without an answer"},
	{CURLE_SEND_ERROR, LAB_ERR_UNREACHABLE, NULL},
	{CURLE_RECV_ERROR, LAB_ERR_UNREACHABLE, NULL},
	{CURLE_PARTIAL_FILE, LAB_ERR_UNREACHABLE, "the answer was cut off"},
	{CURLE_PEER_FAILED_VERIFICATION, LAB_ERR_TRUST, NULL},
	{CURLE_SSL_ISSUER_ERROR, LAB_ERR_TRUST, NULL},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, LAB_ERR_TRUST,
	 "the server's key is not the pinned one: host reinstalled, certificate renewed, or someone in the "
	 "middle"},
	{CURLE_SSL_CACERT_BADFILE, LAB_ERR_USAGE, NULL},
	{CURLE_UNSUPPORTED_PROTOCOL, LAB_ERR_USAGE, "only https is spoken to it"},
	{CURLE_URL_MALFORMAT, LAB_ERR_USAGE, NULL},
	{CURLE_LOGIN_DENIED, LAB_ERR_USAGE, "a user name stands in the url"},
	{CURLE_ABORTED_BY_CALLBACK, LAB_ERR_CANCELLED, "cancelled"},
};

const char *http_error_words(CURLcode code, const char *detail)
{
	if (code == CURLE_SSL_CONNECT_ERROR &&
	    (strstr(detail, "wrong version number") || strstr(detail, "packet length")))
		return "what answers there does not speak TLS";
	if (code == CURLE_SSL_CONNECT_ERROR &&
	    (strstr(detail, "protocol version") || strstr(detail, "unsupported protocol")))
		return "the server speaks no TLS newer than 1.1";
	return *detail ? detail : curl.easy_strerror(code);
}

void http_set_error(GError **error, const char *what, CURL *easy, CURLcode code, const char *detail)
{
	enum lab_error kind = code == CURLE_OPERATION_TIMEDOUT ? timeout_kind(easy) : LAB_ERR_PROTOCOL;
	const char *words = NULL;
	long os_errno = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
		if (meanings[i].code != code)
			continue;
		kind = meanings[i].error;
		words = meanings[i].words;
	}
	curl.easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	if (code == CURLE_COULDNT_CONNECT && os_errno)
		words = g_strerror((int)os_errno);
	/* Its own words for this are that the name is not known, or that the authorities' file cannot be read. */
	bool no_socket = lab_error_of_errno(http_socket_errno()) == LAB_ERR_LIMIT;
	if (code != CURLE_ABORTED_BY_CALLBACK && (no_socket || descriptors_used_up())) {
		kind = LAB_ERR_LIMIT;
		words = g_strerror(EMFILE);
	}
	g_autofree char *said = text_clean(words ? words : http_error_words(code, detail), -1);
	g_set_error(error, LAB_ERROR, (int)kind, "%s: %s", what, said);
}

void http_name_proxy(GError **error, const char *proxy)
{
	const char *at = proxy ? strrchr(proxy, '@') : NULL;
	if (proxy)
		g_prefix_error(error, "through the proxy %s: ", at ? at + 1 : proxy);
}
