/* tasks.c - what the hosts of the built-in lab have been doing: a few tasks and events at fixed moments. */
#include "config.h"
#include "backends/demo/demo.h"
#include "backends/demo/post.h"

#define CLONE_FROM_S 480
#define CLONE_TO_S   780

struct task_fact {
	enum demo_source host;
	int64_t start_s, end_s; /* of the demo's clock; negative: before it began */
	const char *moref, *what, *entity, *user, *error;
};

static const struct task_fact task_facts[] = {
	{DEMO_ESX01, CLONE_FROM_S, CLONE_TO_S, "haTask-9-vim.VirtualDiskManager.copyVirtualDisk-4101",
	 "Copy virtual disk", "nas", "root", ""},
	{DEMO_ESX01, -5400, -5398, "haTask-12-vim.VirtualMachine.reconfigure-4057",
	 "Reconfigure virtual machine", "new-llm", "jo", ""},
	{DEMO_ESX01, -5460, -5455, "haTask-12-vim.VirtualMachine.createSnapshot-4055",
	 "Create virtual machine snapshot", "new-llm", "jo", ""},
	{DEMO_ESX01, -21420, -21419, "haTask-4-vim.VirtualMachine.createSnapshot-4001",
	 "Create virtual machine snapshot", "llm-1", "backup",
	 "The operation is not supported on the object: the virtual machine has a passthrough device"},
	{DEMO_ESX02, -7200, -7180, "haTask-5-vim.VirtualMachine.powerOn-2210", "Power on virtual machine",
	 "vgpu-1", "root", ""},
	{DEMO_ESX02, -7300, -7299, "haTask-ha-host-vim.host.PciPassthruSystem.refresh-2207",
	 "Refresh passthrough devices", "esx02", "root", ""},
};

static const struct {
	enum demo_source host;
	int64_t at_s;
	const char *type, *text, *user;
} event_facts[] = {
	{DEMO_ESX01, 276, "AlarmStatusChangedEvent",
	 "Alarm 'Host hardware fan status' on esx01 changed from Green to Yellow: Fan 3", ""},
	{DEMO_ESX01, -5398, "VmReconfiguredEvent", "Reconfigured new-llm on esx01", "jo"},
	{DEMO_ESX01, -21419, "TaskEvent", "Task: Create virtual machine snapshot on llm-1 failed", "backup"},
	{DEMO_ESX02, -7180, "VmPoweredOnEvent", "vgpu-1 on esx02 is powered on", "root"},
	{DEMO_ESX02, -1732740, "HostConnectedEvent",
	 "esx02 booted; 0000:b1:00.0 is enabled for passthrough and not active", ""},
};

static struct task_row task_row(const struct task_fact *f, int64_t now_s)
{
	bool running = f->end_s > now_s;
	double share = (double)(now_s - f->start_s) / (double)(f->end_s - f->start_s);
	return (struct task_row){.moref = f->moref,
				 .what = f->what,
				 .entity = f->entity,
				 .user = f->user,
				 .error = f->error,
				 .state = running     ? TASK_RUNNING
					  : *f->error ? TASK_ERROR
						      : TASK_SUCCESS,
				 .progress_pct = num_of(running ? floor(share * 100) : 100),
				 .start_ms = demo_wall(f->start_s * 1000),
				 .end_ms = running ? 0 : demo_wall(f->end_s * 1000)};
}

static void post_host_tasks(const struct demo_post *post, enum demo_source host)
{
	struct obs *obs = demo_obs(post, OBS_TASKS, host);
	struct obs_tasks *all = box_new0(obs->box, struct obs_tasks);
	int64_t now_s = post->at_ms / 1000;
	all->has_tasks = all->has_events = true;
	all->tasks = box_array0(obs->box, struct task_row, G_N_ELEMENTS(task_facts));
	for (gsize i = 0; i < G_N_ELEMENTS(task_facts); i++)
		if (task_facts[i].host == host && task_facts[i].start_s <= now_s)
			all->tasks[all->n_tasks++] = task_row(&task_facts[i], now_s);
	all->events = box_array0(obs->box, struct event_row, G_N_ELEMENTS(event_facts));
	for (gsize i = 0; i < G_N_ELEMENTS(event_facts); i++)
		if (event_facts[i].host == host && event_facts[i].at_s <= now_s)
			all->events[all->n_events++] =
				(struct event_row){.when_ms = demo_wall(event_facts[i].at_s * 1000),
						   .type = event_facts[i].type,
						   .text = event_facts[i].text,
						   .user = event_facts[i].user};
	obs->u.tasks = all;
	mailbox_post(post->out, obs);
}

void demo_post_tasks(const struct demo_post *post)
{
	post_host_tasks(post, DEMO_ESX01);
	post_host_tasks(post, DEMO_ESX02);
}
