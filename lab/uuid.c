/* uuid.c - comparing UUIDs that may stand in either byte order. */
#include "config.h"
#include "lab/uuid.h"

#include <glib.h>
#include <string.h>

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

bool uuid_placeholder(const char *uuid)
{
	/* American Megatrends' example, left in many white-box boards */
	static const char *const examples[] = {"03000200-0400-0500-0006-000700080009",
					       "00020003-0004-0005-0006-000700080009"};
	if (!uuid_valid(uuid))
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(examples); i++)
		if (g_ascii_strcasecmp(uuid, examples[i]) == 0)
			return true;
	for (int i = 1; i < UUID_SIZE - 1; i++)
		if (uuid[i] != '-' && g_ascii_tolower(uuid[i]) != g_ascii_tolower(uuid[0]))
			return false;
	return true;
}
