/* paths.c - the list of what engines are asked. Reasons are from the engines' sources (reference: inference engines). */
#include "config.h"

#include "backends/engine/paths.h"

#define SMALL  (256 * 1024)
#define METRIC (8 * 1024 * 1024)

const struct engine_path_info engine_paths[PATH_COUNT] = {
	/* Ollama: lists and a constant. What loads a model there is POST only. */
	[PATH_ROOT] = {.path = "/", .cap_bytes = SMALL},
	[PATH_API_VERSION] = {.path = "/api/version", .cap_bytes = SMALL},
	[PATH_API_TAGS] = {.path = "/api/tags"},
	[PATH_API_PS] = {.path = "/api/ps"},
	/* llama-server: answered without the model, but for slots and metrics; see llamacpp.c for when those may be asked. */
	[PATH_HEALTH] = {.path = "/health", .cap_bytes = SMALL},
	[PATH_PROPS] = {.path = "/props"},
	[PATH_SLOTS] = {.path = "/slots", .per_model = true},
	[PATH_METRICS] = {.path = "/metrics", .cap_bytes = METRIC, .per_model = true},
	[PATH_MODELS] = {.path = "/models"},
	[PATH_V1_MODELS] = {.path = "/v1/models"},
	/* llama-swap: its own state. /upstream/ starts models and is not in this list. */
	[PATH_RUNNING] = {.path = "/running"},
	/* vLLM: constants; is_sleeping exists in its development mode only. */
	[PATH_VERSION] = {.path = "/version", .cap_bytes = SMALL},
	[PATH_IS_SLEEPING] = {.path = "/is_sleeping", .cap_bytes = SMALL},
	/* ComfyUI: GET /prompt is the length of the queue. */
	[PATH_SYSTEM_STATS] = {.path = "/system_stats", .cap_bytes = SMALL},
	[PATH_PROMPT] = {.path = "/prompt", .cap_bytes = SMALL},
	/* AUTOMATIC1111. */
	[PATH_SD_FLAGS] = {.path = "/sdapi/v1/cmd-flags", .cap_bytes = SMALL},
	[PATH_SD_PROGRESS] = {.path = "/sdapi/v1/progress?skip_current_image=true", .cap_bytes = SMALL},
	[PATH_SD_MEMORY] = {.path = "/sdapi/v1/memory", .cap_bytes = SMALL},
	[PATH_SD_MODELS] = {.path = "/sdapi/v1/sd-models"},
	[PATH_SD_OPTIONS] = {.path = "/sdapi/v1/options"},
};
