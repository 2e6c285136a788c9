/* role.c - names and letters of the roles. */
#include "config.h"

#include "tui/role.h"

#include <string.h>

const struct role_info role_info[ROLE_COUNT] = {
	[ROLE_TEXT] = {"text", '.'},         [ROLE_DIM] = {"dim", 'd'},
	[ROLE_TITLE] = {"title", 't'},       [ROLE_CRUMB] = {"crumb", 'c'},
	[ROLE_BORDER] = {"border", 'b'},     [ROLE_FOCUS] = {"focus", 'f'},
	[ROLE_SELECT] = {"select", 's'},     [ROLE_OK] = {"ok", 'o'},
	[ROLE_WARN] = {"warn", 'w'},         [ROLE_CRIT] = {"crit", 'x'},
	[ROLE_UNKNOWN] = {"unknown", 'u'},   [ROLE_STALE] = {"stale", 'z'},
	[ROLE_INFO] = {"info", 'i'},         [ROLE_KEY] = {"key", 'k'},
	[ROLE_HINT] = {"hint", 'h'},         [ROLE_BAR] = {"bar", 'a'},
	[ROLE_BAR_LOW] = {"bar-low", 'l'},   [ROLE_BAR_MID] = {"bar-mid", 'm'},
	[ROLE_BAR_HIGH] = {"bar-high", 'g'}, [ROLE_SERIES1] = {"series1", '1'},
	[ROLE_SERIES2] = {"series2", '2'},   [ROLE_SERIES3] = {"series3", '3'},
	[ROLE_SERIES4] = {"series4", '4'},   [ROLE_SERIES5] = {"series5", '5'},
	[ROLE_SERIES6] = {"series6", '6'},
};

int role_by_name(const char *name)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (strcmp(role_info[i].name, name) == 0)
			return i;
	return -1;
}
