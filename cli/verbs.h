/* verbs.h - the verbs of the command line, one file each (verb_NAME.c). Each returns the exit status. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

struct options;

int verb_console(struct options *o);
int verb_status(struct options *o);
int verb_gpu(struct options *o);
int verb_pci(struct options *o);
int verb_engine(struct options *o);
int verb_agent(struct options *o);
int verb_snapshot(struct options *o);
int verb_trust(struct options *o);

#endif
