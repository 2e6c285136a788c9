/* steps.c - what one step of the UI thread costs with many VMs, for bench.py: one line a step, "name worst-ms median-ms".
 *
 *   steps VMS      an inventory that arrives in batches, as the vSphere backend posts them, while the VMs view is shown;
 *                  then what people do in it. CPU time of this thread, so that other load counts little.
 */
#include "config.h"

#include "tests/unit/build_lab.h"
#include "tui/ui_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH    200
#define A_FRAME  5 /* batches between two frames: a hundred milliseconds are long */
#define HOSTS    50
#define GPU_EACH 100 /* every so many VMs has a GPU */

enum step { FOLD, SETTLE, SETTLE_ALL, UPDATE, DRAW, KEY, FILTER, SORT, CHANGE, STEPS };
static const char *const names[STEPS] = {
	[FOLD] = "folding 200 VMs",
	[SETTLE] = "settling after 1,000",
	[SETTLE_ALL] = "settling after the last",
	[UPDATE] = "bringing the VMs view up to date",
	[DRAW] = "drawing it",
	[KEY] = "a key that moves",
	[FILTER] = "a letter of the filter",
	[SORT] = "sorting by another column",
	[CHANGE] = "one VM goes off: fold, settle, update",
};

struct bench {
	struct lab *lab;
	struct ui *ui;
	struct canvas *canvas;
	GArray *took[STEPS]; /* double: ms */
	int64_t at_ms;
};

static double cpu_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void took(struct bench *b, enum step step, double from_ms)
{
	double ms = cpu_ms() - from_ms;
	g_array_append_val(b->took[step], ms);
}

static void add_vm(struct obs *obs, int i)
{
	char moref[16], name[32], host[16], uuid[40], mac[20], ip[20];
	g_snprintf(moref, sizeof moref, "vm-%d", i);
	g_snprintf(name, sizeof name, "vm-%05d", (i * 7919) % 100000);
	g_snprintf(host, sizeof host, "host-%d", i % HOSTS);
	g_snprintf(uuid, sizeof uuid, "564d0000-0000-0000-0000-%012x", i);
	g_snprintf(mac, sizeof mac, "00:50:56:%02x:%02x:%02x", i >> 16 & 255, i >> 8 & 255, i & 255);
	g_snprintf(ip, sizeof ip, "10.%d.%d.%d", i >> 16 & 255, i >> 8 & 255, i & 255);
	struct vm_row *vm = build_vm(obs, moref, name, host);
	vm->uuid = box_text(obs->box, uuid, -1);
	vm->instance_uuid = vm->uuid;
	vm->macs = build_words(obs->box, mac, NULL);
	vm->guest_ip = box_text(obs->box, ip, -1);
	vm->guest_hostname = vm->name;
	vm->power = i % 3 ? POWER_ON : POWER_OFF;
	vm->memory_mb = num_of(4096);
	if (i % GPU_EACH == 0)
		build_vm_device(vm, VMDEV_FIXED, "0000:03:00.0", -1);
}

static void settle(struct bench *b, enum step step)
{
	build_time(b->lab, b->at_ms += 100);
	double from_ms = cpu_ms();
	lab_settle(b->lab);
	took(b, step, from_ms);
}

static void show(struct bench *b)
{
	double from_ms = cpu_ms();
	ui_update(b->ui, b->lab);
	took(b, UPDATE, from_ms);
	from_ms = cpu_ms();
	ui_draw(b->ui, b->lab, b->canvas);
	took(b, DRAW, from_ms);
}

static void load_all(struct bench *b, int vms)
{
	for (int i = 0, batch = 1; i < vms; batch++) {
		struct obs *obs = build_inventory("vc", 1, b->at_ms);
		for (int h = 0; i == 0 && h < HOSTS; h++) {
			char moref[16], name[24];
			g_snprintf(moref, sizeof moref, "host-%d", h);
			g_snprintf(name, sizeof name, "esx%02d", h);
			struct host_row *host = build_host(obs, moref, name, "");
			build_pci(host, "0000:03:00.0", 0x1002, 0x66a1, 0x0300);
		}
		for (int k = 0; k < BATCH && i < vms; k++)
			add_vm(obs, i++);
		obs->u.inventory->complete = i >= vms;
		double from_ms = cpu_ms();
		lab_fold(b->lab, obs);
		took(b, FOLD, from_ms);
		if (batch % A_FRAME != 0 && i < vms)
			continue;
		settle(b, i < vms ? SETTLE : SETTLE_ALL);
		show(b);
	}
}

static void press(struct bench *b, enum step step, int key)
{
	struct key_event e = {.key = key};
	double from_ms = cpu_ms();
	ui_key(b->ui, b->lab, &e);
	took(b, step, from_ms);
	ui_draw(b->ui, b->lab, b->canvas);
}

static void use(struct bench *b)
{
	for (int i = 0; i < 30; i++)
		press(b, KEY, i % 10 == 9 ? 'G' : i % 10 == 0 ? 'g' : 'j');
	press(b, KEY, '/');
	for (const char *letter = "vm-4 on"; *letter; letter++)
		press(b, FILTER, *letter);
	press(b, KEY, K_ESC);
	for (int i = 0; i < 8; i++)
		press(b, SORT, 's');
	for (int i = 0; i < 8; i++)
		press(b, SORT, 'S');
}

static void change_some(struct bench *b, int vms)
{
	for (int i = 0; i < 20; i++) {
		struct obs *obs = build_inventory("vc", 2, b->at_ms);
		add_vm(obs, i * 37 % vms);
		((struct vm_row *)obs->u.inventory->vms[0])->power = POWER_SUSPENDED;
		double from_ms = cpu_ms();
		lab_fold(b->lab, obs);
		lab_settle(b->lab);
		ui_update(b->ui, b->lab);
		took(b, CHANGE, from_ms);
	}
}

static int by_value(gconstpointer a, gconstpointer b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int vms = argc > 1 ? atoi(argv[1]) : 10000;
	struct bench b = {.lab = build_lab(), .canvas = canvas_new(120, 40, GLYPHS_UNICODE)};
	struct ui_options options = {.glyphs = GLYPHS_UNICODE, .view = "vms"};
	for (int i = 0; i < STEPS; i++)
		b.took[i] = g_array_new(FALSE, FALSE, sizeof(double));
	b.ui = ui_new(&options, NULL);
	build_target(b.lab, TARGET_VSPHERE, "vc", NULL, NULL);
	build_state(b.lab, TARGET_VSPHERE, "vc", SRC_LIVE, 60000, 0);
	load_all(&b, vms);
	use(&b);
	change_some(&b, vms);
	for (int i = 0; i < STEPS; i++) {
		GArray *t = b.took[i];
		g_array_sort(t, by_value);
		printf("%.3f %.3f %s\n", g_array_index(t, double, t->len - 1),
		       g_array_index(t, double, t->len / 2), names[i]);
		g_array_unref(t);
	}
	canvas_free(b.canvas);
	ui_free(b.ui);
	lab_free(b.lab);
	return 0;
}
