/* http_validity.c - says when the time of a certificate is over. */
#include "config.h"

#include "backends/http.h"

char *http_validity_note(struct http_validity v, int64_t now_s)
{
	bool expired = v.to_s && now_s > v.to_s, early = v.from_s && now_s < v.from_s;
	if (!expired && !early)
		return NULL;
	g_autoptr(GDateTime) day = g_date_time_new_from_unix_utc(expired ? v.to_s : v.from_s);
	g_autofree char *text = day ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("?");
	return g_strconcat(expired ? "expired on " : "not valid before ", text, NULL);
}
