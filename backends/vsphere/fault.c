/* fault.c - the table of faults that a person can do something about (reference vsphere.md 5), and how a fault becomes
 * one line. Never decides by message text: messages are translated, and simulators have none. */
#include "config.h"
#include "backends/vsphere/fault.h"

#include <string.h>

static const struct {
	const char *type;
	int code;
	const char *words;
} faults[] = {
	{"InvalidLogin", LAB_ERR_AUTH, "the user name or password is not accepted"},
	{"NotAuthenticated", LAB_ERR_AUTH, "the session has ended"},
	{"NoPermission", LAB_ERR_DENIED, "this user may not do that"},
	{"RestrictedVersion", LAB_ERR_DENIED, "the free licence of ESXi makes its interface read-only"},
	{"RestrictedByAdministrator", LAB_ERR_DENIED, "an administrator has forbidden it"},
	{"InvalidPowerState", LAB_ERR_CONFLICT, "the virtual machine is in another power state by now"},
	{"InvalidState", LAB_ERR_CONFLICT,
	 "not possible in its present state (a reboot needs maintenance mode)"},
	{"ConcurrentAccess", LAB_ERR_CONFLICT, "somebody else changed it meanwhile"},
	{"TaskInProgress", LAB_ERR_CONFLICT, "another task on it is still running"},
	{"FileLocked", LAB_ERR_CONFLICT, "a file of it is in use"},
	{"DuplicateName", LAB_ERR_CONFLICT, "there is one of that name already"},
	{"AlreadyExists", LAB_ERR_CONFLICT, "it is there already"},
	{"ResourceInUse", LAB_ERR_CONFLICT, "it is in use"},
	{"InvalidVmConfig", LAB_ERR_USAGE, "the settings of the virtual machine do not fit together"},
	{"GenericVmConfigFault", LAB_ERR_USAGE, "the virtual machine cannot run with these settings"},
	{"InvalidDeviceSpec", LAB_ERR_USAGE, "a device's settings are refused"},
	{"InvalidDeviceBacking", LAB_ERR_USAGE, "what stands behind a device is refused"},
	{"InvalidArgument", LAB_ERR_USAGE, "an argument is refused"},
	{"InvalidName", LAB_ERR_USAGE, "the name is refused"},
	{"InsufficientMemoryResourcesFault", LAB_ERR_CONFLICT, "the memory reservation cannot be met"},
	{"InsufficientResourcesFault", LAB_ERR_CONFLICT, "resources do not suffice"},
	{"InsufficientHostCapacityFault", LAB_ERR_CONFLICT, "the host has no room for it"},
	{"DeviceNotFound", LAB_ERR_NOT_FOUND, "the device is gone"},
	{"DeviceNotSupported", LAB_ERR_UNSUPPORTED, "the device is not supported there"},
	{"DeviceUnsupportedForVmVersion", LAB_ERR_UNSUPPORTED, "the VM's hardware version is too old for it"},
	{"HostConfigFault", LAB_ERR_DENIED, "the host refused the change"},
	{"HostNotConnected", LAB_ERR_UNREACHABLE, "vCenter has no connection to the host"},
	{"HostNotReachable", LAB_ERR_UNREACHABLE, "vCenter cannot reach the host"},
	{"HostCommunication", LAB_ERR_UNREACHABLE, "vCenter cannot talk to the host"},
	{"NoHost", LAB_ERR_UNREACHABLE, "the host does not answer"},
	{"Timedout", LAB_ERR_TIMEOUT, "it took too long"},
	{"RequestCanceled", LAB_ERR_CANCELLED, "it was cancelled"},
	{"ToolsUnavailable", LAB_ERR_CONFLICT, "VMware Tools do not run in the guest"},
	{"SnapshotFault", LAB_ERR_CONFLICT, "the snapshot failed"},
	{"MemorySnapshotOnIndependentDisk", LAB_ERR_CONFLICT, "the snapshot is not possible with its disks"},
	{"ManagedObjectNotFound", LAB_ERR_NOT_FOUND, "it is not there any more"},
	{"NotFound", LAB_ERR_NOT_FOUND, "it is not there"},
	{"MethodNotFound", LAB_ERR_UNSUPPORTED, "this server does not know the call"},
	{"NotImplemented", LAB_ERR_UNSUPPORTED, "this server does not have the call"},
	{"NotSupported", LAB_ERR_UNSUPPORTED, "this product does not support it"},
	{"NotEnoughLicenses", LAB_ERR_DENIED, "the licence does not cover it"},
	{"LicenseExpired", LAB_ERR_DENIED, "the licence has expired"},
	{"InvalidProperty", LAB_ERR_PROTOCOL, "this server does not know the property"},
	{"InvalidCollectorVersion", LAB_ERR_PROTOCOL, "the server has forgotten what we had seen"},
	{"InvalidRequest", LAB_ERR_PROTOCOL, "the server does not understand the request"},
	{"InvalidType", LAB_ERR_PROTOCOL, "this server does not know the type"},
	{"HostConnectFault", LAB_ERR_UNREACHABLE, "the connection to the host failed"},
	{"SystemError", LAB_ERR_SYSTEM, "the server had an error of its own"},
	{"RuntimeFault", LAB_ERR_SYSTEM, "the server had an error of its own"},
};

const struct leaf soap_fault_leaves[] = {
	LEAF(struct soap_fault, type, LEAF_TYPE, ""),
	LEAF(struct soap_fault, name, LEAF_TEXT, "name"),
	LEAF(struct soap_fault, name, LEAF_TEXT, "invalidProperty"),
	LEAF(struct soap_fault, object, LEAF_RAW, "object"),
	LEAF(struct soap_fault, object, LEAF_RAW, "obj"),
	LEAF(struct soap_fault, privilege, LEAF_TEXT, "privilegeId"),
	LEAF(struct soap_fault, details, LEAF_LIST, "faultMessage/message"),
	{0},
};

void soap_fault_clear(struct soap_fault *f)
{
	box_unref(f->box);
	*f = (struct soap_fault){0};
}

void soap_fault_init(struct soap_fault *f)
{
	soap_fault_clear(f);
	f->box = box_new();
	f->type = f->message = f->name = f->object = f->privilege = "";
}

bool soap_fault_is(const struct soap_fault *f, const char *type)
{
	return f->box && strcmp(f->type, type) == 0;
}

const char *soap_fault_type_of_element(struct box *box, const char *element)
{
	gssize len = (gssize)strlen(element);
	if (len > 5 && g_str_has_suffix(element, "Fault"))
		len -= 5;
	return box_text(box, element, len); /* shown where no table knows it */
}

static int find(const char *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
		if (strcmp(faults[i].type, type) == 0)
			return (int)i;
	return -1;
}

int fault_code(const char *type)
{
	int i = find(type);
	return i < 0 ? LAB_ERR_PROTOCOL : faults[i].code;
}

const char *fault_words(const char *type)
{
	int i = find(type);
	return i < 0 ? NULL : faults[i].words;
}

/* A Go simulator's message is the name of its own type: nothing that a person should read. */
static bool says_something(const char *message)
{
	return *message && !g_str_has_prefix(message, "*types.");
}

/* Sentences of several sources become one line: their full stops go. */
static void append_part(GString *out, const char *part)
{
	g_string_append_printf(out, "%s%s", out->len ? ": " : "", part);
	if (out->len && out->str[out->len - 1] == '.')
		g_string_truncate(out, out->len - 1);
}

char *fault_text(const struct soap_fault *f)
{
	GString *out = g_string_new(fault_words(f->type));
	if (says_something(f->message))
		append_part(out, f->message);
	const char *const *details = leaf_texts(f->box, f->details);
	for (int i = 0; details && details[i] && i < 8; i++) {
		g_autofree char *clean = text_clean(details[i], -1);
		append_part(out, clean);
	}
	if (*f->name)
		append_part(out, f->name);
	if (*f->privilege)
		g_string_append_printf(out, "%sneeds %s", out->len ? "; " : "", f->privilege);
	if (*f->type)
		g_string_append_printf(out, "%s(%s)", out->len ? " " : "", f->type);
	if (!out->len)
		g_string_append(out, "the server refused without saying why");
	return g_string_free(out, FALSE);
}

void fault_error(GError **error, const char *what, const struct soap_fault *f)
{
	g_autofree char *text = fault_text(f);
	g_set_error(error, LAB_ERROR, fault_code(f->type), "%s: %s", what, text);
}
