/* paths.h - everything that this part may ever ask an engine: GET, these paths, nothing else.
 *
 * Watching must not load, wake or unload a model. So there is one list, each entry with the reason why it is harmless,
 * and a test that records every request holds the code to it.
 */
#ifndef ENGINE_PATHS_H
#define ENGINE_PATHS_H

#include <stdbool.h>
#include <stdint.h>

enum engine_path {
	PATH_ROOT,
	PATH_API_VERSION,
	PATH_API_TAGS,
	PATH_API_PS,
	PATH_HEALTH,
	PATH_PROPS,
	PATH_SLOTS,
	PATH_METRICS,
	PATH_MODELS,
	PATH_V1_MODELS,
	PATH_RUNNING,
	PATH_VERSION,
	PATH_IS_SLEEPING,
	PATH_SYSTEM_STATS,
	PATH_PROMPT,
	PATH_SD_FLAGS,
	PATH_SD_PROGRESS,
	PATH_SD_MEMORY,
	PATH_SD_MODELS,
	PATH_SD_OPTIONS,
	PATH_COUNT
};

struct engine_path_info {
	const char *path;
	uint64_t cap_bytes; /* of an answer; 0: the usual 16 MiB */
	bool per_model; /* llama-server's router: may be asked about a loaded model, always with autoload=false */
};

extern const struct engine_path_info engine_paths[PATH_COUNT];

#endif
