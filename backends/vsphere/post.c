/* post.c - collects rows into OBS_INVENTORY observations of at most 200. */
#include "config.h"
#include "backends/vsphere/post.h"

#define BATCH_ROWS 200

struct post {
	struct backend *b;
	const struct vim *v;
	uint32_t generation;
	struct obs *obs; /* being filled, or NULL */
	GPtrArray *hosts, *vms, *datastores, *gone;
	GQueue held; /* observations that wait for the end of the answer they came with */
	bool holding;
	bool settled; /* a first look is over */
};

struct post *post_new(struct backend *b, const struct vim *v)
{
	struct post *p = g_new0(struct post, 1);
	p->b = b;
	p->v = v;
	g_queue_init(&p->held);
	p->hosts = g_ptr_array_new();
	p->vms = g_ptr_array_new();
	p->datastores = g_ptr_array_new();
	p->gone = g_ptr_array_new();
	return p;
}

static void drop_held(struct post *p)
{
	for (struct obs *obs; (obs = g_queue_pop_head(&p->held));)
		obs_free(obs);
	g_clear_pointer(&p->obs, obs_free);
	g_ptr_array_set_size(p->hosts, 0);
	g_ptr_array_set_size(p->vms, 0);
	g_ptr_array_set_size(p->datastores, 0);
	g_ptr_array_set_size(p->gone, 0);
}

void post_free(struct post *p)
{
	if (!p)
		return;
	drop_held(p);
	g_ptr_array_unref(p->hosts);
	g_ptr_array_unref(p->vms);
	g_ptr_array_unref(p->datastores);
	g_ptr_array_unref(p->gone);
	g_free(p);
}

/* Generations go on over reconnections: every load of the process has a number of its own. */
void post_begin_load(struct post *p)
{
	static gint last;
	p->generation = (uint32_t)g_atomic_int_add(&last, 1) + 1;
}

static struct box *batch_box(struct post *p)
{
	if (!p->obs) {
		p->obs = obs_new(OBS_INVENTORY, p->b->target);
		p->obs->u.inventory = box_new0(p->obs->box, struct obs_inventory);
	}
	return p->obs->box;
}

static guint batch_rows(const struct post *p)
{
	return p->hosts->len + p->vms->len + p->datastores->len + p->gone->len;
}

const void *post_row(struct post *p, const struct kind *kind, const void *row,
		     void (*edit)(struct box *box, void *row, void *data), void *data)
{
	struct box *box = batch_box(p);
	char *copy = kind_copy(kind, box, row);
	*(struct box **)(copy + kind->box_at) = box;
	if (edit)
		edit(box, copy, data);
	if (kind == &host_kind)
		g_ptr_array_add(p->hosts, &((struct vs_host *)(void *)copy)->row);
	else
		g_ptr_array_add(kind == &vm_kind ? p->vms : p->datastores, copy);
	box_ref(box);
	if (batch_rows(p) >= BATCH_ROWS)
		post_flush(p, false);
	return copy;
}

void post_gone(struct post *p, const char *moref)
{
	g_ptr_array_add(p->gone, (void *)box_raw(batch_box(p), moref, -1));
	if (batch_rows(p) >= BATCH_ROWS)
		post_flush(p, false);
}

/* The pointers as an array in the box; empties the list. */
static void *take_array(struct box *box, GPtrArray *list, int *n)
{
	void **out = box_array0(box, void *, MAX(list->len, 1));
	for (guint i = 0; i < list->len; i++)
		out[i] = list->pdata[i];
	*n = (int)list->len;
	g_ptr_array_set_size(list, 0);
	return out;
}

void post_flush(struct post *p, bool complete)
{
	if (!p->obs && !complete)
		return;
	struct box *box = batch_box(p);
	struct obs_inventory *inv = p->obs->u.inventory;
	const struct vim_content *about = &p->v->content;
	inv->generation = p->generation;
	inv->complete = complete;
	inv->more = !p->settled;
	inv->product = box_raw(box, about->product, -1);
	inv->version = box_raw(box, about->version, -1);
	inv->build = box_raw(box, about->build, -1);
	inv->api_version = box_raw(box, about->api_version, -1);
	inv->instance_uuid = box_raw(box, about->instance_uuid, -1);
	inv->is_vcenter = vim_is_vcenter(p->v);
	inv->hosts = take_array(box, p->hosts, &inv->n_hosts);
	inv->vms = take_array(box, p->vms, &inv->n_vms);
	inv->datastores = take_array(box, p->datastores, &inv->n_datastores);
	inv->gone = take_array(box, p->gone, &inv->n_gone);
	obs_stamp(p->obs);
	post_obs(p, g_steal_pointer(&p->obs));
}

void post_obs(struct post *p, struct obs *take_obs)
{
	if (p->holding)
		g_queue_push_tail(&p->held, take_obs);
	else
		mailbox_post(p->b->out, take_obs);
}

void post_page(struct post *p, struct known_table *known, enum props_page how)
{
	if (how == PAGE_BEGINS)
		post_flush(p, false); /* what is left of the page before, which was whole */
	p->holding = how == PAGE_BEGINS;
	if (how == PAGE_BEGINS) {
		known_begin(known);
		return;
	}
	known_end(known, how == PAGE_WHOLE);
	if (how == PAGE_BROKEN)
		drop_held(p);
	for (struct obs *obs; (obs = g_queue_pop_head(&p->held));)
		mailbox_post(p->b->out, obs);
}

void post_settled(struct post *p)
{
	if (p->settled)
		return;
	p->settled = true;
	post_flush(p, true);
}
