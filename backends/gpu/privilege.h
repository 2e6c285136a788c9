/* privilege.h - whose rights the agent has: its caller's, or more than those. */
#ifndef GPU_PRIVILEGE_H
#define GPU_PRIVILEGE_H

/* By what this process has rights that its caller has not ("sudo", "setuid" ...), or NULL. Then nothing that the caller says
 * may choose what is read or loaded: the agent prints what it reads. */
const char *privilege_lent_by(void);

#endif
