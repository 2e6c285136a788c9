/* rows.h - what a source says about one thing: immutable plain data inside a box.
 *
 * A row is the newest word of one source about one object. It is filled by a backend in its own thread, posted in an
 * observation, and never changed again. All strings are clean text (text.h) unless the comment says "raw"; no string
 * is NULL, "" is not known. Numbers carry whether they are known. PCI addresses are "dddd:bb:dd.f", lower case; ids
 * are 16 bits; UUIDs are lower case with dashes.
 */
#ifndef LAB_ROWS_H
#define LAB_ROWS_H

#include "lab/box.h"
#include "lab/metric.h"
#include "lab/num.h"

#include <stdint.h>

#define BDF_SIZE 20 /* "dddddddd:bb:dd.f" is 17 bytes with its NUL */

struct kv {
	const char *key, *value;
};

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

/* Derived from capable, enabled, active (vsphere.md 4.1) and, for STALE, from a boot after the change. */
enum passthru_state {
	PT_UNKNOWN = 0,
	PT_UNAVAILABLE,    /* cannot be passed through */
	PT_AVAILABLE,      /* off */
	PT_ENABLE_PENDING, /* enabled, waits for a reboot */
	PT_ACTIVE,
	PT_DISABLE_PENDING, /* off, waits for a reboot */
	PT_STALE,           /* enabled, and the reboot did not make it active */
	PT_COUNT
};

extern const char *const passthru_json[PT_COUNT];   /* "enable-pending", NULL for unknown */
extern const char *const passthru_screen[PT_COUNT]; /* "enabled: needs reboot" */

/* HostGraphicsInfo.graphicsType: who drives a card. Shared: the hypervisor's own driver. */
enum graphics_type {
	GRAPHICS_UNKNOWN = 0,
	GRAPHICS_BASIC,
	GRAPHICS_SHARED,
	GRAPHICS_DIRECT,
	GRAPHICS_SHARED_DIRECT,
	GRAPHICS_COUNT
};
extern const char *const graphics_names[GRAPHICS_COUNT + 1]; /* NULL, "basic", ... "sharedDirect" */
static inline bool graphics_is_shared(enum graphics_type type)
{
	return type == GRAPHICS_SHARED || type == GRAPHICS_SHARED_DIRECT;
}

struct pci_link {
	struct num gen, width, max_gen, max_width;
};

struct pci_bar {
	int index;
	uint64_t address, size; /* size 0: not known */
	bool is_64bit, prefetchable, io;
};

/* One PCI function of a host, or of this machine. What only libpci knows is unknown when vSphere told. */
struct pci_row {
	char bdf[BDF_SIZE];
	char parent[BDF_SIZE]; /* bridge above, "" when at the root or not known */
	uint16_t vendor_id, device_id, subvendor_id, subdevice_id;
	uint16_t class_id; /* 0x0300 VGA, 0x0302 3D, 0x0380 display, 0x1200 accelerator */
	const char *name, *vendor_name, *class_name;
	struct num numa_node;
	/* passthrough, told by vSphere */
	enum tri pt_capable, pt_enabled, pt_active;
	enum passthru_state pt_state;
	char dependent[BDF_SIZE]; /* functions that move together name the same one */
	enum tri sriov_capable, sriov_enabled, sriov_active;
	struct num sriov_vfs, sriov_max;
	struct num sriov_offset, sriov_stride; /* of routing ids: function.h */
	char physical[BDF_SIZE];               /* of a virtual function: its card; "" for any other device */
	bool physical_guessed;                 /* physical follows from what fits: the source does not tell */
	const char *hardware_label;
	/* graphics, told by vSphere; unknown when this is no graphics device */
	enum graphics_type graphics;
	const char *vgpu_mode;
	struct num graphics_mem_bytes;
	const char *const *graphics_vms; /* morefs (raw) of VMs that use it, NULL-terminated, or NULL */
	/* the host's own counters of cards its vGPU driver owns (gpu.*): what a guest cannot tell */
	struct num host_busy_pct, host_mem_used_bytes, host_temp_c, host_power_w;
	/* told by libpci and sysfs (this machine only) */
	const char *driver, *iommu_group, *reset_method;
	struct pci_link link;
	struct pci_bar *bars;
	int n_bars;
	struct num mmio_bytes; /* sum of the memory BARs */
	enum tri atomics, rebar, acs, aer;
	struct num rebar_max_bytes, aer_correctable, aer_uncorrectable;
	bool needs_root; /* config space beyond 64 bytes could not be read: the tris above are unknown for that reason */
};

struct numa_node {
	int id;
	struct num cpus, mem_bytes;
};

enum sensor_state { SENSOR_UNKNOWN = 0, SENSOR_GREEN, SENSOR_YELLOW, SENSOR_RED, SENSOR_STATE_COUNT };
extern const char *const sensor_state_names[SENSOR_STATE_COUNT + 1]; /* NULL, "green", "yellow", "red" */

enum sensor_kind { SENSOR_OTHER = 0, SENSOR_FAN, SENSOR_TEMPERATURE }; /* sensor.h */

struct sensor_row {
	const char *name;
	const char *type; /* "fan", "temperature", "voltage", "power", ... as vSphere spells it */
	const char *
		unit; /* "rpm", "°C", "V", "W", "A", "%", else as the board writes it; "": it has a state only */
	const char *state; /* in the board's own words ("Fully redundant"), or "" */
	struct num value;  /* not known without a unit */
	enum sensor_state health;
};

/* What a host's connection, power and maintenance mode amount to. */
enum host_state {
	HOST_STATE_UNKNOWN = 0,
	HOST_CONNECTED,
	HOST_DISCONNECTED,
	HOST_NOT_RESPONDING,
	HOST_MAINTENANCE,
	HOST_STANDBY,
	HOST_THIS_MACHINE, /* where labtop runs: no ESXi host */
	HOST_STATE_COUNT
};
extern const char *const host_state_names[HOST_STATE_COUNT]; /* NULL, "connected", "disconnected", ... */

/* A hardware host as one source sees it. */
struct host_row {
	struct box *box;    /* holds this row */
	const char *source; /* target name */
	const char *moref;  /* raw: "host-21"; "local" for this machine */
	const char *name, *uuid;
	const char *product, *version, *build; /* "VMware ESXi", "7.0.3", "20328353" */
	enum host_state state;
	enum tri maintenance, reboot_required;
	int64_t boot_ms; /* wall clock, 0 not known */
	const char *vendor, *model, *cpu_model;
	struct num cpu_packages, cpu_cores, cpu_threads, cpu_mhz, mem_bytes;
	struct num cpu_used_mhz, mem_used_bytes;
	bool is_local; /* this machine, not an ESXi host */
	struct numa_node *nodes;
	int n_nodes; /* 0 not known */
	struct pci_row *pci;
	int n_pci;
	const char *const *vgpu_profiles; /* NULL-terminated; NULL: nobody told */
	const char *const
		*partial; /* properties that could not be read, with reasons; NULL-terminated or NULL */
};

struct datastore_row {
	struct box *box;
	const char *source, *moref, *name, *type;
	const char *url;    /* "ds:///vmfs/volumes/VOLUME/" of a vCenter, "/vmfs/volumes/VOLUME" of a host */
	const char *volume; /* what is the same whoever tells of it: VOLUME, lower case; "" not known */
	struct num capacity_bytes, free_bytes;
	enum tri accessible;
	const char *const *partial; /* as of a host */
};

/* ---- virtual machines -------------------------------------------------------------------------------------------- */

enum vm_device_kind { VMDEV_FIXED, VMDEV_DYNAMIC, VMDEV_SRIOV, VMDEV_VGPU };
extern const char *const vm_device_kind_names[4]; /* "fixed", "dynamic", "sriov", "vgpu" */

struct vm_device {
	int32_t key;
	enum vm_device_kind kind;
	char bdf[BDF_SIZE]; /* the host's address: configured (fixed) or assigned (dynamic, vGPU); "" not known */
	char physical[BDF_SIZE];       /* SR-IOV: the card that it is a function of; "" not told */
	const char *profile;           /* vGPU profile */
	const char *label;             /* device name or hardware label */
	uint16_t vendor_id, device_id; /* 0 not known */
	struct num slot;               /* pciSlotNumber; unknown before the first power-on */
};

/* Tables of names end with NULL behind their count: those of vSphere's own words are read by them as well. */
enum vm_tools { TOOLS_UNKNOWN = 0, TOOLS_RUNNING, TOOLS_NOT_RUNNING, TOOLS_EXECUTING_SCRIPTS, TOOLS_COUNT };
extern const char *const vm_tools_names[TOOLS_COUNT]; /* NULL, "running", "notRunning", "executingScripts" */

enum vm_firmware { FIRMWARE_UNKNOWN = 0, FIRMWARE_BIOS, FIRMWARE_EFI, FIRMWARE_COUNT };
extern const char *const vm_firmware_names[FIRMWARE_COUNT + 1]; /* NULL, "bios", "efi" */

/* runtime.connectionState: whether what is told of the VM is told by a host that has it now. */
enum vm_connection {
	VM_CONNECTION_UNKNOWN = 0,
	VM_CONNECTED,
	VM_DISCONNECTED, /* its host is */
	VM_INACCESSIBLE, /* its files are not there */
	VM_INVALID,      /* its configuration cannot be read */
	VM_ORPHANED,     /* its host no longer knows it */
	VM_CONNECTION_COUNT
};
extern const char *const vm_connection_names[VM_CONNECTION_COUNT + 1]; /* NULL, "connected", ... */

enum vm_power { POWER_UNKNOWN = 0, POWER_OFF, POWER_ON, POWER_SUSPENDED };
extern const char *const vm_power_names[4]; /* NULL, "off", "on", "suspended" */

struct vm_row {
	struct box *box;
	const char *source;
	const char *moref; /* raw */
	const char *name, *uuid, *instance_uuid;
	const char *host; /* moref of its host, raw */
	enum vm_power power;
	enum vm_connection connection;
	enum tri is_template;
	const char *guest_hostname, *guest_ip; /* as tools tell; stale after power-off */
	const char *const *guest_ips;          /* NULL-terminated or NULL */
	const char *const *macs;               /* lower case, NULL-terminated or NULL */
	enum vm_tools tools;
	const char *question; /* what the VM waits for an answer to, "" none */
	struct num vcpus, cores_per_socket, memory_mb, memory_reserved_mb;
	enum tri memory_locked;
	enum vm_firmware firmware;
	const char *hw_version;
	enum tri cpu_hot_add, memory_hot_add, nested_hv, secure_boot;
	struct num snapshots;
	enum tri disks_empty;       /* nothing was ever written to its disks: nothing is installed */
	const char *change_version; /* raw */
	struct kv *extra;           /* extraConfig keys that matter here: see vm_extra_wanted() */
	int n_extra;
	struct vm_device *devices; /* passthrough devices of every backing kind */
	int n_devices;
	const char *const
		*partial; /* properties that could not be read, "path: why"; NULL-terminated or NULL */
	bool settings_read; /* false: only the list set was read, the fields of the GPU check are not known yet */
};

/* What is told of it is so now: neither its host nor the VM itself is out of the server's reach. */
static inline bool vm_is_in_reach(const struct vm_row *vm)
{
	return vm->connection == VM_CONNECTED || vm->connection == VM_CONNECTION_UNKNOWN;
}

/* True for extraConfig keys that are kept: pciPassthru*, pciBridge*, hypervisor.cpuid*, numa.*, sched.*, svga.present,
 * cpuid.coresPerSocket, monitor_control*. */
bool vm_extra_wanted(const char *key);

/* The value of an extraConfig key (case as vSphere compares: insensitive), or NULL. */
const char *vm_extra(const struct vm_row *vm, const char *key);

/* ---- tasks and events -------------------------------------------------------------------------------------------- */

enum task_state { TASK_UNKNOWN = 0, TASK_QUEUED, TASK_RUNNING, TASK_SUCCESS, TASK_ERROR, TASK_STATE_COUNT };
extern const char *const task_state_names[TASK_STATE_COUNT + 1]; /* NULL, "queued", ... */

struct task_row {
	const char *moref; /* raw */
	const char *what, *entity, *user, *error;
	enum task_state state;
	struct num progress_pct;
	int64_t start_ms, end_ms; /* wall clock, 0 not known */
};

struct event_row {
	int64_t when_ms;
	const char *type, *text, *user;
};

/* ---- guests ------------------------------------------------------------------------------------------------------ */

struct library_row {
	const char *name, *path, *version, *driver, *state, *reason;
};

/* Why a library that ought to tell of cards does not, or NULL: one that is off with a reason, or that was looked for in
 * vain. One that is merely not there, since no card needs it, is no trouble. */
const char *library_trouble(const struct library_row *library);

enum gpu_kind { GPU_KIND_GPU, GPU_KIND_VGPU, GPU_KIND_MIG, GPU_KIND_VF, GPU_KIND_COUNT };
extern const char *const gpu_kind_names[GPU_KIND_COUNT]; /* "gpu", "vgpu", "mig", "vf" */

/* What does not change while a card is there. */
struct gpu_row {
	const char *id;
	enum gpu_kind kind;
	const char *parent; /* id of the card this is a part of, or "" */
	char bdf[BDF_SIZE];
	const char *path, *slot; /* "0000:00:15.0/0000:03:00.0", "160" */
	uint16_t vendor_id, device_id, subvendor_id, subdevice_id;
	const char *name, *arch, *vbios, *unique_id, *serial, *driver;
	struct num numa_node, kfd_id;
	struct num gpu_instance, compute_instance; /* of a MIG instance: NVIDIA's numbers within its card */
	uint64_t bar_bytes[6];
	int n_bars;
	enum tri passive; /* no fan of its own */
	struct num limit[LIM_COUNT];
	const char *origin[M_COUNT]; /* "rocm-smi", "hwmon", ... or "" */
};

enum transport { TRANSPORT_UNKNOWN = 0, TRANSPORT_LOCAL, TRANSPORT_SSH, TRANSPORT_SHELL, TRANSPORT_COUNT };
extern const char *const transport_names[TRANSPORT_COUNT]; /* NULL, "local", "ssh", "shell" */

struct guest_row {
	struct box *box;
	const char *source; /* the guest target's name */
	enum transport transport;
	const char *agent_version;
	const char *hostname, *uuid;
	const char *const *macs, *const *addresses; /* NULL-terminated or NULL */
	const char *os, *kernel, *cmdline;
	int64_t boot_ms;
	struct num ncpu, mem_bytes;
	enum tri is_root;
	struct library_row *libraries;
	int n_libraries;
	struct gpu_row *gpus;
	int n_gpus;
	int gpus_left_out; /* it told of more than are looked at */
	int interval_ms;
};

enum gpu_state { GPU_UNKNOWN = 0, GPU_LIVE, GPU_BUSY, GPU_SUSPENDED, GPU_LOST };
extern const char *const gpu_state_names[5]; /* NULL, "live", "busy", "suspended", "lost" */

struct gpu_sample {
	const char *id;
	enum gpu_state state;
	int64_t age_ms; /* how old the numbers were when the line was written */
	struct num metric[M_COUNT];
	unsigned throttle; /* set of enum throttle */
	bool has_throttle_bits;
	uint64_t throttle_bits; /* as the hardware numbers them */
	const char *perf_level;
};

struct proc_gpu {
	const char *gpu; /* id */
	struct num vram_bytes, busy_pct;
};

struct proc_row {
	int64_t pid, ppid, start_ms; /* start: wall clock, 0 not known */
	const char *name, *cmdline, *unit;
	struct proc_gpu *gpus;
	int n_gpus;
};

struct mount_row {
	const char *source, *target, *fstype;
	struct num age_ms, total_bytes, free_bytes;
};

struct sample {
	struct box *box;
	int64_t seq, mono_ms, wall_ms; /* the guest's clocks */
	struct gpu_sample *gpus;
	int n_gpus;
	bool has_procs, has_mounts; /* false: not asked this time, what was told before still holds */
	struct proc_row *procs;
	int n_procs;
	struct mount_row *mounts;
	int n_mounts;
};

/* ---- engines ----------------------------------------------------------------------------------------------------- */

enum model_state {
	MODEL_STATE_UNKNOWN = 0,
	MODEL_LOADED,
	MODEL_LOADING,
	MODEL_SLEEPING,
	MODEL_ON_DISK,
	MODEL_FAILED,
	MODEL_REMOTE, /* runs on another's machines */
	MODEL_STATE_COUNT
};
extern const char *const model_state_names[MODEL_STATE_COUNT]; /* NULL, "loaded", ..., "disk", ... */

struct model_row {
	const char *name, *digest, *family, *quant, *params;
	struct num size_bytes, vram_bytes, mem_bytes, context; /* mem: all memories, when loaded */
	enum tri loaded;
	enum model_state state;
	int64_t expires_ms; /* wall clock; 0 not known; INT64_MAX never */
};

/* The part of a loaded model that lies in the host's memory, 0 to 1; 0 as well when it is not known. */
double model_on_cpu(const struct model_row *model);

enum engine_kind {
	ENGINE_UNKNOWN = 0, /* not known yet */
	ENGINE_OLLAMA,
	ENGINE_VLLM,
	ENGINE_LLAMACPP,
	ENGINE_LLAMA_SWAP,
	ENGINE_COMFYUI,
	ENGINE_A1111,
	ENGINE_OPENAI,
	ENGINE_KIND_COUNT
};
extern const char
	*const engine_kind_names[ENGINE_KIND_COUNT]; /* NULL, "ollama", ...: as in the configuration */

enum engine_state {
	ENGINE_STATE_UNKNOWN = 0,
	ENGINE_OK,
	ENGINE_LOADING,
	ENGINE_SLEEPING,
	ENGINE_NEEDS_KEY,
	ENGINE_STATE_COUNT
};
extern const char *const engine_state_names[ENGINE_STATE_COUNT]; /* NULL, "ok", ..., "needs key" */

struct engine_row {
	struct box *box;
	const char *source; /* the engine target's name */
	enum engine_kind kind;
	const char *url, *version; /* url without userinfo */
	enum engine_state state;
	bool refused;      /* that state is all there is: it lets nobody in without a key */
	const char *note;  /* why part of it is not known though the engine is there; "" nothing to say */
	const char *guest; /* configured guest target name, or "" */
	const char *const *gpu_bdfs;  /* configured GPUs, NULL-terminated or NULL */
	const char *const *addresses; /* numeric addresses that the URL's host stands for, for the join */
	const char *unit;
	struct model_row *models;
	int n_models;
	struct num tokens_per_second;
	bool tokens_estimated; /* drawn with "~" */
	struct num prompt_per_second, running, queue, kv_used_pct, slots_busy, slots_total, kv_tokens;
	bool kv_estimated;                            /* kv_used_pct is: drawn with "~" */
	struct num vram_total_bytes, vram_free_bytes; /* engines that tell (ComfyUI) */
	struct num preemptions, context_max;
	int64_t pids[8]; /* processes known to belong to it (llama-server router children, ...); 0 ends */
};

#endif
