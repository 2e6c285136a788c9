/* library.c - see the header. */
#include "config.h"
#include "backends/gpu/library.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/gpu/library_child.h"
#include "backends/gpu/restart.h"
#include "backends/gpu/wire_write.h"
#include "lab/text.h"

#define START_LIMIT_MS  8000 /* ROCm SMI itself waits 5 s for a lock */
#define ANSWER_LIMIT_MS 1000 /* a deadline; three missed ones end the child */
#define MISSED_LIMIT    3
#define ABSENT_RETRY_MS 300000 /* somebody may install it */
#define PROCESSES_MAX   1024

enum library_state { LIBRARY_WAITING, LIBRARY_STARTING, LIBRARY_UP };

struct library {
	const struct vendor *vendor;
	char *sysfs;
	gint64 answer_limit_ms;
	enum library_state state;
	bool introduced;
	struct vendor_facts facts;
	guint generation;
	struct library_child child;
	bool broken; /* no child can be had */
	struct restart restart;
	struct blame *blame;
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
	l->broken = !library_child_init(&l->child);
	l->blame = blame_new();
	for (int i = 0; i < GPU_MAX; i++)
		l->processes[i] = g_array_new(FALSE, TRUE, sizeof(struct vendor_process));
	g_strlcpy(l->facts.name, vendor->name, sizeof l->facts.name);
	return l;
}

static void drop_child(struct library *l, int *status)
{
	library_child_stop(&l->child, status);
	l->state = LIBRARY_WAITING;
	if (l->facts.state == VENDOR_LIVE)
		l->facts.state = VENDOR_OFF;
	memset(l->owed_since_ms, 0, sizeof l->owed_since_ms);
}

void library_free(struct library *l)
{
	if (!l)
		return;
	library_child_clear(&l->child);
	blame_free(l->blame);
	for (int i = 0; i < GPU_MAX; i++)
		g_array_unref(l->processes[i]);
	g_free(l->sysfs);
	g_free(l);
}

/* ---- start and end ------------------------------------------------------------------------------------------------- */

static void set_reason(struct library *l, const char *reason)
{
	if (strcmp(l->facts.reason, reason) == 0)
		return;
	g_strlcpy(l->facts.reason, reason, sizeof l->facts.reason);
	l->generation++;
}

static void start(struct library *l, gint64 now_ms)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autoptr(GPtrArray) skip = blame_left_out(l->blame);
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(words, (char *)"--child");
	g_ptr_array_add(words, (char *)l->vendor->name);
	g_ptr_array_add(words, (char *)"--sysfs-root");
	g_ptr_array_add(words, l->sysfs);
	for (guint i = 0; i < skip->len; i++) {
		g_ptr_array_add(words, (char *)"--skip");
		g_ptr_array_add(words, g_ptr_array_index(skip, i));
	}
	g_ptr_array_add(words, NULL);
	restart_started(&l->restart, now_ms);
	if (library_child_start(&l->child, (const char *const *)words->pdata, &error)) {
		l->state = LIBRARY_STARTING;
		return;
	}
	set_reason(l, error->message);
	l->introduced = true;
	restart_died(&l->restart, now_ms);
}

/* Where the child was when it ended: the slot that crashed, else the one that has owed an answer for longest. */
static int culprit_slot(const struct library *l)
{
	int slot = atomic_load(&l->child.board->culprit) - 1;
	gint64 oldest = G_MAXINT64;

	if (slot >= 0 && slot < BOARD_SLOTS)
		return slot;
	if (l->state == LIBRARY_STARTING)
		return 0;
	slot = -1;
	for (int i = 0; i < l->count; i++)
		if (l->owed_since_ms[i] && l->owed_since_ms[i] < oldest &&
		    atomic_load(&l->child.board->slot[i + 1].call)) {
			oldest = l->owed_since_ms[i];
			slot = i + 1;
		}
	return slot;
}

/* A line for people. What a library calls its cards and its reasons has passed no gate yet. */
G_GNUC_PRINTF(2, 3) static void say(const struct library *l, const char *format, ...)
{
	va_list words;
	va_start(words, format);
	g_autofree char *raw = g_strdup_vprintf(format, words);
	va_end(words);
	g_autofree char *clean = text_clean(raw, -1);
	g_printerr("labtop-agent: %s: %s\n", l->vendor->name, clean);
}

/* The child is dead or must die: one line for people, and the call it ended in is remembered. */
static void bury(struct library *l, gint64 now_ms, const char *how)
{
	int slot = culprit_slot(l), status;
	int call = slot >= 0 ? atomic_load(&l->child.board->slot[slot].call) - 1 : -1;
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
	if (!l->facts.path[0] && l->vendor->soname)
		g_strlcpy(l->facts.path, l->vendor->soname, sizeof l->facts.path);
	bool left_out = name && blame_add(l->blame, card, name);
	restart_died(&l->restart, now_ms);
	g_autofree char *reason = g_strdup_printf("%s%s", why, where);
	set_reason(l, reason);
	l->introduced = true;
	say(l, "%s; next try in %d s%s", reason, (int)((l->restart.due_ms - now_ms) / 1000),
	    left_out ? ", without that call" : "");
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
	library_child_reap(&l->child);
	if (l->broken || now_ms < library_due_ms(l))
		return;
	if (l->state == LIBRARY_WAITING)
		start(l, now_ms);
	else
		bury(l, now_ms, "no answer");
}

/* ---- what the child says ------------------------------------------------------------------------------------------- */

static void read_up(struct library *l, const json_t *cards)
{
	l->count = (int)MIN(json_array_size(cards), GPU_MAX);
	for (int i = 0; i < l->count; i++) {
		gpu_info_init(&l->info[i]);
		wire_read_back(json_array_get(cards, (size_t)i), &wire_gpu, &l->info[i]);
		gpu_values_init(&l->values[i], 0);
		g_array_set_size(l->processes[i], 0);
	}
	l->state = LIBRARY_UP;
	l->introduced = true;
	l->generation++;
}

/* It cannot serve, and ends by itself. */
static void read_refusal(struct library *l, gint64 now_ms)
{
	int status;

	drop_child(l, &status);
	l->introduced = true;
	restart_died(&l->restart, now_ms);
	if (l->facts.state == VENDOR_ABSENT)
		restart_after(&l->restart, now_ms, ABSENT_RETRY_MS);
}

/* What it is, or why it is none: the same words again and again are told once. */
static void read_facts(struct library *l, const json_t *line, gint64 now_ms)
{
	struct vendor_facts before = l->facts;

	memset(&l->facts, 0, sizeof l->facts);
	wire_read_back(json_object_get(line, WIRE_KEY_LIBRARY), &wire_library, &l->facts);
	g_strlcpy(l->facts.name, l->vendor->name, sizeof l->facts.name);
	if (l->facts.state == VENDOR_LIVE) {
		read_up(l, json_object_get(line, WIRE_KEY_GPUS));
		return;
	}
	read_refusal(l, now_ms);
	if (strcmp(before.reason, l->facts.reason) == 0)
		return;
	l->generation++;
	if (l->facts.state == VENDOR_OFF)
		say(l, "%s", l->facts.reason);
}

static void read_answer(struct library *l, const json_t *line)
{
	struct wire_answer_told told = {-1, 0};
	const json_t *processes = json_object_get(line, WIRE_KEY_PROCS), *p;
	size_t k;

	wire_read_back(line, &wire_answer, &told);
	if (told.card < 0 || told.card >= l->count)
		return;
	struct gpu_values *values = &l->values[told.card];
	GArray *list = l->processes[told.card];
	gpu_values_init(values, told.taken_ms);
	wire_read_back(json_object_get(line, WIRE_KEY_VALUES), &wire_values, values);
	for (int m = 0; m < M_COUNT; m++)
		if (values->m[m].state != NUM_UNKNOWN)
			values->origin[m] = (uint8_t)l->vendor->origin;
	l->owed_since_ms[told.card] = 0;
	g_array_set_size(list, 0);
	json_array_foreach(processes, k, p)
	{
		struct vendor_process process = {.pid = 0, .card = -1};
		wire_read_back(p, &wire_vendor_process, &process);
		if (process.pid > 0 && process.card >= 0 && process.card < l->count && k < PROCESSES_MAX)
			g_array_append_val(list, process);
	}
}

static void read_line(struct library *l, const char *text, gsize len, gint64 now_ms)
{
	json_t *line = json_loadb(text, len, 0, NULL);

	if (json_object_get(line, WIRE_KEY_LIBRARY))
		read_facts(l, line, now_ms);
	else if (line)
		read_answer(l, line);
	json_decref(line);
}

void library_read(struct library *l, gint64 now_ms)
{
	char *line;
	gsize len;

	if (!library_child_read(&l->child)) {
		bury(l, now_ms, NULL);
		return;
	}
	while ((line = library_child_next_line(&l->child, &len))) {
		read_line(l, line, len, now_ms); /* may end the child, and with it what was read */
		g_free(line);
	}
}

void library_kick(struct library *l, gint64 now_ms)
{
	if (l->state != LIBRARY_UP || write(l->child.to_fd, "\n", 1) != 1)
		return;
	for (int i = 0; i < l->count; i++)
		if (!l->owed_since_ms[i])
			l->owed_since_ms[i] = now_ms;
}

/* ---- what the agent asks ------------------------------------------------------------------------------------------- */

int library_fd(const struct library *l)
{
	return l->child.from_fd;
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

void library_write(GString *out, const struct library *l)
{
	wire_write_object(out, NULL, &wire_library, &l->facts);
}
