/* child_main.h - the process that holds one vendor library: labtop-agent --child NAME, started by the agent only.
 *
 * Its stdin takes "tick" lines, its stdout gives lines of JSON: first {"up":...,"cards":[...]} or {"absent"|"failed":
 * reason}, then one line a card and tick. It can be tried by hand: every Enter is a tick.
 */
#ifndef GPU_CHILD_MAIN_H
#define GPU_CHILD_MAIN_H

/* skip: "card/call" that are not made, NULL-terminated. Returns the exit status; ends with its parent. */
int child_main(const char *vendor_name, const char *sysfs_root, const char *const *skip);

#endif
