/* format.c - numbers as they are shown. */
#include "config.h"

#include "tui/format.h"

#include "lab/bdf.h"

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

/* Digits with commas between thousands, whatever the locale says, ending before `end`; returns where they begin. */
static char *digits_before(char *end, uint64_t n)
{
	for (int i = 0; i == 0 || n > 0; i++, n /= 10) {
		if (i > 0 && i % 3 == 0)
			*--end = ',';
		*--end = (char)('0' + n % 10);
	}
	return end;
}

/* Rounded to a whole number of 10^-decimals as printf does it: by the exact value, halves to even. */
static double scale(double v, int decimals)
{
	static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
	double scaled = v * tens[decimals], lost = fma(v, tens[decimals], -scaled);
	if (fabs(scaled - trunc(scaled)) == 0.5 && lost != 0) /* only in the product a half */
		return lost > 0 ? ceil(scaled) : floor(scaled);
	return rint(scaled);
}

/* "%.*f" with commas and without "-0"; printf itself is a third of a frame's cost. Returns where it begins in text. */
static const char *fixed(char text[FORMAT_SIZE], double v, int decimals)
{
	double scaled = scale(v, decimals);
	if (!(fabs(scaled) < 1e15))
		return g_ascii_formatd(text, FORMAT_SIZE, "%.3g", v);
	uint64_t n = (uint64_t)fabs(scaled);
	char *at = text + FORMAT_SIZE - 1;
	*at = '\0';
	for (int i = 0; i < decimals; i++, n /= 10)
		*--at = (char)('0' + n % 10);
	if (decimals > 0)
		*--at = '.';
	at = digits_before(at, n);
	if (scaled < 0)
		*--at = '-';
	return at;
}

const char *format_num(char buf[FORMAT_SIZE], struct num n, int decimals, const char *unit, bool stale)
{
	char digits[FORMAT_SIZE];
	if (!known_or_why(buf, n))
		return buf;
	g_strlcpy(buf, stale || n.state == NUM_BUSY ? "~" : "", FORMAT_SIZE);
	g_strlcat(buf, fixed(digits, n.v, CLAMP(decimals, 0, 6)), FORMAT_SIZE);
	if (unit)
		g_strlcat(buf, unit, FORMAT_SIZE);
	return buf;
}

enum role format_num_role(struct num n, bool stale, enum role normal)
{
	if (n.state == NUM_BAD)
		return ROLE_UNKNOWN;
	if (!num_known(n))
		return ROLE_DIM;
	return stale || n.state == NUM_BUSY ? ROLE_STALE : normal;
}

const char *format_bytes(char buf[FORMAT_SIZE], struct num bytes)
{
	static const char *const units[] = {"B", "K", "M", "G", "T", "P", "E"};
	if (!known_or_why(buf, bytes))
		return buf;
	double v = MAX(bytes.v, 0);
	int u = 0;
	for (; v >= 999.5 && u < 6; u++)
		v /= 1024;
	return format_num(buf, (struct num){v, bytes.state}, u > 0 && v < 99.95 ? 1 : 0, units[u], false);
}

const char *format_gib(char buf[FORMAT_SIZE], struct num bytes, int decimals)
{
	bytes.v /= 1024.0 * 1024 * 1024;
	return format_num(buf, bytes, decimals, "", false);
}

#define GIB 1073741824.0

const char *format_size(char buf[FORMAT_SIZE], struct num bytes)
{
	bool small = num_known(bytes) && bytes.v < GIB && bytes.v > 0;
	bytes.v /= small ? GIB / 1024 : GIB;
	return format_num(buf, bytes, 0, small ? " MiB" : " GiB", false);
}

const char *format_used_of(char buf[FORMAT_SIZE], struct num used, struct num total)
{
	char part[FORMAT_SIZE], whole[FORMAT_SIZE];
	if (!num_known(used) && !num_known(total)) {
		known_or_why(buf, used);
		return buf;
	}
	bool small = num_known(total) && total.v < GIB && total.v > 0;
	double unit = small ? GIB / 1024 : GIB;
	used.v /= unit;
	total.v /= unit;
	format_num(part, used, 0, "", false);
	format_num(whole, total, 0, "", false);
	part[12] = whole[12] = '\0';
	g_strlcpy(buf, part, FORMAT_SIZE);
	g_strlcat(buf, "/", FORMAT_SIZE);
	g_strlcat(buf, whole, FORMAT_SIZE);
	g_strlcat(buf, small ? "M" : "G", FORMAT_SIZE);
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

#define DAY_MS  (24 * 60 * 60 * G_GINT64_CONSTANT(1000))
#define YEAR_MS (365.25 * (double)DAY_MS)

static const char *duration(char buf[FORMAT_SIZE], int64_t ms, bool words)
{
	if (ms < 0) {
		g_strlcpy(buf, "-", FORMAT_SIZE);
		return buf;
	}
	if (ms >= 1000 * DAY_MS) { /* five columns have room for no more days */
		g_snprintf(buf, FORMAT_SIZE, "%.1f%s", (double)ms / YEAR_MS, words ? " y" : "y");
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

enum clock_form { CLOCK_MINUTES, CLOCK_SECONDS, CLOCK_DAY, CLOCK_YEAR };

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
	else if (form == CLOCK_YEAR)
		g_snprintf(buf, FORMAT_SIZE, "%d %s %d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900);
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

static int year_of(int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;
	return gmtime_r(&t, &tm) ? tm.tm_year : 0;
}

const char *format_day(char buf[FORMAT_SIZE], int64_t wall_ms, int64_t now_ms)
{
	return utc(buf, wall_ms, year_of(wall_ms) == year_of(now_ms) ? CLOCK_DAY : CLOCK_YEAR);
}

const char *format_id(char buf[FORMAT_SIZE], struct num n)
{
	if (known_or_why(buf, n))
		g_snprintf(buf, FORMAT_SIZE, "%.0f", n.v);
	return buf;
}

void format_part(GString *line, const char *between, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (line->len)
		g_string_append(line, between);
	g_string_append_vprintf(line, format, args);
	va_end(args);
}

const char *format_bdf(const char *bdf)
{
	return bdf_short(bdf);
}
