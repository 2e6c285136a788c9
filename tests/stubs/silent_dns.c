/* silent_dns.c - a name server that never answers, for tests: preloaded, every look-up of a name waits for ever. Addresses
 * are still understood.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <arpa/inet.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	unsigned char address[sizeof(struct in6_addr)];
	if (node && inet_pton(AF_INET, node, address) != 1 && inet_pton(AF_INET6, node, address) != 1)
		for (;;)
			pause();
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(node, service, hints, result);
}
