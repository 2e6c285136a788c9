/* fuzz_url.c - addresses as people and environments write them: of servers, engines, guests and PCI devices. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/engine/url.h"
#include "backends/guest/ssh.h"
#include "backends/http.h"
#include "cli/env.h"
#include "lab/bdf.h"

#include <string.h>

static void judge_port(int port)
{
	if (port < 1 || port > 65535)
		g_error("port %d", port);
}

/* What is shown and asked names the same place when it is read again, and holds no name and no password. */
static void try_http(const char *text)
{
	struct http_url url = {0}, again = {0};
	GError *error = NULL;
	if (http_url_parse(text, &url, &error)) {
		judge_port(url.port);
		fuzz_judge(url.clean);
		fuzz_judge(url.host_port);
		if (!*url.host || !http_url_parse(url.clean, &again, &error))
			g_error("not read again: %s", url.clean);
		if (again.user || again.password || strcmp(again.host_port, url.host_port) != 0)
			g_error("another place: %s, %s", url.host_port, again.host_port);
		http_url_clear(&again);
	} else if (!error) {
		g_error("neither a URL nor an error");
	}
	http_url_clear(&url);
	fuzz_judge_error(&error);
}

static void try_engine(const char *text)
{
	struct engine_url url = {0}, again = {0};
	GError *error = NULL;
	if (engine_url_parse(text, 11434, &url, &error)) {
		judge_port(url.port);
		fuzz_judge(url.base);
		if (!engine_url_parse(url.base, 11434, &again, &error))
			g_error("not read again: %s: %s", url.base, error->message);
		if (strcmp(url.base, again.base) != 0 || url.https != again.https)
			g_error("another place: %s, %s", url.base, again.base);
		engine_url_clear(&again);
	} else if (!error) {
		g_error("neither a URL nor an error");
	}
	engine_url_clear(&url);
	fuzz_judge_error(&error);
}

static void try_environment(const char *text)
{
	g_autofree char *user = NULL, *password = NULL;
	g_autofree char *govc G_GNUC_UNUSED = env_govc_url(text, &user, &password);
	g_autofree char *ollama = env_ollama_url(text);
	if (ollama)
		try_engine(ollama);
	if (govc)
		try_http(govc);
}

static void try_ssh(const char *text)
{
	struct ssh_place place = {0};
	GError *error = NULL;
	if (ssh_place_parse(text, &place, &error)) {
		if (place.port)
			judge_port(place.port);
		if (*place.host == '-' || (place.user && *place.user == '-') ||
		    strpbrk(place.host, " ;$`'\"\n"))
			g_error("not for a shell: %s", place.host);
	} else if (!error) {
		g_error("neither a place nor an error");
	}
	ssh_place_clear(&place);
	fuzz_judge_error(&error);
}

static void try_bdf(const char *text)
{
	char bdf[BDF_SIZE], again[BDF_SIZE];
	uint32_t domain;
	unsigned routing_id;
	if (!bdf_parse(text, bdf)) {
		if (*bdf)
			g_error("no address and yet %s", bdf);
		return;
	}
	if (!bdf_parse(bdf, again) || strcmp(bdf, again) != 0 || !bdf_split(bdf, &domain, &routing_id) ||
	    routing_id > 0xffff)
		g_error("not read again: %s", bdf);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	try_http(text);
	try_engine(text);
	try_environment(text);
	try_ssh(text);
	try_bdf(text);
}
