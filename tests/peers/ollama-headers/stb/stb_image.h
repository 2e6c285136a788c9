/* A stand-in, for the reason in miniaudio.h: text models need no pictures, so none is decoded. */
#pragma once

static inline unsigned char *stbi_load_from_memory(const unsigned char *, int, int *, int *, int *, int)
{
	return nullptr;
}
static inline void stbi_image_free(void *)
{
}
