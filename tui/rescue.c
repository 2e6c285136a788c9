/* rescue.c - the crash handler: only write(), poll(), tcsetattr(), fcntl() and sigaction(), on a stack of its own, once. */
#include "config.h"

#include "tui/rescue.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT};
#define N_FATAL (sizeof fatal / sizeof fatal[0])

static struct {
	int fd;
	char bytes[RESCUE_BYTES];
	size_t n;
	struct termios saved;
	bool has_saved;
	int flags;
	struct sigaction old[N_FATAL];
} rescue;

static atomic_bool armed;
static _Alignas(16) char stack[64 * 1024];

static void say(const char *text, size_t n)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
	if (poll(&p, 1, 0) == 1 && write(STDERR_FILENO, text, n) < 0)
		return; /* nobody left to tell */
}

static void note(int sig)
{
	char line[] = "labtop: ended by signal 00; the terminal was put back\n";
	char *digits = strstr(line, "00");
	digits[0] = (char)('0' + sig / 10 % 10);
	digits[1] = (char)('0' + sig % 10);
	say(line, sizeof line - 1);
}

static void put_back(void)
{
	ssize_t n = write(rescue.fd, rescue.bytes, rescue.n); /* never blocks */
	(void)n;
	if (rescue.has_saved)
		tcsetattr(rescue.fd, TCSANOW, &rescue.saved);
	if (rescue.flags >= 0)
		fcntl(rescue.fd, F_SETFL, rescue.flags);
}

static void on_fatal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (atomic_exchange(&armed, false)) {
		put_back();
		note(sig);
	}
	for (size_t i = 0; i < N_FATAL; i++)
		if (fatal[i] == sig)
			sigaction(sig, &rescue.old[i], NULL);
	/* A fault of our own happens again on return, and then finds the handler that was there before (a sanitizer's,
	 * or none: a core). Anything else has to be sent again. */
	bool faulted =
		info->si_code > 0 && (sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL);
	if (!faulted)
		raise(sig);
}

void rescue_arm(int fd, const char *restore, const struct termios *saved, int flags)
{
	rescue.fd = fd;
	rescue.flags = flags;
	rescue.n = strlen(restore);
	if (rescue.n > sizeof rescue.bytes)
		rescue.n = sizeof rescue.bytes;
	memcpy(rescue.bytes, restore, rescue.n);
	rescue.has_saved = saved != NULL;
	if (saved)
		rescue.saved = *saved;
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	sigaltstack(&alternate, NULL);
	struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	sigemptyset(&action.sa_mask);
	if (atomic_exchange(&armed, true))
		return;
	for (size_t i = 0; i < N_FATAL; i++) {
		sigaction(fatal[i], &action, &rescue.old[i]);
		/* What whoever started us ignores (a shell's "&" does so with QUIT) does not end us. */
		if (rescue.old[i].sa_handler == SIG_IGN)
			sigaction(fatal[i], &rescue.old[i], NULL);
	}
}

void rescue_disarm(void)
{
	if (!atomic_exchange(&armed, false))
		return;
	for (size_t i = 0; i < N_FATAL; i++)
		sigaction(fatal[i], &rescue.old[i], NULL);
}
