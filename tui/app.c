/* app.c - the loop: terminal, feed, signals and ticks in; frames out, as pace.c says, and none when nothing changed. */
#include "config.h"

#include "tui/app.h"

#include "lab/error.h"
#include "tui/input.h"
#include "tui/job.h"
#include "tui/pace.h"
#include "tui/screen.h"
#include "tui/theme_files.h"
#include "tui/ui_keys.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* How often the lab is brought up to date where no frame can ask for it, and where frames come seldom. */
#define TURN_MS 100
#define FAR_MS  2000

struct app {
	const struct app_options *o;
	struct lab *lab;
	struct ui *ui;
	struct screen *screen;
	struct canvas *canvas;
	GMainLoop *loop;
	GArray *events;
	struct pace pace;
	gint64 turned_ms; /* when the lab was last brought up to date */
	guint late_esc, write_watch;
	int job_fd;
	int timer_fd; /* a timerfd: one of GLib's would be a source made and freed for each frame, and a poll for each */
	bool timed;            /* the timer runs */
	gint64 due_ms;         /* of the timer */
	bool due_draws;        /* it is for a frame, and not for a turn alone */
	enum pace_why due_why; /* of that frame */
	gint64 leaving_ms;     /* since when the frame before is on its way */
	enum pace_why waiting; /* the most urgent of what came meanwhile, when anything did */
	bool anything_waits;
	int frames, status;
};

static void draw_now(struct app *app, enum pace_why why);
static void keep_ticking(struct app *app);

/* ---- time --------------------------------------------------------------------------------------------------- */

static gint64 now_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

/* A turn of the program ends so, whether or not a frame can be drawn: what was folded has its consequences. */
static void app_turn(struct app *app)
{
	app->turned_ms = now_ms();
	if (app->o->feed.settle) {
		app->o->feed.settle(app->o->feed.data, app->lab);
		return;
	}
	lab_set_time(app->lab, g_get_monotonic_time() * 1000, g_get_real_time() / 1000);
	lab_settle(app->lab);
}

static gboolean on_timer(int fd, GIOCondition condition, gpointer data)
{
	struct app *app = data;
	uint64_t times;
	if (read(fd, &times, sizeof times) != sizeof times || !app->timed)
		return G_SOURCE_CONTINUE; /* set anew meanwhile */
	app->timed = false;
	if (app->due_draws) {
		draw_now(app, app->due_why);
	} else {
		app_turn(app);
		keep_ticking(app);
	}
	return G_SOURCE_CONTINUE;
}

static void set_timer(struct app *app, gint64 in_ms)
{
	struct itimerspec when = {.it_value = {.tv_sec = in_ms / 1000, .tv_nsec = in_ms % 1000 * 1000000}};
	timerfd_settime(app->timer_fd, 0, &when, NULL);
	app->timed = in_ms > 0;
}

static void wake_at(struct app *app, gint64 due_ms)
{
	app->due_ms = due_ms;
	set_timer(app, MAX(due_ms - now_ms(), 1));
}

static void draw_at(struct app *app, enum pace_why why, gint64 due_ms)
{
	app->due_draws = true;
	app->due_why = why;
	wake_at(app, due_ms);
}

static void turn_at(struct app *app, gint64 due_ms)
{
	app->due_draws = false;
	wake_at(app, due_ms);
}

static void sleep_on(struct app *app)
{
	if (app->timed)
		set_timer(app, 0);
}

/* Draws when that is due: now, or when the timer wakes. */
static void want(struct app *app, enum pace_why why)
{
	gint64 due_ms = pace_due(&app->pace, why, now_ms());
	if (due_ms <= now_ms())
		draw_now(app, why);
	else if (!app->timed || due_ms < app->due_ms)
		draw_at(app, why, due_ms);
}

/* Without anybody to hear from, or with a screen that stands still, nothing has to wake up. */
static bool wants_ticks(const struct app *app)
{
	if (app->o->frames > 0)
		return true;
	if (app->ui->paused)
		return false;
	for (guint i = 0; i < app->lab->sources->len; i++) {
		const struct lab_source *s = app->lab->sources->pdata[i];
		if (s->state != SRC_OFF)
			return true;
	}
	return false;
}

/* Everything that was wanted is drawn: what comes next by itself is the tick; behind a frame that has not left yet, a turn. */
static void keep_ticking(struct app *app)
{
	if (!wants_ticks(app))
		sleep_on(app);
	else if (app->write_watch != 0)
		turn_at(app, now_ms() + app->pace.interval_ms);
	else
		draw_at(app, PACE_TICK, pace_due(&app->pace, PACE_TICK, now_ms()));
}

/* While no frame is to come or can leave: what was folded must not pile up. */
static void turn_quietly(struct app *app)
{
	gint64 due_ms = app->turned_ms + TURN_MS;
	if (due_ms <= now_ms())
		app_turn(app);
	else if (!app->timed || due_ms < app->due_ms)
		turn_at(app, due_ms);
}

/* ---- drawing ------------------------------------------------------------------------------------------------ */

static gboolean on_writable(int fd, GIOCondition condition, gpointer data)
{
	struct app *app = data;
	if (!screen_flush(app->screen))
		return G_SOURCE_CONTINUE;
	app->write_watch = 0;
	pace_left(&app->pace, now_ms() - app->leaving_ms);
	sleep_on(app); /* by the pace that holds now */
	if (app->anything_waits)
		want(app, app->waiting);
	else
		keep_ticking(app);
	return G_SOURCE_REMOVE;
}

static void watch_leaving(struct app *app)
{
	app->anything_waits = false;
	app->leaving_ms = now_ms();
	if (screen_writing(app->screen))
		app->write_watch = g_unix_fd_add(screen_out_fd(app->screen), G_IO_OUT | G_IO_ERR | G_IO_HUP,
						 on_writable, app);
	else
		pace_left(&app->pace, 0);
}

static enum present paint(struct app *app)
{
	int w, h;
	screen_size(app->screen, &w, &h);
	if (app->canvas->w != w || app->canvas->h != h)
		canvas_resize(app->canvas, w, h);
	app->canvas->sparing = app->pace.sparing;
	ui_update(app->ui, app->lab);
	ui_draw(app->ui, app->lab, app->canvas);
	return screen_present(app->screen, app->canvas);
}

static void wait_with(struct app *app, enum pace_why why)
{
	app->waiting = app->anything_waits ? MIN(app->waiting, why) : why;
	app->anything_waits = true;
}

static void draw_now(struct app *app, enum pace_why why)
{
	app_turn(app);
	if (app->write_watch != 0) { /* the frame before has not left yet */
		wait_with(app, why);
		keep_ticking(app);
		return;
	}
	enum present shown = paint(app);
	pace_drawn(&app->pace, why, now_ms());
	watch_leaving(app);
	if (shown == PRESENT_BUSY) /* what takes the screen over has not left */
		wait_with(app, why);
	keep_ticking(app);
	if (app->o->frames > 0 && ++app->frames >= app->o->frames)
		g_main_loop_quit(app->loop);
}

static void heard(struct app *app, enum pace_why why)
{
	if (app->write_watch != 0)
		wait_with(app, why);
	if (app->ui->paused || app->write_watch != 0) {
		turn_quietly(app);
		return;
	}
	want(app, why);
	if (now_ms() - app->turned_ms >= FAR_MS)
		app_turn(app);
}

static gboolean on_feed(int fd, GIOCondition condition, gpointer data)
{
	struct app *app = data;
	enum app_heard kind = app->o->feed.drain(app->o->feed.data, app->lab);
	if (kind != HEARD_NOTHING)
		heard(app, kind == HEARD_NEWS ? PACE_NEWS : PACE_READINGS);
	return G_SOURCE_CONTINUE;
}

/* Back to the shell; the continuation that ends this is not another one to act on. */
static void suspend(struct app *app)
{
	screen_suspend(app->screen);
	job_take();
}

/* ---- effects of keys ---------------------------------------------------------------------------------------- */

static void load_theme(struct app *app, const char *name)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	struct theme *theme = theme_load(name, problems, &error);
	if (!theme) {
		ui_say(app->ui, app->lab, SAY_ERROR, error->message);
		return;
	}
	screen_set_theme(app->screen, theme);
	theme_free(theme);
	if (problems->len > 0)
		ui_say(app->ui, app->lab, SAY_WARN, problems->pdata[0]);
}

static void send_requests(struct app *app)
{
	GPtrArray *requests = app->ui->effects.requests;
	if (!app->o->feed.request)
		return;
	for (guint i = 0; i < requests->len; i++)
		app->o->feed.request(app->o->feed.data, requests->pdata[i]);
	g_ptr_array_set_size(requests, 0);
}

static void do_effects(struct app *app)
{
	struct ui_effects *e = &app->ui->effects;
	if (e->theme)
		load_theme(app, e->theme);
	if (e->copy)
		screen_copy(app->screen, e->copy);
	if (e->repaint)
		screen_forget(app->screen);
	if (e->suspend)
		suspend(app);
	if (e->quit)
		g_main_loop_quit(app->loop);
	send_requests(app);
	ui_effects_clear(app->ui);
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

static gboolean on_late_esc(gpointer data);

/* All keys of one read make one frame. */
static void take_events(struct app *app)
{
	bool any = app->events->len > 0;
	for (guint i = 0; i < app->events->len; i++) {
		ui_key(app->ui, app->lab, &g_array_index(app->events, struct key_event, i));
		do_effects(app);
	}
	g_array_set_size(app->events, 0);
	g_clear_handle_id(&app->late_esc, g_source_remove);
	if (screen_read_pending(app->screen))
		app->late_esc = g_timeout_add(INPUT_ESC_MS, on_late_esc, app);
	if (any && g_main_loop_is_running(app->loop)) /* a paused screen still answers keys */
		draw_now(app, PACE_KEY);
}

static gboolean on_late_esc(gpointer data)
{
	struct app *app = data;
	app->late_esc = 0;
	screen_read_late(app->screen, app->events);
	take_events(app);
	return G_SOURCE_REMOVE;
}

static void leave(struct app *app, int sig)
{
	app->status = sig ? 128 + sig : 0;
	g_main_loop_quit(app->loop);
}

static gboolean on_keys(int fd, GIOCondition condition, gpointer data)
{
	struct app *app = data;
	if (!screen_read(app->screen, app->events)) { /* the terminal is gone: as if it had been hung up */
		leave(app, SIGHUP);
		return G_SOURCE_REMOVE;
	}
	take_events(app);
	return G_SOURCE_CONTINUE;
}

/* ---- signals ------------------------------------------------------------------------------------------------ */

static gboolean on_int(gpointer data)
{
	leave(data, 0); /* as q */
	return G_SOURCE_CONTINUE;
}

static gboolean on_term(gpointer data)
{
	leave(data, SIGTERM);
	return G_SOURCE_CONTINUE;
}

static gboolean on_hup(gpointer data)
{
	leave(data, SIGHUP);
	return G_SOURCE_CONTINUE;
}

static gboolean on_resize(gpointer data)
{
	draw_now(data, PACE_KEY);
	return G_SOURCE_CONTINUE;
}

static gboolean on_job(int fd, GIOCondition condition, gpointer data)
{
	struct app *app = data;
	switch (job_take()) {
	case JOB_STOP:
		suspend(app);
		break;
	case JOB_CONTINUE:
		screen_resume(app->screen);
		break;
	case JOB_NOTHING:
		return G_SOURCE_CONTINUE;
	}
	draw_now(app, PACE_KEY);
	return G_SOURCE_CONTINUE;
}

/* ---- start and end ------------------------------------------------------------------------------------------ */

static bool set_up(struct app *app, GError **error)
{
	const struct app_options *o = app->o;
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;
	app->ui = ui_new(&o->ui, error);
	if (!app->ui)
		return false;
	struct theme *theme = theme_load(o->theme ? o->theme : "default", problems, &why);
	if (!theme) { /* a wrong name is no reason not to start */
		g_ptr_array_add(problems, g_strdup(why->message));
		theme = theme_builtin();
	}
	struct screen_options so = {.in_fd = o->in_fd,
				    .out_fd = o->out_fd,
				    .theme = theme,
				    .mouse = o->mouse,
				    .w = o->w,
				    .h = o->h,
				    .write = o->write};
	app->screen = screen_open(&so, error);
	theme_free(theme);
	app_turn(app);
	if (o->notices && o->notices->len > 0)
		ui_say(app->ui, app->lab, SAY_WARN, o->notices->pdata[0]);
	else if (problems->len > 0)
		ui_say(app->ui, app->lab, SAY_WARN, problems->pdata[0]);
	return app->screen != NULL;
}

/* As g_unix_fd_add(). A source that may not recurse is taken out of the set while it is dispatched, and GLib wakes itself
 * up for that twice; ours never turn the loop themselves. */
static guint watch(struct app *app, int fd, GUnixFDSourceFunc on_ready)
{
	GSource *source = g_unix_fd_source_new(fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
	g_source_set_can_recurse(source, TRUE);
	g_source_set_callback(source, G_SOURCE_FUNC(on_ready), app, NULL);
	guint id = g_source_attach(source, NULL);
	g_source_unref(source);
	return id;
}

static void run_loop(struct app *app)
{
	guint sources[8], n = 0;
	app->loop = g_main_loop_new(NULL, FALSE);
	sources[n++] = watch(app, app->timer_fd, on_timer);
	sources[n++] = watch(app, app->o->in_fd, on_keys);
	sources[n++] = g_unix_signal_add(SIGWINCH, on_resize, app);
	sources[n++] = g_unix_signal_add(SIGINT, on_int, app);
	sources[n++] = g_unix_signal_add(SIGTERM, on_term, app);
	sources[n++] = g_unix_signal_add(SIGHUP, on_hup, app);
	sources[n++] = watch(app, app->job_fd, on_job);
	if (app->o->feed.fd >= 0 && app->o->feed.drain)
		sources[n++] = watch(app, app->o->feed.fd, on_feed);
	pace_init(&app->pace, app->o->interval_ms);
	draw_now(app, PACE_TICK); /* before anything was heard: a frame that says "connecting" */
	if (app->o->frames == 0 || app->frames < app->o->frames)
		g_main_loop_run(app->loop);
	/* before signals mean their worst again: one in between would leave the terminal raw */
	g_clear_pointer(&app->screen, screen_close);
	while (n > 0) /* those that ended themselves are gone already */
		if (g_main_context_find_source_by_id(NULL, sources[--n]))
			g_source_remove(sources[n]);
	g_clear_handle_id(&app->late_esc, g_source_remove);
	g_clear_handle_id(&app->write_watch, g_source_remove);
	g_main_loop_unref(app->loop);
}

/* Descriptors of our own; what stands on them ends with them. */
static bool open_events(struct app *app, GError **error)
{
	app->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	app->job_fd = app->timer_fd >= 0 ? job_watch() : -1;
	if (app->job_fd < 0)
		g_set_error(error, LAB_ERROR, LAB_ERR_SYSTEM, "the screen cannot start: %s",
			    g_strerror(errno));
	return app->job_fd >= 0;
}

static void close_events(struct app *app)
{
	if (app->job_fd >= 0)
		job_unwatch();
	if (app->timer_fd >= 0)
		close(app->timer_fd);
}

int app_run(const struct app_options *o, struct lab *lab, GError **error)
{
	struct app app = {.o = o, .lab = lab, .status = -1, .timer_fd = -1, .job_fd = -1};
	if (set_up(&app, error) && open_events(&app, error)) {
		app.status = 0;
		app.canvas = canvas_new(80, 24, o->ui.glyphs);
		app.events = g_array_new(FALSE, TRUE, sizeof(struct key_event));
		g_array_set_clear_func(app.events, (GDestroyNotify)key_event_clear);
		run_loop(&app);
		g_array_unref(app.events);
		canvas_free(app.canvas);
	}
	screen_close(app.screen);
	close_events(&app);
	ui_free(app.ui);
	return app.status;
}
