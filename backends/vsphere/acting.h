/* acting.h - the acting lane's side of vSphere: a login of its own, what it sees of a step's target, and its calls.
 *
 * Nothing is changed on the strength of what the lab believes: the target is read anew by the login that will act, told to
 * the lab as a row like any other, and compared with what the step was planned for.
 */
#ifndef BACKENDS_VSPHERE_ACTING_H
#define BACKENDS_VSPHERE_ACTING_H

#include "backends/act.h"
#include "backends/vsphere/collector.h"
#include "backends/vsphere/kind.h"

struct acting;

struct acting *acting_new(struct backend *b, struct vim *v);
void acting_free(struct acting *a);

/* The acting side of a backend whose open() succeeded as the acting lane (vsphere.c). */
struct acting *vsphere_acting(struct backend *b);

/* What was read of a step's target. */
struct sight {
	struct box *box;
	struct vim_ref ref;    /* of the target */
	struct vm_row *vm;     /* of a VM, else NULL */
	struct host_row *host; /* of a host, else NULL */
};

/* Reads the target whole and posts it. False when it cannot be read, is gone, or is another one than was meant. */
bool acting_see(struct acting *a, const struct step *s, struct sight *out, GError **error);
void sight_clear(struct sight *sight);

/* acting_see(), and whether there is anything to do: *as_wanted is set when the value is there already; a value that is
 * neither that nor what was planned for is LAB_ERR_CONFLICT. */
bool acting_begin(struct acting *a, const struct step *s, struct sight *out, bool *as_wanted, GError **error);

/* One reading; where the session has ended, once more after a new login. */
bool acting_read(struct acting *a, const struct collector_query *q, GError **error);

/* A call that changes something: sent once, never again. From here on a lost connection leaves it unknown what became of it;
 * a fault does not. Tells REPLY_SENT, and follows the task when it answers with one. */
struct act_call {
	const char *what;   /* for messages: "powering on llm-1" */
	const char *method; /* one ending in _Task answers with a task */
	struct vim_ref self;
	const char *arguments; /* or NULL */
};
bool acting_call(struct acting *a, const struct request *rq, const struct act_call *call,
		 struct vim_ref entity, GError **error);

struct vim *acting_vim(struct acting *a);
struct backend *acting_backend(struct acting *a);

/* Whether the server was asked with at least this API version. */
bool acting_knows(const struct acting *a, const char *version);

/* The lane's table and its REQ_LOOK. */
extern const struct act vsphere_acts[];
bool vsphere_look(struct backend *b, const struct request *rq, GError **error);

/* act_vm.c */
bool act_vm_power(struct backend *b, const struct request *rq, GError **error);
bool act_vm_remove_snapshots(struct backend *b, const struct request *rq, GError **error);
bool act_vm_setting(struct backend *b, const struct request *rq, GError **error);
bool act_vm_pci_device(struct backend *b, const struct request *rq, GError **error);

/* act_host.c */
bool act_host_passthrough(struct backend *b, const struct request *rq, GError **error);
bool act_host_passthrough_active(struct backend *b, const struct request *rq, GError **error);
bool act_host_maintenance(struct backend *b, const struct request *rq, GError **error);
bool act_host_reboot(struct backend *b, const struct request *rq, GError **error);

#endif
