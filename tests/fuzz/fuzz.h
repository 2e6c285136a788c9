/* fuzz.h - entry points for fuzzers: one function of bytes a program.
 *
 * "make fuzz" links them with libFuzzer; "make check" with replay.c, which runs them over what stands in
 * tests/fuzz/corpus/NAME: seeds, and whatever once did harm. Either way stderr is watched: a library that writes there
 * writes on a person's terminal.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "lab/lab.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What each program has. */
void fuzz_one(const uint8_t *data, size_t size);

/* libFuzzer's names, in judge.c: fuzz_one() with its stderr caught. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the program when the text is not harmless; NULL is. */
void fuzz_judge(const char *text);

/* Whether fuzz_one() may write clean lines to stderr, as the agent does; else not a byte. */
extern bool fuzz_writes_stderr;

/* An error must be one of ours, in one clean line; cleared. NULL is fine. */
void fuzz_judge_error(GError **error);

/* The lab as JSON and as a frame of a view must be harmless; frees the lab. Which view: by what is in it, so that a
 * fuzzer gets on and a finding can be had again; every one with fuzz_every_view. */
extern bool fuzz_every_view;
void fuzz_judge_lab(struct lab *take_lab);

#endif
