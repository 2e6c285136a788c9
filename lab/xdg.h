/* xdg.h - the user's folders, by the XDG Base Directory Specification. */
#ifndef LAB_XDG_H
#define LAB_XDG_H

/* $variable, else below_home below the home directory: xdg_folder("XDG_STATE_HOME", ".local/state"). A relative path in the
 * variable is to be ignored (GLib takes it, and would write wherever we were started). The caller frees. */
char *xdg_folder(const char *variable, const char *below_home);

#endif
