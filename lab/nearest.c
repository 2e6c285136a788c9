/* nearest.c - the known word that a mistyped one probably meant. */
#include "config.h"
#include "lab/nearest.h"

#include <glib.h>
#include <string.h>

/* Edits from a to b, a swap of neighbours counting once; up to 31 bytes each. */
static int distance(const char *a, const char *b)
{
	int la = (int)strlen(a), lb = (int)strlen(b), d[32][32];
	if (la > 31 || lb > 31)
		return 99;
	for (int i = 0; i <= la; i++)
		for (int k = 0; k <= lb; k++) {
			if (i == 0 || k == 0) {
				d[i][k] = i + k;
				continue;
			}
			int change = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
			d[i][k] = MIN(change, MIN(d[i - 1][k], d[i][k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				d[i][k] = MIN(d[i][k], d[i - 2][k - 2] + 1);
		}
	return d[la][lb];
}

const char *nearest_word(const char *typed, const char *const *words)
{
	const char *best = NULL;
	int best_distance = (int)strlen(typed) <= 3 ? 2 : 3; /* below this */
	for (int i = 0; words[i]; i++) {
		int n = distance(typed, words[i]);
		if (n < best_distance) {
			best = words[i];
			best_distance = n;
		}
	}
	return best;
}
