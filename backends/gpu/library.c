/* library.c - see the header. */
#include "config.h"
#include "backends/gpu/library.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/gpu/board.h"
#include "backends/gpu/gpu_json.h"
#include "backends/gpu/restart.h"

#define START_LIMIT_MS  8000 /* ROCm SMI itself waits 5 s for a lock */
#define ANSWER_LIMIT_MS 1000 /* a deadline; three missed ones end the child */
#define MISSED_LIMIT    3
#define ABSENT_RETRY_MS 300000 /* somebody may install it */
#define LINE_MAX_BYTES  (1024 * 1024)
#define REAP_LIMIT_MS   50

enum library_state { LIBRARY_WAITING, LIBRARY_STARTING, LIBRARY_UP };

struct library {
	const struct vendor *vendor;
	char *sysfs;
	gint64 answer_limit_ms;
	enum library_state state;
	bool absent, introduced;
	char reason[256]; /* why it is not up */
	struct vendor_facts facts;
	guint generation;
	/* the child */
	GPid pid;
	int to_fd, from_fd;
	GString *input;
	struct board *board;
	int board_fd;
	struct restart restart;
	struct blame *blame;
	GArray *undead; /* GPid */
	/* its cards */
	int count;
	struct gpu_info info[GPU_MAX];
	struct gpu_values values[GPU_MAX];
	GArray *processes[GPU_MAX];
	gint64 owed_since_ms[GPU_MAX]; /* 0: nothing owed */
};

struct library *library_new(const struct vendor *vendor, const char *sysfs_root, int interval_ms)
{
	struct library *l = g_new0(struct library, 1);

	l->vendor = vendor;
	l->sysfs = g_strdup(sysfs_root);
	l->answer_limit_ms = MISSED_LIMIT * MAX(ANSWER_LIMIT_MS, interval_ms);
	l->to_fd = l->from_fd = -1;
	l->input = g_string_new(NULL);
	l->board = board_create(&l->board_fd);
	l->blame = blame_new();
	l->undead = g_array_new(FALSE, FALSE, sizeof(GPid));
	for (int i = 0; i < GPU_MAX; i++)
		l->processes[i] = g_array_new(FALSE, TRUE, sizeof(struct vendor_process));
	g_strlcpy(l->reason, "starting", sizeof l->reason);
	return l;
}

/* Children that are to die but hang in the kernel: asked for again later, never waited for. */
static void reap_late(struct library *l)
{
	for (guint i = l->undead->len; i > 0; i--)
		if (waitpid(g_array_index(l->undead, GPid, i - 1), NULL, WNOHANG) != 0)
			g_array_remove_index_fast(l->undead, i - 1);
}

/* Kills the child; its end follows within a moment unless the driver holds it. */
static void kill_child(struct library *l, int *status)
{
	kill(l->pid, SIGKILL);
	for (int ms = 0; ms < REAP_LIMIT_MS; ms++) {
		if (waitpid(l->pid, status, WNOHANG) != 0)
			return;
		g_usleep(1000);
	}
	g_array_append_val(l->undead, l->pid);
}

static void drop_child(struct library *l, int *status)
{
	*status = 0;
	if (l->pid > 0)
		kill_child(l, status);
	if (l->to_fd >= 0)
		close(l->to_fd);
	if (l->from_fd >= 0)
		close(l->from_fd);
	l->pid = 0;
	l->to_fd = l->from_fd = -1;
	g_string_truncate(l->input, 0);
	l->state = LIBRARY_WAITING;
	memset(l->owed_since_ms, 0, sizeof l->owed_since_ms);
}

void library_free(struct library *l)
{
	int status;

	if (!l)
		return;
	drop_child(l, &status);
	board_unmap(l->board);
	if (l->board_fd >= 0)
		close(l->board_fd);
	blame_free(l->blame);
	g_array_unref(l->undead);
	for (int i = 0; i < GPU_MAX; i++)
		g_array_unref(l->processes[i]);
	g_string_free(l->input, TRUE);
	g_free(l->sysfs);
	g_free(l);
}

/* ---- start and end ------------------------------------------------------------------------------------------------- */

static void set_reason(struct library *l, const char *reason)
{
	if (strcmp(l->reason, reason) == 0)
		return;
	g_strlcpy(l->reason, reason, sizeof l->reason);
	l->generation++;
}

static GPtrArray *child_words(struct library *l)
{
	GPtrArray *words = g_ptr_array_new();
	g_autoptr(GPtrArray) skip = blame_left_out(l->blame);

	/* first the file, then argv[0]: the program itself, even when its file has been replaced meanwhile */
	g_ptr_array_add(words, (char *)"/proc/self/exe");
	g_ptr_array_add(words, (char *)"labtop-agent");
	g_ptr_array_add(words, (char *)"--child");
	g_ptr_array_add(words, (char *)l->vendor->name);
	g_ptr_array_add(words, (char *)"--sysfs-root");
	g_ptr_array_add(words, l->sysfs);
	for (guint i = 0; i < skip->len; i++) {
		g_ptr_array_add(words, (char *)"--skip");
		g_ptr_array_add(words, g_ptr_array_index(skip, i));
	}
	g_ptr_array_add(words, NULL);
	return words;
}

static void start(struct library *l, gint64 now_ms)
{
	g_autoptr(GPtrArray) words = child_words(l);
	g_autoptr(GError) error = NULL;
	const int source = l->board_fd, target = BOARD_FD;

	restart_started(&l->restart, now_ms);
	board_reset(l->board);
	if (!g_spawn_async_with_pipes_and_fds(
		    NULL, (const char *const *)words->pdata, NULL,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_CLOEXEC_PIPES, NULL,
		    NULL, -1, -1, -1, &source, &target, 1, &l->pid, &l->to_fd, &l->from_fd, NULL, &error)) {
		set_reason(l, error->message);
		restart_died(&l->restart, now_ms);
		return;
	}
	fcntl(l->from_fd, F_SETFL, O_NONBLOCK);
	fcntl(l->to_fd, F_SETFL, O_NONBLOCK);
	l->state = LIBRARY_STARTING;
}

/* Where the child was when it ended: the slot that crashed, else the one that has owed an answer for longest. */
static int culprit_slot(const struct library *l)
{
	int slot = atomic_load(&l->board->culprit) - 1;
	gint64 oldest = G_MAXINT64;

	if (slot >= 0 && slot < BOARD_SLOTS)
		return slot;
	if (l->state == LIBRARY_STARTING)
		return 0;
	slot = -1;
	for (int i = 0; i < l->count; i++)
		if (l->owed_since_ms[i] && l->owed_since_ms[i] < oldest &&
		    atomic_load(&l->board->slot[i + 1].call)) {
			oldest = l->owed_since_ms[i];
			slot = i + 1;
		}
	return slot;
}

/* The child is dead or must die: one line for people, and the call it ended in is remembered. */
static void bury(struct library *l, gint64 now_ms, const char *how)
{
	int slot = culprit_slot(l), status;
	int call = slot >= 0 ? atomic_load(&l->board->slot[slot].call) - 1 : -1;
	const char *name = call >= 0 ? l->vendor->call_name(call) : NULL;
	char card[96] = "", where[192] = "";
	g_autofree char *why = NULL;

	if (slot > 0 && slot <= l->count)
		g_strlcpy(card, l->info[slot - 1].id, sizeof card);
	drop_child(l, &status);
	if (how)
		why = g_strdup(how);
	else if (WIFSIGNALED(status))
		why = g_strdup_printf("%s", g_strsignal(WTERMSIG(status)));
	else
		why = g_strdup_printf("it ended with status %d", WEXITSTATUS(status));
	if (name)
		g_snprintf(where, sizeof where, " in %s%s%s", name, card[0] ? " of card " : "", card);
	bool left_out = name && blame_add(l->blame, card, name);
	restart_died(&l->restart, now_ms);
	g_autofree char *reason = g_strdup_printf("%s%s", why, where);
	set_reason(l, reason);
	l->introduced = true;
	g_printerr("labtop-agent: %s: %s; next try in %d s%s\n", l->vendor->name, reason,
		   (int)((l->restart.due_ms - now_ms) / 1000), left_out ? ", without that call" : "");
	l->generation++;
}

void library_restart(struct library *l, gint64 now_ms)
{
	int status;

	drop_child(l, &status);
	restart_after(&l->restart, now_ms, 0);
}

/* A library that dies each time it is opened is not opened any more. */
static bool given_up(const struct library *l)
{
	return blame_is_left_out(l->blame, "", l->vendor->call_name(CALL_OPEN)) ||
	       blame_is_left_out(l->blame, "", l->vendor->call_name(CALL_LIST));
}

static gint64 oldest_debt_ms(const struct library *l)
{
	gint64 oldest = G_MAXINT64;

	for (int i = 0; i < l->count; i++)
		if (l->owed_since_ms[i])
			oldest = MIN(oldest, l->owed_since_ms[i]);
	return oldest;
}

gint64 library_due_ms(const struct library *l)
{
	gint64 debt;

	switch (l->state) {
	case LIBRARY_STARTING:
		return l->restart.started_ms + START_LIMIT_MS;
	case LIBRARY_UP:
		debt = oldest_debt_ms(l);
		return debt == G_MAXINT64 ? debt : debt + l->answer_limit_ms;
	case LIBRARY_WAITING:
		break;
	}
	return given_up(l) ? G_MAXINT64 : l->restart.due_ms;
}

void library_turn(struct library *l, gint64 now_ms)
{
	if (l->undead->len > 0)
		reap_late(l);
	if (!l->board || now_ms < library_due_ms(l))
		return;
	if (l->state == LIBRARY_WAITING)
		start(l, now_ms);
	else
		bury(l, now_ms, "no answer");
}

/* ---- what the child says ------------------------------------------------------------------------------------------- */

static void read_up(struct library *l, const json_t *line, const json_t *up)
{
	const json_t *cards = json_object_get(line, "cards");
	const char *text;

	memset(&l->facts, 0, sizeof l->facts);
	if ((text = json_string_value(json_object_get(up, "path"))))
		g_strlcpy(l->facts.path, text, sizeof l->facts.path);
	if ((text = json_string_value(json_object_get(up, "version"))))
		g_strlcpy(l->facts.version, text, sizeof l->facts.version);
	if ((text = json_string_value(json_object_get(up, "driver"))))
		g_strlcpy(l->facts.driver, text, sizeof l->facts.driver);
	l->count = (int)MIN(json_array_size(cards), GPU_MAX);
	for (int i = 0; i < l->count; i++) {
		gpu_info_from_json(json_array_get(cards, (size_t)i), &l->info[i]);
		gpu_values_init(&l->values[i], 0);
		g_array_set_size(l->processes[i], 0);
	}
	l->state = LIBRARY_UP;
	l->absent = false;
	l->introduced = true;
	l->reason[0] = '\0';
	l->generation++;
}

static struct num number_of(const json_t *value)
{
	return json_is_number(value) ? num_of(json_number_value(value)) : num_none(NUM_UNKNOWN);
}

static void read_answer(struct library *l, const json_t *line)
{
	json_int_t i = json_integer_value(json_object_get(line, "card"));
	const json_t *processes = json_object_get(line, "processes"), *p;
	size_t k;

	if (i < 0 || i >= l->count)
		return;
	gpu_values_from_json(json_object_get(line, "values"), l->vendor->origin, &l->values[i]);
	l->values[i].taken_ms = json_integer_value(json_object_get(line, "taken_ms"));
	l->owed_since_ms[i] = 0;
	g_array_set_size(l->processes[i], 0);
	json_array_foreach(processes, k, p)
	{
		struct vendor_process process = {
			.pid = (int)json_integer_value(json_object_get(p, "pid")),
			.card = (int)json_integer_value(json_object_get(p, "card")),
			.vram_bytes = number_of(json_object_get(p, "vram_bytes")),
			.busy_pct = number_of(json_object_get(p, "busy_pct")),
		};
		if (process.card >= 0 && process.card < l->count && k < 1024)
			g_array_append_val(l->processes[i], process);
	}
}

/* It says that it cannot serve, and ends by itself. */
static void read_refusal(struct library *l, const json_t *line, gint64 now_ms)
{
	const char *absent = json_string_value(json_object_get(line, "absent"));
	const char *failed = json_string_value(json_object_get(line, "failed"));
	const char *path = json_string_value(json_object_get(line, "path"));
	int status;

	drop_child(l, &status);
	if (path)
		g_strlcpy(l->facts.path, path, sizeof l->facts.path);
	if (failed && strcmp(failed, l->reason) != 0)
		g_printerr("labtop-agent: %s: %s\n", l->vendor->name, failed);
	set_reason(l, absent ? absent : failed ? failed : "it said nothing");
	l->absent = absent != NULL;
	l->introduced = true;
	restart_died(&l->restart, now_ms);
	if (absent)
		restart_after(&l->restart, now_ms, ABSENT_RETRY_MS);
}

static void read_line(struct library *l, const char *text, gsize len, gint64 now_ms)
{
	json_t *line = json_loadb(text, len, 0, NULL);
	const json_t *up = json_object_get(line, "up");

	if (up)
		read_up(l, line, up);
	else if (json_object_get(line, "card"))
		read_answer(l, line);
	else if (line)
		read_refusal(l, line, now_ms);
	json_decref(line);
}

void library_read(struct library *l, gint64 now_ms)
{
	char buffer[16384];
	ssize_t n = read(l->from_fd, buffer, sizeof buffer);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || l->input->len > LINE_MAX_BYTES) {
		bury(l, now_ms, n > 0 ? "it does not speak our language" : NULL);
		return;
	}
	g_string_append_len(l->input, buffer, n);
	for (char *end; l->from_fd >= 0 && (end = memchr(l->input->str, '\n', l->input->len));) {
		gsize len = (gsize)(end - l->input->str);
		g_autofree char *line = g_strndup(l->input->str, len);
		g_string_erase(l->input, 0, (gssize)len + 1);
		read_line(l, line, len, now_ms);
	}
}

void library_kick(struct library *l, gint64 now_ms)
{
	if (l->state != LIBRARY_UP || write(l->to_fd, "\n", 1) != 1)
		return;
	for (int i = 0; i < l->count; i++)
		if (!l->owed_since_ms[i])
			l->owed_since_ms[i] = now_ms;
}

/* ---- what the agent asks ------------------------------------------------------------------------------------------- */

int library_fd(const struct library *l)
{
	return l->from_fd;
}

bool library_is_starting(const struct library *l)
{
	return !l->introduced;
}

bool library_is_up(const struct library *l)
{
	return l->state == LIBRARY_UP;
}

guint library_generation(const struct library *l)
{
	return l->generation;
}

int library_card_count(const struct library *l)
{
	return l->count;
}

const struct gpu_info *library_card(const struct library *l, int index)
{
	return &l->info[index];
}

const struct gpu_values *library_values(const struct library *l, int index)
{
	return &l->values[index];
}

bool library_owes(const struct library *l, int index)
{
	return l->owed_since_ms[index] != 0;
}

const GArray *library_processes(const struct library *l, int index)
{
	return l->processes[index];
}

enum origin library_origin(const struct library *l)
{
	return l->vendor->origin;
}

json_t *library_to_json(const struct library *l)
{
	json_t *o = json_object();

	json_set_text(o, "name", l->vendor->name);
	json_set_text(o, "path", l->facts.path);
	json_set_text(o, "version", l->facts.version);
	json_set_text(o, "driver", l->facts.driver);
	json_set_text(o, "state", l->state == LIBRARY_UP ? "live" : l->absent ? "absent" : "off");
	json_set_text(o, "reason", l->reason);
	return o;
}
