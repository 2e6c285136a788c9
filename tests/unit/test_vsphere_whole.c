/* test_vsphere_whole.c - an answer counts whole or not at all: what was cut off, or broke, leaves the lab as it was, and
 * what comes next is told as if the broken one had never been read. */
#include "config.h"

#include "backends/backend.h"
#include "lab/lab.h"
#include "tests/drivers/fake_http.h"
#include "tests/drivers/vsphere_fed.h"
#include "tests/unit/unit.h"

#include <string.h>

#define START_NS (3600 * G_GINT64_CONSTANT(1000000000))
#define SETTLING 8   /* turns until everything was read once */
#define MANY     450 /* VMs: more than two of the batches that rows are posted in */

#define HEAD                                                               \
	"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' " \
	"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><s:Body>"
#define TAIL          "</s:Body></s:Envelope>"
#define OPEN(method)  HEAD "<" method "Response xmlns='urn:vim25'><returnval>"
#define CLOSE(method) "</returnval></" method "Response>" TAIL
#define UPDATES(inside)          \
	OPEN("WaitForUpdatesEx") \
	"<version>2</version><filterSet>" inside "</filterSet>" CLOSE("WaitForUpdatesEx")
#define OBJECT(kind, type, id, inside) \
	"<objectSet><kind>" kind "</kind><obj type='" type "'>" id "</obj>" inside "</objectSet>"
#define NAME(name) \
	"<changeSet><name>name</name><op>assign</op><val xsi:type='xsd:string'>" name "</val></changeSet>"

struct scene {
	struct vsphere_fed fed;
	struct backend b;
	struct target *target;
	struct lab *lab;
};

static void feed(struct scene *s, enum vsphere_answer what, const char *text, gsize len)
{
	char *copy = g_strndup(text, len); /* it may be a part of what is there */
	g_free((char *)s->fed.text[what]);
	s->fed.text[what] = copy;
	s->fed.len[what] = len;
	s->fed.given[what] = 0;
}

static void fold(struct scene *s)
{
	for (struct obs *o = mailbox_take(s->b.out, G_MAXINT); o;) {
		o->taken_ns = s->lab->now_ns;
		o = lab_fold(s->lab, o);
	}
	lab_settle(s->lab);
}

static struct scene *scene_new(void)
{
	struct scene *s = g_new0(struct scene, 1);
	for (int i = 0; i < ANSWER_COUNT; i++) {
		g_autofree char *relative =
			g_build_filename("data", "vsphere", vsphere_answer_files[i], NULL);
		g_autofree char *path = unit_data(relative);
		char *text;
		g_assert_true(g_file_get_contents(path, &text, &s->fed.len[i], NULL));
		s->fed.text[i] = text;
	}
	s->target = target_new(TARGET_VSPHERE, "vc");
	target_set(s->target, "url", "https://root:secret@127.0.0.1");
	target_set(s->target, "tls", "insecure");
	s->b = (struct backend){
		.ops = &vsphere_backend, .target = s->target, .out = mailbox_new(), .cancel = cancel_new()};
	s->lab = lab_new("attic", false);
	lab_add_target(s->lab, s->target);
	lab_set_time(s->lab, START_NS, 1767254400000);
	fake_http_serve(vsphere_fed_serve, &s->fed);
	return s;
}

static void scene_free(struct scene *s)
{
	if (s->b.priv)
		s->b.ops->close(&s->b);
	s->b.ops->release(&s->b);
	lab_free(s->lab);
	mailbox_free(s->b.out);
	cancel_free(s->b.cancel);
	target_free(s->target);
	for (int i = 0; i < ANSWER_COUNT; i++)
		g_free((char *)s->fed.text[i]);
	g_free(s);
}

static void open_it(struct scene *s)
{
	g_autoptr(GError) error = NULL;
	s->b.ops->open(&s->b, &error);
	g_assert_no_error(error);
}

/* Turns until one fails, at most n. False when one did. */
static bool turns(struct scene *s, int n)
{
	g_autoptr(GError) error = NULL;
	for (int i = 0; i < n && !error; i++)
		s->b.ops->observe(&s->b, &error);
	fold(s);
	return !error;
}

static struct scene *settled(void)
{
	struct scene *s = scene_new();
	open_it(s);
	g_assert_true(turns(s, SETTLING));
	g_assert_cmpuint(s->lab->hosts->len, >, 0);
	g_assert_cmpuint(s->lab->vms->len, >, 0);
	return s;
}

static const char *host_name(const struct scene *s, const char *moref)
{
	for (guint i = 0; i < s->lab->hosts->len; i++) {
		const struct lab_host *h = s->lab->hosts->pdata[i];
		if (strcmp(h->row->moref, moref) == 0)
			return h->row->name;
	}
	return NULL;
}

static const struct vm_row *find_vm(const struct scene *s, const char *moref)
{
	for (guint i = 0; i < s->lab->vms->len; i++) {
		const struct vm_row *row = ((const struct lab_vm *)s->lab->vms->pdata[i])->row;
		if (strcmp(row->moref, moref) == 0)
			return row;
	}
	return NULL;
}

static const struct vm_row *vm_at(const struct scene *s, const char *moref)
{
	const struct vm_row *row = find_vm(s, moref);
	if (!row)
		g_error("no VM %s", moref);
	return row;
}

/* However far it came: no row of a load that was cut off is shown. */
static void test_cut_load(void)
{
	for (int eighth = 1; eighth < 8; eighth++) {
		struct scene *s = scene_new();
		feed(s, ANSWER_INVENTORY, s->fed.text[ANSWER_INVENTORY],
		     s->fed.len[ANSWER_INVENTORY] * (gsize)eighth / 8);
		open_it(s);
		g_assert_false(turns(s, SETTLING));
		g_assert_cmpuint(s->lab->hosts->len, ==, 0);
		g_assert_cmpuint(s->lab->vms->len, ==, 0);
		g_assert_cmpuint(s->lab->datastores->len, ==, 0);
		scene_free(s);
	}
}

static GString *many_vms(void)
{
	GString *text = g_string_new(OPEN("RetrievePropertiesEx"));
	for (int i = 0; i < MANY; i++)
		g_string_append_printf(
			text,
			"<objects><obj type='VirtualMachine'>vm-%d</obj><propSet><name>name</name>"
			"<val xsi:type='xsd:string'>n%d</val></propSet></objects>",
			i, i);
	return g_string_append(text, CLOSE("RetrievePropertiesEx"));
}

/* Nor of one that is larger than a batch; whole, it is there. */
static void test_cut_batches(void)
{
	GString *text = many_vms();
	struct scene *s = scene_new();
	feed(s, ANSWER_INVENTORY, text->str, text->len - 20);
	open_it(s);
	g_assert_false(turns(s, 1));
	g_assert_cmpuint(s->lab->vms->len, ==, 0);
	feed(s, ANSWER_INVENTORY, text->str, text->len);
	g_assert_true(turns(s, 1));
	g_assert_cmpuint(s->lab->vms->len, ==, MANY);
	g_string_free(text, TRUE);
	scene_free(s);
}

/* A reading of several pages: those that came whole count, the one that is missing does not take them along. */
static void test_pages(void)
{
	GString *text = many_vms();
	struct scene *s = scene_new();
	g_string_truncate(text, text->len - strlen(CLOSE("RetrievePropertiesEx")));
	g_string_append(text, "<token>more</token>" CLOSE("RetrievePropertiesEx")); /* and it is not there */
	feed(s, ANSWER_INVENTORY, text->str, text->len);
	open_it(s);
	g_assert_false(turns(s, 1));
	g_assert_cmpuint(s->lab->vms->len, ==, MANY);
	g_string_free(text, TRUE);
	scene_free(s);
}

/* Settings of a broken answer are not used: the VM has none yet. */
static void test_cut_details(void)
{
	struct scene *s = scene_new();
	feed(s, ANSWER_DETAILS, s->fed.text[ANSWER_DETAILS], s->fed.len[ANSWER_DETAILS] - 30);
	open_it(s);
	g_assert_false(turns(s, SETTLING));
	g_assert_cmpuint(s->lab->vms->len, >, 0);
	for (guint i = 0; i < s->lab->vms->len; i++) {
		const struct vm_row *vm = ((const struct lab_vm *)s->lab->vms->pdata[i])->row;
		g_assert_false(vm->settings_read);
		g_assert_cmpint(vm->n_devices, ==, 0);
		g_assert_cmpint(vm->firmware, ==, 0);
	}
	scene_free(s);
}

static void test_cut_sensors(void)
{
	struct scene *s = scene_new();
	feed(s, ANSWER_SENSORS, s->fed.text[ANSWER_SENSORS], s->fed.len[ANSWER_SENSORS] - 30);
	open_it(s);
	g_assert_false(turns(s, SETTLING));
	for (guint i = 0; i < s->lab->hosts->len; i++)
		g_assert_null(((const struct lab_host *)s->lab->hosts->pdata[i])->sensors);
	scene_free(s);
}

/* A change that came in a broken answer was not seen: when it comes again, whole, it is news. */
static void test_cut_change(void)
{
	struct scene *s = settled();
	g_autofree char *moref = g_strdup(((const struct lab_host *)s->lab->hosts->pdata[0])->row->moref);
	g_autofree char *before = g_strdup(host_name(s, moref));
	g_autofree char *whole =
		g_strdup_printf(UPDATES(OBJECT("modify", "HostSystem", "%s", NAME("renamed"))), moref);
	feed(s, ANSWER_UPDATES, whole, strlen(whole) - 20);
	g_assert_false(turns(s, 3));
	g_assert_cmpstr(host_name(s, moref), ==, before);
	feed(s, ANSWER_UPDATES, whole, strlen(whole));
	g_assert_true(turns(s, 3));
	g_assert_cmpstr(host_name(s, moref), ==, "renamed");
	scene_free(s);
}

/* An object that came or left in a broken answer did not. */
static void test_cut_coming_and_going(void)
{
	struct scene *s = settled();
	guint n = s->lab->vms->len;
	const struct vm_row *first = ((const struct lab_vm *)s->lab->vms->pdata[0])->row;
	g_autofree char *moref = g_strdup(first->moref), *name = g_strdup(first->name);
	g_autofree char *gone = g_strdup_printf(UPDATES(OBJECT("leave", "VirtualMachine", "%s", "") OBJECT(
							"enter", "VirtualMachine", "vm-new", NAME("new"))),
						moref);
	feed(s, ANSWER_UPDATES, gone, strlen(gone) - 20);
	g_assert_false(turns(s, 3));
	g_assert_cmpuint(s->lab->vms->len, ==, n);
	g_assert_cmpstr(vm_at(s, moref)->name, ==, name);
	/* It is known still: a change of it is one of something that is there, with all that was known. */
	g_autofree char *changed =
		g_strdup_printf(UPDATES(OBJECT("modify", "VirtualMachine", "%s", NAME("renamed"))), moref);
	feed(s, ANSWER_UPDATES, changed, strlen(changed));
	g_assert_true(turns(s, 3));
	g_assert_cmpuint(s->lab->vms->len, ==, n);
	g_assert_cmpstr(vm_at(s, moref)->name, ==, "renamed");
	g_assert_true(vm_at(s, moref)->settings_read);
	/* And what came was not there: a change of it tells of nothing. */
	g_autofree char *other = g_strdup(UPDATES(OBJECT("modify", "VirtualMachine", "vm-new", NAME("new"))));
	feed(s, ANSWER_UPDATES, other, strlen(other));
	g_assert_true(turns(s, 3));
	g_assert_cmpuint(s->lab->vms->len, ==, n);
	feed(s, ANSWER_UPDATES, gone, strlen(gone));
	g_assert_true(turns(s, 3));
	g_assert_cmpuint(s->lab->vms->len, ==, n); /* one left, one came */
	g_assert_null(find_vm(s, moref));
	g_assert_cmpstr(vm_at(s, "vm-new")->name, ==, "new");
	scene_free(s);
}

/* Deleted between the list and its settings: it goes, and is no gap. */
static void test_deleted_between(void)
{
	static const char details[] =
		OPEN("RetrievePropertiesEx") "<objects><obj "
					     "type='VirtualMachine'>vm-7</obj><missingSet><path></path>"
					     "<fault><fault "
					     "xsi:type='ManagedObjectNotFound'/></fault></missingSet>"
					     "</objects>" CLOSE("RetrievePropertiesEx");
	GString *text = many_vms();
	struct scene *s = scene_new();
	feed(s, ANSWER_INVENTORY, text->str, text->len);
	feed(s, ANSWER_DETAILS, details, strlen(details));
	open_it(s);
	g_assert_true(turns(s, 2));
	g_assert_cmpuint(s->lab->vms->len, ==, MANY - 1);
	g_autoptr(GPtrArray) gaps = lab_source_partial(s->lab, s->lab->sources->pdata[0]);
	g_assert_cmpuint(gaps->len, ==, 0);
	g_string_free(text, TRUE);
	scene_free(s);
}

/* Of what nothing may be read its reference is known. */
static void test_called_by_moref(void)
{
	static const char inventory[] =
		OPEN("RetrievePropertiesEx") "<objects><obj "
					     "type='HostSystem'>host-1</obj><missingSet><path>name</path>"
					     "<fault><fault "
					     "xsi:type='NoPermission'/></fault></missingSet></objects>"
					     "<objects><obj type='VirtualMachine'>vm-1</obj></objects>" CLOSE(
						     "RetrievePropertiesEx");
	static const char named[] = UPDATES(OBJECT("enter", "HostSystem", "host-1", NAME("esx01"))
						    OBJECT("enter", "VirtualMachine", "vm-1", ""));
	struct scene *s = scene_new();
	feed(s, ANSWER_INVENTORY, inventory, strlen(inventory));
	feed(s, ANSWER_UPDATES, named, strlen(named));
	open_it(s);
	g_assert_true(turns(s, 1));
	g_assert_cmpstr(host_name(s, "host-1"), ==, "host-1");
	g_assert_cmpstr(vm_at(s, "vm-1")->name, ==, "vm-1");
	g_assert_true(turns(s, SETTLING));
	g_assert_cmpstr(host_name(s, "host-1"), ==, "esx01");
	g_assert_cmpstr(vm_at(s, "vm-1")->name, ==, "vm-1");
	scene_free(s);
}

/* ---- patience ---------------------------------------------------------------------------------------------------- */

struct waits {
	struct vsphere_fed *fed;
	int64_t login, inventory, first_updates, updates; /* first_ms of the last request of each kind */
};

static int serve_noting(void *data, const struct http_request *rq, GString *body, char **server)
{
	struct waits *w = data;
	const char *sent = rq->body ? rq->body : "";
	int64_t *at = strstr(sent, "<Login ")                  ? &w->login
		      : strstr(sent, "type=\"ContainerView\"") ? &w->inventory
		      : !strstr(sent, "<WaitForUpdatesEx ")    ? NULL
		      : strstr(sent, "<version></version>")    ? &w->first_updates
							       : &w->updates;
	if (at)
		*at = rq->first_ms;
	return vsphere_fed_serve(w->fed, rq, body, server);
}

static struct waits waits_with(const char *first_answer)
{
	struct scene *s = scene_new();
	struct waits w = {&s->fed, -1, -1, -1, -1};
	if (first_answer)
		target_set(s->target, "first-answer", first_answer);
	fake_http_serve(serve_noting, &w);
	open_it(s);
	g_assert_true(turns(s, SETTLING));
	scene_free(s);
	return w;
}

/* A large reading may take long to begin: the inventory, and the first updates, which tell all of it again. */
static void test_first_answer(void)
{
	struct waits w = waits_with(NULL);
	g_assert_cmpint(w.login, ==, 0);
	g_assert_cmpint(w.inventory, ==, 120000);
	g_assert_cmpint(w.first_updates, ==, 120000);
	g_assert_cmpint(w.updates, ==, 0);
	w = waits_with("7m");
	g_assert_cmpint(w.login, ==, 0);
	g_assert_cmpint(w.inventory, ==, 420000);
	g_assert_cmpint(w.updates, ==, 0);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/whole/load", test_cut_load);
	g_test_add_func("/whole/batches", test_cut_batches);
	g_test_add_func("/whole/pages", test_pages);
	g_test_add_func("/whole/details", test_cut_details);
	g_test_add_func("/whole/sensors", test_cut_sensors);
	g_test_add_func("/whole/change", test_cut_change);
	g_test_add_func("/whole/coming-and-going", test_cut_coming_and_going);
	g_test_add_func("/whole/deleted-between", test_deleted_between);
	g_test_add_func("/whole/called-by-moref", test_called_by_moref);
	g_test_add_func("/whole/first-answer", test_first_answer);
	return g_test_run();
}
