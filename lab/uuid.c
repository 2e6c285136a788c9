/* uuid.c - comparing UUIDs that may stand in either byte order. */
#include "config.h"
#include "lab/uuid.h"

#include <glib.h>
#include <string.h>

#define UUID_DIGITS 32

/* Where each output digit comes from when the first three fields are byte-swapped. */
static const int swapped_from[UUID_SIZE - 1] = {
	6,  7,  4,  5,  2,  3,  0,  1,  8,  11, 12, 9,  10, 13, 16, 17, 14, 15,
	18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
};

bool uuid_valid(const char *uuid)
{
	if (!uuid || strlen(uuid) != UUID_SIZE - 1)
		return false;
	for (int i = 0; i < UUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? uuid[i] != '-' : !g_ascii_isxdigit(uuid[i]))
			return false;
	}
	return true;
}

bool uuid_swap(const char *uuid, char out[UUID_SIZE])
{
	if (!uuid_valid(uuid))
		return false;
	for (int i = 0; i < UUID_SIZE - 1; i++)
		out[i] = g_ascii_tolower(uuid[swapped_from[i]]);
	out[UUID_SIZE - 1] = '\0';
	return true;
}

bool uuid_canonical(const char *uuid, char out[UUID_SIZE])
{
	char lower[UUID_SIZE];
	if (!uuid_swap(uuid, out))
		return false;
	for (int i = 0; i < UUID_SIZE; i++)
		lower[i] = g_ascii_tolower(uuid[i]);
	if (strcmp(lower, out) < 0)
		memcpy(out, lower, UUID_SIZE);
	return true;
}

/* All equal, "fefe...", "0123456789abcdef" twice: whatever repeats itself. */
static bool has_equal_halves(const char *digits)
{
	return strncmp(digits, digits + UUID_DIGITS / 2, UUID_DIGITS / 2) == 0;
}

/* One digit, and next to nothing else: "00000000-0000-0000-0000-000000000001". */
static bool is_nearly_blank(const char *digits)
{
	int other = 0;
	for (int i = 0; i < UUID_DIGITS; i++)
		other += digits[i] != digits[0];
	return other <= 2;
}

static bool is_example(const char *uuid)
{
	static const char *const examples[] = {
		"03000200040005000006000700080009", /* American Megatrends', left in many white-box boards */
		"123456781234",                     /* and whatever else begins so */
		"4c4c454400002010802080c04f202020", /* Dell's, made of an empty service tag */
	};
	char digits[UUID_SIZE];
	int n = 0;
	for (int i = 0; uuid[i]; i++)
		if (uuid[i] != '-')
			digits[n++] = g_ascii_tolower(uuid[i]);
	digits[n] = '\0';
	for (gsize i = 0; i < G_N_ELEMENTS(examples); i++)
		if (g_str_has_prefix(digits, examples[i]))
			return true;
	return has_equal_halves(digits) || is_nearly_blank(digits);
}

bool uuid_placeholder(const char *uuid)
{
	char swapped[UUID_SIZE];
	return !uuid_swap(uuid, swapped) || is_example(uuid) || is_example(swapped);
}
