/* owner.c - process -> engine by pid, unit, port, parent and name: in this order, the surest first. */
#include "config.h"
#include "lab/owner.h"

#include <string.h>

#define PARENTS_MAX 32 /* a longer chain is a loop of reused pids */

/* What processes of an engine look like. Names are the kernel's: cut after 15 characters. */
static const struct looks {
	enum engine_kind kind;
	const char *name;    /* begins so, or NULL */
	const char *cmdline; /* contains, or NULL; both must hold where both are given */
} looks[] = {
	{ENGINE_OLLAMA, "ollama", NULL},
	{ENGINE_OLLAMA, NULL,
	 "ollama/models/blobs/"}, /* the runner that it starts, whose own name may be llama-server */
	{ENGINE_OLLAMA, NULL, "/.ollama/models/"},
	{ENGINE_VLLM, "vllm", NULL},
	{ENGINE_VLLM, "VLLM::", NULL},
	{ENGINE_VLLM, NULL, "vllm.entrypoints"},
	{ENGINE_VLLM, NULL, "vllm serve"},
	{ENGINE_LLAMA_SWAP, "llama-swap", NULL},
	{ENGINE_LLAMACPP, "llama-server", NULL},
	{ENGINE_LLAMACPP, NULL, "llama-server"},
	{ENGINE_COMFYUI, NULL, "ComfyUI"},
	{ENGINE_COMFYUI, NULL, "comfyui"},
	{ENGINE_A1111, NULL, "stable-diffusion-webui"},
	{ENGINE_A1111, NULL, "webui.py"},
};

static bool looks_like(const struct proc_row *p, enum engine_kind kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(looks); i++) {
		const struct looks *l = &looks[i];
		if (l->kind == kind && (!l->name || g_str_has_prefix(p->name, l->name)) &&
		    (!l->cmdline || strstr(p->cmdline, l->cmdline)))
			return true;
	}
	return false;
}

/* "ollama" and "ollama.service" are one unit. */
static bool same_unit(const char *a, const char *b)
{
	size_t n = g_str_has_suffix(a, ".service") ? strlen(a) - 8 : strlen(a);
	size_t m = g_str_has_suffix(b, ".service") ? strlen(b) - 8 : strlen(b);
	return n > 0 && n == m && strncmp(a, b, n) == 0;
}

/* "--port 8001" or "--port=8001" with the port of the engine's URL. */
static bool has_port(const struct lab_engine *e, const struct proc_row *p)
{
	const char *host = strstr(e->row->url, "://"), *colon = host ? strrchr(host + 3, ':') : NULL;
	long port = colon ? strtol(colon + 1, NULL, 10) : 0;
	const char *at = strstr(p->cmdline, "--port");
	return port > 0 && at && strlen(at) > 7 && strtol(at + 7, NULL, 10) == port;
}

static bool by_pid(const struct lab_engine *e, const struct proc_row *p)
{
	for (gsize i = 0; i < G_N_ELEMENTS(e->row->pids) && e->row->pids[i]; i++)
		if (e->row->pids[i] == p->pid)
			return true;
	return false;
}

static bool by_unit(const struct lab_engine *e, const struct proc_row *p)
{
	const char *kind = engine_kind_names[e->row->kind];
	return same_unit(*e->row->unit || !kind ? e->row->unit : kind, p->unit);
}

static bool by_port(const struct lab_engine *e, const struct proc_row *p)
{
	return looks_like(p, e->row->kind) && has_port(e, p);
}

static bool by_looks(const struct lab_engine *e, const struct proc_row *p)
{
	return looks_like(p, e->row->kind);
}

/* Looks alone decide only where nothing surer does, in the order of the table: Ollama's runner is told by its model's
 * place before llama.cpp claims it by its name. */
static int kind_rank(enum engine_kind kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(looks); i++)
		if (looks[i].kind == kind)
			return (int)i;
	return (int)G_N_ELEMENTS(looks);
}

static const struct lab_engine *best_claim(const GPtrArray *engines, const struct proc_row *p,
					   bool (*claims)(const struct lab_engine *, const struct proc_row *))
{
	const struct lab_engine *best = NULL;
	for (guint i = 0; i < engines->len; i++) {
		const struct lab_engine *e = engines->pdata[i];
		if (claims(e, p) && (!best || kind_rank(e->row->kind) < kind_rank(best->row->kind)))
			best = e;
	}
	return best;
}

static int find_pid(const struct lab_guest *guest, int64_t pid)
{
	for (guint i = 0; i < guest->procs->len; i++)
		if (((const struct proc_row *)guest->procs->pdata[i])->pid == pid)
			return (int)i;
	return -1;
}

static const struct lab_engine *parents_engine(const struct lab_guest *guest, const struct proc_row *p)
{
	for (int depth = 0; depth < PARENTS_MAX && p->ppid > 1; depth++) {
		int parent = find_pid(guest, p->ppid);
		if (parent < 0)
			return NULL;
		if (guest->owners->pdata[parent])
			return guest->owners->pdata[parent];
		p = guest->procs->pdata[parent];
	}
	return NULL;
}

/* One pass a kind of evidence, so that a parent is known before its children are asked for it. */
void owner_assign(struct lab_guest *guest, const GPtrArray *engines)
{
	static bool (*const claims[])(const struct lab_engine *, const struct proc_row *) = {
		by_pid, by_unit, by_port, NULL, by_looks, NULL};
	for (guint i = 0; i < guest->owners->len; i++)
		guest->owners->pdata[i] = NULL;
	for (gsize pass = 0; pass < G_N_ELEMENTS(claims); pass++) {
		for (guint i = 0; i < guest->procs->len; i++) {
			const struct proc_row *p = guest->procs->pdata[i];
			if (guest->owners->pdata[i])
				continue;
			guest->owners->pdata[i] =
				(gpointer)(claims[pass] ? best_claim(engines, p, claims[pass])
							: parents_engine(guest, p));
		}
	}
}

bool owner_runs_model(const struct proc_row *proc, const struct model_row *model)
{
	const char *digest = model->digest;
	if (g_str_has_prefix(digest, "sha256:"))
		digest += strlen("sha256:");
	return (strlen(digest) >= 12 && strstr(proc->cmdline, digest)) ||
	       (*model->name && strstr(proc->cmdline, model->name));
}
