/* guest.c - facts about this machine; see the header. Gathered once a hello, so plain calls will do. */
#include "config.h"
#include "backends/gpu/guest.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "backends/gpu/sysfs_file.h"
#include "lab/text.h"

#define LIST_MAX 64

gint64 guest_boot_ms(void)
{
	struct timespec now, up;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return (gint64)(now.tv_sec - up.tv_sec) * 1000 + (now.tv_nsec - up.tv_nsec) / 1000000;
}

static GPtrArray *list_macs(const char *sysfs)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *net = g_build_filename(sysfs, "class/net", NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GDir *dir = g_dir_open(net, 0, NULL);
	const char *name;

	while (dir && g_hash_table_size(seen) < LIST_MAX && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(net, name, NULL);
		char text[64];
		if (sysfs_read_once(path, "address", text, sizeof text) != READ_OK || strlen(text) != 17 ||
		    strcmp(text, "00:00:00:00:00:00") == 0)
			continue;
		g_autofree char *mac = g_ascii_strdown(text, -1);
		if (g_hash_table_add(seen, g_strdup(mac)))
			g_ptr_array_add(list, g_steal_pointer(&mac));
	}
	if (dir)
		g_dir_close(dir);
	return list;
}

/* Loopback and link-local addresses say nothing about which machine this is. */
static bool telling(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET) {
		guint32 ip = ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr);
		return ip >> 24 != 127 && ip >> 16 != 0xa9fe;
	}
	if (a->sa_family == AF_INET6) {
		const struct in6_addr *ip = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
		return !IN6_IS_ADDR_LOOPBACK(ip) && !IN6_IS_ADDR_LINKLOCAL(ip);
	}
	return false;
}

static GPtrArray *list_addresses(void)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) != 0)
		all = NULL;
	for (struct ifaddrs *i = all; i && list->len < LIST_MAX; i = i->ifa_next) {
		char text[INET6_ADDRSTRLEN];
		if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) || !telling(i->ifa_addr))
			continue;
		const void *ip =
			i->ifa_addr->sa_family == AF_INET
				? (const void *)&((struct sockaddr_in *)(void *)i->ifa_addr)->sin_addr
				: (const void *)&((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_addr;
		if (!inet_ntop(i->ifa_addr->sa_family, ip, text, sizeof text))
			continue;
		g_ptr_array_add(list, g_strdup(text));
	}
	if (all)
		freeifaddrs(all);
	return list;
}

void guest_look(const char *sysfs, const char *proc, struct guest_facts *out)
{
	g_autofree char *dmi = g_build_filename(sysfs, "class/dmi/id", NULL);
	g_autofree char *os = g_get_os_info(G_OS_INFO_KEY_PRETTY_NAME);
	char text[SYSFS_TEXT_MAX];
	struct utsname uts;

	memset(out, 0, sizeof *out);
	if (gethostname(out->hostname, sizeof out->hostname - 1) != 0)
		out->hostname[0] = '\0';
	if (sysfs_read_once(dmi, "product_uuid", text, sizeof text) == READ_OK) {
		g_autofree char *uuid = g_ascii_strdown(text, -1);
		g_strlcpy(out->uuid, uuid, sizeof out->uuid);
	}
	out->macs = list_macs(sysfs);
	out->addresses = list_addresses();
	g_strlcpy(out->os, os ? os : "", sizeof out->os);
	if (uname(&uts) == 0)
		g_strlcpy(out->kernel, uts.release, sizeof out->kernel);
	if (sysfs_read_once(proc, "cmdline", text, sizeof text) == READ_OK)
		out->cmdline = text_redact(text);
	out->boot_ms = guest_boot_ms();
	out->ncpu = (int)sysconf(_SC_NPROCESSORS_ONLN);
	out->mem_bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	out->root = tri_of(geteuid() == 0);
}

void guest_facts_clear(struct guest_facts *g)
{
	g_free(g->cmdline);
	g_ptr_array_unref(g->macs);
	g_ptr_array_unref(g->addresses);
}
