/* child_main.c - see the header. The library may write to stdout and stderr, abort, or never come back: descriptors 1
 * and 2 lead nowhere before it is opened, each card has a thread, and the board tells afterwards who did what. */
#include "config.h"
#include "backends/gpu/child_main.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "backends/gpu/sampler.h"
#include "backends/gpu/sysfs_card.h"
#include "backends/gpu/sysfs_file.h"
#include "backends/gpu/vendor.h"
#include "backends/gpu/wire_write.h"

/* One card and what its thread needs. */
struct child_card {
	const struct vendor *vendor;
	struct calls calls;
	char *status_dir; /* its device directory in sysfs */
	int index;
	bool claimed;
	struct sampler *sampler;
};

/* What a round brings. */
struct answer {
	struct gpu_values values;
	GArray *processes;
};

static int reply_fd;

/* The agent is the only reader; when it is gone there is nothing left to do. */
static void reply(GString *line)
{
	g_string_append_c(line, '\n');
	for (gsize done = 0; done < line->len;) {
		ssize_t n = write(reply_fd, line->str + done, line->len - done);
		if (n <= 0)
			_exit(0);
		done += (gsize)n;
	}
	g_string_truncate(line, 0);
}

/* ---- a card's thread ----------------------------------------------------------------------------------------------- */

static void answer_free(void *data)
{
	struct answer *a = data;

	g_array_unref(a->processes);
	g_free(a);
}

/* Libraries wake a card that sleeps, so the kernel is asked before. */
static bool asleep(const struct child_card *card)
{
	char status[32];

	return card->status_dir[0] &&
	       sysfs_read_once(card->status_dir, "power/runtime_status", status, sizeof status) == READ_OK &&
	       sysfs_is_asleep(status);
}

static void *take(void *context, void *request)
{
	struct child_card *card = context;
	struct answer *a = g_new0(struct answer, 1);

	g_free(request);
	if (!card->claimed) {
		board_claim_thread(card->calls.board, card->calls.slot);
		card->claimed = true;
	}
	gpu_values_init(&a->values, g_get_monotonic_time() / 1000);
	a->processes = g_array_new(FALSE, TRUE, sizeof(struct vendor_process));
	if (asleep(card))
		a->values.state = GPU_SUSPENDED;
	else
		card->vendor->sample(&card->calls, card->index, &a->values, a->processes);
	return a;
}

static void reply_answer(GString *line, int index, const struct answer *a)
{
	const struct wire_answer_told told = {index, a->values.taken_ms};

	json_out_open(line, NULL, '{');
	wire_write(line, &wire_answer, &told);
	wire_write_object(line, WIRE_KEY_VALUES, &wire_values, &a->values);
	json_out_open(line, WIRE_KEY_PROCS, '[');
	for (guint i = 0; i < a->processes->len; i++)
		wire_write_object(line, NULL, &wire_vendor_process,
				  &g_array_index(a->processes, struct vendor_process, i));
	json_out_close(line, '[');
	json_out_close(line, '{');
	reply(line);
}

/* ---- opening ------------------------------------------------------------------------------------------------------- */

static void go_quiet(void)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	reply_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	if (null_fd < 0 || reply_fd < 0)
		_exit(1);
	dup2(null_fd, STDOUT_FILENO);
	dup2(null_fd, STDERR_FILENO);
	close(null_fd);
}

static void be_a_child(void)
{
	const struct rlimit none = {0, 0};
	sigset_t empty;

	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* Ctrl-C goes to the whole group; the agent sees to us */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &none);
	board_watch_crashes();
}

/* Says what the library is, or why it is of no use, and which cards it has. */
static void tell(GString *line, const struct vendor_facts *facts, const struct gpu_info *cards, int n)
{
	json_out_open(line, NULL, '{');
	wire_write_object(line, WIRE_KEY_LIBRARY, &wire_library, facts);
	json_out_open(line, WIRE_KEY_GPUS, '[');
	for (int i = 0; i < n; i++)
		wire_write_object(line, NULL, &wire_gpu, &cards[i]);
	json_out_close(line, '[');
	json_out_close(line, '{');
	reply(line);
}

/* Opens and lists; the number of cards, or -1 when the library is of no use. */
static int introduce(const struct vendor *vendor, const struct calls *calls, GString *line,
		     struct gpu_info *cards)
{
	struct vendor_facts facts = {0};
	g_autoptr(GError) error = NULL;

	call_enter(calls, CALL_OPEN);
	if (!vendor->open(calls, &facts, &error)) {
		facts.state =
			g_error_matches(error, VENDOR_ERROR, VENDOR_ERR_ABSENT) ? VENDOR_ABSENT : VENDOR_OFF;
		g_strlcpy(facts.reason, error->message, sizeof facts.reason);
		if (!facts.path[0] && vendor->soname)
			g_strlcpy(facts.path, vendor->soname, sizeof facts.path);
		tell(line, &facts, NULL, 0);
		return -1;
	}
	call_enter(calls, CALL_LIST);
	int n = vendor->list(calls, cards, GPU_MAX);
	call_leave(calls);
	struct gpu_info *all[GPU_MAX];
	for (int i = 0; i < n; i++)
		all[i] = &cards[i];
	gpu_infos_name(all, n);
	facts.state = VENDOR_LIVE;
	tell(line, &facts, cards, n);
	return n;
}

/* ---- serving ------------------------------------------------------------------------------------------------------- */

static void start_cards(const struct vendor *vendor, const struct calls *base, const char *root,
			const struct gpu_info *infos, int n, int wake_fd, struct child_card *cards)
{
	for (int i = 0; i < n; i++) {
		struct child_card *c = &cards[i];
		c->vendor = vendor;
		c->index = i;
		c->calls = *base;
		c->calls.slot = i + 1;
		g_strlcpy(base->board->slot[i + 1].card, infos[i].id, sizeof base->board->slot[i + 1].card);
		c->status_dir = infos[i].bdf[0]
					? g_build_filename(root, "bus/pci/devices", infos[i].bdf, NULL)
					: g_strdup("");
		c->sampler = sampler_new(infos[i].bdf, take, c, NULL, answer_free, wake_fd);
	}
}

static void serve(struct child_card *cards, int n, int wake_fd, GString *line)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};

	for (;;) {
		char ticks[256];
		uint64_t count;
		if (poll(fds, G_N_ELEMENTS(fds), -1) < 0)
			continue;
		if (fds[0].revents) {
			if (read(STDIN_FILENO, ticks, sizeof ticks) <= 0)
				return;
			for (int i = 0; i < n; i++)
				sampler_kick(cards[i].sampler, NULL);
		}
		if (!(fds[1].revents & POLLIN) || read(wake_fd, &count, sizeof count) < 0)
			continue;
		for (int i = 0; i < n; i++) {
			struct answer *a = sampler_collect(cards[i].sampler);
			if (!a)
				continue;
			reply_answer(line, i, a);
			answer_free(a);
		}
	}
}

int child_main(const char *vendor_name, const char *sysfs_root, const char *const *skip)
{
	static const struct vendor *const vendors[] = {&vendor_rocm_smi, &vendor_nvml};
	const struct vendor *vendor = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(vendors); i++)
		if (strcmp(vendors[i]->name, vendor_name) == 0)
			vendor = vendors[i];
	if (!vendor)
		return 2;
	be_a_child();
	go_quiet();
	struct calls calls = {.board = board_attach(BOARD_FD), .skip = skip, .name = vendor->call_name};
	g_autofree struct gpu_info *infos = g_new0(struct gpu_info, GPU_MAX);
	g_autofree struct child_card *cards = g_new0(struct child_card, GPU_MAX);
	g_autoptr(GString) line = g_string_new(NULL);
	int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (!calls.board || wake_fd < 0)
		return 1;
	board_claim_thread(calls.board, 0);
	int n = introduce(vendor, &calls, line, infos);
	if (n >= 0) {
		start_cards(vendor, &calls, sysfs_root, infos, n, wake_fd, cards);
		serve(cards, n, wake_fd, line);
	}
	_exit(0); /* threads may be inside the library: nothing is taken down */
}
