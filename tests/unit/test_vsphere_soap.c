/* test_vsphere_soap.c - envelopes, the three shapes of faults, answers that are none, versions, single values. */
#include "config.h"

#include "backends/vsphere/soap.h"
#include "backends/vsphere/version.h"
#include "tests/unit/unit.h"

#include <string.h>

#define ENVELOPE(body)                                                                              \
	"<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" " \
	"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Body>" body "</s:Body></s:Envelope>"
#define FAULT(detail)                                                                \
	ENVELOPE("<s:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Said " \
		 "so.</faultstring><detail>" detail "</detail></s:Fault>")

static const struct soap_call call = {
	.what = "trying", .method = "CurrentTime", .self = {"ServiceInstance", "ServiceInstance"}};

/* NULL when the answer is good, else the message; *code and *type say what kind of failure. The caller frees. */
static char *read_answer(const char *text, int status, const char *content_type, int *code, char **type)
{
	struct soap_fault fault = {0};
	GError *error = NULL;
	char *message = NULL;
	if (!soap_read(&fault, &call, status, content_type, text, strlen(text), &error)) {
		g_assert_nonnull(error);
		g_assert_true(error->domain == LAB_ERROR);
		message = g_strdup(error->message);
		*code = error->code;
		if (type)
			*type = g_strdup(fault.box ? fault.type : "");
		g_error_free(error);
	}
	soap_fault_clear(&fault);
	return message;
}

static void test_envelope(void)
{
	struct soap_call c = call;
	c.self.id = "a<b>&\"";
	c.arguments = "<x>1</x>";
	GString *e = soap_envelope(&c);
	g_assert_nonnull(strstr(
		e->str,
		"<CurrentTime xmlns=\"urn:vim25\"><_this type=\"ServiceInstance\">a&lt;b&gt;&amp;&quot;"
		"</_this><x>1</x></CurrentTime>"));
	g_string_free(e, TRUE);
}

static void test_good(void)
{
	int code = -1;
	g_assert_null(
		read_answer(ENVELOPE("<CurrentTimeResponse xmlns=\"urn:vim25\"><returnval>2026</returnval>"
				     "</CurrentTimeResponse>"),
			    200, "text/xml", &code, NULL));
	/* A header before the body, another prefix, another version in the namespace. */
	g_assert_null(read_answer(
		"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><x/></e:Header>"
		"<e:Body><n:CurrentTimeResponse xmlns:n='urn:vim25'/></e:Body></e:Envelope>",
		200, NULL, &code, NULL));
}

static const struct {
	const char *detail, *type;
	int code;
	const char *message;
} faults[] = {
	{"<InvalidLoginFault xmlns=\"urn:vim25\" xsi:type=\"InvalidLogin\"/>", "InvalidLogin", LAB_ERR_AUTH,
	 "trying: the user name or password is not accepted: Said so (InvalidLogin)"},
	/* without xsi:type the element's name tells */
	{"<InvalidLoginFault xmlns=\"urn:vim25\"/>", "InvalidLogin", LAB_ERR_AUTH,
	 "trying: the user name or password is not accepted: Said so (InvalidLogin)"},
	{"<x xsi:type=\"v:NoPermission\"><object "
	 "type=\"Folder\">group-d1</object><privilegeId>System.View</privilegeId></x>",
	 "NoPermission", LAB_ERR_DENIED,
	 "trying: this user may not do that: Said so; needs System.View (NoPermission)"},
	{"<InvalidPropertyFault xsi:type=\"InvalidProperty\"><name>config.foo</name></InvalidPropertyFault>",
	 "InvalidProperty", LAB_ERR_PROTOCOL,
	 "trying: this server does not know the property: Said so: config.foo (InvalidProperty)"},
	{"<GenericVmConfigFaultFault xsi:type=\"GenericVmConfigFault\"><faultCause><fault "
	 "xsi:type=\"Other\"/>"
	 "<localizedMessage>deep</localizedMessage></faultCause><faultMessage><key>k</key><message>memory "
	 "reservation "
	 "(sched.mem.min) should be equal to "
	 "memsize(32768)</message></faultMessage><faultMessage><message>second</message>"
	 "</faultMessage><reason>r</reason></GenericVmConfigFaultFault>",
	 "GenericVmConfigFault", LAB_ERR_USAGE,
	 "trying: the virtual machine cannot run with these settings: Said so: memory reservation "
	 "(sched.mem.min) should be "
	 "equal to memsize(32768): second (GenericVmConfigFault)"},
	/* a type that nobody knows keeps its name */
	{"<BrandNewFault xsi:type=\"BrandNew\"/>", "BrandNew", LAB_ERR_PROTOCOL,
	 "trying: Said so (BrandNew)"},
	{"", "", LAB_ERR_PROTOCOL, "trying: Said so"},
};

static void test_faults(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *text = g_strdup_printf(FAULT("%s"), faults[i].detail);
		g_autofree char *type = NULL;
		int code = -1;
		g_autofree char *message = read_answer(text, 500, "text/xml", &code, &type);
		g_assert_cmpstr(message, ==, faults[i].message);
		g_assert_cmpstr(type, ==, faults[i].type);
		g_assert_cmpint(code, ==, faults[i].code);
	}
}

/* Every fault of the reference's table has a code and words of its own. */
static void test_words(void)
{
	static const char *const known[] = {"InvalidLogin",
					    "NotAuthenticated",
					    "NoPermission",
					    "RestrictedVersion",
					    "InvalidPowerState",
					    "InvalidState",
					    "InvalidVmConfig",
					    "GenericVmConfigFault",
					    "InvalidDeviceSpec",
					    "InvalidDeviceBacking",
					    "InsufficientMemoryResourcesFault",
					    "InsufficientResourcesFault",
					    "DeviceNotFound",
					    "DeviceNotSupported",
					    "DeviceUnsupportedForVmVersion",
					    "ConcurrentAccess",
					    "TaskInProgress",
					    "HostConfigFault",
					    "Timedout",
					    "ManagedObjectNotFound",
					    "MethodNotFound",
					    "NotImplemented",
					    "NotSupported",
					    "InvalidProperty",
					    "InvalidCollectorVersion",
					    "InvalidRequest"};
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		g_assert_nonnull(fault_words(known[i]));
	g_assert_null(fault_words("Whatever"));
	g_assert_cmpint(fault_code("InvalidLogin"), ==, LAB_ERR_AUTH);
	g_assert_cmpint(fault_code("Whatever"), ==, LAB_ERR_PROTOCOL);
}

/* A simulator's message is the name of a Go type, a hostile one drives terminals: neither reaches a person. */
static void test_messages(void)
{
	int code;
	g_autofree char *go = read_answer(
		ENVELOPE("<s:Fault><faultstring>*types.InvalidPowerState</faultstring><detail>"
			 "<InvalidPowerStateFault xsi:type=\"InvalidPowerState\"/></detail></s:Fault>"),
		500, NULL, &code, NULL);
	g_assert_null(strstr(go, "*types"));
	g_autofree char *hostile = read_answer(
		ENVELOPE("<s:Fault><faultstring>a&#155;31m&#x202E;b&#13;c</faultstring></s:Fault>"), 500,
		NULL, &code, NULL);
	g_assert_true(text_is_clean(hostile));
}

static const struct {
	const char *text;
	int status;
	const char *content_type;
	int code;
	const char *part;
} none[] = {
	{"<html><body>Sign in</body></html>", 200, "text/html", LAB_ERR_PROTOCOL, "a web page"},
	{"<html><br></html>", 200, "text/html; charset=utf-8", LAB_ERR_PROTOCOL, "a web page"},
	{"<html><br></html>", 503, "text/html", LAB_ERR_UNREACHABLE, "503"},
	{"Service Unavailable", 503, "text/plain", LAB_ERR_UNREACHABLE, "503"},
	{"", 302, NULL, LAB_ERR_PROTOCOL, "elsewhere"},
	{"", 404, NULL, LAB_ERR_PROTOCOL, "HTTP 404"},
	{"", 500, "text/plain", LAB_ERR_PROTOCOL, "trying: the server says HTTP 500"},
	{"upstream", 500, "text/plain", LAB_ERR_PROTOCOL, "HTTP 500: reading XML"},
	{"<html></html>", 500, "text/html", LAB_ERR_PROTOCOL, "a web page"},
	{"", 200, NULL, LAB_ERR_PROTOCOL, "empty"},
	{"{\"json\":1}", 200, "application/json", LAB_ERR_PROTOCOL, "reading XML"},
	{ENVELOPE("<OtherResponse xmlns=\"urn:vim25\"/>"), 200, "text/xml", LAB_ERR_PROTOCOL,
	 "no CurrentTimeResponse"},
	{ENVELOPE("<CurrentTimeResponse xmlns=\"urn:other\"/>"), 200, "text/xml", LAB_ERR_PROTOCOL,
	 "no CurrentTimeResponse"},
	{"<Envelope><Body><CurrentTimeResponse xmlns='urn:vim25'/></Body></Envelope>", 200, "text/xml",
	 LAB_ERR_PROTOCOL, "no CurrentTimeResponse"},
};

static void test_no_answers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
		int code = -1;
		g_autofree char *message =
			read_answer(none[i].text, none[i].status, none[i].content_type, &code, NULL);
		g_assert_nonnull(message);
		if (!strstr(message, none[i].part))
			g_error("case %zu: %s", i, message);
		g_assert_cmpint(code, ==, none[i].code);
	}
}

/* ---- versions ------------------------------------------------------------------------------------------------ */

static void test_compare(void)
{
	static const char *const rising[] = {"5.5",     "6.0",     "6.5",     "6.7",     "6.7.1",
					     "6.7.3",   "7.0",     "7.0.2.0", "7.0.3.2", "8.0.0.1",
					     "8.0.3.0", "9.0.0.0", "10.0"};
	for (size_t i = 0; i < G_N_ELEMENTS(rising); i++)
		for (size_t j = 0; j < G_N_ELEMENTS(rising); j++) {
			int want = i < j ? -1 : i > j;
			g_assert_cmpint(version_compare(rising[i], rising[j]), ==, want);
		}
	g_assert_cmpint(version_compare("7.0", "7.0.0.0"), ==, 0);
	g_assert_cmpint(version_compare("abc", "def"), ==, 0);
	g_assert_cmpint(version_compare("", ""), ==, 0);
}

static const struct {
	const char *version, *prior[4], *want;
	int code;
} choices[] = {
	{"8.0.3.0", {NULL}, "8.0.3.0", 0},
	{"6.5", {"6.0", "5.5"}, "6.5", 0},
	{"9.1.0.0", {"9.0.0.0", "8.0.3.0", "8.0.2.0"}, "8.0.3.0", 0},
	{"9.1.0.0", {"9.0.0.0", "8.0.2.0", "7.0"}, "8.0.2.0", 0},
	/* newer than everything we know: what it surely speaks */
	{"10.0", {"9.1", "9.0"}, "9.0", 0},
	{"10.0", {NULL}, "10.0", 0},
	{"10.0", {"abc", "8.0"}, "8.0", 0},
	{"2.5", {NULL}, NULL, LAB_ERR_UNSUPPORTED},
	/* a word for its own version */
	{"uA046D008", {"8.0.2.0", "8.0.3.0", "8.0.1.0"}, "8.0.3.0", 0},
	{"uA046D008", {"9.1.0.0", "9.0.0.0", "dev"}, "9.0.0.0", 0},
	{"uA046D008", {"5.5", "5.1"}, "5.5", 0},
	{"uA046D008", {"2.5"}, NULL, LAB_ERR_UNSUPPORTED},
	{"abc", {"def"}, NULL, LAB_ERR_PROTOCOL},
	{"", {NULL}, NULL, LAB_ERR_PROTOCOL},
};

static void test_choose(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *got = version_choose(choices[i].version, choices[i].prior, &error);
		g_assert_cmpstr(got, ==, choices[i].want);
		if (!got)
			g_assert_error(error, LAB_ERROR, choices[i].code);
	}
}

static char *negotiate(const char *xml, GError **error)
{
	return version_negotiate(xml, strlen(xml), error);
}

static void test_negotiate(void)
{
	g_autofree char *path = unit_data("data/vsphere/versions.xml");
	g_autofree char *recorded = NULL;
	g_autoptr(GError) error = NULL;
	g_assert_true(g_file_get_contents(path, &recorded, NULL, NULL));
	g_autofree char *got = negotiate(recorded, NULL);
	g_assert_cmpstr(got, ==, VIM_VERSION_OURS);
	/* vSAN and others have namespaces of their own beside it. */
	g_autofree char *beside =
		negotiate("<namespaces version='1.0'><namespace><name>urn:vsan</name><version>1.0</version>"
			  "</namespace><namespace><name>urn:vim25</name><version>7.0.3.0</version>"
			  "<priorVersions><version>6.7</version></priorVersions></namespace></namespaces>",
			  NULL);
	g_assert_cmpstr(beside, ==, "7.0.3.0");
	g_assert_null(negotiate(
		"<namespaces><namespace><name>urn:vsan</name><version>1</version></namespace></namespaces>",
		&error));
	g_assert_error(error, LAB_ERROR, LAB_ERR_PROTOCOL);
	g_assert_null(negotiate("<html>", NULL));
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static void test_times(void)
{
	g_assert_cmpint(leaf_parse_time("2026-01-01T08:00:00Z"), ==, 1767254400000);
	g_assert_cmpint(leaf_parse_time("2026-01-01T08:00:00.123456789Z"), ==, 1767254400123);
	g_assert_cmpint(leaf_parse_time("2026-01-01T09:00:00.5+01:00"), ==, 1767254400500);
	g_assert_cmpint(leaf_parse_time("yesterday"), ==, 0);
	g_assert_cmpint(leaf_parse_time(""), ==, 0);
}

struct values {
	struct num num;
	uint16_t id;
	enum tri tri;
	int32_t number;
};

static void test_numbers(void)
{
	static const struct leaf num = LEAF(struct values, num, LEAF_NUM, "");
	static const struct leaf id = LEAF(struct values, id, LEAF_ID16, "");
	static const struct leaf hex = LEAF(struct values, id, LEAF_HEX16, "");
	static const struct leaf tri = LEAF(struct values, tri, LEAF_TRI, "");
	static const struct leaf integer = LEAF(struct values, number, LEAF_INT, "");
	static const char *const nonsense[] = {"",    " 1",    "1 ",  "0x10", "nan",
					       "inf", "1e400", "--1", "1,5",  "99999999999999999999"};
	struct values v = {0};
	g_assert_true(leaf_set(&num, &v, NULL, "-12"));
	g_assert_cmpfloat(v.num.v, ==, -12);
	for (size_t i = 0; i < G_N_ELEMENTS(nonsense); i++) {
		leaf_set(&num, &v, NULL, nonsense[i]);
		g_assert_cmpint(v.num.state, ==, NUM_BAD);
	}
	/* xsd:short is signed on this wire. */
	g_assert_true(leaf_set(&id, &v, NULL, "-32634"));
	g_assert_cmphex(v.id, ==, 0x8086);
	g_assert_true(leaf_set(&id, &v, NULL, "65535"));
	g_assert_cmphex(v.id, ==, 0xFFFF);
	g_assert_false(leaf_set(&id, &v, NULL, "65536"));
	g_assert_cmphex(v.id, ==, 0);
	g_assert_true(leaf_set(&hex, &v, NULL, "66a1"));
	g_assert_cmphex(v.id, ==, 0x66a1);
	g_assert_false(leaf_set(&hex, &v, NULL, "-5e5f"));
	leaf_set(&tri, &v, NULL, "true");
	g_assert_cmpint(v.tri, ==, TRI_YES);
	leaf_set(&tri, &v, NULL, "maybe");
	g_assert_cmpint(v.tri, ==, TRI_UNKNOWN);
	g_assert_false(leaf_set(&integer, &v, NULL, "2147483648"));
}

static void test_names(void)
{
	g_autofree char *name = leaf_unescape_name("a%2fb%5Cc%25d%41%");
	g_assert_cmpstr(name, ==, "a/b\\c%d%41%");
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/soap/envelope", test_envelope);
	g_test_add_func("/soap/good", test_good);
	g_test_add_func("/soap/faults", test_faults);
	g_test_add_func("/soap/words", test_words);
	g_test_add_func("/soap/messages", test_messages);
	g_test_add_func("/soap/no-answers", test_no_answers);
	g_test_add_func("/version/compare", test_compare);
	g_test_add_func("/version/choose", test_choose);
	g_test_add_func("/version/negotiate", test_negotiate);
	g_test_add_func("/leaf/times", test_times);
	g_test_add_func("/leaf/numbers", test_numbers);
	g_test_add_func("/leaf/names", test_names);
	return g_test_run();
}
