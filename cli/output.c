/* output.c - see the header. */
#include "config.h"
#include "cli/output.h"

#include "backends/write_whole.h"
#include "cli/print.h"
#include "cli/signals.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static bool reader_gone;

bool output_reader_gone(void)
{
	return reader_gone;
}

void output_open(struct output *out)
{
	*out = (struct output){0};
	out->to = open_memstream(&out->text, &out->len);
	if (!out->to)
		g_error("cannot make an output: %s", g_strerror(errno));
}

static int send_whole(const struct output *out)
{
	signals_catch();
	if (signals_came())
		return 128 + signals_came();
	int why = write_whole(STDOUT_FILENO, out->text, out->len, signals_came);
	reader_gone = why == EPIPE;
	if (signals_came())
		return 128 + signals_came();
	if (why == 0 || why == EPIPE)
		return 0;
	complain("writing the output: %s", g_strerror(why));
	return 6;
}

int output_send(struct output *out)
{
	if (fclose(out->to) != 0)
		g_error("cannot hold the output: %s", g_strerror(errno));
	int status = send_whole(out);
	free(out->text);
	return status;
}
