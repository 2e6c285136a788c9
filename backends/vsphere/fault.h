/* fault.h - what a vSphere server says when it refuses: the type as data, the words for people. */
#ifndef BACKENDS_VSPHERE_FAULT_H
#define BACKENDS_VSPHERE_FAULT_H

#include "backends/vsphere/leaf.h"
#include "lab/error.h"
#include "lab/text.h"

/* A fault as it came, in any of the three shapes: HTTP 500 with <detail>, missingSet, a task's error. */
struct soap_fault {
	struct box *box;       /* holds the strings; NULL: no fault */
	const char *type;      /* "NoPermission", "" when the server named none */
	const char *message;   /* localizedMessage or faultstring */
	const char *name;      /* the property or argument it is about (InvalidProperty, InvalidArgument) */
	const char *object;    /* raw id of what it is about (NoPermission, ManagedObjectNotFound) */
	const char *privilege; /* NoPermission */
	const struct leaf_text
		*details; /* faultMessage[].message: real servers put the useful sentence there */
};

void soap_fault_clear(struct soap_fault *f);
/* Empties f and gives it a box. */
void soap_fault_init(struct soap_fault *f);

bool soap_fault_is(const struct soap_fault *f, const char *type);

/* Leaves of a fault's own element (its xsi:type, faultMessage ...) into a struct soap_fault. */
extern const struct leaf soap_fault_leaves[];

/* The type from an element name where xsi:type is missing: "InvalidLoginFault" is InvalidLogin. */
const char *soap_fault_type_of_element(struct box *box, const char *element);

/* enum lab_error of a fault type; LAB_ERR_PROTOCOL for what the table does not know. */
int fault_code(const char *type);

/* What it means in a few words, or NULL when the table does not know the type. Static. */
const char *fault_words(const char *type);

/* "words: the server's own message; details (Type)". The caller frees it. */
char *fault_text(const struct soap_fault *f);

/* Fills error: "<what>: <text>". */
void fault_error(GError **error, const char *what, const struct soap_fault *f);

#endif
