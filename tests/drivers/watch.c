/* watch.c - one worker with its thread, and what it posts as lines of text: for tests in which a source changes, fails and
 * comes back.
 *
 *   watch KIND NAME [KEY=VALUE...]      KEY=VALUE as in the configuration; password=... is kept as a secret,
 *                                         trace=DIR writes every HTTP exchange there
 *
 * stdin: a word a line: refresh, retry, accept PRINT (vSphere: pin the certificate with that SHA-256), quit; its end is
 * quit. Lines are flushed one by one. Quotes and control characters in texts are escaped as \xNN.
 */
#include "config.h"

#include "backends/secret.h"
#include "backends/statedir.h"
#include "backends/vsphere/trust.h"
#include "backends/worker.h"
#include "tests/drivers/engine_text.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- printing ------------------------------------------------------------------------------------------------ */

static void text(const char *name, const char *value)
{
	if (!value || !*value)
		return;
	printf(" %s=\"", name);
	for (; *value; value++) {
		if ((unsigned char)*value < 0x20 || *value == '"' || *value == 0x7f)
			printf("\\x%02x", (unsigned char)*value);
		else
			putchar(*value);
	}
	putchar('"');
}

static void number(const char *name, struct num n)
{
	static const char *const why[] = {
		[NUM_DENIED] = "denied", [NUM_BAD] = "bad", [NUM_BUSY] = "busy", [NUM_OK] = ""};
	if (n.state == NUM_OK)
		printf(" %s=%.10g", name, n.v);
	else if (n.state != NUM_UNKNOWN)
		printf(" %s=%s", name, why[n.state]);
}

static void truth(const char *name, enum tri t)
{
	if (t != TRI_UNKNOWN)
		printf(" %s=%s", name, t == TRI_YES ? "yes" : "no");
}

static void texts(const char *name, const char *const *list)
{
	for (; list && *list; list++)
		text(name, *list);
}

static void line_end(void)
{
	putchar('\n');
	fflush(stdout);
}

static void print_source(const struct obs_source *s)
{
	printf("source %s", source_state_names[s->state]);
	text("reason", s->reason);
	text("hint", s->hint);
	text("detail", s->detail);
	if (s->error >= 0)
		printf(" error=%d", s->error);
	if (s->insecure)
		printf(" insecure");
	if (s->retry_ms)
		printf(" retries");
	line_end();
}

static void print_pci(const char *host, const struct pci_row *p)
{
	printf("pci %s %s %04x:%04x %04x:%04x class=%04x", host, p->bdf, p->vendor_id, p->device_id,
	       p->subvendor_id, p->subdevice_id, p->class_id);
	text("name", p->name);
	number("node", p->numa_node);
	truth("capable", p->pt_capable);
	truth("enabled", p->pt_enabled);
	truth("active", p->pt_active);
	text("state", passthru_json[p->pt_state]);
	text("dependent", p->dependent);
	truth("sriov", p->sriov_capable);
	number("vfs", p->sriov_vfs);
	text("label", p->hardware_label);
	text("graphics", graphics_names[p->graphics]);
	text("vgpu_mode", p->vgpu_mode);
	number("graphics_mem", p->graphics_mem_bytes);
	texts("user", p->graphics_vms);
	number("host_busy", p->host_busy_pct);
	number("host_mem", p->host_mem_used_bytes);
	number("host_temp", p->host_temp_c);
	text("driver", p->driver);
	line_end();
}

static void print_host(const struct host_row *h)
{
	printf("host %s", h->moref);
	text("name", h->name);
	text("uuid", h->uuid);
	text("state", host_state_names[h->state]);
	text("product", h->product);
	text("version", h->version);
	text("build", h->build);
	text("model", h->model);
	text("cpu", h->cpu_model);
	number("cores", h->cpu_cores);
	number("mem", h->mem_bytes);
	number("mem_used", h->mem_used_bytes);
	truth("maintenance", h->maintenance);
	truth("reboot", h->reboot_required);
	printf(" boot=%" G_GINT64_FORMAT " nodes=%d pci=%d", h->boot_ms, h->n_nodes, h->n_pci);
	texts("profile", h->vgpu_profiles);
	texts("partial", h->partial);
	line_end();
	for (int i = 0; i < h->n_pci; i++)
		print_pci(h->moref, &h->pci[i]);
}

static void print_vm(const struct vm_row *vm)
{
	printf("vm %s", vm->moref);
	text("name", vm->name);
	text("uuid", vm->uuid);
	text("host", vm->host);
	text("power", vm_power_names[vm->power]);
	text("connection", vm_connection_names[vm->connection]);
	text("guest", vm->guest_hostname);
	texts("ip", vm->guest_ips);
	texts("mac", vm->macs);
	text("tools", vm_tools_names[vm->tools]);
	text("question", vm->question);
	number("vcpus", vm->vcpus);
	number("memory_mb", vm->memory_mb);
	number("reserved_mb", vm->memory_reserved_mb);
	truth("locked", vm->memory_locked);
	text("firmware", vm_firmware_names[vm->firmware]);
	text("hw", vm->hw_version);
	truth("cpu_hot_add", vm->cpu_hot_add);
	number("snapshots", vm->snapshots);
	for (int i = 0; i < vm->n_extra; i++)
		text(vm->extra[i].key, vm->extra[i].value);
	texts("partial", vm->partial);
	printf(" settings=%s", vm->settings_read ? "yes" : "no");
	line_end();
	for (int i = 0; i < vm->n_devices; i++) {
		const struct vm_device *d = &vm->devices[i];
		printf("device %s %d %s %04x:%04x", vm->moref, d->key, vm_device_kind_names[d->kind],
		       d->vendor_id, d->device_id);
		text("bdf", d->bdf);
		text("profile", d->profile);
		text("label", d->label);
		number("slot", d->slot);
		line_end();
	}
}

static void print_inventory(const struct obs_inventory *inv)
{
	for (int i = 0; i < inv->n_hosts; i++)
		print_host(inv->hosts[i]);
	for (int i = 0; i < inv->n_vms; i++)
		print_vm(inv->vms[i]);
	for (int i = 0; i < inv->n_datastores; i++) {
		printf("datastore %s", inv->datastores[i]->moref);
		text("name", inv->datastores[i]->name);
		text("type", inv->datastores[i]->type);
		number("capacity", inv->datastores[i]->capacity_bytes);
		number("free", inv->datastores[i]->free_bytes);
		text("volume", inv->datastores[i]->volume);
		texts("partial", inv->datastores[i]->partial);
		line_end();
	}
	for (int i = 0; i < inv->n_gone; i++) {
		printf("gone");
		text("moref", inv->gone[i]);
		line_end();
	}
	printf("inventory generation=%u hosts=%d vms=%d datastores=%d%s%s", inv->generation, inv->n_hosts,
	       inv->n_vms, inv->n_datastores, inv->is_vcenter ? " vcenter" : "",
	       inv->complete ? " complete" : "");
	line_end();
}

static void print_sensors(const struct obs_sensors *s)
{
	static const char *const health[] = {"", "green", "yellow", "red"};
	for (int i = 0; i < s->n_rows; i++) {
		printf("sensor %s", s->host);
		text("name", s->rows[i].name);
		text("type", s->rows[i].type);
		number("value", s->rows[i].value);
		text("unit", s->rows[i].unit);
		text("health", health[s->rows[i].health]);
		line_end();
	}
	printf("sensors %s %d", s->host, s->n_rows);
	line_end();
}

static void print_tasks(const struct obs_tasks *t)
{
	for (int i = 0; i < t->n_tasks; i++) {
		printf("task %s", t->tasks[i].moref);
		text("what", t->tasks[i].what);
		text("entity", t->tasks[i].entity);
		text("user", t->tasks[i].user);
		text("state", task_state_names[t->tasks[i].state]);
		text("error", t->tasks[i].error);
		number("progress", t->tasks[i].progress_pct);
		line_end();
	}
	for (int i = 0; i < t->n_events; i++) {
		printf("event");
		text("type", t->events[i].type);
		text("text", t->events[i].text);
		text("user", t->events[i].user);
		line_end();
	}
	printf("tasks %d events %d", t->n_tasks, t->n_events);
	line_end();
}

static void print_hello(const struct guest_row *g)
{
	printf("guest %s", g->source);
	text("transport", transport_names[g->transport]);
	text("agent", g->agent_version);
	text("hostname", g->hostname);
	text("uuid", g->uuid);
	texts("mac", g->macs);
	line_end();
	for (int i = 0; i < g->n_gpus; i++) {
		printf("gpu");
		text("id", g->gpus[i].id);
		text("kind", gpu_kind_names[g->gpus[i].kind]);
		text("bdf", g->gpus[i].bdf);
		text("name", g->gpus[i].name);
		text("slot", g->gpus[i].slot);
		line_end();
	}
}

static void print_sample(const struct sample *s)
{
	for (int i = 0; i < s->n_gpus; i++) {
		printf("sample %" G_GINT64_FORMAT, s->seq);
		text("id", s->gpus[i].id);
		text("state", gpu_state_names[s->gpus[i].state]);
		for (int m = 0; m < M_COUNT; m++)
			number(metric_info[m].key, s->gpus[i].metric[m]);
		line_end();
	}
	for (int i = 0; i < s->n_procs; i++) {
		printf("process %" G_GINT64_FORMAT, s->procs[i].pid);
		text("name", s->procs[i].name);
		line_end();
	}
}

static void print_engine(const struct engine_row *e)
{
	g_autoptr(GString) out = g_string_new(NULL);
	engine_text(out, e);
	fputs(out->str, stdout);
	fflush(stdout);
}

static void print(const struct obs *o)
{
	switch (o->kind) {
	case OBS_SOURCE:
		print_source(o->u.src);
		break;
	case OBS_INVENTORY:
		print_inventory(o->u.inventory);
		break;
	case OBS_SENSORS:
		print_sensors(o->u.sensors);
		break;
	case OBS_TASKS:
		print_tasks(o->u.tasks);
		break;
	case OBS_HELLO:
		print_hello(o->u.hello);
		break;
	case OBS_SAMPLE:
		print_sample(o->u.sample);
		break;
	case OBS_ENGINE:
		print_engine(o->u.engine);
		break;
	case OBS_LOG:
		printf("log");
		text("text", o->u.log->text);
		line_end();
		break;
	case OBS_REPLY: /* nothing is asked for here that is answered */
		break;
	}
}

/* ---- words from stdin ---------------------------------------------------------------------------------------- */

static void ask(struct worker *w, const struct target *t, enum request_kind kind)
{
	worker_request(w, request_new(kind, t->kind, t->name));
}

static void accept_certificate(struct worker *w, const struct target *t, const char *sha256)
{
	GError *error = NULL;
	struct cancel *cancel = cancel_new();
	if (vsphere_accept_certificate(t, sha256, cancel, &error)) {
		ask(w, t, REQ_RETRY);
	} else {
		printf("not accepted");
		text("why", error->message);
		line_end();
		g_error_free(error);
	}
	cancel_free(cancel);
}

/* False: time to leave. */
static bool obey(struct worker *w, const struct target *t)
{
	char buf[512];
	if (!fgets(buf, sizeof buf, stdin))
		return false;
	g_auto(GStrv) words = g_strsplit(g_strstrip(buf), " ", 2);
	if (!words[0])
		return true;
	if (strcmp(words[0], "refresh") == 0)
		ask(w, t, REQ_REFRESH);
	else if (strcmp(words[0], "retry") == 0)
		ask(w, t, REQ_RETRY);
	else if (strcmp(words[0], "accept") == 0 && words[1])
		accept_certificate(w, t, words[1]);
	return strcmp(words[0], "quit") != 0;
}

static enum target_kind kind_named(const char *name)
{
	for (int i = 0; i < TARGET_COUNT; i++)
		if (strcmp(target_kind_names[i], name) == 0)
			return (enum target_kind)i;
	g_printerr("watch: no kind %s\n", name);
	exit(2);
}

static struct target *target_of(char **argv)
{
	struct target *t = target_new(kind_named(argv[1]), argv[2]);
	for (char **word = argv + 3; *word; word++) {
		char *equals = strchr(*word, '=');
		if (!equals) {
			g_printerr("watch: %s: KEY=VALUE is wanted\n", *word);
			exit(2);
		}
		*equals = '\0';
		if (strcmp(*word, "password") == 0)
			secret_put(t, "password", equals + 1);
		else if (strcmp(*word, "trace") == 0)
			http_trace_to(equals + 1);
		else
			target_set(t, *word, equals + 1);
	}
	return t;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		g_printerr("usage: watch KIND NAME [KEY=VALUE...]\n");
		return 2;
	}
	struct target *t = target_of(argv);
	const struct target *targets[] = {t};
	statedir_open(false, NULL);
	struct mailbox *mail = mailbox_new();
	setvbuf(stdin, NULL, _IONBF, 0); /* poll() must see what is left */
	g_autoptr(GPtrArray) workers = g_ptr_array_new();
	const struct backend_ops *ops = backend_for(t->kind);
	if (!ops) {
		g_printerr("watch: no backend for %s\n", argv[1]);
		return 2;
	}
	struct worker *w = worker_start(ops, targets, 1, mail);
	g_ptr_array_add(workers, w);
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
			       {.fd = mailbox_fd(mail), .events = POLLIN}};
	for (bool stay = true; stay;) {
		poll(fds, G_N_ELEMENTS(fds), -1);
		for (struct obs *o = mailbox_take(mail, G_MAXINT), *next; o; o = next) {
			next = o->next;
			print(o);
			obs_free(o);
		}
		if (fds[0].revents)
			stay = obey(w, t);
	}
	int hung = workers_stop(workers, 5000);
	printf("stopped%s\n", hung ? " hung" : "");
	mailbox_free(mail);
	if (!hung)
		target_free(t);
	secret_wipe_all();
	return 0;
}
