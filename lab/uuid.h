/* uuid.h - the one UUID that firmware writes in two byte orders (vsphere.md section 9). */
#ifndef LAB_UUID_H
#define LAB_UUID_H

#include <stdbool.h>

#define UUID_SIZE 37

/* True for 8-4-4-4-12 hexadecimal digits. */
bool uuid_valid(const char *uuid);

/* The same 16 bytes with the first three fields in the other byte order. False when uuid is not one. */
bool uuid_swap(const char *uuid, char out[UUID_SIZE]);

/* One spelling for both orders, lower case: the smaller of the two. False when uuid is not one. */
bool uuid_canonical(const char *uuid, char out[UUID_SIZE]);

/* True for what boards say that were never given one (all equal digits, a vendor's or a manual's example), in either byte
 * order, and for what is no UUID: no identity. */
bool uuid_placeholder(const char *uuid);

#endif
