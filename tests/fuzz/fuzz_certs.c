/* fuzz_certs.c - files of prints: our own pins, govc's known hosts, and a thumbprint as a person types it. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "backends/certs.h"
#include "backends/vsphere/trust.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE "esx01.lab:443"

static char *dir, *pins, *known_hosts;

static void remove_files(void)
{
	unlink(pins);
	unlink(known_hosts);
	rmdir(dir);
}

/* Without waiting for a disk. */
static void write_file(const char *path, const char *bytes, gsize len)
{
	FILE *f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		g_error("cannot write %s", path);
}

static void set_up(void)
{
	dir = g_dir_make_tmp("labtop-fuzz-XXXXXX", NULL);
	pins = g_build_filename(dir, "certs", NULL);
	known_hosts = g_build_filename(dir, "known_hosts", NULL);
	g_setenv("LABTOP_STATE", dir, TRUE);
	g_setenv("GOVC_TLS_KNOWN_HOSTS", known_hosts, TRUE);
	atexit(remove_files);
}

static void try_pins(void)
{
	struct cert_pin pin = {0};
	if (certs_find(PLACE, &pin, NULL) && (!pin.sha256 || !g_str_has_prefix(pin.key_pin, "sha256//")))
		g_error("a pin that is none");
	cert_pin_clear(&pin);
}

/* Nobody answers here (fake_http.c): what is found at once is a pin of the file, else there is an error. */
static void try_trust(void)
{
	struct target *t = target_new(TARGET_VSPHERE, "esx01");
	struct http_url url = {0};
	GError *error = NULL;
	if (!http_url_parse("https://" PLACE "/sdk", &url, NULL))
		g_error("no URL");
	g_autofree char *pin = trust_find_pin(t, &url, NULL, &error);
	if ((pin == NULL) != (error != NULL) || (pin && !g_str_has_prefix(pin, "sha256//")))
		g_error("neither a pin nor an error");
	fuzz_judge_error(&error);
	http_url_clear(&url);
	target_free(t);
}

static void try_thumbprint(const char *text)
{
	static char sha1[] = "33:0B:2B:E4:93:BF:6F:43:09:98:1C:72:A1:D7:0A:3F:3E:45:6D:7E",
		    sha256[] = "A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90:"
			       "01:12:23:34:45:56:67:78:89:9A:AB:BC:CD:DE:EF:F0",
		    key[] = "sha256//AAAA";
	const struct http_certificate cert = {.sha1 = sha1, .sha256 = sha256, .key_pin = key};
	int digits = 0;
	for (const char *p = text; *p; p++)
		digits += g_ascii_isxdigit(*p);
	if (certs_thumbprint_fits(&cert, text) && digits < 40)
		g_error("%d digits are enough: %s", digits, text);
}

void fuzz_one(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	if (!dir)
		set_up();
	write_file(pins, text, size);
	unlink(known_hosts);
	try_pins();
	try_trust();
	unlink(pins);
	write_file(known_hosts, text, size);
	try_trust();
	try_thumbprint(text);
}
