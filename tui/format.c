/* format.c - numbers as they are shown. */
#include "config.h"

#include "tui/format.h"

#include "tui/role.h"

#include <math.h>
#include <string.h>
#include <time.h>

static const char *const why_not[] = {
	[NUM_UNKNOWN] = "-", [NUM_OK] = "-", [NUM_DENIED] = "root?", [NUM_BAD] = "?", [NUM_BUSY] = "-",
};

/* True when there is something to show; else the reason is in buf. */
static bool known_or_why(char buf[FORMAT_SIZE], struct num n)
{
	if (num_known(n) && isfinite(n.v))
		return true;
	g_strlcpy(buf, why_not[n.state], FORMAT_SIZE);
	return false;
}

/* Thousands separated by commas, whatever the locale says: "1380" -> "1,380". */
static void group_thousands(char *digits, gsize size)
{
	char *start = digits + (*digits == '-');
	size_t whole = strcspn(start, ".");
	for (size_t at = whole; at > 3 && strlen(digits) + 2 < size;) {
		at -= 3;
		memmove(start + at + 1, start + at, strlen(start + at) + 1);
		start[at] = ',';
	}
}

const char *format_count(char buf[FORMAT_SIZE], int64_t n)
{
	g_snprintf(buf, FORMAT_SIZE, "%" G_GINT64_FORMAT, (gint64)n);
	group_thousands(buf, FORMAT_SIZE);
	return buf;
}

const char *format_num(char buf[FORMAT_SIZE], struct num n, int decimals, const char *unit, bool stale)
{
	char digits[FORMAT_SIZE], format[8];
	if (!known_or_why(buf, n))
		return buf;
	g_snprintf(format, sizeof format, "%%.%df", CLAMP(decimals, 0, 6));
	double v = n.v == 0 ? 0 : n.v; /* no "-0" */
	g_ascii_formatd(digits, sizeof digits, format, v);
	group_thousands(digits, sizeof digits);
	g_snprintf(buf, FORMAT_SIZE, "%s%s%s", stale || n.state == NUM_BUSY ? "~" : "", digits,
		   unit ? unit : "");
	return buf;
}

int format_num_role(struct num n, bool stale, int normal)
{
	if (n.state == NUM_BAD)
		return ROLE_UNKNOWN;
	if (!num_known(n))
		return ROLE_DIM;
	return stale || n.state == NUM_BUSY ? ROLE_STALE : normal;
}

const char *format_bytes(char buf[FORMAT_SIZE], struct num bytes)
{
	static const char units[] = "BKMGTPE";
	if (!known_or_why(buf, bytes))
		return buf;
	double v = MAX(bytes.v, 0);
	int u = 0;
	for (; v >= 999.5 && u < 6; u++)
		v /= 1024;
	char digits[FORMAT_SIZE];
	g_ascii_formatd(digits, sizeof digits, u > 0 && v < 99.95 ? "%.1f" : "%.0f", v);
	g_snprintf(buf, FORMAT_SIZE, "%s%s%c", bytes.state == NUM_BUSY ? "~" : "", digits, units[u]);
	return buf;
}

const char *format_gib(char buf[FORMAT_SIZE], struct num bytes, int decimals)
{
	bytes.v /= 1024.0 * 1024 * 1024;
	return format_num(buf, bytes, decimals, "", false);
}

const char *format_used_of(char buf[FORMAT_SIZE], struct num used, struct num total)
{
	char part[FORMAT_SIZE], whole[FORMAT_SIZE];
	if (!num_known(used) && !num_known(total)) {
		known_or_why(buf, used);
		return buf;
	}
	format_gib(part, used, 0);
	format_gib(whole, total, 0);
	g_snprintf(buf, FORMAT_SIZE, "%.12s/%.12sG", part, whole);
	return buf;
}

/* Steps of a duration: the first whose limit is not reached gives the unit. */
static const struct {
	int64_t below_ms, unit_ms;
	const char *brief, *words;
} duration_steps[] = {
	{60 * 1000, 1000, "s", " s"},
	{60 * 60 * 1000, 60 * 1000, "m", " min"},
	{48 * 60 * 60 * 1000, 60 * 60 * 1000, "h", " h"},
	{INT64_MAX, 24 * 60 * 60 * 1000, "d", " d"},
};

static const char *duration(char buf[FORMAT_SIZE], int64_t ms, bool words)
{
	if (ms < 0) {
		g_strlcpy(buf, "-", FORMAT_SIZE);
		return buf;
	}
	gsize i = 0;
	while (ms >= duration_steps[i].below_ms && i + 1 < G_N_ELEMENTS(duration_steps))
		i++;
	g_snprintf(buf, FORMAT_SIZE, "%" G_GINT64_FORMAT "%s", (gint64)(ms / duration_steps[i].unit_ms),
		   words ? duration_steps[i].words : duration_steps[i].brief);
	return buf;
}

const char *format_age(char buf[FORMAT_SIZE], int64_t ms)
{
	return duration(buf, ms, false);
}

const char *format_duration(char buf[FORMAT_SIZE], int64_t ms)
{
	return duration(buf, ms, true);
}

enum clock_form { CLOCK_MINUTES, CLOCK_SECONDS, CLOCK_DAY };

static const char *utc(char buf[FORMAT_SIZE], int64_t wall_ms, enum clock_form form)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;
	if (wall_ms <= 0 || !gmtime_r(&t, &tm)) {
		g_strlcpy(buf, "-", FORMAT_SIZE);
		return buf;
	}
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	if (form == CLOCK_DAY) /* the locale's own month names are not wanted */
		g_snprintf(buf, FORMAT_SIZE, "%d %s %02d:%02d", tm.tm_mday, months[tm.tm_mon], tm.tm_hour,
			   tm.tm_min);
	else if (form == CLOCK_SECONDS)
		g_snprintf(buf, FORMAT_SIZE, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		g_snprintf(buf, FORMAT_SIZE, "%02d:%02d", tm.tm_hour, tm.tm_min);
	return buf;
}

const char *format_clock(char buf[FORMAT_SIZE], int64_t wall_ms)
{
	return utc(buf, wall_ms, CLOCK_MINUTES);
}

const char *format_clock_s(char buf[FORMAT_SIZE], int64_t wall_ms)
{
	return utc(buf, wall_ms, CLOCK_SECONDS);
}

const char *format_day(char buf[FORMAT_SIZE], int64_t wall_ms)
{
	return utc(buf, wall_ms, CLOCK_DAY);
}

const char *format_bdf(const char *bdf)
{
	return g_str_has_prefix(bdf, "0000:") ? bdf + 5 : bdf;
}
