/* views.c - the table of all views, in the order of their numbers. */
#include "config.h"

#include "tui/views.h"

#include <string.h>

const struct view_ops *const views_all[] = {
	&view_overview,
	&view_gpus,
	&view_hosts,
	&view_vms,
	&view_engines,
	&view_tasks,
	/* reached from others, or by name */
	&view_gpu,
	&view_pci,
	&view_numa,
	&view_vm,
	&view_why,
	NULL,
};

const struct view_ops *view_by_name(const char *name)
{
	const struct view_ops *begins = NULL;
	for (int i = 0; views_all[i]; i++) {
		if (g_ascii_strcasecmp(views_all[i]->name, name) == 0)
			return views_all[i];
		if (!begins && g_ascii_strncasecmp(views_all[i]->name, name, strlen(name)) == 0)
			begins = views_all[i];
	}
	return *name ? begins : NULL;
}

const struct view_ops *view_by_number(int number)
{
	for (int i = 0; views_all[i]; i++)
		if (views_all[i]->number == number)
			return views_all[i];
	return NULL;
}
