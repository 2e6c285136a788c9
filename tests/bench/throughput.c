/* throughput.c - how fast outside data are read, for bench.py: prints one number a CPU second.
 *
 *   throughput xml FILE     MB/s of XML through backends/xml.c, in the pieces that libcurl hands over
 *   throughput lines FILE   lines/s of agent stream through agent_line.c; the file's last line, again and again
 */
#include "config.h"

#include "backends/guest/agent_line.h"
#include "backends/json_scratch.h"
#include "backends/xml.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PIECE (16 * 1024)
#define LINES 20000

static bool start(void *data, const struct xml_tag *tag)
{
	return true;
}

static void end(void *data, int depth, const char *text, size_t len)
{
	*(size_t *)data += len;
}

static double cpu_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static bool read_xml(const char *bytes, gsize len, GError **error)
{
	static const struct xml_handler handler = {start, end};
	size_t text = 0;
	double from_s = cpu_s();
	struct xml *x = xml_new(&handler, &text);
	bool whole = true;
	for (gsize at = 0; whole && at < len; at += PIECE)
		whole = xml_push(x, bytes + at, MIN(PIECE, len - at), error);
	whole = whole && xml_finish(x, error);
	xml_free(x);
	printf("%.1f\n", (double)len / 1e6 / (cpu_s() - from_s));
	return whole;
}

static bool read_lines(char *text, GError **error)
{
	double from_s = cpu_s();
	const char *line = strrchr(g_strchomp(text), '\n');
	line = line ? line + 1 : text;
	for (int i = 0; i < LINES; i++) {
		struct agent_line parsed;
		struct box *box = box_new();
		bool good = agent_line_parse(box, line, strlen(line), &parsed, error);
		box_unref(box);
		if (!good)
			return false;
	}
	printf("%.0f\n", LINES / (cpu_s() - from_s));
	return true;
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize len;
	json_scratch_install();
	if (argc != 3 || !g_file_get_contents(argv[2], &text, &len, &error)) {
		fprintf(stderr, "throughput: %s\n", error ? error->message : "throughput xml|lines FILE");
		return 2;
	}
	bool good = strcmp(argv[1], "xml") == 0 ? read_xml(text, len, &error) : read_lines(text, &error);
	if (!good)
		fprintf(stderr, "throughput: %s\n", error->message);
	return good ? 0 : 1;
}
