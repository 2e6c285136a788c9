/* test_env.c - other tools' variables mean what their owners say. */
#include "config.h"
#include "cli/env.h"

#include "backends/secret.h"
#include "tests/unit/unit.h"

static void test_govc_url(void)
{
	static const struct {
		const char *text, *url, *user, *password;
	} cases[] = {
		{"https://root:vmw@re@esx/sdk", "https://esx/sdk", "root", "vmw@re"},
		{"https://vc.example", "https://vc.example/sdk", NULL, NULL},
		{"https://vc.example/", "https://vc.example/sdk", NULL, NULL},
		{"https://vc:8989/sdk", "https://vc:8989/sdk", NULL, NULL},
		{"root@esx", "https://esx/sdk", "root", NULL},
		{"administrator%40vsphere.local:p%3Aw@vc", "https://vc/sdk", "administrator@vsphere.local",
		 "p:w"},
		{"http://127.0.0.1:8989/sdk", "http://127.0.0.1:8989/sdk", NULL, NULL},
		{"user:@vc", "https://vc/sdk", "user", ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *user, *password;
		g_autofree char *url = env_govc_url(cases[i].text, &user, &password);
		g_assert_cmpstr(url, ==, cases[i].url);
		g_assert_cmpstr(user, ==, cases[i].user);
		g_assert_cmpstr(password, ==, cases[i].password);
		g_free(user);
		g_free(password);
	}
}

static void test_ollama_url(void)
{
	static const char *const cases[][2] = {
		{"", "http://127.0.0.1:11434"},
		{"gpu-box", "http://gpu-box:11434"},
		{"gpu-box:8000", "http://gpu-box:8000"},
		{":8000", "http://127.0.0.1:8000"},
		{"0.0.0.0", "http://127.0.0.1:11434"},
		{"0.0.0.0:11435", "http://127.0.0.1:11435"},
		{"http://gpu-box", "http://gpu-box:80"},
		{"https://gpu-box", "https://gpu-box:443"},
		{"https://gpu-box/ollama", "https://gpu-box:443/ollama"},
		{"http://gpu-box:1234/", "http://gpu-box:1234"},
		{"[::1]", "http://[::1]:11434"},
		{"[::1]:99", "http://[::1]:99"},
		{" \"gpu-box\" ", "http://gpu-box:11434"},
		{"gpu-box:99999", "http://gpu-box:11434"},
		{"gpu-box:", "http://gpu-box:11434"},
		{"gpu-box:+1", "http://gpu-box:11434"},
		{":-1", "http://127.0.0.1:11434"},
		{":0", "http://127.0.0.1:0"},
		{"1.2.3.4:65535", "http://1.2.3.4:65535"},
		{"::1", "http://[::1]:11434"},
		{"0:0:0:0:0:0:0:1", "http://[::1]:11434"},
		{"fd00::7", "http://[fd00::7]:11434"},
		{"[::1]:1337", "http://[::1]:1337"},
		{"[::1]:1337x", "http://[::1]:11434"},
		{"http://[fd00::7]", "http://[fd00::7]:80"},
		{"https://[fd00::7]:8443/ollama", "https://[fd00::7]:8443/ollama"},
		{"::", "http://[::1]:11434"},
		{"[::]", "http://[::1]:11434"},
		{"[::]:99", "http://[::1]:99"},
		{" 1.2.3.4 ", "http://1.2.3.4:11434"},
		{"\"1.2.3.4\"", "http://1.2.3.4:11434"},
		{" \" 1.2.3.4 \" ", "http://1.2.3.4:11434"},
		{"'1.2.3.4'", "http://1.2.3.4:11434"},
		{"\"'1.2.3.4:1'\"", "http://1.2.3.4:1"},
		{"\"\"", "http://127.0.0.1:11434"},
		{"ollama.com", "https://ollama.com:443"},
		{"http://1.2.3.4:4321", "http://1.2.3.4:4321"},
		{"https://1.2.3.4:4321", "https://1.2.3.4:4321"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *url = env_ollama_url(cases[i][0]);
		g_assert_cmpstr(url, ==, cases[i][1]);
	}
}

static void test_targets(void)
{
	g_assert_null(env_vsphere_target());
	g_assert_null(env_ollama_target());
	g_setenv("GOVC_URL", "https://root:first@vc.example", TRUE);
	g_setenv("GOVC_PASSWORD", "second", TRUE);
	g_setenv("GOVC_INSECURE", "true", TRUE);
	g_setenv("OLLAMA_HOST", "gpu-box", TRUE);
	struct target *vc = env_vsphere_target(), *ollama = env_ollama_target();
	g_assert_cmpstr(vc->name, ==, "vc.example");
	g_assert_true(vc->named);
	g_assert_cmpstr(target_get(vc, "user"), ==, "root");
	g_assert_null(target_get(vc, "password"));
	g_assert_cmpstr(secret_find(vc, "password", NULL), ==, "second");
	g_assert_cmpstr(target_get(vc, "tls"), ==, "insecure");
	g_assert_cmpstr(target_get(ollama, "url"), ==, "http://gpu-box:11434");
	env_forget_secrets();
	g_assert_null(g_getenv("GOVC_URL"));
	g_assert_null(g_getenv("GOVC_PASSWORD"));
	target_free(vc);
	target_free(ollama);
}

int main(int argc, char **argv)
{
	unit_init(argv);
	g_test_add_func("/env/govc-url", test_govc_url);
	g_test_add_func("/env/ollama-url", test_ollama_url);
	g_test_add_func("/env/targets", test_targets);
	return g_test_run();
}
