/* fuzz_headers.c - the head of an answer, line by line as libcurl hands it over. What the bytes meet first is static, so the
 * file is part of this one. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/http.c" /* NOLINT */

void fuzz_one(const uint8_t *data, size_t size)
{
	struct http_response out = {.retry_after_ms = -1};
	struct transfer t = {.out = &out, .silence_ms = 1000};
	GError *error = NULL;
	if (!curl_load(&error))
		g_error("%s", error->message);
	for (size_t at = 0; at < size;) {
		const uint8_t *lf = memchr(data + at, '\n', size - at);
		size_t end = lf ? (size_t)(lf - data) + 1 : size, n = end - at;
		g_autofree char *line = g_malloc(n); /* no NUL behind it */
		memcpy(line, data + at, n);
		if (on_header(line, 1, n, &t) != n)
			g_error("a line that was not taken");
		at = end;
	}
	if (out.retry_after_ms < -1 || out.retry_after_ms > RETRY_AFTER_CAP_MS)
		g_error("told to wait %" G_GINT64_FORMAT " ms", out.retry_after_ms);
	fuzz_judge(out.server);
	fuzz_judge(out.content_type);
	fuzz_judge(out.location);
	fuzz_judge(out.encoding);
	http_response_clear(&out);
}
