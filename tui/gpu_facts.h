/* gpu_facts.h - one GPU in words: who it belongs to, what is wrong, what runs on it, its link and its health. */
#ifndef TUI_GPU_FACTS_H
#define TUI_GPU_FACTS_H

#include "lab/lab.h"
#include "tui/canvas.h"

/* Two lines: what it is, and whose: host, node, VM, guest, and how that is known. */
void facts_identity(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);

/* One line: host, node, VM, guest, and how that is known; what a person noted. */
void facts_whose(const struct lab_row *row, struct canvas *c, struct rect r);

/* What is wrong with it: one finding a line, with its evidence. Returns the rows used. */
int facts_findings(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);

/* Rows that facts_findings() would like. */
int facts_findings_rows(const struct lab_row *row, const struct lab *lab);

/* One line: where its temperature is going, an estimate from the last minutes; nothing when too little is known. */
void facts_trend(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);

/* Processes with their VRAM, and what nobody explains. */
void facts_processes(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);

/* The command lines of its processes, a row each under a title. Returns what is left of r below them. */
struct rect facts_commands(const struct lab_row *row, struct canvas *c, struct rect r);

/* Link, ECC, cap, fan, ids, and where the numbers come from. */
void facts_health(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);

/* A row without telemetry: what the host and the VM say, and what to do to see more. */
#define DEVICE_ROWS 4
void facts_device(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);
void facts_without_gpu(const struct lab_row *row, const struct lab *lab, struct canvas *c, struct rect r);

#endif
