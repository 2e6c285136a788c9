/* test_vsphere_acts.c - every step as the requests that it sends, byte for byte, and what becomes of their answers. */
#include "config.h"
#include "backends/act.h"
#include "backends/vsphere/newer.h"
#include "backends/vsphere/spec.h"
#include "tests/drivers/fake_http.h"
#include "tests/unit/unit.h"

#include <string.h>

#define ENVELOPE(inner) \
	"<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>" inner "</Body></Envelope>"
#define ANSWER(method, inner) \
	ENVELOPE("<" method "Response xmlns=\"urn:vim25\">" inner "</" method "Response>")
#define FAULT(type, inner)                                                                              \
	ENVELOPE("<Fault><faultstring></faultstring><detail><" type "Fault xmlns=\"urn:vim25\" "        \
		 "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"" type "\">" inner \
		 "</" type "Fault></detail></Fault>")
#define OBJECT(type, id, sets)                                                                     \
	ANSWER("RetrievePropertiesEx",                                                             \
	       "<returnval xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><objects><obj " \
	       "type=\"" type "\">" id "</obj>" sets "</objects></returnval>")
#define SET(path, value) "<propSet><name>" path "</name><val>" value "</val></propSet>"
#define TASK_SET(sets)   OBJECT("Task", "task-7", sets)
#define KEY(key, value)  "<OptionValue><key>" key "</key><value>" value "</value></OptionValue>"
#define FUNCTION(id, own)                                                                 \
	"<HostPciPassthruInfo><id>" id "</id><dependentDevice>" own                       \
	"</dependentDevice><passthruEnabled>true</passthruEnabled>"                       \
	"<passthruCapable>true</passthruCapable><passthruActive>false</passthruActive></" \
	"HostPciPassthruInfo>"
#define DEVICE(id, vendor, device)                                              \
	"<HostPciDevice><id>" id "</id><classId>896</classId><vendorId>" vendor \
	"</vendorId><deviceId>" device "</deviceId><deviceName>A &amp; B</deviceName></HostPciDevice>"

#define VM                                                                                                   \
	OBJECT("VirtualMachine", "vm-1",                                                                     \
	       SET("name", "llm") SET("runtime.powerState", "poweredOff") SET("runtime.host", "host-1") SET( \
		       "config.uuid", "u-1") SET("config.changeVersion", "v&lt;7&gt;")                       \
		       SET("config.hardware.memoryMB", "65536") SET("config.hardware.numCPU", "8") SET(      \
			       "config.memoryAllocation.reservation",                                        \
			       "0") SET("config.memoryReservationLockedToMax",                               \
					"false") SET("config.firmware",                                      \
						     "bios") SET("config.cpuHotAddEnabled",                  \
								 "true") SET("config.memoryHotAddEnabled",   \
									     "true")                         \
			       SET("config.nestedHVEnabled", "true") SET(                                    \
				       "snapshot",                                                           \
				       "<rootSnapshotList><snapshot>s-1</snapshot></"                        \
				       "rootSnapshotList>") SET("environmentBrowser",                        \
								"env-1") SET("config.extraConfig",           \
									     KEY("pciPassthru.use64bitMMIO", \
										 "TRUE"))                    \
				       SET("config.hardware.device",                                         \
					   "<VirtualDevice "                                                 \
					   "xsi:type=\"VirtualPCIPassthrough\"><key>13000</key><backing "    \
					   "xsi:type=\"VirtualPCIPassthroughDeviceBackingInfo\"><"           \
					   "deviceName>old</deviceName>"                                     \
					   "<id>0000:83:00.0</id><deviceId>66A1</deviceId><systemId>sys-0</" \
					   "systemId>"                                                       \
					   "<vendorId>4098</vendorId></backing></VirtualDevice>"))

#define HOST                                                                                                \
	OBJECT("HostSystem", "host-1",                                                                      \
	       SET("name", "esx01") SET("runtime.connectionState", "connected") SET(                        \
		       "runtime.inMaintenanceMode", "true") SET("runtime.bootTime", "2026-01-01T00:00:00Z") \
		       SET("configManager.pciPassthruSystem",                                               \
			   "pts-1") SET("capability.deviceRebindWithoutRebootSupported", "true")            \
			       SET("hardware.pciDevice", DEVICE("0000:03:00.0", "-32634", "-26207") DEVICE( \
								 "0000:04:00.0", "4098", "26273")           \
								 DEVICE("0000:04:00.1", "4098", "26273"))   \
				       SET("config.pciPassthruInfo",                                        \
					   FUNCTION("0000:03:00.0", "0000:03:00.0")                         \
						   FUNCTION("0000:04:00.0", "0000:04:00.0")                 \
							   FUNCTION("0000:04:00.1", "0000:04:00.0")))

#define TARGET                                                                                          \
	"<returnval><numCpus>1</numCpus><pciPassthrough><name>x</name><pciDevice><id>0000:83:00.0</id>" \
	"</pciDevice><systemId>sys-8</systemId></pciPassthrough><pciPassthrough><pciDevice><id>"        \
	"0000:03:00.0</id></pciDevice><systemId>sys-3</systemId></pciPassthrough></returnval>"

struct answer {
	const char *words, *text;
	int status; /* 0: heard and never answered */
	int times;  /* 0: for ever */
};

struct server {
	char *versions, *content;
	GString *writes;        /* what was asked for that is no reading, from its <_this> on, a line each */
	struct answer first[4]; /* before the others */
	int logins;
};

static const struct answer answers[] = {
	{"<Login ", ANSWER("Login", "<returnval><key>k</key></returnval>"), 200, 0},
	{"<Logout ", ANSWER("Logout", ""), 200, 0},
	{"<QueryConfigTarget ", ANSWER("QueryConfigTarget", TARGET), 200, 0},
	{"<UpdatePassthruConfig ", ANSWER("UpdatePassthruConfig", ""), 200, 0},
	{"<Refresh ", ANSWER("Refresh", ""), 200, 0},
	{"<ShutdownGuest ", ANSWER("ShutdownGuest", ""), 200, 0},
	{"<type>Task</type>", TASK_SET(SET("info.state", "success")), 200, 0},
	{"<obj type=\"VirtualMachine\">", VM, 200, 0},
	{"<obj type=\"HostSystem\">", HOST, 200, 0},
};

static bool is_reading(const char *body)
{
	static const char *const methods[] = {"<RetrievePropertiesEx ", "<RetrieveServiceContent ", "<Login ",
					      "<Logout ", "<QueryConfigTarget "};
	for (gsize i = 0; i < G_N_ELEMENTS(methods); i++)
		if (strstr(body, methods[i]))
			return true;
	return false;
}

/* <Method xmlns="urn:vim25"><_this ...>...</Method> */
static void note_write(struct server *s, const char *body)
{
	const char *from = strstr(body, "Body>") + 5;
	g_string_append_len(s->writes, from, strstr(from, "</soapenv:Body>") - from);
	g_string_append_c(s->writes, '\n');
}

static int give(const struct answer *a, GString *body)
{
	g_string_append(body, a->text ? a->text : "");
	return a->status;
}

static int task_answer(const char *rq, GString *body)
{
	g_autofree char *method = g_strndup(strstr(rq, "Body><") + 6, strcspn(strstr(rq, "Body><") + 6, " "));
	g_string_append_printf(
		body,
		ENVELOPE("<%sResponse xmlns=\"urn:vim25\"><returnval type=\"Task\">task-7</returnval>"
			 "</%sResponse>"),
		method, method);
	return 200;
}

static int serve(void *data, const struct http_request *rq, GString *body, char **server)
{
	struct server *s = data;
	if (!rq->body || strstr(rq->body, "<RetrieveServiceContent ")) {
		g_string_append(body, rq->body ? s->content : s->versions);
		return 200;
	}
	s->logins += strstr(rq->body, "<Login ") != NULL;
	if (!is_reading(rq->body))
		note_write(s, rq->body);
	for (gsize i = 0; i < G_N_ELEMENTS(s->first); i++) {
		struct answer *a = &s->first[i];
		if (!a->words || !strstr(rq->body, a->words))
			continue;
		if (a->times && --a->times == 0)
			a->words = NULL;
		return give(a, body);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
		if (strstr(rq->body, answers[i].words))
			return give(&answers[i], body);
	return strstr(rq->body, "_Task ") ? task_answer(rq->body, body) : 404;
}

/* ---- a lane ------------------------------------------------------------------------------------------------------ */

struct lane {
	struct server server;
	struct target *target;
	struct backend b;
	struct mailbox *mail;
	GString *replies; /* "sent ReconfigVM_Task task-7\ndone\n" */
	GString *rows;    /* what was told of the target */
};

static char *recorded(const char *name)
{
	g_autofree char *relative = g_build_filename("data", "vsphere", name, NULL);
	g_autofree char *path = unit_data(relative);
	char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void lane_begin(struct lane *l)
{
	g_autoptr(GError) error = NULL;
	*l = (struct lane){.server = {.versions = recorded("versions.xml"),
				      .content = recorded("content.xml"),
				      .writes = g_string_new(NULL)},
			   .target = target_new(TARGET_VSPHERE, "vc"),
			   .mail = mailbox_new(),
			   .replies = g_string_new(NULL),
			   .rows = g_string_new(NULL)};
	target_set(l->target, "url", "https://root:secret@127.0.0.1");
	target_set(l->target, "tls", "insecure");
	fake_http_serve(serve, &l->server);
	l->b = (struct backend){.ops = &vsphere_backend,
				.target = l->target,
				.out = l->mail,
				.cancel = cancel_new(),
				.acting = true};
	g_assert_true(cancel_open(l->b.cancel, &error));
	g_assert_true(l->b.ops->open(&l->b, &error));
	g_assert_no_error(error);
}

static void lane_end(struct lane *l)
{
	l->b.ops->close(&l->b);
	l->b.ops->release(&l->b);
	newer_forget(l->target);
	cancel_close(l->b.cancel);
	cancel_free(l->b.cancel);
	mailbox_free(l->mail);
	target_free(l->target);
	g_free(l->server.versions);
	g_free(l->server.content);
	g_string_free(l->server.writes, TRUE);
	g_string_free(l->replies, TRUE);
	g_string_free(l->rows, TRUE);
}

static void take_reply(struct lane *l, const struct reply *r)
{
	static const char *const words[] = {"sent", "progress", "done", "failed", "refused", "lost"};
	g_string_append(l->replies, words[r->state]);
	if (r->state == REPLY_SENT)
		g_string_append_printf(l->replies, " %s %s", r->call, r->task);
	if (r->state == REPLY_PROGRESS && num_known(r->progress_pct))
		g_string_append_printf(l->replies, " %.0f", r->progress_pct.v);
	if (*r->text)
		g_string_append_printf(l->replies, " %s", r->text);
	g_string_append_c(l->replies, '\n');
}

static void take_rows(struct lane *l, const struct obs_inventory *inv)
{
	g_assert_cmpuint(inv->generation, ==, 0);
	g_assert_false(inv->complete);
	for (int i = 0; i < inv->n_vms; i++)
		g_string_append_printf(l->rows, "%s %s ", inv->vms[i]->moref, inv->vms[i]->source);
	for (int i = 0; i < inv->n_hosts; i++)
		g_string_append_printf(l->rows, "%s %s ", inv->hosts[i]->moref, inv->hosts[i]->source);
	for (int i = 0; i < inv->n_gone; i++)
		g_string_append_printf(l->rows, "gone %s ", inv->gone[i]);
}

/* Carries a step out and takes what was told of it. */
static void lane_do(struct lane *l, enum request_kind kind, const char *op, const char *key,
		    const char *before, const char *want)
{
	const struct step_ops *ops = step_ops_find(op);
	g_assert_nonnull(ops);
	bool vm = ops->scope == THING_VM;
	const struct request rq = {.kind = kind,
				   .target_kind = TARGET_VSPHERE,
				   .target = (char *)l->target->name,
				   .id = 2,
				   .step = {.id = "s1",
					    .ops = ops,
					    .target = {ops->scope, "vc", vm ? "vm-1" : "host-1",
						       vm ? "u-1" : "", vm ? "llm" : "esx01"},
					    .key = key,
					    .before = before,
					    .want = want,
					    .rule = "",
					    .only_for = STEP_ANY,
					    .only_if = STEP_ANY}};
	g_string_truncate(l->server.writes, 0);
	g_string_truncate(l->replies, 0);
	g_string_truncate(l->rows, 0);
	act_on(&l->b, &rq);
	for (struct obs *obs; (obs = mailbox_take(l->mail, 1)); obs_free(obs)) {
		if (obs->kind == OBS_REPLY)
			take_reply(l, obs->u.reply);
		else if (obs->kind == OBS_INVENTORY)
			take_rows(l, obs->u.inventory);
	}
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

#define ON_VM(method, inner)                                                                                \
	"<" method " xmlns=\"urn:vim25\"><_this type=\"VirtualMachine\">vm-1</_this>" inner "</" method ">" \
	"\n"
#define ON_HOST(method, inner) \
	"<" method " xmlns=\"urn:vim25\"><_this type=\"HostSystem\">host-1</_this>" inner "</" method ">\n"
#define ON_PTS(method, inner)                                                                       \
	"<" method " xmlns=\"urn:vim25\"><_this type=\"HostPciPassthruSystem\">pts-1</_this>" inner \
	"</" method ">\n"
#define RECONFIG(inner) \
	ON_VM("ReconfigVM_Task", "<spec><changeVersion>v&lt;7&gt;</changeVersion>" inner "</spec>")
#define EXTRA(key, value)                                          \
	RECONFIG("<extraConfig xsi:type=\"OptionValue\"><key>" key \
		 "</key><value xsi:type=\"xsd:string\">" value "</value></extraConfig>")
#define PCI(operation, key, backing)                                                           \
	RECONFIG("<deviceChange xsi:type=\"VirtualDeviceConfigSpec\"><operation>" operation    \
		 "</operation><device xsi:type=\"VirtualPCIPassthrough\"><key>" key            \
		 "</key><backing xsi:type=\"VirtualPCIPassthroughDeviceBackingInfo\">" backing \
		 "</backing></device></deviceChange>")
#define PASSTHRU(id, on)                                                                 \
	"<config xsi:type=\"HostPciPassthruConfig\"><id>" id "</id><passthruEnabled>" on \
	"</passthruEnabled><applyNow>true</applyNow></config>"
#define UPDATE(configs) ON_PTS("UpdatePassthruConfig", configs) ON_PTS("Refresh", "")

static void test_requests(void)
{
	static const struct {
		const char *op, *key, *before, *want, *writes, *sent;
	} cases[] = {
		{"vm.power-on", "", "off", "on", ON_VM("PowerOnVM_Task", ""), "sent PowerOnVM_Task task-7\n"},
		{"vm.remove-snapshots", "", "1", "0", ON_VM("RemoveAllSnapshots_Task", ""),
		 "sent RemoveAllSnapshots_Task task-7\n"},
		{"vm.firmware", "", "bios", "efi", RECONFIG("<firmware>efi</firmware>"), NULL},
		{"vm.reserve-all-memory", "", "0 MB", "all",
		 RECONFIG("<memoryAllocation><reservation>65536</reservation></memoryAllocation>"
			  "<memoryReservationLockedToMax>true</memoryReservationLockedToMax>"),
		 NULL},
		{"vm.reserve-all-memory", "", "0 MB", "4096 MB",
		 RECONFIG("<memoryAllocation><reservation>4096</reservation></memoryAllocation>"
			  "<memoryReservationLockedToMax>false</memoryReservationLockedToMax>"),
		 NULL},
		{"vm.cpu-hot-add", "", "on", "off", RECONFIG("<cpuHotAddEnabled>false</cpuHotAddEnabled>"),
		 NULL},
		{"vm.memory-hot-add", "", "on", "off",
		 RECONFIG("<memoryHotAddEnabled>false</memoryHotAddEnabled>"), NULL},
		{"vm.nested-hv", "", "on", "off", RECONFIG("<nestedHVEnabled>false</nestedHVEnabled>"), NULL},
		{"vm.vcpus", "", "8", "16", RECONFIG("<numCPUs>16</numCPUs>"), NULL},
		{"vm.extra-config", "a&b", "", "<x>", EXTRA("a&amp;b", "&lt;x&gt;"), NULL},
		{"vm.extra-config", "pciPassthru.use64bitMMIO", "TRUE", "",
		 EXTRA("pciPassthru.use64bitMMIO", ""), NULL},
		/* Signed as it was read; the device's id 16 bits of hexadecimal digits; the systemId of that device. */
		{"vm.pci-device", "0000:03:00.0", "detached", "attached",
		 PCI("add", "-100",
		     "<deviceName>A &amp; B</deviceName><id>0000:03:00.0</id><deviceId>99a1</deviceId>"
		     "<systemId>sys-3</systemId><vendorId>-32634</vendorId>"),
		 NULL},
		/* The server's own key, and everything as it was read. */
		{"vm.pci-device", "0000:83:00.0", "attached", "detached",
		 PCI("remove", "13000",
		     "<deviceName>old</deviceName><id>0000:83:00.0</id><deviceId>66A1</deviceId>"
		     "<systemId>sys-0</systemId><vendorId>4098</vendorId>"),
		 NULL},
		{"host.passthrough", "0000:03:00.0", "enabled", "disabled",
		 UPDATE(PASSTHRU("0000:03:00.0", "false")), "sent UpdatePassthruConfig \n"},
		/* Functions that move together are set by the one that they depend on, once. */
		{"host.passthrough", "0000:04:00.1,0000:04:00.0,0000:03:00.0", "enabled",
		 "disabled,disabled,enabled",
		 UPDATE(PASSTHRU("0000:04:00.0", "false") PASSTHRU("0000:03:00.0", "true")),
		 "sent UpdatePassthruConfig \n"},
		{"host.passthrough-active", "0000:03:00.0", "inactive", "active",
		 UPDATE(PASSTHRU("0000:03:00.0", "false")) UPDATE(PASSTHRU("0000:03:00.0", "true")),
		 "sent UpdatePassthruConfig \nsent UpdatePassthruConfig \n"},
		{"host.exit-maintenance", "", "on", "off",
		 ON_HOST("ExitMaintenanceMode_Task", "<timeout>300</timeout>"),
		 "sent ExitMaintenanceMode_Task task-7\n"},
		{"host.reboot", "", "1767225600000", "", ON_HOST("RebootHost_Task", "<force>false</force>"),
		 "sent RebootHost_Task task-7\n"},
	};
	struct lane l;
	lane_begin(&l);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		lane_do(&l, REQ_APPLY, cases[i].op, cases[i].key, cases[i].before, cases[i].want);
		g_assert_cmpstr(l.server.writes->str, ==, cases[i].writes);
		g_autofree char *replies = g_strconcat(
			cases[i].sent ? cases[i].sent : "sent ReconfigVM_Task task-7\n", "done\n", NULL);
		g_assert_cmpstr(l.replies->str, ==, replies);
		g_assert_cmpstr(l.rows->str, ==,
				g_str_has_prefix(cases[i].op, "vm.") ? "vm-1 vc " : "host-1 vc ");
	}
	g_assert_cmpint(l.server.logins, ==, 1);
	lane_end(&l);
}

/* What is so already, or is not what it was planned for, sends nothing. */
static void test_nothing_sent(void)
{
	struct lane l;
	lane_begin(&l);
	lane_do(&l, REQ_APPLY, "vm.shutdown", "", "on", "off");
	g_assert_cmpstr(l.replies->str, ==, "done\n");
	g_assert_cmpstr(l.server.writes->str, ==, "");
	lane_do(&l, REQ_APPLY, "vm.vcpus", "", "4", "16");
	g_assert_cmpstr(
		l.replies->str, ==,
		"refused vCPUs of llm is \"8\" now and was \"4\" when this was planned: plan again\n");
	g_assert_cmpstr(l.server.writes->str, ==, "");
	lane_do(&l, REQ_APPLY, "vm.pci-device", "0000:04:00.0", "detached", "attached");
	g_assert_nonnull(strstr(l.replies->str, "refused the host does not offer 0000:04:00.0"));
	lane_do(&l, REQ_APPLY, "vm.pci-device", "0000:99:00.0", "detached", "attached");
	g_assert_cmpstr(l.replies->str, ==, "refused the VM's host has no device 0000:99:00.0\n");
	lane_do(&l, REQ_APPLY, "host.passthrough-active", "0000:99:00.0", "inactive", "active");
	g_assert_nonnull(strstr(l.replies->str, "refused Passthrough active of esx01: not known"));
	lane_do(&l, REQ_APPLY, "vm.reserve-all-memory", "", "0 MB", "half");
	g_assert_nonnull(strstr(l.replies->str, "\"half\" is no value for it"));
	g_assert_cmpstr(l.server.writes->str, ==, "");
	/* Another one stands under its id, or none. */
	l.server.first[0] =
		(struct answer){"<obj type=\"VirtualMachine\">",
				OBJECT("VirtualMachine", "vm-1", SET("config.uuid", "u-2")), 200, 1};
	lane_do(&l, REQ_APPLY, "vm.power-on", "", "off", "on");
	g_assert_cmpstr(l.replies->str, ==, "refused another one stands in the place of llm\n");
	l.server.first[0] =
		(struct answer){"<obj type=\"VirtualMachine\">", ANSWER("RetrievePropertiesEx", ""), 200, 1};
	lane_do(&l, REQ_APPLY, "vm.power-on", "", "off", "on");
	g_assert_cmpstr(l.replies->str, ==, "refused llm is not there any more\n");
	g_assert_cmpstr(l.rows->str, ==, "gone vm-1 ");
	lane_end(&l);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

#define TASK_ERROR(fault)                                                                                    \
	TASK_SET(SET("info.state", "error") "<propSet><name>info.error</name><val "                          \
					    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">" fault \
					    "</val></propSet>")

static void test_outcomes(void)
{
	static const struct {
		struct answer answer;
		const char *says; /* in the last reply */
		bool sent;
	} cases[] = {
		{{"<PowerOnVM_Task ",
		  FAULT("NoPermission", "<privilegeId>VirtualMachine.Interact.PowerOn</privilegeId>"), 500,
		  1},
		 "failed vm.power-on: this user may not do that; needs "
		 "VirtualMachine.Interact.PowerOn "
		 "(NoPermission)",
		 false},
		{{"<PowerOnVM_Task ", FAULT("RestrictedVersion", ""), 500, 1},
		 "failed vm.power-on: the free licence of ESXi makes its interface read-only "
		 "(RestrictedVersion)",
		 false},
		/* A no is a no, also one whose words are filed under connections. */
		{{"<PowerOnVM_Task ", FAULT("HostNotConnected", ""), 500, 1}, "failed ", false},
		{{"<PowerOnVM_Task ", FAULT("Unheard", ""), 500, 1}, "failed ", false},
		{{"<PowerOnVM_Task ", NULL, 0, 1}, "lost ", false},
		{{"<PowerOnVM_Task ", "<html/>", 503, 1}, "lost ", false},
		{{"<type>Task</type>", NULL, 0, 1}, "lost ", true},
		{{"<type>Task</type>", ANSWER("RetrievePropertiesEx", ""), 200, 1}, "lost ", true},
		{{"<type>Task</type>",
		  TASK_ERROR(
			  "<fault "
			  "xsi:type=\"GenericVmConfigFault\"><faultMessage><key>k</key><message>reservation "
			  "should be equal to memsize</message></faultMessage></fault>"
			  "<localizedMessage>It cannot be powered on.</localizedMessage>"),
		  200, 1},
		 "failed vm.power-on: the virtual machine cannot run with these settings: It cannot "
		 "be "
		 "powered on: reservation should be equal to memsize (GenericVmConfigFault)",
		 true},
		{{"<type>Task</type>", TASK_ERROR("<fault xsi:type=\"Timedout\"/>"), 200, 1},
		 "failed vm.power-on: it took too long (Timedout)",
		 true},
		{{"<type>Task</type>", TASK_ERROR("<fault xsi:type=\"ConcurrentAccess\"/>"), 200, 1},
		 "failed vm.power-on: somebody else changed it meanwhile (ConcurrentAccess)",
		 true},
	};
	struct lane l;
	lane_begin(&l);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		l.server.first[0] = cases[i].answer;
		lane_do(&l, REQ_APPLY, "vm.power-on", "", "off", "on");
		const char *last = l.replies->str;
		g_assert_true(g_str_has_prefix(last, "sent ") == cases[i].sent);
		if (cases[i].sent)
			last = strchr(last, '\n') + 1;
		g_autofree char *start = g_strndup(last, strlen(cases[i].says));
		g_assert_cmpstr(start, ==, cases[i].says);
		/* Never asked for twice. */
		g_assert_cmpstr(l.server.writes->str, ==, ON_VM("PowerOnVM_Task", ""));
	}
	lane_end(&l);
}

static void test_progress(void)
{
	struct lane l;
	lane_begin(&l);
	l.server.first[0] =
		(struct answer){"<type>Task</type>", TASK_SET(SET("info.state", "queued")), 200, 1};
	l.server.first[1] =
		(struct answer){"<type>Task</type>",
				TASK_SET(SET("info.state", "running") SET("info.progress", "40")), 200, 2};
	l.server.first[2] = (struct answer){
		"<type>Task</type>",
		ANSWER("RetrievePropertiesEx",
		       "<returnval><objects><obj type=\"Task\">task-7</obj>" SET("info.state", "running")
			       SET("info.progress",
				   "40") "</objects><objects><obj "
					 "type=\"VirtualMachine\">vm-1</obj>" SET(
						 "runtime.question",
						 "<id>1</id><text>Copied or "
						 "moved?</text><choice>"
						 "<choiceInfo><key>0</key><label>Moved</"
						 "label></choiceInfo>"
						 "<choiceInfo><key>1</key><label>Copi\xe2\x80\xae"
						 "ed</"
						 "label></choiceInfo></choice>") "</"
										 "objects></"
										 "returnval"
										 ">"),
		200, 1};
	lane_do(&l, REQ_APPLY, "vm.power-on", "", "off", "on");
	g_assert_cmpstr(l.replies->str, ==,
			"sent PowerOnVM_Task task-7\nprogress queued\nprogress 40\n"
			"progress 40 waits for an answer: Copied or moved? (Moved, Copi<U+202E>ed)\ndone\n");
	lane_end(&l);
}

/* A session that ended meanwhile is begun again before anything is changed. */
static void test_session_lost(void)
{
	struct lane l;
	lane_begin(&l);
	l.server.first[0] =
		(struct answer){"<obj type=\"VirtualMachine\">", FAULT("NotAuthenticated", ""), 500, 1};
	lane_do(&l, REQ_APPLY, "vm.firmware", "", "bios", "efi");
	g_assert_cmpstr(l.replies->str, ==, "sent ReconfigVM_Task task-7\ndone\n");
	g_assert_cmpint(l.server.logins, ==, 2);
	lane_end(&l);
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

#define RECENT "<path>recentTask</path>"

static void test_look(void)
{
	struct lane l;
	lane_begin(&l);
	lane_do(&l, REQ_LOOK, "vm.firmware", "", "bios", "efi");
	g_assert_cmpstr(l.replies->str, ==, "done\n");
	g_assert_cmpstr(l.rows->str, ==,
			"vm-1 vc vm-1 vc "); /* what is seen once nothing is under way counts */
	l.server.first[0] =
		(struct answer){RECENT,
				TASK_SET(SET("info.state", "running") SET("info.progress", "7")
						 SET("info.descriptionId", "VirtualMachine.reconfigure")),
				200, 1};
	lane_do(&l, REQ_LOOK, "vm.firmware", "", "bios", "efi");
	g_assert_cmpstr(l.replies->str, ==, "progress 7 VirtualMachine.reconfigure\n");
	/* A reboot goes on behind its task, until the host was booted later than that. */
#define REBOOTED(when)                                                                       \
	TASK_SET(SET("info.state", "success") SET("info.descriptionId", "HostSystem.reboot") \
			 SET("info.completeTime", when))
	l.server.first[0] = (struct answer){RECENT, REBOOTED("2026-01-01T00:00:01Z"), 200, 1};
	lane_do(&l, REQ_LOOK, "host.reboot", "", "1767225600000", "");
	g_assert_cmpstr(l.replies->str, ==, "progress HostSystem.reboot\n");
	l.server.first[0] = (struct answer){RECENT, REBOOTED("2025-12-31T23:59:59Z"), 200, 1};
	lane_do(&l, REQ_LOOK, "host.reboot", "", "1767225600000", "");
	g_assert_cmpstr(l.replies->str, ==, "done\n");
	l.server.first[0] = (struct answer){RECENT, REBOOTED("2026-01-01T00:00:01Z"), 200, 1};
	lane_do(&l, REQ_LOOK, "host.exit-maintenance", "", "on", "off");
	g_assert_cmpstr(l.replies->str, ==, "done\n");
	g_assert_cmpstr(l.server.writes->str, ==, "");
	lane_end(&l);
}

/* ---- the tables -------------------------------------------------------------------------------------------------- */

/* What the acting lane has read replaces what the watching one knows, once. */
static void test_newer(void)
{
	struct lane l;
	lane_begin(&l);
	lane_do(&l, REQ_LOOK, "vm.firmware", "", "bios", "efi");
	lane_do(&l, REQ_LOOK, "host.reboot", "", "", "");
	g_assert_null(newer_take(l.target, &host_kind, "vm-1"));
	const struct vm_row *vm = newer_take(l.target, &vm_kind, "vm-1");
	g_assert_nonnull(vm);
	g_assert_cmpstr(vm->name, ==, "llm");
	g_assert_null(newer_take(l.target, &vm_kind, "vm-1"));
	struct target *other = target_new(TARGET_VSPHERE, "vc");
	newer_forget(other);
	g_assert_null(newer_take(other, &host_kind, "host-1"));
	const struct vs_host *host = newer_take(l.target, &host_kind, "host-1");
	g_assert_cmpstr(host->row.name, ==, "esx01");
	box_unref(host->row.box);
	box_unref(vm->box);
	target_free(other);
	lane_do(&l, REQ_LOOK, "vm.firmware", "", "bios", "efi");
	newer_forget(l.target);
	g_assert_null(newer_take(l.target, &vm_kind, "vm-1"));
	lane_end(&l);
}

static void test_every_step(void)
{
	const struct step_ops *ops;
	guint n = 0;
	for (guint i = 0; (ops = step_ops_nth(i)); i++, n++)
		g_assert_nonnull(act_find(vsphere_backend.acts, ops->name));
	for (guint i = 0; vsphere_backend.acts[i].op; i++, n--)
		g_assert_nonnull(step_ops_find(vsphere_backend.acts[i].op));
	g_assert_cmpuint(n, ==, 0);
}

/* The schema's order of what is sent of a VirtualMachineConfigSpec (vsphere.md 4.8), all of it at once. */
static void test_order(void)
{
	static const char *const schema[] = {"changeVersion",
					     "numCPUs",
					     "memoryHotAddEnabled",
					     "cpuHotAddEnabled",
					     "deviceChange",
					     "memoryAllocation",
					     "extraConfig",
					     "firmware",
					     "memoryReservationLockedToMax",
					     "nestedHVEnabled",
					     NULL};
	const struct spec_device devices[] = {
		{false, -100, "", "a", "1", "s", "2"},
		{false, -101, "", "b", "1", "s", "2"},
	};
	const struct vm_spec spec = {.change_version = "1",
				     .vcpus = num_of(1),
				     .memory_hot_add = TRI_NO,
				     .cpu_hot_add = TRI_NO,
				     .devices = devices,
				     .n_devices = 2,
				     .reservation_mb = num_of(1),
				     .key = "k",
				     .value = "",
				     .firmware = "efi",
				     .memory_locked = TRI_YES,
				     .nested_hv = TRI_NO};
	g_autoptr(GString) out = g_string_new(NULL);
	spec_vm(out, &spec);
	const char *at = out->str;
	for (int i = 0; schema[i]; i++) {
		g_autofree char *start = g_strconcat("<", schema[i], NULL);
		g_assert_cmpstr(vm_spec_order[i], ==, schema[i]);
		g_assert_nonnull(at = strstr(at, start));
	}
	g_assert_nonnull(strstr(out->str, "<key>-101</key>"));
	g_string_truncate(out, 0);
	spec_vm(out,
		&(struct vm_spec){.vcpus = num_none(NUM_UNKNOWN), .reservation_mb = num_none(NUM_UNKNOWN)});
	g_assert_cmpstr(out->str, ==, "<spec></spec>");
	g_string_truncate(out, 0);
	spec_passthru(out, "x", true, TRI_UNKNOWN);
	g_assert_null(strstr(out->str, "applyNow"));
}

static void test_device_id(void)
{
	char buf[5];
	g_assert_cmpstr(spec_device_id("26273", buf), ==, "66a1");
	g_assert_cmpstr(spec_device_id("-1", buf), ==, "ffff");
	g_assert_cmpstr(spec_device_id("65535", buf), ==, "ffff");
	g_assert_cmpstr(spec_device_id("10", buf), ==, "a");
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/vsphere-acts/requests", test_requests);
	g_test_add_func("/vsphere-acts/nothing-sent", test_nothing_sent);
	g_test_add_func("/vsphere-acts/outcomes", test_outcomes);
	g_test_add_func("/vsphere-acts/progress", test_progress);
	g_test_add_func("/vsphere-acts/session-lost", test_session_lost);
	g_test_add_func("/vsphere-acts/look", test_look);
	g_test_add_func("/vsphere-acts/newer", test_newer);
	g_test_add_func("/vsphere-acts/every-step", test_every_step);
	g_test_add_func("/vsphere-acts/order", test_order);
	g_test_add_func("/vsphere-acts/device-id", test_device_id);
	return g_test_run();
}
