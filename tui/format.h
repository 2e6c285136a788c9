/* format.h - numbers as they are shown, in one place. Unknown is "-", never 0; fixed widths are the caller's columns.
 *
 * All but format_part() write into a caller's buffer and return it, so that they can stand in an argument list.
 */
#ifndef TUI_FORMAT_H
#define TUI_FORMAT_H

#include "lab/num.h"
#include "tui/role.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define FORMAT_SIZE 32

/* A number with a unit: "86°C", "168 W", "1,380 MHz", "93%". "-" not known, "root?" denied, "?" bad; stale or busy has
 * "~" before it. Decimals as given. The unit is written as it is: " W", "°C", "%". */
const char *format_num(char buf[FORMAT_SIZE], struct num n, int decimals, const char *unit, bool stale);

/* The role of such a cell: dim for not known and denied, unknown for bad, stale when stale, else `normal`. */
enum role format_num_role(struct num n, bool stale, enum role normal);

/* Three to four significant characters with a suffix: "512M", "21.3G", "1.8T"; format_gib() always in GiB ("15.8"). */
const char *format_bytes(char buf[FORMAT_SIZE], struct num bytes);
const char *format_gib(char buf[FORMAT_SIZE], struct num bytes, int decimals);

/* A size in words: "32 GiB", below one "512 MiB": never "0 GiB" of something. */
const char *format_size(char buf[FORMAT_SIZE], struct num bytes);

/* "16/32G", "96/512M" of less than one GiB: used of total in one unit; "-" when neither is known. */
const char *format_used_of(char buf[FORMAT_SIZE], struct num used, struct num total);

/* How long: "12s" "4m" "3h" "8d"; at most three columns below 100 days; from 1,000 days on years:
 * "2.7y"; "-" when negative. */
const char *format_age(char buf[FORMAT_SIZE], int64_t ms);

/* How long in words of a sentence: "12 s", "4 min", "3 h", "8 d". */
const char *format_duration(char buf[FORMAT_SIZE], int64_t ms);

/* A number that names something, such as a slot or an instance: no commas. */
const char *format_id(char buf[FORMAT_SIZE], struct num n);

/* Wall clock in UTC: "14:02", "14:02:07"; a day "12 Nov 14:02", of another year than now's "12 Nov 2024". */
const char *format_clock(char buf[FORMAT_SIZE], int64_t wall_ms);
const char *format_clock_s(char buf[FORMAT_SIZE], int64_t wall_ms);
const char *format_day(char buf[FORMAT_SIZE], int64_t wall_ms, int64_t now_ms);

/* The next part of a line of several: `between` comes before it, unless it is the first. */
void format_part(GString *line, const char *between, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A PCI address without the domain when that is 0000: "83:00.0". Borrowed from bdf. */
const char *format_bdf(const char *bdf);

#endif
