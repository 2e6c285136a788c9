/* comfyui.c - ComfyUI: its cards' memory and its queue. GET /queue would tell the queue with every workflow in it, some MB;
 * one worker runs one prompt at a time, so the length that GET /prompt tells is enough. Facts: ComfyUI server.py. */
#include "config.h"

#include "backends/engine/engine.h"

static void read_devices(struct reading *r, const json_t *devices)
{
	size_t i;
	const json_t *device;
	json_array_foreach(devices, i, device)
	{
		if (g_strcmp0(json_raw(device, "type"), "cpu") == 0)
			continue; /* started without a GPU, it tells the host's memory as if it were VRAM */
		num_add(&r->row->vram_total_bytes, json_num(device, "vram_total", 0, COUNT_MAX));
		num_add(&r->row->vram_free_bytes, json_num(device, "vram_free", 0, COUNT_MAX));
	}
}

static bool comfyui_poll(struct engine *e, struct reading *r, GError **error)
{
	json_t *stats = engine_get_json(e, PATH_SYSTEM_STATS, NULL, JSON_OBJECT, NULL, error);
	json_t *prompt = stats ? engine_get_json(e, PATH_PROMPT, NULL, JSON_OBJECT, NULL, error) : NULL;
	const json_t *info = json_object_get(prompt, "exec_info");
	if (prompt) {
		const struct num remaining = json_num(info, "queue_remaining", 0, COUNT_MAX);
		r->row->version = json_text(r->box, json_object_get(stats, "system"), "comfyui_version");
		read_devices(r, json_object_get(stats, "devices"));
		if (num_known(remaining)) {
			r->row->running = num_of(remaining.v > 0 ? 1 : 0);
			r->row->queue = num_of(remaining.v - r->row->running.v);
		}
		r->row->state = ENGINE_OK;
	}
	json_decref(stats);
	json_decref(prompt);
	return prompt != NULL;
}

const struct engine_ops comfyui_ops = {
	.kind = ENGINE_COMFYUI,
	.port = 8188,
	.poll = comfyui_poll,
};
