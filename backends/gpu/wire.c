/* wire.c - the tables; see the header. The order is the one in which keys are written. */
#include "config.h"
#include "backends/gpu/wire.h"

#include <stddef.h>

#include "backends/gpu/card.h"
#include "backends/gpu/guest.h"
#include "backends/gpu/processes.h"
#include "backends/gpu/vendor.h"

#define INSTANCE_MAX 65535              /* NVIDIA counts its MIG instances to 14 */
#define BYTES_MAX    1125899906842624.0 /* 1 PiB */
#define CLOCK_MAX    253402300799999.0  /* the year 9999 in ms */
#define COUNT_MAX    9007199254740992.0 /* what a double counts exactly */

const char *const wire_reasons[NUM_STATES] = {
	[NUM_DENIED] = "denied", [NUM_BAD] = "bad", [NUM_BUSY] = "busy"};

const char *const vendor_state_names[VENDOR_STATES] = {"off", "absent", "live"};

/* TOLD and ROW name the two structs of the table that follows. */
#define TYPE_OF(v)                        \
	_Generic((v), int                 \
		 : WIRE_INT, unsigned     \
		 : WIRE_UNSIGNED, int64_t \
		 : WIRE_INT64, struct num \
		 : WIRE_NUM, default      \
		 : WIRE_OTHER)
#define PLACE(type, member)                                                                       \
	{                                                                                         \
		offsetof(type, member), sizeof(((type *)0)->member), TYPE_OF(((type *)0)->member) \
	}
#define FIELD(key, form, told, row)                                             \
	{                                                                       \
		key, form, PLACE(TOLD, told), PLACE(ROW, row), 0, 0, 0, NULL, 0 \
	}
#define NUMBER(key, told, row, min, max, decimals)                                                \
	{                                                                                         \
		key, WIRE_NUMBER, PLACE(TOLD, told), PLACE(ROW, row), min, max, decimals, NULL, 0 \
	}
#define WORD(key, told, row, words)                                                                     \
	{                                                                                               \
		key, WIRE_WORD, PLACE(TOLD, told), PLACE(ROW, row), 0, 0, 0, words, G_N_ELEMENTS(words) \
	}
#define TOLD_NUMBER(key, told, min, max, decimals)                                                  \
	{                                                                                           \
		key, WIRE_NUMBER, PLACE(TOLD, told), {0, 0, WIRE_NONE}, min, max, decimals, NULL, 0 \
	}
#define TABLE(name) const struct wire_table wire_##name = {name##_fields, G_N_ELEMENTS(name##_fields)}

/* ---- hello ----------------------------------------------------------------------------------------------------------- */

#define TOLD struct wire_hello_told
#define ROW  struct guest_row
static const struct wire_field hello_fields[] = {
	FIELD("version", WIRE_STRING, version, agent_version),
	NUMBER("interval_ms", interval_ms, interval_ms, 10, 3600 * 1000, 0),
	TOLD_NUMBER("pid", pid, 1, G_MAXINT, 0), /* for whoever looks for it on the guest */
};
TABLE(hello);
#undef TOLD

#define TOLD struct guest_facts
static const struct wire_field guest_fields[] = {
	FIELD("hostname", WIRE_TEXT, hostname, hostname),
	FIELD("uuid", WIRE_LOWER, uuid, uuid),
	FIELD("macs", WIRE_LOWERS, macs, macs),
	FIELD("addresses", WIRE_LIST, addresses, addresses),
	FIELD("os", WIRE_TEXT, os, os),
	FIELD("kernel", WIRE_TEXT, kernel, kernel),
	FIELD("cmdline", WIRE_COMMAND, cmdline, cmdline),
	NUMBER("boot_ms", boot_ms, boot_ms, 0, CLOCK_MAX, 0),
	NUMBER("ncpu", ncpu, ncpu, 1, 1e6, 0),
	NUMBER("mem_bytes", mem_bytes, mem_bytes, 0, BYTES_MAX, 0),
	FIELD("root", WIRE_TRI, root, is_root),
};
TABLE(guest);
#undef TOLD
#undef ROW

#define TOLD struct vendor_facts
#define ROW  struct library_row
static const struct wire_field library_fields[] = {
	FIELD("name", WIRE_TEXT, name, name),
	FIELD("path", WIRE_TEXT, path, path),
	FIELD("version", WIRE_TEXT, version, version),
	FIELD("driver", WIRE_TEXT, driver, driver),
	WORD("state", state, state, vendor_state_names),
	FIELD("reason", WIRE_TEXT, reason, reason),
};
TABLE(library);
#undef TOLD
#undef ROW

#define TOLD struct gpu_info
#define ROW  struct gpu_row
static const struct wire_field gpu_fields[] = {
	FIELD(WIRE_KEY_ID, WIRE_TEXT, id, id),
	FIELD("parent", WIRE_TEXT, parent, parent),
	FIELD("bdf", WIRE_BDF, bdf, bdf),
	FIELD("path", WIRE_LOWER, path, path),
	FIELD("slot", WIRE_TEXT, slot, slot),
	FIELD("vendor_id", WIRE_ID, vendor_id, vendor_id),
	FIELD("device_id", WIRE_ID, device_id, device_id),
	FIELD("subsystem", WIRE_IDS, subsystem, subvendor_id),
	FIELD("name", WIRE_TEXT, name, name),
	FIELD("arch", WIRE_TEXT, arch, arch),
	FIELD("vbios", WIRE_TEXT, vbios, vbios),
	FIELD("unique_id", WIRE_TEXT, unique_id, unique_id),
	FIELD("serial", WIRE_TEXT, serial, serial),
	FIELD("driver", WIRE_TEXT, driver, driver),
	WORD("kind", kind, kind, gpu_kind_names),
	NUMBER("numa_node", numa_node, numa_node, 0, 4095, 0),
	FIELD("bar_bytes", WIRE_BARS, bar_bytes, bar_bytes),
	NUMBER("kfd_id", kfd_id, kfd_id, 1, G_MAXUINT32, 0),
	NUMBER("gpu_instance", gpu_instance, gpu_instance, 0, INSTANCE_MAX, 0),
	NUMBER("compute_instance", compute_instance, compute_instance, 0, INSTANCE_MAX, 0),
	FIELD("passive", WIRE_TRI, passive, passive),
	FIELD("limits", WIRE_LIMITS, limit, limit),
};
TABLE(gpu);
#undef TOLD

#define TOLD struct card
static const struct wire_field origins_fields[] = {
	FIELD("origin", WIRE_ORIGINS, origin, origin),
};
TABLE(origins);
#undef TOLD
#undef ROW

/* ---- sample ---------------------------------------------------------------------------------------------------------- */

#define TOLD struct wire_sample_told
#define ROW  struct sample
static const struct wire_field sample_fields[] = {
	NUMBER(WIRE_KEY_SEQ, seq, seq, 0, COUNT_MAX, 0),
	NUMBER("mono_ms", mono_ms, mono_ms, 0, COUNT_MAX, 0),
	NUMBER("wall_ms", wall_ms, wall_ms, 0, CLOCK_MAX, 0),
};
TABLE(sample);
#undef TOLD
#undef ROW

#define TOLD struct wire_reading_told
#define ROW  struct gpu_sample
static const struct wire_field reading_fields[] = {
	FIELD(WIRE_KEY_ID, WIRE_STRING, id, id),
	NUMBER("age_ms", age_ms, age_ms, 0, CLOCK_MAX, 0),
};
TABLE(reading);
#undef TOLD

#define TOLD struct gpu_values
static const struct wire_field values_fields[] = {
	WORD("state", state, state, gpu_state_names),
	FIELD(NULL, WIRE_METRICS, m, metric),
	FIELD("perf_level", WIRE_TEXT, perf_level, perf_level),
	FIELD("throttle", WIRE_THROTTLE, throttle, throttle),
	FIELD("throttle_bits", WIRE_BITS, throttle_bits, throttle_bits),
	FIELD("err", WIRE_ERRORS, m, metric),
};
TABLE(values);
#undef TOLD
#undef ROW

#define TOLD struct process
#define ROW  struct proc_row
static const struct wire_field process_fields[] = {
	NUMBER("pid", pid, pid, 1, G_MAXINT, 0),
	NUMBER("ppid", ppid, ppid, 1, G_MAXINT, 0),
	NUMBER("start_ms", start_ms, start_ms, 1, CLOCK_MAX, 0),
	FIELD("name", WIRE_TEXT, name, name),
	FIELD("cmdline", WIRE_COMMAND, cmdline, cmdline),
	FIELD("unit", WIRE_TEXT, unit, unit),
};
TABLE(process);
#undef TOLD
#undef ROW

#define TOLD struct wire_use_told
#define ROW  struct proc_gpu
static const struct wire_field use_fields[] = {
	NUMBER("vram_bytes", vram_bytes, vram_bytes, 0, BYTES_MAX, 0),
	NUMBER("busy_pct", busy_pct, busy_pct, 0, 100, 1),
};
TABLE(use);
#undef TOLD
#undef ROW

#define TOLD struct wire_mount_told
#define ROW  struct mount_row
static const struct wire_field mount_fields[] = {
	FIELD("source", WIRE_STRING, source, source),
	FIELD("target", WIRE_STRING, target, target),
	FIELD("fstype", WIRE_STRING, fstype, fstype),
	NUMBER("age_ms", age_ms, age_ms, 0, CLOCK_MAX, 0),
	NUMBER("total_bytes", total_bytes, total_bytes, 0, BYTES_MAX * 1024, 0),
	NUMBER("free_bytes", free_bytes, free_bytes, 0, BYTES_MAX * 1024, 0),
};
TABLE(mount);
#undef TOLD
#undef ROW

/* ---- between a library's child and the agent --------------------------------------------------------------------------- */

#define TOLD struct wire_answer_told
static const struct wire_field answer_fields[] = {
	TOLD_NUMBER("card", card, 0, GPU_MAX - 1, 0),
	TOLD_NUMBER("taken_ms", taken_ms, 0, COUNT_MAX, 0),
};
TABLE(answer);
#undef TOLD

#define TOLD struct vendor_process
static const struct wire_field vendor_process_fields[] = {
	TOLD_NUMBER("pid", pid, 1, G_MAXINT, 0),
	TOLD_NUMBER("card", card, 0, GPU_MAX - 1, 0),
	TOLD_NUMBER("vram_bytes", vram_bytes, 0, BYTES_MAX, 0),
	TOLD_NUMBER("busy_pct", busy_pct, 0, 100, 1),
};
TABLE(vendor_process);
#undef TOLD
