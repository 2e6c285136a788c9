/* library.c - see the header. */
#include "config.h"
#include "backends/gpu/library.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/gpu/library_child.h"
#include "backends/gpu/gpu_json.h"
#include "backends/gpu/restart.h"

#define START_LIMIT_MS  8000 /* ROCm SMI itself waits 5 s for a lock */
#define ANSWER_LIMIT_MS 1000 /* a deadline; three missed ones end the child */
#define MISSED_LIMIT    3
#define ABSENT_RETRY_MS 300000 /* somebody may install it */

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
	g_strlcpy(l->reason, "starting", sizeof l->reason);
	return l;
}

static void drop_child(struct library *l, int *status)
{
	library_child_stop(&l->child, status);
	l->state = LIBRARY_WAITING;
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
	if (strcmp(l->reason, reason) == 0)
		return;
	g_strlcpy(l->reason, reason, sizeof l->reason);
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
	library_child_reap(&l->child);
	if (l->broken || now_ms < library_due_ms(l))
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
	json_out_open(out, NULL, '{');
	json_out_text(out, "name", l->vendor->name);
	json_out_text(out, "path", l->facts.path);
	json_out_text(out, "version", l->facts.version);
	json_out_text(out, "driver", l->facts.driver);
	json_out_text(out, "state", l->state == LIBRARY_UP ? "live" : l->absent ? "absent" : "off");
	json_out_text(out, "reason", l->reason);
	json_out_close(out, '{');
}
