/* sysfs_parse.h - the text forms that amdgpu's attribute files come in. Pure: text in, numbers out. */
#ifndef GPU_SYSFS_PARSE_H
#define GPU_SYSFS_PARSE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "lab/num.h"

/* What reading one attribute came to. */
enum read_result {
	READ_OK,
	READ_ABSENT, /* this card, driver or kernel does not have it: ask again in a minute */
	READ_DENIED, /* root only */
	READ_BUSY,   /* the card is in reset or asleep */
	READ_BAD,    /* there, but not a number */
	READ_LOST    /* the device is gone */
};

/* errno of a failed open or read. EPERM is what amdgpu says while the card is in reset or asleep; EACCES is a mode. */
enum read_result read_result_of_errno(int err);

/* Why a metric has no value; READ_ABSENT and READ_LOST are "not known". */
enum num_state read_result_state(enum read_result r);

/* The whole text is one number, surrounding blanks apart. Hex takes an optional 0x. False leaves *out alone. */
bool parse_int(const char *text, gint64 *out);
bool parse_hex(const char *text, uint64_t *out);

/* A DPM table ("7: 1606Mhz *", also "S: 19Mhz" of deep sleep). Lines of another form are skipped. */
struct dpm {
	struct num current_mhz; /* unknown where no line has a star */
	struct num max_mhz;
};
/* False when no line is a level. */
bool parse_dpm(const char *text, struct dpm *out);

/* PCIe generation of "16.0 GT/s PCIe"; 0 for anything else ("Unknown"). */
int parse_link_gen(const char *text);

/* "ue: N" and "ce: N" in any order. False unless both are there. */
bool parse_ecc(const char *text, uint64_t *uncorrectable, uint64_t *correctable);

/* Sizes of the memory BARs of a PCI resource file, in order, those of size 0 left out; returns how many (at most 6). */
int parse_bars(const char *text, uint64_t sizes[6]);

/* The value of "key value" in a file of such lines (KFD properties). */
bool parse_property(const char *text, const char *key, uint64_t *out);

/* "90006" of KFD -> "gfx906". */
void gfx_name(uint64_t target_version, char *out, gsize size);

#endif
