/* A stand-in: Go leaves directories called "vendor" out of module archives, and with them the copy that Ollama's
 * sources include. Text models need no audio, so every decoder here refuses. */
#pragma once
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring> /* as the real one does, and its user relies on it */

typedef int ma_result;
typedef uint64_t ma_uint64;
enum { MA_SUCCESS = 0, MA_NOT_IMPLEMENTED = -29 };
enum ma_format { ma_format_f32 = 5 };
struct ma_decoder_config {
	int unused;
};
struct ma_decoder {
	int unused;
};

static inline ma_decoder_config ma_decoder_config_init(ma_format, int, int)
{
	return ma_decoder_config{0};
}
static inline ma_result ma_decoder_init_memory(const void *, size_t, const ma_decoder_config *, ma_decoder *)
{
	return MA_NOT_IMPLEMENTED;
}
static inline ma_result ma_decoder_get_length_in_pcm_frames(ma_decoder *, ma_uint64 *)
{
	return MA_NOT_IMPLEMENTED;
}
static inline ma_result ma_decoder_read_pcm_frames(ma_decoder *, void *, ma_uint64, ma_uint64 *)
{
	return MA_NOT_IMPLEMENTED;
}
static inline ma_result ma_decoder_uninit(ma_decoder *)
{
	return MA_SUCCESS;
}
